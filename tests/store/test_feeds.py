"""Feeds in the store: which are due, which wait for their host, how a fetch is recorded, moves, health."""

from __future__ import annotations

from typing import Any, cast

import pytest
from msgspec.structs import asdict, replace

from tests.builders import NOW, entry, save
from tuireader.config import FeedConfig
from tuireader.feeds.http.backpressure import MemoryBudget
from tuireader.ingest import Rules
from tuireader.ingest.attempts import Outcome, Setting, record_success
from tuireader.ingest.refresh import save_batch
from tuireader.model import SILENCE, Fault, FeedDone, Fetched, FetchJob, ParsedFeed
from tuireader.model.accounts import RemoteFeed
from tuireader.store import Store
from tuireader.store.feeds.feeds import Attempt
from tuireader.store.feeds.requests import Asked
from tuireader.text.durations import DAY, WEEK
from tuireader.timing.schedule import TRUSTED, Rates
from tuireader.watch import Matcher

A, B, C = (f"https://{host}/feed" for host in ("a.example", "b.example", "a.example:444"))
FAR = NOW + 31 * DAY
OK = Attempt(1, NOW, NOW + 100)
FAILED = Attempt(1, NOW + 50, NOW + 60, error="it broke", fault=Fault.HTTP)


def subscribe(store: Store, *feeds: str | FeedConfig) -> list[int]:
    """Make these the subscriptions; the feeds that go."""
    with store.transaction():
        return store.feeds.sync([FeedConfig(feed) if isinstance(feed, str) else feed for feed in feeds])


def record(store: Store, *attempts: Attempt) -> None:
    with store.transaction():
        for attempt in attempts:
            store.feeds.record(attempt)


def ids(store: Store) -> dict[str, int]:
    return {feed.url: feed.id for feed in store.feeds.subscribed()}


@pytest.mark.parametrize(
    ("next_try", "error", "late", "is_due"),
    [
        (None, "", None, True),
        (NOW - 1, "", None, True),
        (NOW, "", None, True),
        (NOW + 1, "", None, False),
        (FAR, "", None, False),
        (FAR + 1, "", None, True),  # set while the clock was wrong
        (NOW + 1, "", NOW - 501, False),
        (NOW + 1, "", NOW - 500, True),
        (NOW + 1, "it broke", NOW - 500, False),
        (FAR + 1, "it broke", None, True),
    ],
)
def test_which_feeds_are_due(
    store: Store, next_try: int | None, error: str, late: int | None, is_due: bool
) -> None:
    """Asked too early, servers block us; asked too late, news is missed."""
    record(store, Attempt(1, NOW - 500, next_try, error=error), Attempt(2, NOW, NOW + 9))
    due = store.feeds.facts(due_at=NOW, late=late)
    assert [facts.id for facts in due] == ([1] if is_due else [])


def test_paused_feeds_those_of_accounts_and_former_ones_are_not_due(store: Store) -> None:
    with store.transaction():
        store.accounts.sync(["home"])
        store.accounts.list_feeds(store.accounts.get("home"), [RemoteFeed("7", "T", B)], NOW, believed=True)
    (first, *_) = ids(store)
    subscribe(store, FeedConfig(first, paused=True), A)
    by_url = ids(store)
    assert [facts.url for facts in store.feeds.facts()] == [A]
    assert [facts.url for facts in store.feeds.facts(due_at=NOW)] == [A]
    assert [facts.url for facts in store.feeds.facts(list(by_url.values()))] == [first, A]
    assert store.feeds.facts([2]) == [] and store.feeds.facts_of(2).id == 2
    assert [feed.url for feed in store.feeds.all()][:2] == [first, "https://feed2.example.org/rss"]


