"""Use cases of the library at their edges: the second feed, the full history, the file that is there."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import ALL, CLOCK, TWO_FEEDS, Clock, entry, fill, opened, titles, written
from tuireader.config import FeedConfig, MuteConfig, ViewConfig, loads
from tuireader.config.edit import typed_values
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.exchange import documents
from tuireader.library.accounts.accounts import Preview
from tuireader.library.articles import SavedFile, save_file
from tuireader.library.content import PictureCache
from tuireader.library.context import address_key
from tuireader.library.coverage import coverage
from tuireader.library.exchange import Imported
from tuireader.library.feeds.full_texts import PAUSE, Round
from tuireader.library.feeds.page_sources import WebPage
from tuireader.library.newsboat.files import batches, cache_of
from tuireader.model import (
    Coverage,
    FeedGap,
    FoundArticle,
    FoundOnPage,
    Story,
    StoryEntry,
    View,
    ViewKind,
)
from tuireader.model.accounts import RemoteFeed
from tuireader.store import Store
from tuireader.store.upkeep.newsboat import NewsboatCache

DAY = 86_400
A, B = "https://a.example.org/feed", "https://b.example.org/feed"


def on_disk(folder: Path) -> tuple[FeedConfig, ...]:
    """The feeds of the configuration."""
    return loads(written(folder))[0].feeds


# --------------------------------------------------------------------------- feeds


PAGE = "https://p.example.org/news"
EDITED = """
[[feeds]]
url = "https://a.example.org/feed"
title = "Old"
[[feeds]]
command = ["other"]
[[feeds]]
url = "https://p.example.org/news"
items = "li"
[[view]]
name = "V"
query = "feed:Old"
"""


def typed(**texts: str) -> dict[str, Any]:
    """What a form makes of the texts that were typed."""
    return typed_values(FeedConfig, texts)


async def test_all_that_can_be_edited_of_a_feed(tmp_path: Path) -> None:
    async with opened(tmp_path, EDITED) as library:
        same: dict[str, Any] = {"title": "Old", "folder": "", "interval": None, "paused": False}
        text = written(tmp_path)
        await library.feeds.edit(1, same)
        assert written(tmp_path) == text, "what has not changed is not written"
        await library.feeds.edit(
            1,
            typed(
                title=" New ", folder=" F ", interval=" 30m ", labels="l", full_text="on",
                filter="sed s/a/b/", user_agent="me",
            ) | {"paused": True},
        )  # fmt: skip
        expected = FeedConfig(
            A, "New", "F", interval=1800, paused=True, labels=("l",), full_text="on",
            filter=("sed", "s/a/b/"), user_agent="me",
        )  # fmt: skip
        assert on_disk(tmp_path)[0] == expected
        assert loads(written(tmp_path))[0].views == (ViewConfig("V", "feed:New"),)
        await library.feeds.edit(
            1, typed(title="", folder="", interval="", labels="", filter="") | {"paused": False}
        )
        assert on_disk(tmp_path)[0] == FeedConfig(A, full_text="on", user_agent="me")
        assert loads(written(tmp_path))[0].views == (ViewConfig("V", "feed:New"),)
        text = written(tmp_path)
        await library.feeds.edit(1, typed(command="", items=""))
        other, page = [await library.feeds.find(address) for address in ("exec:other", PAGE)]
        for feed_id, wrong, words in (
            (other, {"command": ""}, "enter the program"),
            (1, {"filter": "sed 's"}, "quotation mark"),
            (page, {"items": ""}, "items is empty"),
            (1, {"items": "li["}, "items"),
            (page, {"items": "li["}, "items"),
            (1, {"interval": "soon"}, "soon"),
        ):
            with pytest.raises(ConfigError, match=words):
                await library.feeds.edit(feed_id, {**same, **typed(**wrong)})
        assert written(tmp_path) == text
        await library.feeds.edit(other, typed(title="", folder="", interval="", command="my-feed --rss"))
        assert on_disk(tmp_path)[1].command == ("my-feed", "--rss")
        assert [feed.id for feed in await library.feeds.all()] == [1, other, page]


async def test_feeds_are_added_once_and_found_by_any_name(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        new = "https://c.example.org/feed"
        wanted = [(A, "", ""), (new, "C", "F"), (new, "D", "G"), ("exec:x y", "X", "")]
        assert await library.feeds.add(wanted) == 2
        assert on_disk(tmp_path)[2:] == (
            FeedConfig(new, "C", "F"), replace(on_disk(tmp_path)[3], title="X", command=("x", "y")),
        )  # fmt: skip
        with pytest.raises(UsageError, match="no program"):
            await library.feeds.add([("exec: ", "", "")])
        for name in ("3", new, "c"):
            assert await library.feeds.find(name) == 3
        for name, words in (("org", "2 feeds have"), ("nothing", "no feed"), ("5", "no feed")):
            with pytest.raises(UsageError, match=words):
                await library.feeds.find(name)
        assert library.feeds.is_subscribed(A)
        assert not library.feeds.is_subscribed("https://d.example.org/feed")
        assert (library.feeds.title(3), library.feeds.title(9)) == ("C", "")
        assert (library.feeds.config(3), library.context.feed_url(3)) == (FeedConfig(new, "C", "F"), new)
        with pytest.raises(TuireaderError, match="no longer exists"):
            library.feeds.config(9)
        await library.feeds.pause(3)
        assert on_disk(tmp_path)[2].paused
        await library.feeds.resume(3)
        assert not on_disk(tmp_path)[2].paused
        await library.feeds.remove(3)
        assert new not in written(tmp_path)
        text = written(tmp_path)
        assert await library.feeds.add([(A, "", "")]) == 0 and written(tmp_path) == text


async def test_a_folder_is_renamed_or_dissolved(tmp_path: Path) -> None:
    text = (
        TWO_FEEDS.replace("full_text", 'folder = "F"\nfull_text')
        + '[[view]]\nname = "V"\nquery = "folder:F"\n'
    )
    async with opened(tmp_path, text) as library:
        await library.feeds.rename_folder("F", " G ")
        assert {feed.folder for feed in on_disk(tmp_path)} == {"G"} and "folder:G" in written(tmp_path)
        step = await library.marks.newest_step()
        assert step is not None and step.what == "folder F renamed to G"
        await library.feeds.rename_folder("G", " ")
        assert {feed.folder for feed in on_disk(tmp_path)} == {""}
        step = await library.marks.newest_step()
        assert step is not None and step.what == "folder G removed"


async def test_the_addresses_that_belong_to_a_feed(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        with pytest.raises(TuireaderError, match="not moved"):
            await library.feeds.accept_move(1)
        await library.context.pool.transact(
            lambda store: store.conn.execute(
                "UPDATE feed SET moved_to = ?, moved_seen = 2", ("https://n.example/f",)
            )
        )
        assert await library.feeds.accept_move(1) == "https://n.example/f"
        assert [feed.url for feed in on_disk(tmp_path)] == ["https://n.example/f", B]


def test_addresses_are_compared_without_passwords() -> None:
    assert address_key("https://u:p@a.example/f") == address_key("https://a.example/f")
    assert len({address_key(url) for url in ("https://a.example/f", "https://a.example/g")}) == 2


# --------------------------------------------------------------------------- exchange


async def test_marks_of_several_feeds_are_imported_and_counted(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1), entry(2))
        await fill(library, 2, entry(3), entry(4))
        ids = list(await library.lists.ids(ALL))
        await library.marks.set_read(ids[:3], True)
        await library.marks.set_starred(ids[3:], True)
        state = "".join(await library.exchange.export("state")).encode()
        await library.marks.set_read(ids, False)
        await library.marks.set_starred(ids, False)
        assert await library.exchange.import_data(state) == Imported(marked=4)
        assert await library.exchange.import_data(state) == Imported()
        other = await library.exchange.import_data(state.replace(b"//b.example", b"//c.example"))
        assert (other.marked, other.noted, len(other.skipped)) == (0, 0, 1)
        assert "2 articles skipped" in other.skipped[0] and "c.example" in other.skipped[0]


async def test_feeds_are_imported_and_counted(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        urls = f'{A}\nhttps://c.example.org/feed "F"\n"query:V:unread = \\"yes\\""\n'.encode()
        assert await library.exchange.import_data(urls) == Imported(feeds=2, new=1, views=1)
        assert await library.exchange.import_data(urls) == Imported(feeds=2)
        opml = "".join(await library.exchange.export("opml"))
        text = written(tmp_path)
        assert await library.exchange.import_data(b"\xef\xbb\xbf \n" + opml.encode()) == Imported(feeds=3)
        bad = "".join(f'<outline xmlUrl="{url}"/>' for url in (A, "mailto:x"))
        saved = json.dumps(
            {"format": documents.FEEDS, "version": 1, "feeds": [{"url": A}, {"url": "mailto:x"}]}
        )
        for data in (f"<opml><body>{bad}</body></opml>", saved, f"{A}\nmailto:x\n"):
            imported = await library.exchange.import_data(data.encode())
            assert (imported.feeds, imported.new, len(imported.skipped)) == (1, 0, 1)
            assert "mailto:x" in imported.skipped[0]
        assert written(tmp_path) == text
        for wrong in (b"", b"nothing here", b"# only\n"):
            with pytest.raises(TuireaderError, match=r"the list contains no feed"):
                await library.exchange.import_data(wrong)
        with pytest.raises(TuireaderError, match="check the path"):
            await library.exchange.import_file(tmp_path / "absent")


async def test_opml_leaves_out_what_only_this_program_can_fetch(tmp_path: Path) -> None:
    special = """
    [[feeds]]
    url = "imaps://m.example/x"
    [[feeds]]
    url = "https://f.example"
    filter = ["x"]
    [[feeds]]
    url = "https://i.example"
    items = "li"
    [[feeds]]
    url = "https://p.example"
    kind = "page"
    [[feeds]]
    command = ["x"]
    """
    async with opened(tmp_path, special + TWO_FEEDS) as library:
        assert library.exchange.left_out("opml") == list(library.config.feeds[:5])
        assert library.exchange.left_out("json") == []
        opml = "".join(await library.exchange.export("opml"))
        assert A in opml and B in opml and opml.count("<outline") == 2


async def test_a_cache_is_closed_after_its_import(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE rss_item (guid, title, url, feedurl, unread)")
    async with cache_of(path) as cache:
        assert cache is not None and cache.feeds() == {}
    with pytest.raises(TuireaderError, match="closed"):
        cache.feeds()


async def test_titles_and_texts_of_a_cache_are_markup(tmp_path: Path) -> None:
    """Newsboat stores both as the feed has them."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as conn:
        conn.execute("CREATE TABLE rss_item (guid, title, url, feedurl, unread, content, content_mime_type)")
        title = "Salt &amp; <em>tides</em>"
        rows = [(kind, title, f"{A}/{kind}", A, 1, "<p>Low</p>", kind) for kind in ("", "text/plain")]
        conn.executemany("INSERT INTO rss_item VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        (articles,) = [batch async for batch in batches(NewsboatCache(conn, tmp_path / "c"), A)]
    assert [(article.entry.title, article.entry.content_html) for article, _ in articles] == [
        ("Salt & tides", "<p>Low</p>")
    ] * 2


async def test_an_episode_whose_address_names_no_type_stays_audio(tmp_path: Path) -> None:
    """Newsboat's cache has the type: players, downloads and `has:audio` go by it."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as conn:
        conn.execute(
            "CREATE TABLE rss_item (guid, title, url, feedurl, unread, enclosure_url, enclosure_type)"
        )
        episode = ("g", "Tides", f"{A}/1", A, 1, f"{A}/play?id=1", "audio/mpeg")
        conn.execute("INSERT INTO rss_item VALUES (?, ?, ?, ?, ?, ?, ?)", episode)
        (((article, _),),) = [batch async for batch in batches(NewsboatCache(conn, tmp_path / "c"), A)]
    assert [(file.type, file.kind) for file in article.entry.enclosures] == [("audio/mpeg", "audio")]


# --------------------------------------------------------------------------- searches and state


async def test_the_history_of_searches_has_fifty_texts_newest_first(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        known = json.dumps([f"text {number}" for number in range(50, 0, -1)])
        await library.context.pool.transact(partial(Store.set_fact, name="searches", value=known))
        await library.searches.remember(" text 51 ")
        await library.searches.remember("  ")
        await library.searches.remember("text 30")
        history = await library.searches.history()
        assert history[:2] == ["text 30", "text 51"] and len(history) == len(set(history)) == 50
        for broken in ("{", "5", '["a", 5]'):
            await library.context.pool.transact(partial(Store.set_fact, name="searches", value=broken))
            assert await library.searches.history() == (["a"] if "a" in broken else [])
        entries = json.dumps([f"entry {number}" for number in range(200)])
        await library.context.pool.transact(partial(Store.set_fact, name="palette", value=entries))
        await library.settings.note_palette_use("new")
        uses = await library.settings.palette_uses()
        assert (len(uses), uses[0], uses[-1]) == (200, "new", "entry 198")


async def test_a_search_stops_at_its_limit_and_tells_what_it_has(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(
            library, 1, *(entry(number) for number in range(1, 6)), entry(9, title="Other", content_html="")
        )
        told: list[list[int]] = []
        found, error = await library.searches.run("number", tell=lambda ids: told.append(list(ids)))
        assert (len(found), error, told[-1]) == (5, "", list(found))
        rows = await library.lists.rows(found)
        assert [row.title for row in rows] == [f"Title number {number}" for number in range(1, 6)]
        assert len((await library.searches.run("number", limit=2))[0]) == 2
        none, error = await library.searches.run('"open')
        assert len(none) == 0 and error
        snippets = await library.searches.snippets([rows[1].id, 99, rows[0].id], "article")
        assert [text for text, _ in snippets] == ["The text of article 2.", "", "The text of article 1."]
        assert [spans for _, spans in snippets] == [((12, 19),), (), ((12, 19),)]
        query = View(ViewKind.QUERY, "number")
        newest = list(await library.lists.ids(query))
        assert newest == list(found)
        assert list(await library.lists.ids(query, sort="oldest")) == newest[::-1]
        await library.marks.set_read(newest[:2], True)
        assert list(await library.lists.ids(query, show_read=False)) == newest[2:]
        with pytest.raises(UsageError):
            await library.lists.ids(query, sort="nonsense")


async def test_names_that_nothing_has(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        for text, count in (
            ("label:x", 1),
            ("folder:x label:y", 2),
            ("x", 0),
            ('"open', 0),
            (f"feed:{A}", 0),
        ):
            assert len(await library.searches.unknown_names(text)) == count
        assert await library.searches.unknown_names("label:x", new_label="x") == ()
        with pytest.raises(UsageError):
            await library.searches.try_out('"open')
        await library.searches.save(" N ", " x ")
        await library.searches.save("M", "y", "N")
        assert library.searches.saved == (ViewConfig("M", "y"),)
        await library.searches.remove("M")
        assert not library.searches.saved


async def test_an_absence_of_two_days_is_noticed(tmp_path: Path) -> None:
    clock = Clock()
    async with opened(tmp_path, TWO_FEEDS, clock=clock.time) as library:
        assert await library.lists.away_since() is None and library.lists.new_view is None
        await fill(library, 1, entry(1))
        clock.now += 48 * 3600
        assert await library.lists.away_since() is None
        assert library.lists.new_view == View(ViewKind.NEW, "0")
        clock.now += 48 * 3600 + 1
        assert await library.lists.away_since() == CLOCK + 48 * 3600
        assert library.lists.new_view == View(ViewKind.NEW, "0"), "the first one counts"
        assert (await library.lists.counts()).new.total == 1


async def test_briefs_go_on_where_the_last_one_ended(tmp_path: Path) -> None:
    text = TWO_FEEDS + '[[watch]]\nname = "W"\nany = ["one"]\n'
    async with opened(tmp_path, text) as library:
        old = entry(1, title="one old", published=CLOCK - 2 * DAY)
        await fill(library, 1, old, now=CLOCK - 2 * DAY)
        await fill(library, 1, entry(2, title="one new", published=CLOCK - 60))

        def shown(brief: Any) -> str:
            return str(brief)

        day, end = await library.briefs.make(None)
        assert end == 2 and "one new" in shown(day) and "one old" not in shown(day)
        both, _ = await library.briefs.make(3 * DAY, "w")
        assert "one old" in shown(both) and "one new" in shown(both)
        none, _ = await library.briefs.make(30)
        assert "one" not in shown(none).replace("None", "")
        await library.briefs.end("w", 1)
        later, _ = await library.briefs.make(None, "W")
        assert "one new" in shown(later) and "one old" not in shown(later)
        await library.briefs.end("", 2)
        nothing, _ = await library.briefs.make(None)
        assert "one new" not in shown(nothing)
        with pytest.raises(UsageError):
            await library.briefs.make(None, "Nobody")


LIGHTS = (
    "The harbour of Kettlemouth lost its lights after a barge tore the cable of the Lantern yard. "
    "Pilots guided ships past the Vexley breakwater by radar while engineers of Brightwater laid a line."
)


async def test_a_brief_leads_with_what_is_new_of_a_story_across_the_border_of_its_period(
    tmp_path: Path,
) -> None:
    text = (
        TWO_FEEDS + '[[watch]]\nname = "Ports"\nany = ["harbour"]\n[[watch]]\nname = "Fog"\nany = ["fog"]\n'
    )
    async with opened(tmp_path, text) as library:
        for number, (title, body, age) in enumerate(
            (
                ("Lights out", LIGHTS, 2 * DAY),
                ("Lights still out", f"{LIGHTS} Edited.", DAY),
                ("Lights on", "The fog lifts over the town, and the ships are on their way again.", 60),
            ),
            1,
        ):
            told = entry(number, title=title, content_html=f"<p>{body}</p>", published=CLOCK - age)
            await fill(library, 1 + number % 2, told, now=CLOCK - age)

        def join(store: Store) -> None:
            with store.transaction():
                store.relations.join(2, 1)
                store.relations.join(3, 1)

        await library.context.pool.write(join)
        for watch, first in (("", "Ports"), ("fog", "Fog")):
            made, _ = await library.briefs.make(DAY, watch)
            (section,) = made.sections
            (told_story,) = section.stories
            assert (section.watch, told_story.title, made.articles) == (first, "Lights on", 2)
            assert [(each.title, each.new, each.copy_of) for each in told_story.reports] == [
                ("Lights on", True, 0),
                ("Lights still out", True, 1),
                ("Lights out", False, 0),
            ]
            quotations = [(hit.evidence.watch, hit.report.article_id) for hit in told_story.quotations]
            assert quotations == [("Fog", 3), ("Ports", 2)]
        old, _ = await library.briefs.make(None, since=CLOCK - DAY + 1)
        assert (old.articles, old.seconds, old.since) == (1, None, CLOCK - DAY + 1)


LANGUAGES: list[tuple[str, int, Sequence[str], Sequence[int], int | None]] = [
    ("en:r de:r", 1, (), (), 2),
    ("en:r de:r", 2, (), (), 1),
    ("en:r en:r", 1, (), (), None),
    ("en:r de:r fr:r", 2, ("en", "de", "fr"), (), 3),
    ("en:r de:r fr:r", 3, ("en", "de", "fr"), (), 1),
    ("en:r de:r de:u", 1, (), (), 3),
    ("en:r de:r de:u", 1, (), (2,), 2),
    ("en:r de:u de:u", 1, (), (), 2),
    (":r de:r", 1, (), (), 2),
]


async def test_the_report_in_the_next_language(tmp_path: Path) -> None:
    async with opened(tmp_path, "") as library:
        for reports, article, languages, seen, expected in LANGUAGES:
            entries = tuple(
                StoryEntry(number, "", "", "", 0, 0, words.endswith("r"), words.partition(":")[0])
                for number, words in enumerate(reports.split(), 1)
            )

            known = {article: Story(1, entries)}

            async def story(article_id: int, known: dict[int, Story] = known) -> Story | None:
                return known.get(article_id)

            vars(library.articles)["story"] = story
            config = library.context.config
            library.context.config = replace(config, ui=replace(config.ui, languages=tuple(languages)))
            found = await library.articles.in_next_language(article, seen)
            assert (found.article_id if found else None) == expected
            assert await library.articles.in_next_language(77) is None


# --------------------------------------------------------------------------- files


async def test_a_file_is_never_replaced_unasked(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"

    def named(number: int) -> str:
        return f"name{'' if number == 1 else f' {number}'}.txt"

    assert await save_file(folder, named, b"1") == (folder / "name.txt", True)
    assert await save_file(folder, named, b"1") == (folder / "name.txt", False)
    assert await save_file(folder, named, b"2") == (folder / "name 2.txt", True)
    assert await save_file(folder, named, b"2") == (folder / "name 2.txt", False)
    assert await save_file(folder, named, b"3", overwrite=True) == (folder / "name.txt", True)
    assert [path.read_bytes() for path in sorted(folder.iterdir())] == [b"2", b"3"]
    with pytest.raises(TuireaderError, match="cannot be written to"):
        await save_file(folder / "name.txt", named, b"5")


async def test_an_article_is_saved_and_piped_as_configured(tmp_path: Path) -> None:
    async with opened(tmp_path, f'{TWO_FEEDS}[save]\nfolder = "kept"\nformat = "txt"\n') as library:
        await fill(library, 1, entry(1, title="A: title"))
        saved = await library.articles.save(1)
        assert saved == SavedFile(1, saved.path, True) and saved.path.parent == tmp_path / "kept"
        assert saved.path.suffix == ".txt" and "A: title" in saved.path.read_text()
        assert await library.articles.save(1) == SavedFile(1, saved.path, False)
        other = await library.articles.save(1, form="md", folder=tmp_path / "x")
        assert (other.path.parent, other.path.suffix) == (tmp_path / "x", ".md")
        ran = await library.articles.pipe(1, ["echo", "{title}", "{url}"])
        assert (ran.code, ran.output.strip()) == (0, "A: title https://news.example.org/1")
        assert json.loads(await library.articles.render(1, "json"))["title"] == "A: title"
        with pytest.raises(UsageError):
            await library.articles.save(9)
        assert await library.articles.at_url("http://news.example.org/1?utm_source=x") == 1
        assert await library.articles.at_url("https://news.example.org/9") is None


def wait_for(over: threading.Event, _: Store) -> bool:
    return over.wait(5)


async def test_pages_that_are_built_ahead_do_not_wait_with_the_one_to_read(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, entry(1))
        pool, (first, *_) = library.context.pool, await library.lists.ids(ALL)
        for busy, ahead in ((pool.count, False), (pool.read, True)):
            over = threading.Event()
            other = asyncio.create_task(busy(partial(wait_for, over)))
            await asyncio.sleep(0)
            assert await library.articles.get(first, ahead=ahead) is not None
            assert not other.done()
            over.set()
            assert await other


def test_the_least_recently_used_images_go(tmp_path: Path) -> None:
    cache = PictureCache(tmp_path / "pictures", most=30)
    assert cache.get("a") is None
    for number, url in enumerate("abc"):
        cache.put(url, url.encode() * 10)
        (path,) = [one for one in (tmp_path / "pictures").iterdir() if one.read_bytes()[:1] == url.encode()]
        os.utime(path, (number + 1, number + 1))
        assert len(path.name) == 32
    assert [cache.get(url) for url in "abc"] == [b"a" * 10, b"b" * 10, b"c" * 10]
    for path in (tmp_path / "pictures").iterdir():
        os.utime(path, (5, 5) if path.read_bytes()[:1] == b"b" else (9, 9))
    assert cache.get("b") == b"b" * 10, "now it is the newest"
    cache.put("d", b"d" * 5)
    left = {url for url in "abcd" if cache.get(url)}
    assert {"b", "d"} <= left and len(left) == 3
    cache.put("e", b"e" * 31)
    assert not any(cache.get(url) for url in "abcd")
    full = PictureCache(tmp_path / "file" / "pictures")
    (tmp_path / "file").write_text("")
    full.put("a", b"a")
    assert full.get("a") is None


# --------------------------------------------------------------------------- coverage, pages, preview


@pytest.mark.parametrize(
    ("since", "until", "gaps", "first", "lost"),
    [
        (None, None, [1, 2], 100, 900), (300, None, [2], 300, 900), (299, None, [1, 2], 299, 900),
        (50, None, [1, 2], 100, 900), (None, 200, [], 100, None), (None, 201, [1], 100, None),
        (None, 901, [1, 2], 100, 900), (None, 900, [1, 2], 100, None), (300, 400, [], 300, None),
    ],
)  # fmt: skip
def test_the_coverage_of_a_period(
    since: int | None, until: int | None, gaps: list[int], first: int, lost: int | None
) -> None:
    known = [FeedGap(1, 5, 0, 200, 300, 1), FeedGap(2, 5, 0, 400, 500, 1)]
    store: Any = SimpleNamespace(
        gaps=SimpleNamespace(
            starts=lambda ids: {5: (100, 900, True), 6: (None, None, False)}, of_feeds=lambda ids: known
        )
    )
    feeds: Any = [SimpleNamespace(id=5), SimpleNamespace(id=6), SimpleNamespace(id=7)]
    assert coverage(store, feeds, since, until) == [
        Coverage(feeds[0], first, lost, tuple(known[number - 1] for number in gaps), True),
        Coverage(feeds[1], None, None, (), False),
        Coverage(feeds[2], None, None, (), False),
    ]


async def test_what_selectors_find_on_a_page(tmp_path: Path) -> None:
    html = (
        "<title>Jobs</title><ul><li><a href='/1'>One</a><time datetime='2023-11-01'></time></li>"
        "<li><a href='2'></a></li></ul><a class=next href='?p=2'>more</a><p>Text</p>"
    )
    page = WebPage("https://x.example/jobs/", html)
    async with opened(tmp_path, "") as library:
        look = library.pages.look
        assert (await look(page, FeedConfig(page.address))).error
        feed = FeedConfig(page.address, items="li", item_date="time", item_summary=".no", next_page=".next")
        found = await look(page, feed)
        assert found == FoundOnPage(
            "Jobs",
            (
                FoundArticle("One", "https://x.example/1", 1_698_796_800),
                FoundArticle("https://x.example/jobs/2", "https://x.example/jobs/2", None),
            ),
            older="https://x.example/jobs/?p=2",
            missing=("item_summary",),
        ), found
        text = await look(page, FeedConfig(page.address, kind="page", select="p"))
        assert text == FoundOnPage("Jobs", lines=("Text",))
        assert (await look(page, replace(feed, items="li["))).error
        assert await library.pages.add(feed) and not await library.pages.add(feed)


def test_a_public_server_gets_half_a_second_between_two_pages() -> None:
    work = Round()
    assert [work.pause("x.example", now) for now in (10.0, 10.0, 10.1, 20.0)] == [
        0.0, PAUSE, pytest.approx(2 * PAUSE - 0.1), 0.0,
    ]  # fmt: skip
    assert [work.pause("127.0.0.1:80", 10.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert work.pause("y.example", 10.0) == 0.0


def test_what_is_known_of_an_account_before_it_is_added() -> None:
    feeds = tuple(RemoteFeed(str(number), "", "", "", category) for number, category in enumerate("aba"))
    made = Preview("http://x.example", "u", "s", feeds)
    assert made.categories == {"a": 2, "b": 1} and made.is_exposed
    for url in ("https://x.example", "http://127.0.0.1", "http://server.local"):
        assert not replace(made, url=url).is_exposed


# --------------------------------------------------------------------------- mutes and the database


async def test_mutes_say_what_they_hide(tmp_path: Path) -> None:
    text = TWO_FEEDS + '[[watch]]\nname = "W"\nany = ["number 1"]\n'
    async with opened(tmp_path, text) as library:
        await fill(library, 1, *(entry(number) for number in range(1, 6)))
        mute = MuteConfig("number")
        preview = await library.mutes.preview(mute)
        assert (preview.articles, preview.hidden, preview.watched, preview.watches) == (5, 4, 1, (("W", 1),))
        assert [row.title for row in preview.samples] == [f"Title number {number}" for number in (2, 3, 4)]
        whole = await library.mutes.preview(replace(mute, include_watched=True))
        assert (whole.articles, whole.hidden, whole.watched) == (5, 5, 1)
        assert (await library.mutes.preview(MuteConfig('"open'))).problem
        assert (await library.mutes.preview(replace(mute, feed=B))).articles == 0
        assert await library.mutes.add(" number ", f" {A} ", date(2099, 1, 1)) == 4
        ((made, count),) = await library.mutes.all()
        assert (made, count) == (MuteConfig("number", A, date(2099, 1, 1)), 4)
        assert await library.mutes.add("number", A, include_watched=True) == 5
        assert len(await library.mutes.all()) == 1
        await library.mutes.remove((await library.mutes.all())[0][0])
        assert await library.mutes.all() == [] and len(await titles(library)) == 5


async def test_a_purge_keeps_what_it_says(tmp_path: Path) -> None:
    async with opened(tmp_path, TWO_FEEDS) as library:
        await fill(library, 1, *(entry(number, published=CLOCK - number * DAY) for number in range(1, 6)))
        ids = {row.title[-1]: row.id for row in await library.lists.rows(await library.lists.ids(ALL))}
        await library.marks.set_read([ids[name] for name in "1345"], True)

        async def articles(**options: Any) -> int:
            plain = {"older_than": None, "keep": None, "dry_run": True}
            return (await library.database.purge(**{**plain, **options})).articles

        assert await articles(older_than=3 * DAY) == 2
        assert await articles(older_than=3 * DAY, keep=4) == 1
        assert await articles(keep=0) == 4 and await articles(keep=0, unread=True) == 5
        assert await articles(older_than=3 * DAY) == 2, "a dry run removes nothing"
        assert await articles(older_than=3 * DAY, dry_run=False) == 2
        assert await articles(older_than=3 * DAY) == 0
        await library.database.changed_elsewhere()
        assert not await library.database.changed_elsewhere()
