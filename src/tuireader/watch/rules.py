"""Rules of watches, from the configuration, and the items that they search for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from tuireader import query
from tuireader.lexicon import Term, compile_term
from tuireader.query import Regex

FIELDS = ("title", "summary", "body", "author", "url", "label")
"""Fields that a watch can search; by default the first three."""


_RULES_VERSION = 3  # raised when matching changes, so that stored articles are matched again


@dataclass(frozen=True, slots=True)
class WatchRule:
    """Conditions of a watch; all of those given have to be met.

    One of `any`; one of each group of `all`; none of `none`; the expression `query`; and an article from
    one of `feeds` (title, address or folder). A term in slashes is a regular expression. `exact`: case
    and accents as typed, no plural.
    """

    name: str
    any: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    query: str = ""
    fields: tuple[str, ...] = ("title", "summary", "body")
    feeds: tuple[str, ...] = ()
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Reason why a watch, or one of its terms, cannot work."""

    watch: str
    message: str


def signature(rule: WatchRule) -> str:
    """Return a digest of what a watch matches; when it changes, stored articles are matched again."""
    parts = (_RULES_VERSION, rule.any, rule.all, rule.none, rule.query, rule.fields, rule.feeds, rule.exact)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


Item = Term | Regex


def parse_item(text: str, exact: bool) -> Item | str:
    """Return a term or a regular expression in slashes, or why it is neither."""
    if len(text) > 2 and text[0] == "/" == text[-1]:
        problem = query.regex_problem(text[1:-1])
        return f"{text}: {problem}" if problem else Regex(text[1:-1])
    return compile_term(text, exact) or f"there is nothing to search for in {text!r}"
