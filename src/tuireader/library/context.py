"""Shared state of all use cases: configuration, database, feed names, rules for new articles."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from tuireader import ingest, query, watch
from tuireader.config import Config, FeedConfig, MuteConfig, Paths, Problem, WatchConfig, load, loads
from tuireader.config import edit as config_edit
from tuireader.config.edit import undo_files
from tuireader.config.files import expand_home
from tuireader.config.shape import PLAIN_TABLES
from tuireader.errors import TuireaderError, UsageError
from tuireader.lexicon import use_variants
from tuireader.library.watching import advice as watch_advice
from tuireader.library.watching import rules
from tuireader.model import Article, Change, Evidence, Feed
from tuireader.query import Advice, Names
from tuireader.store import Pool, Store
from tuireader.store.feeds.feeds import FeedsRead
from tuireader.text import clean, feed_key, without_password
from tuireader.text.durations import DAY

K = TypeVar("K")
Found = TypeVar("Found")
_EXPLAINED = 200  # number of matches whose evidence one transaction completes


@dataclass(eq=False, repr=False)
class Context:
    """A configuration and a database, kept in sync."""

    config: Config
    paths: Paths
    pool: Pool
    problems: tuple[Problem, ...]
    offline: bool
    clock: Callable[[], float]
    feeds: list[Feed] = field(default_factory=list)
    feeds_read: FeedsRead | None = None  # as which the feeds were read; None reads them again
    feed_names: dict[int, tuple[str, ...]] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    mutes: dict[MuteConfig, ingest.Mute] = field(default_factory=dict)
    _compiled: watch.Matcher | None = None
    _ended: frozenset[str] = frozenset()
    _text: str | None = None  # text of the demo's configuration after its first edit
    keeps_programs: bool = False  # whether edits may not change which programs the configuration names
    library: object = None  # where groups of use cases find each other

    def now(self) -> int:
        """Current time in whole seconds."""
        return int(self.clock())

    def today(self) -> int:
        """Start of today in the user's time zone, in seconds."""
        return query.start_of_day(self.clock())

    @property
    def feed_configs(self) -> dict[str, FeedConfig]:
        """The settings of all configured feeds by address."""
        return {feed.url: feed for feed in self.config.feeds}

    def feed_config(self, url: str) -> FeedConfig:
        """Settings of a feed; the defaults for an account's feed, which is not configured here."""
        return next((feed for feed in self.config.feeds if feed.url == url), FeedConfig(url))

    async def reload(self) -> None:
        """Load the configuration file. If it is broken, keep the last valid one and raise TuireaderError."""
        config, problems = await asyncio.to_thread(load, self.paths.config, self.paths.state)
        if any(problem.fatal for problem in problems):
            raise TuireaderError(str(problems[0]), "the previous configuration stays in use")
        self.problems = problems
        await self.use(config)

    async def use(self, config: Config) -> None:
        """Switch to a configuration and update the store from it."""
        self.config, self._compiled, self.feeds_read = config, None, None
        await self.sync()

    async def home_of(self, article_id: int, url: str) -> str:
        """Find the user's own address on the server of `url`, which an article names; `""` without one.

        Such a server may be private: it has a local feed with the article, or its account. Addresses of an
        account's feeds come from its server, so they do not count.
        """
        from tuireader.feeds.address import same_host

        carriers = await self.pool.read(lambda store: store.articles.carriers(article_id))
        homes = [self.homes.get(feed_id, "") for feed_id in carriers]
        return next((home for home in homes if same_host(url, home)), "")

    async def article(self, article_id: int) -> Article:
        """Load a stored article. Raises UsageError if it does not exist."""
        return found_article(await self.pool.read(lambda store: store.articles.get(article_id)), article_id)

    def require_network(self) -> None:
        if self.offline:
            raise TuireaderError("the demo has no network", "start tuireader without --demo")

    def require_own_feeds(self) -> None:
        if self.offline:
            raise TuireaderError("the demo cannot change its feeds", "start tuireader without --demo")

    def feed_url(self, feed_id: int) -> str:
        """Address of a subscribed feed as configured. Raises TuireaderError if the feed is gone."""
        for feed in self.feeds:
            if feed.id == feed_id:
                return feed.url
        raise TuireaderError("this feed no longer exists", "`tuireader feeds` lists them")

    async def change_feeds(self, edit: Callable[[str], str], what: str = "") -> None:
        """Edit the configuration of feeds, which the demo does not allow."""
        self.require_own_feeds()
        await self.change_config(edit, what)

    async def change_config(self, edit: Callable[[str], str], what: str = "") -> None:
        """Edit the configuration and switch to it; `what` describes the undo step."""
        before, after = await self._edit_config(edit)
        await self._apply_edit()
        now, step = self.now(), await asyncio.to_thread(config_edit.step_between, before, after, what)
        if step is not None:
            stored = await self._keep_step(step.packed)
            await self.pool.transact(lambda store: store.marks.add_config_step(step.what, stored, now=now))

    async def _keep_step(self, packed: bytes) -> bytes:
        """Save an undo step to a file, as it may hold passwords; return the file's name for the journal."""
        if self.offline:  # the demo has none
            return packed
        with TuireaderError.from_os("changed, but undo will not know it", f"check {self.paths.state}"):
            return await asyncio.to_thread(undo_files.keep, self.paths.state, packed)

    async def undo_config(self, change: Change, stored: bytes) -> None:
        """Revert a change of the configuration. Raises TuireaderError if its place was edited since."""
        try:
            packed = await asyncio.to_thread(undo_files.read, self.paths.state, stored)
            await self._edit_config(lambda text: config_edit.revert(text, packed))
        except config_edit.EditedSince as error:
            await self.pool.transact(lambda store: store.marks.drop_config_steps(change.step))
            raise TuireaderError(
                f"not undone: {change.what}", f"{error.message}; nothing was changed"
            ) from None

        def undo(store: Store) -> None:
            for url, before in config_edit.reverted_urls(packed):
                for feed in store.feeds.all():
                    if feed.url == url:
                        store.feeds.move(feed.id, before, back=True)
            store.marks.drop_config_steps(change.step)

        await self.pool.transact(undo)
        await self._apply_edit()

    async def _edit_config(self, edit: Callable[[str], str]) -> tuple[str, str]:
        """Edit the configuration file, or the demo's text in memory; return the old and the new text."""
        if self.keeps_programs:
            from tuireader.config.edit.programs import keeping_programs

            edit = keeping_programs(edit)
        if not self.offline:
            return await asyncio.to_thread(config_edit.change, self.paths.config, edit)
        before = self._text if self._text is not None else config_edit.tables_as_text(self.config)
        self._text = edit(before)
        return before, self._text

    async def _apply_edit(self) -> None:
        if self._text is None:
            await self.reload()
            return
        edited, self.problems = loads(self._text)
        names = ("watches", "mutes", "views", "channels", "rules", "keys", *PLAIN_TABLES)
        plain = {name: getattr(edited, name) for name in names}
        await self.use(replace(self.config, **plain))

    async def sync(self) -> None:
        use_variants(self.config.chinese_variants)
        subscriptions = self.config.feeds
        signatures = [(rule.name, watch.signature(rule)) for rule in rules(self.config)]
        accounts = [account.name for account in self.config.accounts]

        def sync(store: Store) -> None:
            older = store.older_versions
            if not self.offline and (steps := older.packed_config_steps()):
                with suppress(OSError), store.transaction():
                    older.replace_config_steps(
                        [(undo_files.keep(self.paths.state, packed), step) for step, packed in steps]
                    )
            if older.stored_passwords():
                with store.transaction():
                    older.drop_passwords()
            if not store.accounts.is_current(accounts):
                with store.transaction():
                    store.accounts.sync(accounts)
            if not store.feeds.is_current(subscriptions) or not store.watches.is_current(signatures):
                with store.transaction():
                    store.appearances.reassign(store.feeds.sync(subscriptions))
                    store.watches.sync(signatures)
                    store.mutes.update_hidden()  # a removed watch no longer keeps muted articles visible
            if self.config.desk.name and not store.cases.in_use():
                with store.transaction():
                    store.cases.begin(self.now())

        await self.pool.write(sync)
        await self.load_feeds()
        await self.sync_mutes()
        await self._sync_follows()

    async def _sync_follows(self) -> None:
        """Update which of the watches with `ends_after_quiet_days` have ended."""
        now = self.now()
        following = [item for item in self.config.watches if item.ends_after_quiet_days]
        days = {item.name: item.ends_after_quiet_days for item in following}

        def sync(store: Store) -> frozenset[str]:
            if not store.watches.follows_exactly(days):
                with store.transaction():
                    store.watches.follow(days, now)
            last = store.watches.last_news() if days else {}
            return frozenset(name for name, count in days.items() if now - last.get(name, now) >= count * DAY)

        self._ended = await self.pool.write(sync)

    @property
    def person(self) -> str:
        """Who handles matches here: as configured, else the login, `""` without a name."""
        if name := self.config.desk.name:
            return name
        from getpass import getuser

        with suppress(OSError, KeyError, ImportError):
            return clean(getuser(), 80)
        return ""

    def quiet_until(self, hours: str) -> str:
        """When quiet hours end: `07:00`; `""` outside them."""
        from tuireader.delivery.letters import is_quiet

        here = time.localtime(self.clock())
        return hours.partition("-")[2] if is_quiet(hours, here.tm_hour * 60 + here.tm_min) else ""

    @property
    def save_folder(self) -> Path:
        """Folder for saved articles; a relative path is relative to the folder of the config."""
        return self.paths.config.absolute().parent / expand_home(self.config.save.folder)

    async def load_feeds(self) -> list[Feed]:
        """Load the subscribed feeds, in config order, and the names of all feeds."""
        self.feeds_read, every = await self.pool.read(lambda store: store.feeds.all_since(self.feeds_read))
        if every is None:
            return self.feeds
        self.feeds = [feed for feed in every if feed.subscribed]
        configs = self.feed_configs
        self.feed_names = {
            feed.id: (
                feed.title,
                feed.url,
                feed.folder if feed.subscribed else "",
                *(configs[feed.url].labels if feed.url in configs else ()),
                *((feed.address,) if feed.account else ()),
            )
            for feed in every
        }
        servers = {account.name: account.url for account in self.config.accounts}
        self.homes = {
            feed.id: servers.get(feed.account, "") if feed.account else feed.address for feed in every
        }
        return self.feeds

    @property
    def matcher(self) -> watch.Matcher:
        """Matcher for all configured watches; compiled on first use."""
        if self._compiled is None:
            self._compiled = watch.Matcher(rules(self.config))
        return self._compiled

    @property
    def rules(self) -> ingest.Rules:
        return ingest.Rules(
            self.matcher,
            self.feed_names,
            mutes=tuple(self.mutes.values()),
            notify={item.name for item in self.config.watches if item.notify != "never"}.union(
                *(digest.watches for digest in self.config.digests)
            ),
            ended=self._ended,
            groups=self.groups,
            book=watch.rule_book(self.config.rules, self.config.chinese_variants),
        )

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Terms of watches that may name one thing each, for relating across languages."""
        return tuple(item.any for item in self.config.watches if len(item.any) > 1)

    async def complete_log(self, article_ids: Sequence[int] | None = None) -> int:
        """Compute the evidence that logged matches lack, of some articles if given; return for how many."""

        def step(store: Store) -> int:
            log = store.match_log
            bare = log.bare(_EXPLAINED) if article_ids is None else log.bare_of(article_ids)
            if bare:
                ingest.complete_log(store, self.matcher, self.feed_names, bare, self.now())
            return len(bare)

        count = 0
        while not self.pool.is_read_only and (done := await self.pool.transact(step)):
            count += done
        return count

    def completed(
        self, store: Store, stored: Mapping[int, Sequence[Evidence]]
    ) -> dict[int, tuple[Evidence, ...]]:
        """Complete the evidence of articles: compute what was matched from the index alone."""
        computed = ingest.explain(store, self.matcher, self.feed_names, list(stored))
        better = {article: {item.watch: item for item in items} for article, items in computed.items()}
        return {
            article: tuple(better.get(article, {}).get(item.watch, item) for item in items)
            for article, items in stored.items()
        }

    def feeds_of(self, item: WatchConfig) -> list[Feed]:
        named = ingest.feeds_named(item.feeds, self.feed_names)
        return [feed for feed in self.feeds if not item.feeds or feed.id in named]

    @property
    def watched_feeds(self) -> frozenset[int] | None:
        """Feeds that active watches search; None for all, if a watch has no `feeds`."""
        active = [item for item in self.config.watches if item.name not in self._ended]
        if any(not item.feeds for item in active):
            return None
        return ingest.feeds_named((name for item in active for name in item.feeds), self.feed_names)

    async def sync_mutes(self) -> None:
        """Update the store from the mutes that apply today."""
        now = self.now()
        today = date.fromtimestamp(now)
        self.mutes = {
            item: mute
            for item in self.config.mutes
            if item.until is None or today <= item.until
            if (mute := ingest.Mute.of(item, self.feed_names, now))
        }
        signatures = {mute.signature for mute in self.mutes.values()}

        def sync(store: Store) -> None:
            if not store.mutes.is_current(signatures):
                with store.transaction():
                    store.mutes.sync(signatures)

        await self.pool.write(sync)

    async def advised(self, ask: Callable[[Store, Names, K], Sequence[Advice]], item: K) -> tuple[str, ...]:
        """Compute advice on an item, given all known names; cancellable."""
        config, feeds = self.config, self.feed_names
        advice = await self.pool.read_or_stop(
            lambda store: ask(store, watch_advice.known_names(store, config, feeds), item)
        )
        return tuple(map(str, advice))


class UseCases:
    """A group of use cases on the shared context.

    A group declares the other groups that it needs: `_feeds: Feeds`.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pool = context.pool
        self._transact = context.pool.transact
        self._now = context.now

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name == "_context" or name.startswith("__"):
                raise AttributeError(name)
            group = getattr(self._context.library, name.removeprefix("_"))
            self.__dict__[name] = group
            return group


def found_article(article: Found | None, article_id: int) -> Found:
    """Pass on an article or its page. Raises UsageError if it is None."""
    if article is None:
        raise UsageError(f"there is no article {article_id}", "`tuireader list` shows the numbers")
    return article


def address_key(url: str) -> str:
    """Normalise an address for comparing feeds, without a password."""
    return feed_key(without_password(url))