def test_a_host_that_asks_to_wait_is_asked_by_no_other_feed(store: Store) -> None:
    """Until the time that it named, but at most for the usual silence after the last request."""
    subscribe(store, A, "https://a.example/other", B, C, FeedConfig("https://a.example/3", paused=True))
    first, other, elsewhere, port, paused = ids(store).values()
    hold = NOW + 1000
    record(store, Attempt(first, NOW, hold, error="wait", fault=Fault.THROTTLED, hold=hold))
    for at, expected in ((hold - 1, hold), (hold, None)):
        waits = {} if expected is None else {"a.example": expected}
        assert store.feeds.asked_to_wait(at) == waits
        assert store.feeds.waiting(at) == ({} if expected is None else {other: hold})
    with store.transaction():
        store.feeds.postpone(other, hold + 1)
    assert store.feeds.waiting(NOW) == {}, "it has a later time of its own"
    with store.transaction():
        store.feeds.postpone(other, hold)
        store.feeds.release({"b.example"}, {first})
        store.feeds.release({"a.example"}, {first, other})
    assert store.feeds.waiting(NOW) == {other: hold}
    with store.transaction():
        store.feeds.release({"a.example"}, {other})
    assert store.feeds.asked_to_wait(NOW) == {}
    far = NOW + 100 * SILENCE
    record(store, Attempt(first, NOW, far, error="wait", fault=Fault.THROTTLED, hold=far))
    assert store.feeds.asked_to_wait(NOW) == {"a.example": min(far, NOW + SILENCE)}
    record(store, Attempt(other, NOW + 50, NOW + 99))
    record(store, Attempt(elsewhere, NOW + 900, NOW + 990), Attempt(port, NOW + 900, NOW + 990))
    assert store.feeds.asked_to_wait(NOW) == {"a.example": min(far, NOW + 50 + SILENCE)}
    record(store, Attempt(other, NOW, far, error="wait", fault=Fault.THROTTLED, hold=NOW + 60))
    assert store.feeds.asked_to_wait(NOW) == {"a.example": min(far, NOW + SILENCE)}, "the longest counts"
    record(store, replace(FAILED, feed_id=first, hold=FAR + 1), replace(FAILED, feed_id=other))
    assert store.feeds.asked_to_wait(NOW) == {}, "set while the clock was wrong"
    assert paused


def test_a_feed_fetched_while_the_clock_was_wrong_does_not_look_busy_for_ever(store: Store) -> None:
    """Its server would be asked as often as it may be."""
    record(store, Attempt(1, NOW + DAY, NOW + DAY))
    facts = store.feeds.facts_of(1)
    answer = Fetched(FetchJob(1, facts.url), facts.url, b"", b"")
    outcome = Outcome(facts, answer, MemoryBudget().reserve(), ParsedFeed(entries=(entry(),)))
    save_batch(store, [outcome], Setting(Rules(Matcher(()), {}), Rates(), {}, lambda: NOW))
    facts = store.feeds.facts_of(1)
    assert (facts.last_success, facts.fill) == (NOW, None)


def test_a_feed_that_cannot_be_stored_keeps_no_other_of_its_batch_out(store: Store) -> None:
    def outcome(feed: int, *numbers: int, published: int = NOW) -> Outcome:
        facts = store.feeds.facts_of(feed)
        entries = tuple(entry(number, published=published) for number in numbers)
        answer = Fetched(FetchJob(feed, facts.url), facts.url, b"", b"")
        return Outcome(facts, answer, MemoryBudget().reserve(), ParsedFeed(entries=entries))

    batch = [outcome(1, 1, 2), outcome(2, 3, published=-(2**70))]
    first, second = save_batch(store, batch, Setting(Rules(Matcher(()), {}), Rates(), {}, lambda: NOW))
    assert isinstance(first, FeedDone)
    assert isinstance(second, FeedDone)
    assert (first.new, first.error) == (2, "")
    assert (second.new, second.fault) == (0, Fault.INTERNAL)
    assert "cannot be stored" in second.error
    assert store.conn.execute("SELECT feed_id, count(*) FROM article GROUP BY 1").fetchall() == [(1, 2)]
    assert store.conn.execute("SELECT count(*) FROM search_docsize").fetchone() == (2,)
    assert [store.feeds.facts_of(feed).error_streak for feed in (1, 2)] == [0, 1]


