"""Regular expressions with a time limit."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex


_REGEX_SECONDS = 0.05


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


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """All places that are not empty. Raises SlowRegex."""
    try:
        found = _compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [match.span() for match in found if match.end() > match.start()]
    except TimeoutError:
        raise SlowRegex(pattern) from None
