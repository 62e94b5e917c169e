"""The process that parses feeds.

With `--quick`, it tries only the fast parsers and answers None for other documents. With `--seconds=5`,
SIGPROF kills it when a feed takes more CPU time than that; waiting on a busy machine does not count.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import Any

from tuireader.document.prepare import drop_known
from tuireader.feeds.parse.parse import parse, parse_quickly
from tuireader.feeds.parse.unchanged import parse_changed
from tuireader.feeds.parse.worker_protocol import Request, pack
from tuireader.model import Fault, ParsedFeed, ParseFailed, ParseResult
from tuireader.subprocesses.serving import alarm, serve

DATA = 272 << 20
"""Memory limit in bytes: the largest feeds need nearly that, but 5 MB of attributes would take 800 MB."""
_GC_THRESHOLD = 50_000
"""Objects between two garbage collections: a feed makes thousands, and reference counts free them all."""
ALARM = 60
READERS = {
    "items": ("tuireader.feeds.page_source", "read_items"),
    "mail": ("tuireader.feeds.mail.messages", "read"),
    "page": ("tuireader.feeds.page_source", "read_page"),
}
"""Module and function of each reader of other documents than feeds."""


def main() -> None:
    """Answer requests until stdin ends."""
    answer = _answer_quickly
    if "--quick" not in sys.argv:
        answer = partial(_answer, float(sys.argv[-1].removeprefix("--seconds=")))
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(answer, data=DATA)


def _answer(seconds: float, request: Request) -> Any:
    with alarm(ALARM):
        if request[4] is None:
            import feedparser  # noqa: F401  (pages and mails need none; importing it must not count as parsing)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            return _packed(_read(request), request[3])
        except (MemoryError, RecursionError):
            return pack(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _read(request: Request) -> ParseResult:
    body, url, content_type, _, reader, _ = request
    if reader is None:
        return parse(body, url, content_type)
    name, settings = reader
    module, function = READERS[name]
    try:
        result: ParseResult = getattr(import_module(module), function)(body, url, content_type, *settings)
    except (MemoryError, RecursionError):
        raise
    except Exception:  # libraries may raise anything, but the request needs an answer
        return ParseFailed(Fault.BROKEN, "it is damaged and cannot be read")
    return result


def _answer_quickly(request: Request) -> Any:
    body, url, content_type, stored, _, seen = request
    if stored is None:
        return pack(parse_quickly(body, url, content_type))
    return pack(parse_changed(body, url, content_type, stored, seen))


def _packed(result: ParseResult | None, stored: Mapping[int, int] | None) -> Any:
    if stored is not None and isinstance(result, ParsedFeed):
        result = drop_known(result, stored)
    return pack(result)


if __name__ == "__main__":
    main()
