"""Exclusive workers and debouncing."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from textual.dom import DOMNode


def run_latest(node: DOMNode, work: Callable[[], Awaitable[None]], group: str) -> None:
    """Start work and cancel what the node still runs in that group.

    It takes a function and not a coroutine: one that is cancelled before it starts would never be awaited.
    """
    node.run_worker(work, group=group, exclusive=True)


_FIRST, _THEN = 0.1, 0.3
"""Seconds until a person is told what long work has found so far, and between two times."""


def now_and_then(tell: Callable[[array[int]], None]) -> Callable[[array[int]], None]:
    """A function that hands on what was found so far, if there is more, but not at once and not too often."""
    due, known = monotonic() + _FIRST, 0

    def hear(found: array[int]) -> None:
        nonlocal due, known
        if len(found) > known and monotonic() >= due:
            tell(found[:])
            due, known = monotonic() + _THEN, len(found)

    return hear


class Debounce:
    """Something that can wait a little, unless it is wanted now."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def later(self) -> None:
        """It can wait."""
        self._event.clear()

    def now(self) -> None:
        """It cannot wait any more."""
        self._event.set()

    async def within(self, seconds: float) -> None:
        """Wait until it is wanted, at most so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
