"""Parse dates of feeds into seconds since 1970: RFC 822 with its usual errors, and ISO 8601 (RFC 3339)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from tuireader.text.date_words import ENGLISH_MONTHS
from tuireader.text.durations import DAY

ZONES = {
    "": 0, "ut": 0, "utc": 0, "gmt": 0, "z": 0, "bst": 60, "wet": 0, "west": 60, "cet": 60, "cest": 120,
    "met": 60, "mest": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540, "ist": 330,
    "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "adt": -180, "ast": -240,
    "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420, "pdt": -420, "pst": -480,
    "akdt": -480, "akst": -540, "hst": -600,
}  # fmt: skip
RFC822 = re.compile(
    r"(?:[a-z]{2,9}\.?,?\s+)?(\d{1,2})[\s-]+([a-z]{3})[a-z]{0,6}\.?,?[\s-]+(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?\s*(?:(?:gmt|utc)?([+-]\d\d):?(\d\d)|([a-z]{0,5}))(?:\s*\([^()]{0,40}\))?",
    re.IGNORECASE,
)
ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]\s*(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,12})?)?\s*"
    r"(?:z|utc|gmt|([+-]\d\d):?(\d\d)?)?)?",
    re.IGNORECASE,
)
YEARS = range(1900, 2200)  # a date outside it is a mistake
LONGEST = 100
_EPOCH = datetime(1970, 1, 1)


@lru_cache(4096)
def parse(text: str) -> int | None:
    """Parse a date into seconds since 1970 UTC; None if the text is none. Never raises."""
    text = text.strip()
    if len(text) > LONGEST:
        return None
    if iso := ISO.fullmatch(text):
        year, month, day, hour, minute, second, zone_hour, zone_minute = iso.groups()
        offset = _offset(zone_hour, zone_minute)
        return _seconds(int(year), int(month), int(day), hour, minute, second, offset)
    if rfc := RFC822.fullmatch(text):
        day, month_name, year, hour, minute, second, zone_hour, zone_minute, zone = rfc.groups()
        number = ENGLISH_MONTHS.get(month_name.lower())
        offset = _offset(zone_hour, zone_minute) if zone_hour else ZONES.get((zone or "").lower(), 0)
        return _seconds(_full_year(year), number, int(day), hour, minute, second, offset) if number else None
    return None


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if int(year) < 70 else 1900)


def _offset(hours: str | None, minutes: str | None) -> int:
    """Offset from UTC in minutes, positive to the east."""
    if not hours:
        return 0
    sign = -1 if hours[0] == "-" else 1
    return sign * (int(hours[1:]) * 60 + int(minutes or 0))


def _seconds(
    year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, offset: int
) -> int | None:
    if year not in YEARS or abs(offset) > 24 * 60:
        return None
    try:
        local = datetime(year, month, day, int(hour or 0), int(minute or 0), min(int(second or 0), 59))
    except (ValueError, OverflowError):
        return None
    since = local - _EPOCH
    return since.days * DAY + since.seconds - offset * 60
