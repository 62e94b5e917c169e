"""Prepare entries for the store in another process, which takes a fifth off a first sync on two cores."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

from tuireader.feeds.worker_protocol import pack, unpack
from tuireader.model import ParsedFeed
from tuireader.model.accounts import RemoteEntry
from tuireader.subprocesses.worker import Worker, WorkerDied

_MANY = 100
"""Minimum number of entries for another process, which takes a fifth of a second to start, once."""
_SECONDS = 60.0


def gives_way() -> bool:
    """Return whether this process has a low priority, as a sync beside the reader: one core is enough."""
    return hasattr(os, "getpriority") and os.getpriority(os.PRIO_PROCESS, 0) > 0  # not on Windows


class Preparer(AbstractAsyncContextManager["Preparer"]):
    """Prepare entries in a process that starts when first needed; an async context manager.

    Without `apart`, all entries are left to the store.
    """

    def __init__(self, *, apart: bool = True) -> None:
        self._apart = apart
        self.worker = Worker("tuireader.sync.page_worker")

    async def __aexit__(self, *_: object) -> None:
        await self.worker.aclose()

    def start(self) -> None:
        """Start the process before it is needed."""
        if self._apart:
            self.worker.start()

    async def prepare(self, entries: Sequence[RemoteEntry]) -> tuple[RemoteEntry, ...]:
        """Return entries prepared for the store, without those that have nothing to read or open.

        A few are returned as they are, as are all if the process fails: the store then prepares them.
        """
        if not self._apart or len(entries) < _MANY:
            return tuple(entries)
        by_feed: dict[str, dict[str, RemoteEntry]] = {}
        for one in entries:
            by_feed.setdefault(one.feed_id, {})[one.id] = one
        pages = list(by_feed.values())
        documents = [pack(ParsedFeed(entries=tuple([one.entry for one in page.values()]))) for page in pages]
        try:
            answers = await self.worker.ask(documents, _SECONDS)
        except (WorkerDied, OSError, TimeoutError):
            return tuple(entries)
        return tuple(
            [one for page, answer in zip(pages, answers, strict=True) for one in _filled(page, answer)]
        )


def _filled(page: Mapping[str, RemoteEntry], answer: tuple[Any, ...]) -> Iterator[RemoteEntry]:
    """Yield the entries of a feed that an answer contains, with its keys and texts."""
    feed = unpack(answer)
    assert isinstance(feed, ParsedFeed)
    for entry, keys, prepared in zip(feed.entries, feed.keys, feed.prepared, strict=True):
        yield replace(page[entry.guid], keys=keys, prepared=prepared)
