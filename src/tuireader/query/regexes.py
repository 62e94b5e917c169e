"""Regular expressions with a time limit."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from tuireader.query.sizes import LARGEST, size

if TYPE_CHECKING:
    import regex


_REGEX_SECONDS = 0.05
_MOST_SLOW = 20
"""Texts that a regular expression may take too long for before it is given up: a second in all."""
_SMALL = 400
"""Characters of a pattern, with its repeats written out, of which many are kept compiled."""
_slow: Counter[str] = Counter()


class SlowRegex(Exception):
    """A regular expression took longer than it may on one text. `pattern` names it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"/{pattern}/ takes too long")
        self.pattern = pattern


def regex_problem(pattern: str) -> str:
    """Return why a pattern is no regular expression or too large to be one, or `""`."""
    count, place = size(pattern)
    if count > LARGEST:
        return (
            f"the regular expression is too large: with its repeats written out "
            f"it has more than {LARGEST:,} characters, at position {place}"
        )
    try:
        compiled(pattern)
    except (
        Exception
    ) as error:  # the package raises its own error, and OverflowError, RecursionError and others
        return f"the regular expression is wrong: {error}"
    return ""


def compiled(pattern: str) -> regex.Pattern[str]:
    """Return the pattern made ready for use; case counts if it has a capital. Raises what `regex` raises.

    Few large patterns are kept, so that all that are kept fit into the memory.
    """
    count, _ = size(pattern)
    if count > LARGEST:
        raise ValueError("too large")
    return _compiled_large(pattern) if count > _SMALL else _compiled(pattern)


def _compile(pattern: str) -> regex.Pattern[str]:
    import regex

    letters = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    flags = 0 if letters != letters.lower() else regex.IGNORECASE
    return regex.compile(pattern, flags, cache_pattern=False)


_compiled = lru_cache(maxsize=512)(_compile)
_compiled_large = lru_cache(maxsize=8)(_compile)


def is_disabled(pattern: str) -> bool:
    """Whether a pattern took too long so often that it is tried no more, until the next start."""
    return _slow[pattern] >= _MOST_SLOW


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """All places that are not empty. Raises SlowRegex; at once for a pattern that has been given up."""
    if is_disabled(pattern):
        raise SlowRegex(pattern)
    try:
        found = compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [match.span() for match in found if match.end() > match.start()]
    except TimeoutError:
        _slow[pattern] += 1
        raise SlowRegex(pattern) from None
