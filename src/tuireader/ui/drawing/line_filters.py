"""Filters for lines sent to the terminal: portable emoji, nearest of 256 colours, visual order of letters."""

from __future__ import annotations

import re
from bisect import bisect
from functools import lru_cache
from itertools import groupby, product
from math import dist

from rich._palettes import EIGHT_BIT_PALETTE
from rich.color import Color, ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Background
from textual.color import Lab, rgb_to_lab
from textual.filter import LineFilter

from tuireader.text import bidi, portable_emoji

_STEPS = (0, 95, 135, 175, 215, 255)
"""Levels of red, green and blue in the 256-colour cube."""
_FIRST, _FIRST_GREY, _GREYS = 16, 232, 24
"""Number of the first colour of the cube and of the first grey, and how many greys there are."""


class SameEverywhere(LineFilter):
    """Replace emoji of uncertain width; copied text keeps the originals."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        text = "".join([segment.text for segment in segments])
        if portable_emoji(text) is text:  # true for nearly all lines
            return segments
        return [
            segment if segment.control else segment._replace(text=portable_emoji(segment.text))
            for segment in segments
        ]


_SIGN = re.compile(r"\s*[●○•◆◇★└▸▾×~#·]")
_ALONE = re.compile(r"\s*(?:[●○•◆◇★└▸▾×~#·]\w{0,2}|\d[\d,.]*)\s*")


class VisualOrder(LineFilter):
    """Put right-to-left text into visual order, column by column."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        """Reorder characters with their styles. Segments of signs and counts keep their places."""
        text = "".join([segment.text for segment in segments])
        if not bidi.has_right_to_left(text) or any(segment.control for segment in segments):
            return segments
        edges, styles = set[int](), list[Style | None]()
        for segment in segments:
            alone = _ALONE.fullmatch(segment.text)
            if alone or _SIGN.match(segment.text):
                edges.add(len(styles))
            styles += [segment.style] * len(segment.text)
            if alone:
                edges.add(len(styles))
        runs = groupby(bidi.places(text, edges), key=lambda place: styles[place[0]])
        return [Segment("".join(shown for _, shown in run), style) for style, run in runs]


class Nearest256(LineFilter):
    """Use the nearest of 256 colours. Rich would keep the hue instead and turn dark grey-blue into green."""

    def apply(self, segments: list[Segment], background: Background) -> list[Segment]:
        return [segment._replace(style=_nearest_style(segment.style)) for segment in segments]


@lru_cache(4096)
def _nearest_style(style: Style | None) -> Style | None:
    return style and style + Style(color=_nearest(style.color), bgcolor=_nearest(style.bgcolor))


@lru_cache(1024)
def _nearest(color: Color | None) -> Color | None:
    if color is None or color.type is not ColorType.TRUECOLOR or color.triplet is None:
        return color
    sides = [{step := max(0, bisect(_STEPS, part) - 1), min(5, step + 1)} for part in color.triplet]
    near = [_FIRST + 36 * red + 6 * green + blue for red, green, blue in product(*sides)]
    near.append(_FIRST_GREY + min(_GREYS - 1, max(0, round((sum(color.triplet) / 3 - 8) / 10))))
    wanted = _seen(*color.triplet)
    return Color.from_ansi(min(near, key=lambda number: dist(_seen(*EIGHT_BIT_PALETTE[number]), wanted)))


@lru_cache(2048)
def _seen(red: int, green: int, blue: int) -> Lab:
    """The colour as the eye sees it; equal distances look about equal."""
    return rgb_to_lab(Background(red, green, blue))
