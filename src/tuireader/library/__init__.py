"""Use cases: the only access to store and network for UI and command line."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader import ingest
from tuireader.config import Config, Paths, Problem
from tuireader.lexicon import use_variants
from tuireader.library.articles import Articles
from tuireader.library.content import Content
from tuireader.library.context import Context
from tuireader.library.feeds.feeds import Feeds
from tuireader.library.feeds.page_tools import PageTools
from tuireader.library.lists import Briefs, Lists
from tuireader.library.marks import Labels, Marks
from tuireader.library.searches import Searches
from tuireader.library.settings import Database, Settings
from tuireader.library.watches import Mutes, Watches
from tuireader.store import Pool, Store

if TYPE_CHECKING:
    import tuireader.library.accounts.accounts
    import tuireader.library.accounts.moving
    import tuireader.library.accounts.sign_in
    import tuireader.library.alarms
    import tuireader.library.channels
    import tuireader.library.coverage
    import tuireader.library.desk.cases
    import tuireader.library.desk.matches
    import tuireader.library.exchange
    import tuireader.library.feeds.downloads
    import tuireader.library.feeds.full_texts
    import tuireader.library.feeds.page_sources
    import tuireader.library.meaning
    import tuireader.library.newsboat.profile
    import tuireader.library.refresh
    import tuireader.library.sending.digests
    import tuireader.library.sending.outbox
    import tuireader.library.sending.publishing
    import tuireader.library.stories
    import tuireader.library.watching.actions


class Library:
    """All use cases on one database under one configuration, in groups: `library.feeds.pause(feed_id)`.

    Every method that uses the store is a coroutine that runs in the reader or the writer thread, so nothing
    here blocks the event loop. Methods that change articles return the ones that changed.
    """

    accounts: tuireader.library.accounts.accounts.Accounts
    alarms: tuireader.library.alarms.Alarms
    cases: tuireader.library.desk.cases.Cases
    channels: tuireader.library.channels.Channels
    coverage: tuireader.library.coverage.Coverages
    digests: tuireader.library.sending.digests.Digests
    downloads: tuireader.library.feeds.downloads.Downloads
    exchange: tuireader.library.exchange.Exchange
    full_texts: tuireader.library.feeds.full_texts.FullTexts
    matches: tuireader.library.desk.matches.Matches
    meanings: tuireader.library.meaning.Meanings
    moving: tuireader.library.accounts.moving.Moving
    newsboat: tuireader.library.newsboat.profile.Newsboat
    outbox: tuireader.library.sending.outbox.Outbox
    pages: tuireader.library.feeds.page_sources.PageSources
    publishing: tuireader.library.sending.publishing.Publishing
    refresh: tuireader.library.refresh.Refresh
    rules: tuireader.library.watching.actions.Rules
    sign_in: tuireader.library.accounts.sign_in.SignIn
    stories: tuireader.library.stories.Stories
    """These groups most runs do not need, and they are slow to import: imported on first use."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.paths, self.offline = context.paths, context.offline
        """`offline` is true for the demo, which has no network and its own feeds."""
        context.library = self
        self.settings = Settings(context)
        self.feeds = Feeds(context)
        self.searches = Searches(context)
        self.lists = Lists(context)
        self.articles = Articles(context)
        self.page_tools = PageTools(context)
        self.content = Content(context)
        self.marks = Marks(context)
        self.labels = Labels(context)
        self.watches = Watches(context)
        self.mutes = Mutes(context)
        self.briefs = Briefs(context)
        self.database = Database(context)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name not in Library.__annotations__:
                raise AttributeError(name)
            module, _, kind = Library.__annotations__[name].rpartition(".")
            group = getattr(import_module(module), kind)(self.context)
            self.__dict__[name] = group
            return group

    @classmethod
    async def open(
        cls,
        config: Config,
        paths: Paths,
        *,
        problems: tuple[Problem, ...] = (),
        offline: bool = False,
        clock: Callable[[], float] = time.time,
        tell: Callable[[Path, float], None] | None = None,
    ) -> Library:
        """Open or create the database and update its feeds and watches from `config`.

        `problems` were found in the file of `config`. `offline` never uses the network (the demo). While
        an older database is migrated, `tell` is called in a thread with the path of the backup and the share
        done. Raises DatabaseError when the file cannot be used, and then leaves it unchanged.
        """
        pool = await Pool.open(paths.database, tell)
        context = Context(config, paths, pool, problems=problems, offline=offline, clock=clock)
        library = cls(context)
        try:
            await context.sync()
            await library.database.changed_elsewhere()  # start counting
        except BaseException:
            await pool.close()
            raise
        return library

    @classmethod
    async def open_read_only(cls, config: Config, paths: Paths) -> Library:
        """Open the database for other programs: nothing can be written, private feeds are hidden.

        So is what was unsubscribed, which may have been private. Raises DatabaseError, also for a database
        of an older version.
        """
        from tuireader.library.feeds.public import public_feeds

        pool = await Pool.open_read_only(paths.database)
        unlabelled = tuple(replace(feed, labels=()) for feed in config.feeds)
        config = replace(config, feeds=unlabelled, rules=())  # both name labels
        context = Context(config, paths, pool, problems=(), offline=True, clock=time.time)
        library = cls(context)
        try:
            use_variants(config.chinese_variants)
            await context.load_feeds()
            shown = public_feeds(context, config.mcp.include, accounts=True).keys()
            hidden = context.feed_names.keys() - shown
            await pool.read(lambda store: store.hiding.hide(hidden))
            context.feeds_read = None
            await context.load_feeds()  # without the names of hidden ones
        except BaseException:
            await pool.close()
            raise
        return library

    async def close(self) -> None:
        """End worker processes and connections, wait for running writes, close the database."""
        await self.page_tools.close()
        if "meanings" in self.__dict__:
            await self.meanings.close()
        await self.context.pool.close()

    @property
    def config(self) -> Config:
        return self.context.config

    async def load_demo(self) -> None:
        """Store the bundled sample feeds, as if they had just been fetched."""
        from tuireader import demo
        from tuireader.feeds.parse.parse import parse
        from tuireader.model import ParsedFeed

        now, rules = self.context.now(), self.context.rules
        ids = {feed.url: feed.id for feed in self.context.feeds}

        def save(store: Store) -> None:
            store.marks.drop_config_steps()  # the demo starts with the same configuration each time
            for sample in demo.feeds(now):
                parsed = parse(sample.body, sample.url, "application/xml")
                if isinstance(parsed, ParsedFeed):
                    saved = store.entries.save(ids[sample.url], parsed.entries, now)
                    ingest.record_new(store, saved.new, rules, now)
                    ingest.record_carried(store, saved.carried, rules, now)

        await self.context.pool.transact(save)
        async for _ in self.refresh.relate():
            pass
