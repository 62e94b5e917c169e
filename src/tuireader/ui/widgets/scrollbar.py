"""A scrollbar that is drawn only when it has changed."""

from __future__ import annotations

from typing import cast

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

_BLACK = Color.parse("black")


class SlimBar(ScrollBar):
    """Looks and works as Textual's, which is rendered anew line by line with every change of the layout."""

    _drawn: tuple[object, list[Strip]] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the bar, of which most are the same strip."""
        bar = cast(ScrollBarRender, self.render())
        style = cast(Style, bar.style)
        filters, ground = self.get_line_filters(), self.background_colors[1]
        size, width = self.size.height, self.size.width
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
            below = self.visual_style.rich_style
            known = {one: Strip(Segment.apply_style([one], below), width) for one in segments}
            for line_filter in filters:
                known = {one: strip.apply_filter(line_filter, ground) for one, strip in known.items()}
            self._drawn = (drawn_for, [known[one] for one in segments])
        return [strip.crop(crop.x, crop.right) for strip in self._drawn[1][crop.y : crop.bottom]]
