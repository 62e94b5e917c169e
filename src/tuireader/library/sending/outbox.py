"""The outbox: decide what to notify about, send it, list what waits.

Any process may send, but one at a time: it holds the lease of the outbox until nothing is due.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from tuireader.errors import UsageError
from tuireader.export.markdown import WEB
from tuireader.library.context import Context, UseCases, found_article
from tuireader.model import OutboxMessage, OutboxState, Told, Undelivered
from tuireader.model.rules import RUNS, SAVES
from tuireader.store import Store
from tuireader.store.watches.outbox import Terms

if TYPE_CHECKING:
    from tuireader.library.channels import Channels
    from tuireader.library.sending.digests import Digests

_PATIENCE = 120.0
"""Seconds after which no further letter is begun; the rest waits for the next sender."""
_QUIET = 2  # priority that quiet hours let through
_HOST = socket.gethostname()


class Outbox(UseCases):
    """Messages to the user: decided, sent, and kept until they are accepted."""

    _digests: Digests
    _channels: Channels

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._holder = f"{_HOST}:{os.getpid()}:{token_hex(4)}"
        self._sending = asyncio.Lock()

    async def notify(self) -> list[Told | Undelivered]:
        """Decide about the matches that wait, then send what is due; return what came of it."""
        await self.claim()
        return await self.send()

    async def claim(self) -> None:
        """Put the matches that wait for it into the outbox, as their watches notify."""
        if self._context.offline or not await self._pool.read(lambda store: store.notices.any_waiting()):
            return
        from tuireader.library.sending.notifications import claim  # most refreshes have none

        await self._context.load_feeds()  # a feed fetched for the first time just got its title
        config, now = self._context.config, self._now()
        waits: dict[str, int] = {}
        if config.digests:
            from tuireader.library.sending.digests import low_waits

            waits = low_waits(config, now)
        names, matcher = self._context.feed_names, self._context.matcher
        await self._transact(lambda store: claim(store, config.watches, names, matcher, now, waits))

    async def is_due(self) -> bool:
        """Return whether a message could be sent now, or was left by a sender that may have died."""
        return not self._context.offline and await self._pool.read(
            lambda store: (
                store.outbox.is_sending()
                or bool(self._ready(store))
                or (bool(self._context.config.digests) and bool(self._digests.due(store)))
            )
        )

    async def send(self) -> list[Told | Undelivered]:
        """Send what is due, unless another process is sending; return what came of it."""
        if not await self.is_due():
            return []
        if self._context.config.digests:
            await self._digests.put_due()
        from tuireader.library.sending.sender import Sender  # most refreshes send nothing

        async with self._sending:
            if not await self._transact(
                lambda store: store.outbox.take_lease(self._holder, self._now(), _is_gone)
            ):
                return []
            sender = Sender(self._context, self._holder, self._terms, time.monotonic() + _PATIENCE)
            while channels := await self._transact(partial(self._ready_or_done, end=sender.end)):
                await asyncio.gather(*map(sender.serve, channels))
            return sender.reported()

    async def share(self, name: str, article_ids: Sequence[int]) -> list[int]:
        """Put articles into the outbox for a channel, which `send` serves; return the messages.

        Raises TuireaderError.
        """
        channel, ids = self._channels.require(name), list(dict.fromkeys(article_ids))
        rows = {row.id: row for row in await self._pool.read(lambda store: store.lists.rows(ids))}
        for number in ids:
            row = found_article(rows.get(number), number)
            if channel.share and not WEB.match(row.url):
                raise UsageError(f"article {number} has no web address", "share it by mail")
        return await self._transact(lambda store: store.outbox.share(name, ids, self._now()))

    async def some(self, message_ids: Sequence[int]) -> list[OutboxMessage]:
        """List messages by their numbers, also those that were accepted."""
        return await self._pool.read(lambda store: store.outbox.some(message_ids))

    async def unsent(self) -> list[OutboxMessage]:
        """List the messages that are not sent yet, or were given up, oldest first."""
        return await self._pool.read(lambda store: store.outbox.unsent())

    async def undelivered(self) -> int:
        """Count the messages that cannot be delivered at present, or were given up."""
        return await self._pool.read(lambda store: store.outbox.undelivered())

    def reason(self, message: OutboxMessage) -> str:
        """Explain why a message is not sent yet; `""` if it is sent next."""
        quiet = self._quiet_until(message.channel)
        if message.error or message.state is not OutboxState.WAITING:
            return message.error or "being sent"
        if quiet and message.priority < _QUIET:
            return f"quiet hours until {quiet}"
        if message.due_at > self._now():
            return "its channel has had the most messages in an hour"
        return "" if message.priority else "low priority: it goes with another message, or after a day"

    async def retry(self, message_id: int) -> list[Told | Undelivered]:
        """Send a message now that waits, was given up or dropped; raises UsageError for any other."""
        found = await self.some([message_id])
        if not any(message.state is OutboxState.SENDING for message in found):  # else if its sender has died
            await self._change(message_id, lambda store: store.outbox.retry([message_id], self._now()))
        return await self.send()

    async def drop(self, message_id: int) -> None:
        """Drop a message that is not sent; raises UsageError for any other."""
        await self._change(message_id, lambda store: store.outbox.drop([message_id], "dropped", self._now()))

    async def _change(self, message_id: int, change: Callable[[Store], list[int]]) -> None:
        if not await self._transact(change):
            hint = "`tuireader outbox` lists them"
            raise UsageError(f"no message {message_id} waits or was given up", hint)

    def _ready(self, store: Store) -> list[str]:
        """List the channels with a message that may be sent now."""
        outbox, now = store.outbox, self._now()
        return [channel for channel in outbox.channels() if outbox.next(channel, self._terms(channel), now)]

    def _ready_or_done(self, store: Store, *, end: float) -> list[str]:
        """List these channels; without any, stop being the sender, in the same transaction.

        So a message that is stored meanwhile is seen here, or its own process becomes the sender.
        """
        ready = self._ready(store) if time.monotonic() < end else []
        if not ready:
            store.outbox.renew_lease(self._holder, 0)
        return ready

    def _terms(self, channel: str, *, sent: bool = False, trusted: bool = False) -> Terms:
        """Rules of a channel at this time; once a letter was `sent`, messages of low priority follow."""
        config = self._context.config.channel(channel)
        least = _QUIET if self._quiet_until(channel) else int(not sent)
        return Terms(least, config.limit if config else 0, together=not channel, trusted=trusted)

    def _quiet_until(self, channel: str) -> str:
        """When the quiet hours of a channel end, `""` outside them; saving and running have none."""
        config = self._context.config.channel(channel) or self._context.config.notify
        return "" if channel.startswith((RUNS, SAVES)) else self._context.quiet_until(config.quiet)


def _is_gone(holder: str) -> bool:
    """Return whether another sender was a process of this machine that has ended."""
    host, pid, _ = holder.rsplit(":", 2)
    if host != _HOST:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
