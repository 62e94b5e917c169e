"""Lay out parts of a page as lines of a given width, in chunks, and draw them line by line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise, zip_longest
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tuireader.text import cell_len, cut, pad
from tuireader.text.bidi import START
from tuireader.text.wrap import fold, wrap
from tuireader.ui.drawing.page_parts import DOT, Part, StyleRange
from tuireader.ui.drawing.styles import Styles, under_cursor


class LineKind(IntEnum):
    """Kind of a laid-out line."""

    BLANK = 0
    FIRST = 1
    REST = 2
    RULE = 3
    PICTURE = 4
    CUT = 5


_TEXT = (LineKind.FIRST, LineKind.REST, LineKind.CUT)
_COLUMNS = 76  # minimum width of a page for parts in two columns, so that a feed and a distance fit
_NO_BREAK = "\u00a0"
_BETWEEN = 2  # cells between two columns


class Art(NamedTuple):
    """An image as lines of segments, each `width` cells wide.

    `graphics` are escape sequences, one per line, that paint the image from the first blank cell on.
    """

    width: int
    lines: Sequence[tuple[Segment, ...]]
    graphics: Sequence[str] = ()


class Line(NamedTuple):
    """A range of the text of part number `part`; for an image, `start` is the line number within it.

    `beside` is the range in the second column.
    """

    part: int
    start: int
    end: int
    kind: LineKind
    beside: tuple[int, int] = (0, 0)


class Layout:
    """Lines of parts at one width; `extend` adds lines in chunks, so that a long page appears at once.

    With `hints`, hidden images take one line that names the key which shows them.
    """

    def __init__(self, parts: Sequence[Part], width: int, *, hints: bool = False) -> None:
        self.parts = parts
        self.width = max(4, width)
        self.hints = hints
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
        known = [(part.offset, number) for number, part in enumerate(self.parts) if part.offset >= 0]
        if not known or place <= 0:
            return 0
        offset, number = known[max(0, bisect_right(known, (place, len(self.parts))) - 1)]
        return self.line_of(number, place - offset)

    def place_of(self, line: int) -> int:
        """Offset in the whole text at which a line starts; 0 above the text."""
        for entry in self.lines[min(line, len(self.lines) - 1) :]:
            offset = self.parts[entry.part].offset
            if offset >= 0:
                return offset + (entry.start if entry.kind in _TEXT else 0)
        return 0

    def show_art(self, number: int, art: Art | None) -> int:
        """Lay out a part again, with an image or without; return by how many lines the text below moved."""
        if art is None:
            self.arts.pop(number, None)
        else:
            self.arts[number] = art
        if number >= len(self.firsts):
            return 0
        start = self.top_of(number)
        end = self.top_of(number + 1) if number + 1 < len(self.firsts) else len(self.lines)
        following, later = self.lines[end:], [first - end for first in self.firsts[number + 1 :]]
        del self.lines[start:], self.firsts[number:]
        self._add(number)
        moved = len(self.lines) - end
        self.firsts += [first + len(self.lines) for first in later]
        self.lines += following
        return moved

    def top_of(self, number: int) -> int:
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
        if part.rule:
            self.firsts.append(len(self.lines))
            add(Line(number, 0, 0, LineKind.RULE))
            return
        art = self.arts.get(number)
        for row in range(len(art.lines) if art is not None else 0):
            add(Line(number, row, row, LineKind.PICTURE))
        start, end = part.caption if art is not None else (0, len(part.text))
        if part.picture and art is None and not self.hints:
            end = part.caption[1]
        if art is not None and start == end:
            self.firsts.append(len(self.lines) - 1)
            return
        self.firsts.append(len(self.lines))
        inner = self.width - (0 if art is not None else max(cell_len(part.first), cell_len(part.rest)))
        if part.column and self.width >= _COLUMNS:
            self._add_columns(number, inner)
            return
        inner -= side_cells(self.width) + 2 if part.side else 0
        if part.fits:
            start = self._add_facts(number, inner) + 1
            if start > end:
                return
        text = _with_credit(part.text[start:end], inner) if part.picture else part.text[start:end]
        ranges = (fold if part.hard else wrap)(text, inner - (2 if part.filled else 0))
        most = part.most if not part.picture or (self.hints and art is None) else 0
        if most and len(ranges) > most:
            self._add_cut(number, ranges[:most], inner)
            return
        kind = LineKind.REST if part.fits else LineKind.FIRST
        for left, right in ranges:
            left += start + 2 * (bool(part.picture) and part.text.startswith("· ", start + left))
            add(Line(number, left, start + right, kind))
            kind = LineKind.REST

    def _add_facts(self, number: int, width: int) -> int:
        """Add the facts that fit on one line; return where the line ends in the text."""
        text = self.parts[number].text
        stop = len(text.partition("\n")[0])
        end = _facts_end(text, 0, stop, width)
        is_cut = end < stop and not text.startswith(DOT, end)
        self.lines.append(Line(number, 0, end, LineKind.CUT if is_cut else LineKind.FIRST))
        return stop

    def _add_columns(self, number: int, width: int) -> None:
        """Add a title beside at most two lines of facts, of which the second one may be cut."""
        part = self.parts[number]
        text = part.text
        side = self.width * 2 // 5
        end = _facts_end(text, part.column, len(text), side)
        beside = [(part.column, end)]
        if (dot := text.find(DOT, end)) >= 0:
            start = dot + len(DOT)
            beside.append((start, start + _count_fitting(text[start:], side)))
        titles = wrap(text[: part.column - 1], width - side - _BETWEEN)
        kind = LineKind.FIRST
        for title, facts in zip_longest(titles, beside):
            start, end = title or (part.column - 1, part.column - 1)
            self.lines.append(Line(number, start, end, kind, beside=facts or (0, 0)))
            kind = LineKind.REST

    def _add_cut(self, number: int, ranges: Sequence[tuple[int, int]], width: int) -> None:
        """Add the first lines of a part; the last one leaves room for the ending."""
        part = self.parts[number]
        text = part.text
        *full, (start, end) = ranges
        self.lines += [
            Line(number, *span, LineKind.REST if at else LineKind.FIRST) for at, span in enumerate(full)
        ]
        room = max(1, width - cell_len(_ending(part)))
        if cell_len(text[start:end]) > room:
            end = start + len(cut(text[start:end] + "…", room + 1)) - 1  # "…" makes it too long
            space = text.rfind(" ", start, end)
            end = space if space > start + (end - start) // 2 else end
        self.lines.append(Line(number, start, end, LineKind.CUT))


def _with_credit(text: str, width: int) -> str:
    """Keep the last fact of a caption, its credit, on one line if there is room."""
    before, dot, credit = text.rpartition(DOT)
    last = f"{dot.strip()} {credit}"
    return f"{before} {last.replace(' ', _NO_BREAK)}" if dot and cell_len(last) <= width else text


def _ending(part: Part) -> str:
    """Ending of a text that is cut: `…`, a closing quotation mark, the hint of an image."""
    return "…" + (part.text[part.caption[1] :] if part.picture else "”" * part.text.endswith("”"))


def _facts_end(text: str, start: int, stop: int, width: int) -> int:
    """Find the end of the facts that fit into `width`; the first one is cut if it is too long."""
    end = stop
    while cell_len(text[start:end]) > width:
        at = text.rfind(DOT, start, end)
        if at <= start:
            return start + _count_fitting(text[start:end], width)
        end = at
    return end


def _count_fitting(text: str, width: int) -> int:
    """Count the characters that fit into `width`, with room for `…` if not all do."""
    short = cut(text, width)
    return len(text) if short == text else len(short) - 1


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
    under = base + styles.cursor if over.chosen else base

    def on_line(name: str) -> Style:
        style = under + styles.named(name)
        return under_cursor(style) if over.chosen else style

    body = on_line(part.style)
    text = _segments(part, line, styles, body, over)
    if line.kind is LineKind.CUT:
        text.append(Segment(_ending(part), on_line("dim") if part.picture else body))
    lead = _lead(part, line, art)
    if line.beside[1]:
        start, end = line.beside
        text.append(Segment(" " * _apart(part, line, width), body))
        text += _segments(part, Line(line.part, start, end, line.kind), styles, body, over)
        is_last = line.kind is LineKind.REST  # so facts are missing even if it ends with a whole one
        if end < len(part.text) and (is_last or not part.text.startswith(DOT, end)):
            text.append(Segment("…", on_line("dim")))
    if part.filled:
        text.insert(0, Segment(" ", body))
    lead_style = on_line(part.lead or ("text" if lead.strip() in ("•", "▎", "▎ ▎") else "dim"))
    used = cell_len(lead) + sum(cell_len(segment.text) for segment in text)
    room = width - used
    if over.right and not part.filled:
        parts = [Segment(" " * max(0, room), under), Segment(START + lead, lead_style), *text]
        return Strip(parts, max(width, used))
    tail = [Segment(" " * max(0, room), body if part.filled else under)]
    if part.side and line.start == 0:
        side = pad(part.side, side_cells(width))
        tail = [Segment(" " * (room - cell_len(side)), under), Segment(side, on_line("dim"))]
    left, dot, right = lead.partition("●")
    head = [Segment(left, lead_style)]
    if dot:
        head += [Segment(dot, on_line("accent")), Segment(right, lead_style)]
    return Strip([*head, *text, *tail], max(width, used))


def side_cells(width: int) -> int:
    """Width of the column right of the text, in lines of `width` cells."""
    return min(20, width // 4)


def _lead(part: Part, line: Line, art: Art | None) -> str:
    """Prefix of a line; the caption below an image has none, nor has a line cut to one."""
    if art is not None:
        return ""
    is_first = line.kind is LineKind.FIRST or (line.kind is LineKind.CUT and line.start == 0)
    return part.first if is_first else part.rest


def _apart(part: Part, line: Line, width: int) -> int:
    """Number of spaces between the two columns of a line."""
    used = cell_len(_lead(part, line, None)) + cell_len(part.text[line.start : line.end])
    return width - width * 2 // 5 - used


def ranges(part: Part, line: Line, width: int, art: Art | None = None) -> list[tuple[int, int, int]]:
    """Ranges of text on a line, each after the number of characters before it, by column."""
    if line.kind not in _TEXT:
        return []
    at = len(_lead(part, line, art)) + int(part.filled)
    columns = [(at, line.start, line.end)]
    if line.beside[1]:
        columns.append((at + line.end - line.start + _apart(part, line, width), *line.beside))
    return columns


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
