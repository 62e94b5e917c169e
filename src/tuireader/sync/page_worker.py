"""The process that prepares entries for the store while earlier ones are stored."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any

from tuireader.document.prepare import drop_known
from tuireader.feeds.worker_protocol import pack, unpack
from tuireader.model import ParsedFeed
from tuireader.subprocesses.serving import serve

_GC_THRESHOLD = 50_000
"""Objects between two garbage collections: reference counts free all that a page makes."""


def answer(documents: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return the entries of each feed, prepared and with their keys; all values are plain, for `marshal`."""
    return [pack(drop_known(feed, {})) for one in documents if isinstance(feed := unpack(one), ParsedFeed)]


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(answer)
