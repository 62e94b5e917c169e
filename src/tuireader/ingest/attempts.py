"""Record each attempt to fetch a feed, and plan the next one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from msgspec import Struct, field

from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.feeds.http.backpressure import Reservation
from tuireader.model import (
    SILENCE,
    Fault,
    FeedDone,
    Fetched,
    FetchFailed,
    FetchResult,
    NotModified,
    ParsedFeed,
    ParseFailed,
    ParseResult,
)
from tuireader.store import Store
from tuireader.store.feeds.feeds import NAMED, Attempt, FeedFacts
from tuireader.store.feeds.requests import Asked
from tuireader.text.durations import DAY
from tuireader.timing import schedule

if TYPE_CHECKING:
    from tuireader.store.articles.incoming import Saved


class Setting(Struct, frozen=True):
    """Inputs of a refresh besides the feeds: watches, the settings of feeds by address, the clock.

    `watched` has the feeds on which a watch depends; None: all. `taken` has the `feed_key` of all
    subscriptions.
    """

    rules: ingest.Rules
    rates: schedule.Rates
    feeds: Mapping[str, FeedConfig]
    clock: Callable[[], float]
    watched: AbstractSet[int] | None = frozenset()
    taken: AbstractSet[str] = frozenset()

    def of(self, url: str) -> FeedConfig:
        """Return the settings of a feed; the defaults for one that is not configured, as on a server."""
        return self.feeds.get(url) or FeedConfig(url)

    def is_watched(self, feed_id: int) -> bool:
        """Return whether a watch depends on a feed."""
        return self.watched is None or feed_id in self.watched


class Outcome(Struct, frozen=True):
    """Result for one feed, ready to be stored.

    `pages` counts requests for its former address or its site; `looked_at` is when the site was checked.
    `followed` is the kind of page that named its new address: the one in its place (`page`) or its home page
    (`site`). `named` is an address that such a page names, but that was not followed; None if no page was
    read. `same` maps the keys of guids of a followed feed to the articles that it lists.
    """

    facts: FeedFacts
    result: FetchResult
    reservation: Reservation
    parsed: ParseResult | None = None
    pages: int = 0
    looked_at: int | None = None
    followed: str = ""
    named: str | None = None
    same: Mapping[int, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Address that answered; `""` if none did or the answer is no feed."""
        match self.result, self.parsed:
            case (FetchFailed(), _) | (_, ParseFailed()):
                return ""
            case Fetched() as fetched, _:
                return fetched.url
        return self.result.job.url

    @property
    def entries(self) -> int:
        """Number of entries to store."""
        return len(self.parsed.entries) if isinstance(self.parsed, ParsedFeed) else 0


def asked_for(outcome: Outcome) -> Asked:
    """Count the requests made for a feed."""
    result, requests = outcome.result, outcome.result.requests + outcome.pages
    unchanged = isinstance(result, NotModified) and not result.same_body
    failed = isinstance(result, FetchFailed)
    return Asked(outcome.facts.id, requests, unchanged=int(unchanged), failed=int(failed))


class _Pace(Struct, frozen=True):
    """Times of a feed's latest entries, and seconds in which a burst fills its document."""

    recent: Sequence[int]
    fill: float | None


def record_success(
    store: Store,
    outcome: Outcome,
    setting: Setting,
    now: int,
    parsed: ParsedFeed | None = None,
    saved: Saved | None = None,
) -> None:
    """Record the attempt and plan the next one.

    The document is fetched again if entries that were dropped as known turn out not to be stored.
    """
    facts, result = outcome.facts, outcome.result
    assert not isinstance(result, FetchFailed)
    complete = saved is None or saved.whole
    pace = _pace(store, facts, parsed, saved, now)
    ttl = parsed.ttl if parsed else facts.ttl
    history = _history(facts, setting, pace, ttl, result.max_age)
    plan = schedule.after_success(history, setting.rates, now)
    moved, moved_why = _moved(outcome, result)
    news = saved is not None and bool(saved.new or saved.changed or saved.carried)
    is_away = bool(moved_why) and result.job.url != facts.url
    trust = _trust(facts, result, news)
    # a server on trial gets the validators of the former document once more
    kept = facts if trust == schedule.TESTED else result
    store.feeds.record(
        Attempt(
            facts.id,
            now,
            plan.next_try,
            plan.state,
            etag=kept.etag if complete else None,
            last_modified=kept.last_modified if complete else None,
            body_hash=(result.body_hash if complete else b"") if isinstance(result, Fetched) else None,
            max_age=result.max_age,
            ttl=parsed.ttl if parsed else None,
            # at an address that a page named, a feed keeps the name that watches and mutes have for it
            title="" if parsed is None or (is_away and facts.last_success) else parsed.title,
            site_url=parsed.site_url if parsed else "",
            moved_to=moved.address,
            moved_seen=moved.seen,
            moved_why=moved_why,
            settings=result.job.source.digest if result.job.source else "",
            recent=(facts.recent if parsed is None else "") or json.dumps(pace.recent, separators=(",", ":")),
            fill=pace.fill,
            unchanged=0 if news else facts.unchanged + 1,
            whole_at=now if _has_document(result) or facts.whole_at is None else None,
            trust=trust,
            looked_at=outcome.looked_at,
        )
    )


