"""Alarms screen: silent feeds and watches, failing and moved feeds, gaps, with what to do about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tuireader.commands import Scope
from tuireader.model import Alarm, AlarmKind, View, ViewKind
from tuireader.text import feed_name
from tuireader.text.wording import counted
from tuireader.ui.flows.context import Outcome
from tuireader.ui.flows.forms import change
from tuireader.ui.screens.table_screen import ViewTable
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line, error_lines
from tuireader.wording.times import age, full_time

_HINTS = {
    AlarmKind.SILENT: "Look at its website: it may have moved, or stopped",
    AlarmKind.FAILING: "The feed health shows what helps",
    AlarmKind.MOVED: "Accept the address if its entries look right; undo brings the old one back",
    AlarmKind.GAP: "It is asked more often from now on; the website has what is missing",
}
_ACCOUNT_HINT = "The sidebar says below the account what helps"
_WATCH_HINT = "Check its terms and feeds: a word may have changed, a feed may be missing"


def alarm_cells(alarm: Alarm, now: int) -> Cells:
    """Build the cells of an alarm."""
    over = alarm.cleared_at is not None
    style = "dim" if over else "star" if alarm.kind is AlarmKind.SILENT else "error"
    name = f"◆ {alarm.name}" if alarm.watch else feed_name(alarm.name)
    return {
        "sign": Cell("·" if over else "!", style),
        "name": Cell(name, "dim" if over else "strong"),
        "kind": Cell("over" if over else alarm.kind.value, style),
        "since": Cell(age(alarm.raised_at, now), "dim"),
        "words": Cell(alarm.cleared_words if over else alarm.words, "dim" if over else "text"),
    }


class Alarms(ViewTable[Alarm]):
    """Table of open alarms, and of those that ended in the last week."""

    COLUMNS = (
        Column("sign", "", 1),
        Column("name", "Feed or watch", {150: 44, 100: 28, 80: 20, 0: 0}),
        Column("kind", "Alarm", 7),
        Column("since", "Since", 11, least=60),
        Column("words", "Reason", least=80),
    )
    PLACE = Scope.ALARMS

    async def read(self) -> Sequence[Alarm]:
        return await self.library.alarms.recent()

    def cells(self, alarm: Alarm) -> Cells:
        return alarm_cells(alarm, self.now)

    empty_text = "No alarms: nothing is silent or failing, no gap is open."

    def summary(self) -> str:
        """Return `2 alarms open`."""
        count = sum(alarm.cleared_at is None for alarm in self.items.values())
        return f"{counted(count, 'alarm')} open" if count else "none open"

    def about(self, alarm: Alarm) -> list[Line]:
        what = "account" if alarm.account else "watch" if alarm.watch else "feed"
        lines: list[Line] = [((alarm.name, "strong"), (f" · {what}", "dim"))]
        lines += error_lines("", alarm.words, "text")
        told = f", notified {full_time(alarm.told_at)}" if alarm.told_at is not None else ", not notified"
        lines.append(((f"raised {full_time(alarm.raised_at)}{told}", "dim"),))
        if alarm.cleared_at is not None:
            lines.append(((f"over since {full_time(alarm.cleared_at)}: {alarm.cleared_words}", "dim"),))
        else:
            hint = _ACCOUNT_HINT if alarm.account else _WATCH_HINT if alarm.watch else _HINTS[alarm.kind]
            lines.append(((hint, "dim"),))
        return lines

    def view_of(self, key: str) -> View:
        alarm = self.items[key]
        if alarm.account:
            return View(ViewKind.ACCOUNT, alarm.account)
        return View(ViewKind.WATCH, alarm.watch) if alarm.watch else View(ViewKind.FEED, str(alarm.feed_id))

    def keys(self) -> list[tuple[str, str]]:
        alarm = self.current
        if alarm is None:
            return []
        more = [] if alarm.watch else [("refresh_one", "Retry")]
        if alarm.kind is AlarmKind.MOVED and alarm.cleared_at is None:
            more.append(("accept_move", "Accept"))
        return [("open", "Articles"), *more, ("edit_this", "Edit"), ("remove_this", "Remove")]

    async def action_refresh_one(self) -> None:
        alarm = self.current
        if alarm is not None and alarm.account:
            await self.flows.apply(Outcome(sync=[alarm.account]))
        elif alarm is not None and not alarm.watch:
            await self.flows.apply(Outcome(refresh=[alarm.feed_id]))

    async def action_accept_move(self) -> None:
        """Subscribe to the address that the feed's page names."""
        alarm = self.current
        if alarm is None or alarm.kind is not AlarmKind.MOVED or alarm.cleared_at is not None:
            self.host.say("This alarm names no address")
            return
        accept = partial(self.library.feeds.accept_move, alarm.feed_id)
        await self.flows.run(partial(change, accept, "The config now has the new address"), keys_wait=False)
