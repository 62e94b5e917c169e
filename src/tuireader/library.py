"""The use-cases of the program, and the only door to them for UI and command line."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tuireader.config import Config, Paths
from tuireader.model import Article, ArticleRow, Change, Counts, Event, Feed, Related, View


class Library:
    """Feeds, articles, watches and relations of one database under one configuration.

    Every method that touches the store is a coroutine which runs in the reader or the writer thread, so
    nothing here blocks the event loop. Everything that changes state returns the articles it changed.
    """

    config: Config
    paths: Paths
    offline: bool  # demo: never asks the network

    @classmethod
    async def open(cls, config: Config, paths: Paths, *, offline: bool = False) -> Library:
        """Open or create the database and bring feeds and watches in line with `config`.

        Raises DatabaseError when the file cannot be used; the file is then untouched.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Wait for writes under way and close the database."""

    # -- lists
    async def ids(self, view: View, *, show_read: bool = True, sort: str = "date") -> array[int]:
        """The article ids of a view in list order, newest first for `date`. `sort`: date, feed, title, sources."""
        raise NotImplementedError

    async def rows(self, ids: Sequence[int]) -> list[ArticleRow]:
        """The list lines of `ids`, in that order; ids that are no more are left out."""
        raise NotImplementedError

    async def counts(self) -> Counts:
        """Unread and total numbers for the sidebar."""
        raise NotImplementedError

    async def feeds(self) -> list[Feed]:
        """All subscribed feeds in config order."""
        raise NotImplementedError

    async def search(self, text: str, *, limit: int = 2000) -> tuple[array[int], str]:
        """Ids matching an expression, newest first, and `""` or why it cannot be understood. Never raises."""
        raise NotImplementedError

    # -- one article
    async def article(self, article_id: int) -> Article | None:
        """All of one article for the reading pane."""
        raise NotImplementedError

    async def related(self, article_id: int) -> tuple[Related, ...]:
        """The relatives of an article, grouped by relation, strongest first; empty when there are none."""
        raise NotImplementedError

    async def find_url(self, url: str) -> int | None:
        """The stored article with this address (tracking parameters and scheme aside), if any."""
        raise NotImplementedError

    async def keep_place(self, article_id: int, place: int) -> None:
        """Remember how far an article was read, in characters of its text."""

    # -- marks (all journalled)
    async def set_read(self, ids: Sequence[int], read: bool) -> Change:
        """Mark articles read or unread."""
        raise NotImplementedError

    async def set_starred(self, ids: Sequence[int], starred: bool) -> Change:
        """Star or unstar articles."""
        raise NotImplementedError

    async def undo(self) -> Change | None:
        """Take back the last mark, also one made before a restart; None when there is nothing left."""
        raise NotImplementedError

    # -- refresh
    def refresh(self, feed_ids: Sequence[int] | None = None, *, force: bool = True) -> AsyncIterator[Event]:
        """Fetch feeds (all that are due, or all with `force`, or just `feed_ids`) and tell what happens.

        Iterate inside `contextlib.aclosing`; closing early cancels what is under way, what is stored stays.
        """
        raise NotImplementedError

    async def due(self) -> int:
        """How many feeds are due for a refresh now."""
        raise NotImplementedError

    async def changed_elsewhere(self) -> bool:
        """Whether another process has written to the database since the last call."""
        raise NotImplementedError

    async def apply_watches(self) -> AsyncIterator[tuple[int, int]]:
        """Match all stored articles against watches that are new or changed; yields (done, total)."""
        raise NotImplementedError
        yield (0, 0)

    # -- subscriptions (written to the TOML, comments kept)
    async def add_feeds(self, feeds: Sequence[tuple[str, str, str]]) -> int:
        """Subscribe to (url, title, folder) each; returns how many are new. Creates the config if needed."""
        raise NotImplementedError

    async def discover(self, url: str) -> list[tuple[str, str]]:
        """(feed address, title) found at a pasted address: the feed itself, or those a page advertises."""
        raise NotImplementedError

    async def import_opml(self, path: Path) -> tuple[int, list[str]]:
        """Subscribe to the feeds of an OPML file: how many are new, and a line for each that was skipped."""
        raise NotImplementedError
