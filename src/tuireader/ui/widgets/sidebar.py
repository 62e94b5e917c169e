"""Sidebar: views, watches and feeds with unread counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from tuireader.commands import Scope
from tuireader.model import View, ViewKind
from tuireader.text import cell_len, cut, pad
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.sidebar_items import SidebarItem
from tuireader.ui.drawing.styles import BOLD, under_cursor
from tuireader.ui.widgets.pane import RIGHT, CursorPane
from tuireader.ui.workers import Delayed

_PREVIEW_AFTER = 0.08  # seconds without movement before a view is shown
_KINDS = {"◆": "watch", "#": "label", "/": "search", "▾": "open folder", "▸": "closed folder"}
FOLDING = (ViewKind.FOLDER, ViewKind.GROUP)  # views whose members fold below them
_TOTALS = (ViewKind.STARRED, ViewKind.QUERY, ViewKind.ALL, ViewKind.TO_DO)  # which show how many they are


class Sidebar(CursorPane):
    """List of `SidebarItem`s. Moving the cursor shows a view; opening also moves the focus to the list."""

    @dataclass
    class Chosen(Message):
        """A view was chosen; with `leave`, it was opened and the focus moves to the list."""

        view: View
        leave: bool

    @dataclass
    class Folded(Message):
        view: View

    @dataclass
    class Asked(Message):
        """A command was opened instead of a view."""

        command: str

    BINDINGS: ClassVar = [*bindings(Scope.SIDEBAR)]

    def __init__(self) -> None:
        super().__init__(id="sidebar")
        self.items: tuple[SidebarItem, ...] = ()
        self.preview = Delayed(self, partial(self._choose, leave=False))  # shows the view under the cursor
        self._moved = 0.0

    @property
    def line_count(self) -> int:
        return len(self.items)

    @property
    def current(self) -> SidebarItem | None:
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def show(self, items: tuple[SidebarItem, ...]) -> None:
        """Show new items; the cursor stays on its view."""
        current = self.current
        if items == self.items:
            return
        before, self.items = self.items, items
        cursor = self.cursor
        if current is not None and not current.is_heading:
            self._put(current.view, current.command)
        self.cursor = min(self.cursor, max(0, len(items) - 1))
        if len(before) != len(items) or cursor != self.cursor:
            self.take_size()
            self.refresh()
            return
        top = self.scroll_offset.y
        for line in range(top, min(len(items), top + self.size.height)):
            if items[line] != before[line]:
                self.refresh_item(line)

    def select(self, view: View) -> None:
        """Move the cursor to a view without posting a message."""
        if self._put(view):
            self.keep_in_sight()
            self.refresh()

    def _put(self, view: View | None, command: str = "") -> bool:
        for number, item in enumerate(self.items):
            if (item.view, item.command) == (view, command):
                self.cursor = number
                return True
        return False

    def move_to(self, line: int) -> None:
        """Move the cursor, skipping headings."""
        step = 1 if line >= self.cursor else -1
        line = max(0, min(self.line_count - 1, line))
        while 0 < line < self.line_count - 1 and self.items[line].is_heading:
            line += step
        super().move_to(line)

    def cursor_moved(self) -> None:
        """Show the view at once after a pause, else when the cursor stops moving."""
        before, self._moved = self._moved, monotonic()
        self.preview.cancel()
        if self._moved - before > 2 * _PREVIEW_AFTER:
            self._choose(leave=False)
        else:
            self.preview.start(_PREVIEW_AFTER)

    def open_current(self) -> None:
        """Show the view under the cursor and go to the list."""
        self.preview.cancel()
        self._choose(leave=True)

    def _choose(self, *, leave: bool) -> None:
        if self.current is not None and self.current.view is not None:
            self.post_message(self.Chosen(self.current.view, leave))
        elif self.current is not None and self.current.command and leave:
            self.post_message(self.Asked(self.current.command))

    def fold_current(self) -> bool:
        """Fold or unfold the folder or group under the cursor; return False without one."""
        item = self.current
        if item is None or item.view is None or item.view.kind not in FOLDING:
            return False
        self.post_message(self.Folded(item.view))
        return True

    def on_click(self, event: events.Click) -> None:
        """Show the view that was clicked; on the sign of a folder or group, fold or unfold it."""
        number = event.y + self.scroll_offset.y
        if number >= len(self.items) or self.items[number].is_heading:
            return
        self.move_to(number)
        self.post_message(self.Moved())
        if event.button == RIGHT:
            self.post_message(self.MenuAsked())
            return
        if event.x <= 2 and self.fold_current():
            return
        self.open_current()

    def render_line(self, y: int) -> Strip:
        number = y + self.scroll_offset.y
        item = self.items[number] if number < len(self.items) else SidebarItem("")
        return self.draw(item, at_cursor=number == self.cursor, focus=self.has_focus)

    def draw(self, item: SidebarItem, *, at_cursor: bool, focus: bool) -> Strip:
        """Draw an item: sign and name, and the unread count at the right; with `focus`, the accent edge."""
        width, styles = max(1, self.size.width), self.theme_styles
        base = styles.base
        edge = Segment("┃" if focus and not self.host.linear else " ", base + styles.accent)
        if item.is_heading:
            return Strip([edge, Segment(pad(item.label, width - 1), base + styles.dim)], width)
        if at_cursor:
            base += styles.cursor_for(focus)
        count = _count_label(item)
        if self.host.linear:
            state = "failing" if item.trouble else "paused" if item.paused else _KINDS.get(item.mark, "")
            if state and item.view is not None and item.view.kind is ViewKind.GROUP:
                state = state.replace("folder", "group")
            unread = f"{count} {'in all' if _counts_all(item) else 'unread'}" if count else ""
            words = cut(", ".join(filter(None, (item.label, state, unread))), width)
            return Strip([Segment(words, under_cursor(base + styles.text))]).adjust_cell_length(width, base)
        lead = "  " * item.depth
        mark = f"{item.mark} " if item.mark else ""
        mark_style = styles.watch(item.watch) + BOLD if item.watch else styles.dim
        if item.trouble or item.paused:
            lead = "  " * max(0, item.depth - 1)
            mark, mark_style = ("! ", styles.error + BOLD) if item.trouble else ("= ", styles.dim)
        room = max(1, width - cell_len(lead) - cell_len(mark) - cell_len(count) - 3)
        label_style = styles.named("strong") if item.unread and item.watch else styles.text
        label_style = styles.dim if (item.depth and not item.unread) or item.command else label_style
        if item.view is not None and item.view.kind is ViewKind.ACCOUNT:
            label_style = styles.dim + BOLD
        count_style = styles.text if item.unread else styles.dim
        return Strip(
            [
                edge,
                Segment(lead, base),
                Segment(mark, under_cursor(base + mark_style)),
                Segment(pad(item.label, room), under_cursor(base + label_style)),
                Segment(f" {count} ", under_cursor(base + count_style)),
            ],
            None,
        ).adjust_cell_length(width, base)


def _count_label(item: SidebarItem) -> str:
    """The unread count, or the total for Starred, All and searches; `""` for 0."""
    number = item.total if _counts_all(item) else item.unread
    return str(number) if number else ""


def _counts_all(item: SidebarItem) -> bool:
    return item.view is not None and item.view.kind in _TOTALS
