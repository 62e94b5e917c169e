"""Coverage: the time for which a feed was seen without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Struct

from tuireader.model.articles import Feed


class FeedGap(Struct, frozen=True):
    """Entries that came and went between two visits to a feed."""

    id: Annotated[int, "Number of the gap."]
    feed_id: Annotated[int, "Number of the feed."]
    found_at: Annotated[int, "When it was found."]
    after: Annotated[int, "Its start: entries published since then may be missing."]
    before: Annotated[int, "Its end: entries published from then on were seen."]
    missing: Annotated[int, "About how many entries were missing, by the pace of the feed."]
    filled: Annotated[int, "Articles fetched from older pages of the feed."] = 0
    pages: Annotated[int, "Older pages fetched."] = 0
    closed_at: Annotated[int | None, "When it was filled, `null` while it is open."] = None
    reason: Annotated[str, "Why it is open."] = ""
    filling: Annotated[bool, "True while there are older pages to fetch."] = False

    @property
    def unseen(self) -> int:
        """About how many articles were not seen."""
        return 0 if self.closed_at else max(1, self.missing - self.filled)


class NewGap(Struct, frozen=True):
    """A period of which about `missing` entries were not seen; `known` are the articles before it.

    It is `dated` if its start can be compared with the dates of entries.
    """

    after: int
    before: int
    missing: int
    known: Sequence[int] = ()
    dated: bool = False


class Coverage(Struct, frozen=True):
    """Coverage of a feed in a period."""

    feed: Feed
    since: Annotated[int | None, "Start of the period, `null` if the feed was never fetched."] = None
    unseen_since: Annotated[
        int | None, "Its last successful fetch if it fails, is gone or paused, else `null`."
    ] = None
    gaps: Annotated[tuple[FeedGap, ...], "Its gaps in the period, filled ones too."] = ()
    unsure: Annotated[
        bool, "True if its entries have neither dates nor an order: a gap may go unnoticed."
    ] = False

    @property
    def open(self) -> tuple[FeedGap, ...]:
        """Gaps that are not filled."""
        return tuple(gap for gap in self.gaps if not gap.closed_at)

    @property
    def unseen(self) -> int:
        """About how many articles were not seen."""
        return sum(gap.unseen for gap in self.open)

    @property
    def complete(self) -> bool:
        """True if everything the feed published in the period was seen."""
        return self.since is not None and self.unseen_since is None and not self.open and not self.unsure


class WatchCoverage(Struct, frozen=True):
    """Coverage of the feeds of a watch in a period."""

    watch: Annotated[str, "Name of the watch."]
    feeds: Annotated[tuple[Coverage, ...], "Its feeds."] = ()

    @property
    def since(self) -> int | None:
        """Time since which all its feeds were seen, `null` if one was never fetched."""
        starts = [feed.since for feed in self.feeds if feed.since is not None]
        return max(starts) if starts and len(starts) == len(self.feeds) else None

    @property
    def gaps(self) -> int:
        """Number of gaps that are not filled."""
        return sum(len(feed.open) for feed in self.feeds)

    @property
    def unsure(self) -> bool:
        """True if a gap of one of its feeds may go unnoticed."""
        return any(feed.unsure for feed in self.feeds)

    @property
    def unseen(self) -> int:
        """About how many articles of its feeds were not seen."""
        return sum(feed.unseen for feed in self.feeds)

    @property
    def complete(self) -> bool:
        """True if everything its feeds published in the period was seen."""
        return bool(self.feeds) and all(feed.complete for feed in self.feeds)
