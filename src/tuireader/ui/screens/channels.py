"""Channels screen: ways for notifications, and who uses them."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.commands import Scope
from tuireader.library.channels import Channel
from tuireader.ui.flows import channels
from tuireader.ui.screens.table_screen import TableScreen
from tuireader.ui.widgets.table import Cell, Cells, Column
from tuireader.wording.lines import Line


class Channels(TableScreen[None, Channel]):
    """Table of channels in the order of the configuration; enter edits one."""

    KEY = "config.name"
    COLUMNS = (
        Column("name", "Channel", 16),
        Column("kind", "Kind", 24, least=70),
        Column("target", "Target"),
        Column("users", "Used by", 30, least=110),
    )
    PLACE = Scope.CHANNELS

    async def read(self) -> Sequence[Channel]:
        return self.library.channels.all()

    def cells(self, channel: Channel) -> Cells:
        config, kind = channel.config, channels.KINDS[channel.config.kind]
        texts = {"name": config.name, "kind": kind, "target": config.target, "users": channel.users}
        return {name: Cell(text, "text") for name, text in texts.items()}

    @property
    def empty_text(self) -> str:
        return f"No channels yet: [notify] sends everything. {self.host.key_of('add_channel')} adds one."

    def summary(self) -> str:
        return f"{len(self.items)}" + ", demo: nothing is sent" * self.library.offline

    def about(self, channel: Channel) -> list[Line]:
        config, none = channel.config, "nobody yet: name it in the channels of a watch, or share an article"
        limits = [f"quiet {config.quiet}"] * bool(config.quiet)
        limits += [f"at most {config.limit} messages an hour"] * bool(config.limit)
        first = ((config.name, "strong"), (" · ".join(["", *limits]), "dim"))
        return [first, ((config.target, "text"),), ((f"used by {channel.users or none}", "dim"),)]

    def keys(self) -> list[tuple[str, str]]:
        own = [("open", "Edit"), ("test_channel", "Test"), ("remove_this", "Remove")]
        return [*(own if self.items else []), ("add_channel", "Add")]

    async def on_table_chosen(self) -> None:
        await self.run_here(
            lambda main, ask, item: channels.edit_channel(main, ask, item.config.kind, item.config)
        )

    action_edit_this = on_table_chosen

    async def action_add_channel(self) -> None:
        await self.flows.run(channels.add_channel)

    async def action_test_channel(self) -> None:
        await self.run_here(channels.test_channel, keys_wait=False)

    async def action_remove_this(self) -> None:
        await self.run_here(channels.remove_channel)
