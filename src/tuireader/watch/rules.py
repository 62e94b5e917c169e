"""Rules of watches and their terms."""

from __future__ import annotations

import hashlib
import json

from msgspec import Struct

from tuireader import query
from tuireader.lexicon import Term, compile_term, has_variants
from tuireader.query import Regex

FIELDS = ("title", "summary", "body", "text", "author", "url", "label")
"""Fields that a watch can search, by default the first three; `text` is the running text of both texts."""
_RULES_VERSION = 3  # increase when matching changes, to match stored articles again


class WatchRule(Struct, frozen=True):
    """Conditions of a watch, all of which an article must meet.

    It must contain one term of `any`, one of each group of `all` and none of `none`, match the expression
    `query`, and be from one of `feeds` (title, address or folder); empty conditions are ignored. A term in
    slashes is a regular expression. `exact` requires case and accents as typed, and no plural. With
    `exact_words`, Chinese terms across word boundaries do not count.
    """

    name: str
    any: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    query: str = ""
    fields: tuple[str, ...] = ("title", "summary", "body")
    feeds: tuple[str, ...] = ()
    exact: bool = False
    exact_words: bool = False


class Problem(Struct, frozen=True):
    """Error in a watch or one of its terms."""

    watch: str
    message: str


def signature(rule: WatchRule) -> str:
    """Return a digest of a watch's conditions; if it changes, stored articles are matched again."""
    terms = " ".join((*rule.any, *(term for group in rule.all for term in group), *rule.none, rule.query))
    parts: tuple[object, ...] = (
        *(_RULES_VERSION, rule.any, rule.all, rule.none, rule.query, rule.fields, rule.feeds, rule.exact),
        *([rule.exact_words] if rule.exact_words else []),  # watches without it keep their signature
        *(["variants"] if has_variants(terms) else []),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


Item = Term | Regex


def parse_item(text: str, exact: bool) -> Item | str:
    """Return a term, a regular expression if in slashes, or the reason why it is invalid."""
    if len(text) > 2 and text[0] == "/" == text[-1]:
        problem = query.regex_problem(text[1:-1])
        return f"{text}: {problem}" if problem else Regex(text[1:-1])
    return compile_term(text, exact) or f"there is nothing to search for in {text!r}"
