"""Parts of a page laid out as lines of a given width, a chunk at a time, and drawn one line at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.text import cell_len, cut
from tuireader.ui.inks import HIT_NOW, Inks
from tuireader.ui.page import Mark, Part
from tuireader.ui.wrap import fold, wrap


class LineKind(IntEnum):
    """What a laid-out line is."""

    BLANK = 0
    FIRST = 1
    REST = 2
    TOP = 3
    BOTTOM = 4
    RULE = 5


class Line(NamedTuple):
    """One line: a character range of the text of part number `part`."""

    part: int
    start: int
    end: int
    kind: LineKind


class Layout:
    """The lines of some parts at one width. `extend` adds lines until there are enough; a page of a megabyte
    is on screen before it is laid out to its end."""

    def __init__(self, parts: Sequence[Part], width: int) -> None:
        self.parts = parts
        self.width = max(4, width)
        self.lines: list[Line] = []
        self.firsts: list[int] = []  # number of the first text line of each part that is laid out

    @property
    def complete(self) -> bool:
        """Whether every part is laid out."""
        return len(self.firsts) == len(self.parts)

    def extend(self, lines: int) -> None:
        """Lay out on, until there are at least so many lines or nothing is left."""
        while len(self.lines) < lines and not self.complete:
            self._add(len(self.firsts))

    def line_of(self, part: int, offset: int) -> int:
        """The number of the line that holds a character of a part's text."""
        while len(self.firsts) <= part and not self.complete:
            self._add(len(self.firsts))
        number = self.firsts[part]
        while number + 1 < len(self.lines) and self.lines[number + 1].part == part:
            following = self.lines[number + 1]
            if following.kind not in (LineKind.REST, LineKind.FIRST) or following.start > offset:
                break
            number += 1
        return number

    def line_at(self, place: int) -> int:
        """The number of the line where an offset of the whole text stands."""
        offsets = [part.offset for part in self.parts]
        known = [number for number, offset in enumerate(offsets) if offset >= 0]
        if not known or place <= 0:
            return 0
        number = known[max(0, bisect_right([offsets[part] for part in known], place) - 1)]
        return self.line_of(number, place - offsets[number])

    def place_of(self, line: int) -> int:
        """The offset in the whole text of a line; 0 above the text."""
        if not self.lines:
            return 0
        line = min(line, len(self.lines) - 1)
        for entry in self.lines[line:]:
            offset = self.parts[entry.part].offset
            if offset >= 0:
                return offset + entry.start
        return max(0, self.parts[self.lines[line].part].offset)

    def _add(self, number: int) -> None:
        part = self.parts[number]
        add = self.lines.append
        for _ in range(part.gap if self.lines else min(part.gap, 1)):
            add(Line(number, 0, 0, LineKind.BLANK))
        if part.frame == "rule":
            self.firsts.append(len(self.lines))
            add(Line(number, 0, 0, LineKind.RULE))
            return
        if part.frame:
            add(Line(number, 0, 0, LineKind.TOP))
        self.firsts.append(len(self.lines))
        inner = self.width - (4 if part.frame else max(cell_len(part.first), cell_len(part.rest)))
        ranges = (fold if part.hard else wrap)(part.text, inner - (2 if part.ground else 0))
        kind = LineKind.FIRST
        for start, end in ranges:
            add(Line(number, start, end, kind))
            kind = LineKind.REST
        if part.frame:
            add(Line(number, 0, 0, LineKind.BOTTOM))


def draw(
    part: Part, line: Line, inks: Inks, width: int, *, chosen: bool = False, now: Mark | None = None
) -> Strip:
    """A line as a strip of `width` cells. `chosen` draws it under the cursor, `now` is the current hit."""
    base = inks.ground
    if line.kind is LineKind.BLANK:
        return Strip([Segment(" " * width, base)], width)
    if line.kind is LineKind.RULE:
        return Strip([Segment("─" * width, base + inks.faint)], width)
    if line.kind in (LineKind.TOP, LineKind.BOTTOM):
        return Strip([Segment(_frame(part.frame, width, line.kind), base + inks.faint)], width)
    under = base + inks.cursor if chosen else base
    body = under + inks.named(part.ink)
    text = _segments(part, line, inks, body, now)
    used = sum(cell_len(segment.text) for segment in text)
    if part.frame:
        room = width - 4 - used
        edge = base + inks.faint
        parts = [Segment("│ ", edge), *text, Segment(" " * max(0, room) + " ", under), Segment("│", edge)]
        return Strip(parts, width)
    lead = part.first if line.kind is LineKind.FIRST else part.rest
    lead_style = under + (inks.accent if lead.strip() in ("•", "▎", "▎ ▎") else inks.dim)
    before = cell_len(lead)
    if part.ground:
        return Strip(
            [
                Segment(lead, lead_style),
                Segment(" ", body),
                *text,
                Segment(" " * max(0, width - before - used - 1), body),
            ],
            max(width, before + used + 1),
        )
    rest = Segment(" " * max(0, width - before - used), under)
    return Strip([Segment(lead, lead_style), *text, rest], max(width, before + used))


def _frame(label: str, width: int, kind: LineKind) -> str:
    if kind is LineKind.BOTTOM:
        return "╰" + "─" * (width - 2) + "╯"
    head = cut(f"╭─ {label} ", width - 1)
    return head + "─" * max(0, width - len(head) - 1) + "╮"


def _segments(part: Part, line: Line, inks: Inks, body: Style, now: Mark | None) -> list[Segment]:
    """The text of a line cut where marks begin and end; later marks lie over earlier ones."""
    start, end = line.start, line.end
    marks = [mark for mark in part.marks if mark.start < end and mark.end > start]
    if now is not None and now.start < end and now.end > start:
        marks.append(now)
    if not marks:
        return [Segment(part.text[start:end], body)] if end > start else []
    cuts = sorted({start, end, *(min(max(edge, start), end) for mark in marks for edge in mark[:2])})
    segments = []
    for left, right in pairwise(cuts):
        style = body
        for mark in marks:
            if mark.start <= left and mark.end >= right:
                style += HIT_NOW if mark.ink == "now" else inks.named(mark.ink)
        segments.append(Segment(part.text[left:right], style))
    return segments
