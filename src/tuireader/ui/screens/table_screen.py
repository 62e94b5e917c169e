"""Bases of the table screens, such as feed health and watches."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.widget import Widget

from tuireader.model import View, ViewKind
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, FlowRunner, Outcome
from tuireader.ui.flows.feeds import edit, remove
from tuireader.ui.flows.settings import undo
from tuireader.ui.screens.side_screen import Result, SideScreen
from tuireader.ui.widgets.bars import Bar
from tuireader.ui.widgets.details import Details
from tuireader.ui.widgets.table import Cells, Column, Table, TableHead
from tuireader.ui.workers import run_latest
from tuireader.wording.lines import Line

Item = TypeVar("Item")


class TableScreen(SideScreen[Result], Generic[Result, Item]):
    """A table of items above details of the current one."""

    AUTO_FOCUS = "#table"
    COLUMNS: ClassVar[Sequence[Column]] = ()
    KEY: ClassVar = "id"  # attribute of an item with the key of its row

    def __init__(self, flows: FlowRunner) -> None:
        super().__init__(classes="table")
        self.flows = flows
        self.items: dict[str, Item] = {}  # by the keys of their rows
        self.filled = asyncio.Event()  # set once the rows are shown; the first keys wait for that

    def content(self) -> Iterable[Widget]:
        self.library = self.host.library
        self.table = self.main_pane = Table(self.columns)
        self.table.empty_text = "Counting …"
        self.facts = Details(id="facts")
        return TableHead(self.columns), self.table, self.facts

    def on_mount(self) -> None:
        """Fill the table now and whenever the store changes."""
        self.top.show(title=self.PLACE.capitalize())
        self.host.reloaded.subscribe(self, lambda _: self.reload())
        self.host.theme_changed_signal.subscribe(self, lambda _: self._repaint())
        self.reload()

    def on_resize(self, event: events.Resize) -> None:
        """Give rows more space on a low screen."""
        self.set_class(event.size.height < 20, "-low")
        self.set_class(event.size.height < 8, "-tiny")

    def reload(self) -> None:
        run_latest(self, self._fill, "table")

    async def _fill(self) -> None:
        items = await self.read()
        self.table.empty_text = self.empty_text
        self.show(items)
        self.filled.set()
        self.top.show(count=self.summary())
        self.update_details()

    def show(self, items: Sequence[Item]) -> None:
        """Show the rows of items; those with a key are drawn as they are in `items` by then."""
        keys = [self.key(item) for item in items]
        self.items = known = dict(zip(keys, items, strict=True))
        self.table.show(keys, lambda row: self.cells(known[keys[row]] if keys[row] else items[row]))

    @property
    def now(self) -> int:
        return int(self.host.clock())

    @property
    def current(self) -> Item | None:
        return self.items.get(self.table.current or "")

    @abstractmethod
    async def read(self) -> Sequence[Item]:
        """Read the items in the order of their rows."""

    def key(self, item: Item) -> str:
        """Key of the row of an item, unique among them; `""` for a heading."""
        return str(attrgetter(self.KEY)(item))

    @abstractmethod
    def cells(self, item: Item) -> Cells:
        """Build the cells of an item."""

    @property
    def columns(self) -> Sequence[Column]:
        return self.COLUMNS

    @property
    @abstractmethod
    def empty_text(self) -> str:
        """Message for an empty table."""

    @abstractmethod
    def summary(self) -> str:
        """Summarize all items for the header."""

    @abstractmethod
    def about(self, item: Item) -> list[Line]:
        """Describe an item below the table."""

    @abstractmethod
    def keys(self) -> list[tuple[str, str]]:
        """Return the ids of the commands for the current item, with titles."""

    @on(Table.Moved)
    def update_details(self) -> None:
        current = self.current
        self.facts.show(*(self.about(current) if current is not None else ()))
        position = f"{self.table.cursor + 1}/{len(self.items)}" if self.items else ""
        self.show_footer(self.keys(), position)

    def _repaint(self) -> None:
        """Draw again what Textual does not style."""
        self.host.forget_theme_styles()
        for widget in (*self.query(Bar), self.table):
            widget.refresh()
        self.facts.lines = ()
        self.update_details()

    async def run_here(
        self,
        flow: Callable[[Controllers, Asking, Item], Awaitable[Outcome | None]],
        *,
        keys_wait: bool = True,
    ) -> None:
        """Run a flow on the current item, if there is one."""
        if (item := self.current) is not None:
            await self.flows.run(lambda main, ask: flow(main, ask, item), keys_wait=keys_wait)

    def action_open(self) -> None:
        self.table.choose()

    async def action_undo(self) -> None:
        await self.flows.run(undo)
        self.reload()


class ViewTable(TableScreen[View, Item], Generic[Item]):
    """Base of tables whose items (feeds, watches) are views: enter returns the view to show."""

    KIND: ClassVar[ViewKind]

    def view_of(self, key: str) -> View:
        """Return the view of an item, by default the one with the same key."""
        return View(self.KIND, key)

    def on_table_chosen(self, message: Table.Chosen) -> None:
        self.dismiss(self.view_of(message.key))

    async def action_edit_this(self) -> None:
        if self.table.current is not None:
            await self.flows.run(partial(edit, view=self.view_of(self.table.current)))

    async def action_remove_this(self) -> None:
        if self.table.current is not None:
            await self.flows.run(partial(remove, view=self.view_of(self.table.current)))
