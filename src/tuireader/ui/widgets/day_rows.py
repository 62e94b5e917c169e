"""Mixin of the article list: articles of one or two lines below headings that stay at the top."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.geometry import Region, Size

if TYPE_CHECKING:
    from tuireader.ui.widgets.pane import CursorPane as _Pane
else:
    _Pane = object

HEADING = -1
Days = Sequence[tuple[int, int]]
"""Index and time of the first article of each day; empty unless the list is sorted by time."""


@dataclass(frozen=True, slots=True)
class ListLines:
    """Rows of `height` lines each; `starts` are the rows below a heading, which has one line, ascending."""

    rows: int = 0
    starts: Sequence[int] = ()
    height: int = 1

    @property
    def count(self) -> int:
        return self.rows * self.height + len(self.starts)

    def of(self, row: int) -> int:
        """First line of a row."""
        return row * self.height + bisect_right(self.starts, row)

    def at(self, line: int) -> tuple[int, int]:
        """Row of a line and which of its lines it is; `HEADING` with the row below a heading."""
        day = bisect_right(range(len(self.starts)), line, key=self._heading) - 1
        if day < 0:
            return divmod(line, self.height)
        start, below = self.starts[day], line - self._heading(day) - 1
        return (start, HEADING) if below < 0 else (start + below // self.height, below % self.height)

    def day(self, row: int) -> int:
        """Number of the heading above a row; -1 without headings."""
        return bisect_right(self.starts, row) - 1

    def _heading(self, day: int) -> int:
        return self.starts[day] * self.height + day


class DayRows(_Pane):
    """Mixin for a `CursorPane` of articles. Days have a line each above their first article.

    The heading of the topmost visible article covers the first line of the pane.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ids: array[int] = array("q")
        self.is_cosy = False  # whether articles have two lines
        self.days: Days = ()
        self.places = ListLines()

    @property
    def line_count(self) -> int:
        return len(self.ids)

    @property
    def current_id(self) -> int | None:
        return self.ids[self.cursor] if self.cursor < len(self.ids) else None

    def upcoming(self) -> Sequence[int]:
        """The article under the cursor and the one below it."""
        return self.ids[self.cursor : self.cursor + 2]

    def ids_with_details(self) -> Sequence[int]:
        """Articles in sight if they have second lines, the current one first."""
        if not self.is_cosy or not self.ids:
            return ()
        seen = self.in_sight()
        return sorted(self.ids[seen.start : seen.stop], key=lambda article_id: article_id != self.current_id)

    @property
    def cursor_line(self) -> int:
        return self.places.of(self.cursor) - self.scroll_offset.y

    def refresh_item(self, number: int) -> None:
        top = self.places.of(number) - self.scroll_offset.y
        self.refresh(Region(0, top, self.size.width, self.places.height))

    def take_size(self) -> None:
        self.places = ListLines(self.line_count, [start for start, _ in self.days], 2 if self.is_cosy else 1)
        self.virtual_size = Size(1, self.places.count)

    def put_cursor(self, line: int | None) -> None:
        """Update the size, and scroll so that the cursor is on that line of the pane, or else to the top."""
        self.take_size()
        self.scroll_now(0 if line is None else max(0, self.places.of(self.cursor) - line))
        self.keep_in_sight()

    @property
    def sticks(self) -> bool:
        """True if a heading covers the first line of the pane."""
        return bool(self.days) and self.size.height > self.places.height

    def keep_in_sight(self) -> bool:
        top, height, at = self.scroll_offset.y, self.size.height, self.places.of(self.cursor)
        first, end = at - self.sticks, at + self.places.height
        if not height or not self.line_count or (top <= first and end <= top + height):
            return False
        if first >= top:
            first = end - height
            first += self.places.at(first + self.sticks)[1] > 0  # do not begin in the middle of an item
        self.scroll_now(first)
        return True

    def page(self, pages: float) -> None:
        """Move by a fraction of the height, and by at least one article."""
        step = 1 if pages > 0 else -1
        lines = round(abs(pages) * (self.size.height - self.places.height - self.sticks))
        line = self.places.of(self.cursor) + step * lines
        item, _ = self.places.at(max(0, min(line, self.places.count - 1)))
        self.move_to(item if (item - self.cursor) * step > 0 else self.cursor + step)

    def in_sight(self, above: int = 0, below: int = 0) -> range:
        """Numbers of the visible items, and of those that many lines above and below them."""
        if not self.line_count:
            return range(0)
        top, last = self.scroll_offset.y, self.places.count - 1
        first, _ = self.places.at(max(0, min(top - above, last)))
        end, _ = self.places.at(max(0, min(top + self.size.height - 1 + below, last)))
        return range(first, end + 1)

    def row_at(self, y: int) -> int | None:
        """Number of the item on a line of the pane, None for a heading and below the last item."""
        line = y + self.scroll_offset.y
        number, part = self.places.at(line)
        return None if line >= self.places.count or part == HEADING or (self.sticks and not y) else number
