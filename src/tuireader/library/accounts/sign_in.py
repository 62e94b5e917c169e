"""Sign in to the servers of accounts, and notice whether a rejected password or token has changed."""

from __future__ import annotations

import asyncio
import secrets as randomness
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tuireader.config import AccountConfig
from tuireader.errors import TuireaderError
from tuireader.library.context import UseCases
from tuireader.model.accounts import AccountState
from tuireader.store import Store
from tuireader.timing.accounts import is_locked_out

if TYPE_CHECKING:
    from tuireader.sync.backend import Backend, Server


class SignIn(UseCases):
    """The passwords and tokens of accounts, and connections to their servers."""

    async def secret(self, config: AccountConfig) -> str:
        """Read the password or token of an account. Raises TuireaderError when that is impossible."""
        from tuireader.feeds import secrets

        return await asyncio.to_thread(secrets.resolve, config.secret)

    async def state(self, config: AccountConfig, secret: str) -> AccountState:
        """Load the state of an account with the secret's fingerprint; forget another secret's rejection."""
        account = await self._pool.read(lambda store: store.accounts.get(config.name))
        salt = account.rejected_secret.partition(":")[0] or randomness.token_hex(8)
        sent = fingerprint(config, secret, salt)
        if account.rejected_secret not in ("", sent):
            account = await self.forget(config.name)
        return replace(account, rejected_secret=sent)

    async def forget(self, name: str) -> AccountState:
        """Forget that a server rejected the password or token of an account; return its new state."""

        def forget(store: Store) -> AccountState:
            store.accounts.ask_again(name)
            return store.accounts.get(name)

        return await self._transact(forget)

    async def has_changed(self, config: AccountConfig, *, peek: bool) -> bool:
        """Notice whether a rejected password or token was replaced; if so, forget the rejection.

        With `peek`, no command is run for it, and no keyring is opened.
        """
        if peek and config.secret.startswith(("cmd:", "keyring:")):
            return False
        try:
            return (await self.state(config, await self.secret(config))).rejected_since is None
        except TuireaderError:
            return False

    async def failed(self, account: AccountState, error: TuireaderError) -> AccountState:
        """Record that signing in failed; return the new state."""
        from tuireader.sync.outcomes import record

        now = self._now()
        return await self._transact(lambda store: record(store, account, error, now))

    @asynccontextmanager
    async def signed_in(self, config: AccountConfig) -> AsyncIterator[Backend]:
        """Yield the server of an account for changes to its feeds. Raises AccountError.

        It is not asked again with a password or token that it has just rejected.
        """
        from tuireader.sync.backend import AccountError, Refusal

        secret = await self.secret(config)
        account = await self.state(config, secret)
        if is_locked_out(account, self._now()):
            again = f"`tuireader sync {config.name}` tries again"
            raise AccountError(Refusal.LOGIN, account.error, "; ".join(filter(None, (account.hint, again))))
        async with self.connected(config, secret, address(account, config)) as backend:
            try:
                if account.rejected_url:
                    await backend.feeds()
                elif known_server(account, config) is None:
                    await backend.sign_in()
                yield backend
            except AccountError as error:
                if error.refusal is Refusal.LOGIN:
                    await self.failed(account, error)
                raise

    @asynccontextmanager
    async def connected(self, config: AccountConfig, secret: str, url: str) -> AsyncIterator[Backend]:
        """Yield the server of an account at an address, closed afterwards."""
        from tuireader.sync.servers import connect

        user = "" if config.token else config.user
        backend = connect(config.kind, url, user, secret, proxy=self._context.config.fetch.proxy)
        try:
            yield backend
        finally:
            await backend.close()


def fingerprint(config: AccountConfig, secret: str, salt: str) -> str:
    """Salted digest of address, user and secret, too short to confirm a guess of the secret."""
    text = "\0".join((config.url, config.user, secret)).encode("utf-8", "surrogatepass")
    return f"{salt}:{blake2b(text, key=salt.encode(), digest_size=2).hexdigest()}"


def known_server(account: AccountState, config: AccountConfig) -> Server | None:
    """Server of the last sync, if that succeeded and the configuration still names it.

    This saves the requests that detect the server.
    """
    from tuireader.sync.backend import Server

    # with slashes, as https://host.org does not match https://host.org.example
    is_within = f"{account.url}/".startswith(f"{config.url.rstrip('/')}/")
    if account.url and is_within and config.user in ("", account.user) and not account.error:
        return Server(account.url, account.user, account.software)
    return None


def address(account: AccountState, config: AccountConfig) -> str:
    """Address where the last sync found the server, else that of the configuration."""
    known = known_server(account, config)
    return account.rejected_url or (known.url if known else config.url)
