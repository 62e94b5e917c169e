"""One line of the article list, drawn in inks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.model import ArticleRow
from tuireader.text import cell_len, cut, pad
from tuireader.ui.drawing.row_parts import letters, row_parts
from tuireader.ui.drawing.styles import Inks, under_cursor

Marks = Sequence[tuple[int, int, str]]
"""Half-open ranges of a title with the name of an ink, sorted by where they begin."""


@dataclass(frozen=True, slots=True)
class RowStyle:
    """What all rows of a list have in common: inks, width, the letters of the watches, the time."""

    inks: Inks
    width: int
    letters: Mapping[str, str]
    now: int
    folds: bool = False

    @classmethod
    def of(
        cls, inks: Inks, width: int, watch_names: tuple[str, ...], now: int, *, folds: bool = False
    ) -> RowStyle:
        """For a list of `width` cells. With several watches each mark carries its watch's initial."""
        return cls(inks, width, letters(watch_names), now, folds)


def draw_note(text: str, style: RowStyle, cursor: Style | None = None, line: int = 0) -> Strip:
    """A line without an article: one of a note in the middle; its `^` stays below what it points at."""
    base = style.inks.ground + cursor if cursor is not None else style.inks.ground
    room = max(1, style.width - 4)
    lines = [piece for whole in text.split("\n") for piece in _pointing(whole, room)]
    if not text or not 0 <= line < len(lines):
        return Strip([Segment(" " * style.width, base)], style.width)
    left = max(2, (style.width - max(map(cell_len, lines))) // 2)
    shown = " " * left + cut(lines[line], room)
    return Strip([Segment(pad(shown, style.width), base + style.inks.dim)], style.width)


def _pointing(line: str, room: int) -> tuple[str, ...]:
    """A line `    ^ what is wrong`, in two where it is too wide."""
    before, sign, words = line.partition("^ ")
    return (line,) if not sign or before.strip() or cell_len(line) <= room else (f"{before}^", words)


def draw_row(
    row: ArticleRow,
    feed_title: str,
    style: RowStyle,
    cursor: Style | None = None,
    *,
    inner: bool = False,
    selected: bool = False,
    same_day: bool | None = None,
    marks: Marks = (),
) -> Strip:
    """A row as `row_parts` says what stands in it; `inner` rows stand below the first one of their story."""
    parts = row_parts(
        row,
        feed_title,
        style.width,
        style.letters,
        style.now,
        folds=style.folds,
        inner=inner,
        selected=selected,
        same_day=same_day,
        marks=marks,
    )
    segments = [Segment(text, ink_of(ink, style.inks, cursor)) for text, ink in parts]
    return Strip(segments, None).adjust_cell_length(style.width, ink_of("", style.inks, cursor))


def ink_of(ink: str, inks: Inks, cursor: Style | None = None) -> Style:
    """The style of a part of a row, on the ground of the list or of the cursor."""
    style = inks.ground if cursor is None else inks.ground + cursor
    own, _, mark = ink.partition("/")
    if ":" in own:  # the slash is in the name of a watch
        own, mark = ink, ""
    if own:
        style += inks.named(own)
    if mark:
        style += inks.named(mark)
    return under_cursor(style) if cursor is not None else style
