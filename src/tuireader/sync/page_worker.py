"""The process that reads answers and prepares their entries for the store.

A page is asked for twice: first for what the next request depends on, then for its entries, so that the
server makes the next page meanwhile.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

from tuireader.document.prepare import drop_known
from tuireader.feeds.parse.worker_protocol import pack
from tuireader.model import ParsedFeed
from tuireader.model.accounts import RemoteEntry
from tuireader.subprocesses.serving import serve
from tuireader.sync.backend import Body
from tuireader.sync.entries import Odd

_GC_THRESHOLD = 50_000
"""Objects between two garbage collections: reference counts free all that a page makes."""


class Pages:
    """Pages that were read, until their entries are asked for."""

    def __init__(self) -> None:
        self._read: dict[int, Body] = {}

    def answer(self, request: tuple[int, str, bytes]) -> Any:
        """Read a page with the `read` of a module, or, without one, return its entries.

        Returns None for an answer that cannot be read, and for a page that another process has read.
        """
        number, module, raw = request
        if not module:
            body = self._read.pop(number, None)
            return body and _prepared(body.entries)
        try:
            body = self._read[number] = import_module(module).read(raw)
        except Odd:
            return None
        return body.gone, body.last, body.more, body.unreadable, body.total


def _prepared(entries: tuple[RemoteEntry, ...]) -> list[tuple[Any, ...]]:
    """Pack the entries of each feed, prepared, with its id and the marks by entry, for `marshal`."""
    by_feed: dict[str, dict[str, RemoteEntry]] = {}
    for entry in entries:
        by_feed.setdefault(entry.feed_id, {})[entry.id] = entry
    return [
        (
            feed_id,
            {entry.id: (entry.read, entry.starred) for entry in page.values()},
            pack(drop_known(ParsedFeed(entries=tuple([entry.entry for entry in page.values()])), {})),
        )
        for feed_id, page in by_feed.items()
    ]


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(Pages().answer)
