"""A table of one-line rows with a cursor; its columns depend on the width."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct
from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from tuireader.text import cell_len, cut, pad
from tuireader.ui.drawing.styles import under_cursor
from tuireader.ui.widgets.bars import Bar
from tuireader.ui.widgets.pane import RIGHT, CursorPane


class Column(Struct, frozen=True):
    """A column, `width` cells wide (0: the rest of the line), in tables of `least` to `most` cells.

    A width that depends on the table is a mapping from the least width of a table, widest first.
    """

    name: str
    title: str
    width: int | Mapping[int, int] = 0
    right: bool = False
    least: int = 0
    most: int = 100_000

    def cells(self, table: int) -> int:
        widths = {0: self.width} if isinstance(self.width, int) else self.width
        return next(cells for least, cells in widths.items() if table >= least)


class Cell(Struct, frozen=True):
    """A text and the name of its style (see `Styles.named`)."""

    text: str
    style: str = "text"


Cells = Mapping[str, Cell]
"""Cells of a row by the names of their columns."""
NOTHING = Cell("")
_GAP = 2
_BARS = " –▁▂▃▄▅▆▇█"  # what says nothing to those who hear it


def fitting(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """Choose the columns shown in a table of `width` cells, with their widths."""
    shown = [column for column in columns if column.least <= width <= column.most]
    fixed = sum(column.cells(width) for column in shown) + _GAP * max(0, len(shown) - 1) + 2
    return [(column, column.cells(width) or max(1, width - fixed)) for column in shown]


def row_words(columns: Sequence[Column], cells: Cells) -> str:
    """All cells with the titles of their columns: `WeChat, Unread 4`."""
    words = ["warning"] if "!" in {cells.get(name, NOTHING).text for name in ("sign", "mark")} else []
    for column in columns:
        text = cells.get(column.name, NOTHING).text.strip(_BARS).replace("◆", "watch")
        if text and column.title:
            words.append(f"{column.title} {text}" if words else text)
    return ", ".join(words)


def _aligned(text: str, width: int, *, right: bool) -> str:
    return " " * (width - cell_len(text)) + text if right and cell_len(text) <= width else pad(text, width)


class TableHead(Bar):
    """The line with the titles of the columns."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(classes="head")
        self._columns = columns

    def render_line(self, y: int) -> Strip:
        base = self.theme_styles.base + self.theme_styles.dim
        parts = [Segment(" ", base)]
        for number, (column, width) in enumerate(fitting(self._columns, self.size.width)):
            gap = " " * _GAP if number else ""
            parts.append(Segment(gap + _aligned(column.title, width, right=column.right), base))
        return self.strip(parts)


class Table(CursorPane):
    """Rows with a cursor; enter or a second click chooses a row.

    A row is its unique key, and the cells that are made whenever it is drawn: a screen shows few of thousands
    of rows. Without a key it is a heading.
    """

    @dataclass
    class Chosen(Message):
        key: str

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__(id="table")
        self._columns = columns
        self.keys: Sequence[str] = []
        self.cells: Callable[[int], Cells]
        self.empty_text = ""

    @property
    def line_count(self) -> int:
        return len(self.keys)

    @property
    def current(self) -> str | None:
        """Key of the row under the cursor."""
        return self.keys[self.cursor] if self.cursor < len(self.keys) else None

    def show(self, keys: Sequence[str], cells: Callable[[int], Cells]) -> None:
        """Replace the rows; the cursor stays on the row with the same key."""
        current = self.current
        self.keys, self.cells = keys, cells
        places = (number for number, key in enumerate(keys) if key == current)
        self.cursor = self._beside_headings(next(places, min(self.cursor, max(0, len(keys) - 1))))
        self.take_size()
        self.keep_in_sight()
        self.refresh()
        self.cursor_moved()

    def move_to(self, line: int) -> None:
        super().move_to(self._beside_headings(line))
        if not any(self.keys[: self.cursor]):
            self.scroll_now(0)  # show the first heading

    def _beside_headings(self, line: int) -> int:
        """Find the row with a key at a line, or the next one in the direction of the cursor's move."""
        if not self.keys:
            return 0
        line = max(0, min(self.line_count - 1, line))
        up, down = range(line, -1, -1), range(line, self.line_count)
        order = (*up, *down) if line < self.cursor else (*down, *up)
        return next((at for at in order if self.keys[at]), 0)

    def cursor_moved(self) -> None:
        self.post_message(self.Moved())

    def choose(self) -> None:
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked row; choose the row if the cursor is there already."""
        number = event.y + self.scroll_offset.y
        if number >= len(self.keys):
            return
        if number == self.cursor and event.button != RIGHT:
            self.choose()
            return
        self.move_to(number)
        if event.button == RIGHT:
            self.post_message(self.MenuAsked())

    def render_line(self, y: int) -> Strip:
        number, width, styles = y + self.scroll_offset.y, self.size.width, self.theme_styles
        base = styles.base
        if number >= len(self.keys):
            text = f"  {self.empty_text}" if not self.keys and y == 1 else ""
            return Strip([Segment(pad(text, width), base + styles.dim)], width)
        if number == self.cursor:
            base += styles.cursor_for(self.has_focus)
        cells = self.cells(number)
        if self.host.linear:
            words = cut(row_words(self._columns, cells), width)
            return Strip([Segment(words, base)]).adjust_cell_length(width, base)
        parts = [Segment(" ", base)]
        for at, (column, room) in enumerate(fitting(self._columns, width)):
            cell = cells.get(column.name, NOTHING)
            if at:
                parts.append(Segment(" " * _GAP, base))
            style = under_cursor(base + styles.named(cell.style))
            parts.append(Segment(_aligned(cell.text, room, right=column.right), style))
        return Strip(parts).adjust_cell_length(width, base)
