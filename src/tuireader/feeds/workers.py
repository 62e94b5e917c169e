"""Parse feeds in other processes: those that take long with a deadline, and all when there are many."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType

from tuireader.feeds.drop_known import Digests
from tuireader.feeds.parse import QUICK_BYTES, parse_quickly
from tuireader.feeds.worker_protocol import Request, pack_request, unpack_result
from tuireader.model import Fault, ParseFailed, ParseResult
from tuireader.subprocesses.worker import Worker, WorkerDied

DEADLINE = 5.0
"""Seconds of CPU time that a feed may take."""
_WALL_FACTOR = 4
"""Factor for the time by the clock: on a busy machine a process waits for its turn."""
_AT_ONCE = 12
"""Bodies and results that are in pipes and memory at once."""
_MODULE = "tuireader.feeds.worker"


class ParseWorker:
    """Parses feeds; what cannot be parsed quickly goes to a worker process with a deadline.

    With `apart`, what can be parsed quickly goes to another process, for when there are many feeds and the
    event loop has other work. Processes start when they are first needed; the slow one ends when a feed takes
    more than `deadline` seconds of CPU time, and starts again when needed. An async context manager.
    """

    def __init__(self, *, deadline: float = DEADLINE, apart: bool = False) -> None:
        self._deadline = deadline
        self.slow = Worker(_MODULE, f"--seconds={deadline}")
        self.quick = Worker(_MODULE, "--quick", at_once=_AT_ONCE) if apart else None

    async def __aenter__(self) -> ParseWorker:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(self.slow.aclose(), *([self.quick.aclose()] if self.quick else []))

    def start(self) -> None:
        """Start the process for quick parsing, if there is to be one, before it is needed."""
        if self.quick is not None:
            self.quick.start()

    async def parse(
        self, body: bytes, url: str, content_type: str | None = None, *, stored: Digests | None = None
    ) -> ParseResult:
        """Parse a body. Raises only CancelledError; when it takes too long, returns ParseFailed(TOO_SLOW).

        With `stored`, a feed that is parsed apart has only the entries that are not stored yet, prepared.
        """
        request = Request(body, url, content_type, stored)
        quick = await self._parse_quickly(request)
        if quick is not None:
            return quick
        too_slow = ParseFailed(
            Fault.TOO_SLOW, f"reading the feed takes longer than {self._deadline:g} seconds"
        )
        try:
            values = await self.slow.ask(pack_request(request), self._deadline * _WALL_FACTOR)
        except TimeoutError:
            return too_slow
        except WorkerDied as died:
            if died.signal == signal.SIGPROF:
                return too_slow
            return ParseFailed(Fault.BROKEN, "the feed is damaged or too large, reading it failed")
        result = unpack_result(values)
        assert result is not None, "it parses everything"
        return result

    async def _parse_quickly(self, request: Request) -> ParseResult | None:
        if self.quick is not None and len(request.body) <= QUICK_BYTES:
            try:
                return unpack_result(await self.quick.ask(pack_request(request)))
            except (WorkerDied, OSError):
                pass  # it should not fail; parse here then
        return parse_quickly(request.body, request.url, request.content_type)
