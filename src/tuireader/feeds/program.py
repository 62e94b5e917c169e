"""Run the programs that print or change feeds: without a shell, within limits of time, size and memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import selectors
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.structs import replace

from tuireader.config.files import expand_home
from tuireader.feeds.http.backpressure import MemoryBudget, Reservation
from tuireader.feeds.http.errors import Refused
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob, FetchResult, NotModified, Source
from tuireader.subprocesses import guard, processes
from tuireader.text import clean

AT_ONCE = 8
MEMORY = 2 << 30  # maximum bytes of data in each process of a program
_GRACE = 1.0  # seconds for the rest of the output after a program's end, in case others keep the pipe open
_CHUNK = 1 << 16
_IN_MEMORY = 1 << 20
_TAIL = 4_000  # bytes of the error output to keep


class _Limits(Struct, frozen=True):
    seconds: float
    most: int
    folder: str


class Programs(AbstractAsyncContextManager["Programs"]):
    """Run programs, a few at a time; an async context manager that kills the running ones at its end.

    `seconds` limits the time and `most` the output of each. Bodies count against `budget`.
    """

    def __init__(self, budget: MemoryBudget, *, seconds: float, most: int) -> None:
        self._budget = budget
        self._seconds = seconds
        self._most = most
        self._threads = ThreadPoolExecutor(AT_ONCE)

    async def __aexit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, job: FetchJob, source: Source, reservation: Reservation) -> FetchResult:
        """Run the command of a feed and return its output. Raises only CancelledError."""
        try:
            await self._budget.wait()
            body = await self._output(source.command, source.folder, None, reservation)
        except Refused as refused:
            return FetchFailed(job, refused.fault, refused.reason)
        digest = hashlib.blake2b(body, digest_size=16).digest()
        if digest == job.body_hash:
            return NotModified(job, same_body=True)
        return Fetched(job, job.url, body, digest)

    async def filter(self, fetched: Fetched, source: Source, reservation: Reservation) -> FetchResult:
        """Pass a document through the filter of a feed; the validators stay those of the document."""
        try:
            body = await self._output(source.filter, source.folder, fetched.body, reservation)
        except Refused as refused:
            return FetchFailed(fetched.job, refused.fault, refused.reason)
        return replace(fetched, body=body, content_type=None)

    async def _output(
        self, command: Sequence[str], folder: str, given: bytes | None, reservation: Reservation
    ) -> bytes:
        """Run a program for its output; killed with its group if that takes too long or is cancelled."""
        limits = _Limits(self._seconds, self._most, folder)
        own, theirs = socket.socketpair()
        running = self._threads.submit(_run, list(command), given, limits, own, theirs)
        try:
            with await asyncio.wrap_future(running) as printed:
                size = printed.tell()
                if reservation.must_wait(size):
                    await reservation.wait_for_turn()
                reservation.resize(size)
                printed.seek(0)
                return printed.read()
        except asyncio.CancelledError:
            if running.cancel():  # it was not started
                own.close()
                theirs.close()
            else:
                with suppress(OSError):
                    own.shutdown(socket.SHUT_RDWR)  # the guard kills the program, and the thread ends
                running.add_done_callback(_close_output)
            raise


def _close_output(done: Future[IO[bytes]]) -> None:
    if done.exception() is None:
        done.result().close()


def name_of(command: Sequence[str]) -> str:
    """Name of a program for messages."""
    return clean(Path(command[0]).name or command[0], 60)


def _run(
    command: list[str], given: bytes | None, limits: _Limits, own: socket.socket, theirs: socket.socket
) -> IO[bytes]:
    """Run a program; return its output as a file at its end. Raises Refused."""
    name = name_of(command)
    with own, theirs, tempfile.TemporaryFile() as stdin:
        if given is not None:
            stdin.write(given)
            stdin.seek(0)
        first = str(expand_home(command[0])) if command[0].startswith("~") else command[0]
        line = processes.script(guard.__file__, str(theirs.fileno()), str(MEMORY), first)
        try:
            process = subprocess.Popen(
                [*line, *command[1:]],
                stdin=subprocess.DEVNULL if given is None else stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd=limits.folder or None,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Refused(Fault.PROGRAM, f"{name} cannot be run: {clean(reason, 200)}") from None
        theirs.close()
        printed: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (returned)
        try:
            with process:
                _Reader(process, own, printed, limits, name=name).read()
        except BaseException:
            printed.close()
            raise
        return printed


class _Reader(Struct):
    """Read the output of a guarded program until it ends, and judge how it ended."""

    process: subprocess.Popen[bytes]
    guarded: socket.socket
    printed: IO[bytes]
    limits: _Limits
    name: str
    errors: bytes = b""
    code: int | None = None
    size: int = 0

    def read(self) -> None:
        """Read until the end. Raises Refused if the program fails; it is dead afterwards in any case."""
        assert self.process.stdout is not None and self.process.stderr is not None
        pipes = (self.process.stdout, self.process.stderr)
        try:
            with selectors.DefaultSelector() as waiting:
                for pipe in (*pipes, self.guarded):
                    waiting.register(pipe, selectors.EVENT_READ)
                self._until_end(waiting)
        finally:
            with suppress(OSError):
                self.guarded.shutdown(socket.SHUT_RDWR)
            for pipe in pipes:
                pipe.close()
        self._judge()

    def _until_end(self, waiting: selectors.BaseSelector) -> None:
        end = time.monotonic() + self.limits.seconds
        while waiting.get_map():
            left = end - time.monotonic()
            if left <= 0 and self.code is None:
                raise self._too_slow(self._last_line())
            if left <= 0:
                return  # it has ended, but another program keeps its output open
            for key, _ in waiting.select(left):
                if key.fileobj is self.guarded:
                    self.code = int(self.guarded.recv(16) or -signal.SIGKILL)
                    end = time.monotonic() + _GRACE
                    waiting.unregister(key.fileobj)
                elif not self._take(key.fd, is_error=key.fileobj is self.process.stderr):
                    waiting.unregister(key.fileobj)

    def _too_slow(self, last: str = "") -> Refused:
        words = f"{self.name} did not finish within {self.limits.seconds:g} seconds{last}"
        return Refused(Fault.TIMEOUT, words)

    def _take(self, pipe: int, *, is_error: bool) -> bool:
        """Read once; return False at the end."""
        data = os.read(pipe, _CHUNK)
        if is_error:
            self.errors = (self.errors + data)[-_TAIL:]
        else:
            self.size += len(data)
            if self.size > self.limits.most:
                what = f"{self.name} printed more than {self.limits.most / 1e6:g} MB"
                raise Refused(Fault.TOO_LARGE, f"{what}; raise [fetch] max_size, or let it print less")
            self.printed.write(data)
        return bool(data)

    def _judge(self) -> None:
        code = self.code
        then = ""
        if code == guard.CANNOT_START:
            ended, then = "cannot be run", "; check it in the configuration"
        elif code is not None and code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            ended = f"was killed ({name})"
        elif code:
            ended = f"ended with status {code}"
        elif not self.size:
            ended = "printed nothing"
        else:
            return
        raise Refused(Fault.PROGRAM, f"{self.name} {ended}{self._last_line()}{then}")

    def _last_line(self) -> str:
        lines = self.errors.decode("utf-8", "replace").split("\n")
        last = next((text for line in reversed(lines) if (text := clean(line, 200).strip())), "")
        return f": {last}" if last else ""
