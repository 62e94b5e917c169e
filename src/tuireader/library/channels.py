"""Channels: list them, and try one."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct

from tuireader.commands import did_you_mean
from tuireader.config import ChannelConfig, Problem, edit
from tuireader.config.channel_keys import SERVICE, marked
from tuireader.config.kinds import SECRET_PLACES
from tuireader.config.problems import line_of
from tuireader.config.toml_lines import key_lines
from tuireader.config.toml_values import quote
from tuireader.delivery.letters import Receipt, trial
from tuireader.delivery.send import Surroundings, send
from tuireader.errors import UsageError
from tuireader.library.context import Context, UseCases
from tuireader.subprocesses.worker import Worker


class Channel(Struct, frozen=True):
    """A channel, and who uses it."""

    config: ChannelConfig
    watches: Annotated[tuple[str, ...], "Names of the watches that notify by it."]
    alarms: Annotated[bool, "True when alarms are sent by it."]
    digests: Annotated[tuple[str, ...], "Names of the digests that it sends."]
    rules: Annotated[tuple[str, ...], "Names of the rules that send articles by it."]

    @property
    def users(self) -> str:
        """Names of its watches, digests and rules, and `alarms` if it sends them."""
        return ", ".join([*self.watches, *self.digests, *self.rules, *["alarms"] * self.alarms])


class Channels(UseCases):
    """The channels of the configuration."""

    def all(self) -> list[Channel]:
        """List all channels in the order of the configuration."""
        config = self._context.config
        return [
            Channel(
                channel,
                tuple(watch.name for watch in config.watches if channel.name in watch.channels),
                channel.name in config.notify.alarm_channels,
                tuple(digest.name for digest in config.digests if channel.name in digest.channels),
                rules=tuple(
                    rule.name for rule in config.rules if f"channel:{channel.name}" in map(str, rule.then)
                ),
            )
            for channel in config.channels
        ]

    async def add(self, channel: ChannelConfig) -> None:
        """Write a channel to the configuration. Raises ConfigError for a taken name or an invalid value."""
        await self._context.change_config(lambda text: edit.add(text, channel))

    async def change(self, name: str, changes: Mapping[str, object]) -> None:
        await self._context.change_config(lambda text: edit.update(text, "channel", name, changes))

    async def remove(self, channel: Channel) -> None:
        """Remove a channel from the configuration. Raises UsageError if anything is sent by it."""
        name = channel.config.name
        if channel.users:
            raise UsageError(f"{name} is used by {channel.users}", "change these first")
        await self._context.change_config(lambda text: edit.remove(text, "channel", name))

    async def test(self, name: str) -> Receipt:
        """Send a test message by a channel, whatever its hours and limits. Raises TuireaderError."""
        return await send(trial(name), self.require(name), surroundings(self._context))

    def require(self, name: str) -> ChannelConfig:
        """Return a channel to send something by. Raises TuireaderError, also without a network."""
        self._context.require_network()
        channel = self._context.config.channel(name)
        if channel is None:
            near = did_you_mean(name, [channel.name for channel in self._context.config.channels])
            raise UsageError(f"there is no channel {quote(name)}{near}", "`tuireader channel list` lists all")
        return channel


def surroundings(context: Context, worker: Worker | None = None) -> Surroundings:
    """Collect what channels use of this installation: its folder, its secrets, its proxy, and a `worker`."""
    from tuireader.feeds.secrets import resolve

    fetch = context.config.fetch
    folder = context.paths.config.absolute().parent
    return Surroundings(folder, resolve, proxy=fetch.proxy, proxies=fetch.proxies, worker=worker)


def service_problems(text: str, name: str) -> list[Problem]:
    """Describe addresses that Apprise cannot use in a valid configuration; `name` is the file."""
    from tuireader.delivery.service import problems

    tables = tomllib.loads(text.removeprefix("\ufeff")).get("channel")
    numbered = enumerate(tables if isinstance(tables, list) else [], 1)
    addresses = {f"channel[{number}].url": url for number, table in numbered if (url := _address(table))}
    if not addresses:
        return []
    lines, words = dict(key_lines(text)), asyncio.run(problems(list(addresses.values())))
    return [
        Problem(path, message, line_of(path, lines), file=name, detail=marked(address))
        for (path, address), message in zip(addresses.items(), words, strict=True)
        if message
    ]


def _address(table: object) -> str:
    """The address of Apprise in a table, `""` without one that can be looked at."""
    url = SERVICE.read(table.get("url")) if isinstance(table, dict) else ""
    return url if isinstance(url, str) and not url.startswith(SECRET_PLACES) else ""