def test_a_failure_keeps_what_a_feed_has_said(store: Store) -> None:
    """Else the next document would be fetched whole, under the address as its title, or be taken for new."""
    good = replace(
        OK, etag='"1"', last_modified="then", body_hash=b"h", max_age=60, ttl=30, title="News",
        site_url="https://a.example/", moved_to="https://b.example/f", moved_seen=3, settings="s",
        recent="r", fill=0.5, unchanged=2, whole_at=NOW - 9, trust="t", looked_at=NOW - 8, moved_why="named",
    )  # fmt: skip
    record(store, good)
    before = store.feeds.facts_of(1)
    assert {name: value for name, value in asdict(before).items() if hasattr(good, name)} == {
        **{name: value for name, value in asdict(good).items() if hasattr(before, name)},
        "title": "Feed 1",
    }
    assert (before.last_success, before.error_streak, before.named, before.refused) == (
        NOW, 0, "https://b.example/f", "",
    )  # fmt: skip
    record(store, FAILED)
    after = store.feeds.facts_of(1)
    assert after == replace(before, error_streak=1, failing_since=NOW + 50, next_try=NOW + 60, moved_seen=0)
    record(store, replace(FAILED, at=NOW + 70, fault=Fault.GONE, moved_seen=9, looked_at=NOW))
    gone = store.feeds.facts_of(1)
    assert gone == replace(after, error_streak=2, gone_since=NOW + 70, looked_at=NOW)
    record(store, replace(FAILED, at=NOW + 80, fault=Fault.GONE, moved_to=C, moved_why="refused"))
    again = store.feeds.facts_of(1)
    assert again == replace(gone, error_streak=3, moved_to=C, moved_why="refused")
    assert again.refused == C and again.named == ""
    (feed, _) = store.feeds.subscribed()
    assert (feed.last_error, feed.error_streak, feed.last_try, feed.last_success) == (
        "it broke",
        3,
        NOW + 80,
        NOW,
    )


def test_a_success_ends_a_failure_and_keeps_what_the_new_document_does_not_say(store: Store) -> None:
    first = replace(OK, body_hash=b"h", ttl=30, site_url="https://a.example/", whole_at=1, looked_at=2)
    record(
        store, first, replace(FAILED, fault=Fault.GONE, hold=NOW + 99), replace(OK, at=NOW + 90, etag='"2"')
    )
    facts = store.feeds.facts_of(1)
    kept = (facts.body_hash, facts.ttl, facts.site_url, facts.whole_at, facts.looked_at)
    assert kept == (b"h", 30, "https://a.example/", 1, 2)
    assert (facts.etag, facts.error_streak, facts.failing_since, facts.gone_since) == ('"2"', 0, None, None)
    assert (facts.moved_to, facts.moved_why, facts.last_success) == ("", "", NOW + 90)
    (feed, other) = store.feeds.subscribed()
    assert (feed.last_error, feed.last_try) == ("", NOW + 90) and other.last_try is None
    assert store.feeds.asked_to_wait(NOW) == {}
    starts = store.gaps.starts([1, 2, 3])
    assert starts[1] == (NOW, None, False) and starts[2] == (None, None, False)
    record(store, FAILED)
    assert store.gaps.starts([1])[1] == (NOW, NOW + 90, False)


@pytest.mark.parametrize(
    ("accepted", "back", "url", "moved_to", "why"),
    [
        (B, False, B, "", ""),
        (B, True, B, A, "refused"),
        (A, False, A, B, ""),
    ],
    ids=["accepted", "taken back", "kept"],
)
def test_a_feed_takes_its_new_address_once_the_configuration_has_it(
    store: Store, accepted: str, back: bool, url: str, moved_to: str, why: str
) -> None:
    """Its articles and marks go with it."""
    subscribe(store, A)
    number = ids(store)[A]
    record(store, replace(OK, feed_id=number, etag='"1"', last_modified="then", body_hash=b"h"))
    with store.transaction():
        store.feeds.move(number, "https://b.example/feed", back=back)
    facts = store.feeds.facts_of(number)
    assert (facts.etag, facts.last_modified, facts.body_hash, facts.moved_seen) == (None, None, None, 1)
    assert subscribe(store, accepted) == []
    facts = store.feeds.facts_of(number)
    assert (facts.url, facts.moved_to, facts.moved_why) == (url, moved_to, why or ("refused" if back else ""))
    assert facts.moved_seen == (1 if url == A else 0)


