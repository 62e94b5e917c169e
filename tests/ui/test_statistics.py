"""Statistics on the screen: what is published and opened, sorted, and pruned from a row."""

from __future__ import annotations

import pytest

from tests.ui.running import Running, running
from tests.ui.shelf import Shelf
from tests.ui.slow_store import late, until
from tests.ui.snap import assert_screen
from tuireader.model import View, ViewKind
from tuireader.ui.screens.statistics import Statistics


def names(run: Running) -> list[str]:
    return [row["name"] for row in run.rows(Statistics)]


def opened(run: Running) -> dict[str, str]:
    return {row["name"]: row["opened"] for row in run.rows(Statistics)}


async def test_an_opened_article_counts_as_such_and_a_marked_list_does_not(demo: Running) -> None:
    await demo.press("percent_sign")
    assert "9 feeds, 9 never opened · sorted by opened" in demo.text
    assert set(opened(demo).values()) == {"never"} and len(names(demo)) == 12
    assert "0 opened · 0 marked · " in demo.text and "first in " in demo.text
    await demo.press("escape", "enter")
    article = demo.main.session.article
    assert article is not None
    title = demo.library.feeds.title(article.feed_id)
    await demo.press("escape", "A", "y", "enter", "percent_sign")
    shares = opened(demo)
    assert shares[title].endswith("%") and shares[title] != "0%"
    assert all(share == "never" for name, share in shares.items() if name in FEEDS and name != title)
    assert "9 feeds, 8 never opened" in demo.text


async def figures(run: Running) -> tuple[int, int]:
    """How many articles of feeds were opened, and how many others are read."""
    feeds = [item for item in await run.library.lists.activity(30) if item.feed_id]
    return sum(item.opened for item in feeds), sum(item.marked for item in feeds)


async def test_the_other_reports_of_a_story_were_not_opened(demo: Running) -> None:
    """Opening one report, or marking the row, reads them all."""
    rows = await demo.library.lists.rows(demo.main.articles.ids)
    await demo.at(next(row.title for row in rows if row.fold and not row.fold_watches))
    await demo.press("N")
    unopened, reports = await figures(demo)
    assert unopened == 0 and reports > 1
    await demo.press("ctrl+z", "enter")
    assert await figures(demo) == (1, reports - 1)
    await demo.press("escape", "ctrl+z")
    assert await figures(demo) == (1, 0)
    await demo.press("N")
    assert await figures(demo) == (0, 0), "unread again"
    await demo.press("N")
    assert await figures(demo) == (1, reports - 1), "opened before"


async def test_an_article_read_before_or_in_the_browser_was_opened(demo: Running) -> None:
    await demo.press("A", "y")
    assert (await figures(demo))[0] == 0
    await demo.press("enter", "escape")
    assert (await figures(demo))[0] == 1
    await demo.press("j", "O")
    assert (await figures(demo))[0] == 2


FEEDS = (
    "Harbour Tech", "东湾科技", "Pacific Wire", "The Ledger of Bits", "Night Watch Security",
    "Loose Semicolon", "Kettle & Trowel", "Corner Cases", "This demo",
)  # fmt: skip


async def test_the_order_changes_and_the_cursor_goes_to_the_top(demo: Running) -> None:
    await demo.press("percent_sign", "G")
    for order in ("articles", "first", "name", "opened"):
        await demo.press("backslash")
        assert f"sorted by {order}" in demo.text and demo.screen(Statistics).table.cursor == 0
        if order == "name":
            assert names(demo)[:2] == ["Corner Cases", "Harbour Tech"]
        assert sorted(names(demo)[:9]) == sorted(FEEDS), "watches stay below"
    assert [name[:2] for name in names(demo)[9:]] == ["◆ "] * 3


@pytest.mark.parametrize(("keys", "kind"), [((), ViewKind.FEED), (("G",), ViewKind.WATCH)])
async def test_a_row_leads_to_its_articles(demo: Running, keys: tuple[str, ...], kind: ViewKind) -> None:
    await demo.press("percent_sign", *keys)
    key = demo.screen(Statistics).table.current or ""
    await demo.press("enter")
    assert demo.app.screen is demo.main
    assert demo.main.session.view == View(kind, key.removeprefix("◆ "))


async def test_a_row_is_edited_removed_and_taken_back(run: Running) -> None:
    await run.press("percent_sign", "e")
    assert "enter saves" in run.text
    await run.press("escape")
    before = names(run)
    await run.press("d", "escape")
    assert names(run) == before
    await run.press("d", "enter")
    assert names(run) == before[1:] and "its articles are kept" in run.toasts
    await run.press("ctrl+z")
    assert names(run) == before
    await run.press("G", "d", "enter")
    assert names(run) == before[:-1] and before[-1].startswith("◆ ")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_screen(demo: Running, size: tuple[int, int]) -> None:
    await demo.press("percent_sign")
    await demo.resize(*size)
    assert_screen(demo.app, f"statistics-{size[0]}x{size[1]}")


async def test_without_feeds_it_says_so() -> None:
    async with running(Shelf()) as run:
        await run.press("percent_sign")
        assert "No feeds and no watches yet" in run.text and "remove" not in run.text


async def test_it_counts_in_the_background_and_keys_wait_for_the_rows(demo: Running) -> None:
    with late(demo.library.lists.activity) as answer:
        demo.post("%")
        await answer.reached()
        await until(lambda: "Counting …" in demo.text)
        demo.post("j")
        answer.release()
    await demo.settle()
    assert demo.screen(Statistics).table.cursor == 1


async def test_it_can_be_left_and_sorted_while_it_counts(demo: Running) -> None:
    with late(demo.library.lists.activity) as answer:
        demo.post("%")
        await answer.reached()
        demo.post("\x1b")
        await until(lambda: demo.app.screen is demo.main)
        demo.post("j")
        await until(lambda: demo.main.articles.cursor == 1)
    await demo.settle()
    with late(demo.library.lists.activity) as answer:
        demo.post("%")
        await answer.reached()
        demo.post("\\")
        await until(lambda: "Counting …" in demo.text)
    await demo.settle()
    assert "sorted by articles" in demo.text and len(names(demo)) == 12


async def test_the_help_lists_its_keys_and_runs_them(demo: Running) -> None:
    await demo.press("percent_sign", "question_mark")
    assert "statistics" in demo.text.casefold() and "Sort the list" in demo.text
    await demo.press(*"sort", "enter")
    assert "sorted by articles" in demo.text
