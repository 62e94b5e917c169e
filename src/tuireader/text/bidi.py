"""Put right-to-left text into visual order, for terminals that print characters as they come.

Only lines about to be painted are reordered; stored, searched and copied text stays in reading order.
python-bidi does it, a package of the extra `bidi`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from unicodedata import bidirectional

MISSING = "needs a package: pip install 'tuireader[bidi]'"
START = "\u200f"
"""Starts a paragraph that is right to left whatever its first letter, and that ends with the line.

Only drawing code writes it: `clean` removes it from outside text.
"""
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_COLUMN = re.compile("[^ \u2500-\u259f]+(?: [^ \u2500-\u259f]+)*")  # lines and two spaces separate columns
_CLASSES = ("L", "R", "AL", "EN", "ES", "ET", "AN", "CS", "WS", "ON")  # others are marks and controls
_LONGEST = 4_000  # characters, more than fit into a line of a terminal
_TAG, _TAGS = 0xE0020, 96  # invisible characters without a direction; two of them name a place
_TAGGED = re.compile(
    "(?P<low>[\U000e0020-\U000e007f])(?P<high>[\U000e0020-\U000e007f]).|[^\U000e0020-\U000e007f](?P<after>..)"
)


def is_available() -> bool:
    """Return whether python-bidi is installed."""
    return importlib.util.find_spec("bidi") is not None


def has_right_to_left(text: str) -> bool:
    """Return whether a letter of the text belongs to a right-to-left script."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Return whether a paragraph reads from right to left, which its first letter decides."""
    return next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "L") != "L"


def visual(text: str) -> str:
    """Put a line into visual order."""
    return "".join(shown for _, shown in places(text)) if has_right_to_left(text) else text


def places(text: str, edges: Iterable[int] = ()) -> Iterator[tuple[int, str]]:
    """Yield the characters of a line in visual order, each with its offset in `text`; without `START`.

    A line of several columns, which two spaces or one of `edges` separate, keeps their order.
    """
    at = 0
    for start, end in _columns(text, edges):
        yield from enumerate(text[at:start], at)
        forced = text.startswith(START, start)
        start += forced
        for place, shown in _order(text[start:end], forced or is_right_to_left(text[start:end])):
            yield start + place, shown
        at = end
    yield from enumerate(text[at:], at)


def _columns(text: str, edges: Iterable[int]) -> Iterator[tuple[int, int]]:
    first, start, _ = text.partition(START)
    inner = (edge for edge in edges if edge < len(first))
    for piece in pairwise(sorted({0, len(first), *inner})):
        for match in _COLUMN.finditer(text, *piece):
            if has_right_to_left(match[0]):
                yield match.span()
    if start:
        yield len(first), len(text.rstrip(" "))  # the margin stays at the right


@lru_cache(4096)
def _order(text: str, right_to_left: bool) -> tuple[tuple[int, str], ...]:
    """Order the characters of a paragraph's line; combining marks stay behind their letters.

    python-bidi returns no places, so each character is followed by two tags that name its place. They move
    along: where text reads from right to left, they stand before it, in reverse.
    """
    if len(text) > _LONGEST:
        return tuple(enumerate(text))
    from bidi import get_display
    from bidi.mirror import MIRRORED
    from rich.cells import split_graphemes

    pieces = [(start, text[start:end]) for start, end, _ in split_graphemes(text)[0]]
    tagged = "".join(
        f"{piece[0] if bidirectional(piece[0]) in _CLASSES else ' '}"
        f"{chr(_TAG + number // _TAGS)}{chr(_TAG + number % _TAGS)}"
        for number, (_, piece) in enumerate(pieces)
    )
    order = []
    end = "\u0300"  # a mark keeps the last tags with their character
    for match in _TAGGED.finditer(get_display(tagged + end, base_dir="LR"[right_to_left]).replace(end, "")):
        high, low = map(ord, match["after"] or match["high"] + match["low"])
        start, piece = pieces[(high - _TAG) * _TAGS + low - _TAG]
        order.append((start, MIRRORED.get(piece, piece) if match["low"] else piece))
    return tuple(order)
