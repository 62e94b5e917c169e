"""Large answers are read in another process, to what the store would make of their entries."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model.accounts import RemoteEntry
from tuireader.subprocesses.worker import Worker
from tuireader.sync.backend import Body
from tuireader.sync.entries import Odd
from tuireader.sync.greader import items as greader_items
from tuireader.sync.miniflux import items as miniflux_items
from tuireader.sync.preparing import Preparer

MANY = 120


@pytest.fixture
async def preparer() -> AsyncIterator[Preparer]:
    async with Preparer() as made:
        yield made


def entry(number: int, title: str = "Ferries take another ticket", **other: Any) -> dict[str, Any]:
    """An entry of one of two feeds, as Miniflux sends it."""
    text = f"<p>Entry {number} names <a href='https://other.example/x'>another</a>. {'More. ' * 500}</p>"
    contents = {"title": title, "url": f"https://site.example/{number}", "content": text} if title else {}
    return {"id": number, "feed_id": number % 2, "status": "unread", "starred": False, **contents, **other}


def answer(entries: list[dict[str, Any]], total: int = 1_000) -> bytes:
    """The body of an answer of Miniflux."""
    return json.dumps({"entries": entries, "total": total}).encode()


ENTRIES = [entry(number, status=("read", "unread")[number % 3 == 0]) for number in range(1, MANY + 1)]


async def test_the_next_request_needs_only_the_head_of_a_large_answer(preparer: Preparer) -> None:
    raw = answer([*ENTRIES, entry(200, status="removed")])
    head, whole = await preparer.read(miniflux_items.read, raw), miniflux_items.read(raw)
    assert (head.gone, head.last, head.more) == (whole.gone, whole.last, whole.more) == (("200",), 200, True)
    assert not head.entries
    assert {one.id for one in await preparer.prepare(head)} == {one.id for one in whole.entries}


async def test_entries_of_a_large_answer_come_prepared_without_those_that_have_nothing_to_store(
    preparer: Preparer,
) -> None:
    sent = [*ENTRIES, entry(200, title=""), ENTRIES[3] | {"status": "read"}]
    done = await preparer.prepare(await preparer.read(miniflux_items.read, answer(sent)))
    expected = miniflux_items.read(answer([*ENTRIES[:3], ENTRIES[3] | {"status": "read"}, *ENTRIES[4:]]))
    assert bare(done) == bare(expected.entries)  # the last of two with one id
    for one in done:
        page = [other.entry for other in expected.entries if other.feed_id == one.feed_id]
        found = {entry.guid: keys for entry, keys in dedup.unique_entries(page).values()}
        assert (one.prepared, one.keys) == (prepare(one.entry), found[one.id])


def bare(entries: tuple[RemoteEntry, ...]) -> list[Any]:
    """What entries say, in the order of their ids."""
    return sorted((int(one.id), one.feed_id, one.read, one.starred, repr(one.entry)) for one in entries)


async def test_pages_can_be_read_ahead(preparer: Preparer) -> None:
    pages = [ENTRIES[:100], ENTRIES[20:]]
    heads = [await preparer.read(miniflux_items.read, answer(page)) for page in pages]
    for page, head in reversed(list(zip(pages, heads, strict=True))):
        assert bare(await preparer.prepare(head)) == bare(miniflux_items.read(answer(page)).entries)


async def test_items_of_the_google_reader_api_are_read_as_well(preparer: Preparer) -> None:
    items = [
        {
            "id": str(one["id"]),
            "title": one["title"],
            "origin": {"streamId": "feed/1"},
            "categories": ["user/-/state/com.google/starred"],
            "summary": {"content": one["content"]},
        }
        for one in ENTRIES
    ]
    raw = json.dumps({"items": [*items, {"id": None}]}).encode()
    body, here = await preparer.read(greader_items.read, raw), greader_items.read(raw)
    assert not body.entries and here.unreadable == 1
    assert (body.gone, body.last, body.more, body.unreadable, body.total) == (
        here.gone, here.last, here.more, here.unreadable, here.total,
    )  # fmt: skip
    assert bare(await preparer.prepare(body)) == bare(here.entries)


async def test_the_process_ends_with_its_reader() -> None:
    async with Preparer() as preparer:
        await preparer.prepare(await preparer.read(miniflux_items.read, answer(ENTRIES)))
        process = preparer.worker.process
        assert process is not None and process.returncode is None
    assert process.returncode is not None and preparer.worker.process is None


async def test_a_small_answer_is_not_worth_a_process(preparer: Preparer) -> None:
    await read_here(preparer, answer(ENTRIES[:20]))


async def test_beside_the_reader_answers_are_read_here() -> None:
    async with Preparer(apart=False) as preparer:
        preparer.start()
        await read_here(preparer, answer(ENTRIES))


async def read_here(preparer: Preparer, raw: bytes) -> None:
    """Read an answer, and require that no process did."""
    body = await preparer.read(miniflux_items.read, raw)
    assert body == miniflux_items.read(raw)
    assert await preparer.prepare(body) == body.entries
    assert preparer.worker.process is None


@pytest.mark.parametrize("raw", [b"{" * 400_000, answer([*ENTRIES, entry(0, status="lost")])])
async def test_an_odd_answer_is_reported_whatever_its_size(preparer: Preparer, raw: bytes) -> None:
    with pytest.raises(Odd):
        await preparer.read(miniflux_items.read, raw)
    assert (await preparer.read(miniflux_items.read, answer(ENTRIES))).last == MANY


async def test_answers_are_read_here_if_there_can_be_no_process(preparer: Preparer) -> None:
    raw = answer(ENTRIES)
    whole = miniflux_items.read(raw)
    head = await preparer.read(miniflux_items.read, raw)
    await kill(preparer)
    assert await preparer.prepare(head) == whole.entries  # unprepared: the new process has not read it
    head = await preparer.read(miniflux_items.read, raw)
    assert is_prepared(head, await preparer.prepare(head))
    await kill(preparer)
    preparer.worker = Worker("tuireader.no_such_module")
    assert await preparer.read(miniflux_items.read, raw) == whole
    await preparer.worker.aclose()


async def kill(preparer: Preparer) -> None:
    """Kill the process."""
    process = preparer.worker.process
    assert process is not None
    process.kill()
    await process.wait()


def is_prepared(head: Body, entries: tuple[RemoteEntry, ...]) -> bool:
    """Return whether another process made these entries of a page."""
    return not head.entries and all(one.prepared for one in entries)
