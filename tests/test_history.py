"""A match is history: no edit, other text or purge takes a hit off the record, and none is told twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from pathlib import Path

import pytest

from tests.builders import ALL, applied, entry, feeds, fill, opened, titles
from tests.builders import CLOCK as NOW
from tuireader import ingest
from tuireader.config import WatchConfig
from tuireader.library import Library
from tuireader.model import Article, Evidence, ParsedEntry, View, ViewKind
from tuireader.store import Store

WATCH = View(ViewKind.WATCH, "Quokka")
RULES = feeds(
    "https://hub.example.net/feed", "https://news.example.org/feed", "https://third.example.com/feed"
)
RULES += '[[watch]]\nname = "Quokka"\nany = ["quokka"]\nnotify = "article"\n'
LONG = " ".join(f"word{number}" for number in range(40))
HIT, NONE = (
    "<p>It began. A quokka was seen in town. It ended.</p>",
    "<p>It began. Nothing came of it. It ended.</p>",
)


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    """A library of three feeds with one watch."""
    async with opened(tmp_path, RULES) as made:
        yield made


def said(text: str, **changes: object) -> ParsedEntry:
    return entry(1, content_html=text, **changes)


async def evidence(library: Library, article_id: int = 1) -> Evidence:
    article = await library.articles.get(article_id)
    assert article is not None
    (found,) = article.evidence
    return found


async def article(library: Library, article_id: int = 1) -> Article:
    found = await library.articles.get(article_id)
    assert found is not None
    return found


async def kept_text(library: Library, revision: int) -> str:
    """Return the text of a version of the first article."""
    kept = await library.context.pool.read(lambda store: store.revisions.by_article([1]))
    (text,) = [version.text for version in kept[1] if version.id == revision]
    return text


async def told(library: Library) -> tuple[int, ...]:
    return tuple([number for event in await library.outbox.notify() for number in event.articles])  # type: ignore[union-attr]


async def searched(library: Library, text: str) -> list[str]:
    return await titles(library, View(ViewKind.QUERY, text))


def _fetched(store: Store, *, html: str, rules: ingest.Rules, now: int) -> None:
    """Store the page of the first article."""
    with store.transaction():
        ingest.record_full_text(store, 1, html, "", rules, now)


# --------------------------------------------------------------------------- edits


async def test_an_edit_leaves_the_hit_with_its_sentence_and_its_version(library: Library) -> None:
    await fill(library, 2, said(HIT))
    assert await told(library) == (1,)
    await fill(library, 2, said(NONE), now=NOW + 60)
    found = await evidence(library)
    assert (found.former, found.until, found.sentence) == (True, NOW + 60, "A quokka was seen in town.")
    assert await kept_text(library, found.revision) == "It began. A quokka was seen in town. It ended."
    assert await titles(library, WATCH) == await searched(library, "watch:Quokka") == ["Title number 1"]
    (row,) = await library.lists.rows([1])
    assert row.watches == ("Quokka",) and row.former == (("Quokka", NOW + 60),)
    (stats,) = await library.watches.stats()
    assert (stats.count.total, stats.former) == (1, 1)
    # the term comes back: it is a hit again, and is not told once more
    await fill(library, 2, said(HIT + "<p>Again and again.</p>"), now=NOW + 120)
    assert not (await evidence(library)).former and await told(library) == ()
    assert (await library.watches.stats())[0].former == 0


async def test_a_hit_that_the_index_has_made_is_explained_by_the_text_it_hit(tmp_path: Path) -> None:
    async with opened(tmp_path, RULES.partition("[[watch]]")[0]) as library:
        await fill(library, 2, said(HIT))
        await library.watches.save(WatchConfig("Quokka", any=("quokka",)))
        await applied(library)
        await fill(library, 2, said(NONE), now=NOW + 60)
        found = await evidence(library)
        assert found.former and found.sentence == "A quokka was seen in town."
        assert [hit.term for hit in found.hits] == ["quokka"]


async def test_an_edit_too_small_to_be_shown_keeps_the_version_that_was_hit(library: Library) -> None:
    await fill(library, 2, said("<p>A quokka came.</p>"))
    await fill(library, 2, said("<p>A quokak came.</p>"), now=NOW + 60)
    found = await evidence(library)
    assert found.former and found.sentence == "A quokka came."
    assert await kept_text(library, found.revision) == "A quokka came."


async def test_an_edit_of_a_page_too_small_to_be_shown_keeps_the_page_that_was_hit(library: Library) -> None:
    await fill(library, 2, said(NONE))
    for number, name in enumerate(("quokka", "quokak")):
        html, rules = f"<p>A {name} came.</p><p>{LONG}</p>", library.context.rules
        await library.context.pool.write(partial(_fetched, html=html, rules=rules, now=NOW + number))
    found = await evidence(library)
    assert found.former and "A quokka came." in await kept_text(library, found.revision)


async def test_a_full_text_that_is_replaced_is_an_edit(library: Library) -> None:
    await fill(library, 2, said(NONE))

    for number, html in enumerate((HIT, NONE)):
        now, page = NOW + 10 * number + 10, f"{html}<p>{LONG}</p>"
        await library.context.pool.write(partial(_fetched, html=page, rules=library.context.rules, now=now))
        found = await evidence(library)
        assert found.former is bool(number) and found.sentence == "A quokka was seen in town."
    kept = await library.context.pool.read(lambda store: store.revisions.versions(1, full=True))
    assert [version.until for version in kept] == [0, NOW + 20]


async def test_a_watch_that_is_applied_again_keeps_what_it_hit_before_an_edit(library: Library) -> None:
    await fill(library, 2, said(HIT))
    await fill(library, 2, entry(2, content_html=HIT))
    await fill(library, 2, said(NONE), now=NOW + 60)
    before = await evidence(library)
    assert before.former

    def again(store: Store) -> None:
        with store.transaction():
            store.watches.match_again("Quokka")

    await library.context.pool.write(again)
    await applied(library)
    assert await evidence(library) == before
    # by the texts, where the index does not decide
    await library.watches.save(WatchConfig("Quokka", any=("/quokka/",)), "Quokka")
    await applied(library)
    found = await evidence(library)
    assert (found.until, found.sentence) == (before.until, before.sentence)
    assert len(await titles(library, WATCH)) == 2
    # terms of which the old version has one, and the page that was fetched since has the other
    page = partial(_fetched, html=f"<p>A wombat. {LONG}</p>", rules=library.context.rules, now=NOW + 90)
    await library.context.pool.write(page)
    await library.watches.save(WatchConfig("Quokka", query="quokka wombat"), "Quokka")
    await applied(library)
    assert await titles(library, WATCH) == []
    await library.watches.save(WatchConfig("Quokka", any=("/quokka/",)), "Quokka")
    await applied(library)
    # other terms that the old version does not have
    await library.watches.save(WatchConfig("Quokka", any=("koala",)), "Quokka")
    await applied(library)
    assert await titles(library, WATCH) == []


async def test_what_was_told_stays_on_record(library: Library) -> None:
    await fill(library, 2, said(HIT))
    assert await told(library) == (1,)
    await library.watches.remove("Quokka")
    await library.marks.set_read([1], True)
    await library.database.purge(older_than=0, keep=None)
    assert (await article(library)).purged
    rows = await library.context.pool.read(
        lambda store: store.conn.execute(
            "SELECT watch, article_id, told_at, term, sentence FROM notice"
        ).fetchall()
    )
    ((watch, article_id, told_at, term, sentence),) = rows
    assert (watch, article_id, term, sentence) == ("Quokka", 1, "quokka", "A quokka was seen in town.")
    assert told_at >= NOW


@pytest.mark.parametrize("in_page", [False, True])
async def test_a_former_version_does_not_end_the_match_of_another_watch(
    tmp_path: Path, in_page: bool
) -> None:
    """Both watches, applied together, match it; one of them still matches the article."""
    async with opened(tmp_path, f'{RULES}[[watch]]\nname = "Town"\nany = ["town"]\n') as library:
        texts = HIT, "<p>It began. Nothing came to town. It ended.</p>"
        await fill(library, 2, said(NONE if in_page else texts[0]))
        for number, html in enumerate(texts):
            page = partial(
                _fetched, html=f"{html}<p>{LONG}</p>", rules=library.context.rules, now=NOW + number
            )
            if in_page:
                await library.context.pool.write(page)
            else:
                await fill(library, 2, said(html), now=NOW + number)
        for name in ("Quokka", "Town"):
            await library.watches.save(WatchConfig(name, any=(f"/{name.lower()}/",)), name)
        await applied(library)
        former = {match.watch: match.former for match in (await article(library)).evidence}
        assert former == {"Quokka": True, "Town": False}
        async with aclosing(library.matches.log()) as rows:
            ended = {row.watch: row.ended async for row in rows}
        assert ended == {"Quokka": NOW + 1, "Town": None}


# --------------------------------------------------------------------------- several feeds


async def test_what_a_hub_had_by_its_title_is_matched_with_the_text_of_another_feed(library: Library) -> None:
    await fill(library, 1, entry(1, guid="hub", content_html="Comments"))
    await library.marks.set_read([1], True)
    assert await told(library) == ()
    link = '<a href="https://other.example/1">it</a>'
    await fill(library, 2, said(f"{HIT}<p>{LONG} {link}</p>"))
    links = await library.context.pool.read(lambda store: store.links.of(1))
    assert [one.url for one in links] == ["https://other.example/1"]
    found = await article(library)
    assert found.feed_title == "https://news.example.org/feed" and "quokka" in found.html
    assert found.other_feeds == ("https://hub.example.net/feed",) and not found.read and not found.edited
    assert await told(library) == (1,) and await told(library) == ()
    assert len(await library.lists.ids(ALL)) == 1


@pytest.mark.parametrize(
    "text", ["", "Comments", "<p>Harbour ferries take another ticket from Friday on, says the port</p>"]
)
async def test_an_article_that_had_a_title_alone_is_unread_again_with_its_text(
    library: Library, text: str
) -> None:
    title = "Harbour ferries take another ticket from Friday on, says the port"
    await fill(library, 1, said(text, guid="hub", title=title))
    await library.marks.set_read([1], True)
    await fill(library, 2, said(f"<p>{LONG}</p>", title=title))
    found = await article(library)
    assert not found.read and "word39" in found.html and await told(library) == ()


async def test_a_text_that_hits_nothing_new_leaves_a_teaser_read(library: Library) -> None:
    whole = f"<p>The regulator fined the company on Friday.</p><p>{LONG}</p>"
    await fill(library, 1, said("<p>The regulator fined the company on Friday.</p>", guid="hub"))
    await library.marks.set_read([1], True)
    await library.marks.set_starred([1], True)
    await fill(library, 2, said(whole))
    found = await article(library)
    assert found.read and found.starred and "word39" in found.html
    # ... and one that does is unread again
    await fill(library, 3, said(whole + HIT, guid="third"))
    found = await article(library)
    assert not found.read and found.starred and await told(library) == (1,)


async def test_other_words_at_an_address_are_another_article(library: Library) -> None:
    false = " ".join(f"false{number}" for number in range(60))
    await fill(library, 1, said(f"<p>{false}</p>", guid="hub"))
    await library.marks.set_read([1], True)
    await fill(library, 2, said(f"{HIT}<p>{LONG}</p>"))
    assert await told(library) == (2,)
    second = await article(library, 2)
    assert not second.read and "quokka" in second.html
    assert await searched(library, "quokka word7") == ["Title number 1"]
    assert (await article(library, 1)).read


async def test_every_text_is_searched_and_watched_and_says_where_it_stands(tmp_path: Path) -> None:
    more = '[[watch]]\nname = "Hub"\nany = ["quokka"]\nfeeds = ["https://hub.example.net/feed"]\n'
    more += '[[watch]]\nname = "News"\nquery = "wombat feed:news"\n'
    async with opened(tmp_path, RULES + more) as library:
        await fill(library, 2, said(f"<p>{LONG} wombat</p>"))
        await fill(library, 1, said(f"<p>{LONG} A quokka.</p>", guid="hub"))
        found = await article(library)
        assert "wombat" in found.html
        assert {one.watch: one.feed for one in found.evidence} == {
            "Quokka": "https://hub.example.net/feed",
            "Hub": "https://hub.example.net/feed",
            "News": "",
        }
        for text in ("quokka", "wombat", "quokka wombat", "feed:hub wombat", "quokka feed:news"):
            assert await searched(library, text) == ["Title number 1"], text
        assert await searched(library, "feed:third quokka") == []
        # the same by a watch that is new
        await library.watches.save(WatchConfig("Late", any=("quokka",), none=("wombat",)))
        await applied(library)
        assert await titles(library, View(ViewKind.WATCH, "Late")) == ["Title number 1"]
        # an edit in the further feed is a version, too
        await fill(library, 1, said(f"<p>{LONG} A koala.</p>", guid="hub"), now=NOW + 60)
        found = await article(library)
        former = {one.watch: one.until for one in found.evidence}
        assert former == {"Quokka": NOW + 60, "Hub": NOW + 60, "News": 0, "Late": NOW + 60}
        assert not found.edited and await searched(library, "quokka") == []
        (version,) = await library.articles.revisions(1)
        assert version.until == NOW + 60 and ("removed", "quokka") in version.text
        assert await searched(library, "koala") == ["Title number 1"]


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("title:quokka", {"title": "A quokka for number 1"}),
        ("author:quokka", {"author": "Q. Quokka"}),
        ("label:quokka", {"tags": ("quokka",), "author": "Another"}),
        ("quokka", {"summary_html": "<p>A quokka, in short.</p>"}),
        ("quokka", {"content_html": f"<p>{LONG} quokka</p>"}),
        ("feed:hub", {"author": "Another"}),
    ],
)
async def test_each_field_of_a_further_feed_is_matched(
    library: Library, query: str, changes: dict[str, object]
) -> None:
    await library.watches.save(WatchConfig("Quokka", query=query), "Quokka")
    await applied(library)
    await fill(library, 2, said(f"<p>{LONG}</p>"))
    assert await titles(library, WATCH) == []
    further = {"guid": "hub", "content_html": f"<p>{LONG}</p>"} | changes
    await fill(library, 1, entry(1, **further))
    assert (await evidence(library)).feed == "https://hub.example.net/feed"
    assert len(await library.lists.ids(ALL)) == 1


@pytest.mark.parametrize(("title", "feed"), [("A quokka for number 1", ""), ("Title number 1", "")])
async def test_what_the_page_of_an_article_says_is_of_no_feed(
    library: Library, title: str, feed: str
) -> None:
    await fill(library, 2, said(f"<p>{LONG}</p>"))
    await fill(library, 1, said(f"<p>{LONG} more</p>", guid="hub", title=title))
    page = partial(_fetched, html=f"<p>A quokka. {LONG}</p>", rules=library.context.rules, now=NOW)
    await library.context.pool.write(page)
    await library.watches.save(WatchConfig("Hub", any=("quokka",), feeds=("https://hub.example.net/feed",)))
    await applied(library)
    article = await library.articles.get(1)
    assert article is not None
    assert {one.watch: one.feed for one in article.evidence}["Hub"] == ""


async def test_a_text_that_its_feed_takes_back_is_shown_from_another_feed(library: Library) -> None:
    title = "Harbour ferries take another ticket from Friday on, says the port"
    await fill(library, 2, said(f"<p>{LONG}</p>", title=title))
    await fill(library, 1, said(f"<p>{LONG} more</p>", guid="hub", title=title))
    await fill(library, 2, said(f"<p>{title}.</p>", title=title), now=NOW + 60)
    found = await article(library)
    assert "word39" in found.html and found.feed_title == "https://hub.example.net/feed"


async def test_a_watch_may_ask_for_the_matches_of_another(library: Library) -> None:
    """Also when it is new, and its articles are stored already."""
    await fill(
        library, 2, said(HIT), entry(2, content_html=HIT + "<p>A wombat.</p>"), entry(3, title="Wombat")
    )
    await library.watches.save(WatchConfig("Both", query="wombat watch:Quokka /w.mbat/"))
    await applied(library)
    assert await titles(library, View(ViewKind.WATCH, "Both")) == ["Title number 2"]


async def test_a_watch_of_a_feed_sees_what_another_feed_had_first(tmp_path: Path) -> None:
    more = '[[watch]]\nname = "Third"\nany = ["quokka"]\nfeeds = ["https://third.example.com/feed"]\n'
    async with opened(tmp_path, RULES + more) as library:
        await fill(library, 2, said(HIT))
        assert await titles(library, View(ViewKind.WATCH, "Third")) == []
        await fill(library, 3, said(HIT, guid="third"))
        assert await titles(library, View(ViewKind.WATCH, "Third")) == ["Title number 1"]
        await library.watches.save(
            WatchConfig("Third", any=("quokka", "x"), feeds=("https://third.example.com/feed",)), "Third"
        )
        await applied(library)
        assert await titles(library, View(ViewKind.WATCH, "Third")) == ["Title number 1"]


async def test_a_feed_that_goes_leaves_the_texts_of_others(library: Library) -> None:
    await fill(library, 1, said(f"<p>{LONG}</p>", guid="hub", url="https://hub.example.net/1"))
    await fill(library, 3, said(f"<p>{LONG}</p>{HIT}", guid="third", url="https://hub.example.net/1"))
    assert (await article(library)).feed_title == "https://hub.example.net/feed"
    await library.feeds.remove(1)
    found = await article(library)
    assert found.feed_title == "https://third.example.com/feed" and "quokka" in found.html
    assert await titles(library, View(ViewKind.UNREAD)) == ["Title number 1"]
    await fill(library, 3, said(f"<p>{LONG}</p>", guid="third", url="https://hub.example.net/1"), now=NOW + 9)
    assert (await evidence(library)).former


async def test_the_text_of_a_feed_that_is_gone_stays_if_another_has_only_a_title(library: Library) -> None:
    await fill(library, 2, said(f"<p>{LONG}</p>"))
    await library.feeds.remove(2)
    await fill(library, 1, said("Comments", guid="hub"))
    found = await article(library)
    assert "word39" in found.html and found.other_feeds == ("https://hub.example.net/feed",)
    assert list(await library.lists.ids(View(ViewKind.UNREAD))) == [1]


async def test_a_mute_judges_what_is_shown(library: Library) -> None:
    await fill(library, 2, said(f"<p>{LONG}</p>"))
    await fill(library, 1, said(f"<p>{LONG} sponsored</p>", guid="hub"))
    assert await library.mutes.add(query="sponsored") == 0
    await fill(library, 1, said(f"<p>{LONG} sponsored twice</p>", guid="hub"))
    assert len(await library.lists.ids(ALL)) == 1


# --------------------------------------------------------------------------- reposts


@pytest.mark.parametrize("text", [HIT, f"{HIT}<p>{LONG}{LONG}</p>"])
async def test_a_repost_beside_its_first_copy_is_told_once(library: Library, text: str) -> None:
    await fill(library, 2, said(text))
    assert await told(library) == (1,)
    again = said(text, guid="again", url="https://news.example.org/again", published=NOW)
    await fill(library, 2, said(text), again)
    assert await titles(library, WATCH) == ["Title number 1"] * 2
    assert await told(library) == ()


async def test_two_copies_that_come_together_are_told_once(library: Library) -> None:
    await fill(library, 2, said(HIT), said(HIT, guid="again", url="https://news.example.org/again"))
    assert len(await told(library)) == 1


async def test_what_is_called_the_same_each_day_is_told_each_day(library: Library) -> None:
    for day in range(3):
        url, time = f"https://news.example.org/day/{day}", NOW - (3 - day) * 86_400
        await fill(library, 2, said(HIT, guid=f"day{day}", url=url, published=time))
        assert await told(library) == (day + 1,)
