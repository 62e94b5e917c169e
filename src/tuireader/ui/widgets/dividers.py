"""Lines between the panes: dragged by mouse, and the accent edge of the focused pane."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.host import Hosted

_NOWHERE = range(0)


class Divider(Widget, Hosted):
    """An upright or level line. `accent` are the lines beside the focused pane."""

    ALLOW_SELECT = False

    @dataclass
    class Dragged(Message):
        """The user dragged the divider to a cell of the screen."""

        divider: Divider
        x: int
        y: int

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._look: tuple[bool, str, range, int] = (True, "│", _NOWHERE, -1)

    def draw(
        self, *, upright: bool = True, sign: str = "│", accent: range = _NOWHERE, joint: int = -1
    ) -> None:
        """Change the look: `sign` where there is no accent; at line `joint` a level line begins."""
        look = upright, sign, accent, joint
        if look != self._look:
            if upright != self._look[0]:
                self.styles.pointer = "ew-resize" if upright else "ns-resize"
            self._look = look
            self.refresh()

    def render_line(self, y: int) -> Strip:
        upright, sign, accent, joint = self._look
        styles, width = self.theme_styles, self.size.width
        if not upright:
            return Strip([Segment("─" * width, styles.base + styles.rule)], width)
        style = styles.accent if y in accent else styles.rule
        sign = "┃" if y in accent else "├" if y == joint else sign
        return Strip([Segment(sign, styles.base + style)], 1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button == 1:
            self.capture_mouse()

    def on_mouse_up(self) -> None:
        self.release_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(self, event.screen_x, event.screen_y))
