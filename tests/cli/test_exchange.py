"""Moving in and out on the command line: newsboat, OPML, lists, pages, JSON, the read state."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from tests import newsboat
from tests.builders import item, rss
from tests.cli.command import Home, Run, Told, run_apart, run_here, subscribe
from tests.cli.test_json import fits
from tests.newsboat import ATOM, DATA, FEEDS, HARBOUR, PLAIN, TITLES
from tests.web import Web
from tuireader.config import load
from tuireader.errors import Exit


def feed_by_proxy(home: Home, web: Web) -> None:
    """Let the feeds of the example domains come from the loopback."""
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace("http://127.0.0.1:3128", web.url), encoding="utf-8")
    newsboat.serve(web)


def articles(run: Run, *expression: str) -> dict[str, dict[str, object]]:
    """The stored articles by title."""
    lines = run("list", "--json", "--limit", "100", *expression).out.splitlines()
    return {str(one["title"]): one for one in map(json.loads, lines)}


# --------------------------------------------------------------------------- newsboat


def without_what_is_left_out(folder: Path) -> Path:
    """A copy of newsboat's files without the feeds and searches that cannot move."""
    shutil.copytree(DATA, folder)
    lines = (folder / "urls").read_text(encoding="utf-8").splitlines(keepends=True)
    left_out = ("exec:", "filter:", "file:", '"query:Large')
    kept = [line for line in lines if not line.startswith(left_out)]
    (folder / "urls").write_text("".join(kept), encoding="utf-8")
    return folder


def test_a_newsboat_moves_in_and_both_sides_are_equal(run: Run, tmp_path: Path) -> None:
    folder = without_what_is_left_out(tmp_path / "newsboat")
    assert run("import", "newsboat", str(folder), "-q").code == Exit.OK
    told = run("import", "newsboat", str(folder), "--compare")
    assert told.code == Exit.OK and "are the same on both sides" in told.err
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:  # of a feed that urls has no more
        cache.execute("UPDATE rss_item SET feedurl = 'http://gone.example/x' WHERE title = 'Nothing new'")
    told = run("import", "newsboat", str(folder), "--compare")
    assert told.code == Exit.FAILURE and "articles\t10\t9" in told.out
    assert "http://gone.example/x: 1 article: urls no longer lists the feed" in told.err
    assert "the two sides differ" in told.err


def test_all_that_is_accepted_is_the_same_on_both_sides(run: Run, home: Home) -> None:
    told = run("import", "newsboat", str(DATA), "--json", "--accept", "programs", "--accept", "proxy,folders")
    assert told.code == Exit.OK, told.err
    moved = json.loads(told.out)
    fits(moved, "import newsboat")
    counts = {"feeds": 7, "articles": 10, "new": 10, "read": 3, "starred": 3, "deleted": 1, "others": 0}
    assert {name: moved[name] for name in counts} == counts
    assert "config:7: max-items 200" in told.err and "more:1: error-log" in told.err
    assert "do not print" not in told.err
    compared = run("import", "newsboat", str(DATA), "--compare", "--json")
    assert compared.code == Exit.OK
    sides = json.loads(compared.out)
    fits(sides, "import newsboat")
    assert sides["equal"] is True
    assert (sides["left_out"], sides["differences"], sides["asked"]) == ([], [], [])
    alike = {"tags": 6, "articles": 10, "read": 3, "unread": 7, "flagged": 3, "flags": 4}
    assert {side["what"]: (side["there"], side["here"]) for side in sides["sides"]} == {
        "feeds": (7, 7),
        "searches": (4, 4),
        **{name: (count, count) for name, count in alike.items()},
    }
    config, _ = load(home.config)
    assert config.ui.preset == "newsboat" and config.macros[0].command == ("mpv", "{url}")
    assert config.fetch.proxy == "http://127.0.0.1:3128" and config.save.folder == "~/Saved Articles"


