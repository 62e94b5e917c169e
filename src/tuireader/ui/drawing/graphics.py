"""Render images in the graphics protocols of terminals, as lines of segments, with `textual-image`.

`textual-image` queries the terminal for its features at import and for its cell size when it draws; the
replies would arrive as keys. So it is imported as if there were no terminal and is given the cell size,
through three private names that no other module uses.
"""

from __future__ import annotations

import array
import contextlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.model import Pixels
from tuireader.ui.drawing.layout import Art


class Cell(NamedTuple):
    """Size of a cell in pixels."""

    width: int
    height: int


def cell_size() -> Cell:
    """Ask the terminal for its cell size; without an answer, that of a VT340."""
    with contextlib.suppress(ImportError, OSError, ValueError, ZeroDivisionError):
        import fcntl
        import termios

        sizes = array.array("H", [0, 0, 0, 0])
        fcntl.ioctl(sys.__stdin__.fileno() if sys.__stdin__ else 0, termios.TIOCGWINSZ, sizes)
        rows, columns, width, height = sizes
        if width // columns > 1 and height // rows > 1:
            return Cell(width // columns, height // rows)
    return Cell(10, 20)


def kitty(pixels: Pixels, cell: Cell, base: Style) -> tuple[Art, list[str]]:
    """Draw an image in kitty's protocol: placeholder lines, and the sequences to write before them."""
    tgp = _renderable(cell).tgp
    columns, rows = _cells(pixels, cell)
    sent: list[str] = []

    def keep(*, payload: str | None = None, **keys: Any) -> None:
        fields = ",".join(f"{name}={value}" for name, value in keys.items() if value is not None)
        sent.append(f"\x1b_G{fields}{';' + payload if payload else ''}\x1b\\")

    tgp._send_tgp_message = keep
    image = tgp.Image(_image(pixels), width=columns, height=rows)
    console = Console(width=columns, height=rows, force_terminal=True, color_system="truecolor")
    segments = list(image.__rich_console__(console, console.options.update(width=columns, height=rows)))
    lines = [(Segment(text.rstrip("\n"), base + style if style else base),) for text, style, _ in segments]
    return Art(columns, lines), sent


def sixels(pixels: Pixels, cell: Cell, base: Style) -> tuple[Art, list[str]]:
    """Draw an image as sixels, one sequence per line, so that lines can be drawn separately."""
    _renderable(cell)
    from textual_image._sixel import image_to_sixels

    image = _image(pixels)
    columns, rows = _cells(pixels, cell)
    tops = range(0, rows * cell.height, cell.height)
    bands = [image.crop((0, top, image.width, min(image.height, top + cell.height))) for top in tops]
    blank = (Segment(" " * columns, base),)
    return Art(columns, [blank] * rows, [image_to_sixels(band) for band in bands]), []


def _cells(pixels: Pixels, cell: Cell) -> tuple[int, int]:
    return max(1, -(-pixels.width // cell.width)), max(1, -(-pixels.height // cell.height))


def _image(pixels: Pixels) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)


def _renderable(cell: Cell) -> Any:
    """Import `textual_image.renderable` without querying the terminal."""
    if "textual_image.renderable" not in sys.modules:
        terminal, sys.__stdout__ = sys.__stdout__, None  # type: ignore[misc]
        try:
            import textual_image.renderable
        finally:
            sys.__stdout__ = terminal  # type: ignore[misc]
    import textual_image._terminal as queries
    import textual_image.renderable

    setattr(queries.get_cell_size, "_result", queries.CellSize(cell.width, cell.height))  # noqa: B010
    return textual_image.renderable


class GraphicStrip(Strip):
    """A strip with a graphic painted over `width` blank cells from `left` on.

    The escape sequence is not a segment: code that cuts, measures or filters segments would take it for text.
    A piece that lacks some of the cells, as beside a dialog, is an ordinary strip and leaves them blank.
    """

    __slots__ = ["_graphic", "_left", "_width"]

    def __init__(self, strip: Strip, left: int, width: int, graphic: str) -> None:
        super().__init__(strip, strip.cell_length)
        self._left, self._width, self._graphic = left, width, graphic

    def crop(self, start: int, end: int | None = None) -> Strip:
        return self._with_graphic(super().crop(start, end), max(0, start))

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        pieces: list[Strip] = []
        at = 0
        for piece in super().divide(cuts):
            pieces.append(self._with_graphic(piece, at))
            at += piece.cell_length
        return pieces

    def _with_graphic(self, piece: Strip, start: int) -> Strip:
        """Add the graphic to a piece that contains all of its cells and one more.

        The extra cell keeps the cursor away from the terminal's edge, where moving back is off by one.
        """
        left = self._left - start
        if left < 0 or left + self._width >= piece.cell_length or isinstance(piece, GraphicStrip):
            return piece
        return GraphicStrip(piece, left, self._width, self._graphic)

    def render(self, console: Console) -> str:
        end = self._left + self._width
        before, behind = super().crop(0, end).render(console), super().crop(end).render(console)
        return f"{before}\x1b7\x1b[{self._width}D{self._graphic}\x1b8{behind}"
