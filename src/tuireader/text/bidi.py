"""Put right-to-left text into visual order, for terminals that print characters as they come.

Only lines about to be painted are reordered; stored, searched and copied text stays in reading order.
python-bidi does it, a package of the extra `bidi`.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any
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
_CLASSES = ("L", "R", "AL", "EN", "ES", "ET", "AN", "CS", "NSM", "WS", "ON")  # others are for control codes
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def is_available() -> bool:
    """Return whether python-bidi is installed."""
    return importlib.util.find_spec("bidi") is not None


def has_right_to_left(text: str) -> bool:
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def is_right_to_left(text: str) -> bool:
    """Return whether a paragraph reads from right to left, which its first letter decides."""
    if not has_right_to_left(text):
        return False
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

    The steps of `bidi.algorithm.get_display`, which keep track of where each character was.
    """
    from bidi import algorithm
    from rich.cells import split_graphemes

    spans = split_graphemes(text)[0]
    firsts = [text[start] if bidirectional(text[start]) in _CLASSES else " " for start, _, _ in spans]
    base = "LR"[right_to_left]
    storage: dict[str, Any] = {
        **algorithm.get_empty_storage(),
        "base_level": int(right_to_left),
        "base_dir": base,
    }
    algorithm.get_embedding_levels("".join(firsts), storage)
    characters = storage["chars"]
    for place, character in enumerate(characters):
        character["place"] = place
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(characters, base)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    algorithm.reorder_resolved_levels(storage, False)
    algorithm.apply_mirroring(storage, False)
    order = []
    for character in storage["chars"]:
        start, end, _ = spans[character["place"]]
        own = text[start:end]
        is_mirrored = character["ch"] != firsts[character["place"]]
        order.append((start, character["ch"] + own[1:] if is_mirrored else own))
    return tuple(order)


def _resolve_brackets(characters: Sequence[dict[str, Any]], base: str) -> None:
    """Give the brackets of a pair one direction, by their content (rule N0, which python-bidi lacks)."""
    opened: list[int] = []
    for at, character in enumerate(characters):
        if character["type"] != "ON":
            continue
        if character["ch"] in _BRACKETS:
            opened.append(at)
        elif opened and character["ch"] == _BRACKETS[characters[opened[-1]]["ch"]]:
            start = opened.pop()
            inside = {_direction(each["type"]) for each in characters[start + 1 : at]} - {""}
            before = [_direction(each["type"]) for each in characters[:start]]
            context = next((kind for kind in reversed(before) if kind), base)
            if inside:
                side = base if base in inside or context == base else context
                characters[start]["type"] = character["type"] = side


def _direction(kind: str) -> str:
    return "R" if kind in ("R", "EN", "AN") else kind if kind == "L" else ""
