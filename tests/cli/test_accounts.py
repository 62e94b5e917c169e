"""Accounts on servers by commands: add, check, sync, remove, against a server on the loopback."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.feeds.test_secrets import KEYRING
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, drop, json_answer
from tests.servers.fake_miniflux import FakeMiniflux
from tests.terminal import Terminal
from tests.web import Answer, Web
from tuireader.errors import Exit
from tuireader.store.recovery import recover


class Server(FakeMiniflux):
    """A Miniflux that may refuse stars."""

    refuses_stars = False

    def answer(self, call: Call) -> Answer:
        """Process a request."""
        if self.refuses_stars and str(call) == "PUT /v1/entries" and "starred" in call.json():
            return json_answer({"error_message": "no more stars"}, 400)
        return super().answer(call)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with two feeds and three entries."""
    with Server("2.3.2") as server:
        news, other = server.add_feed("News", "Tech"), server.add_feed("Other")
        server.add_entry(news, "First")
        server.add_entry(news, "Second", read=True)
        server.add_entry(other, "Third", starred=True)
        yield server


@pytest.fixture
def home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with the secrets of the server in variables."""
    monkeypatch.setenv("SECRET", PASSWORD)
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("WRONG", "Wrong-One")
    return home


def add(run: Run, server: Server, *more: str) -> None:
    """Add an account, and sync it."""
    words = ("--kind", "miniflux", "--url", server.url, "--user", USER, "--password-env", "SECRET")
    assert run("account", "add", "home", *words, *more).code == Exit.OK
    assert run("sync", "--quiet").code == Exit.OK


def titles(run: Run, *words: str) -> set[str]:
    """The titles of a list."""
    return {json.loads(line)["title"] for line in run("list", "--json", *words).out.splitlines()}


# -- adding


def test_an_account_is_added_and_shows_its_feeds(run: Run, home: Home, server: Server) -> None:
    words = ("--kind", "miniflux", "--url", f"{server.url}/v1/", "--token-env", "TOKEN")
    told = run("account", "add", "home", *words, "--dry-run")
    assert told.code == Exit.OK and not home.config.exists()
    told = run("account", "add", "home", *words)
    assert told.code == Exit.OK
    assert f"Miniflux 2.3.2 at {server.url}, signed in as {USER}: 2 feeds\n  Tech: 1\n" in told.err
    assert told.err.endswith("added: home (`tuireader sync home` fetches its articles)\n")
    assert home.config.read_text() == (
        f'[[account]]\nname = "home"\nkind = "miniflux"\nurl = "{server.url}"\ntoken = "env:TOKEN"\n'
    )
    again = run("account", "add", "Home", *words)
    assert (again.code, again.err) == (
        Exit.CONFIG,
        "tuireader: there is already an account named 'Home' (choose another name)\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--url", "URL", "--user", USER, "--password-env", "WRONG"), Exit.FAILURE, "(enter them again)"),
        (("--url", "URL", "--user", USER, "--password-env", "NONE"), Exit.FAILURE, "NONE is not set"),
        (("--url", "URL", "--user", USER, "--password-cmd", "false"), Exit.FAILURE, "failed: false"),
        (("--url", "URL/x", "--token-env", "TOKEN"), Exit.FAILURE, 'for FreshRSS and others use kind'),
        (("--url", "ftp://example.org", "--token-env", "TOKEN"), Exit.CONFIG, "url should be"),
        (("--url", "URL", "--user", USER), Exit.USAGE, "no terminal to ask for the password"),
        (("--url", "URL", "--password-env", "SECRET"), Exit.USAGE, "--user"),
        (("--url", "URL", "--token-env", "A", "--password-env", "B"), Exit.USAGE, "not both"),
        (("--url", "URL", "--token-env", "A", "--token-cmd", "B"), Exit.USAGE, "not both"),
    ],
)  # fmt: skip
def test_mistakes_are_named_and_nothing_is_written(
    run: Run, home: Home, server: Server, words: tuple[str, ...], code: Exit, said: str
) -> None:
    given = [word.replace("URL", server.url) for word in words]
    told = run("account", "add", "home", "--kind", "miniflux", *given)
    assert told.code == code and said in told.err and told.err.count("\n") == 1
    assert "Wrong-One" not in told.err and not home.config.exists()


def test_a_password_is_asked_without_echo_and_kept_in_the_private_file(
    home: Home, server: Server, tmp_path: Path
) -> None:
    words = ("account", "add", "home", "--kind", "miniflux", "--url", server.url, "--user", USER)
    command = [sys.executable, "-m", "tuireader", *home.arguments(*words)]
    with Terminal(command, home=tmp_path) as terminal:
        terminal.wait(f"Password of {USER} (not shown):")
        terminal.press(PASSWORD, "enter")
        terminal.wait("added: home")
        assert PASSWORD.encode() not in terminal.raw
    assert f'password = "{PASSWORD}"' in home.config.read_text()
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_a_password_is_kept_in_the_keyring(home: Home, server: Server, tmp_path: Path) -> None:
    (tmp_path / "keyring.py").write_text(KEYRING, encoding="utf-8")
    words = ("account", "add", "home", "--kind", "miniflux", "--url", server.url)
    command = [sys.executable, "-m", "tuireader", *home.arguments(*words)]
    with Terminal(command, home=tmp_path, env={"PYTHONPATH": str(tmp_path)}) as terminal:
        terminal.wait("API key (not shown):")
        terminal.press(TOKEN, "enter")
        terminal.wait("Keep it in the keyring?")
        terminal.press("enter")
        terminal.wait("added: home")
    assert 'token = "keyring:home"' in home.config.read_text() and TOKEN not in home.config.read_text()
    assert TOKEN in (tmp_path / "keyring.json").read_text()


def test_the_account_of_newsboat_is_imported(run: Run, home: Home, server: Server, tmp_path: Path) -> None:
    """Its folder may have no urls."""
    subscribe(home)
    folder = tmp_path / "newsboat"
    folder.mkdir()
    lines = ("urls-source miniflux", f"miniflux-url {server.url}", f"miniflux-token {TOKEN}")
    (folder / "config").write_text("\n".join(lines), encoding="utf-8")
    told = run("import", "newsboat", str(folder))
    assert told.code == Exit.OK and "accounts\t1 new" in told.out and TOKEN not in told.out + told.err
    assert run("sync").err.startswith("miniflux: 3 new")


# -- sync


def test_marks_go_both_ways(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    assert titles(run) == {"First", "Second", "Third"}
    assert titles(run, "is:unread") == {"First", "Third"} and titles(run, "is:starred") == {"Third"}
    first = next(one for one in server.entries.values() if one.title == "First")
    third = next(one for one in server.entries.values() if one.title == "Third")
    assert run("read", "title:First").code == Exit.OK
    server.pass_time(60)
    server.mark(third, read=True)
    told = run("sync", "home")
    assert told.err == "home: 0 new, 0 changed, 1 mark received, 1 sent, 0 to send\n"
    assert first.read and titles(run, "is:unread") == set()
    run("unread", "--mark", "title:First")
    server.mark(third, starred=False)
    assert run("sync", "--marks").code == Exit.OK
    assert not first.read and titles(run, "is:starred") == {"Third"}


def test_a_refresh_syncs_accounts_and_counts_them(run: Run, home: Home, server: Server, web: Web) -> None:
    add(run, server)
    told = run("refresh")
    assert (told.code, told.err) == (
        Exit.OK,
        "home: 0 new, 0 changed, 0 marks received, 0 sent, 0 to send\n",
    )
    web.serve("/broken.xml", status=500)
    subscribe(home, f"{web.url}/broken.xml", more=home.config.read_text())
    told = run("refresh")
    assert told.code == Exit.SOME_FAILED and "\nhome: 0 new" in told.err and "1 feed, 0 new" in told.err
    server.down()
    assert run("refresh").code == Exit.ALL_FAILED
    assert run("refresh", "--due", "--quiet").code == Exit.OK  # both have to wait


def test_marks_wait_for_a_server_that_is_away(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    server.down()
    run("star", "title:First")
    told = run("sync")
    assert told.code == Exit.ALL_FAILED
    assert "(marks are kept and sent later)" in told.err and told.err.endswith(" 0 sent, 1 to send\n")
    assert "1 to send\t! " in run("account", "list").out
    server.up()
    server.after = drop("PUT /v1/entries")  # processed, but nobody knows
    assert run("sync", "--quiet").code == Exit.ALL_FAILED
    assert run("sync").err == "home: 0 new, 0 changed, 0 marks received, 1 sent, 0 to send\n"
    assert next(one for one in server.entries.values() if one.title == "First").starred


def test_a_server_that_lost_most_feeds_is_not_believed_at_once(run: Run, server: Server) -> None:
    for number in range(3):
        server.add_feed(f"More {number}")
    add(run, server)
    for feed in server.feeds[1:]:
        server.remove_feed(feed)
    told = run("sync")
    asks = "home: the server no longer lists 4 of 5 feeds (`tuireader sync --accept-removals home` hides them"
    assert told.code == Exit.OK and asks in told.err
    assert len(run("feeds").out.splitlines()) == 5
    assert "no longer lists" not in run("sync", "--accept-removals").err
    assert len(run("feeds").out.splitlines()) == 1 and "Third" in titles(run)


def test_without_accounts(run: Run, home: Home) -> None:
    subscribe(home)
    for line in ("sync", "account list", "account check"):
        told = run(*line.split())
        assert told.code == Exit.OK and "`tuireader account add --help` says how" in told.err
    for line in ("sync none", "account check none", "account remove none"):
        told = run(*line.split())
        assert (told.code, told.err) == (
            Exit.USAGE,
            "tuireader: there is no account 'none' (`tuireader account list` shows them)\n",
        )


# -- state


def test_a_check_shows_the_state(run: Run, server: Server) -> None:
    add(run, server)
    run("star", "title:First")
    told = run("account", "check")
    assert told.code == Exit.OK
    assert told.out == (
        f"home: Miniflux 2.3.2 at {server.url}, user {USER}\n"
        "  feeds      2 on the server, 2 here\n"
        "  marks      1 to send, 0 refused\n"
        "  last sync  now\n"
    )
    server.down()
    told = run("account", "check", "home")
    assert told.code == Exit.ALL_FAILED and told.out.startswith("home: 127.0.0.1")


def test_refused_marks_are_shown_and_sent_again(run: Run, server: Server) -> None:
    add(run, server)
    server.refuses_stars = True
    run("star", "title:First")
    assert run("sync").err.endswith(" 0 sent, 0 to send\n")
    told = run("account", "check")
    assert "0 to send, 1 refused" in told.out and "First: " in told.out
    server.refuses_stars = False
    assert run("sync", "--retry").err.endswith(" 1 sent, 0 to send\n")
    assert "0 to send, 0 refused" in run("account", "check").out


def test_removing_keeps_articles_and_can_be_undone(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    before = home.config.read_text()
    run("star", "title:First")
    told = run("account", "remove", "HOME")
    assert told.err == (
        "removed: home (its articles and marks stay, here and on the server)\n"
        "tuireader: 1 mark not sent yet; they are if you add it again\n"
    )
    assert run("feeds").out == "" and titles(run) == {"First", "Second", "Third"}
    assert "account home removed" in run("undo").err
    assert home.config.read_text() == before and len(run("feeds").out.splitlines()) == 2
    assert run("sync").err == "home: 0 new, 0 changed, 0 marks received, 1 sent, 0 to send\n"
    assert "1 config" not in run("undo").err


# -- moving


def test_feeds_are_moved_to_the_server_and_back(run: Run, home: Home, server: Server, web: Web) -> None:
    url = web.serve("/feed.xml", rss("Fresh News", [item("1", "One")]))
    home.config.write_text(f'[[feeds]]\nurl = "{url}"\n[[feeds]]\ncommand = ["true"]\n', encoding="utf-8")
    run("refresh")
    add(run, server)
    told = run("account", "push", "home")
    assert told.code == Exit.OK and told.err == (
        "tuireader: exec:true: comes from a program or a mail folder\n1 feed moved to home, 0 marks sent\n"
    )
    assert server.feeds[-1].url == url and url not in home.config.read_text()
    told = run("account", "pull", "home")
    assert (told.code, told.err) == (
        Exit.OK,
        "3 feeds of home are local feeds now\n`tuireader account remove home` leaves the account\n",
    )
    assert url in home.config.read_text() and len(server.feeds) == 3


def test_a_refused_feed_sets_the_exit_code(run: Run, home: Home, server: Server, web: Web) -> None:
    url = web.serve("/feed.xml", rss("Fresh News", [item("1", "One")]))
    subscribe(home, url)
    run("refresh")
    add(run, server)
    server.broken_feeds.add(url)
    told = run("account", "push", "home", "Fresh")
    assert told.code == Exit.ALL_FAILED and url in home.config.read_text()
    assert told.err.startswith("tuireader: Fresh News: 127.0.0.1")


# -- feeds of accounts


def listed(run: Run) -> dict[str, dict[str, Any]]:
    """The feeds by title."""
    return {one["title"]: one for one in map(json.loads, run("feeds", "--json").out.splitlines())}


def test_feeds_of_accounts_are_shown_with_their_web_addresses(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    feed = listed(run)["News"]
    address = server.feeds[0].url
    assert (feed["url"], feed["account"], feed["folder"]) == (address, "home", "home / Tech")
    assert f"\tNews\t{address}" in run("feeds").out and f"\t{address}" in run("feeds", "--gaps").out
    assert "home+" not in "".join(run("export", "--format", form).out for form in ("opml", "state"))
    assert f'xmlUrl="{address}"' in run("export").out
    assert run("refresh", address).code == Exit.OK


def test_marks_are_imported_to_feeds_of_accounts(
    run: Run, home: Home, server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(run, server)
    run("star", "title:First")
    run("export", "--format", "state", str(tmp_path / "state.json"))
    run("star", "--remove", "title:First")
    told = run("import", str(tmp_path / "state.json"))
    assert told.code == Exit.OK and titles(run, "is:starred") == {"First", "Third"}


def test_feeds_are_removed_on_the_server(run: Run, server: Server) -> None:
    add(run, server)
    told = run("feeds", "remove", "News")
    assert (told.code, told.err) == (Exit.OK, "removed: News\n")
    assert [feed.title for feed in server.feeds] == ["Other"] and set(listed(run)) == {"Other"}
    assert titles(run) == {"First", "Second", "Third"}
    server.down()
    told = run("feeds", "remove", "Other")
    assert told.code == Exit.FAILURE and "127.0.0.1" in told.err and set(listed(run)) == {"Other"}


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_what_the_server_decides_is_told(run: Run, server: Server, command: str) -> None:
    add(run, server)
    told = run("feeds", command, "News")
    assert (told.code, told.err) == (
        Exit.USAGE,
        "tuireader: the server of home fetches News (here you can only rename, move or remove it)\n",
    )


def test_a_feed_is_added_on_the_server(run: Run, home: Home, server: Server, web: Web) -> None:
    add(run, server)
    url = web.serve("/feed.xml", rss("Fresh News", [item("1", "One")]))
    told = run("add", url, "--account", "HOME", "--folder", "Tech", "--title", "Mine")
    assert (told.code, told.err) == (Exit.OK, f"added: Fresh News ({url})\n")
    assert (server.feeds[-1].url, server.feeds[-1].category.title) == (url, "Tech")
    assert listed(run)["Mine"]["folder"] == "home / Tech" and url not in home.config.read_text()
    assert run("add", url, "--account", "home").err == f"already there: Fresh News ({url})\n"
    server.broken_feeds.add(web.url + "/other.xml")
    web.serve("/other.xml", rss("Other News", [item("1", "One")]))
    told = run("add", f"{web.url}/other.xml", "--account", "home")
    assert told.code == Exit.FAILURE and "resource not found (404 status code)" in told.err
    assert run("add", url, "--account", "home", "--filter", "cat").code == Exit.USAGE
    assert run("add", url, "--account", "none").code == Exit.USAGE


def test_marks_made_while_an_account_is_away_are_sent(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    config = home.config.read_text()
    run("account", "remove", "home")
    run("star", "title:First")
    home.config.write_text(config)
    assert run("sync").err == "home: 0 new, 0 changed, 0 marks received, 1 sent, 0 to send\n"


def test_a_repaired_database_goes_on_with_its_accounts(run: Run, home: Home, server: Server) -> None:
    add(run, server)
    for number in range(40):
        server.add_entry(server.feeds[0], f"More {number}")
    run("sync")
    run("star", "title:First")
    new = home.database.with_name("new.db")
    recover(home.database, new)
    new.rename(home.database)
    run("star", "title:Second")
    assert run("sync").err == "home: 0 new, 0 changed, 0 marks received, 2 sent, 0 to send\n"
    assert {one.title for one in server.entries.values() if one.starred} == {"First", "Second", "Third"}


def test_json_is_as_declared(run: Run, server: Server) -> None:
    add(run, server)
    listed = json.loads(run("account", "list", "--json").out)
    fits(listed, "account list")
    assert (listed["name"], listed["url"], listed["user"]) == ("home", server.url, USER)
    server.refuses_stars = True
    run("star", "title:First")
    events = [json.loads(line) for line in run("sync", "--json").out.splitlines()]
    for event in events:
        fits(event, "sync")
    assert events[-1] | {"event": "account", "account": "home", "done": True} == events[-1]
    for event in run("refresh", "--json").out.splitlines():
        fits(json.loads(event), "refresh")
    checked = json.loads(run("account", "check", "--json").out)
    fits(checked, "account check")
    assert checked["ok"] and [one["title"] for one in checked["refused"]] == ["First"]
    server.down()
    checked = json.loads(run("account", "check", "--json").out)
    fits(checked, "account check")
    assert not checked["ok"] and checked["feeds"] is None and checked["here"] == 2
