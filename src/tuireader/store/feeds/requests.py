"""Requests of each feed and day, to show how polite refreshes are."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tuireader.store.sql import Part
from tuireader.text.durations import DAY

_DAYS = 7


class Asked(Struct, frozen=True):
    """Requests made for a feed; `unchanged` and `failed` count 304 answers and errors among them."""

    feed_id: int
    requests: int
    unchanged: int = 0
    failed: int = 0
    pages: int = 0


class Requests(Part):
    """Requests by feed and day (UTC)."""

    def count(self, asked: Iterable[Asked], now: int) -> None:
        self._conn.executemany(
            """INSERT INTO asked (feed_id, day, requests, unchanged, failed, pages)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                 requests = requests + excluded.requests, unchanged = unchanged + excluded.unchanged,
                 failed = failed + excluded.failed, pages = pages + excluded.pages""",
            [
                (feed.feed_id, now // DAY, feed.requests, feed.unchanged, feed.failed, feed.pages)
                for feed in asked
                if feed.requests or feed.pages
            ],
        )

    def rates(self, now: int) -> dict[int, tuple[float, float]]:
        """Map feeds to requests a day and the share of 304 answers in the last week.

        Days before the first request do not count; today counts by the part that has passed.
        """
        sql = """SELECT feed_id, sum(requests), sum(unchanged), min(day) FROM asked
                 WHERE day > ? GROUP BY feed_id HAVING sum(requests)"""
        rows = self._conn.execute(sql, (now // DAY - _DAYS,))
        return {
            feed_id: (requests / max(now / DAY - first, 1), unchanged / requests)
            for feed_id, requests, unchanged, first in rows
        }
