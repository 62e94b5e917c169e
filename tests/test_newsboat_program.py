"""newsboat itself beside an import: what both show of a profile that newsboat wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import newsboat
from tests.builders import item, opened, rss
from tests.terminal import Terminal
from tests.web import in_thread
from tuireader.config import loads
from tuireader.exchange.merge import merge
from tuireader.model import View, ViewKind
from tuireader.newsboat.profile import Places

pytestmark = pytest.mark.skipif(
    not newsboat.installed(), reason="NEWSBOAT IS NOT INSTALLED: sort orders are not compared with it"
)
TITLES = ("beta", "alpha", "gamma")
"""Titles of articles, the oldest first."""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    folder = tmp_path / "newsboat"
    folder.mkdir()
    with in_thread() as web:
        items = [item(title, title, "Text.", time=1_700_000_000 + at) for at, title in enumerate(TITLES)]
        (folder / "urls").write_text(f"{web.serve('/feed', rss('Three', items))}\n")
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


async def test_lists_are_sorted_as_newsboat_shows_them(places: Places, tmp_path: Path) -> None:
    async with opened(tmp_path, "") as library:
        await library.newsboat.import_profile(places)
        for order in ("", "date", "date-asc", "date-desc", "title"):
            line = f"article-sort-order {order}\n" if order else ""
            places.config.write_text(line)
            config, _ = loads(merge("", [], settings=newsboat.read_config(line, ())).text)
            ids = await library.lists.ids(View(ViewKind.ALL), sort=config.ui.sort)
            here = [row.title for row in await library.lists.rows(ids)]
            assert here == seen_in_newsboat(places, tmp_path), order
