"""How many servers are asked at once, and how often the same one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

SPARE_FILES = 64  # open files left to the rest of the program


@dataclass(slots=True)
class _Queue:
    """The queue of one host, kept while somebody stands in it."""

    places: asyncio.Semaphore
    users: int = 0


class Slots:
    """`concurrency` places in all, `per_host` of them for one host."""

    def __init__(self, concurrency: int, per_host: int) -> None:
        self._all = asyncio.Semaphore(_possible(concurrency))
        self._per_host = per_host
        self._queues: dict[str, _Queue] = {}

    @contextlib.asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """A place at this host, waited for first, and one in all."""
        queue = self._queues.setdefault(host, _Queue(asyncio.Semaphore(self._per_host)))
        queue.users += 1
        try:
            async with queue.places, self._all:
                yield
        finally:
            queue.users -= 1
            if not queue.users:
                self._queues.pop(host, None)


async def untimed(timer: asyncio.Timeout | None, turn: Awaitable[object]) -> None:
    """Wait for a turn while the clock of a time limit stands: the server that is asked cannot help it."""
    loop = asyncio.get_running_loop()
    end = timer.when() if timer is not None else None
    left = None if end is None else end - loop.time()
    if timer is not None:
        timer.reschedule(None)
    await turn
    if timer is not None and left is not None:
        timer.reschedule(loop.time() + left)


def _possible(concurrency: int) -> int:
    """`concurrency`, or fewer if this process may not open so many files."""
    try:
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except (ImportError, OSError, ValueError):
        return max(1, concurrency)
    if files == resource.RLIM_INFINITY:
        return max(1, concurrency)
    return max(1, min(concurrency, (files - SPARE_FILES) // 2))
