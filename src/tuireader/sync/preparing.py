"""Read large answers and prepare their entries in another process, while earlier ones are stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from tuireader.feeds.parse.worker_protocol import unpack
from tuireader.model import ParsedFeed
from tuireader.model.accounts import RemoteEntry
from tuireader.subprocesses.worker import Worker, WorkerDied
from tuireader.sync.backend import Body, Kept, Reader

_LARGE = 300_000
"""Minimum bytes of an answer for another process, which takes a fifth of a second to start, once."""
_SECONDS = 60.0


class Preparer(AbstractAsyncContextManager["Preparer"]):
    """Read answers and prepare entries in a process that starts when first needed; an async context manager.

    Without `apart`, or if the process fails, answers are read here and their entries left to the store.
    """

    def __init__(self, *, apart: bool = True) -> None:
        self._apart = apart
        self._asked = 0
        self.worker = Worker("tuireader.sync.page_worker", at_once=2)  # it never waits for a request

    async def __aexit__(self, *_: object) -> None:
        await self.worker.aclose()

    def start(self) -> None:
        if self._apart:
            self.worker.start()

    async def read(self, reader: Reader, raw: bytes) -> Body:
        """Read an answer; the entries of a large one follow with `prepare`. Raises Odd."""
        if not self._apart or len(raw) < _LARGE:
            return reader(raw)
        self._asked += 1
        answer = await self._ask((self._asked, reader.__module__, raw))
        if answer is None:
            return reader(raw)
        gone, last, more, unreadable, total = answer
        kept = Kept(self._asked, reader, raw)
        return Body((), gone, last, more, unreadable=unreadable, kept=kept, total=total)

    async def prepare(self, body: Body) -> tuple[RemoteEntry, ...]:
        """Return the entries of a body; those of a large one only if they have something to read or open."""
        if (kept := body.kept) is None:
            return body.entries
        answer = await self._ask((kept.number, "", b""))
        return kept.reader(kept.raw).entries if answer is None else tuple(_entries(answer))

    async def _ask(self, request: tuple[int, str, bytes]) -> Any:
        """Ask the process; None if it fails."""
        try:
            return await self.worker.ask(request, _SECONDS)
        except TimeoutError:
            await self.worker.aclose()
        except (WorkerDied, OSError):
            pass
        return None


def _entries(feeds: list[Any]) -> Iterator[RemoteEntry]:
    for feed_id, marks, values in feeds:
        feed = unpack(values)
        assert isinstance(feed, ParsedFeed)
        for entry, keys, prepared in zip(feed.entries, feed.keys, feed.prepared, strict=True):
            read, starred = marks[entry.guid]
            yield RemoteEntry(entry.guid, feed_id, entry, read, starred=starred, keys=keys, prepared=prepared)
