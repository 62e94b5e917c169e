"""Workers of which only the newest of a group matters."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode


def run_latest(node: DOMNode, work: Callable[[], Awaitable[None]], group: str) -> None:
    """Start work and cancel what the node still runs in that group.

    It takes a function and not a coroutine: one that is cancelled before it starts would never be awaited.
    """
    node.run_worker(work, group=group, exclusive=True)