def _moved(outcome: Outcome, result: Fetched | NotModified) -> tuple[schedule.Move, str]:
    facts = outcome.facts
    if outcome.followed:
        moved = schedule.Move(result.job.url, schedule.SEEN_TO_MOVE)
    elif result.job.url != facts.url and (not result.moved_to or facts.moved_why):  # it still works
        moved = schedule.Move(facts.moved_to, facts.moved_seen)
    elif facts.refused and not result.moved_to:
        moved = schedule.Move(facts.refused)
    else:
        moved = schedule.moved(facts.moved_to, facts.moved_seen, result.moved_to or "")
    # a redirect to an address that was refused or only named is a proposal like any other
    why = "" if result.moved_to and (facts.refused or facts.named) else facts.moved_why
    return moved, outcome.followed or (why if moved.address == facts.moved_to else "")


def record_failure(
    store: Store, outcome: Outcome, setting: Setting, now: int, fault: Fault, reason: str
) -> FeedDone:
    """Record a failed attempt and plan the next one; return the event that reports it."""
    facts, result = outcome.facts, outcome.result
    wait = result.retry_after if isinstance(result, FetchFailed) else None
    if fault is Fault.THROTTLED and isinstance(result, FetchFailed) and result.status is None and wait:
        until = now + min(wait, SILENCE)  # its host told another feed to wait
        if result.requests:
            store.feeds.postpone(facts.id, until)
        return FeedDone(facts.id, facts.title, waits_until=until)
    seen, judged = facts.moved_seen, fault
    if result.job.url != facts.url and fault is not Fault.THROTTLED:
        seen = 1  # the new address fails: try the old one next, and never take this for "gone"
        judged = Fault.HTTP if fault is Fault.GONE else fault
    pace = _pace(store, facts, None, None, now)
    history = _history(facts, setting, pace, facts.ttl, None)
    plan = schedule.after_failure(history, judged, wait, setting.rates, now)
    if judged is Fault.GONE and plan.next_try is not None:
        reason += "; asking for a day before it stops"
    moved_to, moved_why = _named(outcome)
    attempt = Attempt(
        facts.id,
        now,
        plan.next_try,
        plan.state,
        error=reason,
        fault=judged,
        moved_to=moved_to,
        moved_seen=0 if moved_why else seen,
        moved_why=moved_why,
        hold=now + min(wait, DAY) if wait is not None else None,
        looked_at=outcome.looked_at,
    )
    store.feeds.record(attempt)
    return FeedDone(facts.id, facts.title, error=reason, fault=fault)


def _named(outcome: Outcome) -> tuple[str, str] | tuple[None, None]:
    """New values of `moved_to` and its reason: the address that a page names; None keeps the stored ones."""
    facts, named = outcome.facts, outcome.named
    if named is None or facts.refused or (facts.moved_to and facts.moved_to == named):
        return None, None
    if named:
        return named, NAMED
    return ("", "") if facts.named else (None, None)


def _pace(store: Store, facts: FeedFacts, parsed: ParsedFeed | None, saved: Saved | None, now: int) -> _Pace:
    if facts.recent:
        recent: list[int] = json.loads(facts.recent)
    elif facts.last_success is None:
        recent = []
    else:  # last fetched by an older version
        recent = store.feeds.recent_times(facts.id, schedule.KEPT)
    if parsed is None or saved is None or parsed.partial:
        return _Pace(recent, facts.fill)
    window = len(parsed.entries) + len(parsed.known) + parsed.left_out
    carried = [
        old
        for old, _ in saved.carried
        if facts.id not in {old.feed_id, *(appearance.feed_id for appearance in old.appearances)}
    ]
    arrived = [*saved.new, *carried]
    times = [text.time if text.dated else now for text in arrived]
    new = schedule.appeared(times, facts.last_success, now)
    elapsed = 0 if facts.last_success is None else max(now - facts.last_success, 0)
    if not new:
        return _Pace(recent, schedule.faster(facts.fill, elapsed, None))
    recent = schedule.remembered(recent, new)
    measured = schedule.fill_time(recent, window)
    if elapsed and len(new) >= window:  # everything in the document is new: it was replaced at least once
        measured = min(measured or elapsed, elapsed)
    return _Pace(recent, schedule.faster(facts.fill, elapsed, measured))


def _trust(facts: FeedFacts, result: Fetched | NotModified, news: bool) -> str:
    has_validators = bool(facts.etag or facts.last_modified)
    conditional = bool(result.job.etag or result.job.last_modified)
    return schedule.trust_after(
        facts.trust,
        conditional=conditional,
        not_modified=not _has_document(result),
        news=news,
        checked=has_validators and not conditional and facts.unchanged > 0,
    )


def _has_document(result: Fetched | NotModified) -> bool:
    return isinstance(result, Fetched) or result.same_body


def _history(
    facts: FeedFacts, setting: Setting, pace: _Pace, ttl: int | None, max_age: int | None
) -> schedule.History:
    return schedule.History(
        feed_id=facts.id,
        recent=pace.recent,
        fill=pace.fill,
        watched=setting.is_watched(facts.id),
        interval=setting.of(facts.url).interval,
        ttl=ttl,
        max_age=max_age,
        error_streak=facts.error_streak,
        failing_since=facts.failing_since,
        gone_since=facts.gone_since,
        state=facts.state,
    )
