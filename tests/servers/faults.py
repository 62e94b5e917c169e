"""Answers that a network or a server spoils: lost, cut short, emptied, reordered, doubled or late.

server.change = Spoiled(FAULTS["short"], 3)    # spoil one answer of a sync, the fourth or a later one
with held(server, lambda call: call.method == "PUT") as answer:
    sync = asyncio.create_task(synced(library))
    await answer.arrives(sync)                 # the server has done it, the client does not know
    ...                                        # what happens meanwhile
    answer.release()
    await sync
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.servers.fake import Call, Change, Drop, Fake
from tests.web import Answer


def lost(call: Call, answer: Answer) -> Answer:
    """Close the connection: the request was processed, but nobody knows."""
    raise Drop


def cut(call: Call, answer: Answer) -> Answer:
    """Send half of the bytes as if they were all."""
    return replace(answer, body=answer.body[: len(answer.body) // 2]) if answer.body else answer


def lists(change: Callable[[list[Any]], list[Any]]) -> Change:
    """Change all lists of an answer, and what it counts by feed; other values, such as totals, stay."""

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return change(value)
        if isinstance(value, dict) and value.keys() >= {"reads", "unreads"}:
            return {name: dict(change(list(value[name].items()))) for name in value}
        if isinstance(value, dict) and value.keys() & {"entries", "itemRefs", "items", "subscriptions"}:
            return {name: change(one) if isinstance(one, list) else one for name, one in value.items()}
        return value

    def spoil(call: Call, answer: Answer) -> Answer:
        if not answer.body or not answer.body.startswith((b"{", b"[")):
            return answer
        value = json.loads(answer.body)
        other = changed(value)
        return answer if other == value else replace(answer, body=json.dumps(other).encode())

    return spoil


FAULTS: Mapping[str, Change] = {
    "lost": lost,
    "cut": cut,
    "short": lists(lambda found: found[: len(found) // 2]),
    "empty": lists(lambda found: []),
    "reordered": lists(lambda found: found[::-1]),
    "doubled": lists(lambda found: [one for one in found for _ in range(2)]),
}


class Spoiled:
    """A `change` that spoils one answer: the first from a number on that a fault makes a difference to.

    `number` is its number, counted from 0, None as long as no such answer came.
    """

    def __init__(self, fault: Change, first: int) -> None:
        self._fault, self._left = fault, first
        self._seen = 0
        self.number: int | None = None

    def __call__(self, call: Call, answer: Answer) -> Answer:
        self._seen += 1
        if self.number is not None or self._seen <= self._left:
            return answer
        try:
            spoiled = self._fault(call, answer)
        except Drop:
            self.number = self._seen - 1
            raise
        if spoiled.body != answer.body:
            self.number = self._seen - 1
        return spoiled


class Held:
    """An answer that waits until it is released."""

    def __init__(self) -> None:
        self.came, self._may_go = threading.Event(), threading.Event()

    async def arrives(self, sync: asyncio.Task[Any]) -> bool:
        """Wait until the answer is held; return False if the sync ends without it."""
        waiting = asyncio.ensure_future(asyncio.to_thread(self.came.wait, 10))
        sync.add_done_callback(lambda _: self._stop())
        await waiting
        return not sync.done()

    def _stop(self) -> None:
        self.came.set()

    def release(self) -> None:
        """Let it go."""
        self._may_go.set()

    def wait(self) -> None:
        """Note that the answer is there, and wait; for the server's thread."""
        self.came.set()
        self._may_go.wait(10)


@contextmanager
def held(server: Fake, is_meant: Callable[[Call], bool]) -> Iterator[Held]:
    """Hold the first answer to such a call after the server has made it."""
    answer = Held()

    def hold(call: Call) -> None:
        if is_meant(call) and not answer.came.is_set():
            answer.wait()

    server.after = hold
    try:
        yield answer
    finally:
        answer.release()
        server.after = None
