"""Limits on fetching: concurrent requests, in total and per host, and bytes not stored yet."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from urllib.parse import urlsplit

from tuireader.feeds.http.hosts import may_be_public

MAX_BYTES = 24_000_000
_EXPECTED = MAX_BYTES // 1000  # bytes that count for a body until it arrives: a thousand may be on the way
LARGE = 1_000_000
LARGE_AT_ONCE = 3
CROWD = 100  # number of requests waiting for one of the user's own hosts at which more of them may run
SPARE_FILES = 64  # open files left to the rest of the program


class RequestLimits:
    """`concurrency` slots in total, at most `per_host` of them for one host.

    `per_own_host` applies to the user's own hosts (local names and private addresses) once `CROWD` requests
    wait for one of them, such as an RSSHub with hundreds of feeds.
    """

    def __init__(self, concurrency: int, per_host: int, per_own_host: int) -> None:
        self._all = asyncio.Semaphore(_affordable(concurrency))
        self._per_host, self._per_own_host = per_host, per_own_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._waiting: Counter[str] = Counter()
        self._crowded: set[str] = set()

    @contextlib.asynccontextmanager
    async def slot(self, server: str) -> AsyncIterator[None]:
        """Wait for a slot of the host first, then for one of the total; `server` is host and port."""
        slots = self._hosts.setdefault(server, asyncio.Semaphore(self._per_host))
        self._waiting[server] += 1
        if self._waiting[server] == CROWD and server not in self._crowded:
            self._crowded.add(server)
            if not may_be_public(urlsplit(f"//{server}").hostname or ""):
                for _ in range(self._per_own_host - self._per_host):
                    slots.release()
        try:
            await slots.acquire()
        finally:
            self._waiting[server] -= 1
        try:
            async with self._all:
                yield
        finally:
            slots.release()


async def wait_untimed(timer: asyncio.Timeout, event: Awaitable[object]) -> None:
    """Wait for an event with the time limit suspended: the server is not to blame for the wait."""
    loop = asyncio.get_running_loop()
    left = (timer.when() or 0) - loop.time()
    timer.reschedule(None)
    await event
    timer.reschedule(loop.time() + left)


def _affordable(concurrency: int) -> int:
    """Bound `concurrency` by the files that this process may open."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files != resource.RLIM_INFINITY:
            concurrency = min(concurrency, (files - SPARE_FILES) // 2)
    return max(1, concurrency)


class MemoryBudget:
    """Cap on the bytes of response bodies in memory: servers send faster than we store.

    No feed is requested while `max_bytes` are in use. Only a few bodies over `large` bytes are received at a
    time, the others pause half-way: two hundred decompression bombs must not take more memory than three.
    """

    def __init__(
        self, max_bytes: int = MAX_BYTES, large: int = LARGE, large_at_once: int = LARGE_AT_ONCE
    ) -> None:
        self.large = large
        self.large_at_once, self.max_bytes = large_at_once, max_bytes
        self.large_bodies = asyncio.Semaphore(large_at_once)
        self._used = 0
        self._free = asyncio.Event()
        self._free.set()
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        await self._free.wait()

    async def admit(self, reservation: Reservation) -> None:
        """Wait for the turn of a request, and count its body: else all that wait would leave at once."""
        async with self._turn:
            await self.wait()
            reservation.resize(_EXPECTED)

    def reserve(self) -> Reservation:
        return Reservation(self)

    def add(self, size: int) -> None:
        """Add `size` bytes to the count; a negative size frees them."""
        self._used += size
        if self._used < self.max_bytes:
            self._free.set()
        else:
            self._free.clear()


class Reservation:
    """Bytes of the budget that one body takes, none at first."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self._size = 0
        self._counts_as_large = False

    def must_wait(self, size: int) -> bool:
        """Return whether a body of `size` bytes has to wait for its turn first."""
        return size > self._budget.large and not self._counts_as_large

    async def wait_for_turn(self) -> None:
        """Wait until one more large body may be received."""
        await self._budget.large_bodies.acquire()
        self._counts_as_large = True

    @property
    def share(self) -> float:
        """Share of the budget that the body takes, of its bytes or of its large bodies: from 0 to 1."""
        budget = self._budget
        return max(self._size / budget.max_bytes, self._counts_as_large / budget.large_at_once)

    def resize(self, size: int) -> None:
        """Count `size` bytes for the body in place of those counted before."""
        self._budget.add(size - self._size)
        self._size = size

    def release(self) -> None:
        """Free all bytes; safe to call twice."""
        self.resize(0)
        if self._counts_as_large:
            self._counts_as_large = False
            self._budget.large_bodies.release()
