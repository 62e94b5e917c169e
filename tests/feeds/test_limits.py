"""Limits on fetching, alone: servers that asked to wait, large bodies, and requests at a time."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mails import deliver, mail, maildir
from tests.processes import PATIENCE
from tuireader.feeds.http.backpressure import (
    CROWD,
    SPARE_FILES,
    MemoryBudget,
    RequestLimits,
    Reservation,
    wait_untimed,
)
from tuireader.feeds.http.errors import Refused
from tuireader.feeds.http.pauses import Pauses
from tuireader.feeds.mail.source import MailFolders
from tuireader.feeds.program import Programs
from tuireader.model import SILENCE, Fault, Fetched, FetchFailed, FetchJob, FetchResult, Source

SERVER = "slow.example:443"
JOB = FetchJob(1, "https://slow.example/feed")
FETCHED = Fetched(JOB, JOB.url, b"", b"")


def failed(fault: Fault, status: int | None = None) -> FetchFailed:
    return FetchFailed(JOB, fault, "", status=status)


async def test_a_server_on_trial_is_asked_by_one_request_until_it_answers() -> None:
    """After its first answer its other feeds come at once, not one after the other."""
    steps: list[str] = []

    async def fetch() -> FetchResult:
        steps.append("ask")
        await asyncio.sleep(0)
        steps.append("end")
        return FETCHED

    pauses = Pauses(lambda: 0.0, [SERVER])
    await asyncio.gather(*(pauses.in_turn(SERVER, fetch) for _ in range(3)))
    assert steps == ["ask", "end", "ask", "ask", "end", "end"]
    steps.clear()
    await asyncio.gather(*(pauses.in_turn("other.example", fetch) for _ in range(2)))
    assert steps == ["ask", "ask", "end", "end"]


@pytest.mark.parametrize(
    ("result", "is_left_alone"),
    [
        (FETCHED, False),
        (failed(Fault.HTTP, 404), False),
        (failed(Fault.HTTP, 499), False),
        (failed(Fault.HTTP, 500), True),
        (failed(Fault.HTTP), False),
        (failed(Fault.NETWORK), True),
        (failed(Fault.TIMEOUT), True),
        (failed(Fault.TLS), True),
        (failed(Fault.THROTTLED, 429), True),
    ],
)
async def test_a_server_that_fails_its_trial_is_left_alone(result: FetchResult, is_left_alone: bool) -> None:
    clock = [1_000.0]
    pauses = Pauses(lambda: clock[0], [SERVER])

    async def fetch() -> FetchResult:
        return result

    assert await pauses.in_turn(SERVER, fetch) is result
    if is_left_alone:
        clock[0] += SILENCE - 0.5
        with pytest.raises(Refused) as caught:
            pauses.refuse(SERVER, "slow.example")
        assert (caught.value.fault, caught.value.retry_after) == (Fault.THROTTLED, 1)
        clock[0] += 0.5
    pauses.refuse(SERVER, "slow.example")


async def test_the_time_that_a_server_names_itself_counts() -> None:
    pauses = Pauses(lambda: 0.0, [SERVER])

    async def fetch() -> FetchResult:
        pauses.hold(SERVER, 7)
        return failed(Fault.THROTTLED, 429)

    await pauses.in_turn(SERVER, fetch)
    with pytest.raises(Refused) as caught:
        pauses.refuse(SERVER, "slow.example")
    assert caught.value.retry_after == 7


async def test_a_large_body_takes_one_turn_and_gives_it_back_once() -> None:
    """Else more decompression bombs than planned are in memory at a time."""
    budget = MemoryBudget(max_bytes=100, large=10, large_at_once=1)
    body = budget.reserve()
    assert [body.must_wait(size) for size in (10, 11)] == [False, True]
    await body.wait_for_turn()
    assert not body.must_wait(11) and budget.large_bodies.locked()
    body.release()
    body.release()
    await budget.reserve().wait_for_turn()
    assert budget.large_bodies.locked()


@pytest.mark.parametrize("of_program", [True, False], ids=["program", "mail folder"])
async def test_what_programs_and_mail_folders_send_counts_like_a_body(
    tmp_path: Path, of_program: bool
) -> None:
    deliver(maildir(tmp_path), "1", mail())
    source = Source(("/bin/sh", "-c", "printf news") if of_program else ())
    job = FetchJob(1, f"maildir:{tmp_path}", source=source)

    async def fetched(budget: MemoryBudget, reservation: Reservation) -> int:
        if of_program:
            async with Programs(budget, seconds=PATIENCE, most=100) as programs:
                result = await programs.fetch(job, source, reservation)
        else:
            result = await MailFolders(budget, seconds=PATIENCE, most=10_000).fetch(job, source, reservation)
        assert isinstance(result, Fetched)
        return len(result.body)

    plenty = MemoryBudget()
    size = await fetched(plenty, plenty.reserve())
    for large in (size, size - 1):
        budget = MemoryBudget(max_bytes=size, large=large, large_at_once=1)
        reservation = budget.reserve()
        await fetched(budget, reservation)
        assert budget.large_bodies.locked() is (large < size)
        waiting = asyncio.create_task(budget.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        reservation.release()
        await asyncio.wait_for(waiting, 1)
        assert not budget.large_bodies.locked()


async def test_requests_go_on_once_enough_bytes_are_free() -> None:
    budget = MemoryBudget(max_bytes=100)
    await asyncio.wait_for(budget.wait(), 1)
    first, second = budget.reserve(), budget.reserve()
    first.resize(60)
    second.resize(39)
    await asyncio.wait_for(budget.wait(), 1)
    second.resize(40)
    waiting = asyncio.create_task(budget.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    first.resize(59)
    await asyncio.wait_for(waiting, 1)
    second.release()
    second.release()
    first.resize(99)
    await asyncio.wait_for(budget.wait(), 1)
    first.resize(100)
    waiting = asyncio.create_task(budget.wait())
    await asyncio.sleep(0)
    assert not waiting.done(), "what was freed twice counts once"
    waiting.cancel()


async def running(limits: RequestLimits, servers: Sequence[str]) -> int:
    """How many of these requests run at a time."""
    count, end = 0, asyncio.Event()

    async def request(server: str) -> None:
        nonlocal count
        async with limits.slot(server):
            count += 1
            await end.wait()

    requests = [asyncio.create_task(request(server)) for server in servers]
    for _ in range(8):
        await asyncio.sleep(0)
    most = count
    end.set()
    await asyncio.gather(*requests)
    return most


@pytest.mark.parametrize(
    ("servers", "most"),
    [
        (["a.example:443"] * 5, 2),
        (["a.example:443", "b.example:443"] * 5, 4),
        ([f"{letter}.example:443" for letter in "abcdefghijklm"], 12),
        (["127.0.0.1:1200"] * (CROWD + 1), 2),
        (["127.0.0.1:1200"] * (CROWD + 2), 5),
        (["127.0.0.1:1200"] * (CROWD + 9), 5),
        (["a.example:443"] * (CROWD + 9), 2),
    ],
    ids=["one server", "two", "total", "few feeds of an own host", "a crowd", "more", "a crowd elsewhere"],
)
async def test_requests_at_a_time(servers: Sequence[str], most: int) -> None:
    limits = RequestLimits(12, 2, 5)
    assert await running(limits, servers) == most
    assert await running(limits, servers[:1]) == 1, "every slot is free again"


@pytest.mark.parametrize(
    ("files", "most"), [(resource.RLIM_INFINITY, 50), (SPARE_FILES + 40, 20), (SPARE_FILES + 3, 1), (10, 1)]
)
async def test_no_more_requests_run_than_this_process_may_open_files(
    monkeypatch: pytest.MonkeyPatch, files: int, most: int
) -> None:
    """A connection and a file for each; else the database cannot be opened any more."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert await running(RequestLimits(50, 2, 2), [f"{number}.example" for number in range(60)]) == most


async def test_the_own_host_gets_its_further_slots_once() -> None:
    limits = RequestLimits(100, 2, 5)
    for _ in range(2):
        assert await running(limits, ["127.0.0.1:1200"] * (CROWD + 9)) == 5


async def test_waiting_for_memory_takes_no_time_of_the_server() -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(5.0) as timer:
        began = loop.time()

        async def event() -> None:
            untimed.append(timer.when() is None)

        untimed: list[bool] = []
        await wait_untimed(timer, event())
        assert untimed == [True]
        assert (timer.when() or 0) - began == pytest.approx(5.0, abs=1.0)
