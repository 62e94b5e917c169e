"""The parser of `re`, which is private to Python and changes with it.

It is used only while it parses a probe as expected. Otherwise no tree is returned, which is safe: searches
read more articles, and nothing is said about patterns that match nothing.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

code: Any
_parser: Any
try:
    from re import _constants as code  # type: ignore[attr-defined,no-redef]
    from re import _parser  # type: ignore[attr-defined,no-redef]
except ImportError:
    code = _parser = None

NEVER = "(?!)"
_PROBE = r"^\Aab*?(c)+\s(?i:d|ef)g*+\Z$"
_PARSED = (
    "[(AT, AT_BEGINNING), (AT, AT_BEGINNING_STRING), (LITERAL, 97),"
    " (MIN_REPEAT, (0, MAXREPEAT, [(LITERAL, 98)])),"
    " (MAX_REPEAT, (1, MAXREPEAT, [(SUBPATTERN, (1, 0, 0, [(LITERAL, 99)]))])),"
    " (IN, [(CATEGORY, CATEGORY_SPACE)]),"
    " (SUBPATTERN, (None, 2, 0, [(BRANCH, (None, [[(LITERAL, 100)], [(LITERAL, 101), (LITERAL, 102)]]))])),"
    " (POSSESSIVE_REPEAT, (0, MAXREPEAT, [(LITERAL, 103)])), (AT, AT_END_STRING), (AT, AT_END)]"
)


@cache
def is_known() -> bool:
    """Return whether this Python's parser produces the trees that are read here."""
    try:
        tree = _parser.parse(_PROBE)
        return repr(tree) == _PARSED and width(tree.state, tree) == 4 and str(never()) not in _PARSED
    except Exception:  # other names, other arguments
        return False


@cache
def never() -> Any:
    """Return the kind of the item `(?!)`, which is another one from Python 3.13 on."""
    ((kind, _),) = _parser.parse(NEVER)
    return kind


def parse(pattern: str) -> Any | None:
    """Parse a pattern; None if it is invalid, or if the parser is not known."""
    if not is_known():
        return None
    try:
        return _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def width(state: Any, items: Any) -> int:
    """Compute the least length of the texts that a sequence of items matches."""
    least: int = _parser.SubPattern(state, list(items)).getwidth()[0]
    return least
