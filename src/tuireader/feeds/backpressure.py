"""How much of what was fetched may lie in memory: servers can send faster than feeds are read and stored."""

from __future__ import annotations

import asyncio

from tuireader.model import FetchJob

MOST = 24_000_000
LARGE = 1_000_000
LARGE_AT_ONCE = 3


class Room:
    """Counts the bodies that have come, or are coming, and are not done with, by the very jobs.

    No feed is asked while there are more than `most` bytes. Of bodies over `large` bytes a few come at a
    time, the others are stopped half-way: two hundred bombs must not take more memory than three.
    """

    def __init__(self, most: int = MOST, large: int = LARGE, large_at_once: int = LARGE_AT_ONCE) -> None:
        self._most = most
        self._large = large
        self._places = asyncio.Semaphore(large_at_once)
        self._held: dict[int, int] = {}
        self._sum = 0
        self._with_place: set[int] = set()
        self._free = asyncio.Event()
        self._free.set()

    async def wait(self) -> None:
        """Wait until there is room for one more."""
        await self._free.wait()

    def is_large(self, job: FetchJob, size: int) -> bool:
        """Whether a body of this size needs a place among the large ones, and has none."""
        return size > self._large and id(job) not in self._with_place

    async def place(self, job: FetchJob) -> None:
        """Wait for a place among the large ones."""
        await self._places.acquire()
        self._with_place.add(id(job))

    def grown(self, job: FetchJob, size: int) -> None:
        """A body has so many bytes now."""
        self._sum += size - self._held.get(id(job), 0)
        self._held[id(job)] = size
        self._tell()

    def done(self, job: FetchJob) -> None:
        """The body of this job is read, or nothing came of it."""
        self._sum -= self._held.pop(id(job), 0)
        if id(job) in self._with_place:
            self._with_place.remove(id(job))
            self._places.release()
        self._tell()

    def _tell(self) -> None:
        if self._sum < self._most:
            self._free.set()
        else:
            self._free.clear()
