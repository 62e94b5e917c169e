"""A light httpx transport for direct connections: asyncio sockets, h11 for the protocol, no shared pool.

httpx's own pool looks at every connection for every request, which costs more than the rest of the
request when a thousand feeds are asked at once. Here a connection belongs to one origin, idle ones are
kept in a small list, and names are looked up in daemon threads, so that a dead name server delays neither
other feeds nor the end of the program. Errors are httpx's, so that a caller need not know which transport
it talks to. HTTP/1.1 only (RFC 9112).
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import h11
import httpx

from tuireader.feeds.hosts import Address, PrivateAddress, Resolver, is_public

CONNECT_HEADSTART = 0.3  # seconds before the next address is tried as well (RFC 8305 says 0.25)
MAX_HEAD = 1 << 16
MAX_INTERIM = 20
IDLE_KEPT = 64
IDLE_SECONDS = 5.0

Origin = tuple[str, str, int]


async def _connect_one(address: Address) -> socket.socket:
    family, sockaddr = address
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, sockaddr)
    except BaseException:
        connection.close()
        raise
    return connection


async def _connect_any(addresses: list[Address]) -> socket.socket:
    """The first connection that comes about; each next address gets its try a moment later."""
    if len(addresses) == 1:
        return await _connect_one(addresses[0])
    waiting, running = list(addresses), set[asyncio.Task[socket.socket]]()
    error: BaseException | None = None
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect_one(waiting.pop(0))))
            done, running = await asyncio.wait(
                running,
                timeout=CONNECT_HEADSTART if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            good = [task for task in done if task.exception() is None]
            for spare in good[1:]:
                spare.result().close()
            if good:
                return good[0].result()
            error = next((task.exception() for task in done), error)
    finally:
        for task in running:
            task.add_done_callback(_close_late)
            task.cancel()
    raise error or OSError("no address")


def _close_late(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


class _Stream(asyncio.Protocol):
    """The two directions of one connection: what came and was not read yet, and where to write."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._received = bytearray()
        self._ended = False
        self._error: Exception | None = None
        self._more = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) > MAX_HEAD:
            self.transport.pause_reading()
        self._more.set()

    def eof_received(self) -> None:
        self._ended = True
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._error = exc
        self.eof_received()

    async def read(self) -> bytes:
        """Return all that came, once there is something; `b""` at the end. Raises OSError."""
        await self._more.wait()
        if not self._received:
            if self._error is not None:
                raise self._error
            return b""
        data = bytes(self._received)
        self._received.clear()
        if not self._ended:
            self._more.clear()
        self.transport.resume_reading()
        return data

    def has_input(self) -> bool:
        """Return whether anything came that was not read, be it the end; asks the system, too."""
        if self._received or self._ended:
            return True
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket"), select.POLLIN)
        return bool(poll.poll(0))


@dataclass(slots=True, eq=False)
class _Connection:
    """One TCP or TLS connection to an origin with the state of HTTP on it."""

    origin: Origin
    stream: _Stream
    state: h11.Connection
    idle: float
    idle_since: float = 0.0

    def send(self, request: httpx.Request) -> None:
        target = request.url.raw_path
        try:
            head = self.state.send(
                h11.Request(method=request.method, target=target, headers=request.headers.raw)
            )
            end = self.state.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        self.stream.transport.write((head or b"") + (end or b""))

    async def event(self) -> h11.Event | type[h11.PAUSED]:
        """The next part of the answer. Raises httpx.TimeoutException, ReadError or RemoteProtocolError."""
        while True:
            try:
                event = self.state.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            data = await self._read()
            if not data and self.state.their_state is h11.SEND_RESPONSE and not self.state.trailing_data[0]:
                raise httpx.RemoteProtocolError("no answer")
            self.state.receive_data(data)

    async def _read(self) -> bytes:
        try:
            async with asyncio.timeout(self.idle):
                return await self.stream.read()
        except TimeoutError as error:
            raise httpx.ReadTimeout("no data") from error
        except OSError as error:
            raise httpx.ReadError("read failed") from error

    async def head(self) -> h11.Response:
        """Status and headers, interim answers (1xx) skipped."""
        for _ in range(MAX_INTERIM):
            event = await self.event()
            if isinstance(event, h11.Response):
                return event
            if isinstance(event, h11.ConnectionClosed):
                break
        raise httpx.RemoteProtocolError("no answer")

    def close(self) -> None:
        self.stream.transport.abort()

    def reusable(self) -> bool:
        """Return whether the answer was read to its end, and nothing came behind it."""
        done = self.state.our_state is h11.DONE and self.state.their_state is h11.DONE
        return done and not self.state.trailing_data[0]


