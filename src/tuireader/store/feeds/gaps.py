"""Gaps: entries that came and went between two visits, and the documents by which they are found."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuireader.store.sql import Part, number_list

if TYPE_CHECKING:
    from tuireader.model import FeedGap

_LONGEST = 500
"""Maximum articles kept of a document: hardly any document changes by more between two visits."""
_TIMES = 12
_END = -1
"""Divides the articles of stored documents."""
_GAP = "id, feed_id, found_at, after, before, missing, filled, pages, closed_at, reason, page != ''"


@dataclass(frozen=True, slots=True)
class Task:
    """A gap to fill: the next page to fetch, those fetched so far, and the articles before the gap.

    `after` is its start if it can be compared with the dates of entries.
    """

    id: int
    feed_id: int
    after: int | None
    page: str
    pages: int
    filled: int
    tries: int
    known: frozenset[int]


@dataclass(frozen=True, slots=True)
class NewGap:
    """A gap that was found; `dated` if its start can be compared with the dates of entries."""

    after: int
    before: int
    missing: int
    known: Sequence[int]
    dated: bool


class Gaps(Part):
    """The last document of each feed, and the gaps between documents."""

    def documents(self, feed_id: int) -> tuple[list[tuple[int, ...]], bool] | None:
        """Return the articles of a feed's last documents, newest first, and whether they have no order."""
        row = self._conn.execute(
            "SELECT articles, mixed FROM document WHERE feed_id = ?", (feed_id,)
        ).fetchone()
        return (_apart(_unpacked(row[0])), bool(row[1])) if row else None

    def keep_documents(self, feed_id: int, documents: Iterable[Sequence[int]], mixed: bool) -> None:
        """Store the articles of a feed's last documents, newest first; needs a transaction."""
        numbers = [number for articles in documents for number in (_END, *articles[:_LONGEST])]
        self._conn.execute(
            "INSERT OR REPLACE INTO document (feed_id, articles, mixed) VALUES (?, ?, ?)",
            (feed_id, _packed(numbers[1:]), mixed),
        )

    def arrivals(self, articles: Iterable[int]) -> dict[int, int]:
        """Return when each of some articles arrived."""
        found = self._conn.execute(f"SELECT id, arrived FROM article WHERE id IN ({number_list(articles)})")
        return dict(found.fetchall())

    def times_before(self, feed_id: int, now: int) -> tuple[list[int], int]:
        """Return the newest distinct times of articles that arrived before `now`, and how many have these."""
        rows = self._conn.execute(
            """SELECT time, count(*) FROM article WHERE feed_id = ? AND arrived < ?
               GROUP BY time ORDER BY time DESC LIMIT ?""",
            (feed_id, now, _TIMES),
        ).fetchall()
        return [time for time, _ in rows], sum(number for _, number in rows)

    def add(self, feed_id: int, gap: NewGap, page: str, now: int) -> int:
        """Record a gap and return its id; `page` is the first page to fetch. Needs a transaction."""
        return int(
            self._value(
                """INSERT INTO gap (feed_id, found_at, after, before, missing, dated, known, page)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                (
                    feed_id,
                    now,
                    gap.after,
                    gap.before,
                    gap.missing,
                    gap.dated,
                    _packed(gap.known[:_LONGEST]),
                    page,
                ),
            )
        )

    def tasks(self, feed_ids: Iterable[int], now: int) -> list[Task]:
        """Return the gaps of some feeds that may be filled now, oldest first."""
        rows = self._conn.execute(
            f"""SELECT id, feed_id, iif(dated, after, NULL), page, pages, filled, tries, known FROM gap
                WHERE page != '' AND closed_at IS NULL AND coalesce(next_try, 0) <= ?
                  AND feed_id IN ({number_list(feed_ids)}) ORDER BY id""",
            (now,),
        )
        return [Task(*[*row[:7], frozenset(_unpacked(row[7] or b""))]) for row in rows]

    def advance(self, gap_id: int, page: str, following: str, filled: int) -> bool:
        """Record a fetched page with `filled` new articles, and the one that follows; needs a transaction.

        Returns False if the page was not the next one.
        """
        rows = self._conn.execute(
            """UPDATE gap SET page = ?, pages = pages + 1, filled = filled + ?, tries = 0, next_try = NULL,
                 reason = '' WHERE id = ? AND page = ?""",
            (following, filled, gap_id, page),
        )
        return rows.rowcount == 1

    def wait(self, gap_id: int, reason: str, next_try: int) -> None:
        """Record that a page could not be fetched, and when to try again; needs a transaction."""
        self._conn.execute(
            "UPDATE gap SET tries = tries + 1, next_try = ?, reason = ? WHERE id = ?",
            (next_try, reason, gap_id),
        )

    def leave_open(self, gap_id: int, reason: str) -> None:
        """Record why a gap cannot be filled; needs a transaction."""
        self._conn.execute(
            "UPDATE gap SET page = '', known = NULL, next_try = NULL, reason = ? WHERE id = ?",
            (reason, gap_id),
        )

    def close(self, gap_id: int, now: int) -> None:
        """Record that a gap is filled; needs a transaction."""
        self._conn.execute(
            """UPDATE gap SET page = '', known = NULL, next_try = NULL, reason = '', closed_at = ?
               WHERE id = ?""",
            (now, gap_id),
        )

    def of_feeds(self, feed_ids: Iterable[int]) -> list[FeedGap]:
        """Return all gaps of some feeds, oldest first."""
        rows = self._conn.execute(
            f"SELECT {_GAP} FROM gap WHERE feed_id IN ({number_list(feed_ids)}) ORDER BY after, id"
        )
        return [_gap(row) for row in rows]

    def get(self, gap_id: int) -> FeedGap:
        """Return a gap."""
        row = self._conn.execute(f"SELECT {_GAP} FROM gap WHERE id = ?", (gap_id,)).fetchone()
        return _gap(row)

    def starts(self) -> dict[int, tuple[int | None, int | None, bool]]:
        """Return each feed's first successful fetch, its last one (None if it is still fetched successfully),
        and whether its entries have neither dates nor an order.
        """
        rows = self._conn.execute(
            """SELECT id, since, iif(last_error = '' AND state = 'ok', NULL, last_success), coalesce(mixed, 0)
               FROM feed LEFT JOIN document ON feed_id = id"""
        )
        return {feed_id: (since, last, bool(mixed)) for feed_id, since, last, mixed in rows}


def _gap(row: Sequence[Any]) -> FeedGap:
    from tuireader.model import FeedGap

    return FeedGap(*[*row[:10], bool(row[10])])


def _apart(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Split stored numbers into documents at each `_END`."""
    found: list[list[int]] = [[]]
    for number in numbers:
        if number == _END:
            found.append([])
        else:
            found[-1].append(number)
    return [tuple(one) for one in found]


def _packed(articles: Sequence[int]) -> bytes:
    return array("q", articles).tobytes()


def _unpacked(packed: bytes) -> tuple[int, ...]:
    articles = array("q")
    articles.frombytes(packed)
    return tuple(articles)
