"""Search the whole store by expressions: columns and full-text index give candidates, `query` decides.

If index and columns can decide alone, no text is read, so a plain word costs one query; otherwise candidates
are read and matched, newest first, until enough are found.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain, islice

from msgspec.structs import replace

from tuireader import query
from tuireader.query import And, Has, Is, Language, Near, Node, Query, Regex, Subject
from tuireader.store.articles.articles import Articles, StoredText
from tuireader.store.lists.conditions import HIT, Condition, Conditions, feed_numbers, joined, may_match
from tuireader.store.sql import Part, id_list, number_list

_MANY = 5000
_AHEAD = 500
RANKED = 2000  # maximum hits to rank by relevance: BM25 reads each of them
_FEW = 100  # maximum limit at which a search with a very short prefix tries the newest articles first ...
_NEWEST = 300  # ... and their number
RECENT, SPREAD = 1000, 30
"""Number of newest articles that a search with a low limit tries first, and their maximum spread of ids."""
_LAST = (1 << 62) - 1  # higher than any article id
_FIRST, _BATCH = 60, 200  # candidates in the first and in later batches

Subjects = Callable[[StoredText], Subject]
"""Converts a stored article to the form that expressions match."""


class Search(Part):
    """Evaluate expressions over the whole store."""

    _articles: Articles

    def find_in_steps(
        self,
        parsed: Query,
        *,
        now: int,
        subject: Subjects,
        limit: int,
        ranked: bool = False,
        order: Sequence[int] | None = None,
    ) -> Iterator[Sequence[int]]:
        """Yield the ids that an expression matches, newest first, in steps between which others can read.

        Leaves out muted articles unless the expression mentions `is:muted`. Never raises because of a text.
        If `ranked`, the newest few thousand index hits come first, by relevance (BM25, where a word of the
        title counts as ten of the text); older ones follow by time. With an `order`, yields only those of its
        articles that match, in this order.
        """
        within = "1" if Is("muted") in query.leaves(parsed.root) else "a.muted = 0"
        if order is not None:
            within, args = f"{within} AND a.id IN (SELECT value FROM json_each(?))", [id_list(order)]
            yield from self._find_within(
                parsed, within, args, now=now, subject=subject, limit=limit, order=order
            )
            return
        wide = any(map(_has_short_prefix, query.leaves(parsed.root)))
        expression = query.plan(parsed).fts if ranked and not wide else None
        if expression is None:
            yield from self._find_within(parsed, within, [], now=now, subject=subject, limit=limit)
            return
        best = self._best(expression)
        last = json.dumps(best.tolist())
        for part, inside in (("IN", best), ("NOT IN", None)):
            scope = f"{within} AND a.id {part} (SELECT value FROM json_each(?))"
            for hits in self._find_within(
                parsed,
                scope,
                [last],
                now=now,
                subject=subject,
                limit=limit,
                order=inside,
                known=inside is not None,
            ):
                yield hits
                limit -= len(hits)
            if limit <= 0:
                return

    def _best(self, expression: str) -> array[int]:
        hit = "FROM search WHERE search MATCH ?"
        first = self._value(f"SELECT rowid {hit} ORDER BY rowid DESC LIMIT 1 OFFSET ?", (expression, RANKED))
        sql = f"SELECT rowid {hit} AND rowid > ? ORDER BY bm25(search, 10.0, 1.0, 1.0), rowid DESC"
        return array("q", self._column(sql, (expression, first or 0)))

    def find_between(
        self,
        parsed: Query,
        *,
        now: int,
        subject: Subjects,
        feeds: Collection[int] | None,
        first: int = 0,
        last: int = _LAST,
    ) -> Iterator[Sequence[int]]:
        """Yield in batches the matching ids from `first` to `last` in some feeds (None: all), muted too."""
        within = "a.id BETWEEN ? AND ?"
        if feeds is not None:
            within += f" AND a.feed_id IN ({number_list(feeds)})"
        return self._find_within(
            parsed, within, [first, last], now=now, subject=subject, limit=last - first + 1
        )

    def _find_within(
        self,
        parsed: Query,
        within: str,
        within_args: Sequence[object],
        *,
        now: int,
        subject: Subjects,
        limit: int,
        order: Sequence[int] | None = None,
        known: bool = False,
    ) -> Iterator[Sequence[int]]:
        """Yield matching ids in batches, among those that `within` selects: newest first, or in `order`.

        An order of index hits is `known` to match what the index decides.
        """
        plan = query.plan(parsed)
        if order is None and limit <= _FEW and any(map(_has_short_prefix, query.leaves(parsed.root))):
            # the index would first collect all words with the prefix, which may be in any article
            condition = Conditions(self._conn, now).all(plan.facts)
            sql, args = _newest(within, within_args, condition)
            last = self._column(f"{sql} LIMIT ?", [*args, _NEWEST])
            hits = list(chain.from_iterable(self._matching(parsed, iter(last), now, subject, limit)))
            yield hits
            if len(hits) == limit or len(last) < _NEWEST:
                return
            limit -= len(hits)
            within, within_args = _without(last, within, within_args)
        elif order is None and limit <= _FEW and plan.fts is not None:
            last, hit, exact = self._recent(plan, within, within_args, now)
            steps = [hit[:limit]] if exact else self._matching(parsed, iter(hit), now, subject, limit)
            for some in steps:
                yield some
                limit -= len(some)
            if limit <= 0 or 0 < len(last) < RECENT:
                return
            within, within_args = _without(last, within, within_args)
        condition = self._condition(plan, now, limit, known)
        sql, args = _newest(within, within_args, condition)
        if order is not None:
            fit = set(self._column(sql, args))
            candidates = iter([article for article in order if article in fit])
            if condition.exact:
                yield list(islice(candidates, limit))
                return
        elif condition.exact:
            yield self._column(f"{sql} LIMIT ?", [*args, limit])
            return
        else:
            candidates = self._ids(sql, args)
        yield from self._matching(parsed, candidates, now, subject, limit)

    def _recent(
        self, plan: query.Plan, within: str, within_args: Sequence[object], now: int
    ) -> tuple[list[int], list[int], bool]:
        """Return the newest articles, the index hits among them, and whether these hits are exact.

        Recent arrivals have the highest ids, and reading a part of a hit list is cheap. Returns nothing if
        ids do not follow time.
        """
        facts = Conditions(self._conn, now).all(plan.facts)
        sql, args = _newest(within, within_args, facts)
        last = self._column(f"{sql} LIMIT ?", [*args, RECENT])
        if not last or max(last) - min(last) > SPREAD * RECENT:
            return [], [], False
        sql = "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
        hit = set(self._column(sql, (plan.fts, min(last), max(last))))
        return last, [article_id for article_id in last if article_id in hit], plan.exact and facts.exact

    def _matching(
        self, parsed: Query, candidates: Iterator[int], now: int, subject: Subjects, limit: int
    ) -> Iterator[Sequence[int]]:
        reading = self._articles
        fields = {_field(leaf) for leaf in query.leaves(parsed.root)}
        bodies, labels = not fields.isdisjoint(_IN_BODIES), not fields.isdisjoint(("label", "enclosure"))
        labels = labels or any(isinstance(leaf, Has) for leaf in query.leaves(parsed.root))
        cases = any(getattr(leaf, "state", "") in query.CASE_STATES for leaf in query.leaves(parsed.root))
        languages = any(isinstance(leaf, Language) for leaf in query.leaves(parsed.root))
        regexes = _column_regexes(parsed)
        numbers = {} if fields.isdisjoint(_OF_FEEDS) else feed_numbers(self._conn)
        left, size = limit, min(limit, _FIRST)
        while left > 0 and (batch := list(islice(candidates, size))):
            right = {
                item.id
                for item in reading.texts(
                    self._filter_by_columns(regexes, batch),
                    watches=True,
                    bodies=bodies,
                    labels=labels,
                    languages=languages,
                    cases=cases or not fields.isdisjoint(("note", "id")),
                )
                if query.matches(parsed, replace(subject(item), **numbers.get(item.feed_id, {})), now)
            }
            hits = [article_id for article_id in batch if article_id in right][:left]
            left -= len(hits)
            size = min(_BATCH if bodies else 10 * _BATCH, 2 * size)
            yield hits

    def _filter_by_columns(self, regexes: Sequence[Regex], batch: list[int]) -> list[int]:
        """Filter articles by regular expressions on columns; cheaper than reading texts."""
        for node in regexes:
            sql = f"""SELECT id, {node.field} FROM article WHERE id IN (SELECT value FROM json_each(?1))
                      UNION SELECT article_id, {node.field} FROM variant
                      WHERE article_id IN (SELECT value FROM json_each(?1))"""
            rows = self._conn.execute(sql, (json.dumps(batch),))
            hit = {article_id for article_id, text in rows if may_match(node, text)}
            batch = [article_id for article_id in batch if article_id in hit]
        return batch

    def _condition(self, plan: query.Plan, now: int, limit: int, known: bool) -> Condition:
        """Translate what SQL can decide of a plan; that the index hits may be `known` already."""
        conditions = Conditions(self._conn, now)
        facts = conditions.all(plan.facts)
        if known and plan.exact:
            return facts
        if not plan.exact and not known:
            others = conditions.all(plan.others)
            if others.exact:
                return joined("AND", [facts, others])
        if plan.fts is None or known:
            return Condition(facts.sql, facts.args, exact=plan.exact and facts.exact)
        # with many hits, walking the articles by time is faster than looking up and sorting all hits
        walk = limit < _MANY and self.hits_many(plan.fts, _MANY)
        hit = Condition(HIT if walk else HIT.removeprefix("+"), (plan.fts,), exact=plan.exact)
        return joined("AND", [facts, hit])

    def hits_many(self, expression: str, many: int) -> bool:
        """Return whether an FTS5 expression hits at least `many` articles."""
        sql = "SELECT count(*) >= ?2 FROM (SELECT 1 FROM search WHERE search MATCH ?1 LIMIT ?2)"
        return bool(self._value(sql, (expression, many)))

    def _ids(self, sql: str, args: Sequence[object]) -> Iterator[int]:
        """Yield the ids of a query; a separate query reads the first ones, which often suffice.

        No statement stays open between two ids.
        """
        first = self._column(f"{sql} LIMIT ?", [*args, _AHEAD])
        yield from first
        if len(first) == _AHEAD:
            yield from self._column(f"{sql} LIMIT -1 OFFSET ?", [*args, _AHEAD])

    def candidates(self, expression: str) -> list[int]:
        """Return the ids that a generated FTS5 expression hits, to match watches again."""
        return self._column("SELECT rowid FROM search WHERE search MATCH ?", (expression,))

    def newest(self, expression: str | None) -> list[tuple[int, int]]:
        """Return (id, time) of the unmuted hits of an FTS5 expression (None: of all), newest first."""
        hit = "" if expression is None else "id IN (SELECT rowid FROM search WHERE search MATCH ?) AND "
        sql = f"SELECT id, time FROM article WHERE {hit}muted = 0 ORDER BY time DESC, id DESC"
        return self._conn.execute(sql, () if expression is None else (expression,)).fetchall()


_IN_BODIES = frozenset({"", *(field.name for field in query.FIELDS.values() if field.reads_body)})
"""Fields that need more than an article's columns, labels and feed names."""
_OF_FEEDS = frozenset(name for name, field in query.FIELDS.items() if field.of_feed)
_COLUMNS = frozenset(name for name, field in query.FIELDS.items() if field.column)


def _field(leaf: Node) -> str:
    return getattr(leaf.left if isinstance(leaf, Near) else leaf, "field", "title")


def _column_regexes(parsed: Query) -> list[Regex]:
    root = parsed.root
    nodes = root.nodes if isinstance(root, And) else (root,)
    return [node for node in nodes if isinstance(node, Regex) and node.field in _COLUMNS]


def _has_short_prefix(leaf: Node) -> bool:
    term = getattr(leaf, "term", None)
    return term is not None and any(run.prefix and len(run.last[0]) <= 2 for run in term.runs)


def _without(known: Sequence[int], within: str, within_args: Sequence[object]) -> tuple[str, list[object]]:
    return f"{within} AND a.id NOT IN (SELECT value FROM json_each(?))", [*within_args, json.dumps(known)]


def _newest(within: str, within_args: Sequence[object], condition: Condition) -> tuple[str, list[object]]:
    sql = f"SELECT a.id FROM article a WHERE {within} AND ({condition.sql}) ORDER BY a.time DESC, a.id DESC"
    return sql, [*within_args, *condition.args]
