"""The screen as a small SVG: one line of the file for each line of the screen, nothing that varies.

Textual's own `export_screenshot` takes five times the room, and its numbered classes make of one changed
colour a change of the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip

CELL, LINE, BASE = 10, 20, 15  # the size of a cell, and how far down in it the text stands
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" xml:space="preserve" \
font-family="DejaVu Sans Mono,monospace" font-size="16.6">
<rect width="100%" height="100%" fill="{ground}"/>
"""


class Run(NamedTuple):
    """Text of one look: where it starts, its colour, the colour behind it, what else there is to it."""

    at: int
    text: str
    ink: str
    ground: str
    more: str

    @property
    def end(self) -> int:
        return self.at + cell_len(self.text)


def strips(app: App[int]) -> list[Strip]:
    """Lines of the screen as the compositor has them."""
    return app.screen._compositor.render_strips(app.size)


def screen_svg(app: App[int]) -> str:
    """What the compositor has, with its colours."""
    colours = app.get_css_variables()
    ink, ground = colours["foreground"].lower(), colours["background"].lower()
    made = [HEAD.format(width=app.size.width * CELL, height=app.size.height * LINE, ground=ground)]
    for number, line in enumerate(strips(app)):
        runs = list(_runs(line, ink, ground))
        made += [*_grounds(runs, number * LINE, ground), *_texts(runs, number * LINE + BASE), "\n"]
    return "".join(made) + "</svg>\n"


def _runs(line: Iterable[Segment], ink: str, ground: str) -> Iterator[Run]:
    at = 0
    for segment in line:
        style = segment.style or Style()
        fore, behind = _hex(style.color, ink), _hex(style.bgcolor, ground)
        if style.reverse:
            fore, behind = behind, fore
        if style.dim:
            fore = _mixed(fore, behind)
        more = ' font-weight="bold"' if style.bold else ""
        more += ' font-style="italic"' if style.italic else ""
        if style.underline or style.strike:
            more += f' text-decoration="{"underline" if style.underline else "line-through"}"'
        run = Run(at, segment.text, fore, behind, more)
        at = run.end
        yield run


def _hex(color: Color | None, default: str) -> str:
    return default if color is None or color.is_default else color.get_truecolor().hex


def _mixed(fore: str, behind: str) -> str:
    pairs = zip(bytes.fromhex(fore[1:7]), bytes.fromhex(behind[1:7]), strict=True)
    return "#" + bytes((one + other) // 2 for one, other in pairs).hex()


def _grounds(runs: Iterable[Run], top: int, ground: str) -> Iterator[str]:
    """The rectangles behind the texts; neighbours of one colour are one."""
    joined: list[tuple[int, int, str]] = []
    for run in runs:
        if joined and joined[-1][2] == run.ground:
            joined[-1] = (joined[-1][0], run.end, run.ground)
        else:
            joined.append((run.at, run.end, run.ground))
    for start, end, colour in joined:
        if colour != ground:
            width = (end - start) * CELL
            yield f'<rect x="{start * CELL}" y="{top}" width="{width}" height="{LINE}" fill="{colour}"/>'


def _texts(runs: Iterable[Run], base: int) -> Iterator[str]:
    for run in runs:
        text = run.text.strip(" ")
        if text:
            x = (run.at + len(run.text) - len(run.text.lstrip(" "))) * CELL
            yield f'<text x="{x}" y="{base}" fill="{run.ink}"{run.more}>{escape(text)}</text>'
