"""Translate expressions to SQL: columns, full-text index, names of feeds, folders, watches, labels; cases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from tuireader import query
from tuireader.query import And, Dated, Has, Is, Language, Name, Near, Node, Not, Number, Or, Regex, Text
from tuireader.store.lists.first_page import subscribed, unsubscribed
from tuireader.store.sql import FEED_TITLE, number_list
from tuireader.store.watches.records import IDENTIFIERS

_NAMED = {  # queries for ids with names, and for the articles of an id
    "feed": (f"SELECT id, {FEED_TITLE}, url FROM feed f", ""),
    "folder": ("SELECT id, folder FROM feed WHERE subscribed", ""),
    "watch": ("SELECT id, name FROM watch", "SELECT article_id FROM match WHERE watch_id IN ({})"),
    "note": (
        "SELECT log_id, text FROM match_case JOIN match_note ON record_id = note_id WHERE note_id",
        "SELECT article_id FROM match_case WHERE log_id IN ({})",
    ),
    "id": (IDENTIFIERS, "SELECT article_id FROM match_log WHERE id IN ({})"),
    "label": ("SELECT id, name FROM label", "SELECT article_id FROM article_label WHERE label_id IN ({})"),
}
HIT = "+a.id IN (SELECT rowid FROM search WHERE search MATCH ?)"
"""Index hits; the plus makes SQLite walk the articles by time instead of looking up every hit."""


class Condition(Struct, frozen=True):
    """SQL that is true for every match, with its arguments; `exact` if it is true for nothing else."""

    sql: str = "1"
    args: tuple[object, ...] = ()
    exact: bool = False


ANYTHING = Condition()


class Conditions:
    """Translate parts of expressions to SQL over `article a`."""

    def __init__(self, conn: sqlite3.Connection, now: int) -> None:
        self._conn = conn
        self._now = now

    def all(self, nodes: Sequence[Node]) -> Condition:
        """Join the conditions of several parts by AND."""
        return joined("AND", [self.of(node) for node in nodes]) if nodes else Condition(exact=True)

    def of(self, node: Node) -> Condition:
        expression, exact = query.fts(node)
        if exact:
            return Condition(HIT, (expression,), exact=True)
        match node:
            case Is("today"):
                return Condition("a.time >= ?", (query.start_of_day(self._now),), exact=True)
            case Is("subscribed"):
                return Condition(subscribed(self._conn) or "1", exact=True)
            case Is("unsubscribed"):
                return Condition(unsubscribed(self._conn), exact=True)
            case Is(state, named) if state in query.CASE_STATES:
                return self._of_cases(state, named)
            case Is(state):
                column, value = query.STATES[state]
                return Condition(f"a.{column} = {int(value)}", exact=True)
            case Has(what):
                kind = "" if what == "enclosure" else f" WHERE kind = '{what}'"
                return Condition(f"a.id IN (SELECT article_id FROM enclosure{kind})", exact=True)
            case Text(term, "enclosure"):
                words = term.text.strip("*").lower()
                where = "instr(lower(url || char(10) || title || ' ' || type), ?)"
                return Condition(
                    f"a.id IN (SELECT article_id FROM enclosure WHERE {where})", (words,), exact=True
                )
            case Language(code):
                return Condition("a.language = ?", (code,), exact=True)
            case Name():
                return Condition(
                    self._of_names(node.field, lambda value: query.is_name(node, value)), exact=True
                )
            case Number():
                return self._compared(node)
            case Dated():
                return Condition(
                    f"a.time {'<' if node.before else '>='} ?", (node.time(self._now),), exact=True
                )
            case And(nodes):
                return self.all(nodes)
            case Or(nodes):
                return joined("OR", [self.of(child) for child in nodes])
            case Not(child):
                inner = self.of(child)
                return Condition(f"NOT ({inner.sql})", inner.args, exact=True) if inner.exact else ANYTHING
            case Text() | Regex():
                return self._named(node)
            case Near():
                return ANYTHING

    def _of_cases(self, state: str, named: Sequence[Text | Name | Regex]) -> Condition:
        """Match articles with a case in a state, of a watch that all of `named` fit."""
        states = number_list(case.number for case in query.CASE_STATES[state])
        sql = f"SELECT article_id FROM match_case WHERE state IN ({states})"
        if not named:
            return Condition(f"a.id IN ({sql})", exact=True)
        watches = [
            name
            for (name,) in self._conn.execute("SELECT DISTINCT watch FROM match_case")
            if all(may_match(node, name) for node in named)
        ]
        within = f"{sql} AND watch IN (SELECT value FROM json_each(?))"
        return Condition(f"a.id IN ({within})", (json.dumps(watches),), exact=True)

    def _compared(self, node: Number) -> Condition:
        field = query.FIELDS[node.field]
        if field.of_feed:
            ids = [
                feed
                for feed, numbers in feed_numbers(self._conn).items()
                if query.node_matches(node, query.FoldedArticle(query.Subject(**numbers)), self._now)
            ]
            return Condition(f"a.feed_id IN ({number_list(ids)})", exact=True)
        if field.ago:
            sign, value = "<" if node.above else ">", self._now - node.value
            return Condition(f"a.{field.number} {sign} ?", (value,), exact=True)
        known = f"a.{field.number} > 0 AND " if not node.above else ""
        return Condition(f"{known}a.{field.number} {'>' if node.above else '<'} ?", (node.value,), exact=True)

    def _named(self, node: Text | Regex) -> Condition:
        """Match names of feeds, folders or watches in Python: they are few."""
        if node.field not in _NAMED or node.field == "label":
            return ANYTHING
        sql = self._of_names(node.field, lambda value: bool(value) and may_match(node, value))
        return Condition(sql, exact=True)

    def _of_names(self, field: str, fits: Callable[[str], bool]) -> str:
        names, articles = _NAMED[field]
        ids = [number for number, *values in self._conn.execute(names).fetchall() if any(map(fits, values))]
        return f"a.id IN ({articles.format(number_list(ids))})" if articles else of_feeds(ids)


def feed_numbers(conn: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Return the numbers of each feed that expressions compare, without muted articles."""
    sql = "SELECT feed_id, count(*), sum(read = 0), max(time) FROM article WHERE muted = 0 GROUP BY feed_id"
    names = ("total_count", "unread_count", "latest")
    return {feed: dict(zip(names, numbers, strict=True)) for feed, *numbers in conn.execute(sql)}


def may_match(node: Text | Name | Regex, value: str) -> bool:
    """Match one value; a regular expression that is too slow on it matches nothing."""
    try:
        return query.named_by(node, value)
    except query.SlowRegex:
        return False


def of_feeds(feed_ids: Iterable[int]) -> str:
    """Write SQL for the articles that some feeds carry, including those that belong to other feeds."""
    feeds = number_list(feed_ids)
    return f"""(a.feed_id IN ({feeds}) OR a.id IN
               (SELECT article_id FROM appearance WHERE secondary = 1 AND feed_id IN ({feeds})))"""


def joined(operator: str, parts: Sequence[Condition]) -> Condition:
    """Join conditions by an operator, as a balanced tree because SQLite limits the depth to 1,000."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = joined(operator, parts[:middle]), joined(operator, parts[middle:])
    return Condition(
        f"({left.sql}) {operator} ({right.sql})", left.args + right.args, left.exact and right.exact
    )
