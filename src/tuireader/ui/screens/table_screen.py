"""Base of table screens, such as feed health and watches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen

from tuireader.commands import key_label
from tuireader.model import View, ViewKind
from tuireader.ui.flows.context import FlowRunner
from tuireader.ui.flows.feeds import edit, remove
from tuireader.ui.flows.settings import undo
from tuireader.ui.host import Host, host_of
from tuireader.ui.widgets.bars import StatusLine, TopLine
from tuireader.ui.widgets.details import Details
from tuireader.ui.widgets.table import Column, Row, Table, TableHead
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import Line

if TYPE_CHECKING:
    from textual import events


class TableScreen(Screen[View | None], inherit_bindings=False):
    """A table above details of the current row; the result is a view to show."""

    BINDINGS: ClassVar = [Binding("ctrl+c", "screen.copy_text", show=False)]
    AUTO_FOCUS = "#table"
    HEADING: ClassVar = ""
    KIND: ClassVar[ViewKind]  # kind of the views that the rows open; a row and its view have the same key
    COLUMNS: ClassVar[Sequence[Column]] = ()

    def __init__(self, flows: FlowRunner) -> None:
        super().__init__(classes="table")
        self.flows = flows
        self.filled = asyncio.Event()
        """Set once the rows are shown; the first keys wait for that."""

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    def compose(self) -> ComposeResult:
        """Compose header, table, details and footer."""
        self.library = self.host.library
        self.top = TopLine()
        self.table = Table(self.COLUMNS)
        self.facts = Details(id="facts")
        self.status = StatusLine()
        yield self.top
        yield TableHead(self.COLUMNS)
        yield self.table
        yield self.facts
        yield self.status

    def on_mount(self) -> None:
        """Fill the table now and whenever the store changes."""
        self.top.show(title=self.HEADING)
        self.host.reloaded.subscribe(self, lambda _: self.reload())
        self.reload()

    def on_resize(self, event: events.Resize) -> None:
        """Give rows more space on a low screen."""
        self.set_class(event.size.height < 20, "-low")
        self.set_class(event.size.height < 8, "-tiny")

    def reload(self) -> None:
        """Read the rows from the store again."""
        run_latest(self, self._fill, "table")

    async def _fill(self) -> None:
        self.table.show(await self.fetch())
        self.filled.set()
        self.top.show(count=self.summary())
        self.update_details()

    # -- implemented by each screen

    def view_of(self, key: str) -> View:
        """Return the view of the articles of a row."""
        return View(self.KIND, key)

    async def fetch(self) -> list[Row]:
        """Return the rows."""
        return []

    def summary(self) -> str:
        """Return a summary of all rows for the header."""
        return str(len(self.table.rows))

    def about(self, key: str) -> list[Line]:
        """Return details of a row."""
        return []

    def keys(self) -> list[tuple[str, str]]:
        """Return the commands for the current row, with titles."""
        return []

    # -- keys

    def update_details(self) -> None:
        """Show details and keys for the current row."""
        current, key_of = self.table.current, self.host.key_of
        self.facts.show(*(self.about(current) if current is not None else ()))
        moving = (f"{key_of('move_down')}/{key_of('move_up')}", "move")
        by_escape = "escape" in self.host.keys_of["back"]
        leaving = (key_label("escape") if by_escape else key_of("back"), "Back")
        where = f"{self.table.cursor + 1}/{len(self.table.rows)}" if self.table.rows else ""
        keys = [(key_of(command), title) for command, title in self.keys()]
        self.status.show([moving, *keys, leaving], where, False)

    def on_table_moved(self) -> None:
        """Update details and keys."""
        self.update_details()

    def on_table_chosen(self, message: Table.Chosen) -> None:
        """Show the articles of a row."""
        self.dismiss(self.view_of(message.key))

    async def action_edit_this(self) -> None:
        """Edit the feed or watch of the current row."""
        if self.table.current is not None:
            await self.flows.run(partial(edit, view=self.view_of(self.table.current)))

    async def action_remove_this(self) -> None:
        """Remove the feed or watch of the current row after confirmation."""
        if self.table.current is not None:
            await self.flows.run(partial(remove, view=self.view_of(self.table.current)))

    def action_pane(self, command_id: str) -> None:
        self.table.act(command_id)

    def action_open(self) -> None:
        self.table.choose()

    def action_back(self) -> None:
        self.dismiss(None)

    async def action_undo(self) -> None:
        await self.flows.run(undo)
        self.reload()

    action_quit_or_back = action_back

    async def action_quit(self) -> None:
        await self.host.leave(0)
