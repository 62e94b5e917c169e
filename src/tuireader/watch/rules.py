"""What a watch wants, as the config says it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

FIELDS = ("title", "summary", "body", "author", "url", "label")
"""Where a watch can look for its terms; the first three unless it says otherwise."""


_RULES_VERSION = 3  # of the matching rules: raised when they change, so that stored articles are matched anew


@dataclass(frozen=True, slots=True)
class WatchRule:
    """What a watch wants. Every condition that is given has to be met.

    One of `any`; one of each group of `all`; none of `none`; the expression `query`; and an article from
    one of `feeds` (title, address or folder). A term in slashes is a regular expression. `exact`: case and
    accents as typed, no plural.
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
    """Why a watch, or one of its terms, cannot work."""

    watch: str
    message: str


def signature(rule: WatchRule) -> str:
    """A digest of what the watch matches: when it changes, stored articles have to be matched anew."""
    parts = (_RULES_VERSION, rule.any, rule.all, rule.none, rule.query, rule.fields, rule.feeds, rule.exact)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
