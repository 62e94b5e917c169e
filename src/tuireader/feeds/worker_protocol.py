"""Requests to the parsing processes and their results as plain tuples for `marshal`."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from tuireader.feeds.drop_known import Digests
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


@dataclass(frozen=True, slots=True)
class Request:
    """A body to parse. With `stored`, entries that are stored already are dropped from the result."""

    body: bytes
    url: str
    content_type: str | None = None
    stored: Digests | None = None


def _values(kind: type) -> attrgetter[tuple[Any, ...]]:
    return attrgetter(*(field.name for field in fields(kind)))


_entry_values = _values(ParsedEntry)
_enclosure_values = _values(Enclosure)
_prepared_values = _values(Prepared)
_keys_values = _values(Keys)
_feed_values = _values(ParsedFeed)
_ENCLOSURES = [field.name for field in fields(ParsedEntry)].index("enclosures")


def pack_request(request: Request) -> tuple[Any, ...]:
    """Return a request as plain values."""
    stored = request.stored
    digests = None if stored is None else array("q", [*stored.keys(), *stored.values()]).tobytes()
    return request.body, request.url, request.content_type, digests


def unpack_request(values: tuple[Any, ...]) -> Request:
    """Return the request that `pack_request` packed."""
    body, url, content_type, digests = values
    if digests is None:
        return Request(body, url, content_type)
    numbers = array("q", digests)
    half = len(numbers) // 2
    return Request(body, url, content_type, dict(zip(numbers[:half], numbers[half:], strict=True)))


def pack_result(result: ParseResult | None) -> tuple[Any, ...] | None:
    """Return a result as plain values."""
    if result is None:
        return None
    if isinstance(result, ParseFailed):
        return result.fault.value, result.reason, result.feeds
    entries = [_entry_values(entry) for entry in result.entries]
    for at, entry in enumerate(result.entries):
        if entry.enclosures:
            values = list(entries[at])
            values[_ENCLOSURES] = tuple(map(_enclosure_values, entry.enclosures))
            entries[at] = tuple(values)
    packed = replace(
        result,
        entries=entries,  # type: ignore[arg-type]
        prepared=[*map(_prepared_values, result.prepared)],  # type: ignore[arg-type]
        keys=[*map(_keys_values, result.keys)],  # type: ignore[arg-type]
    )
    return _feed_values(packed)


def unpack_result(values: tuple[Any, ...] | None) -> ParseResult | None:
    """Return the result that `pack_result` packed."""
    if values is None:
        return None
    if len(values) == 3:
        fault, reason, feeds = values
        return ParseFailed(Fault(fault), reason, feeds)
    feed = ParsedFeed(*values)
    return replace(
        feed,
        entries=tuple([_entry(entry) for entry in feed.entries]),  # type: ignore[arg-type]
        prepared=tuple([Prepared(*made) for made in feed.prepared]),  # type: ignore[misc]
        keys=tuple([Keys(*one) for one in feed.keys]),  # type: ignore[misc]
    )


def _entry(values: tuple[Any, ...]) -> ParsedEntry:
    if values[_ENCLOSURES]:
        enclosures = tuple([Enclosure(*one) for one in values[_ENCLOSURES]])
        values = (*values[:_ENCLOSURES], enclosures, *values[_ENCLOSURES + 1 :])
    return ParsedEntry(*values)
