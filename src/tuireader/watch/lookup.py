"""What the full-text index can do for a watch."""

from __future__ import annotations

from tuireader import query
from tuireader.query import QueryError
from tuireader.terms import Term
from tuireader.watch.rules import WatchRule, item_of

_COLUMNS = {"title": "title", "summary": "body", "body": "body", "author": "author"}


def prefilter(rule: WatchRule) -> str | None:
    """An FTS5 expression that hits every article the rule can match (see `query.Plan` for the columns).

    None when the index cannot tell; then every article has to be looked at.
    """
    columns = {_COLUMNS.get(name) for name in rule.fields}
    parts: list[str] = []
    if None not in columns:
        scope = f"{{{' '.join(sorted(filter(None, columns)))}}}"
        for group in ((rule.any,) if rule.any else ()) + rule.all:
            expressions = [_expression(text, rule.exact) for text in group]
            if expressions and None not in expressions:
                parts.append(f"{scope} : ({' OR '.join(f'({text})' for text in expressions)})")
    expression = query.parse(rule.query)
    asked = None if isinstance(expression, QueryError) else query.plan(expression).fts
    if asked:
        parts.append(f"({asked})")
    return " AND ".join(parts) or None


def _expression(text: str, exact: bool) -> str | None:
    item = item_of(text, exact)
    return item.fts if isinstance(item, Term) else None
