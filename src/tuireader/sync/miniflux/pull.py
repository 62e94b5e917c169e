"""Pull entries from Miniflux, page by page, so that a stop at any point loses nothing.

The first pull takes the unread entries, then the starred, then the rest, newest first. Later ones take what
changed, in the order of ids. Pages begin at an id (never at an offset), so changes meanwhile shift none.
Servers do not list what they removed, so the numbers of each feed are compared at the end.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from tuireader.sync.backend import AccountError, Body, Entries, Known, Listed, Refusal, RemoteEntry, Step
from tuireader.sync.entries import Odd
from tuireader.sync.http import Answer, BodyTooLarge, Http, NotFound, Params
from tuireader.sync.miniflux import items as miniflux_items
from tuireader.sync.paging import MOST_ENTRIES, Bounds, prefetched, twice_prefetched
from tuireader.text.durations import DAY

SOON = 100  # entries of the first page, which is shown while the next one is made
PAGE = 1000  # most entries of a page, which Miniflux bounds as well
_PAGE_BYTES = 2_500_000
"""Intended bytes of a page: long texts make pages of fewer entries, so memory stays bounded."""
CHECKED = 500  # newest unread entries that are checked for edits
OVERLAP = 30  # seconds of overlap: a change is dated at the start of its transaction
FIRST: Mapping[str, Params] = {
    "unread": {"status": "unread"},
    "starred": {"status": "read", "starred": "true"},
    "read": {"status": "read", "starred": "false"},
}
"""Phases of the first pull: their order and their filters."""

Counts = tuple[int, int]  # numbers of read and unread entries of a feed
NONE: Counts = (0, 0)


class Progress(Struct, frozen=True):
    """State of a pull; all times are the server's, in seconds, and 0 for none.

    `since` is the start of the last complete pull, `started` that of the running one. `cursor` is the id of
    the last entry in `phase`. `checked` is the time when unread entries were last checked for edits.
    `accepted` are numbers of feeds, the server's and then the store's, that still differ after a pull of
    the whole feed.
    """

    since: int = 0
    started: int = 0
    phase: str = ""
    cursor: int = 0
    checked: int = 0
    accepted: Mapping[str, list[int]] = field(default_factory=dict)

    def text(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def read(text: str) -> Progress:
    """Parse a stored progress; an unreadable one starts a first pull, which does no harm."""
    with suppress(ValueError, TypeError, RecursionError):
        progress = Progress(**json.loads(text)) if text else Progress()
        numbers = (progress.since, progress.started, progress.cursor, progress.checked)
        if all(type(number) is int for number in numbers) and isinstance(progress.accepted, dict):
            return progress
    return Progress()


async def pull(http: Http, progress: str, known: Known) -> AsyncGenerator[Step, None]:
    """Yield what changed since `progress`."""
    state, source = read(progress), _Source(http, known)
    is_first = not state.since
    pages = twice_prefetched(_prepared(source, prefetched(_walk(source, state))))
    async with aclosing(pages):
        async for entries, body, state in pages:
            left = body.total if is_first else 0
            yield Entries(entries, state.text(), body.gone, body.unreadable, left=left)
    if state.since - state.checked >= DAY:
        body, _ = await source.page(FIRST["unread"], 0, descending=True, limit=CHECKED)
        state = replace(state, checked=state.since)
        yield Entries(await known.prepare(body), state.text(), body.gone, body.unreadable)
    async for step in _compare(source, state):
        yield step


class _Source:
    """The server's pages: a small one first, shown while the next one is made, then as large as is good."""

    def __init__(self, http: Http, known: Known) -> None:
        self.http = http
        self.known = known
        self._limit = SOON
        self._bounds = Bounds()

    async def pages(
        self, filters: Params, cursor: int, *, descending: bool, path: str = "/v1/entries"
    ) -> AsyncGenerator[tuple[Body, int], None]:
        """Ask for all pages from `cursor` on, each with the server's time."""
        more = True
        while more:
            body, date = await self.page(filters, cursor, descending=descending, path=path)
            cursor, more = body.last, body.more
            yield body, date

    async def prepare(self, body: Body) -> tuple[RemoteEntry, ...]:
        """Complete the entries of a body. Raises AccountError if the server's pages would never end."""
        entries = await self.known.prepare(body)
        if not self._bounds.advances([*(entry.id for entry in entries), *body.gone]) and body.more:
            raise AccountError(Refusal.ANSWER, f"{self.http.host} sends the same entries again and again")
        if self._bounds.is_full and body.more:
            more = f"{self.http.host} has more than {MOST_ENTRIES:,} entries to send"
            raise AccountError(Refusal.AWAY, more, "the next sync continues")
        return entries

    async def page(
        self, filters: Params, cursor: int, *, descending: bool, path: str = "/v1/entries", limit: int = 0
    ) -> tuple[Body, int]:
        """Ask for the page after `cursor`; a smaller one if its texts are too long for one answer."""
        order = {"order": "id", "direction": "desc" if descending else "asc"}
        after = {"before_entry_id" if descending else "after_entry_id": cursor} if cursor else {}
        limit = min(limit or self._limit, PAGE)
        while True:
            try:
                asked = {**filters, **order, **after, "limit": limit}
                answer = await self.http.ask("GET", path, params=asked)
            except BodyTooLarge:
                if limit == 1:
                    raise
                limit = max(limit // 8, 1)
                continue
            try:
                body = await self.known.read(miniflux_items.read, answer.body)
            except Odd:
                raise answer.odd() from None
            moves = body.last < cursor if descending else body.last > cursor
            if answer.date is None or (cursor and body.last and not moves):
                raise answer.odd()  # the server would send this page for ever
            if body.more:
                self._limit = max(limit * _PAGE_BYTES // len(answer.body), 1)
            return body, answer.date


async def _walk(source: _Source, state: Progress) -> AsyncGenerator[tuple[Body, Progress], None]:
    """Yield the pages of all phases that are left, each with the progress after it."""
    phases = list(FIRST) if not state.since else ["changed"]
    start = phases.index(state.phase) if state.phase in phases else 0
    for phase in phases[start:]:
        if state.phase != phase:
            state = replace(state, phase=phase, cursor=0)
        filters = FIRST.get(phase) or {"changed_after": max(state.since - OVERLAP, 1)}
        pages = source.pages(filters, state.cursor, descending=phase != "changed")
        async with aclosing(pages):
            async for body, date in pages:
                state = replace(state, started=state.started or date, cursor=body.last or state.cursor)
                if not body.more:
                    state = _after(state, phases)
                yield body, state


def _after(state: Progress, phases: list[str]) -> Progress:
    following = phases[phases.index(state.phase) + 1 :]
    if following:
        return replace(state, phase=following[0], cursor=0)
    checked = state.checked if state.since else state.started  # a first pull has checked all of them
    return replace(state, since=state.started, started=0, phase="", cursor=0, checked=checked)


async def _prepared(
    source: _Source, pages: AsyncGenerator[tuple[Body, Progress], None]
) -> AsyncGenerator[tuple[tuple[RemoteEntry, ...], Body, Progress], None]:
    async with aclosing(pages):
        async for body, state in pages:
            yield await source.prepare(body), body, state


async def _compare(source: _Source, state: Progress) -> AsyncGenerator[Step, None]:
    """Compare the numbers of each feed with the store's, and pull those that differ in full.

    A difference that remains is accepted until one of the numbers changes, unless nothing is stored of the
    feed: the store may not have known it yet. Feeds whose last list was doubted are listed again.
    """
    answer = await source.http.ask("GET", "/v1/feeds/counters")
    theirs, ours = _counters(answer), await source.known.counts()
    doubted = await source.known.doubted()
    differing: dict[str, list[int]] = {}
    accepted: dict[str, list[int]] = {}
    for feed_id in sorted({*theirs, *ours}):
        there, here = theirs.get(feed_id, NONE), ours.get(feed_id, NONE)
        numbers = [*there, *here]
        if feed_id in doubted:
            differing[feed_id] = numbers
        elif there != here:
            differing[feed_id] = numbers
            if state.accepted.get(feed_id) == numbers:
                accepted[feed_id] = numbers
    for feed_id in [feed_id for feed_id in differing if feed_id not in accepted]:
        there, here = theirs.get(feed_id, NONE), ours.get(feed_id, NONE)
        async for step in _all_entries(source, feed_id, replace(state, accepted=accepted)):
            if isinstance(step, Listed) and not step.ids and any(there):
                raise answer.odd()  # the server counts entries that it does not list
            yield step
        if any(here):
            accepted = {**accepted, feed_id: differing[feed_id]}
        yield Entries((), replace(state, accepted=accepted).text())
    if accepted != state.accepted:
        yield Entries((), replace(state, accepted=accepted).text())


async def _all_entries(source: _Source, feed_id: str, state: Progress) -> AsyncGenerator[Step, None]:
    """Yield all entries of a feed, then their ids; nothing if it is gone: the list of feeds shows that."""
    ids: set[str] = set()
    unreadable = 0
    try:
        path = f"/v1/feeds/{feed_id}/entries"
        async for body, _ in source.pages({}, 0, descending=False, path=path):
            entries = await source.prepare(body)
            ids.update(entry.id for entry in entries)
            unreadable += body.unreadable
            yield Entries(entries, state.text(), body.gone)  # unreadable ones were counted as they arrived
    except AccountError as error:
        if isinstance(error, NotFound) or error.refusal is Refusal.REQUEST:
            return
        raise
    if not unreadable:  # else the list is not known to be complete
        yield Listed(feed_id, frozenset(ids))


def _counters(answer: Answer) -> dict[str, Counts]:
    reads, unreads = answer.member("reads"), answer.member("unreads")
    if not isinstance(reads, dict) or not isinstance(unreads, dict):
        raise answer.odd()
    if not all(type(number) is int for number in (*reads.values(), *unreads.values())):
        raise answer.odd()
    return {feed_id: (reads.get(feed_id, 0), unreads.get(feed_id, 0)) for feed_id in {*reads, *unreads}}
