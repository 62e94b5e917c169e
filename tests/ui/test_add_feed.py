"""The dialog that adds a feed shows what it has, from a real server into a real library."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.ui.running import Running, running
from tests.ui.shelf import HOUR, NOW, Server, configured
from tests.ui.slow_store import held
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.model import View, ViewKind

pytestmark = pytest.mark.usefixtures("forked_workers")
LONG = "<p>" + "The ferries take phones now. " * 60 + "</p>"
HARBOUR = rss(
    "Harbour News",
    [
        item(str(n), f"Ferry [/x] [bold]{n}[/bold]", LONG, time=NOW - (n * 14 - 12) * HOUR)
        for n in range(1, 31)
    ],
)
TIDES = rss("Tides \x1b[31m\u202e", [item("1", "High water", time=NOW - 120)])


@dataclass
class Adding:
    """The dialog over a library that follows `followed`, and the server beside it."""

    run: Running
    web: Web

    async def look(self, url: str) -> None:
        await self.run.write(f"+{url}\r")

    def page(self, *links: tuple[str, str]) -> str:
        """The address of a page that names these feeds (address, title)."""
        head = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{url}" title="{title}">'
            for url, title in links
        )
        return self.web.serve("/", f"<html><head>{head}</head></html>", headers={"Content-Type": "text/html"})


@asynccontextmanager
async def adding(
    folder: Path, size: tuple[int, int] = (80, 24), followed: Sequence[str] = ()
) -> AsyncIterator[Adding]:
    async with Web() as web:
        web.serve("/news", HARBOUR)
        web.serve("/tides", TIDES)
        text = "[fetch]\nrefresh_on_start = false\n"
        text += "".join(f'[[feeds]]\nurl = "{web.url}{path}"\nfolder = "Harbour"\n' for path in followed)
        async with configured(folder, text) as library, running(library, size) as run:
            Server(library)  # what is added is fetched in `test_select_page`
            yield Adding(run, web)


@pytest.fixture
async def add(tmp_path: Path) -> AsyncIterator[Adding]:
    async with adding(tmp_path) as add:
        yield add


async def test_what_is_found_is_shown_without_asking_again(add: Adding) -> None:
    await add.look(add.web.url + "/news")
    await add.run.shows("Harbour News · site.example.org")
    lines = [line.split("│")[1].strip() for line in add.run.text.splitlines() if line.count("│") == 2]
    at = lines.index("Harbour News · site.example.org")
    assert lines[at + 1 : at + 5] == [
        "30 entries · about 12 a week · newest 2 h ago",
        "full texts",
        "2 h     Ferry [/x] [bold]1[/bold]",
        "16 h    Ferry [/x] [bold]2[/bold]",
    ]
    assert "5[/bold]" in lines[at + 7] and "you follow" not in add.run.text.lower()
    assert len(add.web.requests) == 1
    await add.run.press("enter")
    assert add.run.library.feeds.is_subscribed(add.web.url + "/news")


async def test_the_feed_under_the_cursor_is_read_once(add: Adding) -> None:
    await add.look(add.page(("/news", "All"), ("/tides", "Tides")))
    await add.run.shows("30 entries · about 12 a week")
    assert not add.web.seen("/tides")
    await add.run.press("j")
    await add.run.shows("1 entry · newest 2 min ago")
    await add.run.shows("short texts or teasers")
    await add.run.shows("2 min  High water")
    assert "Ferry" not in add.run.text
    assert "\x1b" not in add.run.text and "\u202e" not in add.run.text
    await add.run.press("k")
    await add.run.shows("30 entries")
    await add.run.press("j", "enter")
    await add.run.shows("High water")
    await add.run.shows("Folder (optional)")
    assert "High water" in add.run.text  # it stays in sight
    assert [len(add.web.seen(path)) for path in ("/news", "/tides")] == [1, 1]


async def test_a_feed_goes_by_its_own_title_whatever_the_page_calls_it(add: Adding) -> None:
    await add.look(add.page(("/news", "RSS"), ("/tides", "Atom")))
    await add.run.shows("2 feeds found")
    await add.run.shows(f"Harbour News  {add.web.url}/news")  # as soon as it is known
    assert "RSS" not in add.run.text
    await add.run.press("j")
    await add.run.shows("1 entry")
    assert add.run.text.count("Tides") == 2  # in the list, too
    await add.run.press("k", "enter", "enter")
    assert add.run.library.feeds.is_subscribed(add.web.url + "/news")
    assert f'url = "{add.web.url}/news"' in add.run.written and "title" not in add.run.written


async def test_a_page_that_names_one_feed_as_rss(add: Adding) -> None:
    add.web.serve("/untitled", rss("", [item("1", "High water", time=NOW - 120)]))
    await add.look(add.page(("/untitled", "Tides of the quay")))
    await add.run.shows("High water")
    await add.run.press("enter")
    assert add.run.library.feeds.is_subscribed(add.web.url + "/untitled")
    assert 'title = "Tides of the quay"' in add.run.written  # it has none of its own


async def test_a_server_that_is_slow_is_left_when_the_cursor_goes_on(add: Adding) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await reader.read()
        ended.set()

    async with asyncio.timeout(60):
        add.web.raw("/slow", hold)
        page = add.page(("/slow", "Slow"), ("/tides", "Tides"))
        add.run.post(f"+{page}\r")
        await begun.wait()
        await add.run.shows("Reading it …")
        await add.run.pilot.press("j")
        await ended.wait()
        await add.run.settle()
        await add.run.shows("High water")


async def test_an_address_emptied_while_its_page_is_read_is_none(add: Adding) -> None:
    with held(add.run.library.feeds.discover) as answer:
        add.run.post(f"+{add.web.url}/news\r")
        await answer.reached()
        await add.run.shows("Looking at http://127.0.0.1")
        add.run.post("\x15\r")
        await add.run.shows("Not a web address")
        assert "Looking at" not in add.run.text and not add.web.requests
        add.run.post(add.web.url + "/tides\r")
        await add.run.shows("High water")
    await add.run.settle()
    assert "High water" in add.run.text and "Harbour News" not in add.run.text
    assert not add.web.seen("/news"), "overtaken"


async def test_a_page_without_feeds(add: Adding) -> None:
    await add.look(add.page(("/tides", "A"), ("/none", "B")))
    await add.run.shows("High water")
    add.page()
    await add.run.press("shift+tab", "enter")  # the address again
    await add.run.shows("there is no text on the page")
    assert "No feed at http://127.0.0.1" in add.run.text and "High water" not in add.run.text
    await add.run.press("escape")
    assert "Address of a feed" in add.run.text and "A  " not in add.run.text


async def test_a_feed_that_cannot_be_read_is_told_in_a_line_and_can_be_added(add: Adding) -> None:
    add.web.serve("/broken", status=500)
    add.web.serve("/page", "<html><body>words</body></html>", headers={"Content-Type": "text/html"})
    await add.look(add.page(("/broken", "A"), ("/page", "B"), ("/none", "C")))
    for trouble in ("HTTP 500", "web page", "HTTP 404"):
        await add.run.shows(trouble)
        (line,) = [line for line in add.run.text.splitlines() if "Cannot be read" in line]
        assert trouble in line
        await add.run.press("j")
    await add.run.press("enter", "enter")
    assert add.run.library.feeds.is_subscribed(add.web.url + "/none")


async def test_a_feed_that_is_followed_already(tmp_path: Path) -> None:
    async with adding(tmp_path, followed=["/tides", "/gone"]) as add:
        await add.look(add.page(("/tides#top", "Tides"), ("/news", "News"), ("/gone", "Gone")))
        await add.run.shows("Already subscribed · short texts")
        await add.run.press("j")
        assert "Already subscribed" not in add.run.text
        await add.run.press("j")
        await add.run.shows("Cannot be read")
        await add.run.shows("Already subscribed")


async def test_the_preview_gives_way_to_the_list_and_the_hint(tmp_path: Path) -> None:
    sizes = ((80, 24), (60, 20), (40, 12))
    async with adding(tmp_path, followed=["/x"]) as add:
        await add.look(add.page(*(("/news", "News"), *((f"/{n}", f"Part {n}") for n in range(12)))))
        for width, height in sizes:
            await add.run.resize(width, height)
            text = add.run.text
            assert "News" in text and "Part 0" in text and "enter chooses one" in text
            assert ("30 entries" in text) == (height > 12) and ("[bold]5[/bold]" in text) == (height > 20)
        await add.run.press("enter")
        for width, height in reversed(sizes):
            await add.run.resize(width, height)
            text = add.run.text
            assert "│  Harbour  " in text and "closes" in text and "Folder (opt" in text
            assert ("30 entries" in text) == (height > 12)


async def test_a_program_is_shown_added_and_edited(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(HARBOUR)
    (tmp_path / "b.xml").write_bytes(TIDES)
    async with (
        configured(tmp_path, "[fetch]\nrefresh_on_start = false\n") as library,
        running(library) as run,
    ):
        Server(library)
        await run.write("+exec:cat a.xml\r")
        await run.shows("30 entries · about 12 a week")
        assert "exec:cat a.xml" in run.text
        await run.press("enter")
        assert library.config.feeds[0].command == ("cat", "a.xml")
        await run.main.host.browse("exec:cat a.xml")  # it is never opened
        await run.settle()
        assert "Not a web address: exec:cat a.xml" in run.toasts and run.browsed == []
        run.select(View(ViewKind.FEED, "1"))
        await run.press("e")
        await run.submit(command="cat 'b.xml")
        assert "command has a quotation mark that is not closed" in run.text
        await run.submit(command="cat 'b.xml'")
        (feed,) = await library.feeds.all()
        assert (feed.id, feed.url) == (1, "exec:cat b.xml")  # it keeps its articles
        assert library.config.feeds[0].command == ("cat", "b.xml")
        await run.press("ctrl+z")
        assert [(one.id, one.url) for one in await library.feeds.all()] == [(1, "exec:cat a.xml")]


async def test_a_program_that_fails_is_shown_and_can_be_added(tmp_path: Path) -> None:
    async with (
        configured(tmp_path, "[fetch]\nrefresh_on_start = false\n") as library,
        running(library) as run,
    ):
        Server(library)
        await run.write("+exec:false\r")
        await run.shows("Cannot be read: false ended with status 1")
        await run.press("enter")
        assert library.config.feeds[0].command == ("false",)
