"""Exclusive workers, debouncing, overtaken reads, waiting with a limit, and throttled results."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer


def run_latest(node: DOMNode, work: Callable[[], Awaitable[object]], group: str) -> None:
    """Start work and cancel the node's running work of that group.

    `work` is a function, as a coroutine cancelled before its start would never be awaited.
    """
    node.run_worker(work, group=group, exclusive=True)


class Delayed:
    """A call after a pause, put off by each further request."""

    def __init__(self, node: MessagePump, call: Callable[[], object]) -> None:
        self._node, self._call = node, call
        self._timer: Timer | None = None

    def start(self, seconds: float) -> None:
        """Request the call after a pause, instead of an earlier request."""
        self.cancel()
        self._timer = self._node.set_timer(seconds, self.call_if_due)

    def cancel(self) -> bool:
        """Cancel the request; return False if there was none."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        return timer is not None

    def call_if_due(self) -> None:
        """Call now what was requested, unless a key cancelled it at the last moment."""
        if self.cancel():
            self._call()


class Latest:
    """Detects answers overtaken by that of a later read."""

    def __init__(self) -> None:
        self._begun = self._newest = 0

    def begin(self) -> int:
        """Number a read that begins."""
        self._begun += 1
        return self._begun

    def is_news(self, number: int) -> bool:
        """Note an answer; return False if that of a later read has come before."""
        is_news = number > self._newest
        self._newest = max(self._newest, number)
        return is_news


async def wait_at_most(seconds: float, event: asyncio.Event) -> None:
    """Wait for an event, but no longer than this."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


FIRST, THEN = 0.1, 0.3  # seconds before first results are shown, and between updates


def now_and_then(tell: Callable[[array[int]], None]) -> Callable[[array[int]], None]:
    """Pass on results found so far at most every 0.3 s, and only if there are more."""
    due, known = monotonic() + FIRST, 0

    def hear(ids: array[int]) -> None:
        nonlocal due, known
        if len(ids) > known and monotonic() >= due:
            tell(ids[:])
            due, known = monotonic() + THEN, len(ids)

    return hear
