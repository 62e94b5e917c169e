"""Moments as people write them: a day, `yesterday`, `monday`, or a time ago."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tuireader.config.values import duration
from tuireader.errors import UsageError
from tuireader.text.durations import DAY


def named_day(text: str, now: float) -> date | None:
    """Parse a day: its date, `today`, `yesterday`, or the last day of that name, which may be today."""
    from tuireader.query import NAMED_DAYS, start_of_day

    if (name := text.casefold()) in NAMED_DAYS:
        return date.fromtimestamp(start_of_day(now, name))
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment(option: str, text: str, now: float, *, end: bool = False) -> int:
    """Parse a day, or a time ago, as a moment; with `end`, the end of that day. Raises UsageError."""
    day = named_day(text.strip(), now)
    if day is None:
        ago = duration(0, 36_500 * DAY).read(text.strip())
        if isinstance(ago, int):
            return int(now) - ago
        wanted = "a day such as 2026-11-03, yesterday or monday, or a time such as 7d"
        raise UsageError(f"{option} wants {wanted}, not {text!r}")
    return int(datetime.combine(day + timedelta(days=int(end)), datetime.min.time()).timestamp())
