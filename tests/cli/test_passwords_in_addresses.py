"""Passwords inside addresses of feeds: they go to the server, and to no file but the configuration."""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.web import Answer, Request, Web
from tuireader.config import loads
from tuireader.errors import Exit

PASSWORD = "pass%3Aword-1"
"""As it is written in an address; it is `pass:word-1`."""


@pytest.fixture
def private(web: Web) -> Web:
    """A feed for each of two users, at one address."""

    def answer(request: Request) -> Answer:
        sent = request.headers.get("authorization", "").removeprefix("Basic ")
        user, _, password = base64.b64decode(sent).decode().partition(":")
        if password not in ("pass:word-1", "another"):
            return Answer(b"", 401)
        entries = [item(f"{user}{n}", f"{user.title()} {n}", url=f"{web.url}/{user}/{n}") for n in (1, 2)]
        return Answer(rss(f"News of {user}", entries))

    web.handle("/feed", answer)
    return web


def address(web: Web, user: str = "ann", password: str = PASSWORD) -> str:
    """The address of the feed with a user and a password."""
    return f"{web.url.replace('http://', f'http://{user}:{password}@')}/feed"


def titles(run: Run) -> dict[str, tuple[int, bool]]:
    """Number and star of each article, by title."""
    found = map(json.loads, run("list", "--json", "--limit", "50").out.splitlines())
    return {one["title"]: (one["id"], one["starred"]) for one in found}


def feeds(run: Run) -> list[dict[str, Any]]:
    """The feeds."""
    return list(map(json.loads, run("feeds", "--json").out.splitlines()))


def traces(home: Home) -> list[str]:
    """The files, except the configuration, that have the password in any form, and the undo steps."""
    forms = PASSWORD.encode(), b"pass:word-1", base64.b64encode(b"ann:pass:word-1").rstrip(b"=")
    files = [path for path in home.folder.rglob("*") if path.is_file() and path != home.config]
    assert home.database in files
    contents = {str(path): path.read_bytes() for path in files}
    with closing(sqlite3.connect(f"{home.database.as_uri()}?mode=ro", uri=True)) as database:
        for step, stored in database.execute("SELECT id, ids FROM journal WHERE mark = 'config'"):
            contents[f"step {step}"] = zlib.decompress(stored) if stored.startswith(b"x") else stored
    return [name for name, content in contents.items() if any(form in content for form in forms)]


def make_old(home: Home, web: Web, *passwords: str) -> None:
    """Store addresses with passwords, as older versions did."""
    with closing(sqlite3.connect(home.database)) as database, database:
        (first,) = database.execute("SELECT id FROM feed").fetchone()
        database.execute("UPDATE feed SET url = ? WHERE id = ?", (address(web, password=passwords[0]), first))
        for password in passwords[1:]:
            database.execute(
                "INSERT INTO feed (url, subscribed) VALUES (?, 0)", (address(web, password=password),)
            )
        database.execute("DROP TRIGGER match_log_fixed")
        database.execute("UPDATE match_log SET feed_url = ?", (address(web),))
        database.execute(
            """CREATE TRIGGER match_log_fixed BEFORE UPDATE ON match_log WHEN old.text_hash IS NOT NULL
               BEGIN SELECT raise(ABORT, 'the match log only grows'); END"""
        )


def test_no_command_shows_the_password_and_no_file_has_it(home: Home, run: Run, private: Web) -> None:
    watch = f'[[watch]]\nname = "Ann"\nquery = "title:1"\nfeeds = ["{address(private)}"]\n'
    subscribe(
        home, address(private), more=f'{watch}[[mute]]\nfeed = "{address(private)}"\nquery = "title:2"\n'
    )
    assert run("refresh").code == Exit.OK
    assert titles(run).keys() == {"Ann 1"}, "the mute and the watch name the feed by its address"
    said = []
    for words in (
        "config check", "list --json", "list watch:Ann --json", "matches --json", "show 1 --json",
        "brief --json",
        "feeds", "feeds --json", "feeds --requests", "feeds --requests --json", "feeds --gaps",
        "feeds --gaps --json",
        "alarms --all --json", "watch list --json", "watch coverage Ann", "watch report Ann", "watch lint",
        "export", "export --json", "export --format newsboat", "export --format state",
        f"db backup {home.folder / 'backup.db'}", "refresh --json", f"feeds pause {address(private)}",
        f"feeds resume {address(private)}", "feeds retry", f"remove {address(private)}x",
        f"remove {address(private)}", "undo", "undo", "undo", "refresh",
    ):  # fmt: skip
        told = run(*words.split())
        assert told.code == (Exit.USAGE if words.endswith("x") else Exit.OK), (words, told)
        said.append((words, told.out + told.err))
    assert [words for words, text in said if "word-1" in text] == []
    assert traces(home) == []
    assert address(private) in home.config.read_text()
    assert titles(run).keys() == {"Ann 1"}


