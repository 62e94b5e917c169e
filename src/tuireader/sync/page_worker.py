"""The process that reads large answers with entries, and prepares the entries for storing."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Any

from tuireader.feeds.worker_protocol import pack
from tuireader.model import ParsedFeed
from tuireader.subprocesses.serving import serve
from tuireader.sync.entries import Odd, prepared

READERS = {"miniflux": "tuireader.sync.miniflux_items", "greader": "tuireader.sync.greader_items"}
"""Modules with a function `read` for the bodies of each kind of server."""
_GC_THRESHOLD = 50_000
"""Objects between two garbage collections: reference counts free all that a page makes."""


def answer(request: tuple[str, bytes]) -> Any:
    """Return a body as plain values for `marshal`, None if it is odd."""
    kind, raw = request
    try:
        body = prepared(import_module(READERS[kind]).read(raw))
    except (Odd, MemoryError, RecursionError):
        return None
    entries = body.entries
    feed = ParsedFeed(
        entries=tuple([one.entry for one in entries]),
        keys=tuple([one.keys for one in entries if one.keys]),
        prepared=tuple([one.prepared for one in entries if one.prepared]),
    )
    marks = [(one.id, one.feed_id, one.read, one.starred) for one in entries]
    return pack(feed), marks, body.gone, body.last, body.more


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(answer)
