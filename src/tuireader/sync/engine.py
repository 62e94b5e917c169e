"""Sync one account: send pending marks, list its feeds, pull what changed.

Each batch of marks is recorded as sent before it is sent, and each page is stored in one transaction with
the point where the next pull continues, so that a sync may end at any moment. Before marks are sent, and when
answers look like those of another server, its entries are compared with the stored ones.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from tuireader.model import AccountSynced, Event
from tuireader.model.accounts import AccountState, Mark, Refusal, RemoteEntry, RemoteFeed
from tuireader.store import Pool, Store
from tuireader.subprocesses import processes
from tuireader.sync import outcomes, states
from tuireader.sync.backend import AccountError, Backend, Entries, Listed, NotReturned, Server, States, Step
from tuireader.sync.identity import Identity
from tuireader.sync.preparing import Preparer
from tuireader.sync.states import Stored

if TYPE_CHECKING:
    from tuireader.ingest.attempts import Setting

T = TypeVar("T")


@dataclass(eq=False, repr=False)
class Engine:
    """One sync of one account. `believed` accepts lists that lack many of the feeds or entries.

    `renew` returns the setting after the feeds were listed: watches and mutes refer to feeds by name.
    """

    pool: Pool
    account: AccountState
    backend: Backend
    setting: Setting
    renew: Callable[[], Awaitable[Setting]]
    believed: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        self._preparer = Preparer(apart=not processes.is_low())
        self.read, self.prepare = self._preparer.read, self._preparer.prepare
        self._feeds: Mapping[str, int] = {}
        self._titles: Mapping[int, str] = {}
        self._identity = Identity(self.pool, self.account.id, self.backend)
        self._compared = states.Compared([], [], (), frozenset())
        self._missing: set[str] = set()
        self._done = AccountSynced(self.account.name)

    async def run(self, known: Server | None = None, *, pull: bool = True) -> AsyncGenerator[Event, None]:
        """Sync, and yield events; the last one has the outcome. Iterate inside `contextlib.aclosing`.

        `known` is the server of a former sync, if the configuration still names it. Without `pull`, only
        marks are sent.
        """
        async with self._preparer:
            if known is None and pull:
                self._preparer.start()  # that takes as long as signing in, and a first sync needs it
                await asyncio.sleep(0)  # let it begin before signing in imports anything
            error: AccountError | None = None
            try:
                server = known or await self.backend.sign_in()
                is_new = (server.url, server.user) != (self.account.url, self.account.user)
                if pull or is_new:  # before marks are sent: it may be another server, with other ids
                    await self._list_feeds(server, is_new=is_new)
                self._done = replace(self._done, sent=await self._push(server))
                if pull:
                    async with aclosing(self._pull(server)) as events:
                        async for event in events:
                            yield event
            except AccountError as refused:
                error = refused
            yield await self._record(error)

    async def _push(self, server: Server) -> int:
        """Send the pending marks; return their number."""
        sent, account = 0, self.account.id
        marks = await self.pool.read(lambda store: store.remote.pending_marks(account))
        if marks and not self._identity.is_proved:
            is_another = await self._identity.is_another(pending=True)
            if is_another:
                await self._start_over(server)
            if is_another is not False:
                return 0  # the marks wait until their articles have ids again
        for mark in marks:
            size = await self.backend.batch_size(mark)
            for value in (True, False):
                take = partial(_take, account, mark, value, size)
                while ids := await self.pool.transact(take):
                    sent += await self._send(mark, value, ids)
        return sent

    async def _send(self, mark: Mark, value: bool, ids: Sequence[str]) -> int:
        """Send one batch; if the server refuses it, send its halves, down to the single mark at fault."""
        account = self.account.id
        try:
            gone = await self.backend.push(mark, value, ids)
        except AccountError as error:
            if error.refusal is not Refusal.REQUEST:
                raise
            if len(ids) == 1:
                reason = error.message
                await self.pool.transact(lambda store: store.remote.refuse(account, mark, ids, reason))
                return 0
            half = len(ids) // 2
            return await self._send(mark, value, ids[:half]) + await self._send(mark, value, ids[half:])

        def note(store: Store) -> None:
            store.remote.delivered(account, mark, value, [ident for ident in ids if ident not in gone])
            store.remote.forget(account, gone)

        await self.pool.transact(note)
        return len(ids) - len(gone)

    async def _list_feeds(self, server: Server, *, is_new: bool) -> None:
        """Store the server and the feeds of the account; on another server, all ids are forgotten first."""
        feeds, account = await self.backend.feeds(), self.account
        same, known = await self.pool.read(lambda store: store.accounts.agreement(account, feeds))
        is_another: bool | None = False
        if feeds and known and (is_new or same * 2 < known):
            is_another = await self._identity.is_another()
            if is_another is None:  # nothing to compare but the feeds
                is_another = same == 0 or is_new
        await self._store_feeds(server, feeds, forget=bool(is_another))

    async def _start_over(self, server: Server) -> None:
        """Forget the ids of another server: feeds are recognised by address, entries by their articles."""
        if not (feeds := await self.backend.feeds()):  # an empty list would hide all feeds unasked
            reason = f"{self.account.name} has other articles than before, and lists no feeds"
            raise AccountError(Refusal.ANSWER, reason, "nothing was changed; check the server")
        await self._store_feeds(server, feeds, forget=True)

    async def _store_feeds(self, server: Server, feeds: Sequence[RemoteFeed], *, forget: bool) -> None:
        now = self._now()

        def store_list(store: Store) -> Mapping[str, int]:
            store.accounts.signed_in(self.account.id, server.url, server.user, server.software)
            if forget:
                store.accounts.forget(self.account.id, now)
            return store.accounts.list_feeds(self.account, feeds, now, believed=self.believed)

        self._feeds = await self.pool.transact(store_list)
        if forget:
            self.account = replace(self.account, progress="", synced_at=None)
            self._identity.is_proved = True
            self._missing = set()
        self._titles = {self._feeds[feed.id]: feed.title for feed in feeds if feed.id in self._feeds}
        self.setting = await self.renew()

    async def _pull(self, server: Server) -> AsyncGenerator[Event, None]:
        """Store what the server has; yield new matches, and the totals after each step."""
        steps = self.backend.pull(self.account.progress, self)
        async with aclosing(steps):
            async for step in steps:
                if await self._is_foreign(step):
                    break
                if isinstance(step, Entries) and step.unreadable:
                    self._done = replace(self._done, unreadable=self._done.unreadable + step.unreadable)
                if stored := await self.pool.transact(partial(self._store, step=step)):
                    for event in await self._counted(stored):
                        yield event
                if isinstance(step, Entries) and step.left:
                    before, arrived = self._done.arrived, self._done.arrived + len(step.entries)
                    self._done = replace(self._done, arrived=arrived, total=max(before + step.left, arrived))
                yield self._done
            else:
                await self.pool.transact(self._settle)
                return
        await self._start_over(server)
        async with aclosing(self._pull(server)) as events:
            async for event in events:
                yield event

    async def _is_foreign(self, step: Step) -> bool:
        """Return whether a step comes from another server than the stored ids."""
        if isinstance(step, States):
            account = self.account.id
            new = self._compared = await self.pool.transact(
                lambda store: states.compare(store, account, step)
            )
            if new.is_usual or self._identity.is_proved:
                return False
            return bool(await self._identity.is_another([*new.unread, *new.starred]))
        if isinstance(step, Entries) and not self._identity.is_proved:
            agree, differ = await self._identity.compare(step.entries)
            return differ > agree and await self._identity.is_another() is not False
        return False

    def _settle(self, store: Store) -> None:
        states.settle_missing(store, self.account.id, self._missing, self._now(), believed=self.believed)

    async def _counted(self, stored: Stored) -> list[Event]:
        """Add what was stored to the totals; return its new matches."""
        from tuireader.ingest.saving import new_match

        self._done = replace(
            self._done,
            new=self._done.new + stored.new,
            changed=self._done.changed + stored.changed,
            taken=self._done.taken + stored.marks,
        )
        titles = self._titles
        return [new_match(text, titles.get(text.feed_id, ""), evidence) for text, evidence in stored.matches]

    def _store(self, store: Store, step: Step) -> Stored | None:
        """Store one step of a pull; needs a transaction."""
        account, now = self.account.id, self._now()
        match step:
            case Entries():
                stored = self._store_entries(store, step.entries) if step.entries else None
                store.remote.forget(account, step.gone)
                store.accounts.progressed(account, step.progress)
                return stored
            case States():
                self._missing = set(self._compared.missing)
                return states.store_states(store, account, self._compared, now)
            case Listed():
                if feed_id := self._feeds.get(step.feed_id):  # unknown if added a moment ago
                    self._missing |= set(store.remote.of_feed(feed_id)) - step.ids
                return None
            case NotReturned():
                self._missing |= step.ids
                return None

    def _store_entries(self, store: Store, entries: Sequence[RemoteEntry]) -> Stored:
        from tuireader.sync import saving  # most syncs bring nothing

        account, is_first = self.account, self.account.synced_at is None
        return saving.store_entries(
            store, account.id, self._feeds, entries, self.setting, self._now(), pages=not is_first
        )

    async def _record(self, error: AccountError | None) -> AccountSynced:
        now, account = self._now(), self.account
        after = await self.pool.transact(lambda store: outcomes.record(store, account, error, now))
        return outcomes.outcome(after, self._done)

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        return await self.pool.read(lambda store: store.remote.unknown(self.account.id, ids))

    async def unsure(self) -> Sequence[str]:
        return self._compared.unsure

    async def doubted(self) -> Collection[str]:
        return await self.pool.read(lambda store: store.remote.feeds_with_missing(self.account.id))

    async def counts(self) -> Mapping[str, tuple[int, int]]:
        return await self.pool.read(lambda store: store.remote.counts(self.account.id))

    def _now(self) -> int:
        return int(self.setting.clock())


def _take(account: int, mark: Mark, value: bool, size: int, store: Store) -> list[str]:
    return store.remote.take(account, mark, value, size)
