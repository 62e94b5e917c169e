"""Format Unix times in the local time zone."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tuireader.text.durations import DAY, HOUR, MONTH, YEAR
from tuireader.text.wording import counted

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _local(moment: int) -> time.struct_time:
    try:
        return time.localtime(moment)
    except (OverflowError, OSError, ValueError):
        return time.localtime(0)


def list_day(moment: int, now: int) -> str:
    """Day in a list: `""` today, `Mon` this week, `12 Jul` this year, `2020` before."""
    then, today = _local(moment), _local(now)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return ""
    if 0 <= now - moment < 6 * DAY:
        return _DAYS[then.tm_wday]
    if then.tm_year == today.tm_year:
        return f"{then.tm_mday} {_MONTHS[then.tm_mon - 1]}"
    return str(then.tm_year)


def list_time(moment: int, now: int, *, short: bool = False, same_day: bool = False) -> str:
    """Time column of a list: `14:02` today, `Mon 14:02` this week, `12 Jul` this year, `2020` before.

    At most 9 cells; `short` leaves out the hour of past days (6 cells). `same_day` shows only the time, below
    a row of the same day.
    """
    day, then = list_day(moment, now), _local(moment)
    clock = f"{then.tm_hour:02d}:{then.tm_min:02d}"
    if not day or (same_day and not day.isdecimal()):
        return clock
    return f"{day} {clock}" if day in _DAYS and not short else day


def clock_time(moment: int) -> str:
    """Time of day: `14:02`."""
    return list_time(moment, moment)


def full_time(moment: int, now: int | None = None) -> str:
    """Day, date and time: `Tue 27 Jul 2021 14:02`, without the year in the year of `now`."""
    then = _local(moment)
    if now is not None and then.tm_year == _local(now).tm_year:
        return f"{_DAYS[then.tm_wday]} {short_time(moment)}"
    return f"{_DAYS[then.tm_wday]} {day(moment)} {then.tm_hour:02d}:{then.tm_min:02d}"


def short_time(moment: int) -> str:
    """Date and time: `27 Jul 14:02`."""
    then = _local(moment)
    return f"{then.tm_mday} {_MONTHS[then.tm_mon - 1]} {then.tm_hour:02d}:{then.tm_min:02d}"


def day(moment: int) -> str:
    """Date: `27 Jul 2021`."""
    then = _local(moment)
    return f"{then.tm_mday} {_MONTHS[then.tm_mon - 1]} {then.tm_year}"


def week_day(moment: int) -> str:
    """Day of the week and date: `Tue 27 Jul`."""
    then = _local(moment)
    return f"{_DAYS[then.tm_wday]} {then.tm_mday} {_MONTHS[then.tm_mon - 1]}"


def period(first: int, last: int, now: int) -> str:
    """First and last time: `27 Jul 09:55 – 13:10`, `27 Jul 2021 09:55 – 28 Jul 13:10` after that year."""
    year = f" {_local(first).tm_year}" if _local(first).tm_year != _local(now).tm_year else ""
    day, clock = short_time(first).rsplit(" ", 1)
    begin, end = f"{day}{year} {clock}", short_time(last)
    if end == f"{day} {clock}":
        return begin
    return f"{begin} – {end.removeprefix(f'{day} ')}"


def span(seconds: int) -> str:
    """Duration in one unit, never negative: `40 s`, `5 min`, `3 h`, `2 days`, `3 years`."""
    seconds = max(0, seconds)
    for unit, size, limit in (("s", 1, 60), ("min", 60, HOUR), ("h", HOUR, 2 * DAY)):
        if seconds < limit:
            return f"{seconds // size} {unit}"
    for unit, size, limit in (("day", DAY, 60 * DAY), ("month", MONTH, 2 * YEAR)):
        if seconds < limit:
            return counted(seconds // size, unit)
    return counted(seconds // YEAR, "year")


def until(seconds: int) -> str:
    """Remaining duration, rounded: just under two hours is `2 h`."""
    size = next((size for size, least in ((DAY, 2 * DAY), (HOUR, 5400), (60, 90)) if seconds >= least), 1)
    return span(round(seconds / size) * size)


def age(moment: int, now: int) -> str:
    """Age: `now` under a minute, else `2 h ago`."""
    return "now" if now - moment < 60 else f"{span(now - moment)} ago"


def age_column(moments: Sequence[int | None], now: int) -> list[str]:
    """Ages as a column: `2 h  `; `""` if no moment is known."""
    ages = ["" if moment is None else age(moment, now).removesuffix(" ago") for moment in moments]
    width = max(map(len, ages), default=0)
    return [f"{text:<{width}}  " if width else "" for text in ages]


def distance(moment: int, other: int) -> str:
    """Difference from another time: `3 days later`, `same time` within five minutes."""
    if abs(moment - other) < 300:
        return "same time"
    return f"{span(abs(moment - other))} {'later' if moment > other else 'earlier'}"
