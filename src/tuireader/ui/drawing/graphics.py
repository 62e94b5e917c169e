"""Pictures by the graphics protocols of terminals, made by `textual-image`, as lines of segments.

`textual-image` asks the terminal what it can when it is imported, and how large its cells are when it draws;
the answers would come among the keys. So it is imported as if there were no terminal, and told the size.
"""

from __future__ import annotations

import array
import contextlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.segment import Segment
from rich.style import Style

from tuireader.model import Pixels
from tuireader.ui.drawing.layout import Art

if TYPE_CHECKING:
    from textual.app import App


class Cell(NamedTuple):
    """The pixels of a cell."""

    width: int
    height: int


def cell_size() -> Cell:
    """How many pixels a cell has, as the terminal's driver tells; that of a VT340 where it does not."""
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
    """A picture in kitty's protocol: its placeholders as lines, and the sequences that carry its pixels.

    The sequences have to be sent before the lines are drawn.
    """
    from rich.console import Console

    tgp = _renderable(cell).tgp
    columns, rows = _cells(pixels, cell)
    sent: list[str] = []

    def keep(*, payload: str | None = None, **keys: Any) -> None:
        told = ",".join(f"{name}={value}" for name, value in keys.items() if value is not None)
        sent.append(f"\x1b_G{told}{';' + payload if payload else ''}\x1b\\")

    tgp._send_tgp_message = keep
    image = tgp.Image(_image(pixels), width=columns, height=rows)
    console = Console(width=columns, height=rows, force_terminal=True, color_system="truecolor")
    segments = list(image.__rich_console__(console, console.options.update(width=columns, height=rows)))
    lines = [
        (Segment(one.text.rstrip("\n"), (ground + one.style) if one.style else ground),) for one in segments
    ]
    return Art(columns, lines), sent


def sixels(pixels: Pixels, cell: Cell, ground: Style) -> tuple[Art, list[str]]:
    """A picture as sixels, each line of cells by itself, so that lines can be scrolled and drawn alone."""
    _renderable(cell)
    from textual_image._sixel import image_to_sixels

    image = _image(pixels)
    columns, rows = _cells(pixels, cell)
    tops = range(0, rows * cell.height, cell.height)
    bands = [image.crop((0, top, image.width, min(image.height, top + cell.height))) for top in tops]
    blank = (Segment(" " * columns, ground),)
    return Art(columns, [blank] * rows, [image_to_sixels(band) for band in bands]), []


def send(app: App[Any], sequences: Sequence[str]) -> None:
    """Hand sequences to the terminal in the order of all else that goes there."""
    driver = app._driver
    if driver is not None:
        for sequence in sequences:
            driver.write(sequence)


def _cells(pixels: Pixels, cell: Cell) -> tuple[int, int]:
    return max(1, -(-pixels.width // cell.width)), max(1, -(-pixels.height // cell.height))


def _image(pixels: Pixels) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.rgb)


def _renderable(cell: Cell) -> Any:
    """`textual_image.renderable`, which has not asked the terminal anything."""
    if "textual_image.renderable" not in sys.modules:
        terminal, sys.__stdout__ = sys.__stdout__, None  # type: ignore[misc]
        try:
            import textual_image.renderable
        finally:
            sys.__stdout__ = terminal  # type: ignore[misc]
    import textual_image._terminal as asking
    import textual_image.renderable

    setattr(asking.get_cell_size, "_result", asking.CellSize(cell.width, cell.height))  # noqa: B010
    return textual_image.renderable
