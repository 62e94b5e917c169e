"""Entries of servers, cleaned by the rules for all feeds."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from tuireader.feeds.parse.entry import MAX_ENTRIES, Raw, RawFeed, shape
from tuireader.sync.backend import RemoteEntry


class Odd(ValueError):
    """A body is not of the form that the API promises."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An uncleaned entry of an answer; the guid of `raw` is its id."""

    feed_id: str
    raw: Raw
    read: bool
    starred: bool


def has_shape(items: Sequence[object], names: Set[str]) -> bool:
    """Return whether a list is empty, or any of its objects has most of these members."""
    return not items or any(isinstance(item, dict) and len(names - item.keys()) <= 1 for item in items)


def cleaned(sent: Sequence[Sent]) -> tuple[RemoteEntry, ...]:
    """Clean entries; plain text in them is literal, and relative links start from the entry's own address.

    Raises Odd for far more entries than anybody asks for.
    """
    if len(sent) > MAX_ENTRIES:
        raise Odd
    shaped = shape(RawFeed(url="", atom=True, entries=[item.raw for item in sent])).entries
    return tuple(
        RemoteEntry(item.raw.guid, item.feed_id, entry, item.read, item.starred)
        for item, entry in zip(sent, shaped, strict=True)
    )
