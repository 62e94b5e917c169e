"""Read answers with entries, large ones in another process, while the store keeps those before them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any, TypeVar

from tuireader.feeds.worker_protocol import unpack
from tuireader.model import ParsedFeed
from tuireader.subprocesses.worker import Worker, WorkerDied
from tuireader.sync.backend import RemoteEntry
from tuireader.sync.entries import Body, Odd

T = TypeVar("T")
_SECONDS = 60.0
_LARGE = 400_000
"""Bytes from which another process pays off: it takes a fifth of a second to start, once."""


class PageReader:
    """Read answers of one kind of server, see `page_worker.READERS`."""

    def __init__(self, kind: str, read: Callable[[bytes], Body]) -> None:
        self._kind = kind
        self._read = read
        self._worker: Worker | None = None

    async def read(self, body: bytes) -> Body:
        """Return what a body has. Raises Odd."""
        if len(body) < _LARGE:
            return self._read(body)
        if self._worker is None:
            self._worker = Worker("tuireader.sync.page_worker")
        with suppress(WorkerDied, OSError, TimeoutError):
            values = await self._worker.ask((self._kind, body), _SECONDS)
            if values is None:
                raise Odd
            return _unpacked(values)
        return self._read(body)  # unexpected

    async def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            await self._worker.aclose()


def _unpacked(values: tuple[Any, ...]) -> Body:
    packed, marks, *rest = values
    feed = unpack(packed)
    assert isinstance(feed, ParsedFeed)
    entries = [
        RemoteEntry(remote_id, feed_id, entry, read, starred, keys, prepared)
        for (remote_id, feed_id, read, starred), entry, keys, prepared in zip(
            marks, feed.entries, feed.keys, feed.prepared, strict=True
        )
    ]
    return Body(tuple(entries), *rest)


async def prefetched(steps: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the steps of a generator, which makes the next one meanwhile; closes the generator."""

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
