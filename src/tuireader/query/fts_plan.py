"""Plan the part of an expression that the full-text index can answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, product

from msgspec import Struct

from tuireader.model.fields import FIELDS
from tuireader.query import literals
from tuireader.query.tree import And, Near, Node, Not, Or, Query, Regex, Text

_INDEXED = {"": "{title body}", **{name: field.index for name, field in FIELDS.items() if field.index}}
"""Columns of the full-text index by field."""


class Plan(Struct, frozen=True):
    """Plan for finding matching articles without reading every article.

    The FTS5 expression `fts` (if any) finds all matching articles in the columns title, body (summary and
    body) and author, which hold `indexed` text. All of `facts`, which are conditions not about text, apply as
    well. If `exact`, the result needs no further check; otherwise `matches` decides. `others` are all
    parts of the expression but the facts.
    """

    fts: str | None
    facts: tuple[Node, ...]
    exact: bool
    others: tuple[Node, ...] = ()


def plan(query: Query) -> Plan:
    """Split a query between the full-text index, the other columns and `matches`."""
    nodes = query.root.nodes if isinstance(query.root, And) else (query.root,)
    facts = tuple(node for node in nodes if _is_fact(node))
    others = tuple(node for node in nodes if not _is_fact(node))
    expression, exact = fts(And(others))
    return Plan(expression, facts, exact or not others, others)


def _is_fact(node: Node) -> bool:
    match node:
        case And(nodes) | Or(nodes):
            return all(map(_is_fact, nodes))
        case Not(child):
            return _is_fact(child)
        case Text(field=name) | Regex(field=name):
            return name not in _INDEXED
        case Near():
            return False
        case _:
            return True


def fts(node: Node) -> tuple[str | None, bool]:
    """Write an FTS5 expression that finds all matches of `node`, or None, and report whether it is exact."""
    match node:
        case Text(term, name) if name in _INDEXED and term.fts:
            return f"{_INDEXED[name]} : ({term.fts})", term.simple
        case Regex(pattern, name) if name in _INDEXED:
            return literals.fts(pattern, _INDEXED[name]), False
        case Near(left, right, distance) if left.field in _INDEXED:
            return _fts_near(left, right, distance), False
        case And(nodes):
            return _fts_all(nodes)
        case Or(nodes):
            parts = [fts(child) for child in nodes]
            if any(expression is None for expression, _ in parts):
                return None, False
            return " OR ".join(f"({expression})" for expression, _ in parts), all(exact for _, exact in parts)
        case _:
            return None, False


def _fts_all(nodes: Sequence[Node]) -> tuple[str | None, bool]:
    hits: list[str] = []
    exact = True
    without: list[str] = []
    for node in nodes:
        negative = isinstance(node, Not)
        expression, sure = fts(node.node if isinstance(node, Not) else node)
        exact = exact and sure
        if expression and not negative:
            hits.append(f"({expression})")
        elif expression and sure:
            without.append(f"({expression})")
    if not hits:
        return None, False
    expression = " AND ".join(hits)
    if without:
        expression = f"({expression}) NOT ({' OR '.join(without)})"
    return expression, exact


def _fts_near(left: Text, right: Text, distance: int) -> str | None:
    """Write an FTS5 expression for two terms near each other, or anywhere if the index cannot test that."""
    sides = [fts(left)[0], fts(right)[0]]
    runs = [[term.runs for term in (text.term, *text.term.others)] for text in (left, right)]
    if all(len(run) == 1 and not run[0].prefix for run in chain(*runs)):
        most = 2 * distance + 1  # words, a mark before each, and one at the end
        pairs = product(*([phrase for (run,) in side for phrase in run.phrases] for side in runs))
        near = " OR ".join(f"NEAR({before} {after}, {most})" for before, after in pairs)
        return f"{_INDEXED[left.field]} : ({near})"
    return " AND ".join(f"({side})" for side in sides if side) or None
