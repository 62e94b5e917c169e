"""Expressions over the whole store: columns and full-text index give candidates, `query` has the last word.

What the index and the columns can decide alone is not looked at again, so a plain word costs one query;
everything else is read and asked, newest first, until enough is found.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, islice

from tuireader import query
from tuireader.query import (
    After,
    Age,
    And,
    Before,
    Is,
    Near,
    Node,
    Not,
    Or,
    Query,
    Regex,
    Subject,
    Text,
)
from tuireader.store.reading import Reading, StoredText

_MANY = 5000
_AHEAD = 500
_RANKED = 5000
"""Hits that are ordered by relevance: BM25 looks at each of them."""
_FIRST, _BATCH = 60, 200
"""Candidates that are read and asked at first, and then at a time."""

Facts = tuple[str, list[object], bool]
"""A condition in SQL that all that matches meets, its arguments, and whether nothing else meets it."""

_ANYTHING: Facts = ("1", [], False)


class Search:
    """Finds articles by expressions."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def find(
        self, parsed: Query, *, now: int, subject: Callable[[StoredText], Subject], limit: int
    ) -> array[int]:
        """The ids that a parsed expression matches, newest first.

        `subject` puts a stored article into the form that expressions are asked of. Muted articles are left
        out unless the expression asks for them by `is:muted`, whichever way. No text whatever raises.
        """
        return array("q", chain.from_iterable(self.hunt(parsed, now=now, subject=subject, limit=limit)))

    def hunt(
        self,
        parsed: Query,
        *,
        now: int,
        subject: Callable[[StoredText], Subject],
        limit: int,
        ranked: bool = False,
    ) -> Iterator[Sequence[int]]:
        """The same in steps of some hundredths of a second, so that others can read in between.

        If `ranked`, the newest some thousand of what the index hits are ordered by relevance (BM25, where a
        word of the title counts for ten of the text); what is older follows by time.
        """
        within = "1" if query.asks(parsed.root, "muted") else "a.muted = 0"
        expression = query.plan(parsed).fts if ranked else None
        if expression is None:
            yield from self._hunt(parsed, within, [], now=now, subject=subject, limit=limit)
            return
        best = self._best(expression)
        last = json.dumps(best.tolist())
        for part, inside in (("IN", best), ("NOT IN", None)):
            scope = f"{within} AND a.id {part} (SELECT value FROM json_each(?))"
            for found in self._hunt(
                parsed, scope, [last], now=now, subject=subject, limit=limit, order=inside
            ):
                yield found
                limit -= len(found)
            if limit <= 0:
                return

    def _best(self, expression: str) -> array[int]:
        """The newest articles that an FTS5 expression hits, the most relevant first."""
        hit = "FROM search WHERE search MATCH ?"
        first = self._conn.execute(
            f"SELECT rowid {hit} ORDER BY rowid DESC LIMIT 1 OFFSET ?", (expression, _RANKED)
        ).fetchone()
        rows = self._conn.execute(
            f"SELECT rowid {hit} AND rowid > ? ORDER BY bm25(search, 10.0, 1.0, 1.0), rowid DESC",
            (expression, first[0] if first else 0),
        )
        return array("q", (row[0] for row in rows))

    def inside(
        self,
        parsed: Query,
        *,
        now: int,
        subject: Callable[[StoredText], Subject],
        feeds: Collection[int] | None,
        first: int,
        last: int,
    ) -> array[int]:
        """The ids from `first` to `last`, of some feeds (None: of all), that an expression matches."""
        within = "a.id BETWEEN ? AND ?"
        if feeds is not None:
            within += f" AND a.feed_id IN ({','.join(map(str, feeds))})"
        found = self._hunt(parsed, within, [first, last], now=now, subject=subject, limit=last - first + 1)
        return array("q", chain.from_iterable(found))

    def _hunt(
        self,
        parsed: Query,
        within: str,
        within_args: Sequence[object],
        *,
        now: int,
        subject: Callable[[StoredText], Subject],
        limit: int,
        order: Sequence[int] | None = None,
    ) -> Iterator[Sequence[int]]:
        """In steps the ids that match within a condition, newest first or in a given order of all of them."""
        plan = query.plan(parsed)
        condition, args, facts_exact = self._all(plan.facts, now)
        condition, args = f"{within} AND {condition}", [*within_args, *args]
        if plan.fts is not None:
            # With many hits it is quicker to walk the articles by time than to look up and sort all hits.
            plus = "+" if limit < _MANY and self.hits_many(plan.fts, _MANY) else ""
            condition += f" AND {plus}a.id IN (SELECT rowid FROM search WHERE search MATCH ?)"
            args.append(plan.fts)
        exact = plan.exact and facts_exact
        sql = f"SELECT a.id FROM article a WHERE {condition} ORDER BY a.time DESC, a.id DESC"
        if order is not None:
            fit = {row[0] for row in self._conn.execute(sql, args)}
            candidates = iter([article for article in order if article in fit])
            if exact:
                yield list(islice(candidates, limit))
                return
        elif exact:
            yield [row[0] for row in self._conn.execute(f"{sql} LIMIT ?", [*args, limit])]
            return
        else:
            candidates = self._ahead(sql, args)
        reading = Reading(self._conn)
        left, size = limit, min(limit, _FIRST)
        while left > 0 and (batch := list(islice(candidates, size))):
            right = {
                item.id
                for item in reading.texts(batch, watches=True)
                if query.matches(parsed, subject(item), now)
            }
            found = [article_id for article_id in batch if article_id in right][:left]
            left -= len(found)
            size = min(_BATCH, 2 * size)
            yield found

    def hits_many(self, expression: str, many: int) -> bool:
        """Whether an FTS5 expression hits so many articles."""
        row = self._conn.execute(
            "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)", (expression, many)
        ).fetchone()
        return int(row[0]) >= many

    def _ahead(self, sql: str, args: Sequence[object]) -> Iterator[int]:
        """The ids that a query gives; the first ones are often enough, and then the others are not looked up.

        No query stays open between two of them.
        """
        first = self._conn.execute(f"{sql} LIMIT ?", [*args, _AHEAD]).fetchall()
        yield from (row[0] for row in first)
        if len(first) == _AHEAD:
            rest = self._conn.execute(f"{sql} LIMIT -1 OFFSET ?", [*args, _AHEAD]).fetchall()
            yield from (row[0] for row in rest)

    def candidates(self, expression: str) -> list[int]:
        """The ids that an FTS5 expression of ours hits, for matching watches anew."""
        return [
            row[0]
            for row in self._conn.execute("SELECT rowid FROM search WHERE search MATCH ?", (expression,))
        ]

    def newest(self, expression: str | None) -> list[tuple[int, int]]:
        """(id, time) of what an FTS5 expression of ours hits (None: of all), newest first, without muted."""
        hit = "" if expression is None else "id IN (SELECT rowid FROM search WHERE search MATCH ?) AND "
        return self._conn.execute(
            f"SELECT id, time FROM article WHERE {hit}muted = 0 ORDER BY time DESC, id DESC",
            () if expression is None else (expression,),
        ).fetchall()

    # ------------------------------------------------------------------ facts in SQL

    def _all(self, nodes: Sequence[Node], now: int) -> Facts:
        parts = [self._fact(node, now) for node in nodes]
        return (
            " AND ".join(f"({sql})" for sql, _, _ in parts) or "1",
            [arg for _, args, _ in parts for arg in args],
            all(exact for _, _, exact in parts),
        )

    def _fact(self, node: Node, now: int) -> Facts:
        match node:
            case Is(state):
                return (
                    {
                        "unread": "a.read = 0",
                        "read": "a.read = 1",
                        "starred": "a.starred = 1",
                        "muted": "a.muted = 1",
                    }[state],
                    [],
                    True,
                )
            case Age(older, seconds):
                return f"a.time {'<' if older else '>'} ?", [now - seconds], True
            case After():
                return "a.time >= ?", [node.time], True
            case Before():
                return "a.time < ?", [node.time], True
            case And(nodes):
                return self._all(nodes, now)
            case Or(nodes):
                parts = [self._fact(child, now) for child in nodes]
                return (
                    " OR ".join(f"({sql})" for sql, _, _ in parts),
                    [arg for _, args, _ in parts for arg in args],
                    all(exact for _, _, exact in parts),
                )
            case Not(child):
                sql, args, exact = self._fact(child, now)
                return (f"NOT ({sql})", args, True) if exact else _ANYTHING
            case Text() | Regex():
                return self._named(node)
            case Near():
                return _ANYTHING

    def _named(self, node: Text | Regex) -> Facts:
        """A fact on the names of feeds, folders and watches: there are few, so they are asked in Python."""
        if node.field in ("feed", "folder"):
            columns = (
                "coalesce(nullif(own_title, ''), nullif(title, ''), url), url"
                if node.field == "feed"
                else "folder, ''"
            )
            ids = self._matching(node, f"SELECT id, {columns} FROM feed")
            return f"a.feed_id IN ({ids})", [], True
        if node.field == "watch":
            ids = self._matching(node, "SELECT id, name, '' FROM watch")
            return f"a.id IN (SELECT article_id FROM match WHERE watch_id IN ({ids}))", [], True
        return _ANYTHING

    def _matching(self, node: Text | Regex, sql: str) -> str:
        def fits(*values: str) -> bool:
            try:
                return any(value and query.value_matches(node, value) for value in values)
            except query.SlowRegex:
                return False

        return ",".join(str(row[0]) for row in self._conn.execute(sql).fetchall() if fits(row[1], row[2]))
