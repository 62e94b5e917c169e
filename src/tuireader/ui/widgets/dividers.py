"""Lines between the panes, with the accent edge of the focused one."""

from __future__ import annotations

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tuireader.ui.host import Hosted

_NOWHERE = range(0)


class Divider(Widget, Hosted):
    """An upright or level line; `Panes` moves it."""

    ALLOW_SELECT = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._look: tuple[bool, str, range, int] = (True, "│", _NOWHERE, -1)

    def draw(
        self, *, upright: bool = True, sign: str = "│", accent: range = _NOWHERE, joint: int = -1
    ) -> None:
        """Change the look: lines `accent` are beside the focused pane, a level line begins at `joint`."""
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
