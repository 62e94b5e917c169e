"""The process that reads feeds. Requests come on stdin, results go to stdout, one at a time.

With `--quick` it reads only what can be read quickly, and answers None to the rest. With `--seconds=5`
SIGPROF ends it when a feed costs more work than that; waiting on a busy machine does not count.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from tuireader.feeds.drop_known import sift
from tuireader.feeds.parse import parse, parse_quickly
from tuireader.feeds.worker_protocol import HEADER, Request, pack_result, unpack_request
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
    answer: Callable[[bytes], bytes] = _answer_quickly
    if "--quick" not in sys.argv:
        import feedparser  # noqa: F401  (its start is not to count as parsing)

        answer = partial(_answer, _seconds(sys.argv))

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


def _seconds(arguments: list[str]) -> float:
    given = [one.removeprefix("--seconds=") for one in arguments if one.startswith("--seconds=")]
    return float(given[-1]) if given else ALARM


def _answer(seconds: float, data: bytes) -> bytes:
    signal.alarm(ALARM)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        request = unpack_request(data)
        return _packed(request, parse(request.body, request.url, request.content_type))
    except (MemoryError, RecursionError):
        return pack_result(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
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
