"""Images by the graphics protocols of terminals, made by `textual-image`, as lines of segments.

`textual-image` queries the terminal for its abilities at import and for its cell size when it draws; the
answers would arrive among the keys. So it is imported as if there were no terminal and given the size, by
three private names that this module alone uses.
"""

from __future__ import annotations

import array
import contextlib
import sys
from typing import Any, NamedTuple

from rich.segment import Segment
from rich.style import Style

from tuireader.model import Pixels
from tuireader.ui.drawing.layout import Art


class Cell(NamedTuple):
    """Size of a cell in pixels."""

    width: int
    height: int


def cell_size() -> Cell:
    """Return the cell size that the terminal reports, else that of a VT340."""
    with contextlib.suppress(ImportError, OSError, ValueError, ZeroDivisionError):
        import fcntl
        import termios

        sizes = array.array("H", [0, 0, 0, 0])
        fcntl.ioctl(sys.__stdin__.fileno() if sys.__stdin__ else 0, termios.TIOCGWINSZ, sizes)
        rows, columns, width, height = sizes
        if width // columns > 1 and height // rows > 1:
            return Cell(width // columns, height // rows)
    return Cell(10, 20)


def kitty(pixels: Pixels, cell: Cell, ground: Style) -> tuple[Art, list[str]]:
    """Return the placeholder lines of an image in kitty's protocol, and the sequences with its pixels.

    Write the sequences to the terminal before the lines are drawn.
    """
    from rich.console import Console

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
    lines = [
        (Segment(one.text.rstrip("\n"), (ground + one.style) if one.style else ground),) for one in segments
    ]
    return Art(columns, lines), sent


def sixels(pixels: Pixels, cell: Cell, ground: Style) -> tuple[Art, list[str]]:
    """Return an image as sixels, one sequence a line, so that each line can be scrolled and drawn alone."""
    _renderable(cell)
    from textual_image._sixel import image_to_sixels

    image = _image(pixels)
    columns, rows = _cells(pixels, cell)
    tops = range(0, rows * cell.height, cell.height)
    bands = [image.crop((0, top, image.width, min(image.height, top + cell.height))) for top in tops]
    blank = (Segment(" " * columns, ground),)
    return Art(columns, [blank] * rows, [image_to_sixels(band) for band in bands]), []


def _cells(pixels: Pixels, cell: Cell) -> tuple[int, int]:
    return max(1, -(-pixels.width // cell.width)), max(1, -(-pixels.height // cell.height))


def _image(pixels: Pixels) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)


def _renderable(cell: Cell) -> Any:
    """Import `textual_image.renderable` without queries to the terminal."""
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
