"""Parse feeds in worker processes: slow ones with a deadline, and all of them if there are many."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager

from msgspec import DecodeError

from tuireader.feeds.parse.worker_protocol import Reader, Request, unpack
from tuireader.model import Fault, ParseFailed, ParseResult
from tuireader.subprocesses.worker import Worker, WorkerDied

DEADLINE = 5.0  # maximum CPU time for a feed, in seconds
_WALL_FACTOR = 4  # factor for wall-clock time: on a busy machine a process waits for its turn
_AT_ONCE = 24  # maximum number of bodies and results in pipes and memory
_MODULE = "tuireader.feeds.parse.worker"


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
        seen: bytes = b"",
    ) -> ParseResult:
        """Parse a body. Raises only CancelledError; if that takes too long, returns ParseFailed(TOO_SLOW).

        With `stored`, a feed parsed in a worker has only its new and changed entries, prepared. A `reader`
        always runs in the worker. `seen` is that of the feed's last document.
        """
        request = (body, url, content_type, None if stored is None else dict(stored), reader, seen)
        quick = await self._parse_quickly(request) if reader is None else None
        if quick is not None:
            return quick
        words = f"reading the feed takes longer than {self._deadline:g} seconds"
        too_slow = ParseFailed(Fault.TOO_SLOW, words)
        broken = ParseFailed(Fault.BROKEN, "the feed is damaged or too large, reading it failed")
        try:
            result = unpack(await self.slow.ask(request, self._deadline * _WALL_FACTOR))
        except TimeoutError:
            return too_slow
        except WorkerDied as died:
            return too_slow if died.signal == signal.SIGPROF else broken
        except (DecodeError, TypeError):  # a feed has taken the worker over
            return broken
        return result or broken

    async def _parse_quickly(self, request: Request) -> ParseResult | None:
        if self.quick is not None:
            try:
                return unpack(await self.quick.ask(request))
            except (WorkerDied, OSError, DecodeError, TypeError):
                pass  # unexpected: parse in this process instead
        from tuireader.feeds.parse.parse import parse_quickly  # most refreshes parse in another process

        body, url, content_type, *_ = request
        return parse_quickly(body, url, content_type)
