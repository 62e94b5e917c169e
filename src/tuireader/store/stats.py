"""How often watches hit: one pass over the matches, grouped by SQLite."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field

DAYS = 30
_DAY = 86_400
_TOP = 5


@dataclass(slots=True)
class Hits:
    """The hits of one watch. `days` are numbers a day, oldest first; `feeds` are (feed, hits), most first."""

    total: int = 0
    unread: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    newest: tuple[int, int] = (0, 0)
    by_feed: Counter[int] = field(default_factory=Counter)

    @property
    def feeds(self) -> list[tuple[int, int]]:
        """The feeds with the most hits."""
        return self.by_feed.most_common(_TOP)


@dataclass(frozen=True, slots=True)
class Lead:
    """How a feed does with a watch's stories that several feeds told.

    Of `stories` it told, it was the `first` one so often; else it came `lag` seconds after the first one, in
    the middle (median) of its cases.
    """

    feed_id: int
    stories: int
    first: int
    lag: int


class Stats:
    """Numbers about watches."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def hits(self, today: int) -> dict[str, Hits]:
        """The hits of every watch that has any, without muted articles. `today` is when the day began."""
        since = today - (DAYS - 1) * _DAY
        found: dict[str, Hits] = {}
        # SQLite gives `a.id` from the row that has the greatest time.
        for name, feed_id, day, count, unread, time, article_id in self._conn.execute(
            """SELECT w.name, a.feed_id, iif(a.time < ?1, -1, min((a.time - ?1) / 86400, ?2)) AS day,
                      count(*), sum(a.read = 0), max(a.time), a.id
               FROM watch w JOIN match m ON m.watch_id = w.id JOIN article a ON a.id = m.article_id
               WHERE a.muted = 0 GROUP BY w.id, a.feed_id, day""",
            (since, DAYS - 1),
        ):
            hits = found.setdefault(name, Hits())
            hits.total += count
            hits.unread += unread
            hits.by_feed[feed_id] += count
            hits.newest = max(hits.newest, (time, article_id))
            if day >= 0:
                hits.days[day] += count
        return found

    def matched(self, name: str) -> list[tuple[int, int]]:
        """(id, time) of all articles on a watch that are not muted, newest first."""
        return self._conn.execute(
            """SELECT a.id, a.time FROM watch w JOIN match m ON m.watch_id = w.id
               JOIN article a ON a.id = m.article_id WHERE w.name = ? AND a.muted = 0
               ORDER BY a.time DESC, a.id DESC""",
            (name,),
        ).fetchall()
