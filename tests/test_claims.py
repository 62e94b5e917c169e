"""What is notified and what is left out, which pages are planned, and advice on a configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK, TWO_FEEDS, config, entry, fill, opened
from tuireader.config import WatchConfig
from tuireader.delivery.letters import Item
from tuireader.library import Library
from tuireader.library.sending.notifications import claim, items_of
from tuireader.library.watching import advice
from tuireader.store import Store
from tuireader.store.watches.outbox import Terms

A, B = "https://a.example.org/feed", "https://b.example.org/feed"


def watches(**modes: str) -> str:
    """Watches on the word WeChat with these modes."""
    return "".join(
        f'[[watch]]\nname = "{name}"\nany = ["WeChat"]\nnotify = "{mode}"\n' for name, mode in modes.items()
    )


async def claimed(library: Library, **modes: str) -> tuple[list[Item], list[int]]:
    """What is put into the outbox with these modes, and its notices; nothing waits afterwards."""
    context = library.context
    wanted = [WatchConfig(name, any=("WeChat",), notify=mode) for name, mode in modes.items()]

    def step(store: Store) -> tuple[list[Item], list[int]]:
        drafts = claim(store, wanted, context.feed_names, context.matcher, CLOCK + 5)
        messages = store.outbox.pick("", Terms(together=True), "x", CLOCK + 5)
        assert len(messages) == len(drafts)
        notices = [notice for draft in drafts for notice in draft.notices]
        return list(items_of(store, messages, context.feed_names, {})), notices

    made = await context.pool.transact(step)
    assert not await context.pool.read(lambda store: store.notices.any_waiting())
    return made


async def test_all_that_is_notified_of_an_article(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + watches(W="article", V="article", N="article")) as library:
        await fill(library, 1, entry(1, title="WeChat one", content_html="<p>It grows.</p>"))
        items, marked = await claimed(library, W="article", V="story", N="never")
        (evidence,) = [one for one in items[0].evidence if one.watch == "W"]
        assert items == [
            Item(1, "WeChat one", "https://news.example.org/1", A, CLOCK - 3660, items[0].evidence, ())
        ]
        assert [one.watch for one in items[0].evidence] == ["W", "V"] and len(marked) == 2
        assert evidence.sentence == "WeChat one" and [hit.term for hit in evidence.hits] == ["WeChat"]
        rows = await library.context.pool.read(
            lambda store: store.conn.execute("SELECT * FROM notice ORDER BY id").fetchall()
        )
        assert len(rows) == 3
        assert await claimed(library, W="article", V="story") == ([], [])


@pytest.mark.parametrize(("w", "v", "hours"), [("low", "low", 2), ("low", "normal", 0), ("high", "low", 0)])
async def test_a_message_waits_for_a_digest_only_if_all_its_watches_do(
    tmp_path: Path, w: str, v: str, hours: int
) -> None:
    async with opened(tmp_path, TWO_FEEDS + watches(W="article", V="article")) as library:
        await fill(library, 1, entry(1, title="WeChat one"))
        wanted = [
            WatchConfig(name, any=("WeChat",), notify="article", priority=priority)
            for name, priority in (("W", w), ("V", v))
        ]
        waits = {"W": CLOCK + 7200, "V": CLOCK + 3600}
        names, matcher = library.context.feed_names, library.context.matcher
        (draft,) = await library.context.pool.transact(
            lambda store: claim(store, wanted, names, matcher, CLOCK, waits)
        )
        assert len(draft.notices) == 2
        assert draft.due_at == (CLOCK + 3600 * hours if hours else 0)


async def test_a_message_keeps_the_sentence_of_a_match_that_is_gone(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + watches(W="article", V="article")) as library:
        await fill(library, 1, entry(1, title="WeChat one"))
        wanted = [WatchConfig(name, any=("WeChat",), notify="article") for name in "WV"]
        names, matcher = library.context.feed_names, library.context.matcher

        def step(store: Store) -> tuple[Item, ...]:
            claim(store, wanted, names, matcher, CLOCK + 5)
            store.conn.execute("DELETE FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = 'V')")
            return items_of(store, store.outbox.unsent(), names, {})

        (item,) = await library.context.pool.transact(step)
        assert [(one.watch, one.sentence, bool(one.hits)) for one in item.evidence] == [
            ("W", "WeChat one", True), ("V", "WeChat one", False),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("second", "count"),
    [
        ({"title": "WeChat other"}, 2),
        ({"title": "WeChat one"}, 1),
        ({"title": "WeChat one", "published": CLOCK - 60 + 43_200 - 120}, 1),
        ({"title": "WeChat one", "content_html": "<p>Another text on WeChat.</p>"}, 2),
        ({"title": "WeChat one", "published": CLOCK - 3 * 86_400}, 2),
    ],
)
async def test_a_post_that_a_feed_repeats_is_notified_once(
    tmp_path: Path, second: dict[str, Any], count: int
) -> None:
    text = {"content_html": "<p>The text on WeChat.</p>", "published": CLOCK - 60}
    async with opened(tmp_path, TWO_FEEDS + watches(W="article")) as library:
        await fill(library, 1, entry(1, title="WeChat one", **text))
        await fill(library, 1, entry(2, **{**text, **second}))
        items, marked = await claimed(library, W="article")
        assert len(items) == len(marked) == count
        third = entry(3, **{**text, **second})
        await fill(library, 1, third)
        items, marked = await claimed(library, W="article")
        assert len(items) <= 1, "those of an earlier notification count"


async def test_a_post_with_the_same_long_text_is_notified_once(tmp_path: Path) -> None:
    words = " ".join(f"lantern{number} harbour{number}" for number in range(60))
    async with opened(tmp_path, TWO_FEEDS + watches(W="article")) as library:
        for number in (1, 2):
            text = f"<p>WeChat {words}</p>"
            await fill(library, number, entry(number, title=f"WeChat {number * 'x'}", content_html=text))
            await library.context.pool.transact(
                lambda store: store.conn.execute("UPDATE article SET text_key = 5")
            )
            items, _ = await claimed(library, W="article")
            assert [item.title for item in items] == ["WeChat x"] * (number == 1)


@pytest.mark.parametrize(("mode", "count"), [("article", 1), ("story", 0), ("never", 0)])
async def test_a_story_is_notified_once_unless_it_has_news(tmp_path: Path, mode: str, count: int) -> None:
    text = "<p>WeChat suspends the registration of new users while its security is upgraded in China.</p>"
    async with opened(tmp_path, TWO_FEEDS + watches(W=mode)) as library:
        await fill(library, 1, entry(1, title="WeChat suspends registration of users", content_html=text))
        first, _ = await claimed(library, W=mode)
        assert len(first) == (mode != "never")
        second = entry(2, title="WeChat suspends the registration of users", content_html=text)
        third = replace(
            second, guid="3", url="https://news.example.org/3", title="WeChat waits for its users"
        )
        third = replace(third, content_html=f"{text}<p>It pays $145 million.</p>")
        for article, told, adds in ((second, count, ()), (third, mode != "never", ("$145 million",))):
            await fill(library, 2, article)
            await library.context.pool.transact(
                lambda store: store.conn.execute("UPDATE article SET story = 1, fold = 1")
            )
            items, _ = await claimed(library, W=mode)
            assert [item.adds for item in items] == [adds if mode == "story" else ()] * told


# --------------------------------------------------------------------------- pages


@pytest.mark.parametrize(
    ("setting", "feed_ids", "due"),
    [("true", None, 3), ("true", [1], 3), ("true", [2], 0), ("false", None, 0), ('"auto"', None, 0)],
)
async def test_the_pages_of_feeds_with_full_texts_are_planned(
    tmp_path: Path, setting: str, feed_ids: Sequence[int] | None, due: int
) -> None:
    text = f'[[feeds]]\nurl = "{A}"\nfull_text = {setting}\n[[feeds]]\nurl = "{B}"\nfull_text = false\n'
    if setting == '"auto"':
        text = text.replace(f"full_text = {setting}\n", "")
    async with opened(tmp_path, text) as library:
        await fill(library, 1, *(entry(number) for number in range(1, 4)))
        await fill(library, 2, entry(9))

        def wait(store: Store) -> None:
            store.full_texts.wait_for_host("news.example.org", CLOCK + 50, CLOCK)

        await library.context.pool.transact(wait)
        assert [event async for event in library.full_texts.fetch_waiting(feed_ids)] == []
        assert await library.full_texts.count_due() == 0

        def planned(store: Store) -> list[tuple[int, int]]:
            rows = store.full_texts.due(CLOCK + 50, 50, feeds=None, without=[])
            return sorted((page.feed_id, page.tries) for page in rows)

        assert await library.context.pool.read(planned) == [(1, 0)] * due, "they wait for their host"


# --------------------------------------------------------------------------- advice on a configuration

ADVISED = """
[[feeds]]
url = "https://a.example.org/feed"
title = "The Quay"
folder = "News"
labels = ["port"]
[[feeds]]
url = "https://b.example.org/feed"
[[watch]]
name = "W"
any = ["x"]
feeds = ["the quay", "News", "https://b.example.org/feed"]
[[watch]]
name = "Lost"
any = ["x"]
feeds = ["Nowhere"]
[[view]]
name = "V"
query = "feed:Quay label:port watch:W folder:News"
[[view]]
name = "Bad"
query = "label:starboard folder:Olds"
[[mute]]
query = "watch:Nobody"
include_watched = true
[[mute]]
query = "x"
feed = "The Key"
"""


async def test_a_configuration_gets_advice_at_its_lines(tmp_path: Path) -> None:
    found = advice.for_config(config(ADVISED), ADVISED, "config.toml", tmp_path / "absent.db")
    lines = ADVISED.splitlines()
    assert [(one.path, lines[(one.line or 0) - 1], one.warning, one.file) for one in found] == [
        ("watch[2]", "[[watch]]", True, "config.toml"),
        ("mute[1]", "[[mute]]", True, "config.toml"),
        ("mute[2]", "[[mute]]", True, "config.toml"),
        *[("view[2]", "[[view]]", True, "config.toml")] * 2,
    ]
    for one, words in zip(found, ("Nowhere", "Nobody", "The Key", "starboard", "Olds"), strict=True):
        assert words in one.message
    async with opened(tmp_path, ADVISED) as library:
        context = library.context
        stored = advice.for_config(library.config, ADVISED, "c", context.paths.database)
        assert [replace(one, file="config.toml") for one in stored] == found
        await library.labels.set("starboard", [], True)
        for text, word in (("label:port", ""), ("label:portt", "portt"), ("watch:w feed:quay", "")):
            told = await library.searches.advice(text)
            assert len(told) == bool(word) and all(word in one for one in told)
        assert await library.watches.advice("W") == () != await library.watches.advice("Lost")
        assert await library.watches.advice("Nobody") == ()
