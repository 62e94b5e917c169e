"""Find out whether entries came and went between two visits to a feed. Pure: `now` is an argument.

A feed lists only its newest entries. Between two visits, old ones leave the list at its end; as long as one
of the entries of the last visit is still on its way out, nothing was missed. If all have left, the list was
replaced, and there may be a gap: entries that nobody has seen.

Being in both lists is not enough: an entry that is pinned to the top, or published again, stays or returns
whatever happens in between. Such an entry is out of place: new entries stand behind it, or those that were in
front of it are gone. Where the order of a document means nothing and there are no dates, it is out of turn:
those that arrived after it are gone.

A document is compared with several before it: a server may once send an old or a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from tuireader.model import NewGap
from tuireader.text.durations import DAY
from tuireader.timing.documents import Document as Document
from tuireader.timing.documents import Listed as Listed
from tuireader.timing.documents import Page, by_date, longest_rise, page_of

FEW = 3  # a document with this few entries or dates is often replaced as a whole: the issue of the day
_HALF = 0.5
_MOST = 10_000
_MONTH = 31 * DAY
_NEVER = 1 << 62
_TELLING = 8  # number of articles that rarely have the same order twice by chance
_DELETED = 5  # minimum length of a document to tell a deleted entry from a pinned one
_EARLIER = 2
_PINS = 5


class Before(Struct, frozen=True):
    """Facts about a feed before this visit.

    `document` is the last one with news (None: unknown); `visited` the last successful visit; `times` are the
    distinct times of its newest articles, and `articles` the number of articles with these times.
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
        """Number of distinct publication times per second, 0 if unknown."""
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


def seen(entries: Sequence[Listed], before: Document | None, now: int) -> Document:
    """Build the document with which to compare the next one."""
    page = page_of(entries, now)
    articles = (by_date(page) if page.dated else page).articles
    if before is None:
        return Document(articles)
    mixed = before.mixed and None in page.dates if page.dated else _is_mixed(page, before)
    if articles == before.articles:
        return replace(before, mixed=mixed)
    return Document(articles, mixed, before.all[:_EARLIER])


def is_mostly_known(entries: Sequence[Listed]) -> bool:
    """Return whether a document need not be compared with earlier ones: pinned entries are a minority."""
    new = sum(entry.new for entry in entries)
    return not new or len(entries) - new > new


def continues(
    entries: Sequence[Listed],
    last: Document | None,
    visited: int,
    now: int,
    arrived: Mapping[int, int] | None = None,
) -> bool:
    """Return whether a document continues the `last` one or one before it, or has nothing new.

    `arrived` maps the articles of these documents to their times of arrival.
    """
    if is_mostly_known(entries):
        return True
    page = page_of(entries, now)
    if last is None:
        return page.new < len(page.entries)
    documents, known, listed = last.all, arrived or {}, set(page.articles)
    if page.dated:  # republished articles count as new
        dates = dict(zip(page.articles, page.dates, strict=True))
        known = {
            article: now if (dates.get(article) or 0) > time else time for article, time in known.items()
        }
    stale = {
        article
        for document in documents
        for article in listed.intersection(document)
        if not _is_in_turn(article, document, listed, known)
    }
    return any(_follows(page, document, last.mixed, visited, known, stale) for document in documents)


def measure(entries: Sequence[Listed], before: Before, now: int) -> NewGap | None:
    """Measure the gap in front of a document that continues nothing; None if nothing can be missing."""
    page = page_of(entries, now)
    dates = [
        date for entry, date in zip(page.entries, page.dates, strict=True) if entry.new and date is not None
    ]
    period = _period(page, dates, before, now)
    if period is None:
        return None
    after, until, by_date = period
    events = before.rate * (until - after) if by_date else before.rate * (now - before.visited) - 1
    if events < _HALF and _may_be_replaced(page, before):
        return None
    listed = set(page.articles)
    known = before.document.articles if before.document else ()
    return NewGap(
        after=after,
        before=max(until, after + 1),
        missing=_missing(page, dates, before, after, until, by_date),
        known=tuple(article for article in known if article not in listed),
        dated=until < now,
    )


def _follows(
    page: Page,
    before: Sequence[int],
    mixed: bool,
    visited: int,
    arrived: Mapping[int, int],
    stale: AbstractSet[int],
) -> bool:
    """Return whether a document continues one `before` it. `stale` articles are out of turn."""
    listed = set(page.articles)
    kept = [article for article in before if article in listed]
    if not kept or len(kept) == len(before):
        return bool(kept)  # everything has left, or nothing
    if page.dated and not page.days and None not in page.dates:
        return _is_on_the_way(page, before, visited) or _is_on_the_way(by_date(page), before, visited)
    in_turn = set(kept) - stale
    if page.dated:
        return bool(in_turn) and _is_on_the_way(page, before, visited, stale if page.days else None)
    times = [arrived.get(article, 0) for article in before]
    if min(times) < max(times) == max((arrived.get(article, 0) for article in in_turn), default=0):
        return True  # one of the latest is left
    if mixed or _has_no_order(page, before, arrived, stale) or _is_mixed(page, Document(tuple(before))):
        return bool(in_turn)
    if _is_on_the_way(page, before, visited):
        return True
    # without dates, the newest entry may be the last one
    return _is_on_the_way(page.reversed(), before[::-1], visited)


