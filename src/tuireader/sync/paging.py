"""Pages of a pull: the next one is requested while the last is stored, and lists that never end are cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import TypeVar

T = TypeVar("T")
STALE_PAGES = 3
"""Pages in a row that bring no entry which the pull has not seen; real servers send none."""
MOST_ENTRIES = 300_000
"""Entries of one pull, several times what an account of 1,000 feeds has; the next sync continues."""


class Bounds:
    """Entries that the pages of a pull have brought so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._stale = 0

    @property
    def is_full(self) -> bool:
        """True once a pull has as many entries as it may bring."""
        return len(self._seen) >= MOST_ENTRIES

    def advances(self, ids: Iterable[str]) -> bool:
        """Note the entries of a page; return False if too many pages in a row brought none that is new."""
        before = len(self._seen)
        self._seen.update(ids)
        self._stale = 0 if len(self._seen) > before else self._stale + 1
        return self._stale < STALE_PAGES


async def prefetched(steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the steps of a generator while it makes the next one; closes the generator."""

    async def following() -> T | None:
        return await anext(steps, None)

    coming = asyncio.create_task(following())
    try:
        while (step := await coming) is not None:
            coming = asyncio.create_task(following())
            yield step
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await steps.aclose()


def twice_prefetched(steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the steps of a generator that may be two ahead, as steps take longer now and then."""
    return prefetched(prefetched(steps))
