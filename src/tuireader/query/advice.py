"""Warn about probable mistakes in an expression: lower-case operators, unknown names, dead parts."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as of_class
from datetime import date
from itertools import pairwise
from typing import TypeGuard

from msgspec import Struct
from msgspec.structs import replace

from tuireader.lexicon import fold
from tuireader.model.fields import CASE_STATES, FIELDS, NAME_FIELDS
from tuireader.query.evaluate import FoldedArticle, Subject, is_name, value_matches
from tuireader.query.parser import tokens
from tuireader.query.regexes import SlowRegex, unmatchable_reason
from tuireader.query.tree import (
    OPERATORS,
    And,
    Dated,
    Is,
    Language,
    Name,
    Node,
    Not,
    Number,
    Or,
    Query,
    Regex,
    Text,
    quote,
)
from tuireader.text import clean
from tuireader.text.wording import counted

_ENDS = frozenset({"word", "phrase", "regex", ")"})
_BEGINS = frozenset({"word", "phrase", "regex", "field", "name", "(", "-"})
_NAME_LIMIT = 60
_SIMILARITY = 0.6


class Advice(Struct, frozen=True):
    """Warning about a probable mistake; if it is `dead`, the expression cannot match anything.

    `field` is the kind of an unknown name, `term` the affected term of a watch. `unsure` means that the name
    may be that of a feed whose title is not known yet, or that another field has it: `folder:x OR label:x`.
    """

    message: str
    dead: bool = False
    field: str = ""
    term: str = ""
    unsure: bool = False

    def __str__(self) -> str:
        return f"{self.term}: {self.message}" if self.term else self.message


@dataclass(frozen=True, slots=True)
class Names:
    """Names that an expression can use; a feed is known by its title and its address.

    `unnamed` counts feeds that have not been fetched yet, so their titles are unknown.
    """

    feeds: Sequence[tuple[str, str]] = ()
    folders: Sequence[str] = ()
    labels: Sequence[str] = ()
    watches: Sequence[str] = ()
    views: Sequence[str] = ()
    unnamed: int = 0
    _reading: FoldedArticle = of_class(
        init=False, default_factory=lambda: FoldedArticle(Subject()), compare=False
    )
    _folded: dict[str, Mapping[str, str]] = of_class(init=False, default_factory=dict, compare=False)

    def known(self, field: str) -> Sequence[str]:
        """Return the known names for a field: `feed`, `folder`, `label` or `watch`."""
        if field == "feed":
            return [title for title, _ in self.feeds]
        return {"folder": self.folders, "label": self.labels}.get(field, self.watches)

    def has(self, node: Text | Regex | Name) -> bool:
        """Return whether a known name fits a part of an expression."""
        if node.field == "label" and "flag-" in _name_in(node):
            return True  # a flag of newsboat, which is a label once an article has it
        names = [*self.known(node.field), *(url for _, url in self.feeds if node.field == "feed")]
        if isinstance(node, Name):
            return any(is_name(node, name) for name in names)
        try:
            return any(value_matches(node, name, self._reading) for name in names if name)
        except SlowRegex:
            return True

    def unknown_message(self, field: str, name: str) -> str:
        message = f"there is no {field} {clean(name, _NAME_LIMIT)!r}"
        if near := self.suggestion(field, name):
            return f"{message}; did you mean {near}?"
        if fold(name) in map(fold, self.views):
            return f"{message}; it is the name of a saved search"
        if field == "feed" and self.unnamed:
            return (
                f"{message}; {counted(self.unnamed, 'feed has', 'feeds have')} no known title until fetched"
            )
        return message

    def unlisted_message(self, name: str) -> str:
        """Word a message about an unknown feed or folder, as in `feeds` of a watch; `""` for a known one."""
        titles, folders = self.known("feed"), self.known("folder")
        if name.casefold() in map(str.casefold, (*titles, *folders, *(url for _, url in self.feeds))):
            return ""
        near = _nearest(name, {**self._by_fold("feed"), **self._by_fold("folder")})
        hint = f"; did you mean {near!r}?" if near else ""
        return f"there is no feed or folder {clean(name, _NAME_LIMIT)!r}{hint}"

    def suggestion(self, field: str, name: str) -> str:
        """Suggest the nearest known name, written as in an expression; `""` for none."""
        for other in NAME_FIELDS:
            if same := self._by_fold(other).get(fold(name)):
                return f"{other}:{quote(same)}"
        near = _nearest(name, self._by_fold(field))
        return f"{field}:{quote(near)}" if near else ""

    def _by_fold(self, field: str) -> Mapping[str, str]:
        if field not in self._folded:
            self._folded[field] = {fold(name): name for name in self.known(field) if name}
        return self._folded[field]


def _nearest(name: str, known: Mapping[str, str]) -> str:
    """Return the most similar name, else the shortest one that contains `name`; `""` for none."""
    wanted = fold(name)
    near = difflib.get_close_matches(wanted, known, 1, _SIMILARITY)
    near = near or sorted((other for other in known if wanted in other), key=len)
    return known[near[0]] if near else ""


def advise(query: Query, names: Names | None = None, *, at_arrival: bool = False) -> list[Advice]:
    """List warnings about probable mistakes in an expression.

    Names are only checked when given. An expression evaluated `at_arrival` knows neither age nor watches.
    """
    culprits: dict[Node, Advice] = {}
    _collect_dead(query.root, names, at_arrival, culprits)
    dead = is_dead(query.root, lambda node: node in culprits)
    advice = [*_small_operators(query.text), *(replace(part, dead=dead) for part in culprits.values())]
    return list(dict.fromkeys(advice))


def is_dead(node: Node, never: Callable[[Node], bool]) -> bool:
    """Return whether an expression cannot match, given the parts that are `never` true."""
    match node:
        case And(nodes):
            return never(node) or any(is_dead(child, never) for child in nodes)
        case Or(nodes):
            return all(is_dead(child, never) for child in nodes)
        case Not():
            return False
    return never(node)


def _small_operators(text: str) -> Iterator[Advice]:
    """Yield warnings about lower-case operators in the position of an operator."""
    before = ""
    for token, after in pairwise(tokens(text)):
        operator = token.value.upper()
        if token.kind == "word" and operator in OPERATORS and after.kind in _BEGINS:
            alone = operator == "NOT" and before in ("", "(")
            if alone or before in _ENDS:
                yield Advice(f'"{token.value}" is searched as a word; did you mean {operator}?')
        before = token.kind


def _collect_dead(node: Node, names: Names | None, at_arrival: bool, dead: dict[Node, Advice]) -> None:
    """Collect the parts of an expression that can never be true."""
    match node:
        case And(nodes) | Or(nodes):
            if isinstance(node, And) and (pair := _conflict(nodes)):
                dead[node] = Advice(f"{pair[0]} and {pair[1]} exclude each other")
            for child in nodes:
                _collect_dead(child, names, at_arrival, dead)
            if isinstance(node, Or):
                known = {_name_in(child) for child in nodes if _is_named(child) and child not in dead}
                for child in nodes:
                    if _is_named(child) and child in dead and _name_in(child) in known:
                        dead[child] = replace(dead[child], unsure=True)
        case Not(child):
            _collect_dead(child, names, at_arrival, dead)
        case Text() | Regex() | Name():
            if (advice := _leaf_advice(node, names, at_arrival)) is not None:
                dead[node] = advice
        case Number(above=True) if at_arrival and FIELDS[node.field].ago:
            dead[node] = Advice(f"{node} never matches: watches are checked when an article arrives")
        case Is(state) if at_arrival and state in CASE_STATES:
            dead[node] = Advice(f"{node} never matches new articles: nobody has handled them yet")


def _leaf_advice(node: Text | Regex | Name, names: Names | None, at_arrival: bool) -> Advice | None:
    if isinstance(node, Regex) and (reason := unmatchable_reason(node.pattern)):
        return Advice(f"{node} cannot match anything: {reason}")
    if names is not None and node.field in NAME_FIELDS and not names.has(node):
        name = _name_in(node)
        unsure = node.field == "feed" and bool(names.unnamed) and not names.suggestion("feed", name)
        return Advice(names.unknown_message(node.field, name), field=node.field, unsure=unsure)
    if at_arrival and node.field == "note":
        return Advice(f"{node} never matches new articles: nobody has noted anything yet")
    if at_arrival and node.field == "id":
        return Advice(f"{node} never matches new articles: search for the identifier as a word or pattern")
    if at_arrival and node.field == "watch":
        return Advice(f"{node} never matches new articles: all watches are checked at once")
    return None


def _is_named(node: Node) -> TypeGuard[Text | Regex | Name]:
    return getattr(node, "field", "") in NAME_FIELDS


def _name_in(node: Text | Regex | Name) -> str:
    match node:
        case Text(term):
            return term.text
        case Regex(pattern):
            return pattern
    return node.name


def _conflict(nodes: Sequence[Node]) -> tuple[Node, Node] | None:
    """Find two parts that cannot both be true of an article."""
    parts = set(nodes)
    for node in nodes:
        if isinstance(node, Not) and node.node in parts:
            return node.node, node
    for state in ("read", "subscribed"):
        pair = Is(f"un{state}"), Is(state)
        if parts.issuperset(pair):
            return pair
    languages = [node for node in nodes if isinstance(node, Language)]
    if other := next((node for node in languages if node != languages[0]), None):
        return languages[0], other
    numbers = [node for node in nodes if isinstance(node, Number)]
    for name in dict.fromkeys(node.field for node in numbers):
        limits = [node for node in numbers if node.field == name]
        least = max((node for node in limits if node.above), key=lambda node: node.value, default=None)
        most = min((node for node in limits if not node.above), key=lambda node: node.value, default=None)
        if least is not None and most is not None and least.value >= most.value:
            return least, most
    days = [node for node in nodes if isinstance(node, Dated) and isinstance(node.day, date)]
    first = max((node for node in days if not node.before), key=lambda node: node.time(0), default=None)
    last = min((node for node in days if node.before), key=lambda node: node.time(0), default=None)
    return (first, last) if first is not None and last is not None and first.time(0) >= last.time(0) else None
