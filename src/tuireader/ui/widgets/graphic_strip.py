"""A strip with a graphic over some of its cells, which Textual can cut like any other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

if TYPE_CHECKING:
    from rich.console import Console


class GraphicStrip(Strip):
    """A strip with `width` blank cells from `left` on, over which a graphic is painted.

    The escape sequence is no segment: code that cuts, measures or filters those would take it for text. A
    piece without all of the cells, as beside a dialog, is an ordinary strip and leaves them blank.
    """

    __slots__ = ["_graphic", "_left", "_width"]

    def __init__(self, strip: Strip, left: int, width: int, graphic: str) -> None:
        super().__init__(strip, strip.cell_length)
        self._left, self._width, self._graphic = left, width, graphic

    def crop(self, start: int, end: int | None = None) -> Strip:
        """Return a piece."""
        return self._with_graphic(super().crop(start, end), max(0, start))

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return consecutive pieces."""
        pieces: list[Strip] = []
        at = 0
        for piece in super().divide(cuts):
            pieces.append(self._with_graphic(piece, at))
            at += piece.cell_length
        return pieces

    def _with_graphic(self, piece: Strip, start: int) -> Strip:
        """Return a piece with the graphic if it has all of its cells and one more.

        The extra cell keeps the cursor from the edge of the terminal, where moving back is off by one.
        """
        left = self._left - start
        if left < 0 or left + self._width >= piece.cell_length or isinstance(piece, GraphicStrip):
            return piece
        return GraphicStrip(piece, left, self._width, self._graphic)

    def render(self, console: Console) -> str:
        """Render the cells, then the graphic over them."""
        end = self._left + self._width
        before, behind = super().crop(0, end).render(console), super().crop(end).render(console)
        return f"{before}\x1b7\x1b[{self._width}D{self._graphic}\x1b8{behind}"
