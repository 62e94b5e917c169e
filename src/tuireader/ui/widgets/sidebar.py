"""The sidebar: views, watches and feeds with their unread counts."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from tuireader.commands import Scope
from tuireader.model import View, ViewKind
from tuireader.text import cell_len, pad
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.sidebar_items import SidebarItem
from tuireader.ui.drawing.styles import BOLD, under_cursor
from tuireader.ui.widgets.pane import CursorPane

_PREVIEW_AFTER = 0.08  # seconds of rest on a line before its view is shown, where one comes from another

_MOST_STRIPS = 1000


class Sidebar(CursorPane):
    """Shows `SidebarItem`s. Moving shows the view, after quick moves the last; opening goes to the list."""

    class Chosen(Message):
        """A view was chosen; `leave` when the person opened it and wants to go on in the list."""

        def __init__(self, view: View, *, leave: bool) -> None:
            super().__init__()
            self.view = view
            self.leave = leave

    class Folded(Message):
        """A folder was asked to fold or unfold."""

        def __init__(self, folder: str) -> None:
            super().__init__()
            self.folder = folder

    class Moved(Message):
        """A click put the cursor on another line; who moves it by a method knows."""

    BINDINGS: ClassVar = [*bindings(Scope.SIDEBAR, "screen.")]

    def __init__(self) -> None:
        super().__init__(id="sidebar")
        self.items: tuple[SidebarItem, ...] = ()
        self._preview: Timer | None = None
        self._moved = 0.0
        self._strips: dict[tuple[SidebarItem, bool, bool, int], Strip] = {}

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self.items)

    @property
    def current(self) -> SidebarItem | None:
        """The line under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def show(self, items: tuple[SidebarItem, ...]) -> None:
        """Show new lines; the cursor stays on its view."""
        current = self.current
        if items == self.items:
            return
        before, self.items = self.items, items
        cursor = self.cursor
        if current is not None and current.view is not None:
            self._put(current.view)
        self.cursor = min(self.cursor, max(0, len(items) - 1))
        if len(before) != len(items) or cursor != self.cursor:
            self.virtual_size = Size(1, len(items))
            self.refresh()
            return
        top = self.scroll_offset.y
        for line in range(top, min(len(items), top + self.size.height)):
            if items[line] != before[line]:
                self.refresh_line(line)

    def select(self, view: View) -> None:
        """Put the cursor on a view without telling."""
        if self._put(view):
            self.keep_in_sight()
            self.refresh()

    def _put(self, view: View) -> bool:
        for number, item in enumerate(self.items):
            if item.view == view:
                self.cursor = number
                return True
        return False

    def move_to(self, line: int) -> None:
        """Put the cursor on a line; headings are stepped over."""
        step = 1 if line >= self.cursor else -1
        line = max(0, min(self.line_count - 1, line))
        while 0 < line < self.line_count - 1 and self.items[line].view is None:
            line += step
        super().move_to(line)

    def cursor_moved(self) -> None:
        """Show the view: at once after a rest, else when the cursor rests again."""
        before, self._moved = self._moved, monotonic()
        self._forget_preview()
        if self._moved - before > 2 * _PREVIEW_AFTER:
            self._show_current()
        else:
            self._preview = self.set_timer(_PREVIEW_AFTER, self.decide)

    def _forget_preview(self) -> bool:
        """Show nothing when the cursor rests; whether that was to be."""
        timer, self._preview = self._preview, None
        if timer is not None:
            timer.stop()
        return timer is not None

    def decide(self) -> None:
        """Show the view under the cursor now, if it was to be shown when the cursor rests."""
        if self._forget_preview():
            self._show_current()

    def _show_current(self) -> None:
        if self.current is not None and self.current.view is not None:
            self.post_message(self.Chosen(self.current.view, leave=False))

    def open_current(self) -> None:
        """Show the view under the cursor and leave for the list."""
        self._forget_preview()
        if self.current is not None and self.current.view is not None:
            self.post_message(self.Chosen(self.current.view, leave=True))

    def fold_current(self) -> bool:
        """Fold or unfold the folder under the cursor; False when there is none."""
        item = self.current
        if item is None or item.view is None or item.view.kind is not ViewKind.FOLDER:
            return False
        self.post_message(self.Folded(item.view.key))
        return True

    def on_click(self, event: events.Click) -> None:
        """A click shows a view; on the sign of a folder it folds."""
        number = event.y + self.scroll_offset.y
        if number >= len(self.items) or self.items[number].view is None:
            return
        self.move_to(number)
        self.post_message(self.Moved())
        if event.x <= 2 and self.fold_current():
            return
        self.open_current()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.virtual_size = Size(1, len(self.items))
        self.keep_in_sight()

    def render_line(self, y: int) -> Strip:
        """One item."""
        number = y + self.scroll_offset.y
        if number >= len(self.items):
            return self.draw(number, at_cursor=False, focus=False)
        at_cursor = number == self.cursor
        focus = at_cursor and self.has_focus
        key = (self.items[number], at_cursor, focus, self.size.width)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) > _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self.draw(number, at_cursor=at_cursor, focus=focus)
        return strip

    def forget_strips(self) -> None:
        """Drop whatever was drawn and draw anew."""
        self._strips.clear()
        self.refresh()

    def focus_changed(self) -> None:
        """Draw the cursor as a live or a resting one."""
        self.refresh_line(self.cursor)

    def draw(self, number: int, *, at_cursor: bool, focus: bool) -> Strip:
        """One item: mark, label, count of unread at the right."""
        width, styles = self.size.width, self.theme_styles
        base = styles.ground
        if number >= len(self.items):
            return Strip([Segment(" " * width, base)], width)
        item = self.items[number]
        if item.view is None:
            return Strip([Segment(pad(f" {item.label}", width), base + styles.dim)], width)
        if at_cursor:
            base += styles.cursor_for(focus)
        count = _count_label(item)
        lead = " " + "  " * item.depth
        mark = f"{item.mark} " if item.mark else ""
        mark_style = styles.watch(item.watch) + BOLD if item.watch else styles.dim
        if item.trouble or item.paused:
            lead = " " + "  " * max(0, item.depth - 1)
            mark, mark_style = ("! ", styles.error + BOLD) if item.trouble else ("= ", styles.dim)
        room = max(1, width - cell_len(lead) - cell_len(mark) - cell_len(count) - 2)
        label_style = styles.strong if item.unread and item.watch else styles.text
        label_style = styles.dim if item.depth and not item.unread else label_style
        count_style = styles.text if item.unread else styles.dim
        return Strip(
            [
                Segment(lead, base),
                Segment(mark, under_cursor(base + mark_style)),
                Segment(pad(item.label, room), under_cursor(base + label_style)),
                Segment(f" {count} ", under_cursor(base + count_style)),
            ],
            None,
        ).adjust_cell_length(width, base)


def _count_label(item: SidebarItem) -> str:
    """Unread rows; of the starred ones all. Nothing where there is nothing."""
    if item.view is not None and item.view.kind in (ViewKind.STARRED, ViewKind.QUERY):
        number = item.total
    else:
        number = item.unread
    if item.view is not None and item.view.kind is ViewKind.ALL:
        number = item.total
    return str(number) if number else ""
