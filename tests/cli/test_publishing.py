"""Feeds for other programs: as output of a list, as files, and what is never in them."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import time
from pathlib import Path

import feedparser
import pytest

from tests import newsboat
from tests.builders import item, rss
from tests.cli.accounts import Server, add
from tests.cli.command import Home, Run, Told, run_here, subscribe
from tests.cli.test_json import fits
from tests.mails import mail
from tests.syndication import check_atom, json_faults
from tests.web import Answer, Request, Web
from tuireader.config import edit
from tuireader.errors import Exit
from tuireader.feeds.opml import load

NOW = int(time.time())
CANARY = "canary"
BASIC = "Basic " + base64.b64encode(b"me:canary-password").decode()
PUBLISH = """
[[publish]]
name = "wechat"
watch = "WeChat"
file = "out/wechat.atom"
[[publish]]
name = "all"
query = "age:<9999d"
file = "out/all.json"
content = "full"
mode = "644"
[[publish]]
name = "feeds"
opml = true
file = "out/feeds.opml"
"""
WATCH = '[[watch]]\nname = "WeChat"\nany = ["WeChat"]\n'


def public(web: Web, *more: str, text: str = "<p>WeChat takes <b>new</b> users.</p>") -> str:
    return web.serve("/news", rss("News", [item("1", "WeChat & users", text, time=NOW - 60), *more]))


def guarded(web: Web, path: str, name: str, value: str) -> str:
    """A feed that only answers with a header."""
    entry = item(path, f"WeChat {CANARY}", f"<p>WeChat {CANARY}.</p>", time=NOW)
    body = rss(f"{CANARY} title {path}", [entry])

    def answer(request: Request) -> Answer:
        return Answer(body) if request.headers.get(name) == value else Answer(status=401)

    return web.handle(path, answer)


def private_feeds(home: Home, web: Web) -> str:
    """Feeds of every private kind, as TOML; all have the canary in their texts."""
    (home.folder / "cookies.txt").write_text(
        f"127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\t{CANARY}-cookie\n", encoding="utf-8"
    )
    (home.folder / "box").write_bytes(b"From me\n" + mail(1, f"WeChat {CANARY}", body=f"WeChat {CANARY}"))
    for name in ("program", "filter"):
        text = rss(f"{CANARY} {name}", [item(name, f"WeChat {CANARY}", f"WeChat {CANARY} {name}", time=NOW)])
        (home.folder / name).write_bytes(text)
    tables = [
        f'url = "{guarded(web, "/password", "authorization", BASIC)}"\nusername = "me"\n'
        f'password = "{CANARY}-password"',
        f'url = "{guarded(web, "/header", "x-key", f"{CANARY}-key")}"\nheaders = {{X-Key = "{CANARY}-key"}}',
        f'url = "{guarded(web, "/cookie", "cookie", f"session={CANARY}-cookie")}"\ncookies = "cookies.txt"',
        'url = "mbox:box"',
        f"command = {json.dumps(['cat', str(home.folder / 'program')])}",
        f'url = "{web.serve("/filtered")}"\nfilter = {json.dumps(["cat", str(home.folder / "filter")])}',
    ]
    return "".join(f"[[feeds]]\n{table}\n" for table in tables)


def out(home: Home, name: str) -> Path:
    return home.folder / "out" / name


def text_of(home: Home, name: str) -> str:
    return out(home, name).read_text("utf-8")


def test_a_list_as_a_feed(home: Home, run: Run, web: Web) -> None:
    subscribe(home, public(web, item("2", "Other")), more=WATCH + private_feeds(home, web))
    assert run("refresh", "--quiet").code == Exit.OK
    told = run("list", "--format", "atom")
    read = check_atom(told.out)
    assert [entry.title for entry in read.entries] == ["WeChat & users", "Other"]
    assert read.feed.title == "all articles" and CANARY not in told.out
    assert told.err == "tuireader: left out 6 articles of private feeds\n"
    found = run("search", "--format", "jsonfeed", "watch:WeChat", "-is:starred")
    (entry,) = json.loads(found.out)["items"]
    assert json_faults(found.out) == [] and entry["id"] == read.entries[0].id
    assert json.loads(found.out)["title"] == "watch:WeChat -is:starred" and entry["tags"] == ["WeChat"]
    assert "<mark>WeChat</mark> takes new users. (WeChat)" in entry["content_html"]


def test_nothing_private_is_published(home: Home, run: Run, web: Web) -> None:
    """Canaries lie in texts, titles and secrets of private feeds, in labels and in notes."""
    subscribe(home, public(web), more=WATCH + private_feeds(home, web) + PUBLISH)
    assert run("refresh", "--quiet").code == Exit.OK
    assert json.loads(run("count", "--json", CANARY).out)["articles"] == 6, "they are stored"
    assert run("label", f"{CANARY}-label", "watch:WeChat").code == Exit.OK
    assert run("match", "note", "watch:WeChat", "--text", f"{CANARY}-note").code == Exit.OK
    run("star", "watch:WeChat")
    assert run("refresh", "--quiet").code == Exit.OK
    for name in ("wechat.atom", "all.json", "feeds.opml"):
        assert CANARY not in text_of(home, name), name
        assert "News" in text_of(home, name)
    feeds, _ = load(out(home, "feeds.opml").read_bytes())
    assert [feed.title for feed in feeds] == ["News"]
    named = PUBLISH.replace(
        "[[publish]]", f'[[publish]]\ninclude = ["{CANARY} title /header", "mbox:box"]', 2
    )
    asked = named.replace('mode = "644"', "labels = true")
    subscribe(home, public(web), more=WATCH + private_feeds(home, web) + asked)
    assert run("refresh", "--quiet").code == Exit.OK
    entries = feedparser.parse(text_of(home, "wechat.atom")).entries
    assert len(entries) == 3 and f"{CANARY}-label" not in text_of(home, "wechat.atom")
    tags = [tag for entry in json.loads(text_of(home, "all.json"))["items"] for tag in entry["tags"]]
    assert tags.count(f"{CANARY}-label") == 3
    for secret in ("-password", "-key", "-cookie", "-note"):
        assert CANARY + secret not in text_of(home, "wechat.atom") + text_of(home, "all.json")


def test_the_sentence_of_a_private_feed_about_a_public_article_stays_here(
    home: Home, run: Run, web: Web
) -> None:
    url = "https://site.example.org/1"
    same = "The harbour reopens on Monday after months of work on the quay and the lights of the pier."

    def secret(sentence: str) -> None:
        text = rss("Secret", [item("s", "WeChat & users", f"<p>{same}</p><p>{sentence}.</p>", url=url)])
        web.handle(
            "/secret",
            lambda request: Answer(text) if request.headers.get("x-key") == "1" else Answer(status=401),
        )

    secret(CANARY)
    more = f'[[feeds]]\nurl = "{web.url}/secret"\nheaders = {{X-Key = "1"}}\n'
    news = public(web, text=f"<p>{same} Ferries wait. Nothing else is known so far, says the town.</p>")
    subscribe(home, news, more=more + WATCH.replace('"WeChat"]', f'"{CANARY}"]') + PUBLISH)
    assert run("refresh", "--quiet").code == Exit.OK
    assert json.loads(run("count", "--json", "watch:WeChat").out)["articles"] == 1
    before = text_of(home, "wechat.atom")
    (entry,) = check_atom(before).entries
    assert entry.title == "WeChat & users" and CANARY not in before
    with sqlite3.connect(home.database) as conn:  # so that an edit in this second would be seen
        conn.execute("UPDATE article SET arrived = arrived - 86400")
    assert run("refresh", "--quiet").code == Exit.OK
    before = text_of(home, "wechat.atom")
    secret("Nothing")
    assert run("refresh", "--quiet").code == Exit.OK
    assert text_of(home, "wechat.atom") == before, "not even the time of its edit"


def test_an_edit_is_an_update_and_a_withdrawn_sentence_goes(home: Home, run: Run, web: Web) -> None:
    subscribe(home, public(web), more=WATCH + PUBLISH)
    assert run("refresh", "--quiet").code == Exit.OK
    (before,) = check_atom(text_of(home, "wechat.atom")).entries
    assert before.updated > before.published and "takes new" in before.summary
    with sqlite3.connect(home.database) as conn:  # as if it had arrived a day ago
        conn.execute("UPDATE article SET arrived = arrived - 86400")
    public(web, text="<p>WeChat takes no users any more.</p>")
    assert run("refresh", "--quiet").code == Exit.OK
    (after,) = check_atom(text_of(home, "wechat.atom")).entries
    assert after.id == before.id and after.published == before.published
    assert "any more" in after.summary and after.updated >= before.updated
    assert "content" not in after and "any more" in text_of(home, "all.json")
    edited = item("1", "Users", "<p>Nothing.</p>", url="https://site.example.org/1", time=NOW - 60)
    web.serve("/news", rss("News", [edited, item("2", "A new one", time=NOW)]))
    assert run("refresh", "--quiet").code == Exit.OK
    (last,) = check_atom(text_of(home, "wechat.atom")).entries
    assert (last.id, last.title, last.summary) == (before.id, "Users", "<p>News</p>"), "it is a former match"
    items = json.loads(text_of(home, "all.json"))["items"]
    assert len({entry["id"] for entry in items}) == 2 and before.id in {entry["id"] for entry in items}
    assert "<p>Nothing.</p>" in items[1]["content_html"]


def test_what_an_account_has_stays_out_unless_it_is_named(home: Home, run: Run, server: Server) -> None:
    home.config.write_text(PUBLISH, "utf-8")
    add(run, server)
    assert run("refresh", "--quiet").code == Exit.OK
    assert "Third" not in text_of(home, "all.json") and "outline" not in text_of(home, "feeds.opml")
    told = run("list", "--format", "atom")
    assert feedparser.parse(told.out).entries == [] and "left out 3 articles of private feeds" in told.err
    named = home.config.read_text("utf-8").replace("[[publish]]", '[[publish]]\ninclude = ["Other"]')
    home.config.write_text(named, "utf-8")
    assert run("refresh", "--quiet").code == Exit.OK
    assert [entry["title"] for entry in json.loads(text_of(home, "all.json"))["items"]] == ["Third"]
    assert text_of(home, "feeds.opml").count("xmlUrl") == 1


def test_another_tuireader_reads_it_and_sees_an_edit(
    home: Home, run: Run, web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(home, public(web), more=WATCH + PUBLISH)
    (tmp_path / "team").mkdir()
    team = Home(tmp_path / "team")
    for name in ("wechat.atom", "all.json"):
        for text in ("takes new users", "takes no users"):
            public(web, text=f"<p>WeChat {text}.</p>")
            assert run("refresh", "--quiet").code == Exit.OK
            subscribe(team, web.serve(f"/{name}", text_of(home, name)))
            assert run_here(team, capsys, "refresh", "--quiet").code == Exit.OK
            (line,) = run_here(team, capsys, "list", "--json").out.splitlines()
            assert json.loads(line)["title"] == "WeChat & users"
            assert json.loads(line)["edited"] == (text == "takes no users")
        team.database.unlink()


def test_newsboat_reads_it_and_knows_an_edited_entry(home: Home, run: Run, web: Web, tmp_path: Path) -> None:
    if not newsboat.installed():
        pytest.skip("newsboat is not installed: whether it reads published feeds is NOT tested")
    subscribe(home, public(web), more=WATCH + PUBLISH)
    folder = tmp_path / "newsboat"
    folder.mkdir()
    (folder / "urls").write_text(f"file://{out(home, 'wechat.atom')}\n", encoding="utf-8")
    (folder / "config").write_text("", encoding="utf-8")
    for text in ("takes new users", "takes no users"):
        public(web, text=f"<p>WeChat {text}.</p>")
        assert run("refresh", "--quiet").code == Exit.OK
        assert newsboat.run(folder, "-x", "reload", "print-unread") == "1 unread articles\n"
        with sqlite3.connect(folder / "cache.db") as conn:
            (row,) = conn.execute("SELECT guid, title, url, content FROM rss_item").fetchall()
        assert row[:3] == (
            feedparser.parse(text_of(home, "wechat.atom")).entries[0].id,
            "WeChat & users",
            "https://site.example.org/1",
        )
        assert text in row[3]


def test_files_are_private_and_only_written_when_they_change(home: Home, run: Run, web: Web) -> None:
    old = os.umask(0o077)
    try:
        subscribe(home, public(web), more=WATCH + PUBLISH)
        assert run("refresh", "--quiet").code == Exit.OK
        modes = {path.name: path.stat().st_mode & 0o777 for path in (home.folder / "out").iterdir()}
        assert modes == {"wechat.atom": 0o600, "all.json": 0o644, "feeds.opml": 0o600}
        inodes = {path: path.stat().st_ino for path in (home.folder / "out").iterdir()}
        assert run("refresh", "--quiet", "--due").code == Exit.OK
        assert inodes == {path: path.stat().st_ino for path in (home.folder / "out").iterdir()}
        out(home, "all.json").chmod(0o666)
        out(home, "wechat.atom").chmod(0o666)
        assert run("refresh", "--quiet", "--due").code == Exit.OK
        assert out(home, "all.json").stat().st_mode & 0o777 == 0o644
        public(web, item("2", "WeChat again"))
        assert run("refresh", "--quiet").code == Exit.OK
        assert out(home, "wechat.atom").stat().st_mode & 0o777 == 0o600
        assert len(feedparser.parse(text_of(home, "wechat.atom")).entries) == 2
    finally:
        os.umask(old)


def test_what_cannot_be_written_is_reported_with_its_place_and_the_others_are(
    home: Home, run: Run, web: Web
) -> None:
    (home.folder / "feeds").write_text("a file")
    broken = '[[publish]]\nname = "broken"\nwatch = "WeChat"\nfile = "feeds/x.atom"\n'
    subscribe(home, public(web), more=WATCH + broken + PUBLISH)
    config = home.config.read_text("utf-8")
    checked = run("config", "check")
    line = config[: config.index('file = "feeds')].count("\n") + 1
    reason = f"cannot be written: {home.folder / 'feeds'} is not a folder"
    assert checked.code == Exit.CONFIG
    marked = f"feeds/x.atom\n{'^' * 12}"
    assert checked.out == f"{home.config}:{line}: publish[1].file: {reason}\n{marked}\n"
    told = run("refresh", "--json")
    (failure,) = [json.loads(line) for line in told.out.splitlines() if "unpublished" in line]
    fits(failure, "refresh")
    assert failure["name"] == "broken"
    assert failure["error"].startswith(f"{home.config}: publish.broken.file: cannot be written: ")
    assert told.err.splitlines() == [f"tuireader: {failure['error']}"]
    assert "WeChat" in text_of(home, "wechat.atom") and told.code == Exit.OK
    (home.folder / "feeds").unlink()
    os.mkfifo(home.folder / "feeds.atom")
    home.config.write_text(config.replace("feeds/x.atom", "feeds.atom"), "utf-8")
    assert "not a regular file" in run("refresh", "--quiet").err, "it does not wait for a reader either"
    assert f"{home.folder / 'feeds.atom'}" not in run("config", "check").out
    assert "not a regular file\nfeeds.atom\n" in run("config", "check").out


def test_lists_of_every_kind(home: Home, run: Run, web: Web) -> None:
    sources = {
        "query": "title:users",
        "watch": "WeChat",
        "label": "law",
        "folder": "Tech",
        "search": "Users",
        "digest": "daily",
    }
    tables = "".join(
        f'[[publish]]\nname = "{key}"\n{key} = "{value}"\nfile = "{key}.xml"\n'
        for key, value in sources.items()
    )
    tables += '[[publish]]\nname = "all"\ndigest = "all"\nfile = "all.xml"\n'
    more = '[[view]]\nname = "Users"\nquery = "users"\n[[digest]]\nname = "daily"\nat = "7:00"\n'
    every = '[[digest]]\nname = "all"\nat = "7:00"\n'
    feed = public(web, item("2", "Other"))
    home.config.write_text(
        f'[[feeds]]\nurl = "{feed}"\nfolder = "Tech"\n{WATCH}{more}watches = ["WeChat"]\n{every}{tables}',
        "utf-8",
    )
    assert run("refresh", "--quiet").code == Exit.OK
    run("label", "law", "Other")
    assert run("refresh", "--quiet").code == Exit.OK
    titles = {
        key: [entry.title for entry in check_atom((home.folder / f"{key}.xml").read_text("utf-8")).entries]
        for key in (*sources, "all")
    }
    users, other = "WeChat & users", "Other"
    both = {"folder": [users, other], "all": [users, other]}
    assert titles == {key: [users] for key in sources} | {"label": [other]} | both


def test_the_address_of_a_feed_is_only_in_opml_and_its_labels_if_asked(
    home: Home, run: Run, web: Web
) -> None:
    """A feed without a title is called by its host."""
    feed = web.serve(f"/untitled?key={CANARY}", rss("", [item("1", "WeChat", time=NOW)]))
    labelled = f'[[feeds]]\nurl = "{feed}"\nlabels = ["{CANARY}-label"]\n'
    home.config.write_text(f"{labelled}{WATCH}{PUBLISH}", "utf-8")
    assert run("refresh", "--quiet").code == Exit.OK
    assert CANARY not in text_of(home, "wechat.atom") + text_of(home, "all.json")
    assert "127.0.0.1" in text_of(home, "wechat.atom")
    assert feed in text_of(home, "feeds.opml") and f"{CANARY}-label" not in text_of(home, "feeds.opml")
    home.config.write_text(f"{labelled}{WATCH}{PUBLISH}labels = true\n", "utf-8")
    assert run("refresh", "--quiet", "--due").code == Exit.OK
    assert f"{CANARY}-label" in text_of(home, "feeds.opml")


def test_private_articles_take_no_place(home: Home, run: Run, web: Web) -> None:
    """However many of them are newer."""
    text = rss("Many", [item(f"m{n}", f"Title {n}", time=NOW - n) for n in range(30)])
    (home.folder / "many").write_bytes(text)
    more = f"[[feeds]]\ncommand = {json.dumps(['cat', str(home.folder / 'many')])}\n"
    publish = '[[publish]]\nname = "two"\nquery = "is:subscribed"\nfile = "two.atom"\nlimit = 2\n'
    subscribe(
        home,
        public(web, *(item(f"{n}", f"Public {n}", time=NOW - 99 - n) for n in (2, 3))),
        more=more + publish,
    )
    assert run("refresh", "--quiet").code == Exit.OK
    entries = check_atom((home.folder / "two.atom").read_text("utf-8")).entries
    assert [entry.title for entry in entries] == ["WeChat & users", "Public 2"]


def test_addresses_are_listed_and_revoked(home: Home, run: Run) -> None:
    home.config.write_text(WATCH + PUBLISH, "utf-8")
    listed = [json.loads(line) for line in run("publish", "list", "--json").out.splitlines()]
    for one in listed:
        fits(one, "publish list")
    first, second, last = (one["paths"] for one in listed)
    assert [len(first), len(second), len(last)] == [2, 2, 1] and last[0].endswith("/feeds.opml")
    keys = {path.split("/")[2] for path in (*first, *second, *last)}
    assert len(keys) == 3 and min(map(len, keys)) >= 32
    line, *_ = run("publish", "list").out.splitlines()
    assert line.split("\t") == ["wechat", str(out(home, "wechat.atom")), *first]
    assert run("publish", "revoke", "wechat").err.startswith("the addresses of wechat are no longer valid")
    again = [json.loads(line)["paths"] for line in run("publish", "list", "--json").out.splitlines()]
    assert again[1:] == [second, last] and not set(again[0]) & set(first)
    unknown = run("publish", "revoke", "wechet")
    assert unknown.code == Exit.USAGE
    assert "nothing is published as 'wechet'; did you mean 'wechat'?" in unknown.err
    home.config.write_text("", "utf-8")
    assert "nothing is published" in run("publish", "list").err


def test_the_demo_publishes_nothing(home: Home, run: Run) -> None:
    home.config.write_text(PUBLISH, "utf-8")
    told = run("--demo", "publish", "list")
    assert told.code == Exit.FAILURE and "the demo publishes nothing" in told.err


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("", ": publishes nothing; it needs one of query, watch, label, folder, search, digest and opml"),
        ('query = "a"\nopml = true', ": has query and opml; it needs one of"),
        ('watch = "Wechat"', ".watch: names no watch 'Wechat'; did you mean 'WeChat'?\nWechat\n^^^^^^"),
        ('search = "x"', ".search: names no saved search 'x'\nx\n^"),
        ('digest = "x"', ".digest: names no digest 'x'\nx\n^"),
        ('query = "a AND"', ".query: "),
        ('query = "a"\nfile = "x.rss"', ".file: should end in .atom or .xml or .json, not 'x.rss'"),
        ('query = "a"\nfile = "atom"', ".file: should end in"),
        ('opml = true\nfile = "x.atom"', ".file: should end in .opml, not 'x.atom'"),
        ('query = "a"\nmode = "999"', ".mode: is not the mode of a file such as 644"),
        ('query = "a"\nmode = "444"', ".mode: is not the mode of a file such as 644"),
        (
            'query = "a"\nfile = "x.atom"\n[[publish]]\nname = "b"\nquery = "b"\nfile = "./x.atom"',
            "publish[2].file: is already the file of a",
        ),
    ],
)
def test_a_mistake_has_its_place_and_leaves_the_others(home: Home, run: Run, keys: str, problem: str) -> None:
    home.config.write_text(f'{WATCH}[[publish]]\nname = "a"\n{keys}\n[[publish]]\nname = "z"\nquery = "z"\n')
    checked = run("config", "check")
    assert checked.code == Exit.CONFIG and ": publish[" in checked.out and problem in checked.out
    assert "z\t" in run("publish", "list").out


def test_tables_that_are_none(home: Home, run: Run) -> None:
    (home.folder / "x.atom").mkdir()
    home.config.write_text('[publish]\nname = "a"\nquery = "a"\nfile = "x.atom"\n', "utf-8")
    single, several, *marked = run("config", "check").out.splitlines()
    assert marked == ["x.atom", "^^^^^^"]
    assert "should be written [[publish]]" in single and "4: publish[1].file: cannot be written" in several
    home.config.write_text('publish = [1, {name = "a", query = "a", file = "x.atom"}]\n', "utf-8")
    wrong, second, *_ = run("config", "check").out.splitlines()
    assert "publish[1]: should be a table" in wrong and "publish[2].file: cannot be written" in second


def test_a_link_may_lead_to_a_file_that_does_not_exist_yet(home: Home, run: Run) -> None:
    (home.folder / "x.atom").symlink_to(home.folder / "y.atom")
    home.config.write_text('[[publish]]\nname = "a"\nquery = "a"\nfile = "x.atom"\n', "utf-8")
    assert run("config", "check") == Told(Exit.OK, "", "")
    (home.folder / "y.atom").symlink_to(home.folder / "x.atom")
    assert "publish[1].file: cannot be written: not a regular file" in run("config", "check").out


def test_a_renamed_watch_stays_published() -> None:
    text = edit.update(WATCH + PUBLISH, "watch", "WeChat", {"name": "Weixin"})
    assert 'watch = "Weixin"' in text
