"""Muting by words and by feed, for a time; looking at what is muted, and having it back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.ui.running import Running, running
from tests.ui.samples import library as sample_library
from tests.ui.shelf import NOW, failing
from tests.ui.snap import assert_screen
from tuireader.config import MuteConfig
from tuireader.errors import TuireaderError
from tuireader.model import Feed, MutePreview, View, ViewKind
from tuireader.query import regexes
from tuireader.ui.dialogs.mute import Mute, cost, described, end_of, hidden_by


def test_how_long() -> None:
    assert end_of("for good", NOW) is None
    today, week = end_of("1 day", NOW), end_of("1 week", NOW)
    assert today is not None and week is not None and (week - today).days == 6


def test_in_words() -> None:
    feeds = [Feed(1, "https://quay.example/rss", "The Quay")]
    mute = MuteConfig("toll", "https://quay.example/rss", date(2026, 10, 3))
    assert described(mute, feeds) == "toll, in The Quay, until 3 Oct 2026"
    assert described(MuteConfig(feed="Old Quay"), feeds) == "everything, in Old Quay"
    assert described(MuteConfig("toll"), feeds) == "toll"
    assert described(MuteConfig("toll", include_watched=True), feeds) == "toll, watched articles too"
    assert hidden_by(MuteConfig("a OR b", "The Quay")).key == 'is:muted feed:"The Quay" (a OR b)'
    assert hidden_by(MuteConfig("toll")).key == "is:muted (toll)"


@pytest.mark.parametrize(
    ("preview", "said"),
    [
        (MutePreview(12, 12), ""),
        (MutePreview(12, 0, 12, (("CVE", 12),)), "all 12 are on CVE: kept visible"),
        (
            MutePreview(12, 9, 3, (("CVE", 2), ("PIPL", 1))),
            "3 of 12 are on CVE (2), PIPL (1): kept visible",
        ),
        (MutePreview(1, 0, 1, (("CVE", 1),)), "it is on CVE: kept visible"),
        (
            MutePreview(1200, 0, 1200, tuple((name, 300) for name in "ABCDE")),
            "all 1,200 are on A (300), B (300), C (300) and 2 more watches: kept visible",
        ),
    ],
)
def test_what_a_mute_costs(preview: MutePreview, said: str) -> None:
    assert "".join(text for text, _ in cost(preview, False)) == said
    hides = "".join(text for text, _ in cost(preview, True))
    assert hides == said.replace("kept visible", "hidden, too")


async def test_watched_articles_are_counted_and_kept_or_hidden(demo: Running) -> None:
    watched = await demo.library.lists.ids(View(ViewKind.WATCH, "WeChat"))
    found, _ = await demo.library.searches.run("tencent")
    preview = await demo.library.mutes.preview(MuteConfig("tencent"))
    assert 0 < preview.hidden < preview.articles and preview.articles == len(found)
    await demo.press("M")
    await demo.write("tencent")
    assert (
        f"{preview.hidden} articles would be hidden" in demo.text and f"of {len(found)} are on " in demo.text
    )
    assert ": kept visible" in demo.text
    await demo.press("down", "down", "down", "right")
    assert f"{len(found)} articles would be hidden" in demo.text and ": hidden, too" in demo.text
    await demo.press("left", "enter")
    assert set(await demo.library.lists.ids(View(ViewKind.WATCH, "WeChat"))) == set(watched)
    (muted, hidden), *_ = await demo.library.mutes.all()
    assert hidden == preview.hidden and not muted.include_watched
    await demo.press("ctrl+z")
    assert "Undone: mute tencent added" in demo.toasts and await demo.library.mutes.all() == []


async def test_words_are_muted_counted_and_looked_at(demo: Running) -> None:
    before = await demo.library.lists.ids(View(ViewKind.ALL))
    wanted, _ = await demo.library.searches.run("title:apple")
    await demo.press("M")
    await demo.write("title:apple")
    assert f"{len(wanted)} articles would be hidden" in demo.text
    await demo.press("enter")
    assert set(await demo.library.lists.ids(View(ViewKind.ALL))) == set(before) - set(wanted)
    assert f"Muted: title:apple, until 21 Oct 2026; {len(wanted)} hidden · ^z undoes" in demo.toasts
    assert demo.main.sidebar.items[4].label == "Muted" and f" Muted {len(wanted):>18} ┃" in demo.text
    await demo.press("enter")
    assert demo.open_id is not None
    await demo.press("M", *["tab"] * 4)
    assert f"Muted now, {len(wanted)} articles:" in demo.text
    await demo.press("enter")
    assert demo.main.session.view == View(ViewKind.QUERY, "is:muted (title:apple)")
    assert demo.open_id is None and demo.focus == "list"  # no article of the other list stays open
    assert set(demo.main.articles.ids) == set(wanted)
    await demo.press("M", *["tab"] * 4, "d")
    assert await demo.library.mutes.all() == []
    assert set(await demo.library.lists.ids(View(ViewKind.ALL))) == set(before)
    assert "Unmuted: title:apple" in demo.toasts


async def test_a_feed_is_muted_from_its_article(demo: Running) -> None:
    await demo.at("Brackets in a headline")
    row = demo.row
    feed = next(one for one in await demo.library.feeds.all() if one.id == row.feed_id)
    of_feed = await demo.library.lists.ids(View(ViewKind.FEED, str(feed.id)))
    await demo.press("M", "down", "right")
    assert f"{len(of_feed)} articles would be hidden" in demo.text
    await demo.press("down", "left", "left", "down", "right", "enter")
    (mute, hidden), *others = await demo.library.mutes.all()
    assert (mute.feed, mute.until, hidden) == (feed.url, end_of("1 day", NOW), len(of_feed))
    assert mute.include_watched
    assert others == [] and len(await demo.library.lists.ids(View(ViewKind.FEED, str(feed.id)))) == 0
    await demo.press("M", "ctrl+o")
    assert demo.main.session.view == View(ViewKind.QUERY, "is:muted")
    assert set(demo.main.articles.ids) == set(of_feed)


async def test_a_mute_that_takes_too_long_is_refused(demo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "_REGEX_SECONDS", 0.005)  # for each of twenty texts
    slow = r"/^(.|\s)*(.|\s)*(.|\s)*(.|\s)*(.|\s)*[^\x00-\uffff]/"
    await demo.press("M")
    await demo.write(slow)
    assert "takes too long" in demo.text
    await demo.press("enter")
    assert isinstance(demo.app.screen, Mute) and await demo.library.mutes.all() == []


async def test_the_look_of_it() -> None:
    mutes = '[[mute]]\nquery = "sponsored"\n[[mute]]\nfeed = "https://gang.example/rss"'
    async with running(sample_library(mutes)) as run:
        await run.press("M", *"fog")
        assert_screen(run.app, "mute-120x40")


async def test_what_cannot_be_muted_says_why(run: Running) -> None:
    await run.press("M", "enter")
    assert "Enter words, or choose a feed" in run.text
    await run.write("a AND (")
    assert "^" in run.text
    await run.press("enter")
    assert isinstance(run.app.screen, Mute) and await run.library.mutes.all() == []
    with failing(TuireaderError("the config cannot be written"), run.library.mutes.add):
        await run.press(*["backspace"] * 6, "enter")
    assert "the config cannot be written" in run.text
    await run.press("escape")
    assert len(run.app.screen_stack) == 1
