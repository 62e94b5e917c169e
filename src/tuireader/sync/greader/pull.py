"""Pull entries over the Google Reader API: the ids of all entries by their marks, then what is not stored."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from itertools import islice
from typing import Protocol

from tuireader.feeds.parse.json_values import text_of
from tuireader.sync.backend import Body, Entries, Known, NotReturned, RemoteEntry, States, Step
from tuireader.sync.entries import Odd
from tuireader.sync.greader import items as greader_items
from tuireader.sync.greader.items import STATE, item_id, item_name
from tuireader.sync.http import Answer, Form, Params
from tuireader.sync.paging import MOST_ENTRIES, Bounds, prefetched, twice_prefetched
from tuireader.text.durations import DAY

MOST_IDS = 100_000
MOST_LISTED = 25_000
"""Number of newest entries among which those neither unread nor starred are found."""
BATCH = 250


class Client(Protocol):
    """The requests of a pull."""

    async def get(self, path: str, params: Params | None = None) -> Answer: ...

    async def post(self, path: str, form: Form) -> Answer: ...


async def pull(client: Client, progress: str, known: Known) -> AsyncGenerator[Step, None]:
    """Yield the marks of all entries, then those not stored: unread, starred, others, newest first.

    All ids are requested before the marks: an entry that arrives in between then counts as unread, not read.
    Entries that left the lists of unread or starred ones are requested as well: a list may be short. Once a
    day, the newest unread entries are sent again, as they may have been edited.
    """
    checked = _read(progress)
    answer, newest, complete = await _ids(client, {"s": STATE + "reading-list", "n": MOST_LISTED})
    unread = await _all_ids(client, {"s": STATE + "reading-list", "xt": STATE + "read", "n": MOST_IDS})
    starred = await _all_ids(client, {"s": STATE + "starred", "n": MOST_IDS})
    yield States(frozenset(unread), frozenset(starred), frozenset([*newest, *unread, *starred]), complete)
    wanted = await known.unknown(list(dict.fromkeys([*unread, *starred, *newest])))
    unsure = await known.unsure()
    now = answer.date or 0
    left = 0 if checked else len(unsure) + len(wanted)
    if not checked:
        checked = now  # a first pull has them all
    elif now - checked >= DAY:
        checked, new = now, {*wanted, *unsure}
        wanted += islice((entry_id for entry_id in unread if entry_id not in new), BATCH)
    contents = twice_prefetched(_prepared(prefetched(_contents(client, [*unsure, *wanted], known)), known))
    not_found = set(unsure)
    async with aclosing(contents):
        async for entries, unreadable in contents:
            not_found -= {entry.id for entry in entries}
            yield Entries(entries, progress, unreadable=unreadable, left=left)
            left = max(0, left - BATCH)
    if not_found and not complete:
        yield NotReturned(frozenset(not_found))
    yield Entries((), json.dumps({"checked": checked}))


def _read(progress: str) -> int:
    """Time when unread entries were last checked for edits, 0 for never."""
    try:
        checked = json.loads(progress)["checked"] if progress else 0
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return checked if type(checked) is int else 0


async def _ids(client: Client, params: Params) -> tuple[Answer, list[str], bool]:
    """Ask for a page of ids; return them with whether they are all."""
    answer = await client.get("/stream/items/ids", params)
    references = answer.member("itemRefs")
    if not isinstance(references, list):
        raise answer.odd()
    ids = []
    for reference in references:
        with suppress(Odd):
            ids.append(item_id(text_of(reference, "id") if isinstance(reference, dict) else ""))
    if references and not ids:
        raise answer.odd()
    return answer, ids, len(ids) == len(references) and not answer.value.get("continuation")


async def _all_ids(client: Client, params: Params) -> list[str]:
    """Collect the ids of all pages, or as many as a pull may bring."""
    ids: dict[str, None] = {}
    following: dict[str, str | int] = {}
    bounds = Bounds()
    while True:
        answer, page, _ = await _ids(client, {**params, **following})
        ids.update(dict.fromkeys(page))
        continuation = str(answer.value.get("continuation") or "")
        if not continuation or bounds.is_full:
            return list(ids)
        if continuation == following.get("c") or not bounds.advances(page):
            raise answer.odd()  # the server would send pages for ever
        following = {"c": continuation}


async def _contents(
    client: Client, wanted: Sequence[str], known: Known
) -> AsyncGenerator[tuple[Sequence[str], Answer, Body], None]:
    for start in range(0, min(len(wanted), MOST_ENTRIES), BATCH):
        ids = wanted[start : start + BATCH]
        answer = await client.post("/stream/items/contents", [("i", item_name(entry_id)) for entry_id in ids])
        try:
            body = await known.read(greader_items.read, answer.body)
        except Odd:
            raise answer.odd() from None
        yield ids, answer, body


async def _prepared(
    contents: AsyncGenerator[tuple[Sequence[str], Answer, Body], None], known: Known
) -> AsyncGenerator[tuple[tuple[RemoteEntry, ...], int], None]:
    """Yield batches of entries, prepared, in the order of their ids, with the number of unreadable ones."""
    async with aclosing(contents):
        async for ids, answer, body in contents:
            by_id = {entry.id: entry for entry in await known.prepare(body)}
            if not by_id.keys() <= set(ids):
                raise answer.odd()  # the server interprets ids differently
            yield tuple(by_id[entry_id] for entry_id in ids if entry_id in by_id), body.unreadable
