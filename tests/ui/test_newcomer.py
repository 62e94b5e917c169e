"""A newcomer's first hour: each goal in at most five keys from where the screen says so.

Typed words count as one key.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.ui.running import Running, running
from tests.ui.shelf import Server, Shelf
from tests.web import Web
from tests.workers import forked_workers as forked_workers
from tuireader.commands import BY_ID

pytestmark = pytest.mark.usefixtures("forked_workers")
MOST = 5
OPML = '<opml version="2.0"><body><outline type="rss" text="Quay" xmlUrl="https://quay.example/rss"/></body></opml>'
WORDS = {
    "opml": "Import",
    "subscribe": "Add feed",
    "reload": "Refresh",
    "keys": "Help",
    "theme": "Theme",
    "quit": "Quit",
}
"""What people type into the palette, and the beginning of the entry that they want."""
SETTINGS = "settings" in BY_ID
"""Whether there is a settings screen."""


async def reach(run: Running, *entries: str) -> None:
    """Press keys and type words; words begin with `=`."""
    assert len(entries) <= MOST
    for entry in entries:
        if len(entry) > 1 and entry.startswith("="):
            await run.write(entry[1:])
        else:
            await run.press(entry)


def urls(run: Running) -> list[str]:
    return [feed.url for feed in run.library.config.feeds]


async def test_first_feed_from_the_welcome(welcome: Running) -> None:
    Server(welcome.library)
    assert "s  A starter set" in welcome.text and "enter or a key chooses" in welcome.text
    await reach(welcome, "s", "enter")
    assert len(urls(welcome)) > 20


async def test_first_feed_from_the_footer() -> None:
    async with Web() as web, running(Shelf()) as run:
        Server(run.library)
        url = web.serve("/feed", rss("The Quay", [item("1", "Fog")]))
        assert "+ add feed" in run.text
        await reach(run, "plus", f"={url}", "enter")
        await run.shows("Folder")
        await reach(run, "enter")
        assert urls(run) == [url]


async def test_first_watch_from_the_welcome(welcome: Running) -> None:
    assert "n  Nothing yet" in welcome.text
    await reach(welcome, "n", "=Tencent", "enter")
    assert [watch.name for watch in welcome.library.config.watches] == ["Tencent"]


async def test_first_watch_from_the_palette() -> None:
    async with running(Shelf()) as run:
        await reach(run, "ctrl+p", "=new watch", "enter", "=Tencent", "enter")
        assert [watch.name for watch in run.library.config.watches] == ["Tencent"]


async def test_first_watch_from_an_article(demo: Running) -> None:
    await demo.at("WeChat suspends")
    before = len(demo.library.config.watches)
    await reach(demo, "W", "enter")  # the article's names are proposed
    assert len(demo.library.config.watches) == before + 1


async def test_first_related_article(demo: Running) -> None:
    first = await demo.at("WeChat suspends")
    await reach(demo, "enter")
    assert "e related" in demo.text
    await reach(demo, "e", "enter")
    assert demo.open_id not in (None, first)


async def test_another_theme(demo: Running) -> None:
    await reach(demo, "ctrl+p", "=tuireader-light", "enter")
    assert demo.app.theme == "tuireader-light"


async def test_opml_from_the_palette(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "feeds.opml").write_text(OPML)
    monkeypatch.chdir(tmp_path)
    async with running(Shelf()) as run:
        Server(run.library)
        await reach(run, "ctrl+p", "=import", "enter", "enter", "enter")
        assert urls(run) == ["https://quay.example/rss"]


async def test_opml_from_the_welcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "feeds.opml").write_text(OPML)
    monkeypatch.chdir(tmp_path)
    async with running(Shelf(), first_run=True) as run:
        Server(run.library)
        assert "1  " in run.text and "feeds.opml" in run.text
        await reach(run, "1", "enter")
        assert urls(run) == ["https://quay.example/rss"]


@pytest.mark.skipif(not SETTINGS, reason="there is no settings screen yet")
async def test_settings_from_the_palette(demo: Running) -> None:
    await reach(demo, "ctrl+p", "=settings", "enter")
    assert demo.app.screen is not demo.main and "settings" in demo.text.lower()


async def test_the_palette_knows_the_words_that_people_type(demo: Running) -> None:
    for word, entry in WORDS.items():
        await reach(demo, "ctrl+p", f"={word}")
        assert entry in demo.text
        await demo.press("escape")
