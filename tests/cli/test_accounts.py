"""Accounts on servers by commands: add, check, sync, remove, against a server on the loopback."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.accounts import Server, add, titles
from tests.cli.command import Home, Run, subscribe
from tests.cli.test_json import fits
from tests.feeds.test_secrets import KEYRING
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, TOKEN, USER, drop, json_answer
from tests.terminal import Terminal
from tests.web import Answer, Web
from tuireader.errors import Exit
from tuireader.store.upkeep.recovery import recover

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


def test_a_redirect_to_another_server_is_named_and_nothing_is_written(
    run: Run, home: Home, server: Server, web: Web
) -> None:
    web.rest(lambda request: Answer(b"", 301, {"Location": f"{server.url}{request.path}?a=b"}))
    told = run("account", "add", "home", "--kind", "miniflux", "--url", web.url, "--token-env", "TOKEN")
    assert told.code == Exit.FAILURE and told.err == (
        f"tuireader: 127.0.0.1:{web.port} sends clients to another address: {server.url}"
        " (set that as the url of the account)\n"
    )
    assert server.calls == [] and not home.config.exists()


def test_a_server_of_a_longer_name_is_not_that_of_the_configuration(
    run: Run, home: Home, server: Server, web: Web
) -> None:
    """As older versions stored it after a redirect: the address begins like that of the configuration."""
    add(run, server)
    called = len(server.calls)
    text = home.config.read_text()
    home.config.write_text(text.replace(server.url, server.url[:-1]))
    assert run("sync").code != Exit.OK
    assert len(server.calls) == called


def test_a_password_is_asked_without_echo_and_kept_in_the_private_file(
    home: Home, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "has_network", True)  # under coverage, the program is a process of its own
    server.move()
    words = ("account", "add", "home", "--kind", "miniflux", "--url", server.url, "--user", USER)
    with Terminal(["tuireader", *home.arguments(*words)], home=tmp_path, forked=True) as terminal:
        terminal.wait(f"Password of {USER} (not shown):")
        terminal.press(PASSWORD, "enter")
        terminal.wait("added: home")
        assert PASSWORD.encode() not in terminal.raw
    assert f'password = "{PASSWORD}"' in home.config.read_text()
    assert home.config.stat().st_mode & 0o777 == 0o600


def test_a_password_is_kept_in_the_keyring(
    home: Home, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "has_network", True)  # the program runs as a process of its own
    server.move()
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


def test_a_rejected_password_is_reported_by_every_refresh_without_asking(
    run: Run, home: Home, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(run, server)
    monkeypatch.setenv("SECRET", "Wrong-One")
    asked = len(server.calls) + 1
    for words in (("refresh",), ("refresh", "--due"), ("refresh", "--due")):
        told = run(*words)
        assert told.code == Exit.SOME_FAILED and len(server.calls) == asked
        assert (
            "tuireader: home: 127.0.0.1" in told.err
            and "refuses the user name, password or token" in told.err
        )
        assert "(enter them again; rejected since " in told.err and ", next try " in told.err
    told = run("refresh", "--due", "--quiet")
    assert (told.code, told.err) == (Exit.SOME_FAILED, "")
    (event,) = [one for one in map(json.loads, run("refresh", "--json").out.splitlines()) if "account" in one]
    fits(event, "refresh")
    assert event["refusal"] == "login" and event["next_try"] == event["rejected_since"] + 3600
    assert "; rejected since " in run("account", "list").out and len(server.calls) == asked
    told = run("sync")
    assert told.code == Exit.SOME_FAILED and "rejected since" in told.err and len(server.calls) == asked + 1
    monkeypatch.setenv("SECRET", PASSWORD)
    assert (told := run("refresh", "--due")).code == Exit.OK and "rejected" not in told.err
    assert json.loads(run("account", "list", "--json").out)["rejected_since"] is None


def test_a_successful_check_ends_the_wait_of_a_rejected_account(run: Run, server: Server) -> None:
    add(run, server)
    server.replies["/v1/feeds"] = json_answer({"error_message": "account locked"}, 403)
    told = run("refresh")
    assert told.code == Exit.SOME_FAILED and "account locked (enter them again; rejected since" in told.err
    assert run("account", "check").code == Exit.ALL_FAILED
    assert run("refresh", "--due").code == Exit.SOME_FAILED
    server.replies.clear()
    assert run("account", "check").code == Exit.OK
    assert run("refresh", "--due").code == Exit.OK


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
    asks = "home: the server no longer lists 4 of 5 feeds (`tuireader sync --accept-removals home` accepts it"
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
