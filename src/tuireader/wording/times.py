"""Format Unix times in the local time zone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from tuireader.text import cell_len
from tuireader.text.durations import DAY, HOUR, MONTH, YEAR
from tuireader.text.wording import counted

CLOCK = "%H:%M"
"""Default format of the time of day."""
_TOGETHER = 60  # seconds within which channels have one time
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _local(moment: int) -> time.struct_time:
    try:
        return time.localtime(moment)
    except (OverflowError, OSError, ValueError):
        return time.localtime(0)


def list_day(moment: int, now: int) -> str:
    """Day in a list: `""` today, `Mon` within a week, `12 Jul` this year, `2020` in another."""
    then, today = _local(moment), _local(now)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return ""
    if abs(now - moment) < 6 * DAY:
        return _DAYS[then.tm_wday]
    return _date(then, today)


def _date(then: time.struct_time, today: time.struct_time) -> str:
    """Date: `12 Jul` this year, `2020` before."""
    month = f"{then.tm_mday} {_MONTHS[then.tm_mon - 1]}"
    return month if then.tm_year == today.tm_year else str(then.tm_year)


def list_time(moment: int, now: int) -> str:
    """Time in a sentence: `14:02` today, `Mon 14:02` within a week, `12 Jul` this year, `2020` in another."""
    day = list_day(moment, now)
    return f"{day} {clock_time(moment)}".strip() if not day or day in _DAYS else day


def by_channels(told: int, sent: Mapping[str, int]) -> str:
    """Write ` by phone, mail 9 May 14:02`: channels, with the times of late ones; `""` for none."""
    names = [name if at - told < _TOGETHER else f"{name} {short_time(at)}" for name, at in sent.items()]
    return f" by {', '.join(names)}" if names else ""


def clock_time(moment: int) -> str:
    """Time of day: `14:02`."""
    return time.strftime(CLOCK, _local(moment))


@cache
def clock_width(form: str) -> int:
    """Cells of the longest time of day in a format."""
    samples = (time.struct_time((2027, n % 12 + 1, 28, n % 24, 28, 28, n % 7, 200, -1)) for n in range(168))
    return max(cell_len(time.strftime(form, sample)) for sample in samples)


def local_day(moment: int) -> tuple[int, int]:
    """Year and number of the day in it."""
    then = _local(moment)
    return then.tm_year, then.tm_yday


def list_date(moment: int, now: int, form: str = CLOCK) -> str:
    """Date or time in a column: by `form` the time of day today, `12 Jul` this year, `2020` before."""
    then, today = _local(moment), _local(now)
    return time.strftime(form, then) if then[:3] == today[:3] else _date(then, today)


def day_heading(moment: int, now: int, form: str = "") -> str:
    """Heading of a day: `Today`, `Yesterday`, else by `form` or such as `Saturday 28 November`."""
    then, today = _local(moment), _local(now)
    age = (date(*today[:3]) - date(*then[:3])).days
    if age in (0, 1):
        return ("Today", "Yesterday")[age]
    year = "" if then.tm_year == today.tm_year else f" {then.tm_year}"
    return time.strftime(form or f"%A {then.tm_mday} %B{year}", then)


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
