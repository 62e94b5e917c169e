"""Find the date in a text of a web page: figures, month names of many languages, "3 hours ago".

Pure, linear in the text, and never raises. A date without a time is midnight UTC, as is a time without a
zone; a date without a year is the last one before tomorrow.
"""

from __future__ import annotations

import calendar
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from tuireader.text.date_words import MONTH_NAMES
from tuireader.text.durations import DAY
from tuireader.text.regex import regex

LONGEST = 300  # maximum characters of a text to search


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _by_name(names: Mapping[str, str]) -> dict[str, int]:
    """Map the names of a table of `date_words.toml` to their numbers."""
    return {name: int(number) for number, written in names.items() for name in written.split()}


_WORDS = tomllib.loads(Path(__file__).with_name("date_words.toml").read_text("utf-8"))
_NAMES = {_folded(name): number for name, number in (MONTH_NAMES | _by_name(_WORDS["months"])).items()}
_SECONDS = {_folded(name): seconds for name, seconds in _by_name(_WORDS["units"]).items()}
_DAYS_AGO = _by_name(_WORDS["days"])
_JUST_NOW = "just now|moments ago|gerade eben|à l'instant|ahora mismo|только что|刚刚|刚才|剛剛|たった今|방금"

_TIME = (
    r"(?:[\s,·|–-]{0,4}(?:at|um|à|a las|kl\.?|klo|o|в|às|alle)?\s{0,2}(?P<hour>\d{1,2})[:h.]"
    r"(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:\s?(?P<half>[apAP])\.?[mM]\b\.?)?)?"
)
_ISO = (
    r"(?<!\d)(?P<year>(?:19|20|21)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)"
    r"(?:[T\s]{1,2}(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d(?:[.,]\d{1,9})?)?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_COMPACT = r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
_MONTH_AND_DAY = r"^[\[(【（]?(?P<month>0\d|1[0-2])-(?P<day>[0-3]\d)[\])】）]?$"  # as in Chinese news lists
_DAY_ALONE = (  # in two lines
    r"^(?P<day>\d{1,2})\s(?P<year>20\d\d)[-/.年](?P<month>\d{1,2})月?$"
)
_EAST_ASIAN = (
    r"(?:(?:(?P<year>(?:19|20)\d\d)|令和(?P<reiwa>\d{1,2}|元))\s?[年년]\s?)?(?<!\d)(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日號号일]"
    r"(?:[^\d]{0,8}(?P<hour>\d{1,2})[:时時시](?P<minute>[0-5]\d))?"
)
_FIGURES = (
    r"(?<![\d.:/-])(?P<first>\d{1,2})(?P<sign>[./-])\s?(?P<second>\d{1,2})(?P=sign)\s?"
    r"(?P<year>(?:19|20)\d\d|\d\d)(?![\d.:/]*\d)" + _TIME
)
_WORD = r"[^\W\d_]{3,15}"
_DAY_FIRST = (
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?[\s/-]{{1,3}}(?:of\s|de\s|di\s|d')?(?P<name>{_WORD})\.?"
    rf"(?:[\s,/'’-]{{1,3}}(?:de\s|del\s)?(?P<year>(?:19|20)\d\d|\d\d(?![\d:.]))(?!\d))?" + _TIME
)
_MONTH_FIRST = (
    rf"(?<![^\W\d_])(?P<name>{_WORD})\.?\s{{1,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])"
    rf"(?:,?\s{{1,2}}(?P<year>(?:19|20)\d\d)(?!\d))?" + _TIME
)
_A = "an?|one|une?|una|uno|eine[rm]|um|uma"
_UNIT = r"[^\W\d_]{1,12}"
_RELATIVE = (
    rf"(?i:(?<!\w)(?P<number>\d{{1,3}}|{_A})\s{{0,2}}(?P<unit>{_UNIT})\.?\s"
    rf"(?:ago|fa|atrás|geleden|sedan|siden|temu|önce|назад|тому)(?!\w))"
    rf"|(?i:(?<!\w)(?:vor|il y a|hace|há|před)\s{{1,2}}(?P<number_>\d{{1,3}}|{_A})\s{{1,2}}"
    rf"(?P<unit_>{_UNIT}))"
    r"|(?P<number__>\d{1,3}|[一两兩])\s?"
    r"(?P<unit__>分钟|分鐘|小时|小時|時間|个月|個月|시간|개월|[分天日周週年분일주년])\s?[以之]?[前전]"
)
_PRESENT = rf"(?i:(?<![^\W\d_])(?P<present>{_JUST_NOW}))"
_NAMED = (
    rf"(?i:(?<![^\W\d_])(?P<named>{'|'.join(sorted(_DAYS_AGO, key=len, reverse=True))})(?![a-zà-ÿ]))" + _TIME
)
_AMBIGUOUS = r"(?<![\d./-])(\d{1,2})[/-](\d{1,2})[/-](?:(?:19|20)\d\d|\d\d)(?!\d)"
_SHORT = 60  # maximum characters of a text that may be only a date
_MOST_OF_IT = 0.45  # minimum share of a text that a date must fill for the text to count as one


class Found(Struct, frozen=True):
    """A date in a text: seconds since 1970 UTC, and its position."""

    seconds: int
    start: int
    end: int


@lru_cache(2048)
def find(text: str, now: int, *, month_first: bool = False) -> Found | None:
    """Return the first date in a text, or None; `month_first` reads 1/2/2026 as 2 January."""
    dates = filter(None, _dates(text[:LONGEST], now, month_first))
    return min(dates, key=lambda date: (date.start, -date.end), default=None)


def is_date(text: str, now: int) -> bool:
    """Return whether a short text is a date, apart from a few words such as "Posted on"."""
    text = text.strip()
    if not text or len(text) > _SHORT:
        return False
    date = find(text, now)
    return date is not None and (date.end - date.start) >= _MOST_OF_IT * len(text)


def puts_month_first(texts: list[str], language: str) -> bool:
    """Return whether dates such as 1/2/2026 on a page put the month first."""
    dates = [match for text in texts for match in regex(_AMBIGUOUS).findall(text[:LONGEST])]
    if any(int(first) > 12 for first, _ in dates):
        return False
    if any(int(second) > 12 for _, second in dates):
        return True
    return language.casefold().replace("_", "-") in ("en", "en-us")


def _dates(text: str, now: int, month_first: bool) -> Iterator[Found | None]:
    if any(map(str.isdigit, text)):
        for pattern in (_ISO, _COMPACT, _MONTH_AND_DAY, _DAY_ALONE, _EAST_ASIAN):
            for match in regex(pattern).finditer(text):
                yield _calendar_date(match, int(match["month"]), int(match["day"]), now)
        for match in regex(_FIGURES).finditer(text):
            yield _in_figures(match, now, month_first)
        for pattern in (_DAY_FIRST, _MONTH_FIRST):
            for match in _overlapping(pattern, text):
                if number := _NAMES.get(_folded(match["name"])):
                    yield _calendar_date(match, number, int(match["day"]), now)
    for match in regex(_RELATIVE).finditer(text):
        yield _ago(match, now)
    for match in regex(_PRESENT).finditer(text):
        yield Found(now, match.start(), match.end())
    for match in regex(_NAMED).finditer(text):
        day = _utc(now) - timedelta(days=_DAYS_AGO[match["named"].casefold()])
        yield _found(match, day.year, day.month, day.day)


def _overlapping(pattern: str, text: str) -> Iterator[re.Match[str]]:
    """Yield matches that may overlap, as the first of two overlapping ones may not be a date."""
    at = 0
    while match := regex(pattern).search(text, at):
        yield match
        at = match.start() + 1


def _utc(now: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=now)


def _in_figures(match: re.Match[str], now: int, month_first: bool) -> Found | None:
    first, second = int(match["first"]), int(match["second"])
    swapped = month_first and match["sign"] != "."
    day, month = (second, first) if (swapped and first <= 12) or (second > 12 >= first) else (first, second)
    return _calendar_date(match, month, day, now)


def _calendar_date(match: re.Match[str], month: int, day: int, now: int) -> Found | None:
    written = match.groupdict().get("year")
    if reign := match.groupdict().get("reiwa"):
        written = str(2018 + (1 if reign == "元" else int(reign)))
    if written is not None:
        year = int(written) if len(written) == 4 else 2000 + int(written)
        return _found(match, year, month, day)
    today = _utc(now)
    date = _found(match, today.year, month, day)
    if date is None or date.seconds > now + DAY:
        date = _found(match, today.year - 1, month, day)
    return date


def _found(match: re.Match[str], year: int, month: int, day: int) -> Found | None:
    parts = match.groupdict()
    hour, minute = int(parts.get("hour") or 0), int(parts.get("minute") or 0)
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    try:
        local = datetime(year, month, day, hour, minute) - timedelta(minutes=_offset(parts.get("zone")))
    except (ValueError, OverflowError):
        return None
    return Found(calendar.timegm(local.timetuple()), match.start(), match.end())


def _offset(zone: str | None) -> int:
    if not zone or zone in "Zz":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def _ago(match: re.Match[str], now: int) -> Found | None:
    parts = match.groupdict()
    number = parts["number"] or parts["number_"] or parts["number__"] or "1"
    unit = parts["unit"] or parts["unit_"] or parts["unit__"] or ""
    seconds = _SECONDS.get(_folded(unit))
    if seconds is None:
        return None
    return Found(now - seconds * (int(number) if number.isdecimal() else 1), match.start(), match.end())


def find_age(text: str) -> tuple[int, int] | None:
    """Return the span of an age such as "3 hours ago" in a text."""
    age = regex(_RELATIVE).search(text[:LONGEST])
    return age.span() if age else None
