"""Requests to the processes that parse feeds, and their results as plain values for `marshal`."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from msgspec import Struct

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

_KINDS = (ParsedFeed, ParsedEntry, Prepared, Keys, Enclosure)
_VALUES = {kind: attrgetter(*kind.__struct_fields__) for kind in _KINDS}
_PARTS: dict[type[Struct], dict[str, type]] = {
    **{kind: {} for kind in _KINDS},
    ParsedFeed: {"entries": ParsedEntry, "prepared": Prepared, "keys": Keys},
    ParsedEntry: {"enclosures": Enclosure},
}
_PLACES = {
    kind: [(at, parts[name]) for at, name in enumerate(kind.__struct_fields__) if name in parts]
    for kind, parts in _PARTS.items()
}
"""Positions of the fields with further structs, and their classes, by the class that has them."""


def pack(result: ParseResult | None) -> tuple[Any, ...] | None:
    """Convert a result to plain values for `marshal`."""
    if result is None:
        return None
    if isinstance(result, ParseFailed):
        return result.fault.value, result.reason, result.feeds
    return _packed(result)


def _packed(value: Any) -> tuple[Any, ...]:
    values = _VALUES[type(value)](value)
    for at, _ in _PLACES[type(value)]:
        if values[at]:
            values = (*values[:at], tuple(map(_packed, values[at])), *values[at + 1 :])
    return values


def unpack(values: tuple[Any, ...] | None) -> ParseResult | None:
    """Rebuild the result from the values of `pack`."""
    if values is None:
        return None
    if len(values) == 3:
        fault, reason, feeds = values
        return ParseFailed(Fault(fault), reason, feeds)
    feed: ParsedFeed = _unpacked(ParsedFeed, values)
    return feed


def _unpacked(kind: Any, values: tuple[Any, ...]) -> Any:
    for at, part in _PLACES[kind]:
        if values[at]:
            parts = tuple([_unpacked(part, value) for value in values[at]])
            values = (*values[:at], parts, *values[at + 1 :])
    return kind(*values)
