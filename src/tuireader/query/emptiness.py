"""Detect regular expressions that match no text, or only an empty piece of it.

Only certain cases are reported. The parser is that of `re`; constructs that `regex` may read differently are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from tuireader.query.literals import OTHER_IN_REGEX

_STARTS = (code.AT_BEGINNING, code.AT_BEGINNING_STRING)
_ENDS = (code.AT_END, code.AT_END_STRING)
_REPEATS = (code.MAX_REPEAT, code.MIN_REPEAT)
_NEVER = "(?!)"

Items = Sequence[tuple[Any, Any]]


@lru_cache(maxsize=256)
def unmatchable_reason(pattern: str) -> str:
    """Return why a pattern matches nothing, or `""`."""
    if OTHER_IN_REGEX.search(pattern.replace(_NEVER, "")):
        return ""
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return ""
    if tree.state.flags & re.MULTILINE:
        return ""
    return _reason(tree.state, list(tree)) or ("" if tree.getwidth()[1] else "it only matches empty text")


def _reason(state: Any, items: Items) -> str:
    """Return why a sequence of items matches nothing."""
    taken = 0
    for at, (kind, value) in enumerate(items):
        if kind is code.AT and value in _STARTS and taken:
            return "there is text before the start"
        if kind is code.AT and value in _ENDS and any(map(_is_letter, items[at + 1 :])):
            return "there is text after the end"
        if kind is code.ASSERT_NOT:
            return f"{_NEVER} never matches"
        if reason := _inside(state, kind, value):
            return reason
        taken += parser.SubPattern(state, [(kind, value)]).getwidth()[0]
    return ""


def _inside(state: Any, kind: Any, value: Any) -> str:
    """Return why an item matches nothing because of its content."""
    if kind is code.SUBPATTERN and not value[1] & re.MULTILINE:
        return _reason(state, list(value[3]))
    if kind in _REPEATS and value[0] > 0:
        return _reason(state, list(value[2]))
    if kind is code.BRANCH:
        reasons = [_reason(state, list(branch)) for branch in value[1]]
        return reasons[0] if all(reasons) else ""
    return ""


def _is_letter(item: tuple[Any, Any]) -> bool:
    """Return whether an item is a letter, as opposed to the line feed that may follow the end."""
    return item[0] is code.LITERAL and item[1] != ord("\n")
