"""Nodes of an expression's tree, and functions on them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from msgspec import Struct

from tuireader.lexicon import Term
from tuireader.model.fields import CASE_STATES, FIELDS
from tuireader.text import cell_len
from tuireader.text.durations import DAY, HOUR, MONTH, WEEK, YEAR

NEAR = 10
UNITS = {"min": 60, "h": HOUR, "d": DAY, "w": WEEK, "mo": MONTH, "y": YEAR}


class Text(Struct, frozen=True):
    """The term occurs in the field; `""` stands for title, summary or body."""

    term: Term
    field: str = ""

    def __str__(self) -> str:
        return _in_field(self.field, quote(self.term.text))


class Name(Struct, frozen=True):
    """The field, one of `NAME_FIELDS`, equals this name, ignoring case, as for entries of the sidebar.

    A feed may be named by its address. Only folders of subscribed feeds and labels given by the user count.
    """

    field: str
    name: str

    def __str__(self) -> str:
        return f"{self.field}:={phrase(self.name)}"


class Near(Struct, frozen=True):
    """Both terms occur in one field with at most `distance` words between them, in either order."""

    left: Text
    right: Text
    distance: int = NEAR

    def __str__(self) -> str:
        return f"{self.left} NEAR/{self.distance} {self.right}"


class Regex(Struct, frozen=True):
    """The pattern of the `regex` package matches in the field, case-sensitive if it has a capital."""

    pattern: str
    field: str = ""

    def __str__(self) -> str:
        pattern = self.pattern.replace("/", r"\/")
        return _in_field(self.field, f"/{pattern}/")


class Is(Struct, frozen=True):
    """The article is in one of `STATES`, or one of its matches in one of `CASE_STATES`.

    That is a match of a watch that all of `watches` name.
    """

    state: str
    watches: tuple[Text | Name | Regex, ...] = ()

    def __str__(self) -> str:
        return f"is:{self.state}"


class Has(Struct, frozen=True):
    """The article has one of `FILES`."""

    what: str

    def __str__(self) -> str:
        return f"has:{self.what}"


class Language(Struct, frozen=True):
    """The article is in the language with this code."""

    code: str

    def __str__(self) -> str:
        return f"lang:{self.code}"


class Number(Struct, frozen=True):
    """The field, one with a `number`, is above `value`, or else below it; an age is in seconds."""

    field: str
    above: bool
    value: int

    def __str__(self) -> str:
        units = UNITS if FIELDS[self.field].ago else {"": 1}
        unit = next(unit for unit in reversed(units) if not self.value % units[unit])
        return f"{self.field}:{'>' if self.above else '<'}{self.value // units[unit]}{unit}"


class Dated(Struct, frozen=True):
    """The article is from `before` this day (UTC), or else from this day or later.

    A day of `NAMED_DAYS` begins in the local time zone; `@1700000000` is a time in seconds since 1970.
    """

    before: bool
    day: date | str

    def __str__(self) -> str:
        return f"{'before' if self.before else 'after'}:{self.day}"

    def time(self, now: float) -> int:
        """Start of the day in seconds since 1970."""
        if isinstance(self.day, str):
            return int(self.day[1:]) if self.day[0] == "@" else start_of_day(now, self.day)
        return int(datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC).timestamp())


class Not(Struct, frozen=True):
    """`node` does not match."""

    node: Node

    def __str__(self) -> str:
        return f"NOT ({self.node})" if isinstance(self.node, And | Or | Near) else f"NOT {self.node}"


class And(Struct, frozen=True):
    """All of `nodes` match; without nodes, everything matches."""

    nodes: tuple[Node, ...] = ()

    def __str__(self) -> str:
        return " ".join(f"({node})" if isinstance(node, Or) else str(node) for node in self.nodes)


class Or(Struct, frozen=True):
    """One of `nodes` matches."""

    nodes: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.nodes))


Node = Text | Name | Near | Regex | Is | Has | Language | Number | Dated | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A valid expression. Its `str` is an expression with the same tree.

    If it has `like:`, what matches the tree is ranked: by likeness to a text, or to the article `@1234`.
    """

    root: Node
    text: str = field(default="", compare=False)
    like: str = ""

    def __str__(self) -> str:
        return f"like:{phrase(self.like)} {And((self.root,))}".rstrip() if self.like else str(self.root)


