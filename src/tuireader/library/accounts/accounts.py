"""Accounts on servers: add, check and sync them, and change their feeds there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tuireader import files
from tuireader.config import AccountConfig, FeedConfig
from tuireader.config import edit as config_edit
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.library.accounts.sign_in import SignIn, address, known_server
from tuireader.library.context import UseCases, address_key
from tuireader.model import AccountSynced, Event
from tuireader.model.accounts import AccountState, RefusedMark, RemoteFeed
from tuireader.timing import accounts as timing

if TYPE_CHECKING:
    from tuireader.ingest.attempts import Setting
    from tuireader.sync.backend import Backend


class Preview(Struct, frozen=True):
    """Server and feeds of an account before it is added; `url` is the address to use for the server."""

    url: Annotated[str, "Address of the server."]
    user: Annotated[str, "Your user name there."]
    software: Annotated[str, "Name and version of the server."]
    feeds: Annotated[tuple[RemoteFeed, ...], "Feeds of the account."]

    @property
    def categories(self) -> dict[str, int]:
        """Number of feeds by category, in the order of the server."""
        return dict(Counter(feed.category for feed in self.feeds))

    @property
    def is_exposed(self) -> bool:
        """True if the password is sent over the internet without encryption."""
        from tuireader.feeds.http.hosts import may_be_public

        return self.url.startswith("http:") and may_be_public(urlsplit(self.url).hostname or "")


class Accounts(UseCases):
    """Accounts in the configuration, and their servers."""

    _sign_in: SignIn

    async def all(self, *, aside: bool = False) -> list[AccountState]:
        """List the accounts and their syncs in config order; `aside` gives requests for rows priority."""
        ask = self._pool.count if aside else self._pool.read
        states = {state.name: state for state in await ask(lambda store: store.accounts.all())}
        return [states[state.name] for state in self._context.config.accounts if state.name in states]

    def config(self, name: str) -> AccountConfig:
        """Find the configuration of an account, ignoring case. Raises UsageError if there is none."""
        for account in self._context.config.accounts:
            if account.name.casefold() == name.casefold():
                return account
        raise UsageError(f"there is no account {name!r}", "`tuireader account list` shows them")

    def require_new(self, account: AccountConfig) -> None:
        """Raise ConfigError for a taken name or invalid values, so that no password is asked for in vain."""
        self._context.require_own_feeds()
        for key, value in (("name", account.name), ("url", account.url)):
            config_edit.parse_value(AccountConfig, key, value)
        if any(other.name.casefold() == account.name.casefold() for other in self._context.config.accounts):
            raise ConfigError(f"there is already an account named {account.name!r}", "choose another name")

    async def preview(self, account: AccountConfig) -> Preview:
        """Sign in and list the feeds. Raises AccountError, or TuireaderError for an unreadable secret."""
        secret = await self._sign_in.secret(account)
        async with self._sign_in.connected(account, secret, account.url) as backend:
            server = await backend.sign_in()
            return Preview(server.url, server.user, server.software, tuple(await backend.feeds()))

    async def add(self, account: AccountConfig) -> None:
        """Write an account to the configuration. Raises ConfigError for a taken name or an invalid value."""
        what = f"account {account.name} added"
        await self._context.change_feeds(lambda text: config_edit.add(text, account), what)

    @staticmethod
    def has_keyring() -> bool:
        """Check whether passwords can be stored in the desktop's keyring."""
        from tuireader.feeds import secrets

        return secrets.has_keyring()

    @staticmethod
    async def keep_secret(name: str, secret: str) -> str:
        """Store a password in the keyring; return the value for the configuration. Raises TuireaderError."""
        from tuireader.feeds import secrets

        return await asyncio.to_thread(secrets.keep, name, secret)

    async def edit(self, name: str, changes: Mapping[str, object]) -> None:
        """Change the configuration of an account, and allow its next sync at once."""
        await self._context.change_feeds(lambda text: config_edit.update(text, "account", name, changes))
        await self.ask_again(name)

    async def ask_again(self, name: str) -> None:
        """Let the next refresh sync an account, even if its password or token was rejected."""
        await self._sign_in.forget(name)

    async def remove(self, name: str) -> None:
        """Remove an account from the configuration; its articles and marks stay here and on the server."""
        account = self.config(name)
        what = f"account {account.name} removed"
        await self._context.change_feeds(lambda text: config_edit.remove(text, "account", account.name), what)

    async def refusals(self, account: AccountState) -> list[RefusedMark]:
        return await self._pool.read(lambda store: store.remote.refusals(account.id))

    async def retry_refused(self, accounts: Sequence[AccountState]) -> None:
        """Let the next sync resend the marks that servers have refused."""
        ids = [account.id for account in accounts]
        await self._transact(lambda store: store.remote.retry_refused(ids))

    async def due(self, *, peek: bool = False) -> list[AccountState]:
        """List the accounts that are due; none when offline.

        An account whose password or token was rejected is due at once with another one, see
        `SignIn.has_changed`.
        """
        if self._context.offline:
            return []
        now = self._now()
        return [
            state
            for state in await self.all()
            for config in (self.config(state.name),)
            if not timing.waits(state, now, config.interval)
            or (timing.is_locked_out(state, now) and await self._sign_in.has_changed(config, peek=peek))
        ]

    async def named(self, names: Sequence[str]) -> list[AccountState]:
        """Find accounts by name, all without `names`. Raises UsageError for an unknown name."""
        wanted = {self.config(name).name for name in names}
        return [state for state in await self.all() if not wanted or state.name in wanted]

    async def chosen(self, feed_ids: Sequence[int] | None, *, force: bool) -> list[AccountState]:
        """Select accounts to sync: those that are due, all with `force`, or only those of some feeds.

        They include those whose password or token was rejected, to report them.
        """
        due, now = {state.name for state in await self.due()}, self._now()
        accounts = [
            state
            for state in await self.all()
            if force or state.name in due or timing.is_locked_out(state, now)
        ]
        if feed_ids is None:
            return accounts
        wanted = {feed.account for feed in self._context.feeds if feed.id in set(feed_ids)}
        return [state for state in accounts if state.name in wanted]

    async def with_marks(self, *, last: bool = False) -> list[str]:
        """Names of accounts with marks to send whose servers may be contacted now.

        With `last`, when the program is about to end, include those that failed a minute ago.
        """
        if self._context.offline:
            return []
        now = self._now()
        return [
            state.name
            for state in await self.all(aside=True)
            if state.pending and timing.may_push(state, now, last=last)
        ]

    async def sync(
        self,
        setting: Setting,
        accounts: Sequence[AccountState],
        *,
        pull: bool = True,
        believed: bool = False,
        patient: bool = False,
    ) -> AsyncGenerator[Event, None]:
        """Sync accounts one after the other, and yield events; without `pull`, only send marks.

        `believed` accepts that a server lists far fewer feeds or entries than before. With `patient`, an
        account whose password or token was rejected is only reported until its next try. An account that
        another process is syncing is skipped. Iterate inside `contextlib.aclosing`.
        """
        from tuireader.sync.engine import Engine
        from tuireader.sync.outcomes import outcome

        async def renew() -> Setting:
            await self._context.load_feeds()
            await self._context.sync_mutes()
            return replace(setting, rules=self._context.rules, watched=self._context.watched_feeds)

        for listed in accounts:
            lock = self._context.paths.database.with_suffix(f".{listed.name}.lock")
            with files.locked_or_busy(lock) as free:
                account = await self._state(listed.name)  # another sync may have just ended
                if not free:
                    yield AccountSynced(
                        account.name, pending=account.pending, error="another sync is running", done=True
                    )
                    continue
                if patient and timing.is_locked_out(account, self._now()):
                    yield outcome(account)
                    continue
                config = self.config(account.name)
                try:
                    secret = await self._sign_in.secret(config)
                    account = await self._sign_in.state(config, secret)
                    async with self._sign_in.connected(config, secret, address(account, config)) as backend:
                        if account.rejected_url:
                            await backend.feeds()  # one request shows whether the secret is still rejected
                        engine = Engine(
                            self._pool, account, backend, setting=setting, renew=renew, believed=believed
                        )
                        known = known_server(account, config)
                        async with aclosing(engine.run(known, pull=pull)) as events:
                            async for event in events:
                                yield event
                except TuireaderError as error:  # before the sync began
                    yield outcome(await self._sign_in.failed(account, error))

    async def _state(self, name: str) -> AccountState:
        return await self._pool.read(lambda store: store.accounts.get(name))

    async def add_feed(self, name: str, url: str, category: str = "", title: str = "") -> bool:
        """Subscribe an account to a feed, on its server; return whether it is new. Raises AccountError."""
        before = {feed.id for feed in self._context.feeds}
        async with self._signed_in(name) as backend:
            feed_id = await backend.add_feed(url, category)
            if title:
                await backend.change_feed(feed_id, title=title)
            await self._relist(name, backend)
            after = await self._pool.read(lambda store: store.accounts.feeds(store.accounts.get(name).id))
            return after.get(feed_id) not in before

    async def listed(self, name: str) -> list[RemoteFeed]:
        """Ask the server of an account for its feeds. Raises AccountError."""
        async with self._signed_in(name) as backend:
            return list(await backend.feeds())

    async def subscribe(
        self, name: str, feeds: Sequence[FeedConfig]
    ) -> AsyncGenerator[tuple[FeedConfig, str, str], None]:
        """Subscribe an account to feeds; yield each with its id on the server, or the server's reason.

        A feed that the account already has keeps its title and category there. Raises AccountError if the
        server becomes unreachable. Iterate inside `contextlib.aclosing`.
        """
        from tuireader.sync.backend import AccountError, Refusal

        async with self._signed_in(name) as backend:
            there = {address_key(feed.url): feed.id for feed in await backend.feeds()}
            for feed in feeds:
                feed_id, reason = there.get(address_key(feed.url), ""), ""
                try:
                    if not feed_id:
                        feed_id = await backend.add_feed(feed.url, feed.folder)
                        if feed.title:
                            await backend.change_feed(feed_id, title=feed.title)
                except AccountError as error:
                    if error.refusal is not Refusal.REQUEST:
                        raise
                    feed_id, reason = "", error.message
                yield feed, feed_id, reason

    async def change_feed(
        self, feed_id: int, *, title: str | None = None, category: str | None = None
    ) -> None:
        """Rename a feed of an account or move it to another category, on its server. Raises AccountError."""
        name, remote_id = await self._place(feed_id)
        async with self._signed_in(name) as backend:
            await backend.change_feed(remote_id, title=title, category=category)
            await self._relist(name, backend)

    async def remove_feed(self, feed_id: int) -> None:
        """Unsubscribe an account from a feed, on its server; its articles stay here. Raises AccountError."""
        name, remote_id = await self._place(feed_id)
        async with self._signed_in(name) as backend:
            await backend.remove_feed(remote_id)
            await self._relist(name, backend, removed=feed_id)

    async def rename_category(self, name: str, title: str, new: str) -> None:
        """Rename a category of an account, or remove it with `""`, on its server. Raises AccountError."""
        async with self._signed_in(name) as backend:
            for category in await backend.categories():
                if category.title == title and new:
                    await backend.rename_category(category.id, new)
                elif category.title == title:
                    await backend.remove_category(category.id)
            await self._relist(name, backend)

    async def full_text(self, article_id: int) -> str:
        """Ask the servers for an article's full text as HTML; `""` if none can extract it."""
        places = dict(await self._pool.read(lambda store: store.remote.places(article_id)))
        for account in await self.all():
            if account.id in places and not timing.is_locked_out(account, self._now()):
                async with self._signed_in(account.name) as backend:
                    if html := await backend.full_text(places[account.id]):
                        return html
        return ""

    async def _place(self, feed_id: int) -> tuple[str, str]:
        """Name the account of a feed, and the feed's id on its server. Raises UsageError for a local feed."""
        place = await self._pool.read(lambda store: store.accounts.place(feed_id))
        for account in await self.all():
            if place is not None and account.id == place[0]:
                return account.name, place[1]
        raise UsageError("this feed belongs to no account", "`tuireader feeds` lists them")

    async def _relist(self, name: str, backend: Backend, *, removed: int = 0) -> None:
        """List the feeds of an account again after a change on its server."""
        feeds, now = await backend.feeds(), self._now()
        await self._transact(
            lambda store: store.accounts.list_feeds(store.accounts.get(name), feeds, now, removed=removed)
        )
        await self._context.load_feeds()

    def _signed_in(self, name: str) -> AbstractAsyncContextManager[Backend]:
        self._context.require_network()
        return self._sign_in.signed_in(self.config(name))
