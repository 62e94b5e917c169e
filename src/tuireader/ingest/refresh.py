"""Refresh feeds as an asynchronous stream of events: fetch → parse → save and match → record.

Fetching runs on the event loop, unusual documents are parsed in a worker process, and the writer thread
stores results in batches, so that many feeds share a commit. Every attempt is recorded, even a failed one.
A batch is saved, matched and recorded in one transaction: after a crash, a feed's articles are either stored
with their matches or fetched again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

from msgspec.structs import replace

from tuireader.feeds.http.fetch import Fetcher
from tuireader.feeds.parse.workers import ParseWorker
from tuireader.feeds.sources import Sources
from tuireader.ingest.asking import Asking
from tuireader.ingest.attempts import Outcome, Setting, asked_for, record_failure, record_success
from tuireader.model import (
    Event,
    Fault,
    FeedDone,
    Fetched,
    FetchFailed,
    FetchJob,
    GapNoted,
    NotModified,
    ParsedFeed,
    ParseFailed,
    RefreshDone,
    RefreshStarted,
)
from tuireader.store import Pool, Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.text import server_of, without_password

_BATCH = 128  # maximum number of results in one transaction
_ENTRIES = 500  # number of entries that ends a batch: marks wait for its transaction
_SMALL_BATCH = 64
_PATIENCE = 0.5
"""A smaller batch waits this many seconds for more, unless fetching may wait for it.

A small commit costs nearly as much as a large one: both write most pages of the indexes.
"""
_HELD = 1 / 3  # share of the memory for fetched bodies that ends this wait

_TOGETHER, _PAUSE = 8, 0.01
"""New feeds asked at once at first, and seconds between two groups of them.

