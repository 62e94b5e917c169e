"""Tell whether a server is the one whose ids are stored.

A server may have been set up again, renumbered or replaced by another one at the same address: its ids then
belong to other articles. Entries are compared by address and title with the articles stored under their ids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from itertools import islice

from tuireader import dedup
from tuireader.model.accounts import RemoteEntry
from tuireader.store import Pool, Store
from tuireader.sync.backend import Backend

SAMPLE = 8


class Identity:
    """The comparison of a server with what is stored of an account.

    `is_proved` is true once some entries agreed, or the account has taken the ids of the server.
    """

    def __init__(self, pool: Pool, account_id: int, backend: Backend) -> None:
        self._pool = pool
        self._account_id = account_id
        self._backend = backend
        self.is_proved = False

    async def is_another(self, ids: Collection[str] = (), *, pending: bool = False) -> bool | None:
        """Return whether most entries on the server are other articles; None if it shows none.

        Compares some of `ids` and of the entries with marks to send (`pending`), then some of all entries.
        """
        has_others = False
        for only_pending in dict.fromkeys((pending, False)):
            take = partial(_sample, self._account_id, only_pending)
            sample = [*islice(ids, SAMPLE), *await self._pool.read(take)]
            if sample:
                entries = await self._backend.probe(sample)
                agree, differ = await self.compare(entries)
                if agree or differ:
                    self.is_proved = agree > differ
                    return not self.is_proved
                has_others |= bool(entries)  # others stand where the stored ones should
        return has_others or None

    async def compare(self, entries: Sequence[RemoteEntry]) -> tuple[int, int]:
        """Count the entries that are the articles stored under their ids, and those that are others."""
        if not entries:
            return 0, 0
        ids, account_id = [entry.id for entry in entries], self._account_id
        stored = await self._pool.read(lambda store: store.remote.addresses(account_id, ids))
        same = [_is_same(entry, *stored[entry.id]) for entry in entries if entry.id in stored]
        return same.count(True), same.count(False)


def _is_same(entry: RemoteEntry, url: str, title: str) -> bool | None:
    """Return whether an entry is the article; None if it has neither an address of its own nor a title."""
    key = dedup.url_key(entry.entry.url)
    if not key and not entry.entry.title:
        return None
    return entry.entry.title == title or (key != 0 and key == dedup.url_key(url))


def _sample(account_id: int, pending: bool, store: Store) -> list[str]:
    return store.remote.sample(account_id, SAMPLE, pending=pending)