class _Body(httpx.AsyncByteStream):
    """The content of one answer, as the wire has it; hands its connection back when it is closed."""

    def __init__(self, connection: _Connection, release: Callable[[_Connection], None]) -> None:
        self._connection: _Connection | None = connection
        self._release = release

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self._connection is not None:
            event = await self._connection.event()
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            else:
                return

    async def aclose(self) -> None:
        if self._connection is not None:
            self._release(self._connection)
            self._connection = None


class DirectTransport(httpx.AsyncBaseTransport):
    """Sends GET requests without a body straight to the server. `connect` and `idle` in seconds.

    The request extension `"public_only"` refuses servers on private networks (raises PrivateAddress).
    """

    def __init__(
        self,
        *,
        connect: float,
        idle: float,
        tls: Callable[[], ssl.SSLContext],
        resolver: Resolver | None = None,
    ) -> None:
        self._connect_seconds = connect
        self._idle_seconds = idle
        self._tls = tls
        self._resolver = resolver or Resolver()
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        origin = (url.scheme, url.raw_host.decode("ascii"), port)
        public_only = bool(request.extensions.get("public_only"))
        connection = None if public_only else self._take(origin)
        if connection is not None:
            try:
                return await self._exchange(connection, request)
            except (httpx.NetworkError, httpx.RemoteProtocolError):
                pass  # the server had closed it meanwhile: one fresh try
        return await self._exchange(await self._open(origin, public_only), request)

    async def _exchange(self, connection: _Connection, request: httpx.Request) -> httpx.Response:
        try:
            connection.send(request)
            head = await connection.head()
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(connection, self._put_back),
            extensions={"reason_phrase": bytes(head.reason)},
        )

    async def _open(self, origin: Origin, public_only: bool) -> _Connection:
        scheme, host, port = origin
        try:
            async with asyncio.timeout(self._connect_seconds):
                addresses = await self._resolver.lookup(host, port)
                if public_only and not all(is_public(str(where[0])) for _, where in addresses):
                    raise PrivateAddress
                connected = await _connect_any(addresses)
                try:
                    _, stream = await asyncio.get_running_loop().create_connection(
                        _Stream,
                        sock=connected,
                        ssl=self._tls() if scheme == "https" else None,
                        server_hostname=host if scheme == "https" else None,
                    )
                except BaseException:
                    connected.close()
                    raise
        except TimeoutError as error:
            raise httpx.ConnectTimeout("connect timed out") from error
        except (OSError, ValueError) as error:
            raise httpx.ConnectError("connect failed") from error
        state = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        return _Connection(origin, stream, state, self._idle_seconds)

    def _take(self, origin: Origin) -> _Connection | None:
        """An idle connection to `origin` that is still good, if there is one.

        What came while it was idle would be taken for the next answer.
        """
        now = asyncio.get_running_loop().time()
        for connection in [one for one in self._idle if one.origin == origin]:
            self._idle.remove(connection)
            if not connection.stream.has_input() and now - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.close()
        return None

    def _put_back(self, connection: _Connection) -> None:
        """Keep a connection whose answer was read to its end; close any other."""
        if not connection.reusable():
            connection.close()
            return
        connection.state.start_next_cycle()
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)
        if len(self._idle) > IDLE_KEPT:
            self._idle.pop(0).close()

    async def aclose(self) -> None:
        self._resolver.close()
        for connection in self._idle:
            connection.close()
        self._idle.clear()