Hundreds of answers at once would keep the loop for a third of a second from handing over even the first.
"""

APART = 20  # with more feeds, all are parsed in another process: only then does starting it pay off

log = logging.getLogger("tuireader")

_Stored = tuple[Sequence[Event], Sequence[StoredText]]
"""The events of a result and its new articles, which the caller has to index."""


async def refresh(
    feeds: Sequence[FeedFacts],
    job_of: Callable[[FeedFacts], Awaitable[FetchJob]],
    *,
    pool: Pool,
    fetcher: Fetcher,
    parser: ParseWorker,
    setting: Setting,
) -> AsyncGenerator[Event, None]:
    """Fetch and store `feeds`, and yield events; iterate inside `contextlib.aclosing`."""
    started = setting.clock()
    yield RefreshStarted(len(feeds))
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue(maxsize=_BATCH)
    driver = asyncio.create_task(_fetch_all(feeds, job_of, pool, fetcher, parser, setting, outcomes))
    done = failed = new = changed = waiting = 0
    answered: dict[int, tuple[FeedFacts, str]] = {}
    try:
        async for batch in batches(outcomes):
            for event in await pool.write(partial(save_batch, batch=batch, setting=setting)):
                if isinstance(event, FeedDone):
                    done += 1
                    failed += bool(event.error)
                    waiting += event.waits_until is not None
                    new += event.new
                    changed += event.changed
                    event = replace(event, done=done, total=len(feeds))
                yield event
            for outcome in batch:  # only now: a parsed feed takes more memory than its body
                outcome.reservation.release()
                if url := outcome.address:
                    answered[outcome.facts.id] = outcome.facts, url
        await driver
        now = int(setting.clock())
        if await pool.read(lambda store: bool(store.feeds.asked_to_wait(now))):
            hosts, fetched = (
                {server_of(facts.url) for facts, _ in answered.values()},
                {facts.id for facts in feeds},
            )
            await pool.transact(lambda store: store.feeds.release(hosts, fetched))
        if await pool.read(lambda store: store.gaps.tasks(answered, now)):
            from tuireader.ingest.backfill import Archive, backfill

            async with Sources(fetcher, parser) as sources:
                archive = Archive(feeds=answered, job_of=job_of, pool=pool, sources=sources, setting=setting)
                async with aclosing(backfill(archive)) as filled:
                    async for event in filled:
                        new += event.new if isinstance(event, GapNoted) else 0
                        yield event
    finally:
        driver.cancel()
        await asyncio.gather(driver, return_exceptions=True)
    seconds = round(setting.clock() - started, 3)
    yield RefreshDone(feeds=len(feeds) - waiting, failed=failed, new=new, changed=changed, seconds=seconds)


def save_batch(store: Store, batch: Sequence[Outcome], setting: Setting) -> list[Event]:
    """Store a batch in one transaction; a feed that cannot be stored is recorded as failed."""
    now = int(setting.clock())
    try:
        return _save_all(store, batch, lambda outcome: _save(store, outcome, setting, now), now)
    except store.broken_input:  # rare, and a savepoint for each feed takes a tenth of the time of storing
        return _save_all(store, batch, lambda outcome: _save_alone(store, outcome, setting, now), now)


def _save_all(
    store: Store, batch: Sequence[Outcome], save: Callable[[Outcome], _Stored], now: int
) -> list[Event]:
    events: list[Event] = []
    fresh: list[StoredText] = []
    with store.transaction():
        for outcome in batch:
            outcome_events, new = save(outcome)
            events += outcome_events
            fresh += new
        store.index.add_new(fresh)
        store.requests.count(map(asked_for, batch), now)
    return events


def _save_alone(store: Store, outcome: Outcome, setting: Setting, now: int) -> _Stored:
    """Store one result, or record that it cannot be stored."""
    try:
        with store.savepoint():
            return _save(store, outcome, setting, now)
    except store.broken_input:
        log.exception("storing %s", without_password(outcome.facts.url))
        words = "its articles cannot be stored; the log says why"
        return [record_failure(store, outcome, setting, now, Fault.INTERNAL, words)], ()


def _save(store: Store, outcome: Outcome, setting: Setting, now: int) -> _Stored:
    """Store one result."""
    match outcome.result, outcome.parsed:
        case (FetchFailed() as failure, _) | (_, ParseFailed() as failure):
            return [record_failure(store, outcome, setting, now, failure.fault, failure.reason)], ()
        case NotModified(), _:
            record_success(store, outcome, setting, now)
            return [FeedDone(outcome.facts.id, outcome.facts.title, unchanged=True)], ()
        case Fetched(), ParsedFeed() as parsed:
            return _save_feed(store, outcome, parsed, setting, now)
    raise AssertionError("a fetched body is always parsed")


def _save_feed(store: Store, outcome: Outcome, parsed: ParsedFeed, setting: Setting, now: int) -> _Stored:
    from tuireader.ingest.overlap import note_document
    from tuireader.ingest.saving import new_match, save_and_match

    facts = outcome.facts
    store.entries.rename(facts.id, outcome.same)
    saved, matches = save_and_match(store, facts, parsed, setting, now, outcome.result.job.source)
    if parsed.seen:
        store.snapshots.keep_seen(facts.id, parsed.seen, now)
    gap = note_document(store, facts, parsed, saved, now)
    record_success(store, outcome, setting, now, parsed, saved)
    named = facts.title not in (facts.url, without_password(facts.url))
    title = facts.title if named else parsed.title or facts.title
    followed = without_password(outcome.result.job.url) if outcome.followed else ""
    if followed and facts.moved_to != outcome.result.job.url:
        store.marks.add_followed(facts.id, f"{title} followed to {followed}", now=now)
    done = FeedDone(
        facts.id, title, len(saved.new), len(saved.changed), left_out=parsed.left_out, followed=followed
    )
    noted = [GapNoted.of(gap, title)] if gap and not gap.filling else []
    return [done, *(new_match(text, title, evidence) for text, evidence in matches), *noted], saved.new


async def _fetch_all(
    feeds: Sequence[FeedFacts],
    job_of: Callable[[FeedFacts], Awaitable[FetchJob]],
    pool: Pool,
    fetcher: Fetcher,
    parser: ParseWorker,
    setting: Setting,
    outcomes: asyncio.Queue[Outcome | None],
) -> None:
    """Put an outcome for every feed into the queue, then None. The fetcher limits concurrency."""

    async def ask(facts: FeedFacts) -> None:
        await outcomes.put(await asking.ask(facts, fetcher.budget.reserve()))

    try:
        async with Sources(fetcher, parser) as sources, asyncio.TaskGroup() as group:
            asking = Asking(job_of=job_of, pool=pool, sources=sources, taken=setting.taken, now=setting.clock)
            for number, facts in enumerate(feeds, 1):
                group.create_task(ask(facts))
                at_first = facts.last_success is None and number <= fetcher.limits.concurrency
                if at_first and number % _TOGETHER == 0:
                    await asyncio.sleep(_PAUSE)
    finally:
        # needed after an error, too: the generator has to end to raise it
        await asyncio.shield(outcomes.put(None))


async def batches(outcomes: asyncio.Queue[Outcome | None]) -> AsyncIterator[list[Outcome]]:
    """Yield waiting results in batches; a small batch waits a moment for more."""
    while (first := await outcomes.get()) is not None:
        batch, entries, held = [first], first.entries, first.reservation.share
        deadline = asyncio.get_running_loop().time() + _PATIENCE
        while len(batch) < _BATCH and entries < _ENTRIES:
            waits = len(batch) < _SMALL_BATCH and held < _HELD
            try:
                # results already in the queue are taken even after the deadline
                async with asyncio.timeout_at(deadline if waits else 0):
                    more = await outcomes.get()
            except TimeoutError:
                break
            if more is None:
                yield batch
                return
            batch.append(more)
            entries += more.entries
            held += more.reservation.share
        yield batch
