"""Translate watches into full-text index lookups, as far as possible."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tuireader import query
from tuireader.lexicon import Term
from tuireader.query import And, Node, Not, Or, QueryError, Text
from tuireader.watch.rules import WatchRule, parse_item

_COLUMNS = {"title": "title", "summary": "body", "body": "body", "text": "body", "author": "author"}


class Lookup(Struct, frozen=True):
    """Lookup of a watch in the full-text index (see `query.Plan` for the columns).

    The FTS5 expression `fts` finds every article that the watch can match; it is None if the index cannot
    help. If `exact`, all these articles match that are in the watch's feeds.
    """

    fts: str | None
    exact: bool = False


def lookup(rule: WatchRule) -> Lookup:
    """Translate a watch into its lookup."""
    columns = {_COLUMNS.get(name) for name in rule.fields}
    scope = f"{{{' '.join(sorted(filter(None, columns)))}}}"
    parts: list[str] = []
    exact = None not in columns and ("summary" in rule.fields) == ("body" in rule.fields)
    exact = exact and "text" not in rule.fields  # the index does not know the running text
    groups = (rule.any, *rule.all) if rule.any else rule.all
    for group in groups:
        either, sure = _one_of(scope, group, rule)
        exact = exact and sure
        if either and None not in columns:
            parts.append(either)
    parsed = query.parse(rule.query)
    if rule.exact_words and not isinstance(parsed, QueryError):  # the index does not know Chinese words
        texts = [leaf for leaf in query.leaves(parsed.root) if isinstance(leaf, Text)]
        exact = exact and not any(text.term.crosses for text in texts)
        parsed = query.parse(str(_positive(parsed.root)))
    plan = None if isinstance(parsed, QueryError) else query.plan(parsed)
    if plan and plan.fts:
        parts.append(f"({plan.fts})")
    if rule.query.strip():
        exact = exact and plan is not None and plan.fts is not None and plan.exact and not plan.facts
    expression = " AND ".join(parts) or None
    if expression is None or not exact:
        return Lookup(expression)
    without, sure = _one_of(scope, rule.none, rule) if rule.none else ("", True)
    if not sure:
        return Lookup(expression)
    return Lookup(f"({expression}) NOT ({without})" if without else expression, exact=True)


def _one_of(scope: str, terms: Sequence[str], rule: WatchRule) -> tuple[str | None, bool]:
    """Write an FTS5 expression for any of some terms in `scope`; also return whether it is exact."""
    items = [parse_item(text, rule.exact) for text in terms]
    expressions = [item.fts if isinstance(item, Term) else None for item in items]
    if not expressions or None in expressions:
        return None, False
    expression = f"{scope} : ({' OR '.join(f'({text})' for text in expressions)})"
    return expression, all(
        isinstance(item, Term) and item.simple and not (rule.exact_words and item.crosses) for item in items
    )


def prefilter(rule: WatchRule) -> str | None:
    """Return an FTS5 expression that finds every article the rule can match, or None if there is none.

    Exclusions are left out: another text of the same article may match.
    """
    parsed = query.parse(rule.query)
    positive = "" if isinstance(parsed, QueryError) else str(_positive(parsed.root))
    return lookup(replace(rule, none=(), query=positive)).fts


_ANYTHING = And()


def _positive(node: Node) -> Node:
    match node:
        case And(nodes):
            parts = [_positive(child) for child in nodes if not isinstance(child, Not)]
            return And(tuple(part for part in parts if part != _ANYTHING))
        case Or(nodes):
            either = tuple(map(_positive, nodes))
            return _ANYTHING if _ANYTHING in either else Or(either)
        case Not():
            return _ANYTHING
        case _:
            return node