@pytest.mark.parametrize("passwords", [(PASSWORD,), ("older", PASSWORD), (PASSWORD, "older")])
def test_an_older_database_loses_the_password_and_nothing_else(
    home: Home, run: Run, private: Web, passwords: tuple[str, ...]
) -> None:
    subscribe(home, address(private), more='[[watch]]\nname = "Ann"\nany = ["ann"]\n')
    assert run("refresh").code == Exit.OK
    assert run("star", "title:1").code == Exit.OK
    before, logged = titles(run), run("matches", "--json").out
    assert [starred for _, starred in sorted(before.values())].count(True) == 1
    make_old(home, private, *passwords)
    assert traces(home) != []
    assert titles(run) == before
    assert traces(home) == []
    assert run("matches", "--json").out == logged
    assert len(feeds(run)) == 1
    assert run("refresh").code == Exit.OK
    assert titles(run) == before
    assert run("db", "check").code == Exit.OK


def test_undo_of_a_removal_is_kept_beside_the_database(home: Home, run: Run, private: Web) -> None:
    subscribe(home, address(private))
    before = home.config.read_text()
    assert run("remove", address(private)).code == Exit.OK
    assert PASSWORD not in home.config.read_text() and traces(home) == []
    (kept,) = (home.folder / "tuireader" / "undo").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.parent.stat().st_mode & 0o777 == 0o700
    with closing(sqlite3.connect(home.database)) as database, database:  # as older versions stored it
        database.execute("UPDATE journal SET ids = ?", (kept.read_bytes(),))
    kept.unlink()
    assert traces(home) == ["step 1"]
    assert run("list").code == Exit.OK
    assert traces(home) == []
    assert run("undo").code == Exit.OK
    assert home.config.read_text() == before
    assert run("remove", address(private)).code == Exit.OK
    for path in kept.parent.iterdir():
        path.unlink()
    told = run("undo")
    assert told.code == Exit.FAILURE and "no longer known" in told.err
    assert run("undo").err == "there is nothing to undo\n"


def test_feeds_of_two_users_at_one_address_are_two_feeds(home: Home, run: Run, private: Web) -> None:
    subscribe(home, address(private), address(private, "bob", "another"))
    assert run("refresh").code == Exit.OK
    assert [feed["title"] for feed in feeds(run)] == ["News of ann", "News of bob"]
    assert titles(run).keys() == {"Ann 1", "Ann 2", "Bob 1", "Bob 2"}
    subscribe(home, address(private, "bob", "another"), address(private, password="another"))
    before = titles(run)
    assert run("refresh").code == Exit.OK
    assert titles(run) == before, "another password is no other feed"
    assert [feed["title"] for feed in feeds(run)] == ["News of bob", "News of ann"]


def test_the_same_feed_is_not_imported_with_another_password(home: Home, run: Run, private: Web) -> None:
    subscribe(home, address(private))
    before = home.config.read_text()
    outline = f'<outline xmlUrl="{address(private, password="another")}"/>'
    (home.folder / "feeds.opml").write_text(f"<opml><body>{outline}</body></opml>")
    assert run("import", str(home.folder / "feeds.opml")).code == Exit.OK
    assert home.config.read_text() == before


@pytest.mark.parametrize(
    ("url", "address", "user", "password"),
    [
        ("https://u:p@h.example/x?y=a:b@c", "https://u@h.example/x?y=a:b@c", "u", "p"),
        ("https://u@h.example/x", "https://u@h.example/x", "", ""),
        ("https://h.example/a:b@c", "https://h.example/a:b@c", "", ""),
        ("https://h.example:80/a@c", "https://h.example:80/a@c", "", ""),
        ("https://u%40h:p%2F%3a%20@h.example", "https://u%40h@h.example", "u@h", "p/: "),
        ("https://u:p@q@h.example/", "https://u@h.example/", "u", "p@q"),
        ("https://:p@h.example/", "https://h.example/", "", "p"),
        ("https://u:@h.example/", "https://u@h.example/", "u", ""),
        ("imap://u:p@h.example/INBOX", "imap://u@h.example/INBOX", "u", "p"),
        ("imaps://u%40me:p@h.example:99/A?list=x", "imaps://u%40me@h.example:99/A?list=x", "u@me", "p"),
        ("maildir:~/a:b@c", "maildir:~/a:b@c", "", ""),
    ],
)
def test_the_configuration_takes_addresses_apart(url: str, address: str, user: str, password: str) -> None:
    config, problems = loads(f"[[feeds]]\nurl = {json.dumps(url)}\n")
    (feed,) = config.feeds
    assert problems == () and (feed.url, feed.username, feed.password) == (address, user, password)


def test_a_password_of_its_own_counts() -> None:
    config, _ = loads('[[feeds]]\nurl = "https://u:p@h.example/"\nusername = "me"\npassword = "env:X"\n')
    (feed,) = config.feeds
    assert (feed.url, feed.username, feed.password) == ("https://u@h.example/", "me", "env:X")


@pytest.mark.parametrize("place", ["cmd:touch%20ran", "cmd%3Atouch%20ran", "env:HOME", "keyring:x"])
def test_a_password_in_an_address_runs_nothing(home: Home, run: Run, web: Web, place: str) -> None:
    url = address(web, password=place)
    subscribe(home, url)
    told = run("refresh")
    assert "write it as `password`" in told.err and place not in told.err
    subscribe(home)
    (home.folder / "feeds.opml").write_text(f'<opml><body><outline xmlUrl="{url}"/></body></opml>')
    told = run("import", str(home.folder / "feeds.opml"))
    assert told.code == Exit.CONFIG and "write it as `password`" in told.err and place not in told.err
    assert web.requests == [] and not Path("ran").exists()
