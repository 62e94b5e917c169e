"""Backpressure: a cap on bytes that are fetched but not stored yet, as servers send faster than we store."""

from __future__ import annotations

import asyncio

MAX_BYTES = 24_000_000
LARGE = 1_000_000
LARGE_AT_ONCE = 3


class MemoryBudget:
    """Counts the bytes of bodies that were received, or are being received, and are still needed.

    No feed is requested while there are more than `max_bytes`. Of bodies over `large` bytes only a few are
    received at a time, the others pause half-way: two hundred bombs must not take more memory than three.
    """

    def __init__(
        self, max_bytes: int = MAX_BYTES, large: int = LARGE, large_at_once: int = LARGE_AT_ONCE
    ) -> None:
        self.large = large
        self.large_bodies = asyncio.Semaphore(large_at_once)
        self._max_bytes = max_bytes
        self._used = 0
        self._free = asyncio.Event()
        self._free.set()

    async def wait(self) -> None:
        """Wait until another body may be requested."""
        await self._free.wait()

    def reserve(self) -> Reservation:
        """Return a reservation for one body, which takes nothing yet."""
        return Reservation(self)

    def add(self, size: int) -> None:
        """Count `size` more bytes, or fewer."""
        self._used += size
        if self._used < self._max_bytes:
            self._free.set()
        else:
            self._free.clear()


class Reservation:
    """The share of one body in the budget."""

    def __init__(self, budget: MemoryBudget) -> None:
        self._budget = budget
        self._size = 0
        self._counts_as_large = False

    def must_wait(self, size: int) -> bool:
        """Return whether a body of this size is large and has not waited for its turn yet."""
        return size > self._budget.large and not self._counts_as_large

    async def wait_for_turn(self) -> None:
        """Wait until one more large body may be received."""
        await self._budget.large_bodies.acquire()
        self._counts_as_large = True

    def resize(self, size: int) -> None:
        """Set how many bytes the body takes."""
        self._budget.add(size - self._size)
        self._size = size

    def release(self) -> None:
        """Give everything back; doing so twice does no harm."""
        self.resize(0)
        if self._counts_as_large:
            self._counts_as_large = False
            self._budget.large_bodies.release()
