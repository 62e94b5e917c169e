"""Watches and mutes through `Library`: numbers, previews, saving, proposals, hiding."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.builders import CLOCK as NOW
from tests.builders import TWO_FEEDS, WATCHES, applied, entry, fill, opened, titles, written
from tuireader.config import MuteConfig, WatchConfig, loads
from tuireader.errors import ConfigError, UsageError
from tuireader.ingest.relating.topics import topics
from tuireader.library import Library
from tuireader.library.watching.suggestions import suggest_watch
from tuireader.model import View, ViewKind
from tuireader.model.fields import TEXT_FIELDS
from tuireader.query import STATES
from tuireader.store import Store

DAY = 86_400


async def test_the_numbers_of_watches(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await fill(
            library,
            1,
            entry(1, title="WeChat today", published=NOW - 60),
            entry(2, title="WeChat this week", published=NOW - 3 * DAY),
            entry(3, title="WeChat this month", published=NOW - 20 * DAY),
        )
        await fill(library, 2, entry(4, title="WeChat long ago and the PIPL", published=NOW - 40 * DAY))
        await library.marks.set_read(await library.lists.ids(View(ViewKind.FEED, "2")), True)
        wechat, pipl = await library.watches.stats()
        assert (wechat.name, wechat.color, wechat.count.unread, wechat.count.total) == (
            "WeChat",
            "green",
            3,
            4,
        )
        assert (wechat.today, wechat.week, wechat.month) == (1, 2, 3)
        assert len(wechat.days) == 30 and wechat.days[-1] == 1 and sum(wechat.days) == 3
        assert wechat.newest is not None and wechat.newest.title == "WeChat today"
        assert wechat.top_feeds == (("https://a.example.org/feed", 3), ("https://b.example.org/feed", 1))
        assert (wechat.quiet, wechat.problem) == ("", "")
        assert (pipl.month, pipl.count.total, pipl.quiet) == (0, 1, "quiet: feeds fine, no news for 40 d")


async def test_matches_are_counted_by_day_week_and_month(tmp_path: Path) -> None:
    """By calendar days; week and month are 7 and 30 times 24 hours."""
    today = NOW - NOW % DAY
    now, first = today + 6 * 3600, today - 29 * DAY
    times = [first - 1, first, first + DAY - 1, first + DAY, today - 1, today, now]
    times += [now - span * DAY + step for span in (7, 30) for step in (0, 1)]
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await fill(
            library, 1, *(entry(n, title=f"WeChat {n}", published=time) for n, time in enumerate(times))
        )
        await fill(library, 2, entry(99, title="Nothing", published=now))
        hits = (await library.context.pool.read(lambda store: store.stats.hits(today, now)))["WeChat"]
    counted = [sum(0 <= time - first - day * DAY < DAY for time in times) for day in range(30)]
    assert list(hits.days) == counted and sum(counted) == len(times) - 3
    assert (hits.total, dict(hits.by_feed)) == (len(times), {1: len(times)})
    assert hits.week == sum(time > now - 7 * DAY for time in times)
    assert hits.month == sum(time > now - 30 * DAY for time in times)
    assert hits.newest[0] == now


async def test_a_silent_watch_says_why(tmp_path: Path) -> None:
    more = '[[watch]]\nname="Other"\nany=["quokka"]\n[[watch]]\nname="Off"\nany=["x"]\nfeeds=["nowhere"]\n'
    more += "".join(
        f'[[watch]]\nname="{name}"\nany=["quokka"]\nfeeds=["HTTPS://{name}.example.org/feed"]\n'
        for name in "ab"
    )
    async with opened(tmp_path, TWO_FEEDS + more) as library:
        assert [one.quiet for one in await library.watches.stats()] == [
            "quiet: feeds fine, no news yet",
            "quiet: there is no feed or folder 'nowhere'",
            *["quiet: feeds fine, no news yet"] * 2,
        ]

        def fail(store: Store) -> None:
            from tuireader.model import Fault
            from tuireader.store.feeds.feeds import Attempt

            with store.transaction():
                store.feeds.record(Attempt(1, NOW, NOW + 60, "ok", error="no answer", fault=Fault.NETWORK))

        await library.context.pool.write(fail)
        assert [one.quiet for one in await library.watches.stats() if one.name != "Off"] == [
            "quiet: 1 of 2 feeds failing",
            "quiet: 1 of 1 feeds failing",
            "quiet: feeds fine, no news yet",
        ]
        await library.feeds.pause(2)
        assert [one.quiet for one in await library.watches.stats() if one.name != "Off"] == [
            "quiet: 2 of 2 feeds failing",
            *["quiet: 1 of 1 feeds failing"] * 2,
        ]


async def test_a_watch_is_tried_before_it_is_saved(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await fill(
            library,
            1,
            *(entry(n, title=f"WeChat {n}", content_html="<p>No more. It grows.</p>") for n in range(1, 8)),
            entry(20, title="Alipay grows", content_html="<p>Before. A word on Alipay. After.</p>"),
        )
        new = await library.watches.preview(WatchConfig("Pay", any=("Alipay",)))
        assert (new.matches, new.added, new.removed, new.complete) == (1, 1, 0, True)
        assert [row.title for row in new.samples] == ["Alipay grows"]
        assert new.sentences == ("A word on Alipay.",)
        changed = WatchConfig("WeChat", any=("Alipay", "WeChat 1", "WeChat 2"))
        better = await library.watches.preview(changed, "WeChat")
        assert (better.matches, better.added, better.removed) == (3, 1, 5)
        wide = await library.watches.preview(WatchConfig("All", query="/e/"))
        assert wide.matches == 8 and wide.samples[0].title == "WeChat 1"
        wrong = await library.watches.preview(WatchConfig("Wrong", query='"open'))
        assert wrong.matches == 0 and "quotation mark" in wrong.problem
        assert (
            await library.watches.preview(WatchConfig("Empty"))
        ).problem == "there is nothing to search for"


async def test_saving_a_watch_keeps_comments_and_hits_what_is_stored(tmp_path: Path) -> None:
    async with opened(tmp_path, f"# mine\n{TWO_FEEDS}{WATCHES}# the end\n") as library:
        await fill(library, 1, entry(1, title="Alipay grows"), entry(2, title="WeChat shrinks"))
        await library.watches.save(WatchConfig("Pay", any=("Alipay",), color="red"))
        await applied(library)
        assert await titles(library, View(ViewKind.WATCH, "Pay")) == ["Alipay grows"]
        await library.watches.save(WatchConfig("Payment", any=("Alipay", "WeChat"), notify="story"), "Pay")
        await applied(library)
        assert len(await library.lists.ids(View(ViewKind.WATCH, "Payment"))) == 2
        text = written(tmp_path)
        assert text.startswith("# mine\n") and "# the end" in text and 'name = "Pay"' not in text
        assert loads(text)[0].watches[-1] == WatchConfig("Payment", any=("Alipay", "WeChat"), notify="story")
        with pytest.raises(ConfigError, match="already a watch named 'WeChat'"):
            await library.watches.save(WatchConfig("WeChat", any=("x",)), "Payment")
        with pytest.raises(ConfigError, match="no watch 'Nobody'"):
            await library.watches.save(WatchConfig("New", any=("x",)), "Nobody")


async def test_a_watch_and_aliases_are_proposed(tmp_path: Path) -> None:
    law = "China drafts a Personal Information Protection Law (PIPL), says Tencent. More on it."
    watch = '[[watch]]\nname="Law"\nany=["Personal Information Protection Law"]\n'
    async with opened(tmp_path, TWO_FEEDS + watch) as library:
        await fill(
            library,
            1,
            entry(1, title="Tencent fights a fine", content_html=f"<p>{law}</p><p>Tencent said no.</p>"),
            entry(2, title="Law again", content_html=f"<p>{law}</p>"),
        )
        (article, _) = await library.lists.ids(View(ViewKind.ALL))
        proposed = await library.watches.suggest(article)
        assert proposed.name == "Tencent" and proposed.any[0] == "Tencent" and len(proposed.any) <= 3
        assert (await library.watches.preview(proposed)).matches >= 1
        aliases = await library.watches.suggest_aliases("Law")
        assert [name for name, _ in aliases] == ["PIPL"] and "China drafts" in aliases[0][1]
        assert await library.watches.suggest_aliases("Nobody") == []
        assert (await library.watches.suggest(99)).any == ()
        # What all its names and phrases are watched for is still better named than by its title.
        everything = WatchConfig("All", any=(f"{law} Tencent fights a fine. Tencent said no.",))
        again = await library.context.pool.read(lambda store: suggest_watch(store, article, [everything]))
        assert again.any == proposed.any


async def test_what_holds_of_an_article_when_it_arrives_holds_of_it_in_the_store(tmp_path: Path) -> None:
    watches = "".join(f'[[watch]]\nname = "{state}"\nquery = "is:{state}"\n' for state in STATES)
    async with opened(tmp_path, TWO_FEEDS + watches) as library:
        await fill(library, 1, entry(1, published=NOW))
        on = [state for state in STATES if await library.lists.ids(View(ViewKind.WATCH, state))]
        stored = [
            state
            for state in STATES
            if (await library.watches.preview(WatchConfig("New", query=f"is:{state}"))).matches
        ]
    assert on == stored == ["unread", "today", "subscribed"]


async def test_an_article_has_at_most_as_many_topics_as_asked_for(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1, title="Tencent and Alibaba fight Baidu over Shanghai and Guangzhou"))

        def read(store: Store) -> list[tuple[str, ...]]:
            (text,) = store.articles.texts([1])
            return [topics(store, text, most) for most in (1, 2, 3, 99)]

        *few, every = await library.context.pool.read(read)
        assert few == [every[:1], every[:2], every[:3]] and len(every) > 3


async def test_snippets_of_hits(library: Library) -> None:
    text = "<p>First. Here is an apple. Last.</p>"
    await fill(library, 1, entry(1, content_html=text), entry(2, title="Apples", content_html=""))
    ids = await library.lists.ids(View(ViewKind.ALL))
    found = await library.searches.snippets([*ids, 99], "apple")
    assert [sentence for sentence, _ in found] == ["Here is an apple.", "Apples", ""]
    (start, end) = found[0][1][0]
    assert found[0][0][start:end] == "apple"
    assert await library.searches.snippets(ids, 'wrong"') == [("", ()), ("", ())]
    assert await library.searches.snippets(ids, "apple age:>1h") == found[:2]  # of now, not of each article


async def test_mutes_hide_and_never_delete(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES) as library:
        await fill(library, 1, entry(1, title="WeChat grows"), entry(2, title="Sponsored: WeChat"))
        await fill(library, 2, entry(3, title="A sponsored walk"), entry(4, title="News"))
        sponsored = await library.lists.ids(View(ViewKind.QUERY, "title:sponsored"))
        await library.marks.set_read(sponsored[:1], True)
        assert await library.mutes.add("title:sponsored", include_watched=True) == 2
        assert sorted(await titles(library)) == ["News", "WeChat grows"]
        counts = await library.lists.counts()
        assert (counts.all.total, counts.all.unread, counts.muted) == (2, 2, 2)
        assert counts.watches["WeChat"].total == 1 and counts.feeds[2].total == 1
        assert (await library.watches.stats())[0].count.total == 1
        assert await titles(library, View(ViewKind.WATCH, "WeChat")) == ["WeChat grows"]
        assert list((await library.searches.run("wechat"))[0]) != []
        assert len((await library.searches.run("wechat"))[0]) == 1
        assert list((await library.searches.run("is:muted"))[0]) == list(sponsored)
        assert len((await library.searches.run("wechat (is:muted OR NOT is:muted)"))[0]) == 2
        assert len((await library.searches.run("-is:muted"))[0]) == 2
        assert await library.mutes.all() == [(MuteConfig("title:sponsored", include_watched=True), 2)]
        # what arrives now is hidden at once, and an edit may bring it back
        await fill(library, 2, entry(5, title="Sponsored too"))
        assert (await library.lists.counts()).muted == 3
        await fill(library, 2, entry(5, title="Not that"))
        assert (await library.lists.counts()).muted == 2
        # by feed, with an overlap
        assert await library.mutes.add(feed="https://a.example.org/feed", include_watched=True) == 2
        assert sorted(await titles(library)) == ["News", "Not that"]
        await library.mutes.remove(MuteConfig("title:sponsored"))
        assert sorted(await titles(library)) == ["A sponsored walk", "News", "Not that"]
        await library.mutes.remove(MuteConfig(feed="https://a.example.org/feed"))
        assert len(await titles(library)) == 5
        assert len(await library.lists.ids(View(ViewKind.ALL), show_read=False)) == 4
        with pytest.raises(ConfigError, match="query"):
            await library.mutes.add("(open")
        assert await library.mutes.all() == []


async def test_a_mute_ends_with_its_last_day(tmp_path: Path) -> None:
    today = date.fromtimestamp(NOW)
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1, title="One apple"), entry(2, title="Two apples"))
        assert await library.mutes.add("apples", until=today) == 1
        assert await library.mutes.add("apples", until=today + timedelta(days=2)) == 1
        assert [mute.until for mute, _ in await library.mutes.all()] == [today + timedelta(days=2)]
    text = written(tmp_path)
    async with opened(tmp_path, text) as library:
        assert (await library.lists.counts()).muted == 1
        library.context.clock = lambda: NOW + 3 * DAY
        await applied(library)
        assert (await library.lists.counts()).muted == 0
        assert [hidden for _, hidden in await library.mutes.all()] == [0]
    assert written(tmp_path) == text


async def test_mutes_that_ask_for_what_changes(tmp_path: Path) -> None:
    rules = '[[mute]]\nquery = "age:>2d -watch:WeChat"\n[[mute]]\nquery = "/zz+/"\nfeed = "nowhere"\n'
    async with opened(tmp_path, TWO_FEEDS + WATCHES + rules) as library:
        await fill(
            library,
            1,
            entry(1, title="Old", published=NOW - 3 * DAY),
            entry(2, title="Newer, zzz", published=NOW - DAY),
            entry(3, title="WeChat", published=NOW - 3 * DAY),
        )
        assert sorted(await titles(library)) == ["Newer, zzz", "WeChat"]
        library.context.clock = lambda: NOW + 2 * DAY
        await applied(library)
        assert sorted(await titles(library)) == ["WeChat"]
        assert [hidden for _, hidden in await library.mutes.all()] == [2, 0]


async def test_a_watch_sees_the_labels_that_an_article_has_when_it_is_asked(library: Library) -> None:
    view = View(ViewKind.WATCH, "Law")
    await fill(library, 1, entry(1), entry(2), entry(3, tags=("law",)))
    await library.watches.save(WatchConfig("Law", query="label:law"))
    await applied(library)
    assert await titles(library, view) == ["Title number 3"]
    (one,) = (await library.searches.run('title:"number 1"'))[0]
    (two,) = (await library.searches.run('title:"number 2"'))[0]
    await library.labels.set("law", [one, two], True)
    assert await titles(library, view) == ["Title number 3"]  # a mark asks nobody
    await fill(library, 1, entry(1, title="Changed"))
    assert await titles(library, view) == ["Changed", "Title number 3"]
    await library.watches.save(WatchConfig("Law", query="label:/^law$/"), "Law")
    await applied(library)
    assert await titles(library, view) == ["Changed", "Title number 2", "Title number 3"]
    preview = await library.watches.preview(WatchConfig("Law", query="-label:law"), "Law")
    assert (preview.matches, preview.added, preview.removed) == (0, 0, 3)


async def test_a_mute_looks_for_labels_each_day(library: Library) -> None:
    await fill(library, 1, entry(1), entry(2))
    assert await library.mutes.add("label:later") == 0
    await library.labels.set("later", [1], True)
    assert (await library.lists.counts()).muted == 0
    library.context.clock = lambda: NOW + DAY
    await applied(library)
    assert (await library.lists.counts()).muted == 1


async def test_the_demo_keeps_rules_to_itself(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS + WATCHES, offline=True) as library:
        before = written(tmp_path)
        await fill(library, 1, entry(1, title="One apple"), entry(2, title="Two pears"))
        await library.watches.save(WatchConfig("Fruit", any=("apple", "pear")))
        await library.watches.save(WatchConfig("Apples", any=("apple",)), "Fruit")
        await applied(library)
        assert await titles(library, View(ViewKind.WATCH, "Apples")) == ["One apple"]
        assert await library.mutes.add("pear") == 1
        await library.mutes.remove(MuteConfig("pear"))
        assert (await library.lists.counts()).muted == 0
        assert written(tmp_path) == before


async def test_history_and_saved_views(tmp_path: Path) -> None:
    async with opened(tmp_path, f"# mine\n{TWO_FEEDS}") as library:
        assert await library.searches.history() == []
        for text in ("one", "two", " ", "one", "three\x1b"):
            await library.searches.remember(text)
        assert [text[:5] for text in await library.searches.history()] == ["three", "one", "two"]
        for number in range(60):
            await library.searches.remember(f"n{number}")
        assert len(await library.searches.history()) == 50
        await library.searches.save("Fines", "fine OR penalty")
        await library.searches.save("fines", "fine")
        assert [(view.name, view.query) for view in library.searches.saved] == [("fines", "fine")]
        with pytest.raises(ConfigError, match="query"):
            await library.searches.save("Wrong", "(fine")
        await library.searches.remove("Fines")
        assert library.searches.saved == () and written(tmp_path).startswith("# mine\n")
        with pytest.raises(ConfigError, match="no saved search"):
            await library.searches.remove("Fines")


ODD_TEXTS = ['"', "AND", "NEAR(", "col:", "\0", "", "a" * 20_000, "(" * 40, "\ud800", "*", "/(/", "-"]
ODD = st.lists(
    st.sampled_from("\"“()-/\\: \0\ud800*'云^{+é\n¶↑🚀‽ſ²’")
    | st.sampled_from(
        ["OR ", " AND", "NOT ", "NEAR ", " NEAR/0 ", " NEAR/2 ", " NEAR/99999 ", "is:", "nope:"]
    )
    | st.sampled_from([f"{name}:" for name in TEXT_FIELDS])
    | st.sampled_from(["age:<3d", "age:>1y", "after:2026-01-01", "before:2023-02-31", "watch:", "url:x"])
    | st.sampled_from(["kumo ", "↑kumo", "k*", "/k.mo/", "/^a b/", "/(/", "/(a+)+$/", "'; DROP"])
    | st.text(max_size=4),
    max_size=12,
).map("".join)


@settings(max_examples=int(os.environ.get("TUIREADER_EXAMPLES", "3")), deadline=None)
@example(ODD_TEXTS)
@given(st.lists(ODD, min_size=20, max_size=20))
def test_no_text_raises_wherever_expressions_are_asked(texts: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(ask_everywhere(Path(folder), texts))


async def ask_everywhere(folder: Path, texts: Sequence[str]) -> None:
    """The search, its sentences, a filter, a watch, a mute and the trial of an expression."""
    async with opened(folder, TWO_FEEDS) as library:
        await fill(library, 1, entry(1, title="Kumo ↑ 云 🚀 ‽"), entry(2, author="“é”"))
        for text in texts:
            for limit in (2, 50, 10_000_000):
                found, problem = await library.searches.run(text, limit=limit)
                assert not (len(found) and problem)
            await library.searches.run(text, ranked=True)
            assert len(await library.searches.snippets([1, 2], text)) == 2
            for watch in (
                WatchConfig("x", any=(text,)),
                WatchConfig("x", query=text),
                WatchConfig("x", none=(text,)),
            ):
                preview = await library.watches.preview(watch)
                assert "\n" not in preview.problem and not (preview.problem and preview.matches)
            try:
                await library.searches.try_out(text)
            except UsageError:
                assert problem
            else:
                assert not problem
            with suppress(ConfigError):
                await library.mutes.add(query=text)