class QueryError(Struct, frozen=True):
    """An invalid expression: the error is at `text[position:position + length]`."""

    message: str
    position: int
    length: int
    hint: str
    text: str

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def caret(self) -> str:
        """Draw the expression with a caret below the error, followed by the message and the hint."""
        first = max(0, self.position - 40)
        line = "".join(char if char.isprintable() else " " for char in self.text[first : self.position + 30])
        before = "…" * (first > 0) + line[: self.position - first]
        after = line[self.position - first :]
        width = max(1, cell_len(after[: self.length]))
        picture = f"{before}{after}\n{' ' * cell_len(before)}{'^' * width} {self.message}"
        return f"{picture}\n{self.hint}" if self.hint else picture


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED_DAYS = ("today", "yesterday", *_WEEK)


def start_of_day(now: float, name: str = "today") -> int:
    """Return the start of a day in the local time zone, in seconds since 1970.

    It is the day of `now`, the day before, or the last day of that name, which may be the day of `now`.
    """
    here = time.localtime(now)
    ago = (here.tm_wday - _WEEK.index(name)) % 7 if name in _WEEK else NAMED_DAYS.index(name)
    return int(time.mktime((here.tm_year, here.tm_mon, here.tm_mday - ago, 0, 0, 0, 0, 0, -1)))


def _in_field(name: str, text: str) -> str:
    return f"{name}:{text}" if name else text


def naming_watches(nodes: Sequence[Node]) -> tuple[Text | Name | Regex, ...]:
    """Return the parts that name watches."""
    return tuple(node for node in nodes if isinstance(node, Text | Name | Regex) and node.field == "watch")


def tied(nodes: Sequence[Node]) -> list[Node]:
    """Tie what parts joined by AND say of cases to the watches that they name: `watch:X is:open`."""
    named = naming_watches(nodes)
    return [
        Is(node.state, named) if named and isinstance(node, Is) and node.state in CASE_STATES else node
        for node in nodes
    ]


_BARE = re.compile(r"[^\W_](?:[\w.+#&*'-]*[\w+#*])?")
_TO_ESCAPE = re.compile(r'(["“”\\])')
OPERATORS = ("AND", "OR", "NOT", "NEAR")


def quote(text: str) -> str:
    """Write a word or phrase for an expression, with quotation marks if needed."""
    if _BARE.fullmatch(text) and text not in OPERATORS:
        return text
    return phrase(text)


def phrase(text: str) -> str:
    """Write text as a quoted phrase, with quotation marks inside escaped."""
    return '"' + _TO_ESCAPE.sub(r"\\\1", text) + '"'


def positive_terms(node: Node) -> Iterator[Text | Regex]:
    """Yield the terms and patterns for title and body that are not negated."""
    match node:
        case And(nodes) | Or(nodes):
            for child in nodes:
                yield from positive_terms(child)
        case Near(left, right):
            yield left
            yield right
        case Text() | Regex():
            if node.field in ("", "title", "body"):
                yield node


def leaves(node: Node) -> Iterator[Text | Name | Near | Regex | Is | Has | Language | Number | Dated]:
    """Yield all single conditions of an expression."""
    match node:
        case And(nodes) | Or(nodes):
            for child in nodes:
                yield from leaves(child)
        case Not(child):
            yield from leaves(child)
        case _:
            yield node


def required_terms(node: Node) -> tuple[Term, ...] | None:
    """Return terms of which every matching text contains at least one; None if there are none."""
    match node:
        case Text(term, field) if field in ("", "title", "body"):
            return (term,)
        case Near(left):
            return required_terms(left)
        case And(nodes):
            choices = [terms for terms in map(required_terms, nodes) if terms]
            return min(choices, key=len, default=None)
        case Or(nodes):
            parts = [required_terms(child) for child in nodes]
            return None if None in parts else tuple(term for part in parts for term in part or ())
        case _:
            return None
