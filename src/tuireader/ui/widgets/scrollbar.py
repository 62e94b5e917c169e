"""Cached rendering of a scrollbar.

Textual renders a scrollbar line by line at every change of the layout: 12 of the 60 ms of CPU for opening an
article and going back.
"""

from __future__ import annotations

from typing import cast

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

_BLACK = Color.parse("black")


class CachedLines:
    """Replaces `render_lines` of a scrollbar: same result, most lines the same strip."""

    def __init__(self, bar: ScrollBar) -> None:
        self._bar = bar
        self._drawn: tuple[object, list[Strip]] | None = None

    def __call__(self, crop: Region) -> list[Strip]:
        """Return the lines of a region."""
        widget, bar = self._bar, cast(ScrollBarRender, self._bar.render())
        style = cast(Style, bar.style)
        filters, ground = widget.get_line_filters(), widget.background_colors[1]
        size, width = widget.size.height, widget.size.width
        drawn_for = (size, width, bar.virtual_size, bar.window_size, bar.position, style, filters, ground)
        if self._drawn is None or self._drawn[0] != drawn_for:
            segments = bar.render_bar(
                size=size,
                virtual_size=bar.virtual_size,
                window_size=bar.window_size,
                position=bar.position,
                thickness=width,
                vertical=True,
                back_color=style.bgcolor or _BLACK,
                bar_color=style.color or _BLACK,
            ).segments
            below = widget.visual_style.rich_style
            known = {one: Strip(Segment.apply_style([one], below), width) for one in segments}
            for line_filter in filters:
                known = {one: strip.apply_filter(line_filter, ground) for one, strip in known.items()}
            self._drawn = (drawn_for, [known[one] for one in segments])
        return [strip.crop(crop.x, crop.right) for strip in self._drawn[1][crop.y : crop.bottom]]
