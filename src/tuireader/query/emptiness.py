"""Regular expressions that match no text, or only an empty piece of it, which counts for nothing.

Only what is beyond doubt is named. The parser is that of `re`; what `regex` may read otherwise is left alone.
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
    """Why a pattern matches nothing, or `""`."""
    if OTHER_IN_REGEX.search(pattern.replace(_NEVER, "")):
        return ""
    try:
        tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return ""
    if tree.state.flags & re.MULTILINE:
        return ""
    return _reason(tree.state, list(tree)) or ("" if tree.getwidth()[1] else "it takes no letter of a text")


def _reason(state: Any, items: Items) -> str:
    """Why items in a row match nothing."""
    taken = 0
    for at, (kind, value) in enumerate(items):
        if kind is code.AT and value in _STARTS and taken:
            return "text stands before the start"
        if kind is code.AT and value in _ENDS and any(map(_is_letter, items[at + 1 :])):
            return "text stands behind the end"
        if kind is code.ASSERT_NOT:
            return f"{_NEVER} never holds"
        if reason := _inside(state, kind, value):
            return reason
        taken += parser.SubPattern(state, [(kind, value)]).getwidth()[0]
    return ""


def _inside(state: Any, kind: Any, value: Any) -> str:
    """Why an item matches nothing because of what stands in it."""
    if kind is code.SUBPATTERN and not value[1] & re.MULTILINE:
        return _reason(state, list(value[3]))
    if kind in _REPEATS and value[0] > 0:
        return _reason(state, list(value[2]))
    if kind is code.BRANCH:
        reasons = [_reason(state, list(branch)) for branch in value[1]]
        return reasons[0] if all(reasons) else ""
    return ""


def _is_letter(item: tuple[Any, Any]) -> bool:
    """Whether an item is a letter, and not the line feed that may stand behind the end."""
    return item[0] is code.LITERAL and item[1] != ord("\n")
