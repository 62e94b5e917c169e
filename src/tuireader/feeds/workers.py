"""Parse feeds in other processes: those that take long with a deadline, and all when there are many."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from tuireader.model import (
    Enclosure,
    Fault,
    Keys,
    ParsedEntry,
    ParsedFeed,
    ParseFailed,
    ParseResult,
    Prepared,
)
from tuireader.subprocesses.worker import Worker, WorkerDied

DEADLINE = 5.0
"""Seconds of CPU time that a feed may take."""
_WALL_FACTOR = 4
"""Factor for the time by the clock: on a busy machine a process waits for its turn."""
_AT_ONCE = 12
"""Bodies and results that are in pipes and memory at once."""
_MODULE = "tuireader.feeds.worker"

Request = tuple[bytes, str, str | None, dict[int, int] | None]
"""A body, its address and content type, and the digests of stored entries by guid key, to leave them out."""


class ParseWorker(AbstractAsyncContextManager["ParseWorker"]):
    """Parses feeds; what cannot be parsed quickly goes to a worker process with a deadline.

    With `apart`, what can be parsed quickly goes to another process, for when there are many feeds and the
    event loop has other work. Processes start when they are first needed; the slow one ends when a feed takes
    more than `deadline` seconds of CPU time, and starts again when needed. An async context manager.
    """

    def __init__(self, *, deadline: float = DEADLINE, apart: bool = False) -> None:
        self._deadline = deadline
        self.slow = Worker(_MODULE, f"--seconds={deadline}")
        self.quick = Worker(_MODULE, "--quick", at_once=_AT_ONCE) if apart else None

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(self.slow.aclose(), *([self.quick.aclose()] if self.quick else []))

    def start(self) -> None:
        """Start the process for quick parsing, if there is to be one, before it is needed."""
        if self.quick is not None:
            self.quick.start()

    async def parse(
        self,
        body: bytes,
        url: str,
        content_type: str | None = None,
        *,
        stored: Mapping[int, int] | None = None,
    ) -> ParseResult:
        """Parse a body. Raises only CancelledError; when it takes too long, returns ParseFailed(TOO_SLOW).

        With `stored`, a feed that is parsed apart has only the entries that are not stored yet, prepared.
        """
        request = (body, url, content_type, None if stored is None else dict(stored))
        quick = await self._parse_quickly(request)
        if quick is not None:
            return quick
        too_slow = ParseFailed(
            Fault.TOO_SLOW, f"reading the feed takes longer than {self._deadline:g} seconds"
        )
        try:
            result = unpack(await self.slow.ask(request, self._deadline * _WALL_FACTOR))
        except TimeoutError:
            return too_slow
        except WorkerDied as died:
            if died.signal == signal.SIGPROF:
                return too_slow
            return ParseFailed(Fault.BROKEN, "the feed is damaged or too large, reading it failed")
        assert result is not None, "it parses everything"
        return result

    async def _parse_quickly(self, request: Request) -> ParseResult | None:
        if self.quick is not None:
            try:
                return unpack(await self.quick.ask(request))
            except (WorkerDied, OSError):
                pass  # it should not fail; parse here then
        from tuireader.feeds.parse import parse_quickly  # most refreshes do not need it in this process

        body, url, content_type, _ = request
        return parse_quickly(body, url, content_type)


# --------------------------------------------------------------------------- results as plain values


_PARTS: dict[type, dict[str, type]] = {
    ParsedFeed: {"entries": ParsedEntry, "prepared": Prepared, "keys": Keys},
    ParsedEntry: {"enclosures": Enclosure},
}
"""Fields with further dataclasses, by the class that has them."""
_VALUES = {
    kind: attrgetter(*(field.name for field in fields(kind)))
    for kind in (ParsedFeed, ParsedEntry, Prepared, Keys, Enclosure)
}


def pack(result: ParseResult | None) -> tuple[Any, ...] | None:
    """Return a result as plain values for `marshal`."""
    if result is None:
        return None
    if isinstance(result, ParseFailed):
        return result.fault.value, result.reason, result.feeds
    return _packed(result)


def _packed(value: Any) -> tuple[Any, ...]:
    names = _PARTS.get(type(value), ())
    parts = {name: tuple(map(_packed, found)) for name in names if (found := getattr(value, name))}
    return _VALUES[type(value)](replace(value, **parts) if parts else value)


def unpack(values: tuple[Any, ...] | None) -> ParseResult | None:
    """Return the result that `pack` packed."""
    if values is None:
        return None
    if len(values) == 3:
        fault, reason, feeds = values
        return ParseFailed(Fault(fault), reason, feeds)
    feed: ParsedFeed = _unpacked(ParsedFeed, values)
    return feed


def _unpacked(kind: Any, values: tuple[Any, ...]) -> Any:
    value = kind(*values)
    parts = {
        name: tuple([_unpacked(part, one) for one in found])
        for name, part in _PARTS.get(kind, {}).items()
        if (found := getattr(value, name))
    }
    return replace(value, **parts) if parts else value
