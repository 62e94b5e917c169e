"""While the stories of a first library are being found, rows and counts stay; then all fold at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.ui.running import Running, running
from tests.ui.shelf import Shelf, replaced, story
from tuireader.model import (
    Event,
    FeedDone,
    RefreshDone,
    RefreshStarted,
    Relating,
    TextFetched,
    View,
    ViewKind,
)

FEEDS = "".join(
    f'[[feeds]]\nurl = "https://{name}.example/rss"\ntitle = "{name}"\n' for name in ("Quay", "Pier", "Mole")
)
REPORT = (
    "<p>The Lanternport ferry company raises its fares by twelve per cent from Thursday, said Ada Quist, its"
    " director. The Lanternport council and the Fishermen's Union protest against the twelve per cent.</p>"
)
STORIES = (
    story(1, 1, "Lanternport ferry fares rise by twelve per cent", 1, REPORT),
    story(2, 2, "Lanternport ferry fares rise by twelve per cent", 2, REPORT),
    story(3, 3, "Lanternport ferry fares rise by twelve per cent", 3, REPORT),
    story(4, 1, "Gardens open at night", 4, "<p>Moths are counted by lamplight.</p>"),
    story(5, 2, "A recipe for plum jam", 5, "<p>Sugar, plums, patience.</p>"),
)
SHELF = Shelf(FEEDS, STORIES, relates=False)
EVERY = [1, 2, 3, 4, 5]


class Folding:
    """A refresh that stops once all but one article are related, until `opened` is set."""

    def __init__(self, run: Running) -> None:
        self.run, self.opened, self.related = run, asyncio.Event(), asyncio.Event()
        self.last: list[Event] = [Relating(1_205, 1_205)]

    async def __call__(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncIterator[Event]:
        yield RefreshStarted(1)
        yield FeedDone(1, "Quay", new=5, done=1, total=1)
        yield RefreshDone(1, 0, 5, 0, 0.1)
        async for _ in self.run.library.refresh.relate():
            yield Relating(1_204, 1_205)
        self.related.set()
        await self.opened.wait()
        for event in self.last:
            yield event

    async def start(self) -> None:
        self.run.main.controllers.refreshing.refresh()
        await self.related.wait()
        await self.run.shows("folding stories 1,204/1,205")


@pytest.fixture
async def run() -> AsyncIterator[Running]:
    async with running(SHELF) as run:
        yield run


async def hit(run: Running, *keys: str) -> None:
    """Press keys while the refresh goes on, and wait until what they lead to is counted and listed."""
    await run.hit(*keys)
    main = run.main.controllers
    await main.reload()
    while any(worker.group in ("counts", "reload", "flows") for worker in run.app.workers):
        await asyncio.sleep(0.001)


async def test_rows_and_counts_stay_until_all_stories_fold(run: Running) -> None:
    folding = Folding(run)
    assert "Unread   5 articles" in run.text
    with replaced(run.library.refresh.run_in_subprocess, folding):
        await folding.start()
        await hit(run, "j", "s")
        assert list(run.main.articles.ids) == EVERY and run.cursor_id == 2
        await run.shows("Unread   5 articles")
        await hit(run, "N")  # what the reader does counts at once
        await run.shows("Unread   4 articles")
        assert list(run.main.articles.ids) == EVERY
        await hit(run, "h", "j", "j", "l")  # All
        assert list(run.main.articles.ids) == EVERY and run.view_kind == ViewKind.ALL
        folding.opened.set()
        await run.settle()
    assert list(run.main.articles.ids) == [1, 4, 5] and "folding" not in run.text
    assert "All   3 rows · 4 articles unread" in run.text
    assert not run.main.session.is_folding


async def test_the_reader_may_fold_at_once(run: Running) -> None:
    folding = Folding(run)
    with replaced(run.library.refresh.run_in_subprocess, folding):
        await folding.start()
        await run.hit("v")
        await run.shows("Unread   3 rows · 5 articles")
        assert list(run.main.articles.ids) == [1, 4, 5]
        folding.opened.set()
        await run.settle()
    assert list(run.main.articles.ids) == [1, 4, 5] and run.main.session.folds


@pytest.mark.parametrize("last", [[], [TextFetched(1, "T", "failed", 1, 1)]])
async def test_stories_fold_even_if_fewer_are_related_than_expected(run: Running, last: list[Event]) -> None:
    folding = Folding(run)
    folding.last = last
    folding.opened.set()
    with replaced(run.library.refresh.run_in_subprocess, folding):
        run.main.controllers.refreshing.refresh()
        await run.settle()
    assert list(run.main.articles.ids) == [1, 4, 5]


async def test_stories_that_are_folded_stay_so_while_more_are_found(run: Running) -> None:
    async for _ in run.library.refresh.relate():
        pass
    await run.main.controllers.reload()
    await run.settle()
    folding = Folding(run)
    folding.related.set()
    with replaced(run.library.refresh.run_in_subprocess, folding):
        run.main.controllers.refreshing.refresh()
        await run.shows("refreshing 1/1 · 5 new")
        assert list(run.main.articles.ids) == [1, 4, 5] and run.main.session.folds
        folding.opened.set()
        await run.settle()
    await run.go_to(View(ViewKind.UNREAD))
    assert list(run.main.articles.ids) == [1, 4, 5]


async def test_a_library_without_folded_stories_stays_so(run: Running) -> None:
    folding = Folding(run)
    await run.press("v")
    with replaced(run.library.refresh.run_in_subprocess, folding):
        await folding.start()
        folding.opened.set()
        await run.settle()
    assert list(run.main.articles.ids) == EVERY and not run.main.session.folds
