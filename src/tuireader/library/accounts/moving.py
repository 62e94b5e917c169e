"""Move feeds to the server of an account, and back.

Every step is idempotent, so an interrupted move resumes when it is started again: a feed is removed from its
old place only once it is at the new one, and articles found in both places become one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing

from msgspec import Struct, field

from tuireader.config import AccountKind, FeedConfig, MuteConfig, loads
from tuireader.config import edit as config_edit
from tuireader.config.kinds import OTHER_SCHEMES
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.library.accounts.accounts import Accounts
from tuireader.library.context import UseCases, address_key
from tuireader.library.refresh import Refresh
from tuireader.model import AccountSynced, Feed
from tuireader.model.accounts import category_of
from tuireader.store import Store
from tuireader.text import clean, without_password
from tuireader.text.wording import counted

Progress = Callable[[int, int], None]
_OWN_SETTINGS = ("labels", "interval", "full_text", "user_agent")
"""Settings of a feed that a server does not have."""


class Moved(Struct):
    """Result of a move: titles of moved feeds, remarks, and the number of marks sent.

    `refused` are feeds that the server refused, `kept` those that it cannot fetch, each with the reason.
    """

    feeds: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    sent: int = 0


class Moving(UseCases):
    """Move feeds between the configuration and the server of an account."""

    _accounts: Accounts
    _refresh: Refresh

    async def push(
        self, name: str, feed_ids: Sequence[int] = (), *, progress: Progress | None = None
    ) -> Moved:
        """Subscribe an account to local feeds, all without `feed_ids`, and remove them here.

        Articles and their marks stay: they are merged with those of the server, which is sent the marks.
        Feeds that only this program can fetch, and paused ones that are not named, stay local. Calls
        `progress` with (feeds done, all feeds). Raises TuireaderError when the server cannot be reached; the
        feeds then stay until the move is started again.
        """
        self._context.require_own_feeds()
        account, moved = self._accounts.config(name), Moved()
        wanted = self._candidates(feed_ids, moved)
        places: dict[str, str] = {}
        if wanted:
            async with aclosing(self._accounts.subscribe(account.name, wanted)) as subscribed:
                async for feed, remote_id, reason in subscribed:
                    if remote_id:
                        places[feed.url] = remote_id
                    else:
                        moved.refused.append((self._title(feed), reason))
                    if progress is not None:
                        progress(len(places) + len(moved.refused), len(wanted))
        if places:
            await self._sync(account.name)
            moved.sent = await self._sync(account.name, pull=False)
            await self._give_up(account.name, [feed for feed in wanted if feed.url in places], places, moved)
        return moved

    def _candidates(self, feed_ids: Sequence[int], moved: Moved) -> list[FeedConfig]:
        """Select the local feeds to move, and note in `moved` why the others stay."""
        chosen = [feed for feed in self._context.feeds if feed.id in set(feed_ids)]
        for local in chosen:
            if local.account:
                raise UsageError(f"{local.title} is a feed of the account {local.account} already")
        named = {feed.url for feed in chosen}
        candidates: list[FeedConfig] = []
        for feed in self._context.config.feeds:
            if feed_ids and feed.url not in named:
                continue
            reason = "is paused; name it to move it" if feed.paused and not named else _stays(feed)
            if reason:
                moved.kept.append((self._title(feed), reason))
            else:
                candidates.append(feed)
        return candidates

    async def _sync(self, name: str, *, pull: bool = True) -> int:
        """Sync an account and count the marks sent. Raises TuireaderError if that fails."""
        states, done = await self._accounts.named([name]), AccountSynced(name)
        async with aclosing(self._refresh.sync(states, pull=pull)) as events:
            async for event in events:
                if isinstance(event, AccountSynced):
                    done = event
        if done.error:
            raise TuireaderError(
                f"the feeds are on the server, but the sync failed: {done.error}", "start the move again"
            )
        return done.sent

    async def _give_up(
        self, name: str, feeds: Sequence[FeedConfig], places: Mapping[str, str], moved: Moved
    ) -> None:
        """Remove local feeds that the account now lists; rename them in watches and searches."""
        listed = await self._pool.read(lambda store: store.accounts.feeds(store.accounts.get(name).id))
        by_id = {feed.id: feed for feed in await self._context.load_feeds()}
        local = {feed.url: feed for feed in by_id.values() if not feed.account}
        pairs: list[tuple[Feed, Feed]] = []
        for feed in feeds:
            there = by_id.get(listed.get(places[feed.url], 0))
            if there is None or feed.url not in local:
                moved.refused.append((self._title(feed), "is not listed by the server yet; try again later"))
                continue
            pairs.append((local[feed.url], there))
            moved.feeds.append(there.title)
            if lost := [key for key in _OWN_SETTINGS if getattr(feed, key) != getattr(FeedConfig(), key)]:
                moved.remarks.append(f"{there.title}: {', '.join(lost)} of local feeds were given up")
        if pairs:
            await self._transfer([(here.id, there.id) for here, there in pairs])
            what = f"{counted(len(pairs), 'feed')} moved to {name}"
            await self._context.change_feeds(lambda text: _without(text, pairs, moved.remarks), what)

    def _title(self, feed: FeedConfig) -> str:
        known = (known.title for known in self._context.feeds if known.url == feed.url)
        return next(known, feed.title or without_password(feed.url))

    async def pull(self, name: str) -> Moved:
        """Make the feeds of an account local feeds, with their categories as folders.

        The account stays until it is removed; its articles keep their marks. Rules by which a Miniflux blocks
        or keeps entries become mutes. Raises ConfigError.
        """
        self._context.require_own_feeds()
        account, moved = self._accounts.config(name).name, Moved()
        known = {address_key(feed.url) for feed in self._context.config.feeds}
        new: list[FeedConfig] = []
        folders: dict[str, str] = {}
        for feed in await self._context.load_feeds():
            if feed.account != account:
                continue
            folder = category_of(account, feed.folder)
            try:
                config_edit.parse_value(FeedConfig, "url", feed.address)
            except ConfigError as error:
                moved.refused.append((feed.title, error.message))
                continue
            if folder:
                folders[feed.folder] = folder
            if address_key(feed.address) not in known:
                new.append(FeedConfig(feed.address, feed.title, folder))
            moved.feeds.append(feed.title)

        mutes = await self._server_mutes(account, moved)

        def edit(text: str) -> str:
            text = config_edit.add(text, *new)
            try:
                text = config_edit.add(text, *mutes)
            except ConfigError as error:  # such as too many patterns
                moved.remarks.append(f"the mutes for rules of the server were not added: {error.message}")
            for old, folder in folders.items():
                text = config_edit.renamed(text, "folder", old, folder)
            return text

        await self._context.change_config(edit, f"{counted(len(new), 'feed')} of {account} made local")
        feeds = self._context.feeds
        local = {address_key(feed.url): feed.id for feed in feeds if not feed.account}
        theirs = [feed for feed in feeds if feed.account == account and address_key(feed.address) in local]
        await self._transfer([(feed.id, local[address_key(feed.address)]) for feed in theirs])
        return moved

    async def _server_mutes(self, name: str, moved: Moved) -> list[MuteConfig]:
        """Build mutes for the rules of the server's feeds; remark on what does not map."""
        from tuireader.exchange.filters import miniflux_mutes

        if self._accounts.config(name).kind is not AccountKind.MINIFLUX:
            return []
        try:
            feeds = await self._accounts.listed(name)
        except TuireaderError as error:
            moved.remarks.append(f"rules of the server for blocking entries were not read: {error.message}")
            return []
        mutes: list[MuteConfig] = []
        for feed in feeds:
            more, wrong = miniflux_mutes(feed.blocks, feed.keeps, feed.url)
            mutes += [mute for mute in more if mute not in self._context.config.mutes]
            moved.remarks += [
                f"{feed.title}: {clean(rule, 80)}: this rule of the server is not kept" for rule in wrong
            ]
        if mutes:
            moved.remarks.append(
                f"rules of the server that block or keep entries: {counted(len(mutes), 'mute')}"
            )
        return mutes

    async def _transfer(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Attach the articles of old feeds to the feeds that replace them."""

        def transfer(store: Store) -> None:
            for old, new in pairs:
                store.appearances.transfer(old, new)

        await self._transact(transfer)


def _stays(feed: FeedConfig) -> str:
    """Reason why a server cannot fetch a feed, `""` if it can."""
    from tuireader.feeds import secrets

    if feed.command or feed.filter or feed.url.startswith(OTHER_SCHEMES):
        return "comes from a program or a mail folder"
    if feed.kind == "page" or feed.items:
        return "is read from a web page"
    if secrets.has(feed) or without_password(feed.url) != feed.url:
        return "needs a password, headers or cookies, which are not given to the server"
    return ""


def _without(text: str, pairs: Sequence[tuple[Feed, Feed]], remarks: list[str]) -> str:
    """Remove local feeds from a configuration; point references at the account's feeds and folders."""
    text = config_edit.remove(text, "feeds", *(here.url for here, _ in pairs))
    for here, there in pairs:
        if here.title and here.title != there.title:
            text = config_edit.renamed(text, "feed", here.title, there.title)
    left = {feed.folder for feed in loads(text)[0].feeds}
    folders = {(here.folder, there.folder) for here, there in pairs if here.folder}
    for old, new in sorted(folders):
        several = sum(folder == old for folder, _ in folders) > 1
        if old in left or several:
            text = _add_folder(text, old, new)
            remarks.append(f"the folder {old} is now in several places: check searches and mutes for it")
        else:
            text = config_edit.renamed(text, "folder", old, new)
    return text


def _add_folder(text: str, old: str, new: str) -> str:
    """Let the watches of a folder search another folder as well."""
    for watch in loads(text)[0].watches:
        if old in watch.feeds and new not in watch.feeds:
            text = config_edit.update(text, "watch", watch.name, {"feeds": (*watch.feeds, new)})
    return text
