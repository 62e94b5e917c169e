"""The dialog that proposes search feeds, from the watches to the configuration, beside a stand-in service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.ui.running import running
from tests.ui.shelf import NOW, configured, refreshes_here
from tests.web import Web
from tuireader.library.watching import sources
from tuireader.library.watching.sources import SearchFeed, Wanted

WATCHES = '[fetch]\nrefresh_on_start = false\n[[watch]]\nname = "WeChat"\nany = ["WeChat", "微信"]\n'
WATCHES += '[[watch]]\nname = "Stars"\nquery = "is:starred"\n'


@pytest.fixture
async def web(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Web]:
    """A server that answers searches, in the place of the real services."""
    async with Web() as web:
        found = rss("Results", [item("1", "WeChat 微信 tops the list of a very long year", time=NOW - 60)])
        url = web.serve("/search?q=WeChat", found)

        def stand_in(name: str, wanted: Wanted) -> list[SearchFeed]:
            assert wanted.groups == (("WeChat", "微信"),)
            broken = f"{web.url}/none"
            return [
                SearchFeed("Stand-in", f"Stand-in: {name}", url, "https://example.org/", "titles only"),
                SearchFeed("Broken", f"Broken: {name}", broken, "https://example.org/"),
            ]

        monkeypatch.setattr(sources, "SERVICES", (stand_in,))
        yield web


async def test_a_proposal_is_previewed_and_added_by_one_key(web: Web, tmp_path: Path) -> None:
    async with configured(tmp_path, WATCHES) as library, running(library, (80, 24)) as run:
        refreshes_here(library)
        await run.press("w", "s")
        assert "Search the web for WeChat" in run.text and "titles only" in run.text
        await run.shows("微信 tops the list")
        assert len(web.requests) == 1  # only the one under the cursor is asked
        await run.press("enter")
        await run.shows("Stand-in: WeChat added")
        assert "✓  Stand-in" in run.text and "Already subscribed" in run.text
        assert 'folder = "Search"' in run.written and 'title = "Stand-in: WeChat"' in run.written
        await run.press("enter")
        await run.shows("is subscribed already")
        assert run.written.count("[[feeds]]") == 1
        await run.press("down")
        await run.shows("HTTP 404")
        await run.press("escape")
        await run.shows("1 feed added")
        await run.press("s")  # it is marked when the dialog opens again
        assert "✓  Stand-in" in run.text


async def test_a_watch_without_words_says_so(web: Web, tmp_path: Path) -> None:
    async with configured(tmp_path, WATCHES) as library, running(library) as run:
        await run.press("w", "down", "s")
        assert "Stars has no words to search the web for" in run.toasts and not web.requests
