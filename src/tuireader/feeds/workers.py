"""Parse feeds in worker processes: slow ones with a deadline, and all of them if there are many."""

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
"""Maximum CPU time for a feed, in seconds."""
_WALL_FACTOR = 4
"""Factor for wall-clock time: on a busy machine a process waits for its turn."""
_AT_ONCE = 12
"""Maximum number of bodies and results in pipes and memory."""
_MODULE = "tuireader.feeds.worker"

Reader = tuple[str, tuple[Any, ...]]
"""Name of one of the worker's readers of other documents than feeds, with its settings."""
Request = tuple[bytes, str, str | None, dict[int, int] | None, Reader | None]
"""A body, its address and content type, the digests by guid key of stored entries, to be left out, and how
to read it, if it is no feed."""


class ParseWorker(AbstractAsyncContextManager["ParseWorker"]):
    """Parser that leaves slow documents to a worker process with a deadline; an async context manager.

    With `apart`, a second process parses the quick ones, so that many feeds do not block the event loop.
    Processes start when first needed. The slow one is killed when a feed takes more than `deadline` seconds
    of CPU time, and starts again when needed.
    """

    def __init__(self, *, deadline: float = DEADLINE, apart: bool = False) -> None:
        self._deadline = deadline
        self.slow = Worker(_MODULE, f"--seconds={deadline}")
        self.quick = Worker(_MODULE, "--quick", at_once=_AT_ONCE) if apart else None

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(self.slow.aclose(), *([self.quick.aclose()] if self.quick else []))

    def start(self) -> None:
        """Start the process for quick parsing, if any, before it is needed."""
        if self.quick is not None:
            self.quick.start()

    async def parse(
        self,
        body: bytes,
        url: str,
        content_type: str | None = None,
        *,
        stored: Mapping[int, int] | None = None,
        reader: Reader | None = None,
    ) -> ParseResult:
        """Parse a body. Raises only CancelledError; if that takes too long, returns ParseFailed(TOO_SLOW).

        With `stored`, a feed parsed in a worker has only its new and changed entries, prepared. A `reader`
        always runs in the worker.
        """
        request = (body, url, content_type, None if stored is None else dict(stored), reader)
        quick = await self._parse_quickly(request) if reader is None else None
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
        assert result is not None, "the slow worker parses every feed"
        return result

    async def _parse_quickly(self, request: Request) -> ParseResult | None:
        if self.quick is not None:
            try:
                return unpack(await self.quick.ask(request))
            except (WorkerDied, OSError):
                pass  # unexpected: parse in this process instead
        from tuireader.feeds.parse import parse_quickly  # most refreshes parse in another process

        body, url, content_type, _, _ = request
        return parse_quickly(body, url, content_type)


# --------------------------------------------------------------------------- plain values for `marshal`


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
    """Return the result from the values that `pack` returned."""
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
