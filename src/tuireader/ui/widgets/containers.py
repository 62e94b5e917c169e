"""Containers that are covered by their widgets: of their own lines only borders are drawn."""

from __future__ import annotations

from collections.abc import Callable

from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.textual_private import CoalescingScreen


def _border_lines(widget: Widget, crop: Region, drawn: Callable[[Region], list[Strip]]) -> list[Strip]:
    """Return top and bottom borders as `drawn`, and the same strip for all lines between them.

    Textual renders every visible widget, also below others, and again whenever a class changes.
    """
    top, end = widget.styles.gutter.top, widget.outer_size.height - widget.styles.gutter.bottom
    between = drawn(Region(crop.x, top, crop.width, 1)) if top < end else []
    strips: list[Strip] = []
    for y in crop.line_range:
        strips += between if top <= y < end else drawn(Region(crop.x, y, crop.width, 1))
    return strips


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
