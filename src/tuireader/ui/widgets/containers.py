"""Containers that are covered by their widgets: of their own lines only borders are drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rich.style import Style
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.textual_private import CoalescingScreen


def _border_lines(widget: Widget, crop: Region, drawn: Callable[[Region], list[Strip]]) -> list[Strip]:
    """Return top and bottom borders as `drawn`, and one blank strip for all other lines.

    Textual renders every visible widget, also below others, and again whenever a class changes.
    """
    gutter = widget.styles.gutter
    if gutter.left or gutter.right:
        return drawn(crop)
    top, end = gutter.top, widget.outer_size.height - gutter.bottom
    blank = _blank(crop.width, widget.visual_style.rich_style)
    ground = widget.background_colors[1]
    for line_filter in widget.get_line_filters():
        blank = blank.apply_filter(line_filter, ground)
    strips: list[Strip] = []
    for y in crop.line_range:
        strips += [blank] if top <= y < end else drawn(Region(crop.x, y, crop.width, 1))
    return strips


@lru_cache(16)
def _blank(width: int, style: Style) -> Strip:
    """Return the same strip each time: it caches its crops."""
    return Strip.blank(width, style)


class PaneRow(Horizontal):
    """Panes side by side."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render blank lines and the border."""
        return _border_lines(self, crop, super().render_lines)


class PaneColumn(Vertical):
    """Panes one below the other."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render blank lines and the border."""
        return _border_lines(self, crop, super().render_lines)


class PaneScreen(CoalescingScreen):
    """A screen that is covered by its panes."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render blank lines and the border."""
        return _border_lines(self, crop, super().render_lines)
