"""What the line-API widgets have in common: inks, and moving by keys without animation."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.geometry import Region
from textual.scroll_view import ScrollView

from tuireader.ui.inks import Inks

if TYPE_CHECKING:
    from tuireader.ui.app import TuireaderApp


class Pane(ScrollView, can_focus=True, inherit_bindings=False):
    """A part of the screen that has the focus, a cursor or a place, and answers the moving commands."""

    ALLOW_MAXIMIZE = False

    @property
    def reader(self) -> TuireaderApp:
        """The app, by its own type."""
        return cast("TuireaderApp", self.app)

    @property
    def inks(self) -> Inks:
        """The styles of the theme that is on."""
        return self.reader.inks

    def forget_strips(self) -> None:
        """Drop whatever was drawn and draw anew."""
        self.refresh()

    def scroll_now(self, line: float) -> None:
        """Bring a line to the top at once."""
        self.scroll_to(y=line, animate=False, immediate=True, force=True)

    def refresh_line(self, line: int) -> None:
        """Redraw one line, given by its number in the whole content."""
        self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def on_focus(self) -> None:
        """Show the cursor as a live one."""
        self.focus_changed()

    def on_blur(self) -> None:
        """Show the cursor as a resting one."""
        self.focus_changed()

    def focus_changed(self) -> None:
        """Draw what looks otherwise with and without the focus."""
        self.forget_strips()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Leave the styles: none of a pane depends on the focus, and looking them up takes milliseconds."""

    # -- what the keys do; every pane answers all of them

    def move(self, lines: int) -> None:
        """Move the cursor, or scroll."""

    def page(self, pages: float) -> None:
        """Move by a share of the height."""
        lines = max(1, round(abs(pages) * max(1, self.size.height - 1)))
        self.move(lines if pages > 0 else -lines)

    def go_top(self) -> None:
        """Go to the first line."""
        self.move(-(10**9))

    def go_bottom(self) -> None:
        """Go to the last line."""
        self.move(10**9)


class CursorPane(Pane):
    """A pane of one-line entries with a cursor line that is always in sight."""

    cursor = 0

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return 0

    def move(self, lines: int) -> None:
        """Move the cursor by lines, as far as there are lines."""
        self.move_to(self.cursor + lines)

    def move_to(self, line: int) -> None:
        """Put the cursor on a line and bring it in sight; only the two lines concerned are drawn."""
        line = max(0, min(self.line_count - 1, line))
        old, self.cursor = self.cursor, line
        if old == line:
            return
        if not self.keep_in_sight():
            self.refresh_line(old)
            self.refresh_line(line)
        self.cursor_moved()

    def keep_in_sight(self) -> bool:
        """Scroll as little as brings the cursor in sight; whether there was need to."""
        top, height = self.scroll_offset.y, self.size.height
        if not height or top <= self.cursor < top + height:
            return False
        self.scroll_now(self.cursor if self.cursor < top else self.cursor - height + 1)
        return True

    def cursor_moved(self) -> None:
        """Told after the cursor has come to another line."""
