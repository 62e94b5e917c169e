"""Documents of feeds as lists of articles in order. Pure: `now` is an argument."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tuireader.text.durations import DAY


class Listed(NamedTuple):
    """An entry of a document: its article, its dates; `new` if the feed did not have the article before."""

    article: int
    published: int | None = None
    updated: int | None = None
    new: bool = False


class Document(Struct, frozen=True):
    """The articles of a document, newest first, and of some before it.

    `mixed` if the entries have no dates and their order means nothing.
    """

    articles: tuple[int, ...]
    mixed: bool = False
    earlier: tuple[tuple[int, ...], ...] = ()

    @property
    def all(self) -> tuple[tuple[int, ...], ...]:
        """Articles of all these documents, newest document first."""
        return (self.articles, *self.earlier)


class Page(Struct, frozen=True):
    """A document in order, newest first, with the dates of its entries.

    An `issue` has one date for all; `days` are dates without a time.
    """

    entries: tuple[Listed, ...]
    dates: tuple[int | None, ...]
    dated: bool
    ordered: bool
    issue: bool = False
    days: bool = False

    @property
    def new(self) -> int:
        """Number of entries that the feed did not have before."""
        return sum(entry.new for entry in self.entries)

    @property
    def articles(self) -> tuple[int, ...]:
        """Articles in this order."""
        return tuple(entry.article for entry in self.entries)

    def reversed(self) -> Page:
        return replace(self, entries=self.entries[::-1], dates=self.dates[::-1])


def by_date(page: Page) -> Page:
    """Sort a document by date, newest first; entries without a date are last."""
    order = sorted(range(len(page.entries)), key=lambda at: -(page.dates[at] or 0))
    return replace(
        page,
        entries=tuple(page.entries[at] for at in order),
        dates=tuple(page.dates[at] for at in order),
    )


def page_of(entries: Sequence[Listed], now: int) -> Page:
    """Put a document newest first: by its own order if the dates agree with it, else by the dates."""
    dates = _dates(entries, now)
    if not _are_usable(dates):
        same = len(set(dates)) == 1 < len(dates) and dates[0] is not None
        return Page(tuple(entries), tuple(dates), dated=False, ordered=True, issue=same)
    known = [date for date in dates if date is not None]
    falls, rises = longest_rise([-date for date in known]), longest_rise(known)
    ordered = 10 * max(falls, rises) >= 8 * len(known)
    days = len(known) > 1 and len({date % DAY for date in known}) == 1
    page = Page(tuple(entries), tuple(dates), dated=True, ordered=ordered, days=days)
    if not ordered:
        return by_date(page)
    return page.reversed() if rises > falls else page


def _dates(entries: Sequence[Listed], now: int) -> list[int | None]:
    """Return the date of each entry: its latest one, unless all were updated at the same time."""
    latest = [max(entry.published or 0, entry.updated or 0) for entry in entries]
    if len(set(latest)) == 1:
        latest = [entry.published or 0 for entry in entries]
    return [date if 0 < date <= now + DAY else None for date in latest]


def _are_usable(dates: Sequence[int | None]) -> bool:
    known = len(dates) - dates.count(None)
    return known > 0 and 5 * known >= 4 * len(dates) and (len(dates) == 1 or len({*dates} - {None}) > 1)


def longest_rise(numbers: Sequence[int]) -> int:
    """Return the length of the longest subsequence that never falls."""
    ends: list[int] = []
    for number in numbers:
        at = bisect_right(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)