def _is_in_turn(
    article: int, before: Sequence[int], listed: AbstractSet[int], arrived: Mapping[int, int]
) -> bool:
    """Return whether an article may still be listed: of those that arrived later, at least half are."""
    own = arrived.get(article, 0)
    later = [other for other in before if arrived.get(other, 0) > own]
    gone = sum(other not in listed for other in later)
    return 2 * gone <= len(later) or (gone == 1 and len(later) > 1)


def _has_no_order(
    page: Page, before: Sequence[int], arrived: Mapping[int, int], stale: AbstractSet[int]
) -> bool:
    times = [arrived.get(article, 0) for article in before if article not in stale]
    if len(set(times)) > 1:
        apart = len(times) - max(longest_rise(times), longest_rise([-time for time in times]))
        return apart > 1 and 4 * apart > len(times)
    # all arrived together; pinned entries are at an end of the new document, others are among the new ones
    new = [at for at, entry in enumerate(page.entries) if entry.new]
    kept = [at for at, entry in enumerate(page.entries) if entry.article in set(before)]
    return 2 * sum(new[0] < at < new[-1] for at in kept) > len(kept)


def _is_on_the_way(
    page: Page, before: Sequence[int], visited: int, stale: AbstractSet[int] | None = None
) -> bool:
    """Return whether an entry of the document `before` is where it has to be.

    New entries behind it must be older by their dates, and of those that were in front of it, at least half
    must still be there. If `stale` is given, the entry must instead not be one of these.
    """
    listed = set(page.articles)
    place = {article: at for at, article in enumerate(before)}
    common = [entry for entry in page.entries if entry.article in place]
    again = [entry for entry in common if max(entry.published or 0, entry.updated or 0) > visited]
    moved = {entry.article for entry in again} if len(again) < max(len(common), FEW) else set()

    def is_left(article: int) -> bool:
        if stale is not None:
            return article not in stale
        front = before[: place[article]]
        gone = sum(other not in listed for other in front)
        return 2 * gone <= len(front) or (gone == 1 and len(before) >= _DELETED)

    behind, newest = False, 0
    for entry, date in zip(reversed(page.entries), reversed(page.dates), strict=True):
        if entry.new:
            behind = True
            newest = max(newest, (date or 0) if page.dated else _NEVER)
        elif entry.article in place:
            in_place = not behind or ((date or 0) >= newest and entry.article not in moved)
            if in_place and is_left(entry.article):
                return True
    return False


def _is_mixed(page: Page, last: Document) -> bool:
    """Return whether the order means nothing: known entries have moved, or new ones are among them."""
    place = {article: at for at, article in enumerate(last.articles)}
    common = [place[article] for article in page.articles if article in place]
    moved = len(common) - max(longest_rise(common), longest_rise(common[::-1]))
    known = [not entry.new for entry in page.entries]
    pins = min(_PINS, len(known) // 3)
    among = any(
        min(sum(known[:at]), sum(known[at:])) > pins for at, entry in enumerate(page.entries) if entry.new
    )
    if moved > 1 or among:
        return True
    settled = not page.new or page.new >= FEW  # a few new ones are together by chance
    return last.mixed and (moved > 0 or len(common) < _TELLING or not settled)


def _period(page: Page, dates: Sequence[int], before: Before, now: int) -> tuple[int, int, bool] | None:
    """Return start and end of a gap, and whether its end is a date; None if the document reaches back.

    If entries dated before the last visit were not listed then, the document or its dates come late.
    """
    visited, slack = before.visited, DAY - 1 if page.days else 0
    if page.dated and dates:
        later = [date for date in dates if date + slack > visited]
        if 2 * len(later) >= len(dates):
            return visited, min(later), True
        beyond = [date for date in dates if date + slack > before.newest]
        if 5 * len(beyond) <= len(dates) and page.ordered:
            return None
        if 2 * len(beyond) >= len(dates) and before.newest and max(dates) > visited - _MONTH:
            return before.newest, min(beyond), False
    return visited, now, False


def _may_be_replaced(page: Page, before: Before) -> bool:
    """Return whether entries may be gone because the feed replaces all it lists, not because it was too full.

    So do feeds of a few entries and of whole issues, and those that list fewer than half of the last time.
    """
    if len(page.entries) <= FEW:
        return True
    last = before.document
    if last is not None and 2 * len(page.entries) < len(last.articles):
        return True
    return page.issue and last is not None and 2 * before.burst >= len(last.articles)


def _missing(page: Page, dates: Sequence[int], before: Before, after: int, until: int, by_date: bool) -> int:
    """Estimate the entries in a gap: by the usual pace, plus the beginning of the burst that follows."""
    usual, listed, length = before.rate * before.burst, len(dates), until - after
    number = usual * length - (0 if by_date or page.dated else page.new)
    if listed > FEW and (span := max(dates) - min(dates)):
        number += max(0.0, (listed - 1) / span - usual) * min(span, length)
    return min(max(1, round(number)), _MOST)


def reaches(entries: Sequence[Listed], known: frozenset[int], after: int | None) -> bool:
    """Return whether an older document reaches the entries `known` before a gap.

    If these no longer exist, several entries dated before `after`, the start of the gap, are enough.
    """
    if any(entry.article in known for entry in entries):
        return True
    if after is None:
        return False
    dates = [date for entry in entries if (date := entry.published or entry.updated)]
    earlier = sum(date <= after for date in dates)
    return earlier >= min(FEW, max(len(dates), 1)) or 2 * earlier > len(dates) > 0
