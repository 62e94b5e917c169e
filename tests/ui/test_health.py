"""The health of the feeds on a real library: in order of trouble, told in plain words, mended in place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.ui.running import Running, running
from tests.ui.shelf import NOW, written
from tests.ui.snap import assert_screen, screen_text
from tests.ui.troubles import trouble
from tests.web import Web
from tuireader.config import Paths, load
from tuireader.library import Library
from tuireader.model import Fault, Feed, FeedDone, FeedHealth, ViewKind
from tuireader.ui.screens.health import Health, health_facts

NAMES = ("Quiet Quay", "Failing Ferry", "Gone Gulls", "Moved Moorings", "[/x] Plain Pier")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Library]:
    """Five feeds, each with another fate."""
    paths = Paths(folder / "config.toml", folder / "test.db", folder, folder)
    blocks = [
        f'[[feeds]]\nurl = "https://{number}.example/rss"\ntitle = "{name}"\nfolder = "Harbour"\n'
        for number, name in enumerate(NAMES, 1)
    ]
    paths.config.write_text("# mine\n" + "\n".join(blocks))
    config, _ = load(paths.config)
    library = await Library.open(config, paths, clock=lambda: NOW)
    try:
        ids = {feed.title: feed.id for feed in await library.feeds.all()}
        with written(library) as store:
            trouble(
                store,
                failing=ids["Failing Ferry"],
                gone=ids["Gone Gulls"],
                moved=ids["Moved Moorings"],
                to="https://new.example/rss",
            )
        yield library
    finally:
        await library.close()


async def shown(run: Running) -> Health:
    """The screen, once it has its rows."""
    await run.press("H")
    screen = run.app.screen
    assert isinstance(screen, Health)
    return screen


def names(screen: Health) -> list[str]:
    return [row.cells["feed"].text for row in screen.table.rows]


async def test_the_worst_come_first_in_plain_words(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        screen = await shown(run)
        assert names(screen) == ["Gone Gulls", "Failing Ferry", "Moved Moorings", "Quiet Quay", NAMES[4]]
        assert "5 feeds, 3 in trouble" in run.text
        await run.press("j")
        assert "failed 4 times in a row: the server said 503: busy" in run.text
        assert "last success 3 days ago, next try in 1 h" in run.text
        assert_screen(run.app, "health-120x40")
        await run.press("escape")
        assert run.app.screen is run.main


async def test_a_move_is_accepted_into_the_config(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        screen = await shown(run)
        await run.press("a")
        assert "This feed has not moved" in run.toasts
        await run.press("j", "j", "a")
        text = library.paths.config.read_text()
        assert "https://new.example/rss" in text and "https://4.example/rss" not in text
        assert text.startswith("# mine\n")
        assert [row.cells["state"].text for row in screen.table.rows][2:] == ["ok", "ok", "ok"]


async def test_a_feed_is_paused_and_fetched_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        screen = await shown(run)
        await run.press("G", "p")
        current = screen.table.rows[screen.table.cursor].cells
        assert (current["feed"].text, current["state"].text) == (NAMES[4], "paused")
        assert "paused = true" in library.paths.config.read_text() and "Resume" in run.text
        await run.press("p")
        assert screen.table.rows[screen.table.cursor].cells["state"].text == "ok"


async def test_a_feed_is_removed_after_a_question(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        screen = await shown(run)
        await run.press("d", "escape")
        assert len(screen.table.rows) == 5
        await run.press("d", "enter")
        assert "Gone Gulls" not in names(screen) and len(screen.table.rows) == 4
        assert "Gone Gulls" not in library.paths.config.read_text()
        assert "its articles are kept" in run.toasts
        assert len(run.main.session.feeds) == 4


async def test_enter_shows_the_articles_of_a_feed(tmp_path: Path) -> None:
    async with opened(tmp_path) as library, running(library) as run:
        screen = await shown(run)
        feed_id = screen.table.current
        await run.press("enter")
        assert run.main.session.view.kind is ViewKind.FEED and run.main.session.view.key == feed_id
        assert run.focus == "list" and run.app.screen is run.main


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12), (20, 5), (3, 2)])
async def test_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path) as library, running(library, size) as run:
        screen = await shown(run)
        await run.press("j", "G", "g", "ctrl+d", "d")
        screen_text(run.app)
        await run.press("escape")
        assert run.app.screen is screen


async def test_feeds_without_a_title_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "config.toml", tmp_path / "test.db", tmp_path, tmp_path)
    urls = [f"https://news.example.org/{name}" for name in ("economy", "politics")]
    paths.config.write_text("".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls))
    config, _ = load(paths.config)
    library = await Library.open(config, paths, clock=lambda: NOW)
    try:
        async with running(library, size=(80, 24)) as run:
            screen = await shown(run)
            assert names(screen) == [url.removeprefix("https://") for url in urls]
            assert all(url.removeprefix("https://")[:22] in run.text for url in urls)
            first, *_ = screen.about(screen.table.rows[0].key)
            assert "".join(text for text, _ in first) == urls[0]
    finally:
        await library.close()


async def test_the_feed_that_a_page_names_is_taken_in_place(tmp_path: Path) -> None:
    async with Web() as web:
        page = web.serve("/blog", '<html><link rel="alternate" type="application/rss+xml" href="/new">')
        new = web.serve("/new", '<rss version="2.0"><channel><title>Blog</title></channel></rss>')
        paths = Paths(tmp_path / "config.toml", tmp_path / "test.db", tmp_path, tmp_path)
        paths.config.write_text(f'[fetch]\nrefresh_on_start = false\n[[feeds]]\nurl = "{page}"\n')
        config, _ = load(paths.config)
        library = await Library.open(config, paths)
        try:
            async with aclosing(library.refresh.run()) as events:
                assert [event.fault async for event in events if isinstance(event, FeedDone)] == [
                    Fault.NOT_A_FEED
                ]
            async with running(library) as run:
                await shown(run)
                assert "Take its feed" in run.text
                await run.press("a")
                await run.settle()
                assert new in paths.config.read_text()
        finally:
            await library.close()


def test_what_to_do_has_a_line_of_its_own() -> None:
    asks = "HTTP 401: the server requires a username and password"
    why = f"{asks}; set its username and password in the config"
    feed = Feed(1, "https://a.example/rss", "A", "", last_error=why, error_streak=1)
    lines = [
        "".join(text for text, _ in line) for line in health_facts(FeedHealth(feed, fault=Fault.HTTP), NOW)
    ]
    assert lines[1:3] == [
        f"failed once: {asks}",
        "Set its username and password in the config",
    ]
    assert all(len(line) <= 76 for line in lines[1:3])
