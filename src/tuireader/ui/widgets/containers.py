"""Screen and containers that are covered by what is in them, and when the whole is painted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import monotonic

from rich.style import Style
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

_MOST_WAIT = 0.04
"""Seconds from one painting to the next while keys come faster than they are answered."""


def _lines(widget: Widget, crop: Region, drawn: Callable[[Region], list[Strip]]) -> list[Strip]:
    """A border at the top or the foot as it is `drawn`, and one blank strip for all other lines.

    Textual renders whatever is in sight, also below other widgets, and again whenever a class changes.
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
    """Always the same strip, for it keeps how it was cut."""
    return Strip.blank(width, style)


class PaneRow(Horizontal):
    """Side by side."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the widget, of which only the border is drawn."""
        return _lines(self, crop, super().render_lines)


class PaneColumn(Vertical):
    """One below the other."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the widget, of which only the border is drawn."""
        return _lines(self, crop, super().render_lines)


class CoalescingScreen(Screen[None]):
    """A screen that is covered by its panes, and that is painted seldom."""

    _painted = 0.0
    _held_until = 0.0

    @property
    def keys_wait(self) -> bool:
        """Whether more has been typed than is answered yet."""
        return not self.app._message_queue.empty()

    def _compositor_refresh(self) -> None:
        """Draw nothing that would be thrown away: at the start none is shown."""
        if not getattr(self.app, "is_opening", False):
            super()._compositor_refresh()

    def hold_repaint(self) -> None:
        """Paint nothing until `release_repaint`, or for 40 ms: content that is about to come is included."""
        self._held_until = monotonic() + _MOST_WAIT
        self.set_timer(_MOST_WAIT, self.release_repaint)

    def release_repaint(self) -> None:
        """Paint what has changed."""
        if self._held_until:
            self._held_until = 0.0
            self._update_timer.resume()

    def _on_timer_update(self) -> None:
        """Draw what has changed, once no more keys wait: what these change is drawn with it."""
        now = monotonic()
        if now < self._held_until:
            self._update_timer.pause()
            return
        if self.keys_wait and now - self._painted < _MOST_WAIT:
            return  # the timer goes on
        self._painted = now
        super()._on_timer_update()

    def flush_refresh(self, *widgets: Widget) -> None:
        """Let widgets say what is to be drawn.

        Each would say so when its own messages have come to rest, and have a painting for itself.
        """
        for widget in widgets:
            widget._check_refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the widget, of which only the border is drawn."""
        return _lines(self, crop, super().render_lines)
