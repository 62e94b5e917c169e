"""When digests are due: in any time zone, each moment is covered exactly once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import half_as_many
from tuireader.text.durations import DAY, WEEKDAYS
from tuireader.timing.digests import last_due, next_due

CHANGING = sorted(
    name
    for name in available_timezones()
    if "/" in name
    and len({datetime(2026, n, 1, tzinfo=ZoneInfo(name)).utcoffset() for n in (1, 4, 7, 10)}) > 1
)
"""Zones whose clocks change."""


@pytest.fixture(autouse=True)
def _same_zone_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    yield
    monkeypatch.undo()
    time.tzset()


def in_zone(zone: str) -> None:
    os.environ["TZ"] = zone
    time.tzset()


def moments(zone: str, at: tuple[str, ...], days: tuple[str, ...], first: int, last: int) -> list[int]:
    """All moments between two times, as the library of time zones has them."""
    day, every = date.fromtimestamp(first - 2 * DAY), set()
    while day <= date.fromtimestamp(last + 2 * DAY):
        for clock in at if WEEKDAYS[day.weekday()] in days else ():
            hour, minute = map(int, clock.split(":"))
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
            every.add(int(local.astimezone(UTC).timestamp()))
        day += timedelta(days=1)
    return sorted(moment for moment in every if first < moment <= last)


@given(
    zone=st.sampled_from([*CHANGING, "Pacific/Apia", "Asia/Kathmandu", "UTC"]),
    at=st.sets(
        st.times().map(lambda at: f"{at:%H:%M}") | st.sampled_from(["00:00", "01:30", "02:30"]),
        min_size=1,
        max_size=3,
    ),
    days=st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    start=st.integers(1_262_304_000, 1_893_456_000),
    pauses=st.lists(st.integers(1, 2 * DAY) | st.integers(1, 40 * DAY), min_size=1, max_size=8),
)
@half_as_many
def test_each_moment_is_covered_once_whenever_the_program_runs(
    zone: str, at: set[str], days: set[str], start: int, pauses: list[int]
) -> None:
    in_zone(zone)
    times, week = tuple(sorted(at)), tuple(day for day in WEEKDAYS if day in days)
    last = begin = last_due(times, week, start)
    covered: list[tuple[int, int]] = []
    for now in accumulate(pauses, initial=start):
        moment = last_due(times, week, now)
        assert last <= moment <= now < next_due(times, week, now)
        if moment > last:
            covered.append((last, moment))
            last = moment
        assert next_due(times, week, now) == moments(zone, times, week, now, now + 16 * DAY)[0]
    every = moments(zone, times, week, begin, start + sum(pauses))
    for moment in every:
        assert sum(first < moment <= end for first, end in covered) == 1
    assert [end for _, end in covered] == [end for _, end in covered if end in every]


@pytest.mark.parametrize(
    ("day", "clock", "due"),
    [
        ("2026-03-29", "02:30", "2026-03-29T01:30"),  # 03:30 summer time: the clock skips 02:00 to 03:00
        ("2026-10-25", "02:30", "2026-10-25T00:30"),  # the first of two
        ("2026-07-01", "07:30", "2026-07-01T05:30"),
    ],
)
def test_times_that_the_clock_skips_or_repeats(day: str, clock: str, due: str) -> None:
    in_zone("Europe/Berlin")
    midnight = int(datetime.fromisoformat(day).timestamp())
    moment = int(datetime.fromisoformat(due).replace(tzinfo=UTC).timestamp())
    assert next_due((clock,), WEEKDAYS, midnight) == moment == last_due((clock,), WEEKDAYS, moment)
    assert last_due((clock,), WEEKDAYS, midnight + DAY - 1) == moment
    assert last_due((clock,), WEEKDAYS, moment - 1) < midnight
