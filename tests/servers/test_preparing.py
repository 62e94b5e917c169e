"""Many entries are prepared in another process, to what the store would make of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model import ParsedEntry
from tuireader.model.accounts import RemoteEntry
from tuireader.subprocesses.worker import Worker
from tuireader.sync.preparing import Preparer


@pytest.fixture
async def preparer() -> AsyncIterator[Preparer]:
    async with Preparer() as made:
        yield made


def entry(number: int, title: str = "Ferries take another ticket") -> RemoteEntry:
    """An entry of one of two feeds."""
    url = f"https://site.example/{number}" if title else ""
    text = f"<p>Entry {number} names <a href='https://other.example/x'>another</a>.</p>" if title else ""
    parsed = ParsedEntry(guid=str(number), title=title, url=url, content_html=text)
    return RemoteEntry(str(number), str(number % 2), parsed, read=False, starred=False)


async def test_many_entries_come_back_prepared_without_those_that_have_nothing_to_store(
    preparer: Preparer,
) -> None:
    sent = [entry(number) for number in range(120)]
    done = await preparer.prepare([*sent, entry(200, title=""), replace(sent[3], read=True)])
    bare = [replace(one, keys=None, prepared=None) for one in done]
    expected = [*sent[:3], replace(sent[3], read=True), *sent[4:]]
    assert sorted(bare, key=lambda one: int(one.id)) == expected  # the last of two with one id
    for one in done:
        page = [other.entry for other in expected if other.feed_id == one.feed_id]
        found = {entry.guid: keys for entry, keys in dedup.unique_entries(page).values()}
        assert (one.prepared, one.keys) == (prepare(one.entry), found[one.id])


async def test_a_few_entries_are_not_worth_a_process(preparer: Preparer) -> None:
    few = [entry(number) for number in range(20)]
    assert await preparer.prepare(few) == tuple(few)


async def test_beside_the_reader_entries_are_left_to_the_store() -> None:
    many = tuple(entry(number) for number in range(120))
    async with Preparer(apart=False) as preparer:
        preparer.start()
        assert await preparer.prepare(many) == many
        assert preparer.worker.process is None


async def test_entries_are_left_to_the_store_if_there_can_be_no_process(preparer: Preparer) -> None:
    many = tuple(entry(number) for number in range(120))
    assert all(one.prepared for one in await preparer.prepare(many))
    process = preparer.worker.process
    assert process is not None
    process.kill()
    await process.wait()
    assert all(one.prepared for one in await preparer.prepare(many))  # by another one
    preparer.worker = Worker("tuireader.no_such_module")
    assert await preparer.prepare(many) == many
    await preparer.worker.aclose()
