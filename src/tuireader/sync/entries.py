"""Entries of servers, cleaned by the rules for all feeds."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from typing import Any

from msgspec import Struct

from tuireader.feeds.parse.entry import MAX_ENTRIES, Raw, RawFeed, shape
from tuireader.sync.backend import RemoteEntry


class Odd(ValueError):
    """A body is not of the form that the API promises."""


class Sent(Struct, frozen=True):
    """An uncleaned entry of an answer; the guid of `raw` is its id."""

    feed_id: str
    raw: Raw
    read: bool
    starred: bool


def parsed(raw: bytes, name: str, members: Set[str]) -> tuple[dict[str, Any], list[Any]]:
    """Parse the JSON object in a body, and its list of entries, which may be empty.

    Raises Odd if there is none, or no entry has most of these members.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise Odd from None
    items = value.get(name) if isinstance(value, dict) else None
    if not isinstance(items, list):
        raise Odd
    if items and not any(isinstance(item, dict) and len(members - item.keys()) <= 1 for item in items):
        raise Odd
    return value, items


def cleaned(sent: Sequence[Sent]) -> tuple[RemoteEntry, ...]:
    """Clean entries; plain text in them is literal, and relative links start from the entry's own address.

    Raises Odd for far more entries than anybody asks for.
    """
    if len(sent) > MAX_ENTRIES:
        raise Odd
    shaped = shape(RawFeed(url="", atom=True, entries=[item.raw for item in sent])).entries
    return tuple(
        RemoteEntry(item.raw.guid, item.feed_id, entry, read=item.read, starred=item.starred)
        for item, entry in zip(sent, shaped, strict=True)
    )
