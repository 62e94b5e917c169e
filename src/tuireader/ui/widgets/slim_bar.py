"""A scrollbar that is drawn only when it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.color import Color
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.style import Style

_BLACK = Color.parse("black")


class SlimBar(ScrollBar):
    """Looks and works as Textual's, which is rendered anew line by line with every change of the layout."""

    _drawn: tuple[object, list[Strip]] | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the bar, of which most are the same strip."""
        bar = cast(ScrollBarRender, self.render())
        style = cast("Style", bar.style)
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
            known = {segment: Strip([segment], width) for segment in segments}
            for line_filter in filters:
                known = {segment: strip.apply_filter(line_filter, ground) for segment, strip in known.items()}
            self._drawn = (drawn_for, [known[segment] for segment in segments])
        return [strip.crop(crop.x, crop.right) for strip in self._drawn[1][crop.y : crop.bottom]]
