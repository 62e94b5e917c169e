"""The health of the feeds: told in plain words, put right in place; and moving in its table."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import entry, item, rss
from tests.feeds.blocked_pages import CLOUDFLARE
from tests.ui.running import Running, running
from tests.ui.shelf import NOW, configured, refreshes_here, written
from tests.ui.snap import assert_screen
from tests.ui.troubles import trouble
from tests.web import Answer, Request, Web
from tuireader.model import Coverage, Fault, Feed, FeedDone, FeedGap, FeedHealth, View, ViewKind
from tuireader.ui.screens.health import Health, health_facts
from tuireader.ui.widgets.table import Table

NAMES = ("Quiet Quay", "Failing Ferry", "Gone Gulls", "Moved Moorings", "[/x] Plain Pier")


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    """The app on five feeds, each with another fate; the health is shown."""
    blocks = (
        f'[[feeds]]\nurl = "https://{number}.example/rss"\ntitle = "{name}"\nfolder = "Harbour"\n'
        for number, name in enumerate(NAMES, 1)
    )
    async with configured(tmp_path, "# mine\n" + "\n".join(blocks)) as library:
        await trouble(
            library,
            failing="Failing Ferry",
            gone="Gone Gulls",
            moved="Moved Moorings",
            to="https://new.example/rss",
        )
        async with running(library) as run:
            await run.press("H")
            yield run


def names(run: Running) -> list[str]:
    return [row["feed"] for row in run.rows(Health)]


def states(run: Running) -> list[str]:
    return [row["state"] for row in run.rows(Health)]


async def test_the_worst_come_first_in_plain_words(run: Running) -> None:
    assert names(run) == ["Gone Gulls", "Failing Ferry", "Moved Moorings", "Quiet Quay", NAMES[4]]
    assert "5 feeds, 3 in trouble" in run.text
    await run.press("j")
    assert "failed 4 times in a row: the server said 503: busy" in run.text
    assert "last success 3 days ago, next try in 1 h" in run.text
    assert_screen(run.app, "health-120x40")
    await run.press("escape")
    assert run.app.screen is run.main


async def test_a_feed_that_has_moved_is_followed_and_one_is_paused_and_one_removed(run: Running) -> None:
    await run.press("a")
    assert "This feed has not moved" in run.toasts
    await run.press("j", "j", "a")
    assert "https://new.example/rss" in run.written and "https://4.example/rss" not in run.written
    assert run.written.startswith("# mine\n") and states(run)[2:] == ["ok", "ok", "ok"]
    await run.press("G", "p")
    current = run.screen(Health).table.cursor
    assert (names(run)[current], states(run)[current]) == (NAMES[4], "paused")
    assert "paused = true" in run.written and "resume" in run.text
    await run.press("p")
    assert states(run)[run.screen(Health).table.cursor] == "ok"
    await run.press("g", "d", "escape")
    assert len(names(run)) == 5
    await run.press("d", "enter")
    assert "Gone Gulls" not in names(run) and len(names(run)) == 4
    assert "Gone Gulls" not in run.written and "its articles are kept" in run.toasts
    assert len(run.main.session.feeds) == 4


async def test_undo_takes_a_followed_feed_back(run: Running) -> None:
    with written(run.library) as store:
        store.conn.execute("UPDATE feed SET moved_why = 'page' WHERE url = 'https://4.example/rss'")
        store.marks.add_followed(4, "Moved Moorings followed to https://new.example/rss", now=NOW)
    await run.press("j", "j")
    assert states(run)[2] == "moved"
    await run.press("ctrl+z")
    assert "Undone: Moved Moorings followed to https://new.example/rss" in run.toasts
    assert "moved" not in states(run)


async def test_keys_and_clicks_move_in_a_table(run: Running) -> None:
    table = run.screen(Health).table
    lines = []
    for key in ["G", "g", "pagedown", "pageup", "ctrl+d", "ctrl+u", "j", "down", "up", "k", "end", "home"]:
        await run.press(key)
        lines.append(table.cursor)
    assert lines == [4, 0, 4, 0, 4, 0, 1, 2, 1, 0, 4, 0]
    await run.click(Table, (8, 3))
    assert table.cursor == 3 and "Quiet Quay" in run.text
    await run.click(Table, (8, 9))  # below the last line
    assert table.cursor == 3 and len(run.app.screen_stack) == 2
    quiet = View(ViewKind.FEED, table.current or "")
    await run.click(Table, (8, 3))  # the line under the cursor opens
    assert run.app.screen is run.main and run.main.session.view == quiet
    await run.press("H", "j", "enter")
    assert run.library.feeds.title(int(run.main.session.view.key)) == "Failing Ferry"
    assert run.focus == "list" and run.app.screen is run.main


async def test_feeds_without_a_title_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    urls = [f"https://news.example.org/{name}" for name in ("economy", "politics")]
    text = "[fetch]\nrefresh_on_start = false\n" + "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
    async with configured(tmp_path, text) as library, running(library, size=(80, 24)) as run:
        await run.press("H")
        assert names(run) == [url.removeprefix("https://") for url in urls]
        assert all(url.removeprefix("https://")[:22] in run.text for url in urls)
        screen = run.screen(Health)
        first, *_ = screen.about(screen.items[screen.table.keys[0]])
        assert "".join(text for text, _ in first) == urls[0]


async def test_the_feed_that_a_page_names_is_taken_in_place(tmp_path: Path) -> None:
    async with Web() as web:
        link = '<link rel="alternate" type="application/rss+xml" href="{}">'
        page = web.serve("/blog", f"<html>{link.format('/new')}{link.format('/other')}")
        new = web.serve("/new", '<rss version="2.0"><channel><title>Blog</title></channel></rss>')
        text = f'[fetch]\nrefresh_on_start = false\n[[feeds]]\nurl = "{page}"\n'
        async with configured(tmp_path, text, clock=time.time) as library:
            async with aclosing(library.refresh.run()) as events:
                faults = [event.fault async for event in events if isinstance(event, FeedDone)]
            assert faults == [Fault.NOT_A_FEED]
            async with running(library) as run:
                await run.press("H")
                assert "use its feed" in run.text
                await run.press("a")
                assert new in run.written


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


async def test_a_blocked_feed_stands_above_failing_ones_with_its_remedy(tmp_path: Path) -> None:
    async with Web() as web:
        broken, blocked = web.serve("/broken", status=500), web.serve("/blocked", CLOUDFLARE, status=403)
        text = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in (broken, blocked))
        async with configured(tmp_path, "[fetch]\nrefresh_on_start = false\n" + text) as library:
            async with aclosing(library.refresh.run()) as events:
                assert [one.fault async for one in events if isinstance(one, FeedDone)]
            async with running(library, size=(80, 24)) as run:
                await run.press("H")
                assert names(run) == [url.removeprefix("http://") for url in (blocked, broken)]
                assert "blocked" in run.text
                assert "Try user_agent, cookies or headers for this feed, or another address" in run.text


async def test_a_feed_that_waits_for_its_host_says_so(tmp_path: Path) -> None:
    async with Web() as web:
        one = rss("Good News", [item("1", "One")])

        def answer(request: Request) -> Answer:
            first = len(web.requests) == 1
            return Answer(b"", 429, {"Retry-After": "86400"}) if first else Answer(one)

        text = "".join(f'[[feeds]]\nurl = "{web.handle(f"/{n}", answer)}"\n' for n in (1, 2, 3))
        settings = "[fetch]\nrefresh_on_start = false\nconcurrency = 1\n"
        async with configured(tmp_path, settings + text) as library, running(library, size=(120, 40)) as run:
            refreshes_here(library)
            await run.press("R")
            assert re.search(r"2 wait until \d\d:\d\d: 127.0.0.1 asked to wait", run.toasts)
            await run.press("H")
            rows = run.rows(Health)
            assert [row["state"] for row in rows] == ["failing", "ok", "ok"]
            assert rows[1]["why"].endswith(": 127.0.0.1 asked to wait")
            assert rows[1]["next"].startswith("in ")
            await run.press("j")
            assert "waits until" in run.text


def test_the_gaps_of_a_feed_come_first() -> None:
    feed = Feed(1, "https://a.example.org/rss", "Busy", last_success=NOW)
    gap = FeedGap(1, 1, NOW, NOW - 7200, NOW - 3600, 14, reason="the feed has no archive")
    filled = replace(gap, closed_at=NOW, filled=14, reason="")

    def said(*gaps: FeedGap, alarm: str = "") -> list[str]:
        found = health_facts(FeedHealth(feed, alarm=alarm), NOW, Coverage(feed, NOW - 86_400, None, gaps))
        return ["".join(text for text, _ in line) for line in found]

    assert said(gap, filled)[1] == "1 gap, about 14 articles not seen"
    assert said(gap, filled)[2].endswith("  about 14 articles: the feed has no archive")
    words = "1 gap, about 14 articles not seen"
    assert said(gap, alarm=words)[1] == f"alarm: {words}" and words not in said(gap, alarm=words)
    assert any(line.startswith("complete since ") for line in said(filled))


async def test_articles_are_counted_for_feeds_that_come_into_sight(tmp_path: Path) -> None:
    text = "".join(f'[[feeds]]\nurl = "https://{n}.example/rss"\ntitle = "Feed {n}"\n' for n in range(90))
    async with configured(tmp_path, "[fetch]\nrefresh_on_start = false\n" + text) as library:
        ids = {feed.title: feed.id for feed in await library.feeds.all()}
        with written(library) as store:
            for n, title in enumerate(("Feed 0", "Feed 45", "Feed 89")):
                store.entries.save(ids[title], [entry(n, published=NOW)], NOW)
        async with running(library, size=(120, 40)) as run:

            def line(title: str) -> str:
                return next((line for line in run.text.splitlines() if f" {title} " in line), run.text)

            await run.press("H")
            assert line("Feed 0").split()[-2:] == ["0.2", "1"] and line("Feed 1").split()[-1] == "–"
            await run.press("G")
            assert line("Feed 89").split()[-2:] == ["0.2", "1"] and "1 article, 1 unread" in run.text
            run.screen(Health).table.scroll_now(30)  # as the wheel does
            await run.settle()
            assert line("Feed 45").split()[-2:] == ["0.2", "1"]
            with written(library) as store:
                store.entries.save(ids["Feed 88"], [entry(9, published=NOW)], NOW)
            await run.press("g", "G", "escape", "H", "G")
            assert line("Feed 88").split()[-2:] == ["0.2", "1"]
