"""Stories as lists show them: folded into one line, unfolded in place, counted once, told in order of time."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Collection, Sequence
from typing import Any

from tuireader.model import Count, Story, StoryEntry

_FEW = 5000
"""Up to so many ids are looked up one by one; for more, all articles in stories are read at once."""


class Stories:
    """An article in a story has `article.story`, the id of one of its articles; 0 when it is alone."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def fold(self, ids: Sequence[int], opened: Collection[int] = ()) -> array[int]:
        """`ids` with one article for each story: the first unread one, else the first.

        The stories in `opened` are shown with all their articles, those behind the first newest first.
        """
        story_of, unread = self._stories(ids)
        leads: dict[int, int] = {}
        for article_id in filter(story_of.__contains__, ids):
            story = story_of[article_id]
            lead = leads.setdefault(story, article_id)
            if article_id in unread and lead not in unread:
                leads[story] = article_id
        hidden = story_of.keys() - leads.values()
        folded = array("q", (article_id for article_id in ids if article_id not in hidden))
        for story in opened:
            if story in leads:
                at = folded.index(leads[story]) + 1
                others = [other for other in self.members(story) if other != leads[story]]
                folded[at:at] = array("q", others)
        return folded

    def _stories(self, ids: Sequence[int]) -> tuple[dict[int, int], set[int]]:
        """The stories of `ids` that are in one, and which of them are unread."""
        if len(ids) <= _FEW:
            rows = self._conn.execute(
                """SELECT id, story, read FROM article
                   WHERE id IN (SELECT value FROM json_each(?)) AND story != 0""",
                (json.dumps(list(ids)),),
            ).fetchall()
        else:
            rows = self._conn.execute("SELECT id, story, read FROM article WHERE story != 0").fetchall()
        return {row[0]: row[1] for row in rows}, {row[0] for row in rows if not row[2]}

    def members(self, story: int) -> list[int]:
        """The articles of a story that are not muted, newest first."""
        rows = self._conn.execute(
            "SELECT id FROM article WHERE story = ? AND story != 0 AND muted = 0 ORDER BY time DESC, id DESC",
            (story,),
        )
        return [row[0] for row in rows]

    def whole(self, ids: Sequence[int]) -> list[int]:
        """`ids`, and after them the other articles of their stories."""
        story_of, _ = self._stories(ids)
        rows = self._conn.execute(
            """SELECT id FROM article WHERE story != 0 AND story IN (SELECT value FROM json_each(?))""",
            (json.dumps(sorted(set(story_of.values()))),),
        )
        return [*ids, *sorted({row[0] for row in rows} - set(ids))]

    def sizes(self, stories: Collection[int]) -> dict[int, int]:
        """How many articles each story has, muted ones aside."""
        wanted = ",".join(map(str, stories))
        rows = self._conn.execute(
            f"""SELECT story, count(*) FROM article
                WHERE story != 0 AND story IN ({wanted}) AND muted = 0 GROUP BY story"""
        )
        return dict(rows.fetchall())

    def timeline(self, article_id: int) -> Story | None:
        """The story of an article, its first report first; None when the article is alone."""
        rows = self._conn.execute(
            """SELECT a.id, a.title, a.url, coalesce(nullif(f.own_title, ''), nullif(f.title, ''), f.url),
                      a.time, a.read, a.story
               FROM article a JOIN feed f ON f.id = a.feed_id
               WHERE a.story != 0 AND a.story = (SELECT story FROM article WHERE id = ?) AND a.muted = 0
               ORDER BY a.time, a.id""",
            (article_id,),
        ).fetchall()
        if len(rows) < 2:
            return None
        first = rows[0][4]
        return Story(
            rows[0][6],
            tuple(
                StoryEntry(row[0], row[1], row[2], row[3], row[4], row[4] - first, bool(row[5]))
                for row in rows
            ),
        )

    def behind(self, where: str, args: Sequence[object] = ()) -> Count:
        """How many articles of those `where` (unread and all) folding hides behind the first of their story."""
        row = self._conn.execute(
            f"""SELECT total(a.read = 0) - count(DISTINCT iif(a.read, NULL, a.story)),
                       count(*) - count(DISTINCT a.story)
                FROM article a WHERE a.story != 0 AND {where}""",
            args,
        ).fetchone()
        return Count(int(row[0]), row[1])

    def behind_in_feeds(self) -> dict[int, Count]:
        """The same for each feed in which there is any."""
        return self._by(
            """SELECT feed_id, story, read FROM article WHERE story != 0 AND muted = 0
               UNION ALL SELECT p.feed_id, a.story, a.read FROM appearance p JOIN article a ON a.id = p.article_id
               WHERE p.secondary = 1 AND a.story != 0 AND a.muted = 0"""
        )

    def behind_in_watches(self) -> dict[str, Count]:
        """The same for each watch in which there is any."""
        return self._by(
            """SELECT w.name, a.story, a.read FROM match m JOIN watch w ON w.id = m.watch_id
               JOIN article a ON a.id = m.article_id WHERE a.story != 0 AND a.muted = 0"""
        )

    def _by(self, query: str) -> dict[Any, Count]:
        rows = self._conn.execute(
            f"""WITH hit (key, story, read) AS ({query})
                SELECT key, total(read = 0) - count(DISTINCT iif(read, NULL, story)),
                       count(*) - count(DISTINCT story)
                FROM hit GROUP BY key HAVING count(*) > count(DISTINCT story)"""
        )
        return {row[0]: Count(int(row[1]), row[2]) for row in rows}
