"""Limits on requests: how many at once in all, and how many to the same host."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass

SPARE_FILES = 64
"""Open files left to the rest of the program."""


@dataclass(slots=True)
class _Host:
    """The slots of one host, kept while they are in use or waited for."""

    slots: asyncio.Semaphore
    users: int = 0


class RequestLimits:
    """`concurrency` slots in all, `per_host` of them for one host."""

    def __init__(self, concurrency: int, per_host: int) -> None:
        self._all = asyncio.Semaphore(_affordable(concurrency))
        self._per_host = per_host
        self._hosts: dict[str, _Host] = {}

    @contextlib.asynccontextmanager
    async def slot(self, name: str) -> AsyncIterator[None]:
        """Wait for a slot of this host first, then for one of all."""
        host = self._hosts.setdefault(name, _Host(asyncio.Semaphore(self._per_host)))
        host.users += 1
        try:
            async with host.slots, self._all:
                yield
        finally:
            host.users -= 1
            if not host.users:
                self._hosts.pop(name, None)


async def wait_untimed(timer: asyncio.Timeout | None, event: Awaitable[object]) -> None:
    """Wait for an event with the time limit suspended: it is not the server that takes long."""
    loop = asyncio.get_running_loop()
    end = timer.when() if timer is not None else None
    left = None if end is None else end - loop.time()
    if timer is not None:
        timer.reschedule(None)
    await event
    if timer is not None and left is not None:
        timer.reschedule(loop.time() + left)


def _affordable(concurrency: int) -> int:
    """Return `concurrency`, or less if this process may not open that many files."""
    try:
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    except (ImportError, OSError, ValueError):
        return max(1, concurrency)
    if files == resource.RLIM_INFINITY:
        return max(1, concurrency)
    return max(1, min(concurrency, (files - SPARE_FILES) // 2))
