"""Gaps: entries that came and went between two visits, and the documents by which they are found."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from tuireader.store.sql import Part, number_list

if TYPE_CHECKING:
    from tuireader.model import FeedGap, NewGap

_LONGEST = 500
"""Maximum articles kept of a document: hardly any document changes by more between two visits."""
_TIMES = 12
_END = -1
"""Divides the articles of stored documents."""
_GAPS = """SELECT id, feed_id, found_at, after, before, missing, filled, pages, closed_at, reason,
  page != '' AS filling FROM gap"""


class Task(Struct, frozen=True):
    """A gap to fill, with the next page to fetch; `pages` were fetched, `known` are the articles before it.

    `after` is its start, None if it cannot be compared with the dates of entries.
    """

    id: int
    feed_id: int
    after: int | None
    page: str
    pages: int
    filled: int
    tries: int
    known: frozenset[int]


class Gaps(Part):
    """The last document of each feed, and the gaps between documents. Writing needs a transaction."""

    def documents(self, feed_id: int) -> tuple[list[tuple[int, ...]], bool] | None:
        """Return the articles of a feed's last documents, newest first, and whether they have no order."""
        row = self._named("SELECT articles, mixed FROM document WHERE feed_id = ?", (feed_id,)).fetchone()
        return row and (_documents(_unpacked(row["articles"])), bool(row["mixed"]))

    def keep_documents(self, feed_id: int, documents: Iterable[Sequence[int]], mixed: bool) -> None:
        """Store the articles of a feed's last documents, newest first."""
        numbers = [number for articles in documents for number in (_END, *articles[:_LONGEST])]
        sql = "INSERT OR REPLACE INTO document (feed_id, articles, mixed) VALUES (?, ?, ?)"
        self._conn.execute(sql, (feed_id, _packed(numbers[1:]), mixed))

    def arrivals(self, articles: Iterable[int]) -> dict[int, int]:
        return self._mapping(f"SELECT id, arrived FROM article WHERE id IN ({number_list(articles)})")

    def times_before(self, feed_id: int, now: int) -> tuple[list[int], int]:
        """Return the newest distinct times of articles that arrived before `now`, and how many have these."""
        sql = """SELECT time, count(*) FROM article WHERE feed_id = ? AND arrived < ?
                 GROUP BY time ORDER BY time DESC LIMIT ?"""
        rows = self._conn.execute(sql, (feed_id, now, _TIMES)).fetchall()
        return [time for time, _ in rows], sum(number for _, number in rows)

    def add(self, feed_id: int, gap: NewGap, page: str, now: int) -> int:
        """Record a gap and return its id; `page` is the first page to fetch."""
        sql = """INSERT INTO gap (feed_id, found_at, after, before, missing, dated, known, page)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
        values = (feed_id, now, gap.after, gap.before, gap.missing, gap.dated, _packed(gap.known), page)
        return int(self._value(sql, values))

    def tasks(self, feed_ids: Iterable[int], now: int) -> list[Task]:
        """List the gaps of some feeds that may be filled now, oldest first."""
        return self._values(
            Task,
            f"""SELECT id, feed_id, iif(dated, after, NULL) AS after, page, pages, filled, tries, known
                FROM gap WHERE page != '' AND closed_at IS NULL AND coalesce(next_try, 0) <= ?
                  AND feed_id IN ({number_list(feed_ids)}) ORDER BY id""",
            (now,),
            known=lambda packed: frozenset(_unpacked(packed or b"")),
        )

    def advance(self, gap_id: int, page: str, following: str, filled: int) -> bool:
        """Record a fetched page with `filled` new articles; return False if it was not the next one."""
        sql = """UPDATE gap SET page = ?, pages = pages + 1, filled = filled + ?, tries = 0, next_try = NULL,
                   reason = '' WHERE id = ? AND page = ?"""
        return self._conn.execute(sql, (following, filled, gap_id, page)).rowcount == 1

    def wait(self, gap_id: int, reason: str, next_try: int) -> None:
        """Record why a page could not be fetched, and when to try again."""
        sql = "UPDATE gap SET tries = tries + 1, next_try = ?, reason = ? WHERE id = ?"
        self._conn.execute(sql, (next_try, reason, gap_id))

    def end(self, gap_id: int, reason: str = "", *, closed_at: int | None = None) -> None:
        """Fill a gap no further: it is closed, or stays open for a reason."""
        sql = """UPDATE gap SET page = '', known = NULL, next_try = NULL, reason = ?,
                   closed_at = coalesce(?, closed_at) WHERE id = ?"""
        self._conn.execute(sql, (reason, closed_at, gap_id))

    def of_feeds(self, feed_ids: Iterable[int]) -> list[FeedGap]:
        """List all gaps of some feeds, oldest first."""
        return self._gaps(f"WHERE feed_id IN ({number_list(feed_ids)}) ORDER BY after, id")

    def get(self, gap_id: int) -> FeedGap:
        """Look up a gap, which must exist."""
        (gap,) = self._gaps(f"WHERE id = {int(gap_id)}")
        return gap

    def _gaps(self, where: str) -> list[FeedGap]:
        from tuireader.model import FeedGap

        return self._values(FeedGap, f"{_GAPS} {where}", filling=bool)

    def starts(self, feed_ids: Iterable[int]) -> dict[int, tuple[int | None, int | None, bool]]:
        """Map feeds to their first and last successful fetch, and whether gaps may go unnoticed.

        The last fetch is None while a feed is fetched successfully; a gap may go unnoticed if the entries
        have neither dates nor an order.
        """
        rows = self._conn.execute(
            f"""SELECT id, since, iif(last_error = '' AND state = 'ok', NULL, last_success),
                  coalesce(mixed, 0)
                FROM feed LEFT JOIN document ON feed_id = id WHERE id IN ({number_list(feed_ids)})"""
        )
        return {feed_id: (since, last, bool(mixed)) for feed_id, since, last, mixed in rows}


def _documents(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Split stored numbers into documents at each `_END`."""
    ends = [at for at, number in enumerate(numbers) if number == _END]
    return [tuple(numbers[start + 1 : end]) for start, end in pairwise([-1, *ends, len(numbers)])]


def _packed(articles: Sequence[int]) -> bytes:
    return array("q", articles).tobytes()


def _unpacked(packed: bytes) -> tuple[int, ...]:
    articles = array("q")
    articles.frombytes(packed)
    return tuple(articles)
