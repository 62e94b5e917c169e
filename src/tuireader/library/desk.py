"""What all use-cases share: the configuration in force, the database and the names of the feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from tuireader import ingest, query, watch
from tuireader.config import Config, MuteConfig, Paths, Problem, loads
from tuireader.errors import TuireaderError
from tuireader.library import watching
from tuireader.model import ConfigStep, Feed, View
from tuireader.store import Pool, Store
from tuireader.store.feeds import Subscription
from tuireader.store.schema import VERSION

T = TypeVar("T")
K = TypeVar("K")

if TYPE_CHECKING:
    from tuireader.query import Advice, Names


class Desk:
    """What every use-case works with: one configuration, one database, the names of the feeds.

    Every method that touches the store is a coroutine which runs in the reader or the writer thread, so
    nothing here blocks the event loop. `new_view` shows what has come since the reader was last left, once
    `away_since` has looked.
    """

    def __init__(
        self, config: Config, paths: Paths, pool: Pool, *, offline: bool, clock: Callable[[], float]
    ) -> None:
        self.config = config
        self.paths = paths
        self.offline = offline
        self.problems: tuple[Problem, ...] = ()
        self.new_view: View | None = None
        self._pool = pool
        self._clock = clock
        self._feeds: list[Feed] = []
        self._names: dict[int, tuple[str, ...]] = {}
        self._version = 0
        self._compiled: watch.Matcher | None = None
        self._mutes: dict[MuteConfig, ingest.Mute] = {}
        self._ended: frozenset[str] = frozenset()
        self._text: str | None = None  # what the demo's configuration says, once that was changed

    @property
    def schema(self) -> int:
        """The version of the database, as a glance at it has to find it."""
        return VERSION

    async def spare_memory(self) -> None:
        """Keep less of the database in memory from now on: the program stays open and mostly waits."""
        await self._pool.spare_memory()

    async def tidy(self) -> None:
        """Bring what was written to its place in the database, if it is much; no key waits for that."""
        await self._pool.tidy()

    def wait_at_most(self, seconds: float) -> None:
        """Let writes wait this long for another program that is writing; also those that wait now."""
        self._pool.wait_at_most(seconds)

    async def close(self) -> None:
        """Wait for writes under way and close the database."""
        await self._pool.close()

    async def reload(self) -> None:
        """Read the config again. If it is broken, the last good one stays and TuireaderError says why."""
        from tuireader.config import load

        config, problems = await asyncio.to_thread(load, self.paths.config)
        if any(problem.fatal for problem in problems):
            raise TuireaderError(str(problems[0]), "the configuration before it stays in force")
        self.problems = problems
        await self._take(config)

    async def feeds(self) -> list[Feed]:
        """All subscribed feeds in config order, with their health."""
        await self._load_feeds()
        return self._feeds

    async def _take(self, config: Config) -> None:
        """Put a configuration in force."""
        self.config, self._compiled = config, None
        await self._sync()

    def _own_feeds(self) -> None:
        if self.offline:
            raise TuireaderError("the demo keeps to its own feeds", "start tuireader without --demo")

    def _url(self, feed_id: int) -> str:
        """The address of a subscribed feed as it stands in the config."""
        for feed in self._feeds:
            if feed.id == feed_id:
                return feed.url
        raise TuireaderError("there is no such feed any more", "`tuireader feeds` lists them")

    async def _set_feed(self, feed_id: int, **changes: object) -> None:
        from tuireader.config import edit as config_edit

        url = self._url(feed_id)
        await self._change_feeds(lambda text: config_edit.set_feed(text, url, **changes))

    async def _change_feeds(self, edit: Callable[[str], str], what: str = "") -> None:
        """Change the configuration in what the demo does not change."""
        self._own_feeds()
        await self._change_config(edit, what)

    async def _change_config(self, edit: Callable[[str], str], what: str = "") -> None:
        """Change the configuration and put it in force; undo takes it back, and says `what` that was."""
        from tuireader.config import edit as config_edit

        before, after = await self._edit_config(edit)
        await self._put_in_force()
        now, step = int(self._clock()), await asyncio.to_thread(config_edit.step_between, before, after, what)
        if step is not None:
            await self._pool.write(
                in_transaction(lambda store: store.marks.add_config_step(step.what, step.packed, now=now))
            )

    async def _undo_config(self, what: str, step: ConfigStep) -> None:
        """Take back a change of the configuration. Raises TuireaderError where it was edited since."""
        from tuireader.config import edit as config_edit

        def undo(store: Store) -> None:
            for url, before in config_edit.reverted_urls(step.packed):
                for feed in store.feeds.all():
                    if feed.url == url:
                        store.feeds.move(feed.id, before)
            store.marks.drop_config_steps(step.id)

        try:
            await self._edit_config(lambda text: config_edit.revert(text, step.packed))
        except config_edit.EditedSince as error:
            await self._pool.write(in_transaction(lambda store: store.marks.drop_config_steps(step.id)))
            raise TuireaderError(f"not undone: {what}", f"{error.message}; nothing was changed") from None
        await self._pool.write(in_transaction(undo))
        await self._put_in_force()

    async def _edit_config(self, edit: Callable[[str], str]) -> tuple[str, str]:
        """Edit the text of the configuration, which the demo has in memory; what it said and says now."""
        from tuireader.config import edit as config_edit

        if not self.offline:
            return await asyncio.to_thread(config_edit.change, self.paths.config, edit)
        before = self._text if self._text is not None else config_edit.tables_as_text(self.config)
        self._text = edit(before)
        return before, self._text

    async def _put_in_force(self) -> None:
        """Put in force what the configuration says after an edit."""
        if self._text is None:
            await self.reload()
            return
        made, _ = loads(self._text)
        await self._take(replace(self.config, watches=made.watches, mutes=made.mutes, views=made.views))

    async def _sync(self) -> None:
        subscriptions = [
            Subscription(feed.url, feed.title, feed.folder, feed.paused) for feed in self.config.feeds
        ]
        signatures = [(rule.name, watch.signature(rule)) for rule in watching.rules(self.config)]

        def sync(store: Store) -> None:
            if not store.feeds.is_current(subscriptions) or not store.watches.is_current(signatures):
                with store.transaction():
                    store.entries.reassign(store.feeds.sync(subscriptions))
                    store.watches.sync(signatures)
                    store.mutes.update_hidden()  # a watch that is gone keeps nothing visible

        await self._pool.write(sync)
        await self._load_feeds()
        await self._sync_mutes()
        await self._sync_follows()

    async def _sync_follows(self) -> None:
        """Find out which of the watches that end after quiet days have ended."""
        now = int(self._clock())
        days = watching.quiet_days(self.config)

        def sync(store: Store) -> frozenset[str]:
            if not store.follows.is_current(days):
                with store.transaction():
                    store.follows.sync(days, now)
            return watching.ended(store.follows.last_news(), days, now) if days else frozenset()

        self._ended = await self._pool.write(sync)

    async def _load_feeds(self) -> None:
        self._feeds = await self._pool.read(lambda store: store.feeds.subscribed())
        every = await self._pool.read(lambda store: store.feeds.all())
        labels = {feed.url: feed.labels for feed in self.config.feeds if feed.labels}
        self._names = {
            feed.id: (feed.title, feed.url, _folder(feed), *labels.get(feed.url, ())) for feed in every
        }

    @property
    def _matcher(self) -> watch.Matcher:
        """What finds the watches of an article; made when one is asked for, for who reads needs none."""
        if self._compiled is None:
            self._compiled = watch.Matcher(watching.rules(self.config))
        return self._compiled

    @property
    def _rules(self) -> ingest.Rules:
        return ingest.Rules(
            self._matcher,
            self._names,
            tuple(self._mutes.values()),
            {item.name for item in self.config.watches if item.notify != "never"},
            self._ended,
        )

    async def _sync_mutes(self) -> None:
        """Bring the store in line with the mutes that are in force today."""
        now = int(self._clock())
        today = date.fromtimestamp(now)
        self._mutes = {
            item: mute
            for item in self.config.mutes
            if item.until is None or today <= item.until
            if (mute := ingest.Mute.of(item, self._names, now))
        }
        signatures = {mute.signature for mute in self._mutes.values()}

        def sync(store: Store) -> None:
            if not store.mutes.is_current(signatures):
                with store.transaction():
                    store.mutes.sync(signatures)

        await self._pool.write(sync)

    async def advice(self, text: str) -> tuple[str, ...]:
        """What seems not to be meant in an expression; empty for one that cannot be understood."""
        return tuple(map(str, await self._advised(watching.of_text, text)))

    async def _advised(self, ask: Callable[[Store, Names, K], Sequence[Advice]], what: K) -> Sequence[Advice]:
        """Ask for what seems not to be meant, by all names that there are; ends when it is cancelled."""
        config, feeds = self.config, self._names
        return await self._pool.read_or_stop(
            lambda store: ask(store, watching.names(store, config, feeds), what)
        )

    def _today(self) -> int:
        """When the person's day began, in their time zone."""
        return query.start_of_day(self._clock())


def _folder(feed: Feed) -> str:
    return feed.folder if feed.subscribed else ""


def in_transaction(function: Callable[[Store], T]) -> Callable[[Store], T]:
    """`function` as one transaction: all that it writes is there, or nothing of it."""

    def whole(store: Store) -> T:
        with store.transaction():
            return function(store)

    return whole
