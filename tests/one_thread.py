"""The database in the thread of the event loop: to change threads takes longer than most statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import pytest

from tuireader.store import pool

P = ParamSpec("P")
T = TypeVar("T")


class _Here:
    """An executor that calls functions where they are submitted; results come later, as from a thread."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Call a function; return its result or exception."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        try:
            loop.call_soon(_end, future.set_result, future, function(*args, **kwargs))
        except BaseException as error:
            loop.call_soon(_end, future.set_exception, future, error)
        return future

    def shutdown(self, *, wait: bool) -> None:
        """There is nothing to end."""


def _end(how: Callable[[T], object], future: asyncio.Future[Any], value: T) -> None:
    if not future.done():  # cancelled
        how(value)


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pools use no threads: for tests of what is stored, not of what happens at the same time."""
    monkeypatch.setattr(pool, "ThreadPoolExecutor", _Here)