@pytest.mark.parametrize("listed", [(), (A, B)])
def test_articles_stay_under_an_address_that_is_listed_again(store: Store, listed: tuple[str, ...]) -> None:
    """Only a configuration with the new address alone accepts a move."""
    subscribe(store, A)
    number = ids(store)[A]
    with store.transaction():
        store.feeds.move(number, B)
    subscribe(store, *listed)
    subscribe(store, A, B)
    assert ids(store)[A] == number


def test_a_feed_stored_with_and_without_its_password_is_listed_once(store: Store) -> None:
    bare = "https://me@a.example/feed"
    subscribe(store, A, bare)
    number = ids(store)[A]
    with store.transaction():
        store.conn.execute("UPDATE feed SET url = 'https://me:secret@a.example/feed' WHERE id = ?", (number,))
        store.older_versions.drop_passwords()
    assert ids(store) == {bare: number}


def test_a_feed_does_not_take_the_address_of_another_one(store: Store) -> None:
    subscribe(store, A, B)
    first, second = ids(store).values()
    with store.transaction():
        store.feeds.move(first, B)
        store.feeds.move(second, "https://me:secret@c.example/feed")
    assert store.feeds.facts_of(second).moved_to == "https://me@c.example/feed"
    assert subscribe(store, B) == [first]
    assert ids(store) == {B: second}


def test_a_move_that_is_refused_is_forgotten_but_for_its_address(store: Store) -> None:
    record(store, replace(OK, etag="e", last_modified="l", body_hash=b"h", moved_to=B, moved_seen=4))
    record(store, replace(OK, feed_id=2, etag="e"))
    with store.transaction():
        store.feeds.refuse_move(1)
        store.feeds.refuse_move(2)
    facts = store.feeds.facts_of(1)
    assert (facts.refused, facts.moved_seen, facts.next_try) == (B, 0, None)
    assert (facts.etag, facts.last_modified, facts.body_hash) == (None, None, None)
    assert store.feeds.facts_of(2).etag == "e" and store.feeds.facts_of(2).moved_why == ""


def test_a_server_with_news_in_conditional_answers_is_trusted_longer(store: Store) -> None:
    record(store, replace(OK, etag="e"))
    facts = store.feeds.facts_of(1)
    fetched = Fetched(FetchJob(1, facts.url, etag="e"), facts.url, b"new", b"h", etag="f")
    parsed = ParsedFeed(entries=(entry(1),))
    setting = Setting(Rules(Matcher(()), {}), Rates(), {}, lambda: NOW)
    with store.transaction():
        saved = store.entries.save(1, parsed.entries, NOW)
        outcome = Outcome(facts, fetched, reservation=cast(Any, None))
        record_success(store, outcome, setting, NOW, parsed, saved)
    facts = store.feeds.facts_of(1)
    assert (facts.etag, facts.trust) == ("f", TRUSTED)


@pytest.mark.parametrize("why", ["", "named", "refused"])
@pytest.mark.parametrize("seen", [2, 3])
def test_a_move_is_told_once_it_is_sure(store: Store, seen: int, why: str) -> None:
    record(store, replace(OK, moved_to=B, moved_seen=seen, moved_why=why, looked_at=NOW - 5))
    health, _ = store.feeds.health(store.feeds.subscribed(), since=0, sure=3)
    assert health.moved_to == (B if seen == 3 else "")
    assert health.moved_why == (why if seen == 3 else "")
    assert health.moved_at == (NOW - 5 if seen == 3 and why else None)
    assert health.named == (B if why == "named" else "")


