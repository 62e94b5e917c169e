"""Contrast of colours as in WCAG 2, and colours adjusted until they are legible."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from textual.color import BLACK, WHITE, Color

TEXT, MARK = 4.5, 3.0
"""Least contrast of text, and of signs and lines (WCAG 1.4.3, 1.4.11)."""
_STEPS = 64


def contrast(one: Color, other: Color) -> float:
    """Contrast between 1 and 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def legible(color: Color, background: Color, least: float = TEXT) -> Color:
    """The colour, moved towards white or black as far as its contrast needs."""
    if contrast(color, background) >= least:
        return color
    end = max(WHITE, BLACK, key=lambda end: contrast(end, background))
    return _first(color, end, background, least)


def faded(color: Color, background: Color, wanted: float) -> Color:
    """The colour, moved towards the background until its contrast is just above `wanted`."""
    return _first(background, color, background, wanted)


def _first(start: Color, end: Color, background: Color, least: float) -> Color:
    """The first colour between two with enough contrast; `end` if none has it."""

    def blended(step: int) -> Color:
        return start.blend(end, step / _STEPS)

    return blended(bisect_left(range(_STEPS), least, key=lambda step: contrast(blended(step), background)))


@lru_cache(4096)
def _luminance(color: Color) -> float:
    """Relative luminance between 0 and 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