def test_programs_proxies_and_folders_are_taken_over_when_accepted(run: Run, home: Home) -> None:
    run("import", "newsboat", str(DATA), "-q")
    config, _ = load(home.config)
    assert (config.ui.browser, config.fetch.proxy) == ((), "")
    assert [macro.key for macro in config.macros] == ["d"] and config.save.folder.endswith("Articles")
    told = run("import", "newsboat", str(DATA), "--accept", "programs")
    config, _ = load(home.config)
    assert config.ui.browser == ("firefox", "--new-tab", "{url}")
    assert sorted(macro.key for macro in config.macros) == ["d", "p", "v"] and config.fetch.proxy == ""
    assert "--accept proxy" in told.err and "--accept programs" not in told.err
    told = run("import", "newsboat", str(DATA))  # what was accepted before is here already
    assert "--accept proxy" in told.err and "--accept programs" not in told.err
    told = run("import", "newsboat", str(DATA), "--accept", "cookies")
    assert told.code == Exit.USAGE and "'cookies' is none of programs, proxy, folders" in told.err
    assert "--accept proxy" in run("import", "newsboat", str(DATA), "--compare").err


def test_a_profile_cannot_take_over_what_stands_here(run: Run, home: Home) -> None:
    home.config.write_text('[fetch]\nproxy = "http://mine:1"\n[[view]]\nname = "flagged"\nquery = "x"\n')
    told = run("import", "newsboat", str(DATA), "--accept", "proxy")
    assert load(home.config)[0].fetch.proxy == "http://mine:1"
    assert "config:5: proxy 127.0.0.1:3128: fetch.proxy of your configuration is kept" in told.err
    assert (
        "urls:9: query:Flagged" in told.err
        and "your configuration already has another view “flagged”" in told.err
    )


def test_articles_come_with_text_marks_tags_and_watches(run: Run) -> None:
    run("import", "newsboat", str(DATA), "-q")
    found = articles(run)
    paid = found["WeChat pays for tickets & coffee"]
    assert paid["read"] is True  # deleted there
    assert paid["watches"] == ["WeChat or 个人信息保护法"]
    assert "Sponsored: a sofa" not in found  # muted
    law = found["个人信息保护法 comes into force"]
    assert (law["starred"], law["read"], law["author"], law["time"]) == (True, False, "Lin", 1_700_352_000)
    assert run("search", "ferry", "company").out.count("\n") == 3
    assert list(articles(run, "label:flag-a")) == ["Ferries run again"]
    assert set(articles(run, "label:daily")) >= {"Ferries run again"}
    views = {view.name: view.query for view in load(Path(run("paths").out.split()[1]))[0].views}
    assert list(articles(run, views["Unread of Asia"])) == [
        "个人信息保护法 comes into force",
        "Ferries stop on Monday",
    ]
    assert list(articles(run, views["Flagged"])) == ["个人信息保护法 comes into force"]


