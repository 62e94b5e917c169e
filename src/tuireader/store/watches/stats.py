"""Statistics of watches and feeds, grouped by SQLite."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from statistics import median
from typing import Annotated

from msgspec import Struct, field

from tuireader.model import Activity
from tuireader.store.json_columns import evidence_of
from tuireader.store.lists.stories import Stories
from tuireader.store.sql import FEED_TITLE, Part, grouped, id_list
from tuireader.text.durations import DAY, MONTH, WEEK

DAYS, WEEKS = 30, 12
OPENED = "read = 1 AND (place != 0 OR starred = 1 OR id IN (SELECT article_id FROM article_label))"
_DAY = "iif(time < :start, 0, min((time - :start) / 86400 + 1, :last)), count(*)"
# articles of feeds, articles that they carry for other feeds, those of watches
# `+` avoids reading rows in the order of an index, which takes twice as long
BY_DAY = f"""SELECT +feed_id, {_DAY} FROM article WHERE muted = 0 AND {{0}} GROUP BY 1, 2
  UNION ALL SELECT p.feed_id, {_DAY} FROM article a JOIN
    (SELECT DISTINCT feed_id, article_id FROM appearance WHERE secondary = 1) p ON p.article_id = a.id
  WHERE p.feed_id != a.feed_id AND muted = 0 AND {{0}} GROUP BY 1, 2
  UNION ALL SELECT -watch_id, {_DAY} FROM match INDEXED BY match_article JOIN article ON id = article_id
  WHERE muted = 0 AND {{0}} GROUP BY 1, 2"""
_MATCHED = "watch JOIN match ON watch_id = watch.id JOIN article a ON a.id = article_id WHERE name = ?"
TIMED = f"a.published % {DAY} != 0"
"""SQL for articles with a time: a date alone is read as midnight, UTC."""
_RECENT = """article a WHERE a.muted = 0 AND a.time >= ?1
  AND a.id >= (SELECT min(id) FROM article WHERE time >= ?1)"""


class Hits(Struct):
    """Matches of one watch; `week` and `month` cover the last 7 and 30 times 24 hours.

    `days` counts by calendar day, oldest first.
    """

    unread: int = 0
    total: int = 0
    behind: tuple[int, int] = (0, 0)  # unread ones and all that lists hide in folded stories
    week: int = 0
    month: int = 0
    former: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    newest: tuple[int, int] = (0, 0)
    by_feed: Counter[int] = field(default_factory=Counter)


class FeedLead(Struct, frozen=True):
    """Lead of a feed in those stories of a watch that several feeds reported."""

    feed_id: Annotated[int, "Number of the feed."]
    stories: Annotated[int, "Stories of the watch that it and other feeds reported."]
    first: Annotated[int, "Stories that it reported first."]
    lag: Annotated[int, "Median seconds after the first report, where it was not first."]


class Stats(Part):
    """Figures about watches."""

    _stories: Stories
    _counted: tuple[tuple[int, ...], dict[str, Hits]] | None = None

    def hits(self, today: int, now: int) -> dict[str, Hits]:
        """Count the matches of every watch that has any, without muted articles.

        `today` is when the user's day began. The result is cached for a minute, or until a write.
        """
        now -= now % 60
        state = (*self._store.change_state(), today, now)
        if self._counted is None or self._counted[0] != state:
            self._counted = state, self._count(today, now)
        return self._counted[1]

    def _count(self, today: int, now: int) -> dict[str, Hits]:
        since = today - (DAYS - 1) * DAY
        by_watch: dict[str, Hits] = {}
        names = self._mapping("SELECT id, name FROM watch")
        # The index avoids reading the evidence and visits articles in storage order.
        # SQLite takes `a.id` from the row with the latest time.
        for watch, feed_id, day, count, unread, week, month, time, article_id in self._conn.execute(
            """SELECT m.watch_id, a.feed_id, iif(a.time < ?1, -1, min((a.time - ?1) / 86400, ?2)) AS day,
                      count(*), sum(a.read = 0), sum(a.time > ?3), sum(a.time > ?4), max(a.time), a.id
               FROM match m INDEXED BY match_article CROSS JOIN article a ON a.id = m.article_id
               WHERE a.muted = 0 AND m.watch_id IN (SELECT id FROM watch)
               GROUP BY m.watch_id, a.feed_id, day""",
            (since, DAYS - 1, now - WEEK, now - MONTH),
        ):
            hits = by_watch.get(names[watch]) or by_watch.setdefault(names[watch], Hits())
            hits.total += count
            hits.unread += unread
            hits.week += week
            hits.month += month
            hits.by_feed[feed_id] += count
            hits.newest = max(hits.newest, (time, article_id))
            if day >= 0:
                hits.days[day] += count
        for watch, count in self._conn.execute(
            """SELECT m.watch_id, count(*) FROM match m JOIN article a ON a.id = m.article_id
               WHERE m.until != 0 AND a.muted = 0 GROUP BY m.watch_id"""
        ):
            if hits_of := by_watch.get(names.get(watch, "")):
                hits_of.former = count
        for watch, behind in self._stories.behind_by("match", "watch_id").items():
            if (hits_of := by_watch.get(names.get(watch, ""))) is not None:
                hits_of.behind = behind
        return by_watch

    def former(self, name: str) -> set[int]:
        """Return the articles that a watch matched until they were edited."""
        sql = """SELECT m.article_id FROM watch w JOIN match m ON m.watch_id = w.id
                 WHERE w.name = ? AND m.until != 0"""
        return set(self._column(sql, (name,)))

    def feeds_and_times(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        sql = "SELECT feed_id, time FROM article WHERE id IN (SELECT value FROM json_each(?))"
        return self._conn.execute(sql, (id_list(ids),)).fetchall()

    def terms(self, name: str) -> tuple[int, Counter[str], Counter[str]]:
        """Count the matches of a watch: all, by term, and by term where no other term was found."""
        some: Counter[str] = Counter()
        alone: Counter[str] = Counter()
        total = 0
        for (stored,) in self._conn.execute(
            "SELECT m.evidence FROM watch w JOIN match m ON m.watch_id = w.id WHERE w.name = ?", (name,)
        ):
            total += 1
            terms = {hit.term for hit in evidence_of(name, stored).hits}
            some.update(terms)
            if len(terms) == 1:
                alone.update(terms)
        return total, some, alone

    def leads(self, name: str = "", since: int = 0) -> list[FeedLead]:
        """Measure how early each feed is in the stories of a watch, or in all since then, earliest first.

        Reports without a time do not count: nobody knows when they came in the day.
        """
        sql = f"""SELECT a.story, min(a.time), a.feed_id FROM {_MATCHED if name else _RECENT}
                  AND a.story != 0 AND {TIMED} GROUP BY 1, a.feed_id"""
        rows = self._conn.execute(sql, (name or since - WEEK,))  # stories seldom pause for a week
        stories = grouped((story, (time, feed_id)) for story, time, feed_id in rows)
        lags: dict[int, list[int]] = {}
        for reports in stories.values():
            first = min(reports)
            if len(reports) > 1 and first[0] >= since:
                for time, feed_id in reports:
                    lags.setdefault(feed_id, []).append(0 if (time, feed_id) == first else time - first[0])
        leads = [
            FeedLead(
                feed,
                stories=len(times),
                first=sum(not lag for lag in times),
                lag=int(median(filter(None, times) if any(times) else [0])),
            )
            for feed, times in lags.items()
        ]
        return sorted(leads, key=lambda lead: (-lead.first / lead.stories, -lead.stories, lead.feed_id))

    def activity(self, today: int, span: int) -> list[Activity]:
        """Measure subscribed feeds, then watches, over `span` calendar days, of which `today` is the last.

        Of the read articles, those with a reading position, a star or a label were opened.
        """
        total = max(span, 7 * WEEKS)
        args = {"start": today - (total - 1) * DAY, "last": total}
        counts = []  # by feed or watch, whose number is negative, and day, the first one for all before
        for condition in ("1", "read = 0", OPENED):
            counts.append(defaultdict[int, list[int]](lambda: [0] * (total + 1)))
            for key, day, number in self._conn.execute(BY_DAY.format(condition), args):
                counts[-1][key][day] += number
        early = self.leads(since=today - (span - 1) * DAY)
        leads = {lead.feed_id: (lead.stories, lead.first, lead.lag) for lead in early}
        sql = f"""SELECT id, {FEED_TITLE} FROM (SELECT * FROM feed WHERE subscribed ORDER BY position, id) f
                  UNION ALL SELECT -id, name FROM (SELECT * FROM watch ORDER BY position)"""
        measured = []
        for key, name in self._conn.execute(sql):
            every, unread, opened = (count[key] for count in counts)
            articles, new, seen = (sum(count[-span:]) for count in (every, unread, opened))
            never = any(every) and not any(opened)
            weeks = tuple(sum(every[at : at + 7]) for at in range(total + 1 - 7 * WEEKS, total, 7))
            figures = articles, seen, articles - new - seen, new, never, tuple(every[-span:]), weeks
            measured.append(Activity(name, max(key, 0), *figures, *leads.get(key, (0, 0, 0))))
        return measured

    def nearest_word(self, word: str) -> str | None:
        """Find the indexed word most similar to a word: `""` for none, None if the word itself is indexed."""
        sql = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, search, row)"
        self._conn.execute(sql)
        if self._conn.execute("SELECT 1 FROM vocabulary WHERE term = ?", (word,)).fetchone():
            return None
        similar = self._column(
            "SELECT term FROM vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (word[:1], word[:1] + "\U0010ffff", len(word) - 2, len(word) + 2),
        )
        return next(iter(get_close_matches(word, similar, 1, 0.7)), "")

    def matched(self, name: str) -> list[tuple[int, int]]:
        """List (id, time) of all unmuted articles that a watch matches, newest first."""
        sql = """SELECT a.id, a.time FROM watch w JOIN match m ON m.watch_id = w.id
                 JOIN article a ON a.id = m.article_id WHERE w.name = ? AND a.muted = 0
                 ORDER BY a.time DESC, a.id DESC"""
        return self._conn.execute(sql, (name,)).fetchall()
