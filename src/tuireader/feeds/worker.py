"""The process that parses feeds.

With `--quick` it parses only what can be parsed quickly, and answers None to the rest. With `--seconds=5`
SIGPROF ends it when a feed takes more CPU time than that; waiting on a busy machine does not count.
"""

from __future__ import annotations

import gc
import signal
import sys
from functools import partial
from typing import Any

from tuireader.feeds.drop_known import drop_known
from tuireader.feeds.parse import parse, parse_quickly
from tuireader.feeds.worker_protocol import Request, pack_result, unpack_request
from tuireader.model import Fault, ParsedFeed, ParseFailed, ParseResult
from tuireader.subprocesses.worker import alarm, serve

DATA = 272 << 20
"""Bytes of its own memory: the largest feeds need nearly that, and 5 MB of attributes would take 800 MB."""
_GC_THRESHOLD = 50_000
"""Objects between two collections: one feed makes thousands, all of which are freed without it."""
ALARM = 60


def main() -> None:
    """Answer requests until stdin ends."""
    answer = _answer_quickly
    if "--quick" not in sys.argv:
        import feedparser  # noqa: F401  (importing it must not count as parsing)

        answer = partial(_answer, _seconds(sys.argv))
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(answer, data=DATA)


def _seconds(arguments: list[str]) -> float:
    given = [one.removeprefix("--seconds=") for one in arguments if one.startswith("--seconds=")]
    return float(given[-1]) if given else ALARM


def _answer(seconds: float, values: Any) -> Any:
    with alarm(ALARM):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            request = unpack_request(values)
            return _packed(request, parse(request.body, request.url, request.content_type))
        except (MemoryError, RecursionError):
            return pack_result(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _answer_quickly(values: Any) -> Any:
    request = unpack_request(values)
    return _packed(request, parse_quickly(request.body, request.url, request.content_type))


def _packed(request: Request, result: ParseResult | None) -> Any:
    if request.stored is not None and isinstance(result, ParsedFeed):
        result = drop_known(result, request.stored)
    return pack_result(result)


if __name__ == "__main__":
    main()
