"""Durations in seconds, and times in HTTP headers (RFC 9110)."""

import re

QUARTER, HOUR, DAY, WEEK = 900, 3_600, 86_400, 604_800
MONTH, YEAR = 30 * DAY, 365 * DAY  # nominal lengths, as in "3 months ago"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RETRY_LEAST, _RETRY_MOST = 60, DAY


def retry_after(value: str, now: float) -> int | None:
    """Return the seconds to wait according to a Retry-After header, between a minute and a day.

    None if its value is not usable (RFC 9110 §10.2.3). `now` is in seconds since 1970.
    """
    value = value.strip()
    if re.fullmatch(r"-?[0-9]+(\.[0-9]*)?", value):
        seconds = float(value[:20])
    elif (until := http_time(value)) is not None:
        seconds = until - now
    else:
        return None
    return int(min(max(seconds, _RETRY_LEAST), _RETRY_MOST))


def http_time(value: str) -> float | None:
    """Parse a date in a header into seconds since 1970; None if it is none."""
    from email.utils import parsedate_to_datetime  # slow to import, and most modules need only durations

    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
