"""Statistics screen: what feeds publish and watches match, and how much of it is opened."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.commands import Scope
from tuireader.model import Activity, View, ViewKind
from tuireader.text.wording import counted
from tuireader.ui.screens.table_screen import ViewTable
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line
from tuireader.wording.statistics import ORDERS, columns, in_order


class Statistics(ViewTable[Activity]):
    """Table of feeds in an order that the user changes, then of watches; enter shows their articles."""

    PLACE = Scope.STATISTICS
    COLUMNS = (
        Column("name", "Feed or watch", {150: 44, 0: 0}),
        Column("a_day", "A day", 6, right=True, least=34),
        Column("days", "Last 30 days", 30, least=96),
        Column("weeks", "12 weeks", 12, least=60, most=95),
        Column("weeks", "12 weeks", 12, least=130),
        Column("opened", "Opened", 6, right=True),
        Column("marked", "Marked", 6, right=True, least=110),
        Column("unread", "Unread", 6, right=True, least=76),
        Column("first", "First", 9, right=True, least=68),
        Column("lag", "Else after", 10, right=True, least=116),
    )
    empty_text = "No feeds and no watches yet"
    order = "opened"

    async def read(self) -> Sequence[Activity]:
        return in_order(await self.library.lists.activity(30), self.order)

    def key(self, item: Activity) -> str:
        return str(item.feed_id or f"◆ {item.name}")

    def cells(self, item: Activity) -> Cells:
        bars = "dim" if item.feed_id else f"watch:{item.name}"
        styles = dict.fromkeys(("days", "weeks"), bars) | dict.fromkeys(("marked", "unread", "lag"), "dim")
        styles |= {"opened": "star"} if item.never_opened else {}
        return {name: Cell(text, styles.get(name, "text")) for name, text in columns(item).items()}

    def summary(self) -> str:
        """Return `8 feeds, 2 never opened · sorted by articles`."""
        never = [item.never_opened for item in self.items.values() if item.feed_id]
        return f"{counted(len(never), 'feed')}, {sum(never) or 'none'} never opened · sorted by {self.order}"

    def about(self, item: Activity) -> list[Line]:
        texts = columns(item)
        shares = f"{item.opened} opened · {item.marked} marked · {item.unread} unread"
        total = f" · {counted(item.articles, 'article')} in 30 days, {sum(item.weeks)} in 12 weeks"
        lead = f"first in {texts['first']} stories that other feeds have too" if item.stories else ""
        lead += f", else {texts['lag']} later" if item.lag else ""
        note = "opened: also starred or labelled; marked: read without opening it"
        more = [((text, style),) for text, style in ((shares, "text"), (lead, "text"), (note, "dim")) if text]
        return [((texts["name"], "strong"), (total, "dim")), *more]

    def view_of(self, key: str) -> View:
        item = self.items[key]
        return View(ViewKind.FEED, key) if item.feed_id else View(ViewKind.WATCH, item.name)

    def keys(self) -> list[tuple[str, str]]:
        keys = [("open", "Articles"), ("sort", "Sort"), ("edit_this", "Edit"), ("remove_this", "Remove")]
        return keys if self.items else []

    def action_sort(self) -> None:
        """Sort by the next order, and go to the top."""
        orders = [*ORDERS, *ORDERS]
        self.order = orders[orders.index(self.order) + 1]
        self.show(in_order(self.items.values(), self.order))
        self.top.show(count=self.summary())
        self.table.act("top")
