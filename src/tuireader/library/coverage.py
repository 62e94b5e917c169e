"""Coverage of feeds and watches: the time since when they were seen, and the gaps."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from tuireader.library.context import UseCases
from tuireader.library.watching import named
from tuireader.model import Feed
from tuireader.store import Store
from tuireader.store.sql import grouped

if TYPE_CHECKING:
    from tuireader.model import Coverage, WatchCoverage


class Coverages(UseCases):
    """Coverage from the first fetch of each feed, or from `since`, to now, or to `until`."""

    async def of_feeds(
        self,
        since: int | None = None,
        until: int | None = None,
        feed_ids: Collection[int] | None = None,
    ) -> list[Coverage]:
        """Coverage of subscribed feeds in config order, by default of all."""
        feeds = await self._context.load_feeds()
        if feed_ids is not None:
            feeds = [feed for feed in feeds if feed.id in feed_ids]
        return await self._pool.read(lambda store: coverage(store, feeds, since, until))

    async def of_watch(self, name: str, since: int | None = None, until: int | None = None) -> WatchCoverage:
        """Coverage of a watch's feeds. Raises UsageError for an unknown watch."""
        from tuireader.model import WatchCoverage

        item = named(self._context.config, name)
        await self._context.load_feeds()
        feeds = self._context.feeds_of(item)
        coverages = await self._pool.read(lambda store: coverage(store, feeds, since, until))
        return WatchCoverage(item.name, tuple(coverages))


def coverage(
    store: Store, feeds: Sequence[Feed], since: int | None = None, until: int | None = None
) -> list[Coverage]:
    """Coverage of feeds in a period: when each was first seen, and its gaps."""
    from tuireader.model import Coverage

    starts = store.gaps.starts(feed.id for feed in feeds)
    gaps = grouped(
        (gap.feed_id, gap)
        for gap in store.gaps.of_feeds(feed.id for feed in feeds)
        if (since is None or gap.before > since) and (until is None or gap.after < until)
    )
    coverages = []
    for feed in feeds:
        start, failing, mixed = starts.get(feed.id, (None, None, False))
        first = start if start is None or since is None else max(start, since)
        lost = failing if failing is None or until is None or failing < until else None
        coverages.append(
            Coverage(feed, since=first, unseen_since=lost, gaps=gaps.get(feed.id, ()), unsure=mixed)
        )
    return coverages
