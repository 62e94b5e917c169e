"""One line of the article list as a strip."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.text import cell_len, cut, pad
from tuireader.ui.drawing.styles import NONE, Styles, under_cursor

TitleRanges = Sequence[tuple[int, int, str]]
"""Half-open ranges of a title with the name of a style, sorted by start."""


def draw_note(text: str, styles: Styles, width: int, line: int = 0) -> Strip:
    """Draw line `line` of the centred note of an empty list; a `^` stays below the character it marks."""
    base, room = styles.base, max(1, width - 4)
    lines = [piece for note_line in text.split("\n") for piece in _pointer_lines(note_line, room)]
    if not text or not 0 <= line < len(lines):
        return Strip([Segment(" " * width, base)], width)
    left = max(2, (width - max(map(cell_len, lines))) // 2)
    shown = " " * left + cut(lines[line], room)
    return Strip([Segment(pad(shown, width), base + styles.dim)], width)


def _pointer_lines(line: str, room: int) -> tuple[str, ...]:
    """Split a line like `    ^ error` in two if it is too wide."""
    before, sign, words = line.partition("^ ")
    return (line,) if not sign or before.strip() or cell_len(line) <= room else (f"{before}^", words)


def draw_row(
    parts: Sequence[tuple[str, str]], styles: Styles, width: int, cursor: Style | None = None
) -> Strip:
    """Draw the parts of a row (see `row_parts`) on the background of the list or of the cursor."""
    segments = [Segment(text, row_style(name, styles, cursor)) for text, name in parts]
    return Strip(segments, None).adjust_cell_length(width, row_style("", styles, cursor))


def row_style(name: str, styles: Styles, cursor: Style | None = None) -> Style:
    """Resolve a style name of `row_parts` on the background of the list or of the cursor."""
    style = styles.base if cursor is None else styles.base + cursor
    is_watch = ":" in name.partition("/")[0]  # a slash belongs to its name
    for part in [name] if is_watch else name.split("/", 1):
        style += styles.named(part) if part else NONE
    return under_cursor(style) if cursor is not None else style
