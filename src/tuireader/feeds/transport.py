"""An httpx transport for direct connections: HTTP/1.1 by httpcore, addresses and idle connections by us.

httpx's own pool looks at every connection for every request, which costs more than the rest of the request
when a thousand feeds are fetched at once. It also reuses connections that hold bytes beyond the last
response (docs/notes/home-made.md). Here a connection belongs to one origin, and the address that is checked
is the address that is connected to. Errors are httpx's, as with its own transport.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpcore
import httpx

from tuireader.feeds.hosts import PrivateAddress, Resolver, is_public

ATTEMPT_DELAY = 0.3
"""Seconds before the next address is tried as well (RFC 8305 §5 recommends 0.25)."""
MAX_HEAD = 1 << 18
"""Bytes of a response's head with the interim responses (1xx) before it; httpcore accepts any number."""
MIN_READ = 256
"""Bytes that a smaller read counts as, for interim responses that arrive one by one."""
MAX_IDLE = 64
IDLE_SECONDS = 5.0


class _Stream(httpcore.AsyncNetworkStream):
    """An asyncio stream as httpcore's connections want it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.head_left: int | None = None
        """Bytes that may arrive before the head of a response is complete; None for no limit."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            async with asyncio.timeout(timeout):
                data = await self._reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError from error
        if self.head_left is not None:
            self.head_left -= max(len(data), MIN_READ)
            if self.head_left < 0:
                raise httpcore.RemoteProtocolError("no answer, only interim responses")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if buffer:
            self._writer.write(buffer)  # a request without a body fits into any buffer

    async def aclose(self) -> None:
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._writer.get_extra_info(info)
        poll = select.poll()
        poll.register(self._writer.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))

    async def has_buffered_input(self) -> bool:
        """Return whether data or the end of the stream arrived and was not read yet."""
        try:
            async with asyncio.timeout(0):  # a read that need not wait returns all the same
                await self._reader.read(1)
        except TimeoutError:
            return False
        except OSError:
            pass
        return True


@dataclass(slots=True, eq=False)
class _Connection:
    """A connection to an origin."""

    origin: httpcore.Origin
    stream: _Stream
    http: httpcore.AsyncHTTP11Connection

    @property
    def surplus(self) -> bytes:
        """Bytes that arrived beyond the response, or instead of one; httpcore shows them only for upgrades.

        `_h11_state` is private: pyproject.toml pins httpcore, tests/feeds/test_surplus.py needs it.
        """
        return self.http._h11_state.trailing_data[0]


class _Body(httpx.AsyncByteStream):
    """The body of a response, still encoded; releases its connection when it is closed."""

    def __init__(self, response: httpcore.Response, release: Callable[[], Awaitable[None]]) -> None:
        self._response = response
        self._release = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()
        await self._release()


class DirectTransport(httpx.AsyncBaseTransport):
    """Sends GET requests without a body straight to the server.

    The request extension `public_only` refuses servers on private networks (raises PrivateAddress).
    """

    def __init__(self, *, tls: Callable[[], ssl.SSLContext], resolver: Resolver | None = None) -> None:
        self._tls = tls
        self._resolver = resolver or Resolver()
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        public_only = bool(request.extensions.get("public_only"))
        plain = httpcore.Request(
            request.method, target, headers=request.headers.raw, extensions=request.extensions
        )
        connection = None if public_only else await self._take(target.origin)
        if connection is not None:
            with contextlib.suppress(httpx.NetworkError, httpx.RemoteProtocolError):  # closed meanwhile
                return await self._send(connection, plain)
        seconds = request.extensions.get("timeout", {}).get("connect")
        return await self._send(await self._open(target.origin, seconds, public_only), plain)

    async def _send(self, connection: _Connection, request: httpcore.Request) -> httpx.Response:
        connection.stream.head_left = MAX_HEAD
        try:
            with _as_httpx_errors():
                response = await connection.http.handle_async_request(request)
        except httpx.RemoteProtocolError as error:
            if connection.surplus:
                raise httpx.RemoteProtocolError("not HTTP") from error
            raise
        connection.stream.head_left = None
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response, partial(self._release, connection)),
            extensions=response.extensions,
        )

    async def _open(self, origin: httpcore.Origin, seconds: float | None, public_only: bool) -> _Connection:
        host = origin.host.decode("ascii")
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._resolver.lookup(host)
                if public_only and not all(map(is_public, addresses)):
                    raise PrivateAddress
                tls = {"ssl": self._tls(), "server_hostname": host} if origin.scheme == b"https" else {}
                stream = _Stream(*await _connect(addresses, origin.port, tls))
        except TimeoutError as error:
            raise httpx.ConnectTimeout("connect timed out") from error
        except (OSError, ValueError) as error:
            raise httpx.ConnectError("connect failed") from error
        http = httpcore.AsyncHTTP11Connection(origin, stream, keepalive_expiry=IDLE_SECONDS)
        return _Connection(origin, stream, http)

    async def _take(self, origin: httpcore.Origin) -> _Connection | None:
        """Return an idle connection to `origin` that is still good, if there is one."""
        while found := next((one for one in self._idle if one.origin == origin), None):
            self._idle.remove(found)
            # input on an idle connection would be taken for the next response
            if not found.http.has_expired() and not await found.stream.has_buffered_input():
                return found
            await found.http.aclose()
        return None

    async def _release(self, connection: _Connection) -> None:
        if not connection.http.is_idle() or connection.surplus:
            await connection.http.aclose()
            return
        self._idle.append(connection)
        if len(self._idle) > MAX_IDLE:
            await self._idle.pop(0).http.aclose()

    async def aclose(self) -> None:
        self._resolver.close()
        while self._idle:
            await self._idle.pop().http.aclose()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(addresses: Sequence[str], port: int, tls: dict[str, Any]) -> Streams:
    """Return the first connection that succeeds; each next address is tried a moment later (RFC 8305)."""
    if len(addresses) == 1:
        return await asyncio.open_connection(addresses[0], port, **tls)
    waiting, running = list(addresses), set[asyncio.Task[Streams]]()
    error: BaseException | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(asyncio.open_connection(waiting.pop(0), port, **tls)))
            done, running = await asyncio.wait(
                running,
                timeout=ATTEMPT_DELAY if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            good = [task.result() for task in done if task.exception() is None]
            for _, writer in good[1:]:
                writer.transport.abort()
            if good:
                return good[0]
            error = next((task.exception() for task in done), error)
    finally:
        for task in running:
            task.add_done_callback(_abort)
            task.cancel()
    raise error or OSError("no address")


def _abort(task: asyncio.Task[Streams]) -> None:
    """Close a connection that succeeded after another one."""
    if not task.cancelled() and task.exception() is None:
        task.result()[1].transport.abort()


@contextlib.contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Raise httpcore's errors as the errors of httpx that have the same name."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
