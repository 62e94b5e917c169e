"""Reading the cache of newsboat: a database of another program, which is never written to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuireader.errors import TuireaderError
from tuireader.values import dataclass


@dataclass(frozen=True, slots=True)
class CachedItem:
    """An article as newsboat keeps it. `flags` are letters; a `deleted` one is hidden there."""

    guid: str
    title: str
    author: str
    url: str
    published: int
    content: str
    content_type: str
    base: str
    enclosure_url: str
    enclosure_type: str
    unread: bool
    flags: str
    deleted: bool


_COLUMNS = (
    "guid",
    "title",
    "author",
    "url",
    "pubDate",
    "content",
    "content_mime_type",
    "base",
    "enclosure_url",
    "enclosure_type",
    "unread",
    "flags",
    "deleted",
)


class NewsboatCache:
    """The articles that newsboat has stored."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        there = {row[1] for row in conn.execute("PRAGMA table_info(rss_item)")}
        missing = {"guid", "title", "url", "feedurl", "unread"} - there
        if missing:
            raise TuireaderError(
                "this cache.db is not one of newsboat", f"its articles have no {', '.join(sorted(missing))}"
            )
        # What older versions of newsboat do not have is empty.
        self._columns = ", ".join(f"coalesce({name}, '')" if name in there else "''" for name in _COLUMNS)

    def feeds(self) -> dict[str, tuple[str, str]]:
        """Title and website of each feed that was ever fetched, by its address."""
        rows = self._conn.execute("SELECT rssurl, title, url FROM rss_feed")
        return {url: (title, site) for url, title, site in rows}

    def counts(self) -> dict[str, int]:
        """How many articles are stored of each feed."""
        rows = self._conn.execute("SELECT feedurl, count(*) FROM rss_item GROUP BY feedurl")
        return dict(rows.fetchall())

    def items(self, feed: str) -> list[CachedItem]:
        """The articles of a feed, the newest first."""
        rows = self._conn.execute(
            f"SELECT {self._columns} FROM rss_item WHERE feedurl = ? ORDER BY pubDate DESC, rowid DESC",
            (feed,),
        )
        return [_item(row) for row in rows]


def _item(row: tuple[object, ...]) -> CachedItem:
    texts = [value if isinstance(value, str) else str(value) for value in row]
    return CachedItem(
        guid=texts[0],
        title=texts[1],
        author=texts[2],
        url=texts[3],
        published=int(texts[4]) if texts[4].lstrip("-").isdigit() else 0,
        content=texts[5],
        content_type=texts[6],
        base=texts[7],
        enclosure_url=texts[8],
        enclosure_type=texts[9],
        unread=texts[10] == "1",
        flags=texts[11],
        deleted=texts[12] == "1",
    )


@contextmanager
def opened(path: Path) -> Iterator[NewsboatCache]:
    """The cache in a file, read only. Raises TuireaderError when it is none or cannot be read."""
    if not path.is_file():
        raise TuireaderError(f"there is no newsboat cache {path}", "name its folder")
    try:
        conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
        conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            yield NewsboatCache(conn)
        finally:
            conn.close()
    except sqlite3.Error as error:
        raise TuireaderError(
            f"{path} cannot be read: {error}", "close newsboat, or check that this is its cache.db"
        ) from error
