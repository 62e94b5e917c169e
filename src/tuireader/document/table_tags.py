"""Tags of tables; `tables` lays out their cells."""

from __future__ import annotations

from tuireader.document.attributes import attributes, whole
from tuireader.document.elements import DEEPEST, Elements
from tuireader.document.tables import MOST_COLUMNS, MOST_ROWS_SPANNED, Cell, Table, lay_out


class TableTags(Elements):
    """Rows and cells; each cell is a list of blocks."""

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
            cell.columns = min(max(whole(found.get("colspan", ""), 1), 1), MOST_COLUMNS)
            cell.rows = min(max(whole(found.get("rowspan", ""), 1), 1), MOST_ROWS_SPANNED)
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
        quote, indent = min(self.quote, DEEPEST), min(len(self.lists), DEEPEST)
        laid = lay_out(rows, quote, indent, self.width - 2 * quote)
        if laid is None:
            laid = [block for row in rows for cell in row for block in cell.blocks]
        else:
            self.count -= sum(len(cell.blocks) for row in rows for cell in row) - len(laid)
        self.out.extend(laid)
