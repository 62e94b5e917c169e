"""The match log: proof of what was matched, reported and read."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING

from tuireader import ingest
from tuireader.errors import UsageError
from tuireader.library.context import UseCases
from tuireader.store import Store

if TYPE_CHECKING:
    from tuireader.model import LoggedMatch

_EXPLAINED = 200  # number of matches whose evidence one transaction completes


class Matches(UseCases):
    """All matches ever found, in the order in which they were logged."""

    async def log(
        self, *, since: int = 0, until: int | None = None, watch: str | None = None
    ) -> AsyncGenerator[LoggedMatch, None]:
        """Yield the matches found within a period, of one watch if given, which may no longer exist.

        Raises UsageError for a watch that never matched. Reads a few hundred matches at a time.
        """
        if watch is not None:
            watch = await self._named(watch)
        context = self._context
        while await self._transact(  # computes deferred evidence
            lambda store: ingest.complete_log(store, context.matcher, context.feed_names, _EXPLAINED)
        ):
            pass
        last = 0
        while rows := await self._pool.read(
            partial(_rows, after=last, since=since, until=until, watch=watch)
        ):
            for row in rows:
                yield row
            last = rows[-1].id

    async def _named(self, name: str) -> str:
        """Spell a watch's name as in the configuration, else as in the log."""
        known = [known_name.name for known_name in self._context.config.watches]
        known += await self._pool.read(lambda store: store.match_log.watches())
        for known_name in known:
            if known_name.casefold() == name.casefold():
                return known_name
        raise UsageError(f"there is no watch {name!r}", "`tuireader watch list` shows them")


def _rows(store: Store, *, after: int, since: int, until: int | None, watch: str | None) -> list[LoggedMatch]:
    return store.match_log.rows(after, since=since, until=until, watch=watch)
