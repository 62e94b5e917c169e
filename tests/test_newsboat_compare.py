"""A newsboat profile beside what is here: what an import brings, and each difference on its side."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.builders import opened
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.newsboat.outcomes import Consent
from tuireader.newsboat.profile import Places

A, B, GONE = "http://a.example/feed", "http://b.example/feed", "http://gone.example/feed"
ITEMS = [
    # guid, title, feed, unread, flags, deleted
    ("1", "Read", A, 0, "", 0),
    ("1", "Read", A, 0, "", 0),
    ("2", "Unread", A, 1, "", 0),
    ("3", "Flagged", A, 1, "xy", 0),
    ("4", "Deleted", B, 1, "", 1),
    ("5", "Left behind", GONE, 0, "z", 0),
]


def profile(folder: Path) -> Places:
    folder.mkdir()
    urls = f'# Feeds of a \xe9\n{A} sea law\r\n{B}\n"query:Ships:title =~ \\"ship\\""\n'
    (folder / "urls").write_bytes(urls.encode("latin-1"))  # an old file need not be UTF-8
    (folder / "config").touch()
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute("CREATE TABLE rss_feed (rssurl, url, title)")
        cache.execute("INSERT INTO rss_feed VALUES (?, 'http://a.example/', 'The A')", (A,))
        columns = "guid, title, author, url, feedurl, pubDate, content, unread, flags, deleted"
        cache.execute(f"CREATE TABLE rss_item ({columns})")
        for guid, title, feed, unread, flags, deleted in ITEMS:
            url = f"http://a.example/{title}"
            values = (guid, title, "", url, feed, 1_700_000_000, f"<p>{title}.</p>", unread, flags, deleted)
            cache.execute(f"INSERT INTO rss_item VALUES ({', '.join('?' * len(values))})", values)
    return Places(folder / "urls", folder / "config", folder / "cache.db")


async def sides(library: Library, places: Places) -> dict[str, tuple[int, int]]:
    return {side.what: (side.there, side.here) for side in (await library.newsboat.compare(places)).sides}


async def test_each_difference_is_counted_before_and_gone_after_an_import(tmp_path: Path) -> None:
    places = profile(tmp_path / "newsboat")
    async with opened(tmp_path, "") as library:
        there = {
            "feeds": 2,
            "tags": 2,
            "searches": 1,
            "articles": 5,
            "read": 3,
            "unread": 2,
            "flagged": 2,
            "flags": 3,
        }
        assert await sides(library, places) == {what: (number, 0) for what, number in there.items()}
        before = await library.newsboat.compare(places)
        assert set(before.differences) == {
            "query:Ships: is missing here",
            *(f"{url}: is not subscribed here" for url in (A, B)),
            *(f"{url}: {title}: is not stored here" for _, title, url, *_ in ITEMS if url != GONE),
        }
        assert before.more == 0 and not before.equal
        assert before.left_out == (f"{GONE}: 1 article: urls no longer lists the feed",)
        done: list[tuple[int, int]] = []
        dry = await library.newsboat.import_profile(places, dry_run=True)
        moved = await library.newsboat.import_profile(places, progress=lambda *at: done.append(at))
        for result in (dry, moved):
            counts = (result.feeds, result.articles, result.new, result.read, result.starred, result.deleted)
            assert counts == (2, 4, 4, 2, 1, 1) and (result.marked, result.others) == (0, 1)
        assert done == [(1, 2), (2, 2)]
        feeds = await library.context.pool.read(lambda store: store.feeds.subscribed())
        assert [(feed.title, feed.site_url) for feed in feeds] == [("The A", "http://a.example/"), (B, "")]
        ids = await library.lists.ids(View(ViewKind.ALL))
        marks = {row.title: (row.read, row.starred) for row in await library.lists.rows(ids)}
        assert marks == {
            "Read": (True, False),
            "Unread": (False, False),
            "Flagged": (False, True),
            "Deleted": (True, False),
        }
        texts = [article and article.html for article in [await library.articles.get(one) for one in ids]]
        assert "<p>Unread.</p>" in texts, "without a type it is HTML"
        after = await library.newsboat.compare(places)
        lost = {"articles": 1, "read": 1, "flagged": 1, "flags": 1}
        assert after.differences == () and await sides(library, places) == {
            what: (number, number - lost.get(what, 0)) for what, number in there.items()
        }
        again = await library.newsboat.import_profile(places)
        assert (again.new, again.marked, again.articles) == (0, 0, 4)


async def test_a_feed_plain_and_with_a_filter_gets_the_articles_of_both(tmp_path: Path) -> None:
    places = profile(tmp_path / "newsboat")
    filtered = f"filter:cat:{B}"
    places.urls.write_text(f"{A}\n{B}\n{filtered}\n{GONE}\n")
    with closing(sqlite3.connect(places.cache)) as cache, cache:
        cache.execute("UPDATE rss_item SET feedurl = ? WHERE guid = '3'", (filtered,))
    async with opened(tmp_path, "") as library:
        moved = await library.newsboat.import_profile(places, accept=[Consent.PROGRAMS])
        assert (moved.articles, moved.new, moved.others) == (5, 5, 0)
        assert next(feed for feed in library.context.config.feeds if feed.url == B).filter == ("cat",)
        after = await library.newsboat.compare(places)
        assert after.equal and after.left_out == ()
        assert (after.sides[0].there, after.sides[0].here) == (3, 3)


async def test_marks_and_tags_that_differ_are_listed(tmp_path: Path) -> None:
    places = profile(tmp_path / "newsboat")
    async with opened(tmp_path, "") as library:
        await library.newsboat.import_profile(places)
        ids = await library.lists.ids(View(ViewKind.ALL))
        by_title = {row.title: row.id for row in await library.lists.rows(ids)}
        await library.marks.set_read([by_title["Read"]], False)
        await library.marks.set_read([by_title["Unread"]], True)
        await library.marks.set_starred([by_title["Flagged"]], False)
        await library.marks.set_starred([by_title["Deleted"]], True)
        places.urls.write_text(f"{A} sea\n{B}\n")
        differences = (await library.newsboat.compare(places)).differences
        assert set(differences) == {
            f"{A}: tags are sea there, sea, law here",
            f"{A}: Read: is read there, unread here",
            f"{A}: Unread: is unread there, read here",
            f"{A}: Flagged: is flagged there",
            f"{B}: Deleted: is not flagged there",
        }
