"""Subscriptions: list, add, find, move, pause and remove feeds."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from tuireader.config import FeedConfig
from tuireader.config import edit as config_edit
from tuireader.config.kinds import COMMAND_SCHEME, OTHER_SCHEMES, command_address, command_in
from tuireader.config.selectors import SELECTOR_KEYS
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.library.context import UseCases, address_key
from tuireader.library.feeds.page_tools import fetch_limits
from tuireader.model import Feed, FeedHealth, FeedPreview, Fetched, FetchFailed, FoundFeed, ParseFailed
from tuireader.model.accounts import category_of, folder_of
from tuireader.store import Store
from tuireader.store.sql import grouped
from tuireader.text import feed_key, split_password, without_password
from tuireader.text.durations import WEEK
from tuireader.timing import schedule

if TYPE_CHECKING:
    from tuireader.feeds.http.fetch import Fetcher
    from tuireader.library.accounts.accounts import Accounts


class Feeds(UseCases):
    """Subscribed feeds; changes edit the configuration and keep its comments.

    For feeds of an account, settings that its server stores are changed there.
    """

    _accounts: Accounts

    async def all(self) -> list[Feed]:
        """Load all subscribed feeds in config order."""
        return await self._context.load_feeds()

    async def health(
        self, feed_ids: Collection[int] | None = None, *, counted: bool = True
    ) -> list[FeedHealth]:
        """Load the health of subscribed feeds in config order, by default of all.

        Unless `counted`, articles, pages and requests are left out: all that grows with the articles.
        """
        now = self._now()
        since = now - 4 * WEEK
        feeds = await self._context.load_feeds()
        if feed_ids is not None:
            feeds = [feed for feed in feeds if feed.id in feed_ids]

        def health(store: Store) -> list[FeedHealth]:
            shares = store.full_texts.shares(since) if counted else {}
            rates = store.requests.rates(now) if counted else {}
            alarms = grouped((alarm.account or alarm.feed_id, alarm.words) for alarm in store.alarms.open())
            waiting = store.feeds.waiting(now)
            changed = {*shares, *rates, *alarms, *waiting}
            every = store.feeds.health(feeds, since=since, sure=schedule.SEEN_TO_MOVE, counted=counted)
            for number, item in enumerate(every) if changed else ():
                feed_id, account = item.feed.id, item.feed.account
                if feed_id not in changed and account not in changed:
                    continue
                texts, pages, fetched = shares.get(feed_id, ("", 0, 0))
                requests, not_modified = rates.get(feed_id, (None, None))
                every[number] = replace(
                    item,
                    texts=texts,
                    pages=pages,
                    full_texts=fetched,
                    requests=requests,
                    not_modified=not_modified,
                    alarm="; ".join(alarms.get(feed_id, ()) + alarms.get(account, ())),
                    waits_until=until if (until := waiting.get(feed_id, 0)) > now else None,
                )
            return every

        return await self._pool.read(health)

    async def find(self, wanted: str) -> int:
        """Find a feed by its address, number or a part of its title; return its id. Raises UsageError."""
        feeds, address = await self.all(), split_password(wanted)[0]
        for feed in feeds:
            if wanted == str(feed.id) or address in {feed.url, feed.address, without_password(feed.address)}:
                return feed.id
        near = [feed.id for feed in feeds if wanted.casefold() in feed.title.casefold()]
        if len(near) == 1:
            return near[0]
        if near:
            raise UsageError(
                f"{len(near)} feeds have {wanted!r} in their title", "use more of the title, or the address"
            )
        raise UsageError(f"there is no feed {address!r}", "`tuireader feeds` lists them")

    def title(self, feed_id: int) -> str:
        """Title of a feed, `""` for an unknown one."""
        return self._context.feed_names.get(feed_id, ("", "", ""))[0]

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple([names[0] for names in self._context.feed_names.values()])

    def config(self, feed_id: int) -> FeedConfig:
        return self._context.feed_config(self._context.feed_url(feed_id))

    async def add(self, feeds: Sequence[tuple[str, str, str]]) -> int:
        """Subscribe to (url, title, folder) feeds; return how many are new. Creates a missing config."""
        return await self.add_configs(
            [replace(_config_of(url), title=title, folder=folder) for url, title, folder in feeds]
        )

    async def add_configs(self, feeds: Sequence[FeedConfig]) -> int:
        """Subscribe to feeds of any kind; return how many are new. Raises ConfigError for invalid ones."""
        self._context.require_own_feeds()
        known = {feed_key(feed.url) for feed in self._context.config.feeds}
        wanted = {feed_key(feed.url): feed for feed in reversed(feeds)}
        new = [feed for key, feed in reversed(wanted.items()) if key not in known]
        if new:
            await self._context.change_config(lambda text: config_edit.add(text, *new))
        return len(new)

    async def pause(self, feed_id: int) -> None:
        """Keep a feed and its articles, but stop fetching it."""
        await self.edit(feed_id, {"paused": True})

    async def resume(self, feed_id: int) -> None:
        self._require_local(feed_id)  # it is never paused here
        await self.edit(feed_id, {"paused": False})

    async def remove(self, feed_id: int) -> None:
        """Unsubscribe from a feed; keep its articles. Raises AccountError if a server refuses."""
        if self._account(feed_id):
            await self._accounts.remove_feed(feed_id)
            return
        url = self._context.feed_url(feed_id)
        await self._context.change_feeds(lambda text: config_edit.remove(text, "feeds", url))

    async def edit(self, feed_id: int, changes: Mapping[str, Any]) -> None:
        """Change settings of a feed, given by key with values of the types that `FeedConfig` has.

        Watches, mutes and saved searches follow a new title; a feed with another `command` keeps its
        articles. A feed of an account has only a title and a folder. Raises ConfigError for invalid values.
        """
        self._context.require_own_feeds()
        known = self.config(feed_id)  # write only changed values: the file may have been edited since
        wanted = changes
        changes = {key: value for key, value in wanted.items() if value != getattr(known, key, None)}
        if self._account(feed_id):
            if changes.keys() - {"title", "folder"}:
                self._require_local(feed_id)
            await self._edit_there(feed_id, wanted.get("title", ""), wanted.get("folder"))
            return
        url, before, title = self._context.feed_url(feed_id), self.title(feed_id), changes.get("title", "")
        if changes.get("command") == ():
            raise ConfigError("enter the program that prints the feed")
        _check_selectors(changes)

        def edit(text: str) -> str:
            text = config_edit.update(text, "feeds", url, changes)
            return config_edit.renamed(text, "feed", before, title) if title else text

        if "command" in changes:
            address = command_address(changes["command"])
            await self._transact(lambda store: store.feeds.move(feed_id, address))
        await self._context.change_config(edit)

    async def _edit_there(self, feed_id: int, title: str, folder: str | None) -> None:
        """Rename or move a feed on the server of its account; without a folder it stays in its own."""
        feed = next(known for known in self._context.feeds if known.id == feed_id)
        category = category_of(feed.account, folder) if folder not in (None, feed.folder) else None
        renamed = title if title not in ("", feed.title) else None
        if (category, renamed) == (None, None):
            return
        await self._accounts.change_feed(feed_id, title=renamed, category=category)
        if renamed:
            await self._context.change_config(
                lambda text: config_edit.renamed(text, "feed", feed.title, title)
            )

    def _account(self, feed_id: int) -> str:
        """Name of a feed's account, `""` for a local feed."""
        return next((feed.account for feed in self._context.feeds if feed.id == feed_id), "")

    def _require_local(self, feed_id: int) -> None:
        if account := self._account(feed_id):
            raise UsageError(
                f"the server of {account} fetches {self.title(feed_id)}",
                "here you can only rename, move or remove it",
            )

    async def rename_folder(self, name: str, new: str) -> None:
        """Move the feeds of a folder to another one, or out of it with `""`. Raises ConfigError.

        A folder of an account is a category on its server.
        """
        new = new.strip()
        members = [feed.account for feed in self._context.feeds if feed.folder == name]
        for account in set(members) - {""}:
            await self._rename_category(account, name, new)
        if members and "" not in members:
            return
        what = f"folder {name} renamed to {new}" if new else f"folder {name} removed"
        await self._context.change_feeds(lambda text: config_edit.rename_folder(text, name, new), what)

    async def _rename_category(self, account: str, name: str, new: str) -> None:
        """Rename the category behind the folder `name`, or remove it with `""`."""
        category = category_of(account, name)
        if not category:
            raise UsageError(f"{account} is the name of the account", "change it in the configuration")
        wanted = category_of(account, new)
        await self._accounts.rename_category(account, category, wanted)
        folder = folder_of(account, wanted)
        await self._context.change_config(lambda text: config_edit.renamed(text, "folder", name, folder))

    async def accept_move(self, feed_id: int) -> str:
        """Write the new address of a moved feed to the config; return the address.

        If the old address is now a web page, use the feed that the page advertises. The feed keeps its
        articles, marks and health. Raises TuireaderError when it has not moved.
        """
        for health in await self.health([feed_id]):
            if health.feed.id == feed_id and (address := health.moved_to or health.named):
                await self._move(feed_id, address)
                return address
            if health.feed.id == feed_id and health.names_feed:
                return await self._accept_named(feed_id)
        raise TuireaderError("this feed has not moved", "`tuireader feeds` shows which have")

    async def _accept_named(self, feed_id: int) -> str:
        """Replace a feed by the feed that the web page at its address advertises."""
        url, taken = self._context.feed_url(feed_id), {feed.url for feed in self._context.config.feeds}
        addresses = [candidate.url for candidate in await self.discover(url)]
        new = next((address for address in addresses if address not in taken), "")
        if not new:
            problem = "is already in the configuration" if addresses else "was not found there"
            raise TuireaderError(
                f"the feed of this page {problem}",
                "remove this feed, or fix its address in the configuration",
            )
        await self._transact(lambda store: store.feeds.move(feed_id, new))
        await self._move(feed_id, new)
        return new

    async def _move(self, feed_id: int, address: str) -> None:
        """Write a feed's new address to the configuration; rename the feed in watches, mutes and searches.

        A password and headers are not taken to another server.
        """
        from tuireader.feeds.address import same_server

        url, title = self._context.feed_url(feed_id), self.title(feed_id)
        changes: dict[str, object] = {"url": address}
        if not same_server(url, address):
            changes |= {"username": "", "password": "", "headers": ()}

        def edit(text: str) -> str:
            if config_edit.renamed(text, "feed", title, address) != text:
                changes["title"] = title  # watches or searches refer to it; the new feed may have another
            return config_edit.renamed(config_edit.update(text, "feeds", url, changes), "feed", url, address)

        await self._context.change_feeds(edit)

    async def discover(self, url: str) -> list[FoundFeed]:
        """Find the feeds at an address: the feed itself, or those that a web page advertises.

        A mail folder or a program (`exec:`) is returned unread.
        """
        if url.startswith(OTHER_SCHEMES):
            return [FoundFeed(_config_of(url).url)]
        from tuireader.feeds.find.discover import discover

        async with await self._fetcher() as fetcher:
            return await discover(fetcher, url)

    async def preview(self, feed: FoundFeed) -> FeedPreview:
        """Preview a discovered feed, fetching it if needed. Raises TuireaderError."""
        if feed.preview is not None:
            return feed.preview
        if feed.url.startswith(OTHER_SCHEMES):
            return await self.preview_source(_config_of(feed.url))
        from tuireader.feeds.find.discover import read_preview
        from tuireader.feeds.parse.workers import ParseWorker

        async with await self._fetcher() as fetcher, ParseWorker() as parser:
            return await read_preview(fetcher, parser, feed)

    async def preview_source(self, feed: FeedConfig) -> FeedPreview:
        """Fetch and preview a feed of any kind, with its secrets. Raises TuireaderError."""
        from tuireader.feeds.find.preview import preview
        from tuireader.feeds.parse.workers import ParseWorker
        from tuireader.feeds.sources import Sources
        from tuireader.ingest.jobs import first_job

        job = await first_job(feed, str(self._context.paths.config.parent))
        async with (
            await self._fetcher() as fetcher,
            ParseWorker() as parser,
            Sources(fetcher, parser) as sources,
        ):
            answer = await sources.fetch(job, fetcher.budget.reserve())
            if isinstance(answer, FetchFailed):
                raise TuireaderError(answer.reason)
            assert isinstance(answer, Fetched), "nothing is known that could be unchanged"
            parsed = await sources.parse(answer, {})
            if isinstance(parsed, ParseFailed):
                raise TuireaderError(parsed.reason)
            return preview(parsed, self._now())

    async def with_titles(self, feeds: Sequence[FoundFeed]) -> list[FoundFeed]:
        """Complete discovered feeds: read missing titles from the feeds themselves."""
        from tuireader.feeds.find.discover import read_preview
        from tuireader.feeds.parse.workers import ParseWorker

        async with await self._fetcher() as fetcher, ParseWorker() as parser:

            async def titled(feed: FoundFeed) -> FoundFeed:
                if feed.title:
                    return feed
                try:
                    preview = await read_preview(fetcher, parser, feed)
                except TuireaderError:
                    return feed
                return replace(feed, title=preview.title, preview=preview)

            return list(await asyncio.gather(*map(titled, feeds)))

    def is_subscribed(self, url: str) -> bool:
        """Check whether the configuration has a feed, in any spelling of its address."""
        address = address_key(url)
        return any(address_key(feed.url) == address for feed in self._context.config.feeds)

    async def _fetcher(self) -> Fetcher:
        self._context.require_network()
        from tuireader.feeds.pages import open_fetcher

        return await open_fetcher(fetch_limits(self._context.config), self._context.clock)


def _config_of(url: str) -> FeedConfig:
    """Configure a subscription to an address, or to a program after `exec:`. Raises UsageError."""
    if not url.startswith(COMMAND_SCHEME):
        return FeedConfig(url)
    command = command_in(url)
    if not command:
        raise UsageError("there is no program after exec:", "such as exec:my-feed --rss")
    return FeedConfig(command_address(command), command=command)


def _check_selectors(changes: Mapping[str, Any]) -> None:
    from tuireader.pages.selectors import problem

    for key in SELECTOR_KEYS:
        if (selector := changes.get(key)) and (unusable := problem(selector)):
            raise ConfigError(f"{key} {unusable}")
    if changes.get("items") == "":
        raise ConfigError("items is empty: it selects the articles")
