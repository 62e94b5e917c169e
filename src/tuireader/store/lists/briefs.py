"""Articles for briefs, and the point where the last brief ended."""

from __future__ import annotations

import json
from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from tuireader.export.brief import OpenMatch, Report
from tuireader.model import Away
from tuireader.store.articles.articles import Articles
from tuireader.store.lists.first_page import subscribed
from tuireader.store.lists.lists import NEWS
from tuireader.store.sql import FEED_TITLE, Part, id_list, newest_id
from tuireader.store.watches.cases import OPEN_STATES, case_state


class Scope(Struct, frozen=True):
    """Selection for a brief: articles above id `after` up to `last`, and `late` ones, or else since a time.

    With `watches` or `only`, just the stories of which these match an article, or have one of these.
    """

    since: int = 0
    after: int | None = None
    last: int | None = None
    late: tuple[int, ...] = ()
    watches: tuple[str, ...] = ()
    only: Collection[int] | None = None


class Briefs(Part):
    """Articles for briefs, without muted ones and those of unsubscribed feeds."""

    _articles: Articles

    @property
    def _listed(self) -> str:
        """SQL for the articles that a subscribed feed has."""
        return subscribed(self._conn) or "1"

    def reports(self, scope: Scope) -> list[Report]:
        """Select articles and the rest of their stories; all articles of the period are new."""
        where, args = _within(scope)
        sql = f"SELECT a.id, a.story FROM article a WHERE a.muted = 0 AND {self._listed} AND {where}"
        rows = self._conn.execute(sql, args).fetchall()
        ids, stories = {article_id for article_id, _ in rows}, {story for _, story in rows if story}
        period, args = _within(replace(scope, watches=(), only=None))
        reports = self._values(
            Report,
            f"""SELECT a.id AS article_id, a.title, a.url, {FEED_TITLE} AS feed_title, a.time,
                      a.story, a.language, {period} AS new
               FROM article a JOIN feed f ON f.id = a.feed_id
               WHERE a.muted = 0 AND {self._listed} AND (a.id IN (SELECT value FROM json_each(?))
                 OR (a.story != 0 AND a.story IN (SELECT value FROM json_each(?))))""",
            (*args, id_list(ids), id_list(stories)),
            new=bool,
        )
        evidence = self._articles.evidence(report.article_id for report in reports)
        return [replace(report, evidence=evidence.get(report.article_id, ())) for report in reports]

    def still_open(self, scope: Scope) -> list[OpenMatch]:
        """Select the matches to be handled of all articles that the same brief does not have as new ones.

        There are none for a brief of `only` some articles.
        """
        if scope.only is not None:
            return []
        period, args = _within(scope)
        sql = f"""SELECT c.log_id AS match, c.watch, c.state, a.id AS article_id, a.title, a.url,
                    {FEED_TITLE} AS feed_title, a.time
                  FROM match_case c JOIN article a ON a.id = c.article_id JOIN feed f ON f.id = a.feed_id
                  WHERE c.state IN ({OPEN_STATES}) AND a.muted = 0 AND NOT ({self._listed} AND {period})
                    AND ({not scope.watches} OR c.watch IN (SELECT value FROM json_each(?)))
                  ORDER BY a.time, c.log_id"""
        return self._values(OpenMatch, sql, (*args, json.dumps(scope.watches)), state=case_state)

    def muted(self, scope: Scope) -> int:
        """Count the articles that the same brief leaves out because they are muted."""
        where, args = _within(scope)
        sql = f"SELECT count(*) FROM article a WHERE a.muted != 0 AND {self._listed} AND {where}"
        return int(self._value(sql, args))

    def newest(self) -> int:
        """Return the highest article id: the end of a brief made now."""
        return newest_id(self._conn)

    def last(self, watch: str, story: int = 0) -> int | None:
        """Return the id at which the last brief for a watch (`""` for all) ended, None without one.

        With `story`, that of the last page of the story of this article.
        """
        value = self._store.fact(f"story:{story}" if story else f"brief:{watch}")
        return int(value) if value else None

    def remember(self, watch: str, end: int, story: int = 0) -> None:
        self._store.set_fact(f"story:{story}" if story else f"brief:{watch}", str(end))

    def seen(self, now: int) -> tuple[int, int | None]:
        """Update when the reader was last used and the newest article id then; return the previous values.

        The time is `now` in a new database, the id is None if unknown.
        """
        time, newest = self._store.fact("seen"), self._store.fact("seen id")
        self._store.set_fact("seen", str(now))
        self._store.set_fact("seen id", str(self.newest()))
        return int(time or now), int(newest) if newest else None

    def away(self, since: int) -> Away:
        """Count the unread articles that arrived since a time, and their stories."""
        sql = f"""SELECT count(*), count(DISTINCT story), count(DISTINCT iif(watched, story, NULL)) FROM
                   (SELECT iif(a.story, a.story, -a.id) AS story,
                      EXISTS (SELECT 1 FROM match m WHERE m.article_id = a.id) AS watched
                    FROM article a
                    WHERE a.read = 0 AND a.muted = 0 AND {self._listed} AND a.arrived >= ?)"""
        return Away(*self._conn.execute(sql, (since,)).fetchone())


def _within(scope: Scope) -> tuple[str, list[object]]:
    where, args = "a.time >= ?", list[object]([scope.since])
    if scope.after is not None:
        where, args = f"a.id > ? AND a.time > a.arrived - {NEWS}", [scope.after]
        if scope.late:
            where, args = (
                f"({where} OR a.id IN (SELECT value FROM json_each(?)))",
                [*args, id_list(scope.late)],
            )
    if scope.last is not None:
        where += " AND a.id <= ?"
        args.append(scope.last)
    if scope.watches:
        where += """ AND a.id IN (SELECT m.article_id FROM match m JOIN watch w ON w.id = m.watch_id
                     WHERE w.name IN (SELECT value FROM json_each(?)))"""
        args.append(json.dumps(scope.watches))
    if scope.only is not None:
        where += " AND a.id IN (SELECT value FROM json_each(?))"
        args.append(id_list(scope.only))
    return where, args
