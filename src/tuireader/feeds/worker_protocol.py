"""Requests to the processes that parse feeds, and their results as plain values for `marshal`."""

from __future__ import annotations

from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

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

Reader = tuple[str, tuple[Any, ...]]
"""Name of one of the worker's readers of other documents than feeds, with its settings."""
Request = tuple[bytes, str, str | None, dict[int, int] | None, Reader | None]
"""A body, its address and content type, the digests by guid key of stored entries, to be left out, and how
to read it, if it is no feed."""

_PARTS: dict[type, dict[str, type]] = {
    ParsedFeed: {"entries": ParsedEntry, "prepared": Prepared, "keys": Keys},
    ParsedEntry: {"enclosures": Enclosure},
}
"""Fields with further dataclasses, by the class that has them."""
_VALUES = {
    kind: attrgetter(*(field.name for field in fields(kind)))
    for kind in (ParsedFeed, ParsedEntry, Prepared, Keys, Enclosure)
}


def pack(result: ParseResult | None) -> tuple[Any, ...] | None:
    """Return a result as plain values for `marshal`."""
    if result is None:
        return None
    if isinstance(result, ParseFailed):
        return result.fault.value, result.reason, result.feeds
    return _packed(result)


def _packed(value: Any) -> tuple[Any, ...]:
    names = _PARTS.get(type(value), ())
    parts = {name: tuple(map(_packed, found)) for name in names if (found := getattr(value, name))}
    return _VALUES[type(value)](replace(value, **parts) if parts else value)


def unpack(values: tuple[Any, ...] | None) -> ParseResult | None:
    """Return the result from the values that `pack` returned."""
    if values is None:
        return None
    if len(values) == 3:
        fault, reason, feeds = values
        return ParseFailed(Fault(fault), reason, feeds)
    feed: ParsedFeed = _unpacked(ParsedFeed, values)
    return feed


def _unpacked(kind: Any, values: tuple[Any, ...]) -> Any:
    value = kind(*values)
    parts = {
        name: tuple([_unpacked(part, one) for one in found])
        for name, part in _PARTS.get(kind, {}).items()
        if (found := getattr(value, name))
    }
    return replace(value, **parts) if parts else value
