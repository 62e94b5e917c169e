"""Lay out tables as text: in columns, or row by row if they are too wide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tuireader.document.attributes import attributes, whole
from tuireader.document.blocks import Block, BlockKind, Span, SpanKind
from tuireader.document.elements import DEEPEST, Cell, Elements, Table
from tuireader.document.line import clip_spans, shift_spans, sort_spans
from tuireader.text import cell_len

_MOST_COLUMNS = 50
_MOST_ROWS_SPANNED = 100
_LONGEST_FIELD = 400
WIDEST = 100
"""Default maximum width of a line of a table in cells."""
_NARROWEST = 10
_BAR = " │ "
_FIELD_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING))
_NUMERIC = re.compile(
    r"[-+−~≈<>]?\s?[$€£¥]?\s?[0-9][0-9.,\s]*\s?(?:%|[a-zA-Z]{1,3}|[$€£¥])?|[-–—]|n/a", re.IGNORECASE
)


class TableTags(Elements):
    """Handlers for tags of tables; each cell collects a list of blocks."""

    def _table(self, name: str, _raw: str) -> None:
        if len(self.tables) >= DEEPEST or self.code is not None:
            self.unheeded_tables += 1
            return
        self.tables.append(Table(self.out))
        self._push(name)

    def _end_table(self) -> None:
        if self.unheeded_tables:
            self.unheeded_tables -= 1
        elif self.tables:
            self._pop_to(self.places["table"][-1])

    def _row(self, name: str, _raw: str) -> None:
        if self.tables and not self.unheeded_tables:
            self._close_within_table("td", "th", "tr")
            self.tables[-1].rows.append([])
            self._push(name)

    def _cell(self, name: str, raw: str) -> None:
        self._close_within_table("td", "th")
        if not self.tables or self.unheeded_tables:
            return
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        cell = Cell([], name == "th")
        if "span" in raw:
            found = attributes(raw)
            cell.columns = min(max(whole(found.get("colspan", ""), 1), 1), _MOST_COLUMNS)
            cell.rows = min(max(whole(found.get("rowspan", ""), 1), 1), _MOST_ROWS_SPANNED)
        table.rows[-1].append(cell)
        self.out = cell.blocks
        self._push(name)

    def _close_within_table(self, *names: str) -> None:
        """Close the open cell, or cell and row, of the innermost table."""
        if self.unheeded_tables:
            return
        table = self._last("table")
        inner = [place for name in names if (place := self._last(name)) > table]
        if inner:
            self._pop_to(min(inner))

    def _end_cell(self) -> None:
        self.out = self.tables[-1].out
        self.marker = ""

    def _finish_table(self) -> None:
        table = self.tables.pop()
        self.out = table.out
        rows = [row for row in table.rows if any(cell.blocks for cell in row)]
        quote, indent = min(self._count("blockquote"), DEEPEST), min(len(self.lists), DEEPEST)
        laid = lay_out(rows, quote, indent, self.width - 2 * quote)
        if laid is None:
            laid = [block for row in rows for cell in row for block in cell.blocks]
        else:
            self.count -= sum(len(cell.blocks) for row in rows for cell in row) - len(laid)
        self.out.extend(laid)


@dataclass(frozen=True, slots=True)
class _Field:
    """Text at one position in the grid of a table."""

    text: str = ""
    spans: tuple[Span, ...] = ()
    header: bool = False


_EMPTY = _Field()


def lay_out(rows: list[list[Cell]], quote: int, indent: int, width: int) -> list[Block] | None:
    """Return a table as blocks: in columns, or row by row if too wide; None for a layout table."""
    if len(rows) < 2 or not all(_is_field(cell.blocks) for row in rows for cell in row):
        return None
    grid = _grid(rows)
    if not grid or not 2 <= len(grid[0]) <= _MOST_COLUMNS:
        return None
    widths = _widths(grid, width)
    if widths is None:
        return _records(grid, quote, indent)
    text, spans = _columns(grid, widths)
    return [Block(BlockKind.TABLE, text, spans, quote=quote, indent=indent)]


def _is_field(blocks: list[Block]) -> bool:
    return (
        len(blocks) <= 3
        and all(block.kind in _FIELD_KINDS for block in blocks)
        and sum(len(block.text) for block in blocks) <= _LONGEST_FIELD
    )


def _grid(rows: list[list[Cell]]) -> list[list[_Field]]:
    """Return all positions of the table, including spanned ones; [] if it is far too wide."""
    grid: list[list[_Field]] = []
    covered: dict[int, int] = {}  # column → number of rows that a cell above still covers
    for row in rows:
        places: list[_Field] = []
        for cell in row:
            while len(places) in covered:
                places.append(_EMPTY)
            start = len(places)
            places += [_field(cell), *[_EMPTY] * (cell.columns - 1)]
            if cell.rows > 1:
                covered.update(dict.fromkeys(range(start, len(places)), cell.rows))
            if len(places) > 2 * _MOST_COLUMNS:
                return []
        covered = {column: left - 1 for column, left in covered.items() if left > 1}
        grid.append(places)
    used = max((at + 1 for places in grid for at, place in enumerate(places) if place.text), default=0)
    return [(places + [_EMPTY] * used)[:used] for places in grid]


def _field(cell: Cell) -> _Field:
    text = ""
    spans: list[Span] = []
    for block in cell.blocks:
        if text:
            text += "\n"
        if block.marker:
            text += f"{block.marker} "
        spans += shift_spans(block.spans, len(text))
        text += block.text
    strong = any(one.kind is SpanKind.STRONG and one.end - one.start == len(text) for one in spans)
    if text and cell.header and not strong:
        spans.append(Span(0, len(text), SpanKind.STRONG))
    return _Field(text, sort_spans(spans), cell.header or strong)


def _widths(grid: list[list[_Field]], width: int) -> list[int] | None:
    """Return column widths for lines of at most `width` cells; None if columns would be too narrow."""
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    room = width - len(_BAR) * (len(widths) - 1)
    if sum(widths) <= room:
        return widths
    left, narrow = room, sorted(range(len(widths)), key=lambda column: widths[column])
    for done, column in enumerate(narrow):
        share = left // (len(widths) - done)
        if share < min(widths[column], _NARROWEST):
            return None
        widths[column] = min(widths[column], share)
        left -= widths[column]
    return widths


def _width(one: _Field) -> int:
    """Return the width of a field in cells, including the numbers of its links."""
    numbers = sum(len(f"[{span.link}]") for span in one.spans if span.kind is SpanKind.LINK and span.link)
    return max(map(cell_len, one.text.split("\n"))) + numbers


def _columns(grid: list[list[_Field]], widths: list[int]) -> tuple[str, tuple[Span, ...]]:
    """Return a table in columns as text and spans."""
    headed = all(one.header or not one.text for one in grid[0])
    right = [_is_numeric(column[1:] if headed else column) for column in zip(*grid, strict=True)]
    lines: list[str] = []
    spans: list[Span] = []
    offset = 0
    for number, row in enumerate(grid):
        folded = [_fold(one.text, width) for one, width in zip(row, widths, strict=True)]
        for at in range(max(map(len, folded))):
            line = ""
            for column, one in enumerate(row):
                start, end = folded[column][at] if at < len(folded[column]) else (0, 0)
                shown = one.text[start:end]
                gap = " " * (widths[column] - cell_len(shown))
                line += (_BAR if column else "") + (gap if right[column] else "")
                if shown:
                    spans += shift_spans(clip_spans(one.spans, start, end), offset + len(line))
                line += shown if right[column] else shown + gap
            lines.append(line.rstrip())
            offset += len(lines[-1]) + 1
        if headed and number == 0:
            lines.append("─┼─".join("─" * width for width in widths))
            offset += len(lines[-1]) + 1
    return "\n".join(lines), sort_spans(spans)


def _is_numeric(column: Sequence[_Field]) -> bool:
    texts = [one.text for one in column if one.text]
    return bool(texts) and all(_NUMERIC.fullmatch(text) for text in texts)


def _fold(text: str, width: int) -> list[tuple[int, int]]:
    """Wrap a field to `width` cells, breaking long words; return the start and end of each line."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        if cell_len(line) <= width:
            lines.append((at, at + len(line)))
        else:
            lines += _fold_line(line, width, at)
        at += len(line) + 1
    return lines


def _fold_line(line: str, width: int, offset: int) -> Iterator[tuple[int, int]]:
    start = space = used = 0
    for at, character in enumerate(line):
        cells = cell_len(character)
        if used + cells > width and at > start:
            end = space if space > start else at
            yield offset + start, offset + end
            start = end + (line[end] == " ")
            used = cell_len(line[start:at])
        if character == " ":
            space = at
        used += cells
    yield offset + start, offset + len(line)


def _records(grid: list[list[_Field]], quote: int, indent: int) -> list[Block]:
    """Return a wide table as one paragraph per row, with column heads before the fields."""
    heads = [one.text.replace("\n", " ") for one in grid[0]]
    blocks = []
    for row in grid[1:]:
        text = ""
        spans: list[Span] = []
        for head, one in zip(heads, row, strict=True):
            if not one.text:
                continue
            if text:
                text += "\n"
            if head:
                spans.append(Span(len(text), len(text) + len(head), SpanKind.STRONG))
                text += f"{head}: "
            spans += shift_spans(one.spans, len(text))
            text += one.text
        if text:
            blocks.append(Block(BlockKind.PARAGRAPH, text, sort_spans(spans), quote=quote, indent=indent))
    return blocks
