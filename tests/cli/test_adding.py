"""`tuireader add`: whose title a feed has, and which one of several is meant."""

from __future__ import annotations

import shlex

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run
from tests.terminal import Terminal
from tests.web import Web
from tuireader.errors import Exit


def page(web: Web, *links: tuple[str, str]) -> str:
    """The address of a page that names feeds (address, title)."""
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{url}">'
        for url, title in links
    )
    return web.serve("/", f"<html><head>{head}</head></html>", headers={"Content-Type": "text/html"})


@pytest.fixture
def two(web: Web) -> str:
    """A page with two feeds, of which it says only that they are feeds."""
    web.serve("/news", rss("Harbour News", [item("1", "One")]))
    web.serve("/tides", rss("Tides", [item("2", "Two")]))
    return page(web, ("/news", "RSS"), ("/tides", "RSS"))


def test_a_feed_goes_by_its_own_title(web: Web, home: Home, run: Run) -> None:
    web.serve("/news", rss("Harbour News", [item("1", "One")]))
    told = run("add", page(web, ("/news", "RSS")))
    assert (told.code, told.err) == (Exit.OK, f"added: Harbour News ({web.url}/news)\n")
    assert "title" not in home.config.read_text(encoding="utf-8")
    assert run("refresh").code == Exit.OK
    assert "Harbour News" in run("feeds").out


def test_a_feed_that_cannot_be_read_is_added_and_says_so(web: Web, home: Home, run: Run) -> None:
    web.serve("/news", status=401)
    told = run("add", page(web, ("/news", "The news")))
    assert told.code == Exit.OK and "added: The news" in told.err
    assert "HTTP 401" in told.err and "set its username and password in the config" in told.err
    assert run("refresh").code == Exit.ALL_FAILED
    assert "set its username and password in the config" in run("feeds").out


def test_an_address_that_is_refused_says_what_to_do(web: Web, run: Run) -> None:
    told = run("add", web.serve("/x", status=403))
    assert told.code == Exit.FAILURE and "open it in a browser" in told.err
    assert "check the address" not in told.err


def test_an_opml_file_is_imported_instead(web: Web, run: Run) -> None:
    opml = '<opml version="2.0"><body><outline xmlUrl="https://quay.example/rss"/></body></opml>'
    told = run("add", url := web.serve("/feeds.opml", opml))
    assert told.code == Exit.FAILURE and "this is an OPML file (`tuireader import` imports it)" in told.err
    assert run("import", url).err == "1 new feed\n"


def test_of_two_feeds_one_is_chosen_by_a_command_that_is_shown(
    two: str, web: Web, home: Home, run: Run
) -> None:
    told = run("add", two, "--folder", "By the sea")
    assert (told.code, told.out) == (Exit.USAGE, "") and not home.config.exists()
    heading, *lines = told.err.splitlines()
    assert heading == f"tuireader: 2 feeds were found at {two}, choose one:"
    assert [line.partition("# ")[2] for line in lines] == [
        f"Harbour News ({web.url}/news)",
        f"Tides ({web.url}/tides)",
    ]
    command = shlex.split(lines[1], comments=True)
    assert command == ["tuireader", "add", "--feed", "2", "--folder", "By the sea", two]
    assert run(*command[1:]).err == f"added: Tides ({web.url}/tides)\n"
    config = home.config.read_text(encoding="utf-8")
    assert "/tides" in config and "/news" not in config and "By the sea" in config
    assert "already subscribed" in run("add", two).err.splitlines()[2]
    assert run("add", two, "--feed", "3").code == Exit.USAGE
    looked = run("add", "--dry-run", two, "--feed", "2").out
    assert looked.startswith("Tides") and "also there (--feed 1): Untitled" in looked


def test_of_two_feeds_one_is_asked_for_in_a_terminal(two: str, web: Web, home: Home) -> None:
    command = ["tuireader", *home.arguments("add", two)]
    with Terminal(command, home=home.folder, forked=True) as terminal:
        shown = terminal.wait("Which one [1]:")
        assert f"1  Harbour News ({web.url}/news)" in shown and f"2  Tides ({web.url}/tides)" in shown
        terminal.press("2", "enter")
        terminal.wait(f"added: Tides ({web.url}/tides)")
        assert terminal.leave() == Exit.OK
    config = home.config.read_text(encoding="utf-8")
    assert "/tides" in config and "/news" not in config
