"""Outbox screen: messages that wait for their channel or were given up, and why."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.commands import Scope
from tuireader.model import OutboxKind, OutboxMessage, OutboxState
from tuireader.ui.flows import channels
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.table import Cell, Cells, Column, Table
from tuireader.wording.lines import Line, error_lines
from tuireader.wording.times import full_time, list_time


class Outbox(TableScreen[int, OutboxMessage]):
    """Table of messages, oldest first; enter opens the article."""

    COLUMNS = (
        Column("sign", "", 1),
        Column("title", "Message"),
        Column("watch", "Watch", 20, least=100),
        Column("channel", "Channel", 14, least=56),
        Column("state", "State", 8),
        Column("next", "Next try", 10, least=70),
    )
    PLACE = Scope.OUTBOX

    async def read(self) -> Sequence[OutboxMessage]:
        return await self.library.outbox.unsent()

    def cells(self, message: OutboxMessage) -> Cells:
        given_up = message.state is OutboxState.GIVEN_UP
        look = "error" if given_up else "star" if message.error else "dim"
        waits = message.due_at > self.now and not given_up
        return {
            "sign": Cell("!" if message.error else "·", look),
            "title": Cell(message.title, "text"),
            "watch": Cell(message.causes, "dim"),
            "channel": Cell(message.channel or "[notify]", "text"),
            "state": Cell(message.state, look),
            "next": Cell(list_time(message.due_at, self.now) * waits, "dim"),
        }

    empty_text = "Nothing waits: every message was delivered."

    def summary(self) -> str:
        """Return `3 waiting, 1 given up`."""
        given_up = sum(message.state is OutboxState.GIVEN_UP for message in self.items.values())
        return f"{len(self.items) - given_up} waiting" + f", {given_up} given up" * bool(given_up)

    def about(self, message: OutboxMessage) -> list[Line]:
        reason = self.library.outbox.reason(message) or "it is sent with the next refresh"
        times = f"in the outbox since {full_time(message.created_at, self.now)}"
        times += f" · tried in vain: {message.attempts}" * bool(message.attempts)
        times += " · perhaps received, so it comes again marked as repeated" * message.interrupted
        first = (
            (message.title, "strong"),
            (f" · {message.causes} by {message.channel or '[notify]'}", "dim"),
        )
        return [first, *error_lines("", reason, "text"), ((times, "dim"),)]

    def keys(self) -> list[tuple[str, str]]:
        keys = [("open", "Article"), ("refresh_one", "Retry"), ("remove_this", "Drop")]
        return keys if self.items else []

    def on_table_chosen(self, message: Table.Chosen) -> None:
        item = self.items[message.key]
        if item.kind in (OutboxKind.MATCH, OutboxKind.RULE, OutboxKind.SHARE):
            self.dismiss(item.subject)
        elif item.kind is OutboxKind.DIGEST:
            self.host.say("`tuireader digest` prints digests")
        else:
            self.host.say(f"{self.host.key_of('alarms')} lists the alarms")

    async def action_refresh_one(self) -> None:
        await self.run_here(channels.retry, keys_wait=False)

    async def action_remove_this(self) -> None:
        await self.run_here(channels.drop)
