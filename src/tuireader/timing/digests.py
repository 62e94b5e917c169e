"""When digests are due, in the local time zone.

A time that the clock skips is due when it has skipped it; one that it repeats is due the first time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from tuireader.text.durations import WEEKDAYS


def last_due(at: Collection[str], days: Collection[str], now: int) -> int:
    """Return the last moment, `now` or before, at one of some times such as `07:30` on one of some days."""
    return max(moment for moment in _moments(at, days, now) if moment <= now)


def next_due(at: Collection[str], days: Collection[str], now: int) -> int:
    """Return the first such moment after `now`."""
    return min(moment for moment in _moments(at, days, now) if moment > now)


def _moments(at: Collection[str], days: Collection[str], now: int) -> Iterator[int]:
    today = date.fromtimestamp(now)
    for ago in range(-8, 9):
        day = today - timedelta(days=ago)
        if WEEKDAYS[day.weekday()] in days:
            for clock in at:
                yield int(datetime.combine(day, time.fromisoformat(clock)).timestamp())
