"""Fill gaps: fetch older documents of a feed until they reach what was known before the gap.

Runs at the end of a refresh. Each page is saved, matched and recorded in one transaction together with the
address of the next one: after a kill, the next refresh continues where this one stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from tuireader.errors import TuireaderError
from tuireader.feeds.address import same_server, same_site
from tuireader.feeds.sources import Sources
from tuireader.ingest.attempts import Setting
from tuireader.ingest.overlap import NO_ARCHIVE, listed
from tuireader.ingest.queued import results_of
from tuireader.ingest.saving import new_match, save_and_match
from tuireader.model import (
    Event,
    Fault,
    Fetched,
    FetchFailed,
    FetchJob,
    GapNoted,
    NotModified,
    ParsedFeed,
    ParseFailed,
)
from tuireader.store import Pool, Store
from tuireader.store.articles.incoming import Saved
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.store.feeds.gaps import Task
from tuireader.store.feeds.requests import Asked
from tuireader.store.sql import grouped
from tuireader.text import server_of
from tuireader.text.durations import DAY, QUARTER
from tuireader.timing import gaps

PAGES, ARTICLES = 20, 1000
"""Limits for one gap."""
SECONDS = 60.0
"""Limit for one refresh; the next one continues."""
HOSTS = 8
"""Hosts asked at a time, each for one page after the other."""
_TRIES = 5
_TEMPORARY = frozenset({Fault.NETWORK, Fault.TIMEOUT, Fault.THROTTLED})
ENDS = "the archive ends before the gap does"
ELSEWHERE = "its archive is on another site"


class Stop(Struct, frozen=True):
    """Why a gap is not filled now, and the seconds until the next try, if any.

    `held`: the server asked for that wait.
    """

    reason: str
    wait: int | None = None
    held: bool = False
    requests: int = 0


class Archive(Struct, frozen=True):
    """Inputs of a backfill: feeds, the addresses that answered, and how to fetch and save."""

    feeds: Mapping[int, tuple[FeedFacts, str]]
    job_of: Callable[[FeedFacts], Awaitable[FetchJob]]
    pool: Pool
    sources: Sources
    setting: Setting


async def backfill(archive: Archive) -> AsyncGenerator[Event, None]:
    """Fill the gaps of some feeds as far as possible, and yield events."""
    now = int(archive.setting.clock())
    tasks = await archive.pool.read(lambda store: store.gaps.tasks(archive.feeds, now))
    by_host = grouped((server_of(task.page), task) for task in tasks)
    async with aclosing(results_of(_fill_all, archive, by_host.values())) as events:
        async for event in events:
            yield event


async def _fill_all(put: Callable[[Event], None], archive: Archive, tasks: Iterable[Sequence[Task]]) -> None:
    slots = asyncio.Semaphore(HOSTS)
    until = asyncio.get_running_loop().time() + SECONDS

    async def fill_host(own: Sequence[Task]) -> None:
        async with slots:
            for task in own:
                if asyncio.get_running_loop().time() < until:
                    await _fill(archive, task, put, until)

    async with asyncio.TaskGroup() as group:
        for own in tasks:
            group.create_task(fill_host(own))


async def _fill(archive: Archive, task: Task, put: Callable[[Event], None], until: float) -> None:
    (facts, _), before, nothing_new = archive.feeds[task.feed_id], task.filled, False
    stop: Stop | None = None
    while task.page and asyncio.get_running_loop().time() <= until:
        parsed = await _page(archive, task)
        if not isinstance(parsed, ParsedFeed):
            stop = parsed
            break
        save = partial(save_page, facts=facts, task=task, parsed=parsed, setting=archive.setting)
        saved, new, task = await archive.pool.write(partial(save, patient=not nothing_new))
        nothing_new = not new
        for event in saved:
            put(event)
    if stop is not None:
        await _stop(archive, task, stop)
    gap = await archive.pool.read(lambda store: store.gaps.get(task.id))
    put(GapNoted.of(gap, facts.title, task.filled - before))


async def _page(archive: Archive, task: Task) -> ParsedFeed | Stop:
    facts, url = archive.feeds[task.feed_id]
    try:
        job = page_job(await archive.job_of(facts), url, task.page)
    except TuireaderError as error:  # the password is not available
        return Stop(error.message, QUARTER)
    if job is None:
        return Stop(ELSEWHERE)
    reservation = archive.sources.reserve()
    try:
        result = await archive.sources.fetch(job, reservation)
        match result:
            case FetchFailed():
                return _failure(result, task)
            case NotModified():
                return Stop(ENDS)
            case Fetched() if not same_site(url, result.url):
                return Stop(ELSEWHERE)
        stored = await archive.pool.read(lambda store: store.entries.digests(facts.id))
        parsed = await archive.sources.parse(result, stored)
    finally:
        reservation.release()
    if isinstance(parsed, ParseFailed):
        return Stop(f"the archive failed: {parsed.reason}")
    return parsed


def page_job(job: FetchJob, answered: str, page: str) -> FetchJob | None:
    """Build the request for a page of a feed's archive; None if the page is on another site.

    `answered` is the feed's address after redirects. Headers, cookies and passwords of the feed are sent to
    its own server only.
    """
    if not same_site(answered, page):
        return None
    if same_server(job.url, page):
        return replace(job, url=page, etag=None, last_modified=None, body_hash=None)
    return FetchJob(job.feed_id, page, public_only=True, source=job.source)


def _failure(failed: FetchFailed, task: Task) -> Stop:
    if failed.status in (404, 410):
        return Stop(ENDS if task.pages else NO_ARCHIVE, requests=1)
    reason = f"the archive failed: {failed.reason}"
    temporary = failed.fault in _TEMPORARY or (failed.status or 0) >= 500
    if not temporary or task.tries + 1 >= _TRIES:
        return Stop(reason, requests=1)
    wait = min(max(failed.retry_after or 0, QUARTER << task.tries), DAY)
    return Stop(reason, wait, failed.fault is Fault.THROTTLED, failed.requests)


async def _stop(archive: Archive, task: Task, stop: Stop) -> None:
    now = int(archive.setting.clock())

    def record(store: Store) -> None:
        store.requests.count([Asked(task.feed_id, stop.requests, failed=stop.requests)], now)
        if stop.wait is None:
            store.gaps.end(task.id, stop.reason)
            return
        store.gaps.wait(task.id, stop.reason, now + stop.wait)
        if stop.held:
            store.feeds.postpone(task.feed_id, now + stop.wait)

    await archive.pool.transact(record)


def save_page(
    store: Store, *, facts: FeedFacts, task: Task, parsed: ParsedFeed, setting: Setting, patient: bool = True
) -> tuple[list[Event], int, Task]:
    """Save a page in one transaction; return events, the number of new entries, and the task that remains.

    Unless `patient`, a page with nothing new ends the search.
    """
    now = int(setting.clock())
    with store.transaction():
        saved, matches = save_and_match(store, facts, parsed, setting, now)
        store.index.add_new(saved.new)
        store.requests.count([Asked(facts.id, 1)], now)
        left = _record(store, task, parsed, saved, now, patient=patient)
    return [new_match(text, facts.title, evidence) for text, evidence in matches], len(saved.first), left


def _record(store: Store, task: Task, parsed: ParsedFeed, saved: Saved, now: int, *, patient: bool) -> Task:
    """Record a saved page: the gap is closed, the next page follows, or the search ends."""
    url, onward, entries, new = task.page, parsed.older, listed(parsed, saved), len(saved.first)
    reached = gaps.reaches(entries, task.known, task.after)
    if not store.gaps.advance(task.id, url, onward, new):  # another process fills it
        return replace(task, page="")
    task = replace(task, page=onward, pages=task.pages + 1, filled=task.filled + new)
    reason = ""
    if reached:
        store.gaps.end(task.id, closed_at=now)
    elif onward in ("", url) or not entries or not (new or patient):
        reason = ENDS
    elif task.pages >= PAGES:
        reason = f"{PAGES} pages of the archive did not reach its start"
    elif task.filled >= ARTICLES:
        reason = f"{ARTICLES:,} articles of the archive did not reach its start"
    if reason:
        store.gaps.end(task.id, reason)
    return replace(task, page="") if reached or reason else task
