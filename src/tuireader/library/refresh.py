"""Refresh feeds, relate new articles, send messages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader import ingest
from tuireader.errors import TuireaderError
from tuireader.library.accounts.accounts import Accounts
from tuireader.library.alarms import Alarms
from tuireader.library.context import UseCases
from tuireader.library.due import Due
from tuireader.library.feeds.full_texts import FullTexts
from tuireader.library.feeds.page_tools import fetch_limits
from tuireader.library.meaning import Meanings
from tuireader.library.sending.outbox import Outbox
from tuireader.model import AccountSynced, Event, Fault, FeedDone, RefreshDone, RefreshStarted, Relating
from tuireader.subprocesses import processes
from tuireader.text import feed_key, server_of
from tuireader.timing import schedule
from tuireader.timing.accounts import is_locked_out as locked_out

if TYPE_CHECKING:
    from tuireader.ingest.attempts import Setting
    from tuireader.library.sending.publishing import Publishing
    from tuireader.model import Told, Undelivered
    from tuireader.model.accounts import AccountState

log = logging.getLogger("tuireader")
_RELATE, _AT_ONCE = 50, 0.15
"""Most articles and seconds per write transaction of relating, so that marks do not wait for long."""
_PAUSE = 0.03
"""Seconds between such transactions beside the reader: a waiting writer tries again within 0.025 s."""
_UNREACHABLE = (Fault.NETWORK, Fault.TIMEOUT)
"""If every feed has one of these errors, this machine is probably offline."""
_PATIENCE = 20.0  # seconds of fetching pages until the matches so far are notified


class Refresh(UseCases):
    """Fetch feeds and process new articles."""

    _accounts: Accounts
    _alarms: Alarms
    _full_texts: FullTexts
    _meanings: Meanings
    _outbox: Outbox
    _publishing: Publishing

    async def run(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True, relate: bool = True
    ) -> AsyncGenerator[Event, None]:
        """Fetch feeds and sync accounts (those that are due, all with `force`, or those of `feed_ids`).

        Yields events. With `relate`, new articles are then related. After that, pages of articles with
        teasers are fetched and the user is notified. Iterate inside `contextlib.aclosing`; closing early
        cancels pending requests and keeps stored articles.
        """
        due = Due([])
        accounts: list[AccountState] = []
        if not self._context.offline:
            if force:
                due = Due(await self._pool.read(lambda store: store.feeds.facts(feed_ids)))
            else:
                due = await self._due(self._now(), feed_ids)
            if self._context.config.accounts:
                accounts = await self._accounts.chosen(feed_ids, force=force)
        if not due.feeds:
            yield RefreshStarted(0)
            for waiting in due.waiting.events():
                yield waiting
            yield RefreshDone(0, failed=0, new=0, changed=0, seconds=0.0)
        reached = any(not locked_out(account, self._now()) for account in accounts)
        if due.feeds:
            async with aclosing(self._fetch(due)) as events:
                async for event in events:
                    yield event
                    reached = reached or (isinstance(event, FeedDone) and event.fault not in _UNREACHABLE)
        if self._context.offline:
            return
        setting = self._setting()
        async with aclosing(self._accounts.sync(setting, accounts, patient=True)) as events:
            async for event in events:
                yield event
        async with aclosing(
            self._finish(
                feed_ids, relate=relate and bool(due.feeds or accounts), pages=reached or not due.feeds
            )
        ) as events:
            async for event in events:
                yield event

    async def sync(
        self,
        accounts: Sequence[AccountState],
        *,
        pull: bool = True,
        believed: bool = False,
        relate: bool = True,
    ) -> AsyncGenerator[Event, None]:
        """Sync accounts and process their new articles; without `pull`, only send marks.

        `believed`: see `Accounts.sync`. Yields events; iterate inside `contextlib.aclosing`.
        """
        self._context.require_network()
        await self._context.sync_mutes()
        synced = self._accounts.sync(self._setting(), accounts, pull=pull, believed=believed)
        async with aclosing(synced) as events:
            async for event in events:
                yield event
        if pull:
            async with aclosing(self._finish(None, relate=relate)) as events:
                async for event in events:
                    yield event

    async def _fetch(self, due: Due) -> AsyncGenerator[Event, None]:
        """Fetch local feeds, the most urgent first."""
        from tuireader.feeds.http.fetch import Fetcher
        from tuireader.feeds.parse.workers import ParseWorker
        from tuireader.ingest import refresh
        from tuireader.ingest.jobs import job_for

        now, facts = self._now(), due.feeds
        await self._context.sync_mutes()
        facts.sort(key=lambda feed: -schedule.urgency(feed.last_success, feed.fill, now))
        facts.sort(key=lambda feed: feed.error_streak if server_of(feed.url) in due.on_trial else 0)
        folder = str(self._context.paths.config.parent)
        limits = replace(fetch_limits(self._context.config), keep_away=True)
        apart = len(facts) > refresh.APART
        setting = self._setting()
        addresses = {feed.id: feed.url for feed in facts}
        async with Fetcher(limits, on_trial=due.on_trial) as fetcher, ParseWorker(apart=apart) as parser:
            if sum(feed.last_success is None for feed in facts) > refresh.APART:
                parser.start()
            events = refresh.refresh(
                facts,
                lambda feed: job_for(
                    feed, setting.of(feed.url), folder, now, watched=setting.is_watched(feed.id)
                ),
                pool=self._pool,
                fetcher=fetcher,
                parser=parser,
                setting=setting,
            )
            async with aclosing(events):
                async for event in events:
                    if isinstance(event, FeedDone) and event.waits_until is not None:
                        due.waiting.note(addresses[event.feed_id], event.waits_until)
                    elif isinstance(event, RefreshDone):
                        for waiting in due.waiting.events():
                            yield waiting
                    yield event

    async def _finish(
        self, feed_ids: Sequence[int] | None, *, relate: bool, pages: bool = True
    ) -> AsyncGenerator[Event, None]:
        """Relate, fetch waiting `pages`, then send messages; with many pages, also send in between."""
        if relate:
            async for done, total in self.relate():
                yield Relating(done, total)
        notified_at = time.monotonic()
        sending: asyncio.Task[list[Told | Undelivered]] | None = None
        try:
            if pages:
                async with aclosing(self._full_texts.fetch_waiting(feed_ids)) as texts:
                    async for text in texts:
                        yield text
                        if sending and sending.done():
                            for event in sending.result():
                                yield event
                            sending = None
                        if not sending and time.monotonic() - notified_at > _PATIENCE:
                            sending = asyncio.create_task(self._outbox.notify())
                            notified_at = time.monotonic()
            await self._alarms.judge()
            for event in [*(await sending if sending else ()), *await self._outbox.notify()]:
                yield event
            if self._context.config.publishes:
                for failure in await self._publishing.write():
                    yield failure
            if relate:  # last, as nothing waits for it
                async with aclosing(self._meanings.fill()) as progress:
                    async for done, total in progress:
                        yield Relating(done, total, by_meaning=True)
        finally:
            if sending:
                sending.cancel()

    def _setting(self) -> Setting:
        from tuireader.ingest.attempts import Setting

        return Setting(
            rules=self._context.rules,
            rates=self._rates,
            feeds=self._context.feed_configs,
            clock=self._context.clock,
            watched=self._context.watched_feeds,
            taken={feed_key(feed.address) for feed in self._context.feeds},
        )

    @property
    def _rates(self) -> schedule.Rates:
        fetch = self._context.config.fetch
        return schedule.Rates(least=fetch.interval, watched=fetch.watched_interval)

    def run_in_subprocess(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncGenerator[Event, None]:
        """Refresh in a separate process (`tuireader refresh --json`), to keep the UI responsive."""
        return self._in_subprocess("refresh", *([] if force else ["--due"]), *map(str, feed_ids or ()))

    def sync_in_subprocess(
        self, accounts: Sequence[str] = (), *, marks_only: bool = False, believed: bool = False
    ) -> AsyncGenerator[Event, None]:
        """Sync accounts, by default all, in a separate process (`tuireader sync --json`).

        With `marks_only`, only send marks. `believed`: see `Accounts.sync`.
        """
        options = [*(["--marks"] if marks_only else []), *(["--accept-removals"] if believed else [])]
        return self._in_subprocess("sync", *options, *accounts)

    async def _in_subprocess(self, command: str, *words: str) -> AsyncGenerator[Event, None]:
        """Run a tuireader command and yield the events that it prints; closing early terminates it."""
        if self._context.offline:
            return
        from tuireader.model.events import decode

        where = ["--config", str(self._context.paths.config), "--database", str(self._context.paths.database)]
        child = await asyncio.create_subprocess_exec(
            *processes.command("tuireader", *where, command, "--json", *words),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        assert child.stdout is not None and child.stderr is not None
        processes.lower(child.pid)
        ended = False
        try:
            async for line in child.stdout:
                try:
                    event = decode(line.decode())
                except (ValueError, KeyError, TypeError):
                    log.warning("unexpected output of `tuireader %s`: %r", command, line[:200])
                    continue
                ended = ended or isinstance(event, RefreshDone)
                ended = ended or (isinstance(event, AccountSynced) and event.done)
                yield event
            if not ended:
                said = (await child.stderr.read()).decode(errors="replace").strip().splitlines()
                raise TuireaderError(
                    said[-1] if said else f"the {command} stopped early", "press R to try again"
                )
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.terminate()
            await child.communicate()  # it cannot exit while its output is unread

    async def shown(self, articles: Sequence[int], channel: str) -> None:
        """Log that a channel has shown the last notification about some articles."""
        now = self._now()
        await self._transact(lambda store: store.match_log.note_shown(articles, now, channel))

    async def relate(self) -> AsyncGenerator[tuple[int, int], None]:
        """Relate new articles in small, resumable transactions; yields (done, total)."""
        total = await self._pool.read(lambda store: store.relations.waiting_count())
        if not total:
            return
        done, relating, pause = 0, ingest.Relater(self._context.groups), _PAUSE if processes.is_low() else 0.0
        while more := await self._transact(lambda store: relating.step(store, _RELATE, _AT_ONCE)):
            done += more
            yield done, max(done, total)
            await asyncio.sleep(pause)

    async def count_due(self) -> int:
        """Count what is due: accounts, else feeds, else pages, else messages; 0 when offline."""
        if self._context.offline:
            return 0
        if self._context.config.accounts and (due := await self._accounts.due(peek=True)):
            return len(due)
        if feeds := (await self._due(self._now())).feeds:
            return len(feeds)
        return await self._full_texts.count_due() or int(await self._outbox.is_due())

    async def _due(self, now: int, feed_ids: Sequence[int] | None = None) -> Due:
        """Feeds that are due, perhaps for a new watch; those whose host asked to wait are only counted."""
        rates = self._rates
        late = now - max(rates.watched, rates.least)
        facts = await self._pool.read(lambda store: store.feeds.facts(feed_ids, due_at=now, late=late))
        watched, configs = self._context.watched_feeds, self._context.feed_configs
        until = await self._pool.read(lambda store: store.feeds.asked_to_wait(now))
        due = Due([], on_trial={host for host, moment in until.items() if moment <= now})
        for feed in facts:
            is_watched = watched is None or feed.id in watched
            own_interval = feed.url in configs and configs[feed.url].interval is not None
            if now < (feed.next_try or 0) <= now + schedule.FARTHEST and (own_interval or not is_watched):
                continue
            if (moment := until.get(server_of(feed.url), 0)) > now:
                due.waiting.note(feed.url, moment)
            else:
                due.feeds.append(feed)
        return due
