"""Feeds of accounts by commands: shown, added, removed, moved to a server and back."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.accounts import Server, add, listed, titles
from tests.cli.command import Home, Run, subscribe
from tests.servers.direct import direct as direct
from tests.web import Web
from tuireader.errors import Exit

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


def test_the_page_about_accounts_does_what_it_says(run: Run, home: Home, server: Server, web: Web) -> None:
    subscribe(home, web.serve("/local.xml", rss("Local News", [item("2", "Two")])))
    run("refresh")
    web.serve("/feed.xml", rss("Example News", [item("1", "One")]))
    page = (Path(__file__).parents[2] / "docs/accounts.md").read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"^```sh\n(.*?)^```$", page, re.M | re.S) for line in block.splitlines()
    ]
    assert len(lines) > 6
    for line in lines:
        words = line.replace("https://miniflux.example.org", server.url).replace(
            "https://example.org", web.url
        )
        if "account add" in words:
            words += " --password-env SECRET"
        told = run(*shlex.split(words)[1:])
        assert told.code == Exit.OK, f"{line}\n{told.err}"
    assert {one["title"]: one["account"] for one in listed(run).values()} == {
        "News": "", "Other": "", "local.xml": "",
    }  # fmt: skip


# -- feeds of accounts


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
