"""newsboat itself beside an import: what both show of a profile that newsboat wrote."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests import newsboat
from tests.builders import CLOCK, item, opened, rss
from tests.terminal import Terminal
from tests.web import in_thread
from tuireader.config import loads
from tuireader.exchange.merge import merge
from tuireader.model import View, ViewKind
from tuireader.newsboat.lexing import quoted
from tuireader.newsboat.profile import Places
from tuireader.ui.drawing.sidebar_items import FeedLines

pytestmark = pytest.mark.skipif(
    not newsboat.installed(),
    reason="NEWSBOAT IS NOT INSTALLED: sort orders and query feeds are not compared with it",
)
TITLES = ("beta", "alpha", "gamma")
"""Titles of articles, the oldest first."""
FILTERS = (
    "total_count > 2",
    "total_count <= 2 or unread_count = 1",
    "unread_count between 1:2",
    "latest_article_age > 5 and age > 5",
    'enclosure_type =~ "^audio" and title =~ "a"',
    'enclosure_url = "http://a.example/f.mp3" or tags =~ "od"',
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    folder = tmp_path_factory.mktemp("newsboat")
    with in_thread() as web:
        items = [item(title, title, "Text.", time=1_700_000_000 + at) for at, title in enumerate(TITLES)]
        file = "<enclosure url='http://a.example/f.mp3' type='audio/mpeg' length='9'/>"
        other = web.serve("/pod", rss("One", [item("delta", "delta", "Text.", time=CLOCK - 60, more=file)]))
        lines = [web.serve("/feed", rss("Three", items)), f"{other} pod"]
        queries = [f"query:Q{number}:{text}" for number, text in enumerate(FILTERS)]
        (folder / "urls").write_text("".join(f"{line}\n" for line in [*lines, *map(quoted, queries)]))
        (folder / "config").touch()
        newsboat.run(folder, "-x", "reload")
    return Places(folder / "urls", folder / "config", folder / "cache.db")


def seen_in_newsboat(places: Places, home: Path) -> list[str]:
    """Return the titles from top to bottom of the list in newsboat."""
    with Terminal(newsboat.command(places.config.parent), home=home) as terminal:
        terminal.wait("Three")
        terminal.press("enter")
        shown = terminal.wait(lambda text: all(title in text for title in TITLES))
    return sorted(TITLES, key=shown.index)


async def test_query_feeds_have_the_articles_that_newsboat_shows(places: Places, tmp_path: Path) -> None:
    async with opened(tmp_path, "", clock=time.time) as library:
        await library.newsboat.import_profile(places)
        views = [view.query for view in library.context.config.views]
        assert (await library.newsboat.compare(places)).equal and len(views) == len(FILTERS)
        with Terminal(newsboat.command(places.config.parent), home=tmp_path) as terminal:
            for number, (text, query) in enumerate(zip(FILTERS, views, strict=True)):
                terminal.wait("Your feeds")
                terminal.press(f"{number + 3}", "enter", "enter")
                shown = terminal.wait(f"Q{number}'")
                there = {title for title in (*TITLES, "delta") if title in shown}
                ids = await library.lists.ids(View(ViewKind.QUERY, query))
                here = {row.title for row in await library.lists.rows(ids)}
                assert here == there and here, text
                terminal.press("q")


async def test_lists_are_sorted_as_newsboat_shows_them(places: Places, tmp_path: Path) -> None:
    async with opened(tmp_path, "") as library:
        await library.newsboat.import_profile(places)
        for order in ("", "date", "date-asc", "date-desc", "title"):
            line = f"article-sort-order {order}\n" if order else ""
            places.config.write_text(line)
            config, _ = loads(merge("", [], settings=newsboat.read_config(line, ())).text)
            ids = await library.lists.ids(View(ViewKind.ALL), sort=config.ui.sort)
            here = [row.title for row in await library.lists.rows(ids) if row.title in TITLES]
            assert here == seen_in_newsboat(places, tmp_path), order


async def test_feeds_are_sorted_as_newsboat_shows_them(places: Places, tmp_path: Path) -> None:
    async with opened(tmp_path, "") as library:
        await library.newsboat.import_profile(places)
        counts = await library.lists.counts()
        known = await library.context.pool.read(lambda store: store.feeds.subscribed())
        for order in ("none", "title", "unreadarticlecount-asc"):
            places.config.write_text(f"feed-sort-order {order}\n")
            settings = newsboat.read_config(places.config.read_text(), ())
            config, _ = loads(merge("", [], settings=settings).text)
            feeds = FeedLines.of(config).sorted(known, counts)
            with Terminal(newsboat.command(places.config.parent), home=tmp_path) as terminal:
                shown = terminal.wait(lambda text: "Three" in text and "One" in text)
            here = [feed.title for feed in feeds]
            assert here == sorted(here, key=shown.index), order
