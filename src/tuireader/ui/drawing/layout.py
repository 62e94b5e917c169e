"""Lay out parts of a page as lines of a given width, in chunks, and draw them line by line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.text import cell_len, cut, pad
from tuireader.text.bidi import START
from tuireader.ui.drawing.page_parts import Part, StyleRange
from tuireader.ui.drawing.styles import Styles, under_cursor
from tuireader.ui.drawing.wrap import fold, wrap


class LineKind(IntEnum):
    """Kind of a laid-out line."""

    BLANK = 0
    FIRST = 1
    REST = 2
    TOP = 3
    BOTTOM = 4
    RULE = 5
    PICTURE = 6
    CUT = 7


_TEXT = (LineKind.FIRST, LineKind.REST, LineKind.CUT)


class Art(NamedTuple):
    """An image as lines of segments, each `width` cells wide.

    `graphics` are escape sequences, one per line, that paint the image from the first blank cell on.
    """

    width: int
    lines: Sequence[tuple[Segment, ...]]
    graphics: Sequence[str] = ()


class Line(NamedTuple):
    """A range of the text of part number `part`; for an image, `start` is the line number within it."""

    part: int
    start: int
    end: int
    kind: LineKind


class Layout:
    """Lines of parts at one width; `extend` adds lines in chunks, so that a long page appears at once."""

    def __init__(self, parts: Sequence[Part], width: int) -> None:
        self.parts = parts
        self.width = max(4, width)
        self.lines: list[Line] = []
        self.firsts: list[int] = []  # first text line of each part laid out so far
        self.arts: dict[int, Art] = {}  # images shown, by the number of their part

    @property
    def complete(self) -> bool:
        return len(self.firsts) == len(self.parts)

    def extend(self, lines: int) -> None:
        """Lay out further parts until there are at least `lines` lines."""
        while len(self.lines) < lines and not self.complete:
            self._add(len(self.firsts))

    def line_of(self, part: int, offset: int) -> int:
        """Find the line with the character at `offset` of a part."""
        while len(self.firsts) <= part and not self.complete:
            self._add(len(self.firsts))
        number = self.firsts[part]
        while number + 1 < len(self.lines) and self.lines[number + 1].part == part:
            following = self.lines[number + 1]
            if following.kind not in _TEXT or following.start > offset:
                break
            number += 1
        return number

    def line_at(self, place: int) -> int:
        """Find the line with the character at offset `place` of the whole text."""
        offsets = [part.offset for part in self.parts]
        known = [number for number, offset in enumerate(offsets) if offset >= 0]
        if not known or place <= 0:
            return 0
        number = known[max(0, bisect_right([offsets[part] for part in known], place) - 1)]
        return self.line_of(number, place - offsets[number])

    def place_of(self, line: int) -> int:
        """Offset in the whole text at which a line starts; 0 above the text."""
        if not self.lines:
            return 0
        line = min(line, len(self.lines) - 1)
        for entry in self.lines[line:]:
            offset = self.parts[entry.part].offset
            if offset >= 0:
                return offset + (entry.start if entry.kind in _TEXT else 0)
        return max(0, self.parts[self.lines[line].part].offset)

    def show_art(self, number: int, art: Art | None) -> int:
        """Show an image or its placeholder; return by how many lines the text below moved."""
        if art is None:
            if self.arts.pop(number, None) is None:
                return 0
        else:
            self.arts[number] = art
        if number >= len(self.firsts):
            return 0
        start = self._start(number)
        end = self._start(number + 1) if number + 1 < len(self.firsts) else len(self.lines)
        following, later = self.lines[end:], [first - end for first in self.firsts[number + 1 :]]
        del self.lines[start:], self.firsts[number:]
        self._add(number)
        moved = len(self.lines) - end
        self.firsts += [first + len(self.lines) for first in later]
        self.lines += following
        return moved

    def with_others(self, parts: Sequence[Part]) -> tuple[Layout, int, int]:
        """Lay out parts that may begin differently; return also the first unchanged line and its shift."""
        layout = Layout(parts, self.width)
        layout.arts = self.arts
        layout.extend(10**9 if self.complete else len(self.lines) + 1)
        changed = max((number for number, part in enumerate(parts) if part != self.parts[number]), default=-1)
        same = min(changed + 1, len(self.firsts) - 1)
        return layout, self.firsts[same], layout.firsts[same] - self.firsts[same]

    def _start(self, number: int) -> int:
        """First line of a part, which may be blank."""
        at = self.firsts[number]
        while at and self.lines[at - 1].part == number:
            at -= 1
        return at

    def _add(self, number: int) -> None:
        part = self.parts[number]
        add = self.lines.append
        for _ in range(part.gap if self.lines else min(part.gap, 1)):
            add(Line(number, 0, 0, LineKind.BLANK))
        if part.frame == "rule":
            self.firsts.append(len(self.lines))
            add(Line(number, 0, 0, LineKind.RULE))
            return
        art = self.arts.get(number)
        if art is not None:
            for row in range(len(art.lines)):
                add(Line(number, row, row, LineKind.PICTURE))
        elif part.frame:
            add(Line(number, 0, 0, LineKind.TOP))
        self.firsts.append(len(self.lines))
        framed = part.frame and art is None
        inner = self.width - (4 if framed else max(cell_len(part.first), cell_len(part.rest)))
        inner -= side_cells(self.width) + 2 if part.side else 0
        ranges = (fold if part.hard else wrap)(part.text, inner - (2 if part.filled else 0))
        if part.most and len(ranges) > part.most:
            self._add_cut(number, ranges[: part.most], inner)
            return
        kind = LineKind.FIRST
        for start, end in ranges:
            add(Line(number, start, end, kind))
            kind = LineKind.REST
        if framed:
            add(Line(number, 0, 0, LineKind.BOTTOM))

    def _add_cut(self, number: int, ranges: Sequence[tuple[int, int]], width: int) -> None:
        """Add the first lines of a part; the last one leaves room for the ending."""
        text = self.parts[number].text
        *full, (start, end) = ranges
        self.lines += [
            Line(number, *span, LineKind.REST if at else LineKind.FIRST) for at, span in enumerate(full)
        ]
        room = width - len(_ending(text))
        if cell_len(text[start:end]) > room:
            end = start + len(cut(text[start:end] + "…", room + 1)) - 1  # "…" makes it too long
            space = text.rfind(" ", start, end)
            end = space if space > start + (end - start) // 2 else end
        self.lines.append(Line(number, start, end, LineKind.CUT))


def _ending(text: str) -> str:
    return "…”" if text.endswith("”") else "…"


class Overlay(NamedTuple):
    """Temporary style ranges, drawn below and above those of the part.

    `chosen` draws the cursor line, `right` aligns a right-to-left part with the right edge.
    """

    below: Sequence[StyleRange] = ()
    above: Sequence[StyleRange] = ()
    chosen: bool = False
    right: bool = False


_PLAIN = Overlay()


def draw(
    part: Part, line: Line, styles: Styles, width: int, over: Overlay = _PLAIN, art: Art | None = None
) -> Strip:
    """Draw a line as a strip of `width` cells; `art` is the image of its part."""
    base = styles.base
    if line.kind is LineKind.PICTURE and art is not None and line.start < len(art.lines):
        beside = max(0, width - art.width)
        return Strip([*art.lines[line.start], Segment(" " * beside, base)], art.width + beside)
    if line.kind is LineKind.BLANK:
        return Strip([Segment(" " * width, base)], width)
    if line.kind is LineKind.RULE:
        return Strip([Segment("─" * width, base + styles.faint)], width)
    if line.kind in (LineKind.TOP, LineKind.BOTTOM):
        return Strip([Segment(_frame(part.frame, width, line.kind), base + styles.faint)], width)
    under = base + styles.cursor if over.chosen else base
    body = under_cursor(under + styles.named(part.style)) if over.chosen else under + styles.named(part.style)
    text = _segments(part, line, styles, body, over)
    if line.kind is LineKind.CUT:
        text.append(Segment(_ending(part.text), body))
    used = sum(cell_len(segment.text) for segment in text)
    if part.frame and art is None:
        room = width - 4 - used
        edge = base + styles.faint
        parts = [Segment("│ ", edge), *text, Segment(" " * max(0, room) + " ", under), Segment("│", edge)]
        return Strip(parts, width)
    lead = _lead(part, line)
    lead_style = under + (styles.text if lead.strip() in ("•", "▎", "▎ ▎") else styles.dim)
    moved_in = cell_len(lead)
    if part.filled:
        text.insert(0, Segment(" ", body))
        used += 1
    room = width - moved_in - used
    if over.right and not part.filled:
        parts = [Segment(" " * max(0, room), under), Segment(START + lead, lead_style), *text]
        return Strip(parts, max(width, moved_in + used))
    tail = [Segment(" " * max(0, room), body if part.filled else under)]
    if part.side and line.start == 0:
        side = pad(part.side, side_cells(width))
        dim = under_cursor(under + styles.dim) if over.chosen else under + styles.dim
        tail = [Segment(" " * (room - cell_len(side)), under), Segment(side, dim)]
    left, dot, right = lead.partition("●")
    head = [Segment(left, lead_style)]
    if dot:
        accent = under + styles.named("reference")
        accent = under_cursor(accent) if over.chosen else accent
        head += [Segment(dot, accent), Segment(right, lead_style)]
    return Strip([*head, *text, *tail], max(width, moved_in + used))


def side_cells(width: int) -> int:
    """Width of the column right of the text, in lines of `width` cells."""
    return min(20, width // 4)


def _lead(part: Part, line: Line) -> str:
    return part.rest if line.start else part.first


def _frame(label: str, width: int, kind: LineKind) -> str:
    if kind is LineKind.BOTTOM:
        return "╰" + "─" * (width - 2) + "╯"
    head = cut(f"╭─ {label} ", width - 1)
    return head + "─" * max(0, width - len(head) - 1) + "╮"


def before(part: Part, line: Line, art: Art | None = None) -> int:
    """Number of characters before the text of a line; -1 on lines without text."""
    if line.kind not in _TEXT:
        return -1
    if part.frame and art is None:
        return 2
    return len(_lead(part, line)) + int(part.filled)


def _segments(part: Part, line: Line, styles: Styles, body: Style, over: Overlay) -> list[Segment]:
    """Split the text of a line where style ranges begin and end; later ranges win."""
    start, end = line.start, line.end
    marks = [
        mark for mark in (*over.below, *part.marks, *over.above) if mark.start < end and mark.end > start
    ]
    if not marks:
        return [Segment(part.text[start:end], body)] if end > start else []
    cuts = sorted({start, end, *(min(max(edge, start), end) for mark in marks for edge in mark[:2])})
    segments = []
    for left, right in pairwise(cuts):
        style = body
        for mark in marks:
            if mark.start <= left and mark.end >= right:
                style += styles.named(mark.style)
        segments.append(Segment(part.text[left:right], style))
    return segments