def test_a_newsboat_with_keys_of_its_own_moves_in(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "newsboat"
    folder.mkdir()
    (folder / "urls").write_text("http://me:geheim@example.org/feed\n")
    (folder / "config").write_text("bind-key ^D pagedown\nbind-key SPACE pagedown\nbind-key ^J down\n")
    told = run("import", "newsboat", str(folder))
    assert told.code == Exit.OK and "1\t1 new" in told.out
    assert "config:3: bind-key ^J down: terminals send the same code for ^j and enter" in told.err
    assert run("config", "check") == Told(Exit.OK, "", "")
    assert "page_down" in run("keys").out
    assert run("feeds").out.split()[-2:] == ["http://example.org/feed"] * 2  # and no password


def test_what_is_no_plain_file_is_not_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("http://example.org/feed\n")
    (tmp_path / "config").write_text(
        'include "/dev/zero"\nincludes\ninclude config\ninclude none\nbrowser x\n'
    )
    told = run("import", "newsboat", str(tmp_path))
    assert 'config:1: include "/dev/zero": /dev/zero is not a regular file' in told.err
    assert "config:3: include config: the file has already been read" in told.err
    assert "config:4: include none: there is no such file" in told.err
    assert told.code == Exit.OK and "config:5: browser x" in told.err


def test_lines_behind_an_include_count_more(run: Run, home: Home, tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("http://example.org/feed\n")
    (tmp_path / "config").write_text("text-width 60\ninclude a/more\nreload-time 10\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "more").write_text("include deep\nreload-time 20\ntext-width 70\n")
    (tmp_path / "a" / "deep").write_text("user-agent deep\n")
    told = run("import", "newsboat", str(tmp_path))
    config, _ = load(home.config)
    assert (config.fetch.interval, config.ui.width, config.fetch.user_agent) == (600, 70, "deep")
    assert "config:1: text-width 60: is overridden in a/more:3" in told.err
    assert "lines of a/more\t3\t2 moved\t0 changed\t1 dropped" in told.out


def test_twice_is_once_and_nothing_here_is_lost(run: Run, home: Home) -> None:
    home.config.write_text('# mine\n[[feeds]]\nurl = "http://own.example/"  # my own\n', encoding="utf-8")
    run("import", "newsboat", str(DATA), "-q")
    text, before = home.config.read_text(encoding="utf-8"), articles(run)
    assert text.startswith('# mine\n[[feeds]]\nurl = "http://own.example/"  # my own\n')
    again = run("import", "newsboat", str(DATA), "-q")
    assert "10\t0 new" in again.out
    assert home.config.read_text(encoding="utf-8") == text
    assert articles(run) == before


def test_what_was_read_here_stays_read(run: Run) -> None:
    run("import", "newsboat", str(DATA), "-q")
    run("read", "title:Monday")
    run("import", "newsboat", str(DATA), "-q")
    assert articles(run)["Ferries stop on Monday"]["read"] is True
    told = run("import", "newsboat", str(DATA), "--compare")
    assert told.code == Exit.FAILURE
    assert "Ferries stop on Monday: is unread there, read here" in told.err
    assert "read\t3\t4" in told.out


def test_a_dry_run_writes_nothing(run: Run, home: Home) -> None:
    told = run("import", "newsboat", str(DATA), "--dry-run")
    assert "feeds\t4\t4 would be new" in told.out and "articles\t10\t10 would be new" in told.out
    assert "lines of config\t32\t" in told.out and not home.config.exists()
    run("import", "newsboat", str(DATA), "-q")
    text = home.config.read_text(encoding="utf-8")
    assert "10\t0 would be new" in run("import", "newsboat", str(DATA), "--dry-run", "-q").out
    assert home.config.read_text(encoding="utf-8") == text


def test_a_refresh_afterwards_finds_the_same_articles(run: Run, home: Home, web: Web) -> None:
    run("import", "newsboat", str(DATA), "-q", "--accept", "proxy")
    feed_by_proxy(home, web)
    before = articles(run)
    assert run("refresh").code == Exit.OK
    after = articles(run)
    kept = ("id", "read", "starred", "edited")  # that newsboat keeps no summary is no edit
    for title in before | after:
        assert [after[title][name] for name in kept] == [before[title][name] for name in kept]
    assert not any(one["edited"] for one in after.values())
    assert list(articles(run, "label:flag-a")) == ["Ferries run again"]
    again = rss("Harbour & Quay", [item("h-2", "Ferries stop on Tuesday", "<p>New.</p>", time=1_700_200_000)])
    web.serve(HARBOUR, again)
    run("refresh")
    assert articles(run)["Ferries stop on Tuesday"]["edited"] is True  # this is
    labels = {one["id"]: one["labels"] for one in before.values()}
    assert {one["id"]: one["labels"] for one in articles(run).values()} == labels


def test_it_comes_into_a_database_that_has_the_articles_already(run: Run, home: Home, web: Web) -> None:
    subscribe(home, HARBOUR, ATOM, TITLES, PLAIN, more=f'[fetch]\nproxy = "{web.url}"\n')
    newsboat.serve(web)
    assert run("refresh").code == Exit.OK
    before = articles(run)
    assert not any(one["read"] for one in before.values())
    moved = json.loads(run("import", "newsboat", str(DATA), "-q", "--json").out)
    assert (moved["new"], moved["marked"]) == (0, 5)
    after = articles(run, "is:starred OR is:unread OR is:read")
    assert {one["id"] for one in after.values()} <= {one["id"] for one in before.values()}
    assert json.loads(run("import", "newsboat", str(DATA), "--compare", "--json").out)["differences"] == []


def test_no_newsboat_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    told = run("import", "newsboat")
    assert told.code == Exit.FAILURE and "there is no newsboat file" in told.err
    other = tmp_path / "other"
    other.mkdir()
    (other / "urls").write_text("http://a.example/\n")
    with closing(sqlite3.connect(other / "cache.db")) as cache, cache:
        cache.execute("CREATE TABLE rss_item (guid)")
    told = run("import", "newsboat", str(other))
    assert told.code == Exit.FAILURE and "not from newsboat" in told.err
    (other / "cache.db").write_bytes(b"no database at all, but long enough to be looked at as one" * 20)
    assert "cannot be read" in run("import", "newsboat", str(other)).err


def test_an_old_cache_without_flags_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("http://a.example/feed\n")
    with closing(sqlite3.connect(tmp_path / "cache.db")) as cache, cache:
        cache.execute("CREATE TABLE rss_feed (rssurl, url, title)")
        cache.execute("CREATE TABLE rss_item (guid, title, author, url, feedurl, pubDate, content, unread)")
        cache.execute("INSERT INTO rss_item VALUES ('1', 'Old', '', '', 'http://a.example/feed', 5, 'x', 0)")
        cache.execute("INSERT INTO rss_item VALUES ('2', 'Gone', '', '', 'http://b.example/feed', 5, 'x', 0)")
    moved = json.loads(run("import", "newsboat", str(tmp_path), "--json").out)
    assert (moved["new"], moved["read"], moved["others"]) == (1, 1, 1)


@pytest.mark.skipif(not newsboat.installed(), reason="newsboat is not installed; its files are tested above")
def test_what_newsboat_writes_today_moves_in(run: Run, tmp_path: Path, web: Web) -> None:
    newsboat.serve(web)
    folder = tmp_path / "newsboat"
    newsboat.write(folder, web)
    assert run("import", "newsboat", str(folder), "-q").code == Exit.OK
    told = run("import", "newsboat", str(folder), "--compare")
    assert "feeds\t7\t4\n" in told.out and "Different" not in told.err, told.err
    assert "articles\t10\t10\nread\t3\t3\nunread\t7\t7\nflagged\t3\t3\n" in told.out


@pytest.mark.skipif(not newsboat.installed(), reason="newsboat is not installed; its files are tested above")
def test_newsboat_reads_what_is_exported(run: Run, home: Home, tmp_path: Path) -> None:
    run("import", "newsboat", str(DATA), "-q")
    folder = tmp_path / "there"
    folder.mkdir()
    assert run("export", "--format", "newsboat", str(folder / "urls")).code == Exit.OK
    (folder / "config").touch()
    exported = ElementTree.fromstring(newsboat.run(folder, "--export-to-opml2"))
    tags = {one.get("xmlUrl"): one.get("category") for one in exported.iter("outline")}
    assert tags == {HARBOUR: "asia,slow boats,daily", ATOM: "asia", TITLES: "daily", PLAIN: ""}


# --------------------------------------------------------------------------- feeds in


OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="News"><outline text="Asia"><outline type="rss" text="A" xmlUrl="http://a.example/feed"/></outline>
<outline type="rss" text="B" xmlUrl="http://b.example/feed" category="x,y"/></outline>
<outline type="rss" text="C" xmlUrl="http://c.example/feed" category="tech,daily"/></body></opml>"""


def test_nested_folders_both_ways(run: Run, home: Home, tmp_path: Path) -> None:
    (tmp_path / "in.opml").write_text(OPML, encoding="utf-8")
    done = json.loads(run("import", str(tmp_path / "in.opml"), "--json").out)
    fits(done, "import file")
    assert done["new"] == 3
    feeds = {feed.title: (feed.folder, feed.labels) for feed in load(home.config)[0].feeds}
    assert feeds == {"A": ("News / Asia", ()), "B": ("News", ("x", "y")), "C": ("tech", ("daily",))}
    root = ElementTree.fromstring(run("export").out)
    news, tech = root.findall("body/outline")
    assert (news.get("text"), tech.get("text")) == ("News", "tech")
    assert [one.get("xmlUrl") or one.get("text") for one in news] == ["http://b.example/feed", "Asia"]
    assert news.find("outline/outline").get("xmlUrl") == "http://a.example/feed"  # type: ignore[union-attr]
    before = home.config.read_text(encoding="utf-8")
    run("export", str(tmp_path / "out.opml"))
    assert json.loads(run("import", "--json", str(tmp_path / "out.opml")).out)["new"] == 0
    home.config.unlink()
    run("import", str(tmp_path / "out.opml"))
    assert sorted(home.config.read_text(encoding="utf-8").split("\n\n")) == sorted(before.split("\n\n"))


def test_a_list_of_addresses(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# mine\nhttp://a.example/feed\nhttp://b.example/feed tech daily\nftp://c.example\n"
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    told = run("import", "-")
    assert "2 new feeds" in told.err and "standard input:4: ftp://c.example" in told.err
    feeds = load(home.config)[0].feeds
    assert [(feed.url, feed.folder, feed.labels) for feed in feeds] == [
        ("http://a.example/feed", "", ()),
        ("http://b.example/feed", "tech", ("daily",)),
    ]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"what is this\n")))
    told = run("import", "-")
    assert told.code == Exit.FAILURE and "contains no feed" in told.err


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_opml_in_other_encodings(run: Run, tmp_path: Path, web: Web, codec: str) -> None:
    coded = OPML.encode(codec)
    (tmp_path / "in.opml").write_bytes(coded)
    assert "3 new feeds" in run("import", str(tmp_path / "in.opml")).err
    assert "0 new" in run("import", web.serve("/list.opml", coded)).err


def test_a_page_and_an_opml_of_the_web(run: Run, home: Home, web: Web) -> None:
    page = '<html><link rel="alternate" type="application/rss+xml" title="N" href="/n.xml"></html>'
    web.serve("/page", page, headers={"Content-Type": "text/html"})
    web.serve("/list.opml", OPML)
    assert "1 new feed" in run("import", f"{web.url}/page").err
    assert "3 new feeds" in run("import", f"{web.url}/list.opml").err
    assert load(home.config)[0].feeds[0].url == f"{web.url}/n.xml"
    assert run("import", f"{web.url}/none").code == Exit.FAILURE
    assert "no such file" in run("import", "missing.opml").err.lower()


def test_feeds_and_views_as_json(run: Run, home: Home, tmp_path: Path) -> None:
    run("import", "newsboat", str(DATA), "-q")
    run("export", "--format", "json", str(tmp_path / "all.json"))
    before = load(home.config)[0]
    home.config.unlink()
    assert "4 new feeds, 6 new views" in run("import", str(tmp_path / "all.json")).err
    told = run("export", str(home.config / "x.opml"))
    assert told.code == Exit.FAILURE and "cannot be written" in told.err
    after = load(home.config)[0]
    assert after.feeds == tuple(replace(feed, hidden=False) for feed in before.feeds)
    assert after.views == before.views


def test_the_read_state_goes_to_another_machine(
    run: Run, capsys: pytest.CaptureFixture[str], web: Web, tmp_path: Path
) -> None:
    run("import", "newsboat", str(DATA), "-q")
    run("export", "--format", "state", str(tmp_path / "state.json"))
    run("export", "--format", "json", str(tmp_path / "feeds.json"))
    there = Home(tmp_path / "there")
    there.folder.mkdir()
    told = run_here(there, capsys, "import", str(tmp_path / "feeds.json"))
    assert told.code == Exit.OK, told.err
    there.config.write_text(there.config.read_text() + f'[fetch]\nproxy = "{web.url}"\n')
    newsboat.serve(web)
    # before anything is fetched: noted, and read when it comes
    done = json.loads(run_here(there, capsys, "import", "--json", str(tmp_path / "state.json")).out)
    assert (done["marked"], done["noted"]) == (0, 5)
    assert run_here(there, capsys, "refresh").code == Exit.OK
    marks, there_marks = (
        {one["title"]: (one["read"], one["starred"], one["labels"]) for one in map(json.loads, lines)}
        for lines in (
            run("list", "--json", "is:read OR is:unread").out.splitlines(),
            run_here(there, capsys, "list", "--json").out.splitlines(),
        )
    )
    assert marks.items() <= there_marks.items()
    assert marks["Ferries run again"] == (True, True, ["flag-a", "flag-b"])
    text = run_here(there, capsys, "search", "--json", "ferry", "company").out
    assert text.count("\n") == 3  # texts have come
    done = json.loads(run_here(there, capsys, "import", "--json", str(tmp_path / "state.json")).out)
    assert (done["marked"], done["noted"]) == (0, 0)
    subscribe(there, PLAIN)  # the others are not followed any more
    told = run_here(there, capsys, "import", str(tmp_path / "state.json"))
    assert f"skipped {HARBOUR}: 3 articles" in told.err


# --------------------------------------------------------------------------- newsboat's options


def test_an_export_goes_where_it_is_sent(run: Run, home: Home) -> None:
    """To standard output by its name, a descriptor, as `>(cat)` of bash is one, and a named pipe."""
    subscribe(home, "https://example.org/feed")
    expected = run("export").out
    assert run_apart(home, "export", "/dev/stdout") == Told(Exit.OK, expected, "")
    end, start = os.pipe()
    assert run("export", f"/dev/fd/{start}") == Told(Exit.OK, "", "")
    os.close(start)
    assert os.read(end, 1_000_000) == expected.encode()
    os.close(end)
    pipe = home.folder / "p"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as cat:
        assert run("export", str(pipe)) == Told(Exit.OK, "", "")
        assert cat.communicate(timeout=60)[0] == expected
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("import", "{}"), 1, "{} cannot be read: it is not a regular file (pass a pipe as standard input: "),
        (("--config", "{}", "feeds"), 5, "{}: cannot be read: it is not a regular file"),
        (("--config", "{}", "config", "check"), 5, "{}: cannot be read: it is not a regular file"),
        (("--config", "{}", "add", "https://a.example/"), 5, "{}: cannot be read: it is not a regular file"),
        (("--database", "{}", "feeds"), 6, "the database {} is not a file"),
        (("--database", "{}", "db", "check"), 6, "the database {} is not a file"),
        (("--database", "{}", "db", "repair"), 6, "the database {} is not a file"),
    ],
)
@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "/dev/null"])
def test_a_pipe_or_a_device_is_an_error_at_once(
    home: Home, run: Run, tmp_path: Path, words: tuple[str, ...], code: int, message: str, name: str
) -> None:
    subscribe(home, "https://example.org/feed")
    os.mkfifo(tmp_path / "pipe")
    path = str(tmp_path / name)
    told = run(*(word.format(path) for word in words))
    assert told.code == code and message.format(path) in told.out + told.err


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_by_its_names(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"https://example.org/one\n")))
    told = run("import", name)
    assert (told.code, told.err) == (Exit.OK, "1 new feed\n")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can make a device, and replace one")
def test_a_device_is_written_to_and_not_replaced(run: Run, home: Home, web: Web, tmp_path: Path) -> None:
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        device.write_bytes(b"x")
    except OSError:
        pytest.skip("no device can be made here")
    subscribe(home, "https://example.org/feed")
    assert run("export", str(device)) == Told(Exit.OK, "", "")
    assert run("db", "backup", str(device)).code == Exit.OK
    url = web.serve("/feed", rss("Feed", [item("1", "One")]))
    home.config.unlink()
    home.config.symlink_to(device)
    told = run("add", url)
    assert (told.code, told.out) == (Exit.CONFIG, "") and "is not a regular file" in told.err
    assert stat.S_ISCHR(device.stat().st_mode) and home.config.is_symlink()


def test_the_options_of_newsboat(run: Run, home: Home, web: Web, tmp_path: Path) -> None:
    subscribe(home, PLAIN, more=f'[fetch]\nproxy = "{web.url}"\n')
    newsboat.serve(web)
    assert run("-x", "reload") == Told(Exit.OK, "", "")
    assert run("-x", "print-unread") == Told(Exit.OK, "1 unread articles\n", "")
    assert run("-q", "-x", "reload") == Told(Exit.OK, "", "")  # cron lines have it
    assert run("--quiet", "--execute", "print-unread").out == "1 unread articles\n"
    assert run("-x", "print-unread", "reload", "print-unread").out == "1 unread articles\n" * 2
    assert PLAIN in run("-e").out and run("-e").out == run("export").out
    (tmp_path / "in.opml").write_text(OPML, encoding="utf-8")
    assert "3 new feeds" in run("-i", str(tmp_path / "in.opml")).err
    told = run("-x", "fly")
    assert told.code == Exit.USAGE and "use reload or print-unread" in told.err
    assert run("-x", "reload", "print-unread").code == Exit.SOME_FAILED  # the three are nowhere
    assert run("-i", str(tmp_path / "none.opml")).code == Exit.FAILURE


@pytest.mark.skipif(not newsboat.installed(), reason="newsboat is not installed")
def test_print_unread_is_to_the_letter_that_of_newsboat(run: Run, tmp_path: Path) -> None:
    for name in ("urls", "cache.db"):
        shutil.copy(DATA / name, tmp_path / name)
    urls = (tmp_path / "urls").read_text().replace("exec:", "# exec:").replace("filter:", "# filter:")
    (tmp_path / "urls").write_text(urls.replace("file:", "# file:").replace('"!hidden"', ""))
    (tmp_path / "config").touch()
    run("import", "newsboat", str(tmp_path), "-q")
    assert run("-x", "print-unread").out == newsboat.run(tmp_path, "-x", "print-unread")


def test_all_of_it_was_written_by_newsboat() -> None:
    assert all(url in (DATA / "urls").read_text() for url in FEEDS)
    with closing(sqlite3.connect(f"file:{DATA / 'cache.db'}?mode=ro", uri=True)) as cache:
        assert cache.execute("SELECT count(*) FROM metadata").fetchone() == (1,)
    assert os.access(DATA / "config", os.R_OK)


def test_filters_of_freshrss_become_rules(run: Run, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "freshrss.opml"
    file.write_text(
        '<opml version="2.0" xmlns:frss="https://freshrss.org/opml"><body><outline type="rss" text="Quay"'
        ' xmlUrl="https://quay.example/feed" frss:filtersActionRead="intitle:ad&#10;f:12 x"/></body></opml>',
        encoding="utf-8",
    )
    told = run("import", str(file))
    assert "1 new feed, 1 new rule" in told.err and "skipped Quay: the filter f:12 x" in told.err
    assert 'name = "Read in Quay"\nquery = "(title:\\"ad\\")"\nfeeds = ["https://quay.example/feed"]\n' in (
        home.config.read_text(encoding="utf-8")
    )
    assert run("rule", "list").out == 'Read in Quay\t0\tread\t(title:"ad"); in https://quay.example/feed\n'
    assert "0 new feeds" in run("import", str(file)).err
    assert "Read in Quay" not in run("undo").out and run("rule", "list").out == ""
