"""Lay out tables as text: in columns, or row by row if they are too wide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct

from tuireader.document.blocks import Block, BlockKind, Span, SpanKind
from tuireader.document.elements import DEEPEST, Cell, Elements, End, Start, Table, attributes, whole_number
from tuireader.document.line import clip_spans, shift_spans, sort_spans
from tuireader.text import cell_len
from tuireader.text.wrap import wrap

_MOST_COLUMNS = 50
_MOST_ROWS_SPANNED = 100
_LONGEST_FIELD = 400
WIDEST = 100  # default maximum width of a line of a table in cells
_NARROWEST = 10
_BAR = " │ "
_FIELD_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING))
_NUMERIC = re.compile(
    r"[-+−~≈<>]?\s?[$€£¥]?\s?[0-9][0-9.,\s]*\s?(?:%|[a-zA-Z]{1,3}|[$€£¥])?|[-–—]|n/a", re.IGNORECASE
)


def _start_table(page: Elements, name: str, _raw: str) -> None:
    if len(page.tables) >= DEEPEST or page.code is not None:
        page.unheeded_tables += 1
        return
    page.tables.append(Table(page.out))
    page.push(name)


def end_table(page: Elements) -> None:
    """Handle an end tag: close the innermost table that is laid out."""
    if page.unheeded_tables:
        page.unheeded_tables -= 1
    elif page.tables:
        page.pop_to(page.places["table"][-1])


def _start_row(page: Elements, name: str, _raw: str) -> None:
    if page.tables and not page.unheeded_tables:
        close_within_table(page, "td", "th", "tr")
        page.tables[-1].rows.append([])
        page.push(name)


def _start_cell(page: Elements, name: str, raw: str) -> None:
    close_within_table(page, "td", "th")
    if not page.tables or page.unheeded_tables:
        return
    table = page.tables[-1]
    if not table.rows:
        table.rows.append([])
    cell = Cell([], name == "th")
    if "span" in raw:
        values = attributes(raw)
        cell.columns = min(max(whole_number(values.get("colspan", ""), 1), 1), _MOST_COLUMNS)
        cell.rows = min(max(whole_number(values.get("rowspan", ""), 1), 1), _MOST_ROWS_SPANNED)
    table.rows[-1].append(cell)
    page.out = cell.blocks
    page.push(name)


def close_within_table(page: Elements, *names: str) -> None:
    """Close the open cell, or cell and row, of the innermost table."""
    if page.unheeded_tables:
        return
    table = page.last("table")
    inner = [place for place in map(page.last, names) if place > table]
    if inner:
        page.pop_to(min(inner))


def _end_cell(page: Elements) -> None:
    page.out = page.tables[-1].out
    page.marker = ""


def _finish_table(page: Elements) -> None:
    table = page.tables.pop()
    page.out = table.out
    rows = [row for row in table.rows if any(cell.blocks for cell in row)]
    quote, indent = min(page.count_open("blockquote"), DEEPEST), min(len(page.lists), DEEPEST)
    laid = lay_out(rows, quote, indent, page.width - 2 * quote)
    if laid is None:
        laid = [block for row in rows for cell in row for block in cell.blocks]
    else:
        page.count -= sum(len(cell.blocks) for row in rows for cell in row) - len(laid)
    page.out.extend(laid)


class _Field(Struct, frozen=True):
    text: str = ""
    spans: tuple[Span, ...] = ()
    header: bool = False


_EMPTY = _Field()


def lay_out(rows: list[list[Cell]], quote: int, indent: int, width: int) -> list[Block] | None:
    """Turn a table into blocks: in columns, or row by row if too wide; None for a layout table."""
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
    is_short = len(blocks) <= 3 and sum(len(block.text) for block in blocks) <= _LONGEST_FIELD
    return is_short and all(block.kind in _FIELD_KINDS for block in blocks)


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
    used = 0  # columns up to the last one with a text
    for places in grid:
        used = max(used, *(at for at, place in enumerate(places, 1) if place.text), 0)
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
    strong = any(span.kind is SpanKind.STRONG and span.end - span.start == len(text) for span in spans)
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


def _width(field: _Field) -> int:
    """Return the width of a field in cells, including the numbers of its links."""
    numbers = sum(len(f"[{span.link}]") for span in field.spans if span.kind is SpanKind.LINK and span.link)
    return max(map(cell_len, field.text.split("\n"))) + numbers


def _columns(grid: list[list[_Field]], widths: list[int]) -> tuple[str, tuple[Span, ...]]:
    headed = all(field.header or not field.text for field in grid[0])
    right = [_is_numeric(column[1:] if headed else column) for column in zip(*grid, strict=True)]
    lines: list[str] = []
    spans: list[Span] = []
    offset = 0
    for number, row in enumerate(grid):
        folded = [wrap(field.text, width) for field, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*folded, fillvalue=(0, 0)):
            line = ""
            for column, (field, (start, end)) in enumerate(zip(row, parts, strict=True)):
                if column:
                    line += _BAR
                shown = field.text[start:end]
                gap = " " * (widths[column] - cell_len(shown))
                if right[column]:
                    line += gap
                if shown:
                    spans += shift_spans(clip_spans(field.spans, start, end), offset + len(line))
                line += shown if right[column] else shown + gap
            lines.append(line.rstrip())
            offset += len(lines[-1]) + 1
        if headed and number == 0:
            lines.append("─┼─".join("─" * width for width in widths))
            offset += len(lines[-1]) + 1
    return "\n".join(lines), sort_spans(spans)


def _is_numeric(column: Sequence[_Field]) -> bool:
    texts = [field.text for field in column if field.text]
    return bool(texts) and all(_NUMERIC.fullmatch(text) for text in texts)


def _records(grid: list[list[_Field]], quote: int, indent: int) -> list[Block]:
    """Turn a wide table into one paragraph per row, with column heads before the fields."""
    heads = [field.text.replace("\n", " ") for field in grid[0]]
    blocks = []
    for row in grid[1:]:
        text = ""
        spans: list[Span] = []
        for head, field in zip(heads, row, strict=True):
            if not field.text:
                continue
            if text:
                text += "\n"
            if head:
                spans.append(Span(len(text), len(text) + len(head), SpanKind.STRONG))
                text += f"{head}: "
            spans += shift_spans(field.spans, len(text))
            text += field.text
        if text:
            blocks.append(Block(BlockKind.PARAGRAPH, text, sort_spans(spans), quote=quote, indent=indent))
    return blocks


STARTS: Mapping[str, Start] = {
    **dict.fromkeys(("td", "th"), _start_cell),
    "table": _start_table,
    "tr": _start_row,
}
ENDS: Mapping[str, End] = {**dict.fromkeys(("td", "th"), _end_cell), "table": _finish_table}
