"""When accounts are synced again after a failure, and when that is an alarm."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import half_as_many
from tuireader.model.accounts import AccountState, Refusal
from tuireader.text.durations import DAY, HOUR
from tuireader.timing.accounts import (
    after_failure,
    alarming_since,
    is_locked_out,
    may_push,
    waits,
)

NOW = 1_700_000_000
refusals = st.sampled_from(list(Refusal))
HOME = AccountState(1, "home")


@given(refusals, st.none() | st.integers(1, DAY), st.integers(0, 99), st.none() | st.integers(0, 9 * DAY))
@half_as_many
def test_a_failure_is_followed_by_another_try_within_a_day(
    refusal: Refusal, retry_after: int | None, streak: int, rejected_for: int | None
) -> None:
    since = None if rejected_for is None else NOW - rejected_for
    account = replace(HOME, streak=streak, rejected_since=since)
    wait = after_failure(account, refusal, retry_after, NOW) - NOW
    assert 0 < wait <= DAY
    if refusal is Refusal.LOGIN or (since is not None and refusal is not Refusal.SECRET):
        assert wait >= HOUR
    if refusal is Refusal.LOGIN:
        assert wait == (DAY if rejected_for is not None and rejected_for >= HOUR else HOUR)
    if retry_after and refusal not in (Refusal.LOGIN, Refusal.SECRET):
        assert wait >= retry_after


@given(st.lists(st.sampled_from([Refusal.LOGIN, Refusal.AWAY, Refusal.SECRET]), min_size=1, max_size=40))
def test_a_rejected_password_is_sent_at_most_once_an_hour_and_twice_on_the_first_day(
    ends: list[Refusal],
) -> None:
    now, account, sent, rejected = NOW, HOME, list[int](), list[int]()
    for refusal in [Refusal.LOGIN, *ends]:
        if refusal is not Refusal.SECRET:
            sent.append(now)
        if refusal is Refusal.LOGIN:
            rejected.append(now)
        next_try = after_failure(account, refusal, None, now)
        since = now if account.rejected_since is None else account.rejected_since
        account = replace(account, rejected_since=since, tried_at=now, next_try=next_try, streak=9)
        assert is_locked_out(account, now) and is_locked_out(account, next_try - 1)
        assert not is_locked_out(account, next_try)
        now = next_try
    assert all(later - earlier >= HOUR for earlier, later in pairwise(sent))
    assert all(later - earlier >= DAY for earlier, later in pairwise(rejected[1:]))


def test_an_account_waits_for_its_time_but_not_for_a_wrong_clock() -> None:
    assert not waits(HOME, NOW, 600)
    synced = replace(HOME, tried_at=NOW)
    assert waits(synced, NOW + 599, 600) and not waits(synced, NOW + 600, 600)
    failed = replace(synced, next_try=NOW + 60)
    assert waits(failed, NOW + 59, 600) and not waits(failed, NOW + 60, 600)
    for wrong in (1, DAY, 40 * DAY):  # set back after the last sync
        assert not waits(replace(synced, tried_at=NOW + wrong), NOW, 600), wrong
    assert waits(replace(failed, next_try=NOW + 600 + DAY), NOW, 600)
    for wrong in (1, 40 * DAY):
        assert not waits(replace(failed, next_try=NOW + 600 + DAY + wrong), NOW, 600), wrong
    assert not is_locked_out(failed, NOW)


def test_marks_are_sent_last_to_a_server_that_failed_a_minute_ago() -> None:
    failed = replace(HOME, tried_at=NOW - 90, next_try=NOW + 60)
    assert may_push(HOME, NOW, last=False) and may_push(failed, NOW + 60, last=False)
    assert not may_push(failed, NOW, last=False) and may_push(failed, NOW, last=True)
    assert not may_push(replace(failed, tried_at=NOW - 30), NOW, last=True)
    assert not may_push(replace(failed, tried_at=None), NOW, last=True)
    assert not may_push(replace(failed, rejected_since=NOW - 90), NOW, last=True)


def test_a_failure_of_a_day_is_an_alarm_if_it_was_seen_more_than_once() -> None:
    failing = replace(HOME, tried_at=NOW, failing_since=NOW - DAY, streak=3)
    assert alarming_since(failing) == NOW - DAY and alarming_since(HOME) is None
    assert alarming_since(replace(failing, streak=2)) is None
    assert alarming_since(replace(failing, failing_since=NOW - DAY + 1)) is None
    assert alarming_since(replace(failing, tried_at=None)) is None
    rejected = replace(failing, rejected_since=NOW - DAY, failing_since=NOW - 2 * DAY, streak=2)
    assert alarming_since(rejected) == NOW - DAY
    assert alarming_since(replace(rejected, streak=1)) is None
