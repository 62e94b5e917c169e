"""The process that parses feeds, and the form of its results.

With `--quick` it parses only what can be parsed quickly, and answers None to the rest. With `--seconds=5`
SIGPROF ends it when a feed takes more CPU time than that; waiting on a busy machine does not count.
"""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from operator import attrgetter
from typing import Any

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.feeds.parse import parse, parse_quickly
from tuireader.model import (
    Enclosure,
    Fault,
    Keys,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    ParseResult,
    Prepared,
)
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

        answer = partial(_answer, float(sys.argv[-1].removeprefix("--seconds=")))
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    serve(answer, data=DATA)


Request = tuple[bytes, str, str | None, dict[int, int] | None]
"""A body, its address and content type, and the digests of stored entries by guid key, to leave them out."""


def _answer(seconds: float, request: Request) -> Any:
    with alarm(ALARM):
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            body, url, content_type, stored = request
            return _packed(parse(body, url, content_type), stored)
        except (MemoryError, RecursionError):
            return pack(ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read"))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)


def _answer_quickly(request: Request) -> Any:
    body, url, content_type, stored = request
    return _packed(parse_quickly(body, url, content_type), stored)


def _packed(result: ParseResult | None, stored: Mapping[int, int] | None) -> Any:
    if stored is not None and isinstance(result, ParsedFeed):
        result = drop_known(result, stored)
    return pack(result)


def drop_known(parsed: ParsedFeed, stored: Mapping[int, int]) -> ParsedFeed:
    """Return the feed with only the entries that are not stored unchanged, with their keys, prepared."""
    known, kept, keys = [], [], []
    for guid, (entry, one) in dedup.unique_entries(parsed.entries).items():
        if stored.get(guid) == one.digest:
            known.append(guid)
        else:
            kept.append(entry)
            keys.append(one)
    return replace(
        parsed,
        entries=tuple(kept),
        keys=tuple(keys),
        known=tuple(known),
        prepared=tuple(map(prepare, kept)),
    )


def _values(kind: type) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(kind)))


_entry_values = _values(ParsedEntry)
_enclosure_values = _values(Enclosure)
_prepared_values = _values(Prepared)
_keys_values = _values(Keys)
_feed_values = _values(ParsedFeed)


def pack(result: ParseResult | None) -> tuple[Any, ...] | None:
    """Return a result as plain values for `marshal`."""
    if result is None:
        return None
    if isinstance(result, ParseFailed):
        return result.fault.value, result.reason, result.feeds
    changes: dict[str, Any] = {
        "entries": [*map(_packed_entry, result.entries)],
        "prepared": [*map(_prepared_values, result.prepared)],
        "keys": [*map(_keys_values, result.keys)],
    }
    return _feed_values(replace(result, **changes))


def _packed_entry(entry: ParsedEntry) -> tuple[Any, ...]:
    if entry.enclosures:
        enclosures: Any = tuple(map(_enclosure_values, entry.enclosures))
        entry = replace(entry, enclosures=enclosures)
    return _entry_values(entry)


def unpack(values: tuple[Any, ...] | None) -> ParseResult | None:
    """Return the result that `pack` packed."""
    if values is None:
        return None
    if len(values) == 3:
        fault, reason, feeds = values
        return ParseFailed(Fault(fault), reason, feeds)
    feed: Any = ParsedFeed(*values)
    result: ParsedFeed = replace(
        feed,
        entries=tuple([_entry(*packed) for packed in feed.entries]),
        prepared=tuple([Prepared(*packed) for packed in feed.prepared]),
        keys=tuple([Keys(*packed) for packed in feed.keys]),
    )
    return result


def _entry(*values: Any) -> ParsedEntry:
    entry = ParsedEntry(*values)
    if entry.enclosures:
        enclosures: Any = entry.enclosures
        entry = replace(entry, enclosures=tuple([Enclosure(*packed) for packed in enclosures]))
    return entry


if __name__ == "__main__":
    main()
