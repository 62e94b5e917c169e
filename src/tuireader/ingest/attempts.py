"""Record each attempt to fetch a feed, and plan the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuireader import ingest, schedule
from tuireader.feeds.backpressure import Reservation
from tuireader.model import Fault, FeedDone, Fetched, FetchFailed, FetchResult, ParsedFeed, ParseResult
from tuireader.store import Store
from tuireader.store.feeds import Attempt, FeedFacts


@dataclass(frozen=True, slots=True)
class Setting:
    """Inputs of a refresh besides the feeds: watches, intervals, the clock."""

    rules: ingest.Rules
    rates: schedule.Rates
    interval: dict[str, int]
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for one feed, ready to be stored."""

    facts: FeedFacts
    result: FetchResult
    reservation: Reservation
    parsed: ParseResult | None = None


def record_success(
    store: Store, outcome: Outcome, setting: Setting, now: int, parsed: ParsedFeed | None, whole: bool = True
) -> None:
    """Record the attempt and plan the next one, which fetches the document again unless it was `whole`."""
    facts, result = outcome.facts, outcome.result
    assert not isinstance(result, FetchFailed)
    ttl = parsed.ttl if parsed else facts.ttl
    plan = schedule.after_success(_history(store, facts, setting, ttl, result.max_age), setting.rates, now)
    if result.job.url != facts.url and not result.moved_to:  # its new address still works
        moved = schedule.Move(facts.moved_to, facts.moved_seen)
    else:
        moved = schedule.moved(facts.moved_to, facts.moved_seen, result.moved_to or "")
    store.feeds.record(
        Attempt(
            facts.id,
            now,
            plan.next_try,
            plan.state,
            etag=result.etag if whole else None,
            last_modified=result.last_modified if whole else None,
            body_hash=(result.body_hash if whole else b"") if isinstance(result, Fetched) else None,
            max_age=result.max_age,
            ttl=parsed.ttl if parsed else None,
            title=parsed.title if parsed else "",
            site_url=parsed.site_url if parsed else "",
            moved_to=moved.address,
            moved_seen=moved.seen,
            settings=result.job.source.digest if result.job.source else "",
        )
    )


def record_failure(
    store: Store, outcome: Outcome, setting: Setting, now: int, fault: Fault, reason: str
) -> FeedDone:
    """Record a failed attempt and plan the next one; return the event that reports it."""
    facts, result = outcome.facts, outcome.result
    wait = result.retry_after if isinstance(result, FetchFailed) else None
    seen, judged = facts.moved_seen, fault
    if result.job.url != facts.url and fault is not Fault.THROTTLED:
        seen = 1  # the new address fails: try the old one next, and never take this for "gone"
        judged = Fault.HTTP if fault is Fault.GONE else fault
    plan = schedule.after_failure(
        _history(store, facts, setting, facts.ttl, None), judged, wait, setting.rates, now
    )
    attempt = Attempt(facts.id, now, plan.next_try, plan.state, error=reason, fault=judged, moved_seen=seen)
    store.feeds.record(attempt)
    return FeedDone(facts.id, facts.title, error=reason, fault=fault)


def _history(
    store: Store, facts: FeedFacts, setting: Setting, ttl: int | None, max_age: int | None
) -> schedule.History:
    return schedule.History(
        feed_id=facts.id,
        recent=tuple(store.feeds.recent_times(facts.id)),
        interval=setting.interval.get(facts.url),
        ttl=ttl,
        max_age=max_age,
        error_streak=facts.error_streak,
        state=facts.state,
    )
