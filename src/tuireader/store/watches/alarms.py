"""Alarms and the facts on which they are based. No query reads more than one feed's articles.

`pace` remembers until when each subject may be silent, so that most refreshes compare only a few numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from msgspec import Struct

from tuireader.model import Alarm, AlarmKind, Fault, Pace
from tuireader.store.feeds.feeds import NAMED
from tuireader.store.sql import FEED_TITLE, Part, number_list
from tuireader.text.durations import DAY, MONTH

_OLD = MONTH  # seconds; an article that arrives this long after its date counts by its arrival

_NEWEST = """max(
  coalesce((SELECT time FROM article a WHERE a.feed_id = f.id ORDER BY time DESC LIMIT 1), 0),
  coalesce((SELECT a.time FROM article a WHERE a.id =
    (SELECT max(article_id) FROM appearance x WHERE x.feed_id = f.id AND x.secondary = 1)), 0))"""
_KNOWN = "p.signature AS known_signature, p.newest AS known_newest, p.alarm_at, p.usual"
_OF_ACCOUNT = f"(l.feed_id = 0 AND l.kind = '{AlarmKind.FAILING}')"  # a watch is only ever silent
_ALARMS = f"""SELECT l.id, l.kind, l.feed_id, iif({_OF_ACCOUNT}, '', l.subject) AS watch,
  coalesce({FEED_TITLE}, l.subject) AS name, l.words, l.raised_at, l.cleared_at, l.told_at,
  iif({_OF_ACCOUNT}, l.subject, '') AS account
  FROM alarm l LEFT JOIN feed f ON f.id = l.feed_id"""


class Known(Struct, frozen=True):
    """A remembered pace, the rules of the watch, and the newest article that it was computed with."""

    signature: str
    newest: int
    pace: Pace | None


class Subject(Struct, frozen=True):
    """A feed or a watch: the time of its newest article, its last fetch, and its known pace."""

    feed_id: int
    watch: str
    newest: int
    seen: int
    signature: str = ""
    known: Known | None = None


class Failing(Struct, frozen=True):
    """A feed that cannot be fetched, `since` its first failure, if known."""

    feed_id: int
    since: int | None
    last_try: int
    tries: int
    gone: bool
    fault: Fault | None
    error: str


class Alarms(Part):
    """Alarms are cleared, never deleted. Methods that write need a transaction."""

    def open(self) -> list[Alarm]:
        """List the alarms that are not cleared, oldest first."""
        return self._alarms("WHERE l.cleared_at IS NULL ORDER BY l.id")

    def all(self) -> list[Alarm]:
        """List all alarms, oldest first."""
        return self._alarms("ORDER BY l.id")

    def count(self) -> int:
        """Count the alarms that are not cleared."""
        return int(self._value("SELECT count(*) FROM alarm WHERE cleared_at IS NULL"))

    def untold(self) -> list[Alarm]:
        """List the alarms to notify about: open ones, and cleared ones that the user was notified of."""
        return self._alarms(
            """WHERE iif(l.cleared_at IS NULL, l.told_at IS NULL,
                         l.told_at IS NOT NULL AND l.clear_told_at IS NULL)
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.subject = l.id
                               AND o.kind = iif(l.cleared_at IS NULL, 'alarm', 'over')) ORDER BY l.id"""
        )

    def some(self, ids: Sequence[int]) -> list[Alarm]:
        """List some alarms, oldest first."""
        return self._alarms(f"WHERE l.id IN ({number_list(ids)}) ORDER BY l.id")

    def raise_(self, alarm: Alarm) -> None:
        self._conn.execute(
            "INSERT INTO alarm (feed_id, subject, kind, raised_at, words) VALUES (?, ?, ?, ?, ?)",
            (alarm.feed_id, alarm.watch or alarm.account, alarm.kind, alarm.raised_at, alarm.words),
        )

    def reword(self, alarm_id: int, words: str) -> None:
        self._conn.execute("UPDATE alarm SET words = ? WHERE id = ?", (words, alarm_id))

    def clear(self, alarm_id: int, now: int, *, tell: bool) -> None:
        """Clear an alarm; without `tell`, nobody is notified that it is over."""
        sql = "UPDATE alarm SET cleared_at = ?1, clear_told_at = iif(?2, NULL, ?1) WHERE id = ?3"
        self._conn.execute(sql, (now, tell, alarm_id))

    def mark_told(self, ids: Sequence[int], now: int, *, over: bool) -> None:
        """Record when the user was notified that alarms were raised, or are over, unless that is known."""
        column = "clear_told_at" if over else "told_at"
        sql = f"UPDATE alarm SET {column} = coalesce({column}, ?) WHERE id = ?"
        self._conn.executemany(sql, [(now, number) for number in ids])

    def feeds(self) -> list[Subject]:
        """List the feeds to judge: subscribed, not paused, fetched before."""
        sql = f"""SELECT f.id AS feed_id, '' AS watch, {_NEWEST} AS newest, f.last_success AS seen,
                    '' AS signature, {_KNOWN}
                  FROM feed f LEFT JOIN pace p ON p.feed_id = f.id AND p.subject = ''
                  WHERE f.subscribed AND f.state = 'ok' AND f.last_success IS NOT NULL"""
        return list(map(_subject, self._named(sql)))

    def watches(self, names: Iterable[str]) -> list[Subject]:
        """List the watches among `names` that have been matched with everything stored.

        They are judged up to the last fetch of any feed.
        """
        sql = f"""SELECT 0 AS feed_id, w.name AS watch,
                    coalesce((SELECT time FROM article WHERE id =
                      (SELECT max(article_id) FROM match m WHERE m.watch_id = w.id)), 0) AS newest,
                    (SELECT coalesce(max(last_success), 0) FROM feed WHERE subscribed) AS seen,
                    w.signature, {_KNOWN}
                  FROM watch w LEFT JOIN pace p ON p.feed_id = 0 AND p.subject = w.name
                  WHERE w.pending = 0"""
        wanted = set(names)
        return [_subject(row) for row in self._named(sql) if row["watch"] in wanted]

    def times(self, subject: Subject, most: int) -> list[int]:
        """Return the times of the `most` newest articles of a feed or a watch.

        An article with a wrong date counts from its arrival, unless it was among the first to arrive.
        """
        if subject.watch:
            sql = """SELECT a.time, a.arrived FROM watch w JOIN match m ON m.watch_id = w.id
                     JOIN article a ON a.id = m.article_id WHERE w.name = ?1
                     ORDER BY m.article_id DESC LIMIT ?2"""
        else:
            sql = """SELECT * FROM (SELECT time, arrived FROM article WHERE feed_id = ?1
                                    ORDER BY time DESC LIMIT ?2)
                     UNION ALL
                     SELECT a.time, a.arrived FROM
                       (SELECT article_id FROM appearance WHERE feed_id = ?1 AND secondary = 1
                        ORDER BY article_id DESC LIMIT ?2) x JOIN article a ON a.id = x.article_id"""
        rows = self._conn.execute(sql, (subject.watch or subject.feed_id, most)).fetchall()
        first = min((arrived for _, arrived in rows), default=0) + DAY
        return [arrived if arrived > first and arrived - time > _OLD else time for time, arrived in rows]

    def remember(self, subject: Subject, newest: int, pace: Pace | None) -> None:
        """Store the pace of a feed or a watch, and the newest article with which it was computed."""
        alarm_at, usual = (pace.alarm_at, pace.usual) if pace else (None, None)
        values = (subject.feed_id, subject.watch, subject.signature, newest, alarm_at, usual)
        self._conn.execute("INSERT OR REPLACE INTO pace VALUES (?, ?, ?, ?, ?, ?)", values)

    def failing(self) -> list[Failing]:
        """List the subscribed feeds whose last fetch failed, or that are gone."""
        sql = """SELECT id AS feed_id, coalesce(gone_since, failing_since, last_success) AS since, last_try,
                   error_streak AS tries, state = 'gone' AS gone, fault, last_error AS error
                 FROM feed WHERE subscribed AND state != 'paused' AND last_try IS NOT NULL
                   AND (error_streak > 0 OR state = 'gone')"""
        return self._values(Failing, sql, gone=bool, fault=lambda fault: Fault(fault) if fault else None)

    def named(self) -> list[tuple[int, str]]:
        """List (feed, address) for feeds whose page names an address that was not followed."""
        sql = "SELECT id, moved_to FROM feed WHERE subscribed AND state != 'paused' AND moved_why = ?"
        return self._conn.execute(sql, (NAMED,)).fetchall()

    def last_success(self) -> tuple[int, int]:
        """Return the number of subscribed feeds, and when one of them was last fetched."""
        sql = "SELECT count(*), coalesce(max(last_success), 0) FROM feed WHERE subscribed"
        feeds, last = self._conn.execute(sql).fetchone()
        return feeds, last

    def open_gaps(self, since: int) -> list[tuple[int, int, int]]:
        """List (feed, gaps, articles missing) for unfilled gaps found since a time."""
        sql = """SELECT g.feed_id, count(*), sum(max(1, g.missing - g.filled))
                 FROM gap g JOIN feed f ON f.id = g.feed_id
                 WHERE g.closed_at IS NULL AND g.found_at >= ? AND f.subscribed GROUP BY g.feed_id"""
        return self._conn.execute(sql, (since,)).fetchall()

    def open_gaps_of(self, feed_id: int) -> int:
        """Count a feed's unfilled gaps, however old."""
        sql = "SELECT count(*) FROM gap WHERE feed_id = ? AND closed_at IS NULL"
        return int(self._value(sql, (feed_id,)))

    def subscribed(self) -> set[int]:
        """Return the feeds that are subscribed and not paused."""
        return set(self._column("SELECT id FROM feed WHERE subscribed AND state != 'paused'"))

    def _alarms(self, where: str) -> list[Alarm]:
        return self._values(Alarm, f"{_ALARMS} {where}", kind=AlarmKind)


def _subject(row: sqlite3.Row) -> Subject:
    known = None
    if row["known_newest"] is not None:
        pace = None if row["alarm_at"] is None else Pace(row["usual"], row["alarm_at"])
        known = Known(row["known_signature"], row["known_newest"], pace)
    names = ("feed_id", "watch", "newest", "seen", "signature")
    return Subject(**{name: row[name] for name in names}, known=known)
