"""Read newsboat's cache, an untrusted database of another program, without ever writing to it.

Only plain tables of the expected form are read: a view, a virtual table or a computed column could run for
ever. Rows, bytes, time and memory are limited.
"""

from __future__ import annotations

import re
import resource
import sqlite3
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct, field

from tuireader.errors import TuireaderError, UnreadableError
from tuireader.store.sql import from_row, named_rows

MOST_ARTICLES = 1_000_000
_MOST_FEEDS = 100_000
_LONGEST = 10_000_000  # maximum bytes of a value
_SECONDS = 8.0  # CPU time for opening a cache
_MEMORY = 150_000_000  # memory in bytes that opening may use
_BATCH = 500
_BATCH_BYTES = 8_000_000
_LONGEST_ADDRESS = 4_000
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}
_PRAGMAS = (
    "trusted_schema = OFF",
    "query_only = ON",
    "cell_size_check = ON",
    "mmap_size = 0",
    "cache_size = -8000",
)


class CachedItem(Struct, frozen=True):
    """An article in newsboat's cache. `flags` are letters; newsboat hides `deleted` articles."""

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


_COLUMNS = {name: name for name in CachedItem.__struct_fields__} | {
    "published": "pubDate",
    "content_type": "content_mime_type",
}
"""Column of each field."""


class _Rows(Struct):
    ids: array[int] = field(default_factory=lambda: array("q"))
    times: array[int] = field(default_factory=lambda: array("q"))


class NewsboatCache:
    """Articles in a cache. `too_large` counts those skipped because of their size."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self._conn = conn
        self._path = path
        self.too_large = 0
        columns = self._table("rss_item")
        missing = {"guid", "title", "url", "feedurl", "unread"} - columns
        if missing:
            raise _not_a_cache(f"its articles have no {', '.join(sorted(missing))}")
        # older versions of newsboat lack some columns
        values = ", ".join(
            f"coalesce({column}, '') AS {name}" if column in columns else f"'' AS {name}"
            for name, column in _COLUMNS.items()
        )
        self._select = f"SELECT {values} FROM rss_item NOT INDEXED WHERE rowid = ?"
        self._rows = self._scan("pubDate" if "pubDate" in columns else "0")

    def _table(self, name: str) -> set[str]:
        """Return the columns of a plain table, none if it does not exist."""
        kinds = self._conn.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchmany(2)
        if not kinds:
            return set()
        kind, sql = kinds[0]
        if len(kinds) > 1 or kind != "table" or not re.match(r"\s*CREATE\s+TABLE\b", str(sql), re.IGNORECASE):
            raise _not_a_cache(f"{name} is not a plain table")
        columns = self._conn.execute(f"PRAGMA table_xinfo({name})").fetchall()
        names = {str(column[1]) for column in columns}
        if any(column[6] for column in columns) or {"rowid", "oid", "_rowid_"} & set(map(str.lower, names)):
            raise _not_a_cache(f"{name} has columns that newsboat does not create")
        return names

    def _scan(self, published: str) -> dict[str, _Rows]:
        by_feed: dict[str, _Rows] = {}
        sql = f"SELECT rowid, substr(feedurl, 1, ?), {published} FROM rss_item NOT INDEXED"
        rows = self._conn.execute(sql, (_LONGEST_ADDRESS,))
        for number, (row, feed, published_at) in enumerate(rows, 1):
            if number > MOST_ARTICLES:
                raise TuireaderError(
                    f"the cache has more than {MOST_ARTICLES:,} articles", "clean it up with newsboat first"
                )
            if isinstance(feed, str):
                of_feed = by_feed.setdefault(feed, _Rows())
                of_feed.ids.append(row)
                of_feed.times.append(_time(published_at))
        return by_feed

    def feeds(self) -> dict[str, tuple[str, str]]:
        """Map addresses of feeds that were ever fetched to title and website."""
        with _errors(self._path):
            if not {"rssurl", "title", "url"} <= self._table("rss_feed"):
                return {}
            sql = """SELECT substr(rssurl, 1, ?), substr(title, 1, 1000), substr(url, 1, ?)
                     FROM rss_feed NOT INDEXED"""
            rows = self._conn.execute(sql, (_LONGEST_ADDRESS, _LONGEST_ADDRESS)).fetchmany(_MOST_FEEDS)
        return {url: (_text(title), _text(site)) for url, title, site in rows if isinstance(url, str)}

    def counts(self) -> dict[str, int]:
        """Count the stored articles of each feed."""
        return {feed: len(rows.ids) for feed, rows in self._rows.items()}

    def items(self, feed: str) -> Iterator[list[CachedItem]]:
        """Yield the articles of a feed, newest first, in batches that fit into memory."""
        rows = self._rows.get(feed, _Rows())
        order = sorted(range(len(rows.ids)), key=lambda at: (rows.times[at], rows.ids[at]), reverse=True)
        batch: list[CachedItem] = []
        size = 0
        for at in order:
            item = self._item(rows.ids[at])
            if item is None:
                continue
            batch.append(item)
            size += len(item.content)
            if len(batch) == _BATCH or size > _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def marks(self, feed: str) -> Iterator[tuple[bool, str]]:
        """Yield, for each article of a feed, whether it is read, and its flags."""
        for row in self._rows.get(feed, _Rows()).ids:
            item = self._item(row)
            if item is not None:
                yield not item.unread or item.deleted, item.flags

    def _item(self, number: int) -> CachedItem | None:
        with _errors(self._path):
            try:
                row = named_rows(self._conn, self._select, (number,)).fetchone()
            except sqlite3.DataError:  # a value is too long
                self.too_large += 1
                return None
        if row is None:
            return None
        converters = dict.fromkeys(_COLUMNS, _text) | {
            "published": _time,
            "unread": _is_set,
            "flags": lambda flags: _text(flags)[:200],
            "deleted": _is_set,
        }
        return from_row(CachedItem, row, **converters)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_set(value: object) -> bool:
    return value in (1, "1")


def _time(value: object) -> int:
    """Parse seconds since 1970; 0 for an invalid time."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,12}", value):
        value = int(value)
    return value if isinstance(value, int) and 0 <= value < 1 << 36 else 0


def _not_a_cache(why: str) -> TuireaderError:
    return TuireaderError("this cache.db is not from newsboat", f"{why}; nothing was imported")


@contextmanager
def open_cache(path: Path) -> Iterator[NewsboatCache]:
    """Open a cache, read-only, for one thread at a time.

    Raises TuireaderError if it is not a newsboat cache or cannot be read.
    """
    if not path.is_file():
        raise TuireaderError(f"the newsboat cache {path} does not exist", "give its folder")
    with _errors(path):
        conn = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5, check_same_thread=False
        )
    with closing(conn):
        with _errors(path):
            conn.text_factory = lambda raw: raw.decode("utf-8", "replace")
            for limit, value in _LIMITS.items():
                conn.setlimit(limit, value)
            conn.set_progress_handler(_alarm(), 10_000)
            for pragma in _PRAGMAS:
                conn.execute(f"PRAGMA {pragma}")
            cache = NewsboatCache(conn, path)
            conn.set_progress_handler(None, 0)  # from now on it reads single rows
        yield cache


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning, OverflowError, MemoryError) as error:
        raise UnreadableError(
            f"{path} cannot be read: {error or 'out of memory'}",
            "close newsboat, or check that this is its cache.db",
        ) from error


def _alarm() -> Callable[[], bool]:
    """Make a progress handler that stops SQLite after too much time or memory."""
    started, before = time.thread_time(), _peak()
    return lambda: time.thread_time() - started > _SECONDS or _peak() - before > _MEMORY


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
