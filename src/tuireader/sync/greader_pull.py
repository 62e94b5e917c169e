"""Pull entries over the Google Reader API: the ids of all entries by their marks, then what is not stored."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from itertools import islice
from typing import Protocol

from tuireader.feeds.json_values import text_of
from tuireader.sync import greader_items
from tuireader.sync.backend import Body, Entries, Known, RemoteEntry, States, Step
from tuireader.sync.entries import Odd
from tuireader.sync.greader_items import STATE, item_id, item_name
from tuireader.sync.http import Answer
from tuireader.sync.prefetch import prefetched, twice_prefetched

MOST_IDS = 100_000
MOST_LISTED = 25_000
"""Number of newest entries among which those neither unread nor starred are found."""
MOST_PAGES = 100
BATCH = 250
DAY = 86_400


class Client(Protocol):
    """The requests of a pull."""

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Ask for JSON."""
        ...

    async def post(self, path: str, form: Sequence[tuple[str, str]]) -> Answer:
        """Send a form, and ask for JSON."""
        ...


async def pull(client: Client, progress: str, known: Known) -> AsyncGenerator[Step, None]:
    """Yield the marks of all entries, then those not stored: unread, starred, others, newest first.

    All ids are requested before the marks: an entry that arrives in between then counts as unread, not read.
    Once a day, the newest unread entries are sent again, as they may have been edited.
    """
    checked = _read(progress)
    answer, newest, complete = await _ids(client, {"s": STATE + "reading-list", "n": MOST_LISTED})
    unread = await _all_ids(client, {"s": STATE + "reading-list", "xt": STATE + "read", "n": MOST_IDS})
    starred = await _all_ids(client, {"s": STATE + "starred", "n": MOST_IDS})
    yield States(frozenset(unread), frozenset(starred), frozenset([*newest, *unread, *starred]), complete)
    wanted = await known.unknown(list(dict.fromkeys([*unread, *starred, *newest])))
    now = answer.date or 0
    if not checked:
        checked = now  # a first pull has them all
    elif now - checked >= DAY:
        checked, new = now, set(wanted)
        wanted += islice((one for one in unread if one not in new), BATCH)
    contents = twice_prefetched(_prepared(prefetched(_contents(client, wanted, known)), known))
    async with aclosing(contents):
        async for entries in contents:
            yield Entries(entries, progress)
    yield Entries((), json.dumps({"checked": checked}))


def _read(progress: str) -> int:
    """Return the time when unread entries were last checked for edits, 0 for never."""
    try:
        found = json.loads(progress)["checked"] if progress else 0
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0
    return found if type(found) is int else 0


async def _ids(client: Client, params: Mapping[str, str | int]) -> tuple[Answer, list[str], bool]:
    """Return the ids of a page, and whether they are all."""
    answer = await client.get("/stream/items/ids", params)
    try:
        ids = [item_id(text_of(one, "id")) for one in answer.items("itemRefs")]
    except Odd:
        raise answer.odd() from None
    return answer, ids, not answer.value.get("continuation")


async def _all_ids(client: Client, params: Mapping[str, str | int]) -> list[str]:
    """Return the ids of all pages: an entry that is missing here loses its mark."""
    found: dict[str, None] = {}
    following: dict[str, str | int] = {}
    for _ in range(MOST_PAGES):
        answer, ids, is_last = await _ids(client, {**params, **following})
        before = len(found)
        found.update(dict.fromkeys(ids))
        if is_last:
            return list(found)
        following = {"c": str(answer.member("continuation"))}
        if len(found) == before:
            break  # it would send this page for ever
    raise answer.odd()


async def _contents(
    client: Client, wanted: Sequence[str], known: Known
) -> AsyncGenerator[tuple[Sequence[str], Answer, Body], None]:
    """Yield batches of ids with the server's answers."""
    for start in range(0, len(wanted), BATCH):
        ids = wanted[start : start + BATCH]
        answer = await client.post("/stream/items/contents", [("i", item_name(one)) for one in ids])
        try:
            body = await known.read(greader_items.read, answer.body)
        except Odd:
            raise answer.odd() from None
        yield ids, answer, body


async def _prepared(
    contents: AsyncGenerator[tuple[Sequence[str], Answer, Body], None], known: Known
) -> AsyncGenerator[tuple[RemoteEntry, ...], None]:
    """Yield batches of entries, prepared, in the order of their ids."""
    async with aclosing(contents):
        async for ids, answer, body in contents:
            found = {one.id: one for one in await known.prepare(body)}
            if not found.keys() <= set(ids):
                raise answer.odd()  # the server interprets ids differently
            yield tuple(found[one] for one in ids if one in found)
