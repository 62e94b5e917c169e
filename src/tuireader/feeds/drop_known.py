"""What of a feed that was read is worth handing on: what is new or changed, ready to be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tuireader import dedup
from tuireader.document.prepare import prepare
from tuireader.model import ParsedFeed

Digests = Mapping[int, int]
"""The guid keys of a feed's stored entries, each with the digest of what it said."""


def drop_known(parsed: ParsedFeed, stored: Digests) -> ParsedFeed:
    """The feed with only those entries that are not stored as they are, with their keys, and prepared."""
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
