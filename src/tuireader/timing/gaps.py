"""Find out whether entries came and went between two visits to a feed. Pure: `now` is an argument.

A feed lists only its newest entries. Between two visits, old ones leave the list at its end; as long as one
of the entries of the last visit is still on its way out, nothing was missed. If all have left, the list was
replaced, and there may be a gap: entries that nobody has seen.

Being in both lists is not enough: an entry that is pinned to the top, or published again, stays or returns
whatever happens in between. Such an entry is out of place: new entries stand behind it, or those that were in
front of it are gone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import NamedTuple

DAY = 86_400
FEW = 3
"""A document with so few entries or dates is often replaced as a whole: the comic or the issue of the day."""
_HALF = 0.5
_MOST = 10_000
_MONTH = 31 * DAY
_NEVER = 1 << 62
_TELLING = 8  # articles that are in the same order twice by chance only rarely
_DELETED = 5  # minimum length of a document in which a deleted entry is told from a pinned one


class Listed(NamedTuple):
    """An entry of a document: its article, its dates; `new` if the feed did not have the article before."""

    article: int
    published: int | None = None
    updated: int | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The articles of a document, newest first. `mixed` if its order means nothing."""

    articles: tuple[int, ...]
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """Facts about a feed before this visit.

    `document` is the last one with news (None: unknown); `visited` the last successful visit; `times` are the
    different times of its newest articles, and `articles` the number of articles with these times.
    """

    document: Document | None
    visited: int
    times: Sequence[int] = ()
    articles: int = 0

    @property
    def newest(self) -> int:
        """Time of the newest article, 0 if there is none."""
        return max(self.times, default=0)

    @property
    def rate(self) -> float:
        """Number of times a second at which the feed published something, 0 if unknown."""
        if not self.times:
            return 0.0
        first = min(self.times)
        if len(self.times) == 1:
            return 1 / max(self.visited - first, DAY)
        return (len(self.times) - 1) / max(max(self.visited, self.newest) - first, 1)

    @property
    def burst(self) -> float:
        """Number of articles published at a time."""
        return max(1.0, self.articles / max(len(self.times), 1))


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which about `missing` entries were not seen; `known` are the articles before it.

    It is `dated` if its start can be compared with the dates of entries.
    """

    after: int
    before: int
    missing: int
    known: tuple[int, ...] = ()
    dated: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    """A document in order, newest first, with the dates of its entries. An `issue` has one date for all."""

    entries: tuple[Listed, ...]
    dates: tuple[int | None, ...]
    dated: bool
    ordered: bool
    issue: bool = False
    new: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "new", sum(one.new for one in self.entries))


def seen(entries: Sequence[Listed], before: Document | None, now: int) -> Document:
    """Return a document to compare the next one with."""
    dates = _dates(entries, now)
    if not _are_usable(dates):
        articles = tuple(one.article for one in entries)
        return Document(articles, _is_mixed(articles, before))
    order = sorted(range(len(entries)), key=lambda at: -(dates[at] or 0))
    return Document(tuple(entries[at].article for at in order))


def continues(entries: Sequence[Listed], last: Document | None, visited: int, now: int) -> bool:
    """Return whether a document continues the `last` one, or has nothing new."""
    new = sum(one.new for one in entries)
    if not new or len(entries) - new > new:  # pinned entries are never the majority
        return True
    return _continues(_page(entries, now), last, visited)


def measure(entries: Sequence[Listed], before: Before, now: int) -> Gap | None:
    """Return the gap in front of a document that continues nothing, or None if nothing can be missing."""
    page = _page(entries, now)
    dates = [date for one, date in zip(page.entries, page.dates, strict=True) if one.new and date is not None]
    period = _period(page, dates, before, now)
    if period is None:
        return None
    after, until, by_date = period
    events = before.rate * (until - after) if by_date else before.rate * (now - before.visited) - 1
    if events < _HALF and _may_be_replaced(page, before):
        return None
    listed = {one.article for one in entries}
    known = before.document.articles if before.document else ()
    missing = _missing(page, dates, before, after, until, by_date)
    return Gap(
        after, max(until, after + 1), missing, tuple(one for one in known if one not in listed), until < now
    )


def _page(entries: Sequence[Listed], now: int) -> _Page:
    """Return a document newest first: by its own order, if the dates agree with it, else by the dates."""
    dates = _dates(entries, now)
    if not _are_usable(dates):
        same = len(set(dates)) == 1 < len(dates) and dates[0] is not None
        return _Page(tuple(entries), tuple(dates), False, True, same)
    known = [date for date in dates if date is not None]
    falls, rises = _longest_rise([-date for date in known]), _longest_rise(known)
    order = list(range(len(entries)))
    ordered = 10 * max(falls, rises) >= 8 * len(known)
    if ordered and rises > falls:
        order.reverse()
    elif not ordered:
        order.sort(key=lambda at: -(dates[at] or 0))
    return _Page(tuple(entries[at] for at in order), tuple(dates[at] for at in order), True, ordered)


def _dates(entries: Sequence[Listed], now: int) -> list[int | None]:
    """Return the date of each entry: its latest one, unless all were updated at the same time."""
    latest = [max(one.published or 0, one.updated or 0) for one in entries]
    if len(set(latest)) == 1:
        latest = [one.published or 0 for one in entries]
    return [date if 0 < date <= now + DAY else None for date in latest]


def _are_usable(dates: Sequence[int | None]) -> bool:
    """Return whether nearly all entries have dates, and different ones."""
    known = len(dates) - dates.count(None)
    return known > 0 and 5 * known >= 4 * len(dates) and (len(dates) == 1 or len({*dates} - {None}) > 1)


def _continues(page: _Page, last: Document | None, visited: int) -> bool:
    if last is None:
        return page.new < len(page.entries)
    kept = {one.article for one in page.entries} & set(last.articles)
    if len(kept) == len(last.articles):
        return bool(kept)  # nothing has left
    articles = tuple(one.article for one in page.entries)
    if not page.dated and kept and _is_mixed(articles, last):
        return True
    if _is_on_the_way(page, last.articles, visited):
        return True
    if page.dated:
        return False
    # without dates, the newest entry may be the last one
    turned = replace(page, entries=page.entries[::-1], dates=page.dates[::-1])
    return _is_on_the_way(turned, last.articles[::-1], visited)


def _is_on_the_way(page: _Page, last: Sequence[int], visited: int) -> bool:
    """Return whether an entry of the `last` document is where it has to be.

    New entries behind it must be older by their dates, and of those that were in front of it, at least half
    must still be there.
    """
    listed = {one.article for one in page.entries}
    gone = list(accumulate((one not in listed for one in last), initial=0))
    place = {article: at for at, article in enumerate(last)}
    common = [one for one in page.entries if one.article in place]
    again = [one for one in common if max(one.published or 0, one.updated or 0) > visited]
    moved = {one.article for one in again} if len(again) < max(len(common), FEW) else set()
    behind, newest = False, 0
    for one, date in zip(reversed(page.entries), reversed(page.dates), strict=True):
        if one.new:
            behind = True
            newest = max(newest, (date or 0) if page.dated else _NEVER)
        elif (at := place.get(one.article)) is not None:
            in_place = not behind or ((date or 0) >= newest and one.article not in moved)
            if in_place and (2 * gone[at] <= at or (gone[at] == 1 and len(last) >= _DELETED)):
                return True
    return False


def _is_mixed(articles: Sequence[int], last: Document | None) -> bool:
    """Return whether the order means nothing: two documents list the same articles differently."""
    if last is None:
        return False
    place = {article: at for at, article in enumerate(last.articles)}
    common = [place[article] for article in articles if article in place]
    moved = len(common) - max(_longest_rise(common), _longest_rise(common[::-1]))
    return moved > 1 or (last.mixed and (moved > 0 or len(common) < _TELLING))


def _longest_rise(numbers: Sequence[int]) -> int:
    """Return the length of the longest subsequence that never falls."""
    ends: list[int] = []
    for number in numbers:
        at = bisect_right(ends, number)
        ends[at : at + 1] = [number]
    return len(ends)


def _period(page: _Page, dates: Sequence[int], before: Before, now: int) -> tuple[int, int, bool] | None:
    """Return start and end of a gap, and whether its end is a date; None if the document reaches back.

    Entries with dates before the last visit were not listed then: the document or its dates come late.
    """
    visited = before.visited
    if page.dated and dates:
        later = [date for date in dates if date > visited]
        if 2 * len(later) >= len(dates):
            return visited, min(later), True
        beyond = [date for date in dates if date > before.newest]
        if 5 * len(beyond) <= len(dates) and page.ordered:
            return None
        if 2 * len(beyond) >= len(dates) and before.newest and max(dates) > visited - _MONTH:
            return before.newest, min(beyond), False
    return visited, now, False


def _may_be_replaced(page: _Page, before: Before) -> bool:
    """Return whether the feed replaces its few entries or its issue as a whole, or never fills its window."""
    if len(page.entries) <= FEW:
        return True
    last = before.document
    if last is not None and 2 * len(page.entries) < len(last.articles):
        return True
    return page.issue and last is not None and 2 * before.burst >= len(last.articles)


def _missing(page: _Page, dates: Sequence[int], before: Before, after: int, until: int, by_date: bool) -> int:
    """Estimate the entries in a gap: by the usual pace, plus the beginning of the burst that follows."""
    usual, listed, length = before.rate * before.burst, len(dates), until - after
    number = usual * length - (0 if by_date or page.dated else page.new)
    if listed > FEW and (span := max(dates) - min(dates)):
        number += max(0.0, (listed - 1) / span - usual) * min(span, length)
    return min(max(1, round(number)), _MOST)


def reaches(entries: Sequence[Listed], known: frozenset[int], after: int | None) -> bool:
    """Return whether an older document reaches the entries `known` before a gap.

    If these no longer exist, several entries with dates before `after`, the start of the gap, show it.
    """
    if any(one.article in known for one in entries):
        return True
    if after is None:
        return False
    dates = [date for one in entries if (date := one.published or one.updated)]
    earlier = sum(date <= after for date in dates)
    return earlier >= min(FEW, max(len(dates), 1)) or 2 * earlier > len(dates) > 0
