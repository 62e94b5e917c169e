"""Refresh, tell, relate, purge."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tuireader import ingest, schedule
from tuireader.config import Config, FeedConfig
from tuireader.delivery import notify
from tuireader.errors import TuireaderError
from tuireader.library import watching
from tuireader.library.desk import in_transaction
from tuireader.library.pages import Pages, fetch_limits
from tuireader.library.watches import CHUNK, Watches
from tuireader.model import (
    Event,
    FetchJob,
    Purged,
    RefreshDone,
    RefreshStarted,
    Relating,
    Told,
)
from tuireader.store import Store
from tuireader.subprocesses import python

if TYPE_CHECKING:
    from tuireader.store.feeds import FeedFacts
    from tuireader.store.retention import PurgeRule

log = logging.getLogger("tuireader")
_RELATE = 50
"""Articles that are related in one write transaction: about 0.1 s, so that no mark waits for long."""
_NICE = 10
"""By how much the process of a refresh gives way to the screen and to other programs."""


class Refreshing(Watches, Pages):
    """What brings articles in, and what lets old texts go."""

    async def refresh(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True, relate: bool = True
    ) -> AsyncGenerator[Event, None]:
        """Fetch feeds (all that are due, or all with `force`, or just `feed_ids`) and tell what happens.

        With `relate`, what is new is related after `RefreshDone`, and the pages of new articles are fetched
        where the configuration wants it. Iterate inside `contextlib.aclosing`;
        closing early cancels what is under way, what is stored stays.
        """
        due_at = None if force else int(self._clock())
        facts = await self._pool.read(lambda store: store.feeds.facts(feed_ids, due_at=due_at))
        if self.offline or not facts:
            yield RefreshStarted(0)
            yield RefreshDone(0, 0, 0, 0, 0.0)
            if not self.offline and (told := await self.tell()):  # what quiet hours held back
                yield told
            return
        from tuireader.ingest import refresh

        await self._sync_mutes()
        setting = refresh.Setting(
            rules=self._rules,
            rates=_rates(self.config),
            interval={feed.url: feed.interval for feed in self.config.feeds if feed.interval is not None},
            clock=self._clock,
        )
        configured = {feed.url: feed for feed in self.config.feeds}
        fresh = sum(one.last_success is None for one in facts)
        limits = fetch_limits(self.config)
        async with refresh.opened(limits, feeds=len(facts), fresh=fresh) as (fetcher, parser):
            events = refresh.refresh(
                facts,
                lambda one: _job(one, configured.get(one.url)),
                pool=self._pool,
                fetcher=fetcher,
                parser=parser,
                setting=setting,
            )
            async with aclosing(events):
                async for event in events:
                    yield event
        if relate:
            async for done, total in self.relate():
                yield Relating(done, total)
            async with aclosing(self.fetch_full_texts(feed_ids)) as texts:
                async for text in texts:
                    yield text
        if told := await self.tell():
            yield told

    async def tell(self) -> Told | None:
        """Tell what waits to be told, as `[notify]` says; None when there is nothing, or in quiet hours.

        It is marked before it is told: whoever is killed in between, nothing is told twice. It waits again
        only if a command that should have had it could not be run, and nothing else has shown it.
        """
        here = time.localtime(self._clock())
        if notify.is_quiet(self.config.notify.quiet, here.tm_hour * 60 + here.tm_min):
            return None
        if not await self._pool.read(lambda store: store.notices.any_waiting()):
            return None
        await self._load_feeds()  # a feed has its title since its first fetch, which may have been just now
        wanted = {item.name: item.notify for item in self.config.watches}
        now = int(self._clock())
        items, marked = await self._pool.write(
            in_transaction(lambda store: watching.claim(store, wanted, self._names, self._matcher, now))
        )
        if not items:
            return None
        told = notify.message(items)
        shown = await notify.deliver(told, self.config.notify)
        if shown.troubles and not (shown.command or shown.desktop):
            await self._pool.write(in_transaction(lambda store: store.notices.wait_again(marked)))
        return Told(
            told.title, told.body, tuple(item.article_id for item in items), shown.desktop, shown.troubles
        )

    async def relate(self) -> AsyncGenerator[tuple[int, int], None]:
        """Relate the articles that have arrived since the last time; yields (done, total).

        In small transactions: stopped half-way, it goes on from there the next time.
        """
        total = await self._pool.read(lambda store: store.relations.waiting_count())
        done = 0
        while more := await self._pool.write(
            in_transaction(lambda store: ingest.relate_waiting(store, _RELATE))
        ):
            done += more
            yield done, max(done, total)

    async def refresh_apart(
        self, feed_ids: Sequence[int] | None = None, *, force: bool = True
    ) -> AsyncGenerator[Event, None]:
        """The same as `refresh`, done by a process of its own, so that no key waits for a parser.

        The process is this very program (`tuireader refresh --json`), which a crash or a kill of either
        side leaves in order: what was stored is stored.
        """
        if self.offline:
            yield RefreshStarted(0)
            yield RefreshDone(0, 0, 0, 0, 0.0)
            return
        from tuireader.ingest.refresh import decode

        where = ["--config", str(self.paths.config), "--database", str(self.paths.database)]
        what = ["refresh", "--json", *([] if force else ["--due"]), *map(str, feed_ids or ())]
        child = await asyncio.create_subprocess_exec(
            *python.command("tuireader", *where, *what),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        assert child.stdout is not None and child.stderr is not None
        _give_way(child.pid)
        ended = False
        try:
            async for line in child.stdout:
                try:
                    event = decode(line.decode())
                except (ValueError, KeyError, TypeError):
                    log.warning("the refresh said: %r", line[:200])
                    continue
                ended = ended or isinstance(event, RefreshDone)
                yield event
            if not ended:
                words = (await child.stderr.read()).decode(errors="replace").strip().splitlines()
                raise TuireaderError(
                    words[-1] if words else "the refresh stopped before its end", "R tries again"
                )
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.terminate()
            await child.communicate()  # it has not ended while something that it said is unread

    async def purge(
        self, *, older_than: int | None, keep: int | None, unread: bool = False, dry_run: bool = False
    ) -> Purged:
        """Drop the texts of articles older than `older_than` seconds that are not their feed's newest `keep`.

        At least one of the two is given. Starred and labelled articles, those on a watch and (but
        for `unread`) unread ones keep theirs. The articles stay, with their marks, and so do not come back
        as new.
        """
        from tuireader.store.retention import PurgeRule

        async for _ in self.apply_watches():  # what a new watch hits must not go
            pass
        before = None if older_than is None else int(self._clock()) - older_than
        rule = PurgeRule(before, keep, unread)
        ids = await self._pool.read(lambda store: store.retention.candidates(rule))
        purged = await self._pool.read(lambda store: store.retention.measure(ids))
        if dry_run or not ids:
            return purged
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            await self._pool.write(in_transaction(partial(_drop, ids=chunk, rule=rule)))
        await self._pool.write(lambda store: store.retention.shrink())
        return purged

    async def due(self) -> int:
        """How many feeds are due for a refresh now; 0 when offline."""
        if self.offline:
            return 0
        now = int(self._clock())
        return await self._pool.read(lambda store: store.feeds.due(now))

    async def changed_elsewhere(self) -> bool:
        """Whether another program has written to the database since the last call.

        The writer's connection is asked: it is the one that does not count what this program writes.
        """
        before, self._version = self._version, await self._pool.write(lambda store: store.data_version())
        return before != self._version


def _give_way(process: int) -> None:
    """Let keys, and all else that is not as patient, go before a process and its children."""
    with contextlib.suppress(OSError, AttributeError):  # it has ended, or this system has no such thing
        os.setpriority(os.PRIO_PROCESS, process, min(19, os.getpriority(os.PRIO_PROCESS, process) + _NICE))
        os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


def _drop(store: Store, *, ids: Sequence[int], rule: PurgeRule) -> None:
    store.retention.drop(ids, rule)


def _rates(config: Config) -> schedule.Rates:
    return schedule.Rates(least=config.fetch.interval)


async def _job(facts: FeedFacts, feed: FeedConfig | None) -> FetchJob:
    """What to ask for. Secrets are looked up now; raises TuireaderError when one cannot be had.

    A feed that has moved is asked for where it is now, unless it goes with secrets: those are for the server
    that they were given for.
    """
    job = FetchJob(facts.id, facts.url, facts.etag, facts.last_modified, facts.body_hash)
    if feed is None or not (feed.username or feed.headers):
        move = schedule.Move(facts.moved_to, facts.moved_seen)
        return replace(job, url=move.address) if move.adopt else job
    from tuireader.feeds import secrets

    def filled() -> FetchJob:
        auth = (feed.username, secrets.resolve(feed.password)) if feed.username else None
        return replace(
            job, headers=tuple((name, secrets.resolve(value)) for name, value in feed.headers), auth=auth
        )

    return await asyncio.to_thread(filled)
