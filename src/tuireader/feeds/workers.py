"""Read feeds elsewhere: what takes long in a process with a deadline, and the rest apart when it is much."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections import deque
from types import TracebackType

from tuireader.feeds.drop_known import Digests
from tuireader.feeds.parse import QUICK_BYTES, parse_quickly
from tuireader.feeds.worker_protocol import HEADER, Broken, Request, pack_request, unpack_result
from tuireader.model import Fault, ParseFailed, ParseResult
from tuireader.subprocesses import python

DEADLINE = 5.0
"""Seconds of work that a feed may cost."""
_BY_THE_CLOCK = 4
"""So many times as long it may take: where much else is going on, a process waits for its turn."""
START_DEADLINE = 20.0
_ENDING = 1.0
"""Seconds in which a process that has closed its pipe has ended."""
_HELD = 1 << 20
"""Bytes of an answer that are read ahead: most are smaller, and waking for each 64 KB takes long."""


class ParseWorker:
    """Reads feeds; what cannot be read quickly goes to a worker process with a deadline.

    `apart`: what can be read quickly is read in a process of its own too, for when there are many feeds and
    the event loop has other work. Processes start when they are first needed; the slow one ends when a feed
    costs more than `deadline` seconds of work, and starts anew at the next need. An async context manager.
    """

    def __init__(self, *, deadline: float = DEADLINE, apart: bool = False) -> None:
        self._deadline = deadline
        self._slow = _Process(f"--seconds={deadline}")
        self._turn = asyncio.Lock()
        self._quick = _QuickProcess() if apart else None

    async def __aenter__(self) -> ParseWorker:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def start(self) -> None:
        """Start the process for quick reading, if there is to be one, before it is needed."""
        if self._quick is not None:
            self._quick.start()

    async def aclose(self) -> None:
        """End the processes."""
        await self._slow.aclose()
        if self._quick is not None:
            await self._quick.aclose()

    async def parse(
        self, body: bytes, url: str, content_type: str | None = None, *, stored: Digests | None = None
    ) -> ParseResult:
        """The feed in `body`. Never raises but CancelledError; an overrun is ParseFailed(TOO_SLOW).

        With `stored` a feed that is read apart is sifted: only what is not stored yet comes back, prepared.
        """
        request = Request(body, url, content_type, stored)
        if self._quick is not None and len(body) <= QUICK_BYTES:
            quick = await self._quick.parse(request)
        else:
            quick = parse_quickly(body, url, content_type)
        if quick is not None:
            return quick
        async with self._turn:
            try:
                return await self._ask(request)
            except Broken as error:
                if isinstance(error, TimeoutError) or self._slow.ended_by == signal.SIGPROF:
                    reason = f"reading the feed takes longer than {self._deadline:g} seconds"
                    return ParseFailed(Fault.TOO_SLOW, reason)
                return ParseFailed(Fault.BROKEN, "the feed is damaged or too large, reading it failed")

    async def _ask(self, request: Request) -> ParseResult:
        done = False
        try:
            requests, answers = await self._slow.started()
            async with asyncio.timeout(self._deadline * _BY_THE_CLOCK):
                requests.write(pack_request(request))
                await requests.drain()
                result = await _answer(answers)
            assert result is not None, "it reads everything"
            done = True
            return result
        finally:
            if not done:
                await self._slow.aclose()


class _Process:
    """A worker process and its pipes."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self.ended_by = 0  # the signal that ended the last one

    async def started(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        """The pipes of the running worker; it says when it is ready, so that its start is not parsing."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *python.command("tuireader.feeds.worker", *self._arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # Textual's sys.stderr has no file descriptor
                limit=_HELD,
            )
            assert self._process.stdout is not None
            async with asyncio.timeout(START_DEADLINE):
                await self._process.stdout.readexactly(HEADER)
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    async def aclose(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdout is not None and process.stdout.at_eof():  # a kill would hide why it ends
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _ENDING)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        with contextlib.suppress(RuntimeError):  # somebody else reads what there is, up to its end
            await process.communicate()  # it has not ended while an answer that nobody wants is unread
        self.ended_by = -min(0, await process.wait())


class _QuickProcess:
    """Reads well-formed feeds elsewhere; several are under way at once, answers come in their order.

    What fails there (it should not) is read here.
    """

    _AT_ONCE = 12  # so many bodies and answers lie in pipes and memory at the most

    def __init__(self) -> None:
        self._process = _Process("--quick")
        self._starting = asyncio.Lock()
        self._places = asyncio.Semaphore(self._AT_ONCE)
        self._waiting: deque[asyncio.Future[ParseResult | None]] = deque()
        self._reading: asyncio.Task[None] | None = None
        self._beginning: asyncio.Task[None] | None = None

    async def parse(self, request: Request) -> ParseResult | None:
        """The same as `parse_quickly`, but sifted."""
        async with self._places:
            try:
                async with self._starting:
                    requests, answers = await self._process.started()
                    if self._reading is None or self._reading.done():
                        self._reading = asyncio.create_task(self._read(answers))
                    future: asyncio.Future[ParseResult | None] = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    requests.write(pack_request(request))
                    await requests.drain()
                return await future
            except Broken:  # a TimeoutError is an OSError
                return parse_quickly(request.body, request.url, request.content_type)

    def start(self) -> None:
        """Start the process, while others go on; what goes wrong is seen when it is used."""

        async def started() -> None:
            async with self._starting:
                await self._process.started()

        self._beginning = asyncio.create_task(started())

    async def aclose(self) -> None:
        """End the process."""
        tasks = [task for task in (self._beginning, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._process.aclose()

    async def _read(self, answers: asyncio.StreamReader) -> None:
        try:
            while True:
                result = await _answer(answers)
                future = self._waiting.popleft()
                if not future.cancelled():
                    future.set_result(result)
        except Broken as error:
            await self._process.aclose()
            for future in self._waiting:
                if not future.done():
                    future.set_exception(error)
            self._waiting.clear()


async def _answer(stream: asyncio.StreamReader) -> ParseResult | None:
    length = int.from_bytes(await stream.readexactly(HEADER), "big")
    return unpack_result(await stream.readexactly(length))
