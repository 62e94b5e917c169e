"""The process that reads feeds. Requests come on stdin, results go to stdout, one at a time.

With `--quick` it reads only what can be read quickly, and answers None to the rest.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import signal
import sys
from typing import BinaryIO

from tuireader.feeds.parse import parse, parse_quickly
from tuireader.feeds.pipe import HEADER, Request, pack_result, unpack_request
from tuireader.feeds.sift import sift
from tuireader.model import Fault, ParsedFeed, ParseFailed, ParseResult

MEMORY = 1 << 30
_ROOM = 1 << 18
"""Bytes that a pipe holds."""
DATA = 272 << 20
"""Bytes of its own memory: the largest feeds need nearly that, and 5 MB of attributes would take 800 MB."""
_RARELY = 50_000
"""Objects between two collections: one feed makes thousands, all of which go without being collected."""
ALARM = 60  # seconds after which the process ends by itself, should its parent be gone


def main() -> None:
    """Answer requests until stdin ends."""
    _be_small()
    _widen(0, 1)
    requests, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not get among the results
    answer = _answer_quickly if "--quick" in sys.argv else _answer
    if answer is _answer:
        import feedparser  # noqa: F401  (its start is not to count as parsing)

    gc.freeze()  # what a start has made stays
    gc.set_threshold(_RARELY)
    results.write(bytes(HEADER))
    results.flush()
    while (data := _request(requests)) is not None:
        results.write(answer(data))
        results.flush()


def _widen(*pipes: int) -> None:
    """Let pipes hold most bodies and answers whole, so that neither side is woken for each 64 KB of them."""
    for pipe in pipes:
        with contextlib.suppress(OSError, AttributeError):  # no pipe, or not on Linux
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def _be_small() -> None:
    """Give up rather than take all memory; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_DATA, (DATA, DATA))


def _request(stream: BinaryIO) -> bytes | None:
    length = stream.read(HEADER)
    if len(length) < HEADER:
        return None
    data = stream.read(int.from_bytes(length, "big"))
    return data or None


def _answer(data: bytes) -> bytes:
    signal.alarm(ALARM)
    try:
        request = unpack_request(data)
        return _packed(request, parse(request.body, request.url, request.content_type))
    except (MemoryError, RecursionError):
        return pack_result(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
    finally:
        signal.alarm(0)


def _answer_quickly(data: bytes) -> bytes:
    request = unpack_request(data)
    return _packed(request, parse_quickly(request.body, request.url, request.content_type))


def _packed(request: Request, result: ParseResult | None) -> bytes:
    if request.stored is not None and isinstance(result, ParsedFeed):
        result = sift(result, request.stored)
    return pack_result(result)


if __name__ == "__main__":
    main()
