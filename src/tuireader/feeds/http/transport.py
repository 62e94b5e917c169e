"""An httpx transport for direct connections: HTTP/1.1 from h11, name lookup and connection pool of our own.

httpx's pool scans every connection for every request, which costs more than the rest of the request when a
thousand feeds are fetched at once. It also reuses connections with surplus bytes after the last response
(docs/notes/home-made.md). Here a connection belongs to one origin, and connects to the very address that was
checked. Errors are those of httpx's own transport.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from asyncio.staggered import staggered_race
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import h11
import httpx

from tuireader.feeds.http.hosts import PrivateAddress, Resolver, is_public

ATTEMPT_DELAY = 0.3  # seconds before the next address is tried as well (RFC 8305 §5 recommends 0.25)
MAX_HEAD = 1 << 16
MAX_INTERIM = 20  # maximum number of interim responses (1xx) to skip
READ_AT_ONCE = 1 << 16
MAX_IDLE = 64
IDLE_SECONDS = 5.0

Origin = tuple[str, str, int]


@dataclass(slots=True, eq=False)
class _Connection(httpx.AsyncByteStream):
    """A connection to an origin; iterating yields the body of its current response, still encoded."""

    origin: Origin
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection
    release: Callable[[_Connection], None]
    seconds: float | None = None  # maximum time to wait for more bytes
    idle_since: float = 0.0

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return its response, skipping interim ones."""
        self.seconds = request.extensions.get("timeout", {}).get("read")
        try:
            self._send(request)
            for _ in range(MAX_INTERIM):
                event = await self._next_event()
                if isinstance(event, h11.Response):
                    headers, reason = event.headers.raw_items(), {"reason_phrase": bytes(event.reason)}
                    return httpx.Response(event.status_code, headers=headers, stream=self, extensions=reason)
            raise httpx.RemoteProtocolError("no answer, only interim responses")
        except BaseException:
            self.abort()
            raise

    def _send(self, request: httpx.Request) -> None:
        target, headers = request.url.raw_path, request.headers.raw
        events = [h11.Request(method=request.method, target=target, headers=headers), h11.EndOfMessage()]
        if request.content:
            events.insert(1, h11.Data(data=request.content))
        try:
            self.writer.write(b"".join([self.http.send(event) or b"" for event in events]))
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            while (event := self.http.next_event()) is h11.NEED_DATA:
                async with asyncio.timeout(self.seconds):
                    data = await self.reader.read(READ_AT_ONCE)
                if not data and self.http.their_state is h11.SEND_RESPONSE and not self.has_surplus():
                    raise httpx.RemoteProtocolError("no answer")
                self.http.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout("no data") from error
        except OSError as error:
            raise httpx.ReadError("read failed") from error
        return event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._next_event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        self.release(self)

    def has_surplus(self) -> bool:
        """Return whether surplus bytes arrived after the response, or instead of one."""
        return bool(self.http.trailing_data[0])

    async def has_input(self) -> bool:
        """Return whether bytes or the end of the stream arrived while no response was expected."""
        try:
            async with asyncio.timeout(0):  # a read that need not wait still returns
                await self.reader.read(1)
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def abort(self) -> None:
        self.writer.transport.abort()


class DirectTransport(httpx.AsyncBaseTransport):
    """Transport for requests without a proxy. One with a body must not be repeated: it has a new connection.

    The request extension `public_only` refuses servers on private networks (raises PrivateAddress).
    """

    def __init__(self, *, tls: Callable[[], ssl.SSLContext], resolver: Resolver | None = None) -> None:
        self._tls = tls
        self._resolver = resolver or Resolver()
        self._idle: list[_Connection] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        origin = (url.scheme, url.raw_host.decode("ascii"), port)
        public_only = bool(request.extensions.get("public_only"))
        connection = None if public_only or request.content else await self._take(origin)
        if connection is not None:
            with contextlib.suppress(httpx.NetworkError, httpx.RemoteProtocolError):  # the server closed it
                return await connection.ask(request)
        seconds = request.extensions.get("timeout", {}).get("connect")
        connection = await self._open(origin, seconds, public_only)
        return await connection.ask(request)

    async def _open(self, origin: Origin, seconds: float | None, public_only: bool) -> _Connection:
        scheme, host, port = origin
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._resolver.lookup(host)
                if public_only and not all(map(is_public, addresses)):
                    raise PrivateAddress
                tls = {"ssl": self._tls(), "server_hostname": host} if scheme == "https" else {}
                reader, writer = await _connect(addresses, port, tls)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("connect timed out") from error
        except (OSError, ValueError) as error:
            raise httpx.ConnectError("connect failed") from error
        http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        return _Connection(origin, reader, writer, http, self._release)

    async def _take(self, origin: Origin) -> _Connection | None:
        """Take an idle connection to `origin` that is still usable, if any."""
        now = asyncio.get_running_loop().time()
        while connection := next((idle for idle in self._idle if idle.origin == origin), None):
            self._idle.remove(connection)
            # surplus input would be taken for the next response
            if now - connection.idle_since < IDLE_SECONDS and not await connection.has_input():
                return connection
            connection.abort()
        return None

    def _release(self, connection: _Connection) -> None:
        """Keep a connection whose response was read completely; close any other."""
        http = connection.http
        if not http.our_state is http.their_state is h11.DONE or connection.has_surplus():
            connection.abort()
            return
        http.start_next_cycle()
        connection.idle_since = asyncio.get_running_loop().time()
        self._idle.append(connection)
        if len(self._idle) > MAX_IDLE:
            self._idle.pop(0).abort()

    async def aclose(self) -> None:
        self._resolver.close()
        while self._idle:
            self._idle.pop().abort()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connect(addresses: Sequence[str], port: int, tls: dict[str, Any]) -> Streams:
    """Connect to the first address that answers, starting the attempts a moment apart (RFC 8305).

    asyncio does the same for a name, but only with addresses that it looked up itself.
    """
    if len(addresses) == 1:
        return await asyncio.open_connection(addresses[0], port, **tls)
    attempts = [partial(asyncio.open_connection, address, port, **tls) for address in addresses]
    winner: Streams | None
    winner, _, errors = await staggered_race(attempts, ATTEMPT_DELAY)
    if winner is None:
        raise next(filter(None, reversed(errors)), OSError("no address"))
    return winner
