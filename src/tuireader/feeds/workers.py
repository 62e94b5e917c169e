"""Parse feeds in other processes: those that take long with a deadline, and all when there are many."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from tuireader.feeds.parse import QUICK_BYTES, parse_quickly
from tuireader.feeds.worker import Request, unpack
from tuireader.model import Fault, ParseFailed, ParseResult
from tuireader.subprocesses.worker import Worker, WorkerDied

DEADLINE = 5.0
"""Seconds of CPU time that a feed may take."""
_WALL_FACTOR = 4
"""Factor for the time by the clock: on a busy machine a process waits for its turn."""
_AT_ONCE = 12
"""Bodies and results that are in pipes and memory at once."""
_MODULE = "tuireader.feeds.worker"


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
        body, url, content_type, _ = request
        if self.quick is not None and len(body) <= QUICK_BYTES:
            try:
                return unpack(await self.quick.ask(request))
            except (WorkerDied, OSError):
                pass  # it should not fail; parse here then
        return parse_quickly(body, url, content_type)
