"""Bounds of a pull, against servers whose lists never end."""

from __future__ import annotations

from collections.abc import Iterable

STALE_PAGES = 3
"""Pages in a row that bring no entry which the pull has not seen; real servers send none."""
MOST_ENTRIES = 300_000
"""Entries of one pull, several times what an account of 1,000 feeds has; the next sync continues."""


class Bounds:
    """Entries that the pages of a pull have brought so far."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._stale = 0

    @property
    def is_full(self) -> bool:
        """True once a pull has as many entries as it may bring."""
        return len(self._seen) >= MOST_ENTRIES

    def advances(self, ids: Iterable[str]) -> bool:
        """Note the entries of a page; return False if too many pages in a row brought none that is new."""
        before = len(self._seen)
        self._seen.update(ids)
        self._stale = 0 if len(self._seen) > before else self._stale + 1
        return self._stale < STALE_PAGES
