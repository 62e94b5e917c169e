"""When a feed is asked again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuireader import schedule
from tuireader.model import Fault
from tuireader.schedule import DAY, History, Move, Plan, Rates, after_failure, after_success, moved

NOW = 1_700_000_000
HOUR = 3600
RATES = Rates(least=1800, most=DAY)


def wait_of(plan: Plan) -> int:
    assert plan.next_try is not None
    return plan.next_try - NOW


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(60, 1800), (HOUR, 1800), (4 * HOUR, 2 * HOUR), (10 * HOUR, 5 * HOUR), (30 * DAY, DAY)],
)
def test_half_of_the_usual_gap_within_the_bounds(gap: int, expected: int) -> None:
    recent = [NOW - gap * number for number in range(10)]
    assert schedule.usual_wait(recent, RATES, NOW) == expected


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        ([], 1800),  # the least
        ([NOW - 60 * number for number in range(20)], 1800),
        ([NOW - 10 * HOUR - 60 * number for number in range(20)], 5 * HOUR),  # it fell asleep
        ([NOW + 50 * DAY, NOW - 4 * HOUR], 2 * HOUR),  # articles from the future do not count
    ],
)
def test_a_feed_is_asked_as_often_as_it_says_something(recent: list[int], expected: int) -> None:
    assert schedule.usual_wait(recent, RATES, NOW) == expected


def test_neighbours_are_not_asked_together() -> None:
    waits = {wait_of(after_success(History(number), RATES, NOW)) for number in range(100)}
    assert len(waits) > 90
    assert min(waits) >= 1800 * 0.9
    assert max(waits) <= 1800 * 1.1


def test_what_the_server_asks_for_is_honoured_up_to_a_day() -> None:
    assert wait_of(after_success(History(1, ttl=6 * HOUR), RATES, NOW)) >= 6 * HOUR * 0.9
    assert wait_of(after_success(History(1, max_age=6 * HOUR, ttl=60), RATES, NOW)) >= 6 * HOUR * 0.9
    assert wait_of(after_success(History(1, max_age=365 * DAY), RATES, NOW)) <= DAY * 1.1


def test_the_persons_own_interval_wins() -> None:
    assert wait_of(after_success(History(1, interval=300, ttl=DAY), RATES, NOW)) == 300


def test_no_plan_looks_further_ahead_than_a_month() -> None:
    rates = Rates(least=30 * DAY)
    waits = [wait_of(after_success(History(feed), rates, NOW)) for feed in range(50)]
    assert max(waits) == schedule.FARTHEST


def test_errors_double_the_wait_up_to_a_day() -> None:
    waits = [
        wait_of(after_failure(History(1, error_streak=streak), Fault.NETWORK, None, RATES, NOW))
        for streak in range(12)
    ]
    assert 900 <= waits[0] <= 990
    assert all(later >= earlier for earlier, later in pairwise(waits))
    assert waits[1] >= 1.8 * waits[0]
    assert DAY <= waits[-1] <= DAY * 1.1


@pytest.mark.parametrize(
    ("asked", "least", "most"), [(7200, 7200, 7920), (10**20, DAY, DAY * 1.1), (-5, 900, 990), (0, 900, 990)]
)
def test_a_server_that_asks_to_wait_is_left_alone(asked: int, least: int, most: float) -> None:
    plan = after_failure(History(1), Fault.THROTTLED, asked, RATES, NOW)
    assert least <= wait_of(plan) <= most


def test_a_feed_that_is_gone_is_not_asked_again_by_itself() -> None:
    gone = after_failure(History(1), Fault.GONE, None, RATES, NOW)
    assert gone == Plan(None, "gone")
    still = after_failure(History(1, state="gone"), Fault.TIMEOUT, None, RATES, NOW)
    assert still == Plan(None, "gone")
    assert after_success(History(1, state="gone"), RATES, NOW).state == "ok"


def test_a_paused_feed_stays_paused() -> None:
    assert after_success(History(1, state="paused"), RATES, NOW) == Plan(None, "paused")
    assert after_failure(History(1, state="paused"), Fault.HTTP, 60, RATES, NOW) == Plan(None, "paused")


def test_a_move_is_adopted_after_it_was_seen_twice_in_a_row() -> None:
    once = moved("", 0, "https://new.example/feed")
    assert once == Move("https://new.example/feed", 1)
    assert not once.adopt
    assert moved(once.address, once.seen, once.address).adopt
    assert not moved(once.address, once.seen, "https://other.example/feed").adopt
    assert moved(once.address, once.seen, "") == Move()


MOMENTS = st.integers(-(2**62), 2**62)
HISTORIES = st.builds(
    History,
    st.integers(1, 2**62),
    st.lists(MOMENTS, max_size=30),
    st.none() | st.integers(60, 30 * DAY),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.integers(0, 10**9),
)


@settings(max_examples=100)
@given(HISTORIES, st.none() | MOMENTS)
def test_the_next_try_is_always_near(history: History, retry: int | None) -> None:
    good, bad = after_success(history, RATES, NOW), after_failure(history, Fault.HTTP, retry, RATES, NOW)
    assert 60 <= wait_of(good) <= 30 * DAY
    assert 900 <= wait_of(bad) <= DAY * 1.1
    assert good == after_success(history, RATES, NOW)
