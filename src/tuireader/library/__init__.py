"""The use-cases of the program, and the only door to them for UI and command line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tuireader import ingest
from tuireader.config import Config, Paths
from tuireader.library.articles import Articles
from tuireader.library.desk import in_transaction
from tuireader.library.newsboat_import import Moving
from tuireader.library.preferences import Habits
from tuireader.library.refresh import Refreshing
from tuireader.library.sharing import Sharing
from tuireader.store import Pool, Store


class Library(Moving, Sharing, Articles, Refreshing, Habits):
    """Feeds, articles, watches and relations of one database under one configuration.

    Every method that touches the store is a coroutine which runs in the reader or the writer thread, so
    nothing here blocks the event loop. Everything that changes state returns the articles it changed.
    """

    @classmethod
    async def open(
        cls,
        config: Config,
        paths: Paths,
        *,
        offline: bool = False,
        clock: Callable[[], float] = time.time,
        tell: Callable[[Path, float], None] | None = None,
    ) -> Library:
        """Open or create the database and bring feeds and watches in line with `config`.

        `offline` never asks the network (the demo). While an older database is brought up to date, `tell`
        hears in a thread where the former one is kept and what share is done. Raises DatabaseError when the
        file cannot be used; the file is then untouched.
        """
        pool = await Pool.open(paths.database, tell)
        library = cls(config, paths, pool, offline=offline, clock=clock)
        try:
            await library._sync()
            await library.changed_elsewhere()  # from now on
        except BaseException:
            await pool.close()
            raise
        return library

    async def load_demo(self) -> None:
        """Store the bundled sample feeds, as if they had just been fetched."""
        from tuireader import demo
        from tuireader.feeds.parse import parse
        from tuireader.model import ParsedFeed

        now = int(self._clock())
        ids = {feed.url: feed.id for feed in self._feeds}

        def save(store: Store) -> None:
            store.marks.drop_config_steps()  # its configuration begins anew each time
            for sample in demo.feeds(now):
                parsed = parse(sample.body, sample.url, "application/xml")
                if isinstance(parsed, ParsedFeed):
                    saved = store.entries.save(ids[sample.url], parsed.entries, now)
                    ingest.record_new(store, saved.new, self._rules, now)
                    ingest.record_carried(store, saved.carried, self._rules, now)

        await self._pool.write(in_transaction(save))
        async for _ in self.relate():
            pass
