"""A table of numbers by hash that takes 8 bytes an entry; a dict of strings takes 100."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable

_BITS = 20
LIMIT = 1 << _BITS
"""Numbers are smaller than this."""
_HIGHEST = LIMIT - 1
_ALL = (1 << 64) - 1
_SLOTS = 1 << 15  # bytes of 8 bits
_SLOT = _SLOTS - 1


class Table:
    """Numbers by the lower 44 bits of a hash. Of several under one hash, the highest counts."""

    def __init__(self) -> None:
        self._entries = array("Q")
        self._is_sorted = True
        self._seen = bytearray(_SLOTS)  # a bit by a part of the hash: most of what is sought is in no table

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, hashed: int) -> bool:
        return self.get(hashed) >= 0

    def add(self, hashes: Iterable[int], number: int) -> None:
        for hashed in hashes:
            self._entries.append((hashed << _BITS | number) & _ALL)
            self._seen[hashed >> 3 & _SLOT] |= 1 << (hashed & 7)
        self._is_sorted = False

    def get(self, hashed: int, missing: int = -1) -> int:
        if not self._seen[hashed >> 3 & _SLOT] >> (hashed & 7) & 1:
            return missing
        if not self._is_sorted:
            self._entries, self._is_sorted = array("Q", sorted(self._entries)), True
        highest = (hashed << _BITS | _HIGHEST) & _ALL
        at = bisect_right(self._entries, highest)
        entry = self._entries[at - 1] if at else highest ^ _ALL
        return entry & _HIGHEST if entry >> _BITS == highest >> _BITS else missing
