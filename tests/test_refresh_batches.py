"""What is stored in one transaction of a refresh: as much as comes soon, and nothing waits for long."""

from __future__ import annotations

import asyncio

from tuireader.feeds.backpressure import MemoryBudget
from tuireader.ingest.refresh import Outcome, batches
from tuireader.model import FetchJob, NotModified
from tuireader.store.feeds import FeedFacts


def outcome(number: int) -> Outcome:
    url = f"https://example.org/{number}"
    known = FeedFacts(number, url, "", "ok", None, None, None, None, None, None, 0, None, "", 0)
    reservation = MemoryBudget().reserve()
    return Outcome(known, NotModified(FetchJob(number, url), None, None, None, False), reservation)


async def sizes(outcomes: asyncio.Queue[Outcome | None]) -> list[int]:
    return [len(batch) async for batch in batches(outcomes)]


async def test_what_lies_there_is_one_batch_up_to_a_limit() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    for number in range(70):
        outcomes.put_nowait(outcome(number))
    outcomes.put_nowait(None)

    assert await sizes(outcomes) == [32, 32, 6]


async def test_answers_that_come_one_by_one_are_stored_together() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue(maxsize=1)

    async def drip() -> None:
        for number in range(20):
            await outcomes.put(outcome(number))
        await outcomes.put(None)

    dripping = asyncio.create_task(drip())
    found = await sizes(outcomes)
    await dripping

    assert sum(found) == 20
    assert len(found) <= 3


async def test_an_answer_does_not_wait_for_one_that_does_not_come() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    outcomes.put_nowait(outcome(1))
    stream = batches(outcomes)

    async with asyncio.timeout(5):
        assert len(await anext(stream)) == 1
    outcomes.put_nowait(outcome(2))  # nothing that comes just as the wait ends is lost
    outcomes.put_nowait(None)
    assert [len(batch) async for batch in stream] == [1]