def test_the_health_of_a_feed_counts_the_articles_that_it_carries(store: Store) -> None:
    own, _ = save(store, 1, *(entry(n, published=NOW - n * WEEK) for n in range(4)))
    save(store, 2, entry(3, guid="theirs", published=NOW - 3 * WEEK), entry(9, published=NOW - 9 * WEEK))
    with store.transaction():
        store.marks.set("read", own[:1], True, now=NOW)
    record(store, replace(FAILED, feed_id=2))
    first, second = store.feeds.health(store.feeds.subscribed(), since=NOW - 3 * WEEK, sure=3)
    assert (first.unread, first.total, first.per_week, first.newest) == (3, 4, 1.0, NOW)
    assert (second.unread, second.total, second.per_week, second.newest) == (1, 2, 0.25, NOW - 3 * WEEK)
    assert (first.fault, second.fault) == (None, Fault.HTTP)
    nothing = store.feeds.health(store.feeds.subscribed(), since=NOW + 1, sure=3)
    assert [one.per_week for one in nothing] == [0, 0]
    assert store.feeds.recent_times(2) == [NOW - 3 * WEEK, NOW - 9 * WEEK]
    assert store.feeds.recent_times(1, 2) == [NOW, NOW - WEEK]
    known = store.feeds.known(2)
    assert known.title == "" and [one.article > 0 for one in known.entries].count(False) == 1
    assert len(store.feeds.known(2, 1).entries) == 1 and len(store.feeds.known(1).entries) == 4


def test_the_configuration_is_compared_with_all_that_the_table_has_of_it(store: Store) -> None:
    feeds = [FeedConfig("https://me:secret@a.example/f", "A", "News"), FeedConfig(B, paused=True)]
    subscribe(store, *feeds)
    assert store.feeds.is_current(feeds) and not store.feeds.is_current(feeds[::-1])
    for change in (
        FeedConfig(B), FeedConfig(B, "B", paused=True), FeedConfig(B, folder="X", paused=True), FeedConfig(C)
    ):  # fmt: skip
        assert not store.feeds.is_current([feeds[0], change])
    first, second = store.feeds.subscribed()
    assert (first.url, first.title, first.state) == ("https://me@a.example/f", "A", "ok")
    assert (second.title, second.state) == (B, "paused")
    subscribe(store, feeds[0], B)
    assert [feed.state for feed in store.feeds.subscribed()] == ["ok", "ok"]
    record(store, replace(OK, feed_id=second.id, state="gone"))
    subscribe(store, feeds[0], FeedConfig(B, "B"))
    assert [(feed.title, feed.state) for feed in store.feeds.subscribed()] == [("A", "ok"), ("B", "gone")]


def test_how_often_a_feed_is_asked_in_a_week(store: Store) -> None:
    """Days before its first request do not count, and of today the part that has passed."""
    today = NOW // DAY * DAY
    with store.transaction():
        store.requests.count([Asked(1, 2, unchanged=1), Asked(2, 0)], NOW)
        store.requests.count([Asked(1, 4, failed=1), Asked(2, 3)], today - 6 * DAY)
        store.requests.count([Asked(1, 2, unchanged=1)], today - 6 * DAY)
        store.requests.count([Asked(1, 100), Asked(2, 100)], today - 7 * DAY)
    days = 6 + (NOW - today) / DAY
    rates = store.requests.rates(NOW)
    assert [rate for rate, _ in rates.values()] == pytest.approx([8 / days, 3 / days])
    assert [share for _, share in rates.values()] == [0.25, 0]
    assert store.requests.rates(today) != {} == store.requests.rates(NOW + 7 * DAY)
    with store.transaction():
        store.requests.count([Asked(2, 5)], NOW + 9 * DAY)
    assert store.requests.rates(NOW + 9 * DAY) == {2: (5, 0)}, "at least a day"
