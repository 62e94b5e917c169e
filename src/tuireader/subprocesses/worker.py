"""A Python child process that answers requests: the parent's end. The child's is in `serving`."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
from collections import deque
from collections.abc import Coroutine
from typing import Any

from tuireader.subprocesses import processes
from tuireader.subprocesses.serving import HEADER, framed

_READ_AHEAD = 1 << 20
_START_SECONDS = 20.0
_EXIT_SECONDS = 1.0  # time for a process to end after closing its pipe


class WorkerDied(Exception):
    """The process ended before it answered; `signal` is the signal that ended it, or 0."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"its process ended by signal {signal}" if signal else "its process ended")
        self.signal = signal


class Worker(contextlib.AbstractAsyncContextManager["Worker"]):
    """A child process that runs `module` and answers requests in order, up to `at_once` concurrently.

    It starts with the first request, and again after it has died. With `at_once=1` it is killed if a request
    takes too long or is cancelled. It ends after `idle` seconds without a request. An async context manager.
    """

    def __init__(self, module: str, *arguments: str, at_once: int = 1, idle: float | None = None) -> None:
        self.process: asyncio.subprocess.Process | None = None
        self._command = processes.command(module, *arguments)
        self._is_single = at_once == 1
        self._slots = asyncio.Semaphore(at_once)
        self._starting = asyncio.Lock()
        self._answers: deque[asyncio.Future[Any]] = deque()
        self._tasks = set[asyncio.Task[None]]()
        self._idle = idle
        self._timer: asyncio.TimerHandle | None = None

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def ask(self, request: Any, seconds: float | None = None) -> Any:
        """Ask for an answer. Raises WorkerDied, or TimeoutError after `seconds`."""
        async with self._slots:
            self._stay()
            try:
                requests = await self._started()
                answer = asyncio.get_running_loop().create_future()
                self._answers.append(answer)
                async with asyncio.timeout(seconds):
                    requests.write(framed(request))
                    with contextlib.suppress(ConnectionError):  # `_read` reports the failure
                        await requests.drain()
                    return await answer
            except BaseException:
                if self._is_single:
                    await self.aclose()
                raise
            finally:
                if self._idle is not None and self.process is not None:
                    self._stay()  # a request beside this one may have ended first
                    loop = asyncio.get_running_loop()
                    self._timer = loop.call_later(self._idle, lambda: self._run(self.aclose()))

    def start(self) -> None:
        """Start the process in the background; errors appear at the first request."""

        async def start() -> None:
            with contextlib.suppress(WorkerDied, TimeoutError):
                await self._started()

        self._run(start())

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def aclose(self) -> None:
        self._stay()
        process, self.process = self.process, None
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if process is not None:
            await _end(process)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _started(self) -> asyncio.StreamWriter:
        """Start the process if needed, wait until it is ready, and return the pipe to it."""
        async with self._starting:
            process = self.process
            if process is None or process.returncode is not None:
                process = self.process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,  # Textual's sys.stderr has no file descriptor
                    limit=_READ_AHEAD,
                )
                assert process.stdout is not None
                try:
                    async with asyncio.timeout(_START_SECONDS):
                        await process.stdout.readexactly(HEADER)
                except BaseException as error:
                    self.process = None
                    signal = await _end(process)
                    if isinstance(error, EOFError):
                        raise WorkerDied(signal) from error
                    raise
                self._answers = deque()
                self._run(self._read(process, self._answers))
        assert process.stdin is not None
        return process.stdin

    async def _read(self, process: asyncio.subprocess.Process, answers: deque[asyncio.Future[Any]]) -> None:
        """Resolve answers until the process ends."""
        assert process.stdout is not None
        died = WorkerDied(0)
        try:
            while True:
                length = int.from_bytes(await process.stdout.readexactly(HEADER), "big")
                values = marshal.loads(await process.stdout.readexactly(length))
                answer = answers.popleft()
                if not answer.done():
                    answer.set_result(values)
        except (OSError, EOFError, ValueError, TypeError):  # it died while writing
            if self.process is process:
                self.process = None
            died = WorkerDied(await _end(process))
        finally:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(died)


async def _end(process: asyncio.subprocess.Process) -> int:
    """End a process and return the signal that ended it."""
    if process.stdout is not None and process.stdout.at_eof():  # a kill would hide the cause
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _EXIT_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()  # read an unwanted answer, which would keep it from ending
    return -min(0, await process.wait())
