"""Keep only the new or changed entries of a parsed feed, prepared for storing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model import ParsedFeed

Digests = Mapping[int, int]
"""Guid keys of a feed's stored entries with the digests of their texts."""


def drop_known(parsed: ParsedFeed, stored: Digests) -> ParsedFeed:
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
