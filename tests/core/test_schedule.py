"""When a feed is asked again, and how."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tuireader.model import Fault
from tuireader.text.durations import DAY, HOUR
from tuireader.timing import schedule
from tuireader.timing.schedule import (
    LYING,
    TESTED,
    TRUSTED,
    History,
    Move,
    Plan,
    Rates,
    after_failure,
    after_success,
    appeared,
    asks_whole,
    fill_time,
    moved,
    trust_after,
)

NOW = 1_700_000_000
MINUTE = 60
RATES = Rates(least=1800, most=DAY, watched=HOUR)


def wait_of(plan: Plan) -> int:
    assert plan.next_try is not None
    return plan.next_try - NOW


def usual(*recent: int, **facts: object) -> int:
    """The wait of a feed whose articles are so many seconds old."""
    history = replace(History(1, [NOW - age for age in recent]), **facts)
    return schedule.usual_wait(history, RATES, NOW)


def steady(gap: int, count: int = 10) -> list[int]:
    return [gap * number for number in range(1, count + 1)]


# --------------------------------------------------------------------------- pace


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(60, 1800), (HOUR, 1800), (3 * HOUR, HOUR), (10 * HOUR, 12000), (30 * DAY, DAY)],
)
def test_a_feed_is_asked_about_three_times_between_two_articles(gap: int, expected: int) -> None:
    assert usual(*steady(gap)) == expected


def test_a_feed_without_articles_is_asked_at_the_least_interval() -> None:
    assert usual() == 1800


def test_a_feed_that_never_was_silent_for_so_long_is_asked_less() -> None:
    assert usual(*(10 * DAY + age for age in steady(HOUR))) == DAY


def test_a_nightly_pause_is_no_silence() -> None:
    nights = [day * DAY + hour * HOUR for day in range(3) for hour in range(12, 24)]
    assert usual(*(age - 3 * HOUR for age in nights)) == 1800


def test_a_woken_feed_is_asked_at_once_as_often_as_a_busy_one() -> None:
    rare = [number * 21 * DAY for number in range(1, 9)]
    assert usual(*rare) == DAY
    assert usual(10 * MINUTE, *rare) == 1800
    assert usual(6 * HOUR, *rare) == 2 * HOUR  # silent again: less and less


def test_articles_from_the_future_do_not_count() -> None:
    assert usual(-50 * DAY, *steady(6 * HOUR)) == 2 * HOUR


# --------------------------------------------------------------------------- watches, windows, wishes


def test_a_watched_feed_is_asked_hourly_however_quiet_it_is() -> None:
    assert usual(*steady(30 * DAY), watched=True) == HOUR
    assert usual(*steady(30 * DAY), watched=True, ttl=DAY, max_age=DAY) == HOUR
    assert usual(*steady(MINUTE), watched=True) == 1800


def test_the_fastest_burst_decides_and_not_the_mean_pace() -> None:
    assert usual(*steady(10 * DAY), fill=3 * HOUR) == 5400
    assert usual(*steady(10 * DAY), fill=MINUTE) == 1800  # never below the least
    assert usual(*steady(10 * DAY), fill=90 * DAY) == DAY


def test_a_wish_to_wait_is_honoured_as_far_as_the_window_allows() -> None:
    assert usual(ttl=6 * HOUR) == 6 * HOUR
    assert usual(max_age=6 * HOUR, ttl=60) == 6 * HOUR
    assert usual(max_age=365 * DAY) == DAY
    assert usual(ttl=6 * HOUR, fill=4 * HOUR) == 2 * HOUR


def test_the_users_own_interval_wins() -> None:
    wait = wait_of(after_success(History(1, interval=7200, ttl=DAY, fill=60.0, watched=True), RATES, NOW))
    assert 6480 <= wait <= 6840
    assert wait_of(after_success(History(1, interval=60), RATES, NOW)) == 60


@given(st.integers(1, 2**62), st.sampled_from([10, 15, 30, 60, 120]))
def test_a_feed_is_due_when_a_cron_job_of_its_interval_runs(feed_id: int, minutes: int) -> None:
    took = 20  # seconds from the start of the job until the feed is recorded
    wait = wait_of(after_success(History(feed_id), Rates(least=minutes * MINUTE), NOW + took))
    assert 0.9 * minutes * MINUTE <= wait <= minutes * MINUTE


def test_neighbours_are_not_asked_together() -> None:
    waits = {wait_of(after_success(History(number), RATES, NOW)) for number in range(100)}
    assert len(waits) > 60
    assert 1800 * 0.9 <= min(waits) <= max(waits) <= 1800 * 0.95


def test_no_plan_looks_further_ahead_than_a_month() -> None:
    rates = Rates(least=60 * DAY)
    assert wait_of(after_success(History(1), rates, NOW)) == schedule.FARTHEST


def test_after_a_pause_the_feed_that_lost_most_is_urgent() -> None:
    small, large = schedule.urgency(NOW - DAY, HOUR, NOW), schedule.urgency(NOW - DAY, 10 * DAY, NOW)
    assert small > 1 > large > 0
    assert schedule.urgency(None, HOUR, NOW) == schedule.urgency(NOW, None, NOW) == 0
    assert schedule.urgency(NOW + DAY, 0.0, NOW) == 0


# --------------------------------------------------------------------------- errors


def test_errors_are_retried_after_minutes_first() -> None:
    waits = [
        wait_of(after_failure(History(1, error_streak=streak), Fault.NETWORK, None, RATES, NOW))
        for streak in range(12)
    ]
    assert [round(wait / schedule.early(300, 1)) for wait in waits[:3]] == [1, 2, 4]
    assert max(waits) <= 1800  # no longer than usual


@pytest.mark.parametrize("hours", [8, 24, 80, 30 * 24])
def test_an_outage_costs_its_length_and_an_eighth(hours: int) -> None:
    history = History(1, error_streak=50, failing_since=NOW - hours * HOUR, watched=True)
    wait = wait_of(after_failure(history, Fault.TIMEOUT, None, RATES, NOW))
    assert wait <= min(max(hours * HOUR / 8, HOUR), DAY)
    assert wait >= 0.9 * min(hours * HOUR / 8, DAY)


def test_a_small_window_is_asked_often_during_an_outage() -> None:
    history = History(1, error_streak=50, failing_since=NOW - 20 * HOUR, fill=float(HOUR))
    assert wait_of(after_failure(history, Fault.HTTP, None, RATES, NOW)) <= 1800
    history = replace(history, failing_since=NOW - 20 * DAY)  # but not for ever
    assert wait_of(after_failure(history, Fault.HTTP, None, RATES, NOW)) >= 0.9 * DAY


@pytest.mark.parametrize(("asked", "least", "most"), [(7200, 7200, 7200), (10**20, DAY, DAY), (-5, 800, 900)])
def test_a_server_that_asks_to_wait_is_left_alone(asked: int, least: int, most: int) -> None:
    history = History(1, fill=60.0, watched=True, error_streak=0)
    assert least <= wait_of(after_failure(history, Fault.THROTTLED, asked, RATES, NOW)) <= most
    own = replace(history, interval=60)
    assert wait_of(after_failure(own, Fault.THROTTLED, asked, RATES, NOW)) >= min(max(asked, 60), DAY)


def test_gone_is_confirmed_over_a_day() -> None:
    at, streak, asked = 0, 0, [0]
    while True:
        history = History(1, error_streak=streak, gone_since=NOW - at if at else None)
        plan = after_failure(history, Fault.GONE, None, RATES, NOW)
        if plan.next_try is None:
            break
        at, streak = at + wait_of(plan), streak + 1
        asked.append(at)
    assert plan == Plan(None, "gone")
    assert DAY <= at <= DAY + 2 * HOUR
    assert 4 <= len(asked) <= 10
    assert all(later - earlier >= 0.9 * HOUR for earlier, later in pairwise(asked))


@pytest.mark.parametrize(
    ("since", "watched", "hours"),
    [
        (0, False, 1),
        (3, False, 3),
        (7, False, 6),
        (15, False, 6),
        (20, False, 4),
        (23.5, False, 1),
        (7, True, 1),
    ],
)
def test_how_long_a_feed_that_is_gone_waits(since: float, watched: bool, hours: float) -> None:
    """As long as it has been gone, six hours at most, and once more when a day is over."""
    history = History(1, error_streak=2, gone_since=NOW - int(since * HOUR), watched=watched)
    wait = wait_of(after_failure(history, Fault.GONE, None, RATES, NOW))
    assert 0.9 * hours * HOUR <= wait <= hours * HOUR


def test_a_watched_feed_that_is_gone_is_asked_hourly_for_a_day() -> None:
    history = History(1, error_streak=9, gone_since=NOW - 20 * HOUR, watched=True)
    assert wait_of(after_failure(history, Fault.GONE, None, RATES, NOW)) <= HOUR


def test_gone_needs_several_answers() -> None:
    slept = History(1, error_streak=1, gone_since=NOW - 5 * DAY)
    assert after_failure(slept, Fault.GONE, None, RATES, NOW).state == "ok"


def test_a_feed_that_is_gone_is_not_asked_again_by_itself() -> None:
    still = after_failure(History(1, state="gone"), Fault.TIMEOUT, None, RATES, NOW)
    assert still == Plan(None, "gone")
    assert after_success(History(1, state="gone"), RATES, NOW).state == "ok"


def test_a_paused_feed_stays_paused() -> None:
    assert after_success(History(1, state="paused"), RATES, NOW) == Plan(None, "paused")
    assert after_failure(History(1, state="paused"), Fault.HTTP, 60, RATES, NOW) == Plan(None, "paused")


# --------------------------------------------------------------------------- when articles appeared


def test_absurd_dates_count_by_arrival() -> None:
    since = NOW - 4 * HOUR
    old, future = NOW - 3650 * DAY, NOW + 400 * DAY
    found = appeared([NOW - HOUR, old, future, NOW], since, NOW)
    assert found[0] == NOW - HOUR
    assert all(since < time <= NOW for time in found)
    assert len(set(found)) == 4  # spread: they did not come all at once


def test_the_first_visit_knows_dates_only() -> None:
    assert appeared([NOW - 3650 * DAY, NOW - 5, NOW, NOW + 5], None, NOW) == [NOW - 3650 * DAY, NOW - 5]


def test_an_article_that_is_listed_late_keeps_its_date() -> None:
    assert appeared([NOW - 20 * HOUR], NOW - HOUR, NOW) == [NOW - 20 * HOUR]


def test_the_fastest_burst_fills_the_window() -> None:
    quiet = [NOW - number * DAY for number in range(20)]
    burst = [NOW - 3 * DAY + HOUR + number * MINUTE for number in range(5)]
    assert fill_time(quiet, 20) == 20 * DAY
    assert fill_time([*quiet, *burst], 20) == 20 * MINUTE
    assert fill_time(quiet[:2], 20) is None
    assert fill_time(quiet, 0) is None


def test_a_burst_is_forgotten_in_weeks() -> None:
    assert schedule.faster(None, DAY, None) is None
    assert schedule.faster(None, DAY, 5.0) == 5
    assert schedule.faster(100.0, 0, 50.0) == 50
    fill: float | None = 100.0
    for _ in range(14 * 24):
        fill = schedule.faster(fill, HOUR, None)
    assert fill is not None and 200 < fill < 300
    assert schedule.faster(fill, HOUR, 1e9) == pytest.approx(fill, rel=0.01)


def test_the_latest_times_are_kept() -> None:
    kept = schedule.remembered(range(100), [1000, 500])
    assert kept[:3] == [1000, 500, 99] and len(kept) == schedule.KEPT


@given(
    st.lists(st.integers(0, 3 * DAY), min_size=3, max_size=60),
    st.integers(1, 50),
)
def test_a_feed_asked_in_half_its_fill_time_loses_nothing_of_a_burst_like_before(
    ages: list[int], window: int
) -> None:
    times = sorted(ages)
    fill = fill_time(times, window)
    assert fill is not None
    burst = max(3, -(-window // 4))  # the least that counts as one
    for start, end in zip(times, times[burst - 1 :], strict=False):
        assert (end - start) / (burst - 1) * window >= fill - 1e-6


# --------------------------------------------------------------------------- addresses and validators


def test_a_move_is_adopted_after_it_was_seen_twice_in_a_row() -> None:
    once = moved("", 0, "https://new.example/feed")
    assert once == Move("https://new.example/feed", 1)
    assert not once.adopt
    assert moved(once.address, once.seen, once.address).adopt
    assert not moved(once.address, once.seen, "https://other.example/feed").adopt
    assert moved(once.address, once.seen, "") == Move()


def test_validators_are_checked_once_a_day_and_earlier_if_never_before() -> None:
    ages = range(0, 2 * DAY, HOUR)
    trusted = [age for age in ages if asks_whole(TRUSTED, NOW - age, 1, NOW)]
    unknown = [age for age in ages if asks_whole("", NOW - age, 1, NOW)]
    assert 0.75 * DAY <= trusted[0] <= DAY
    assert unknown[0] <= 6 * HOUR
    assert not asks_whole("", None, 1, NOW) and not asks_whole(TESTED, 0, 1, NOW)
    assert asks_whole(LYING, NOW, 1, NOW)


def first_check(trust: str, silence: int, gap: int) -> int:
    """Seconds after which a feed that a watch needs, and that has an article each `gap`, is checked."""
    recent = [NOW - silence - at * gap for at in range(20)]
    return next(
        age for age in range(0, 2 * DAY, 900) if asks_whole(trust, NOW, 1, NOW + age, lambda: recent[::-1])
    )


@pytest.mark.parametrize("trust", [TRUSTED, ""])
def test_validators_of_a_feed_that_a_watch_needs_are_checked_by_its_pace(trust: str) -> None:
    assert 1.5 * HOUR <= first_check(trust, 0, HOUR // 2) <= 2 * HOUR
    assert 3 * HOUR <= first_check(trust, HOUR, 2 * HOUR) <= 4 * HOUR
    assert 4.5 * HOUR <= first_check(trust, 0, 3 * DAY) <= 6 * HOUR


def test_a_feed_that_was_silent_for_long_is_checked_once_a_day() -> None:
    assert 7.5 * HOUR <= first_check(TRUSTED, 40 * HOUR, HOUR) <= 10 * HOUR
    assert 0.75 * DAY <= first_check(TRUSTED, 9 * DAY, HOUR) <= DAY
    assert asks_whole(TRUSTED, NOW, 1, NOW + 6 * HOUR, list) and not asks_whole(
        TRUSTED, NOW, 1, NOW + HOUR, list
    )


def test_checks_are_spread_over_the_day() -> None:
    first = {
        next(age for age in range(0, 2 * DAY, 1800) if asks_whole(TRUSTED, NOW - age, number, NOW))
        for number in range(1, 200)
    }
    assert len(first) >= 10


@pytest.mark.parametrize(
    ("trust", "conditional", "not_modified", "news", "checked", "expected"),
    [
        ("", True, True, False, False, ""),
        ("", False, False, True, False, ""),  # a server without validators
        ("", True, False, True, False, TRUSTED),  # it does say when there is news
        ("", False, False, False, True, TRUSTED),
        ("", False, False, True, True, TESTED),
        (TRUSTED, False, False, True, True, TESTED),
        (TRUSTED, True, True, False, False, TRUSTED),
        (TESTED, True, True, False, False, LYING),  # to the validators of the former document
        (TESTED, True, False, False, False, TRUSTED),
        (LYING, False, False, True, False, LYING),
    ],
)
def test_validators_that_lie_are_found_out(
    trust: str, conditional: bool, not_modified: bool, news: bool, checked: bool, expected: str
) -> None:
    after = trust_after(trust, conditional=conditional, not_modified=not_modified, news=news, checked=checked)
    assert after == expected


# --------------------------------------------------------------------------- any history

MOMENTS = st.integers(-(2**62), 2**62)
HISTORIES = st.builds(
    History,
    feed_id=st.integers(1, 2**62),
    recent=st.lists(MOMENTS, max_size=30),
    fill=st.none() | st.floats(0, 1e12),
    watched=st.booleans(),
    interval=st.none() | st.integers(60, 30 * DAY),
    ttl=st.none() | MOMENTS,
    max_age=st.none() | MOMENTS,
    error_streak=st.integers(0, 10**9),
    failing_since=st.none() | MOMENTS,
    gone_since=st.none() | MOMENTS,
)


@settings(max_examples=settings().max_examples // 2)
@given(HISTORIES, st.none() | MOMENTS, st.sampled_from(Fault))
def test_the_next_try_is_always_near(history: History, retry: int | None, fault: Fault) -> None:
    good, bad = after_success(history, RATES, NOW), after_failure(history, fault, retry, RATES, NOW)
    assert 60 <= wait_of(good) <= 30 * DAY
    assert bad.state == "gone" or 60 <= wait_of(bad) <= DAY
    assert good == after_success(history, RATES, NOW)
    if history.watched and history.interval is None:
        assert wait_of(good) <= HOUR
    if retry is not None and bad.next_try is not None:
        assert wait_of(bad) >= min(retry, DAY)
