"""A slow library: chosen calls wait until the test lets them go, or refuses them.

with late(run.library.lists.head) as answer:
    run.post("j")  # asks for a view
    await answer.reached()
    ...  # other keys
    answer.release()
await run.settle()
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MethodType
from typing import Any, cast

from tests.ui.running import TURNS
from tests.ui.shelf import replaced

Method = Callable[..., Awaitable[Any]]
PATIENCE = 60


@dataclass
class Held:
    """One call of a method that waits: the `number`th with this first argument, if one is given.

    `reads_first`: the call is done at once, and its answer waits. Otherwise, the call itself waits.
    """

    method: Method
    number: int = 1
    asked: object = None
    reads_first: bool = False
    calls: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _error: Exception | None = None

    async def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += self.asked is None or arguments[0] == self.asked
        if self.calls != self.number or self._reached.is_set():
            return await self.method(*arguments, **options)
        answer = await self.method(*arguments, **options) if self.reads_first else None
        self._reached.set()
        await self._open.wait()
        try:
            if self._error is not None:
                raise self._error
            return answer if self.reads_first else await self.method(*arguments, **options)
        finally:
            self._over.set()

    async def reached(self) -> None:
        """Wait until the call is being held."""
        async with asyncio.timeout(PATIENCE):
            await self._reached.wait()

    def release(self) -> None:
        """Let the call go on."""
        self._open.set()

    async def let_go(self) -> None:
        """Let the call go on, and what waited for it, while another call is held."""
        self._open.set()
        async with asyncio.timeout(PATIENCE):
            await self._over.wait()
        for _ in range(TURNS):
            await asyncio.sleep(0)

    def refuse(self, error: Exception) -> None:
        """Let the call fail."""
        self._error = error
        self._open.set()


@contextmanager
def held(method: Method, number: int = 1, *, asked: object = None) -> Iterator[Held]:
    """Hold a call before it reads or writes anything, at most until the end of the block."""
    yield from _holding(Held(method, number, asked))


@contextmanager
def late(method: Method, number: int = 1, *, asked: object = None) -> Iterator[Held]:
    """Hold the answer of a call: what it has read grows stale, what it has written is stored."""
    yield from _holding(Held(method, number, asked, reads_first=True))


def _holding(call: Held) -> Iterator[Held]:
    owner, name = vars(cast(MethodType, call.method).__self__), call.method.__name__
    method, call.method = call.method, owner.get(name, call.method)  # another call of it may be held, too
    with replaced(method, call):
        try:
            yield call
        finally:
            call.release()


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds while a call is held, which `settle` would wait for."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0)
