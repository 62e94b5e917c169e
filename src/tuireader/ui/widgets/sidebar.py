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
from tuireader.ui.drawing.sidebar_items import Entry
from tuireader.ui.drawing.styles import BOLD, under_cursor
from tuireader.ui.widgets.pane import CursorPane

_PREVIEW_AFTER = 0.08  # seconds of rest on a line before its view is shown, where one comes from another

_MOST_STRIPS = 1000


class Sidebar(CursorPane):
    """Lines of `Entry`. Moving shows the view, in quick moves the last one; opening leaves for the list."""

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
        self.entries: tuple[Entry, ...] = ()
        self._preview: Timer | None = None
        self._moved = 0.0
        self._strips: dict[tuple[Entry, bool, bool, int], Strip] = {}

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self.entries)

    @property
    def current(self) -> Entry | None:
        """The line under the cursor."""
        return self.entries[self.cursor] if self.cursor < len(self.entries) else None

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show new lines; the cursor stays on its view."""
        current = self.current
        if entries == self.entries:
            return
        before, self.entries = self.entries, entries
        cursor = self.cursor
        if current is not None and current.view is not None:
            self._put(current.view)
        self.cursor = min(self.cursor, max(0, len(entries) - 1))
        if len(before) != len(entries) or cursor != self.cursor:
            self.virtual_size = Size(1, len(entries))
            self.refresh()
            return
        top = self.scroll_offset.y
        for line in range(top, min(len(entries), top + self.size.height)):
            if entries[line] != before[line]:
                self.refresh_line(line)

    def select(self, view: View) -> None:
        """Put the cursor on a view without telling."""
        if self._put(view):
            self.keep_in_sight()
            self.refresh()

    def _put(self, view: View) -> bool:
        for number, entry in enumerate(self.entries):
            if entry.view == view:
                self.cursor = number
                return True
        return False

    def move_to(self, line: int) -> None:
        """Put the cursor on a line; headings are stepped over."""
        step = 1 if line >= self.cursor else -1
        line = max(0, min(self.line_count - 1, line))
        while 0 < line < self.line_count - 1 and self.entries[line].view is None:
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
        entry = self.current
        if entry is None or entry.view is None or entry.view.kind is not ViewKind.FOLDER:
            return False
        self.post_message(self.Folded(entry.view.key))
        return True

    def on_click(self, event: events.Click) -> None:
        """A click shows a view; on the sign of a folder it folds."""
        number = event.y + self.scroll_offset.y
        if number >= len(self.entries) or self.entries[number].view is None:
            return
        self.move_to(number)
        self.post_message(self.Moved())
        if event.x <= 2 and self.fold_current():
            return
        self.open_current()

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.virtual_size = Size(1, len(self.entries))
        self.keep_in_sight()

    def render_line(self, y: int) -> Strip:
        """One entry."""
        number = y + self.scroll_offset.y
        if number >= len(self.entries):
            return self.draw(number, at_cursor=False, focus=False)
        at_cursor = number == self.cursor
        focus = at_cursor and self.has_focus
        key = (self.entries[number], at_cursor, focus, self.size.width)
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
        """One entry: mark, label, count of unread at the right."""
        width, inks = self.size.width, self.inks
        base = inks.ground
        if number >= len(self.entries):
            return Strip([Segment(" " * width, base)], width)
        entry = self.entries[number]
        if entry.view is None:
            return Strip([Segment(pad(f" {entry.label}", width), base + inks.dim)], width)
        if at_cursor:
            base += inks.cursor if focus else inks.cursor_idle
        count = _count_label(entry)
        lead = " " + "  " * entry.depth
        mark = f"{entry.mark} " if entry.mark else ""
        mark_ink = inks.watch(entry.watch) + BOLD if entry.watch else inks.dim
        if entry.trouble or entry.paused:
            lead = " " + "  " * max(0, entry.depth - 1)
            mark, mark_ink = ("! ", inks.error + BOLD) if entry.trouble else ("= ", inks.dim)
        room = max(1, width - cell_len(lead) - cell_len(mark) - cell_len(count) - 2)
        label_ink = inks.strong if entry.unread and entry.watch else inks.text
        label_ink = inks.dim if entry.depth and not entry.unread else label_ink
        count_ink = inks.text if entry.unread else inks.dim
        return Strip(
            [
                Segment(lead, base),
                Segment(mark, under_cursor(base + mark_ink)),
                Segment(pad(entry.label, room), under_cursor(base + label_ink)),
                Segment(f" {count} ", under_cursor(base + count_ink)),
            ],
            None,
        ).adjust_cell_length(width, base)


def _count_label(entry: Entry) -> str:
    """Unread rows; of the starred ones all. Nothing where there is nothing."""
    if entry.view is not None and entry.view.kind in (ViewKind.STARRED, ViewKind.QUERY):
        number = entry.total
    else:
        number = entry.unread
    if entry.view is not None and entry.view.kind is ViewKind.ALL:
        number = entry.total
    return str(number) if number else ""
