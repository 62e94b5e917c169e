"""Lines of a list: rows of one or two lines below headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

HEADING = -1
Days = Sequence[tuple[int, int | str]]
"""Index and time of the first article of each day; empty unless the list is sorted by time."""


class ListLines(Struct, frozen=True):
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
