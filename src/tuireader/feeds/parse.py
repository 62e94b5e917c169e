"""Read a fetched body into a ParsedFeed: fast path first, then JSON Feed, then feedparser in its own process.

Everything here takes bytes of any kind and gives a value, never an exception.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from collections import deque
from types import TracebackType
from typing import Any

from tuireader.feeds import charset, fastpath, jsonfeed, sniff
from tuireader.feeds.entry import RawFeed, shape
from tuireader.model import Fault, ParseFailed, ParseResult

QUICK_BYTES = 2_000_000
QUICK_ENTRIES = 5_000
DEADLINE = 5.0
START_DEADLINE = 20.0
HEADER = 8


def parse(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """The feed in `body`, fetched from `url`. Never raises, but may take long on a hostile body.

    `ParseWorker.parse` gives the same within a deadline.
    """
    quick = parse_quickly(body, url, content_type, limit=None)
    return quick if quick is not None else parse_tolerantly(body, url, content_type)


def parse_quickly(
    body: bytes, url: str, content_type: str | None = None, *, limit: int | None = QUICK_BYTES
) -> ParseResult | None:
    """The result if it can be had in time linear in the body, else None: feedparser has to look at it.

    Bodies of more than `limit` bytes, or of very many entries, are not tried unless `limit` is None.
    """
    if limit is not None and len(body) > limit:
        return None
    try:
        raw = _quick_feed(body, url, content_type, QUICK_ENTRIES if limit is not None else None)
        if raw is not None:
            return shape(raw)
        text = charset.decode(body, content_type)
        if sniff.start_of_feed(text) is None:
            return sniff.not_a_feed(body, text, url)
    except (ValueError, RecursionError, MemoryError):
        pass  # let the worker try, which can be ended
    return None


def _quick_feed(body: bytes, url: str, content_type: str | None, most: int | None) -> RawFeed | None:
    start = body[:100].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return jsonfeed.parse(charset.decode(body, content_type), url)
    if charset.is_plain_utf8(body):
        return fastpath.parse(body.lstrip(b" \t\r\n"), url, most)
    text = charset.decode(body, content_type)
    return fastpath.parse(_without_declaration(text).encode("utf-8", "replace"), url, most)


def parse_tolerantly(body: bytes, url: str, content_type: str | None = None) -> ParseResult:
    """The feed as feedparser reads it. Never raises; takes as long as feedparser takes."""
    from tuireader.feeds import tolerant

    text = charset.decode(body, content_type)
    feed_text = sniff.start_of_feed(text)
    if feed_text is None:
        return sniff.not_a_feed(body, text, url)
    try:
        raw = tolerant.parse(_without_declaration(feed_text), url)
        if raw is None:
            return ParseFailed(Fault.BROKEN, "the feed is damaged, nothing in it can be read")
        raw.well_formed = raw.well_formed and len(feed_text) == len(text.lstrip())
        return shape(raw)
    except MemoryError:
        return ParseFailed(Fault.TOO_LARGE, "the feed needs too much memory to be read")
    except Exception as error:  # whatever feedparser raises: the feed has to get its answer
        return ParseFailed(Fault.BROKEN, f"the feed is damaged and cannot be read ({type(error).__name__})")


def _without_declaration(text: str) -> str:
    """XML text without its declaration, whose encoding no longer holds once the text is decoded."""
    text = text.lstrip(sniff.LEADING)
    if not text.startswith("<?xml"):
        return text
    end = text.find("?>")
    return text[end + 2 :].lstrip() if end >= 0 else text


class ParseWorker:
    """Reads feeds; what cannot be read quickly goes to a worker process with a deadline.

    `apart`: what can be read quickly is read in a process of its own too, for when there are many feeds and
    the event loop has other work. Processes start when they are first needed; the slow one is killed when it
    overruns, and starts anew at the next need. An async context manager.
    """

    def __init__(self, *, deadline: float = DEADLINE, apart: bool = False) -> None:
        self._deadline = deadline
        self._slow = _Process()
        self._turn = asyncio.Lock()
        self._quick = _QuickProcess() if apart else None

    async def __aenter__(self) -> ParseWorker:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the processes."""
        await self._slow.aclose()
        if self._quick is not None:
            await self._quick.aclose()

    async def parse(
        self, body: bytes, url: str, content_type: str | None = None, *, prepare: bool = False
    ) -> ParseResult:
        """The feed in `body`. Never raises but CancelledError; an overrun is ParseFailed(TOO_SLOW).

        With `prepare` the entries are prepared for storing too, if they are read apart.
        """
        if self._quick is not None and len(body) <= QUICK_BYTES:
            quick = await self._quick.parse(body, url, content_type, prepare)
        else:
            quick = parse_quickly(body, url, content_type)
        if quick is not None:
            return quick
        async with self._turn:
            try:
                return await self._ask(body, url, content_type)
            except TimeoutError:
                return ParseFailed(
                    Fault.TOO_SLOW, f"reading the feed takes longer than {self._deadline:g} seconds"
                )
            except (OSError, EOFError, pickle.UnpicklingError):
                return ParseFailed(Fault.BROKEN, "the feed is damaged or too large, reading it failed")

    async def _ask(self, body: bytes, url: str, content_type: str | None) -> ParseResult:
        done = False
        try:
            requests, answers = await self._slow.started()
            async with asyncio.timeout(self._deadline):
                requests.write(packed((body, url, content_type, False)))
                await requests.drain()
                result: ParseResult = await _answer(answers)
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

    async def started(self) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        """The pipes of the running worker; it says when it is ready, so that its start is not parsing."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # modules of the working directory are not ours
                "-m",
                "tuireader.feeds.worker",
                *self._arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # Textual's sys.stderr has no file descriptor
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
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


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

    async def parse(
        self, body: bytes, url: str, content_type: str | None, prepare: bool
    ) -> ParseResult | None:
        """The same as `parse_quickly`."""
        async with self._places:
            try:
                async with self._starting:
                    requests, answers = await self._process.started()
                    if self._reading is None or self._reading.done():
                        self._reading = asyncio.create_task(self._read(answers))
                    future: asyncio.Future[ParseResult | None] = asyncio.get_running_loop().create_future()
                    self._waiting.append(future)
                    requests.write(packed((body, url, content_type, prepare)))
                    await requests.drain()
                return await future
            except (OSError, EOFError, pickle.UnpicklingError, TimeoutError):
                return parse_quickly(body, url, content_type)

    async def aclose(self) -> None:
        """End the process."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        await self._process.aclose()

    async def _read(self, answers: asyncio.StreamReader) -> None:
        try:
            while True:
                result = await _answer(answers)
                future = self._waiting.popleft()
                if not future.cancelled():
                    future.set_result(result)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            await self._process.aclose()
            for future in self._waiting:
                if not future.done():
                    future.set_exception(error)
            self._waiting.clear()


async def _answer(stream: asyncio.StreamReader) -> Any:
    length = int.from_bytes(await stream.readexactly(HEADER), "big")
    return pickle.loads(await stream.readexactly(length))


def packed(value: object) -> bytes:
    """A value as it goes through the pipe: its length in eight bytes, then its pickle."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(HEADER, "big") + data
