"""Find the headings of a page that are a year or a day: they date what follows. Only for the sandbox."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from lxml.html import HtmlElement
from msgspec import Struct

from tuireader.pages.tree import text_of
from tuireader.text import page_dates

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LONGEST_DATE = 60  # maximum characters of a heading that is a date
_WEEKDAY = 12  # maximum characters before the date
_DATED_TAGS = ("h1", "h2", "h3", "h4", "h5", "h6", "caption", "summary", "th", "b", "strong", "p", "div")
_YEAR = re.compile(r"(?:[^\W\d_]+\s)?((?:19|20)\d\d)\s?年?")  # "2024", "May 2024"


class Headings(Struct):
    """Dated headings of a page: for each the latest time of dates without a year below it, and a day."""

    root: HtmlElement
    now: int
    said: Mapping[HtmlElement, tuple[int, int | None]]


def headings(root: HtmlElement, now: int) -> Headings:
    """Find the headings of a page that are a year or a day; none unless there are several."""
    said = {
        element: dated
        for element in root.iter(*_DATED_TAGS)
        if (dated := _dated(element, now)) != (now, None)
    }
    return Headings(root, now, said if len(set(said.values())) > 1 else {})  # a single one may date the page


def headed(firsts: Collection[HtmlElement], known: Headings) -> Mapping[HtmlElement, tuple[int, int | None]]:
    """Date each item by the nearest heading before it."""
    undated: tuple[int, int | None] = (known.now, None)
    if not known.said:
        return dict.fromkeys(firsts, undated)
    dates: dict[HtmlElement, tuple[int, int | None]] = {}
    said, level = undated, 7
    for element in known.root.iter():
        if element in firsts:
            dates[element] = said
        elif element in known.said or element.tag in HEADINGS:
            rank = HEADINGS.index(element.tag) if element.tag in HEADINGS else 6
            is_within = any(above in firsts for above in element.iterancestors())
            if not is_within and (element in known.said or rank <= level):
                said, level = known.said.get(element, undated), rank
    days = [day for _, day in dates.values() if day is not None]
    if len(set(days)) == len(days) and not all(heading.tag in HEADINGS for heading in known.said):
        return {item: (latest, None) for item, (latest, _) in dates.items()}  # a part of each item
    return dates


def _dated(element: HtmlElement, now: int) -> tuple[int, int | None]:
    """Return the latest time of dates without a year below a heading, and the day that it names."""
    heading = text_of(element) if len(element) <= 2 else ""
    if not any(map(str.isdigit, heading[:_LONGEST_DATE])):
        return now, None
    if year := _YEAR.fullmatch(heading):
        end = datetime(int(year[1]) + 1, 1, 1, tzinfo=UTC).timestamp() - 1
        return int(min(now, end)), None
    if element.tag not in HEADINGS and not page_dates.is_date(heading, now):
        return now, None
    date = page_dates.find(heading, now) if len(heading) <= _LONGEST_DATE else None
    return now, date.seconds if date and date.start <= _WEEKDAY else None
