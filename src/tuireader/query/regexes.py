"""Regular expressions with a time limit."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex


_REGEX_SECONDS = 0.05
_MOST_SLOW = 20
"""Texts that a regular expression may take too long for before it is given up: a second in all."""
_slow: Counter[str] = Counter()


class SlowRegex(Exception):
    """A regular expression took longer than it may on one text. `pattern` names it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"/{pattern}/ takes too long")
        self.pattern = pattern


def regex_problem(pattern: str) -> str:
    """Why a pattern is no regular expression, or `""`."""
    try:
        _compiled(pattern)
    except (
        Exception
    ) as error:  # the package raises its own error, and OverflowError, RecursionError and others
        return f"the regular expression is wrong: {error}"
    return ""


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> regex.Pattern[str]:
    import regex

    letters = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    return regex.compile(pattern, 0 if letters != letters.lower() else regex.IGNORECASE)


def given_up(pattern: str) -> bool:
    """Whether a pattern took too long so often that it is tried no more, until the next start."""
    return _slow[pattern] >= _MOST_SLOW


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """All places that are not empty. Raises SlowRegex; at once for a pattern that has been given up."""
    if given_up(pattern):
        raise SlowRegex(pattern)
    try:
        found = _compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [match.span() for match in found if match.end() > match.start()]
    except TimeoutError:
        _slow[pattern] += 1
        raise SlowRegex(pattern) from None
