"""The process that reads what may take long. Requests come on stdin, results go to stdout, one at a time."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from typing import BinaryIO

from tuireader.feeds.parse import HEADER, packed, parse
from tuireader.model import Fault, ParseFailed, ParseResult

MEMORY = 1 << 30
ALARM = 60  # seconds after which the process ends by itself, should its parent be gone


def main() -> None:
    """Answer requests until stdin ends."""
    _be_small()
    requests, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not get among the results
    import feedparser  # noqa: F401  (its start is not to count as parsing)

    results.write(bytes(HEADER))
    results.flush()
    while (data := _request(requests)) is not None:
        results.write(_answer(data))
        results.flush()


def _be_small() -> None:
    """Give up rather than take all memory; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _request(stream: BinaryIO) -> bytes | None:
    length = stream.read(HEADER)
    if len(length) < HEADER:
        return None
    data = stream.read(int.from_bytes(length, "big"))
    return data or None


def _answer(data: bytes) -> bytes:
    result: ParseResult
    signal.alarm(ALARM)
    try:
        body, url, content_type = pickle.loads(data)
        result = parse(body, url, content_type)
        return packed(result)
    except (MemoryError, RecursionError):
        return packed(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    main()
