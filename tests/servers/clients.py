"""Clients with an account on a server of the tests, which can be made to crash around a request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import ALL, opened
from tuireader.library import Library
from tuireader.model import AccountSynced
from tuireader.model.accounts import Mark
from tuireader.sync.backend import Backend, Known, RemoteEntry, RemoteFeed, Server, Step
from tuireader.sync.preparing import Preparer

ACCOUNT = '[[account]]\nname = "home"\nkind = "miniflux"\nurl = "https://server.example"\ntoken = "x"\n'
WATCH = '[[watch]]\nname = "W"\nany = ["WeChat"]\n'


class Crash(BaseException):
    """The program ends here: nothing may catch it."""


class Hooked:
    """A backend that calls `hook` before and after each request; the hook may raise `Crash`."""

    def __init__(self, backend: Backend, hook: Callable[[], Awaitable[None]]) -> None:
        self._backend, self._hook = backend, hook

    async def sign_in(self) -> Server:
        await self._hook()
        return await self._backend.sign_in()

    async def close(self) -> None:
        await self._backend.close()

    async def feeds(self) -> list[RemoteFeed]:
        await self._hook()
        return await self._backend.feeds()

    async def pull(self, progress: str, known: Known) -> AsyncGenerator[Step, None]:
        async with aclosing(self._backend.pull(progress, known)) as steps:
            async for step in steps:
                await self._hook()
                yield step
                await self._hook()

    async def batch_size(self, mark: Mark) -> int:
        return await self._backend.batch_size(mark)

    async def probe(self, ids: Sequence[str]) -> tuple[RemoteEntry, ...]:
        await self._hook()
        return await self._backend.probe(ids)

    async def push(self, mark: Mark, value: bool, ids: Sequence[str]) -> frozenset[str]:
        await self._hook()
        gone = await self._backend.push(mark, value, ids)
        await self._hook()
        return gone


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let syncs start a process only for an answer that is large, not at their beginning."""
    monkeypatch.setattr(Preparer, "start", lambda _: None)


@asynccontextmanager
async def client(folder: Path, text: str = ACCOUNT + WATCH, **options: object) -> AsyncIterator[Library]:
    """A library with an account called home."""
    folder.mkdir(exist_ok=True)
    async with opened(folder, text, **options) as made:
        yield made


async def synced(
    library: Library, *, pull: bool = True, believed: bool = False, relate: bool = False
) -> AccountSynced:
    """Sync the accounts; the outcome of the last one. Relating takes its time and changes no mark."""
    accounts = await library.accounts.all()
    events = library.refresh.sync(accounts, pull=pull, believed=believed, relate=relate)
    async with aclosing(events) as found:
        *_, done = [event async for event in found if isinstance(event, AccountSynced)]
    assert done.done
    return done


async def ids(library: Library) -> dict[str, int]:
    """The articles by title."""
    return {row.title: row.id for row in await library.lists.rows(await library.lists.ids(ALL))}


async def marks(library: Library) -> dict[str, tuple[bool, bool]]:
    """The marks of all articles by title, as (read, starred)."""
    rows = await library.lists.rows(await library.lists.ids(ALL))
    return {row.title: (row.read, row.starred) for row in rows}
