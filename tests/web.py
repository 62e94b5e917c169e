"""A small real web server on the loopback interface, for everything that fetches.

    async with Web() as web:
        web.serve("/feed", RSS, headers={"ETag": '"1"'})
        ... await fetcher.fetch(FetchJob(1, web.url + "/feed"))
        assert web.seen("/feed")[0].headers["user-agent"].startswith("tuireader")

`serve` answers with fixed bytes, `stages` with the next answer at each request, `handle` asks a function,
`rest` a function for all other paths, `raw` hands over the socket for faults that no proper server has.
`in_thread` is the same server for tests that have no event loop of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from types import TracebackType

import httpx
import pytest

TLS_HELLO = b"\x16"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; header names in lower case, values byte for byte (Latin-1)."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back. Content-Length is added unless `headers` has one; None as body sends none."""

    body: bytes | None = b""
    status: int = 200
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    reason: str | None = None
    latency: float = 0.0


Handler = Callable[[Request], Answer | None]
"""Makes the answer to a request; None closes the connection without one."""
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Web:
    """The server; `url` is its address without a slash at the end. Every request is kept in `requests`."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.latency = 0.0
        self.connections = 0
        self.most_at_once = 0
        self.url = ""
        self._host, self._port = host, port
        self._tls = tls
        self._handlers: dict[str, Handler] = {}
        self._raw: dict[str, Raw] = {}
        self._rest: Handler = lambda request: Answer(b"nothing here", 404)
        self._at_once = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Web:
        self._server = await asyncio.start_server(
            self._serve, self._host, self._port, ssl=self._tls, backlog=512
        )
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://{self._host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def serve(
        self,
        path: str,
        body: bytes | str | None = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str | bytes] | None = None,
        reason: str | None = None,
        latency: float = 0.0,
    ) -> str:
        """Answer a path always in the same way; returns the full address."""
        answer = Answer(_bytes(body), status, headers or {}, reason, latency)
        return self.handle(path, lambda request: answer)

    def stages(self, path: str, *answers: Answer | bytes | str) -> str:
        """Answer the first request with the first answer and so on; the last one stays."""
        waiting = [one if isinstance(one, Answer) else Answer(_bytes(one)) for one in answers]
        return self.handle(path, lambda request: waiting.pop(0) if len(waiting) > 1 else waiting[0])

    def handle(self, path: str, handler: Handler) -> str:
        """Answer a path with what `handler` makes of the request."""
        self._handlers[path] = handler
        return self.url + path

    def rest(self, handler: Handler) -> None:
        """Answer all paths that have no handler of their own with what `handler` makes of the request."""
        self._rest = handler

    def raw(self, path: str, talk: Raw | bytes) -> str:
        """Answer a path with bytes that need not be HTTP, or by a coroutine that has the socket."""
        if isinstance(talk, bytes):
            data = talk

            async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write(data)
                await writer.drain()

            self._raw[path] = send
        else:
            self._raw[path] = talk
        return self.url + path

    def unraw(self, path: str) -> None:
        """Answer a path as HTTP again."""
        del self._raw[path]

    def seen(self, path: str) -> list[Request]:
        """The requests for one path."""
        return [request for request in self.requests if request.path == path]

    # -- the server itself

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        ends = OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
        with contextlib.suppress(*ends):
            while await self._one(reader, writer):
                pass
        writer.transport.abort() if task.cancelling() else writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is to be closed."""
        first = await reader.readexactly(1)
        if first == TLS_HELLO:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return False
        request = _request(first + await reader.readuntil(b"\r\n\r\n"))
        if length := request.headers.get("content-length"):
            request = replace(request, body=await reader.readexactly(int(length)))
        self.requests.append(request)
        path = request.path.partition("?")[0]
        if path in self._raw:
            await self._raw[path](reader, writer)
            return False
        answer = (self._handlers.get(request.path) or self._handlers.get(path) or self._rest)(request)
        if answer is None:
            return False
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if wait := answer.latency or self.latency:
                await asyncio.sleep(wait)
        finally:
            self._at_once -= 1
        writer.write(_response(answer))
        await writer.drain()
        return request.headers.get("connection", "").lower() != "close"


@contextlib.contextmanager
def in_thread(port: int = 0) -> Iterator[Web]:
    """A server with an event loop in a thread of its own, for tests that block."""
    web = Web(port=port)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(web.__aenter__(), loop).result(10)
        yield web
    finally:
        asyncio.run_coroutine_threadsafe(web.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def drip(data: bytes, *, each: float, step: int = 1) -> Raw:
    """Send `data` in small steps with a pause after each."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
            await writer.drain()
            await asyncio.sleep(each)

    return send


def then_reset(data: bytes) -> Raw:
    """Send `data`, then cut the connection with a reset instead of a proper end."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        import socket
        import struct

        writer.write(data)
        await writer.drain()
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return send


def then_silence(data: bytes = b"") -> Raw:
    """Send `data` and nothing more until the other side gives up."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await reader.read()

    return send


def endless(head: bytes, piece: bytes) -> Raw:
    """Send `head`, then `piece` over and over until the other side closes."""

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return send


def _bytes(body: bytes | str | None) -> bytes | None:
    return body.encode() if isinstance(body, str) else body


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Request(method, path, headers)


def _response(answer: Answer) -> bytes:
    reason = answer.reason
    if reason is None:
        reason = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
    lines = [f"HTTP/1.1 {answer.status} {reason}".encode()]
    names = set()
    for name, value in answer.headers.items():
        names.add(name.lower())
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode("latin-1")))
    body = b"" if answer.body is None or answer.status in (204, 304) else answer.body
    if "content-length" not in names and "transfer-encoding" not in names and answer.status not in (204, 304):
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join([*lines, b"", body])


_certificates = cache(httpx.create_ssl_context)


@pytest.fixture
def shared_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the certificates of this machine once, not for each library: it takes 7 ms."""
    monkeypatch.setattr(httpx, "create_ssl_context", _certificates)
