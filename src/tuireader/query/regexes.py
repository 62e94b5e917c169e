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
"""Number of texts a regular expression may be too slow on before it is disabled: a second in all."""
_SMALL = 400
"""Size up to which many patterns are cached."""
_slow: Counter[str] = Counter()


class SlowRegex(Exception):
    """A regular expression exceeded its time limit on one text. `pattern` names it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"/{pattern}/ takes too long")
        self.pattern = pattern


def regex_problem(pattern: str) -> str:
    """Return why a pattern is invalid or too large, or `""`."""
    count, place = size(pattern)
    if count > LARGEST:
        return (
            f"the regular expression is too large: with its repeats expanded "
            f"it has more than {LARGEST:,} characters, at position {place}"
        )
    try:
        compiled(pattern)
    except Exception as error:  # its own error, OverflowError, RecursionError …
        return f"the regular expression is invalid: {error}"
    return ""


def compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a pattern; case counts if it has a capital. Raises what `regex` raises.

    Few large patterns are cached, to bound the memory.
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
    """Return whether a pattern was too slow too often and is disabled until the next start."""
    return _slow[pattern] >= _MOST_SLOW


def regex_spans(pattern: str, text: str) -> list[tuple[int, int]]:
    """Return all matches that are not empty. Raises SlowRegex, immediately for a disabled pattern."""
    if is_disabled(pattern):
        raise SlowRegex(pattern)
    try:
        found = compiled(pattern).finditer(text, timeout=_REGEX_SECONDS)
        return [match.span() for match in found if match.end() > match.start()]
    except TimeoutError:
        _slow[pattern] += 1
        raise SlowRegex(pattern) from None
