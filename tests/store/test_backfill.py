"""A page of an archive is saved with what it means for its gap: filled, another page, or given up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import NOW, entry, save
from tuireader.ingest import Rules
from tuireader.ingest.attempts import Setting
from tuireader.ingest.backfill import ARTICLES, ENDS, PAGES, backfill, page_job, save_page
from tuireader.model import Fault, FeedGap, FetchFailed, FetchJob, GapNoted, NewGap, ParsedFeed
from tuireader.store import Store
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.store.feeds.gaps import Task
from tuireader.timing.schedule import Rates
from tuireader.watch import Matcher

PAGE, NEXT = "https://feed1.example.org/rss?paged=2", "https://feed1.example.org/rss?paged=3"
SETTING = Setting(Rules(Matcher(()), {}), Rates(), {}, lambda: NOW)
NEW = tuple(entry(n, published=NOW - 1_000 - n) for n in range(2, 6))


@pytest.fixture
def task(store: Store) -> Task:
    """A gap before which article 1 was known; its first page is `PAGE`."""
    (known,), _ = save(store, 1, entry(1, published=NOW - 100_000))
    with store.transaction():
        store.gaps.add(1, NewGap(NOW - 50_000, NOW, 40, [known], dated=True), PAGE, NOW)
    (task,) = store.gaps.tasks([1, 2], NOW)
    return task


def saved(store: Store, task: Task, parsed: ParsedFeed, *, patient: bool = True) -> tuple[Task, FeedGap, int]:
    facts = store.feeds.facts_of(1)
    _, new, left = save_page(store, facts=facts, task=task, parsed=parsed, setting=SETTING, patient=patient)
    return left, store.gaps.get(task.id), new


def test_another_page_follows_until_what_was_known_is_reached(store: Store, task: Task) -> None:
    left, gap, new = saved(store, task, ParsedFeed(entries=NEW, older=NEXT))
    assert left == replace(task, page=NEXT, pages=1, filled=4) and new == 4
    assert gap.filling and (gap.filled, gap.pages, gap.reason, gap.closed_at) == (4, 1, "", None)
    assert store.gaps.tasks([1], NOW) == [left] and store.gaps.tasks([2], NOW) == []
    left, gap, new = saved(
        store, left, ParsedFeed(entries=(entry(7, published=NOW - 2_000), entry(1)), older=PAGE)
    )
    assert (left.page, new) == ("", 1)
    assert not gap.filling and (gap.filled, gap.closed_at) == (5, NOW)
    assert store.gaps.tasks([1], NOW) == []


@pytest.mark.parametrize(
    ("pages", "filled", "parsed", "patient", "reason"),
    [
        (0, 0, ParsedFeed(entries=NEW), True, ENDS),
        (0, 0, ParsedFeed(entries=NEW, older=PAGE), True, ENDS),
        (0, 0, ParsedFeed(older=NEXT), True, ENDS),
        (0, 0, ParsedFeed(entries=NEW, older=NEXT), False, ""),
        (PAGES - 1, 0, ParsedFeed(entries=NEW, older=NEXT), True, f"{PAGES} pages"),
        (PAGES - 2, 0, ParsedFeed(entries=NEW, older=NEXT), True, ""),
        (0, ARTICLES - 4, ParsedFeed(entries=NEW, older=NEXT), True, f"{ARTICLES:,} articles"),
        (0, ARTICLES - 5, ParsedFeed(entries=NEW, older=NEXT), True, ""),
    ],
)
def test_a_gap_is_left_open_where_the_archive_ends_or_is_too_long(
    store: Store, task: Task, pages: int, filled: int, parsed: ParsedFeed, patient: bool, reason: str
) -> None:
    before = replace(task, pages=pages, filled=filled)
    left, gap, _ = saved(store, before, parsed, patient=patient)
    assert gap.reason.startswith(reason) and bool(gap.reason) is bool(reason)
    assert left.page == ("" if reason else NEXT) and gap.filling is not bool(reason)
    assert gap.closed_at is None


@pytest.mark.parametrize(("patient", "page"), [(True, NEXT), (False, "")])
def test_a_page_without_news_ends_the_search_if_the_one_before_had_none(
    store: Store, task: Task, patient: bool, page: str
) -> None:
    save(store, 1, *NEW)
    left, gap, new = saved(store, task, ParsedFeed(entries=NEW, older=NEXT), patient=patient)
    assert (left.page, new, gap.reason) == (page, 0, "" if patient else ENDS)


def test_a_page_that_another_process_has_saved_counts_once(store: Store, task: Task) -> None:
    """It goes on with the gap; this one leaves it alone."""
    saved(store, task, ParsedFeed(entries=NEW, older=NEXT))
    left, gap, new = saved(store, task, ParsedFeed(entries=NEW))
    assert (left.page, new) == ("", 0)
    assert gap.filling and (gap.filled, gap.pages, gap.reason) == (4, 1, "")


def test_a_gap_waits_and_is_tried_again(store: Store, task: Task) -> None:
    with store.transaction():
        store.gaps.wait(task.id, "the archive failed", NOW + 60)
    assert store.gaps.tasks([1], NOW + 59) == []
    assert store.gaps.tasks([1], NOW + 60) == [replace(task, tries=1)]
    assert store.gaps.get(task.id).reason == "the archive failed"
    left, gap, _ = saved(store, task, ParsedFeed(entries=NEW, older=NEXT))
    assert gap.reason == "" and store.gaps.tasks([1], NOW) == [left] and left.tries == 0


def test_a_gap_without_dates_has_no_start_to_compare_with(store: Store) -> None:
    with store.transaction():
        store.gaps.add(2, NewGap(NOW - 9, NOW, 1, [5, 6], dated=False), PAGE, NOW)
    (task,) = store.gaps.tasks([2], NOW)
    assert task.after is None and task.known == {5, 6}


@pytest.mark.parametrize(
    ("fault", "status", "waits"),
    [(Fault.HTTP, 403, False), (Fault.HTTP, 500, True), (Fault.NETWORK, None, True)],
)
async def test_a_gap_is_not_given_up_because_a_server_is_down_for_a_while(
    store: Store, task: Task, fault: Fault, status: int | None, waits: bool
) -> None:
    async def ask(function: Callable[[Store], object]) -> object:
        return function(store)

    async def job_of(facts: FeedFacts) -> FetchJob:
        return FetchJob(1, facts.url)

    async def fetch(job: FetchJob, *_: object) -> FetchFailed:
        return FetchFailed(job, fault, "it broke", status, requests=1)

    archive: Any = SimpleNamespace(
        feeds={1: (store.feeds.facts_of(1), PAGE)},
        job_of=job_of,
        pool=SimpleNamespace(read=ask, transact=ask),
        sources=SimpleNamespace(fetch=fetch, reserve=lambda: SimpleNamespace(release=lambda: None)),
        setting=SETTING,
    )
    (event,) = [event async for event in backfill(archive)]
    assert isinstance(event, GapNoted) and event.reason.endswith("it broke")
    assert store.gaps.tasks([1], NOW + 899) == []
    assert len(store.gaps.tasks([1], NOW + 900)) == waits


FEED = "https://news.example/feed"
JOB = FetchJob(1, FEED, etag="e", last_modified="l", body_hash=b"h", headers=(("X-Token", "secret"),))


@pytest.mark.parametrize(
    ("page", "job"),
    [
        (f"{FEED}?page=2", FetchJob(1, f"{FEED}?page=2", headers=JOB.headers)),
        ("https://www.news.example/2", FetchJob(1, "https://www.news.example/2", public_only=True)),
        ("http://news.example/2", FetchJob(1, "http://news.example/2", public_only=True)),
        ("https://news.example:444/2", FetchJob(1, "https://news.example:444/2", public_only=True)),
        ("https://other.example/2", None),
    ],
)
def test_an_archive_gets_the_secrets_of_its_feed_on_the_same_server_only(
    page: str, job: FetchJob | None
) -> None:
    assert page_job(JOB, FEED, page) == job
