"""What a server sends beyond its answer is nobody's answer."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.feeds.conftest import server_tls
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.model import Fetched, FetchFailed, FetchJob, NotModified


class Talker:
    """A server that keeps its connections: to a path it says some bytes, then some more."""

    def __init__(self, said: Mapping[str, tuple[bytes, bytes]]) -> None:
        self.connections = 0
        self.url = ""
        self.all_out = asyncio.Event()
        self._said = said

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = "/" + head.split(b" ")[1].decode().rpartition("/")[2]
                for part in self._said[path]:
                    writer.write(part)
                    await writer.drain()
                self.all_out.set()
        writer.close()


@contextlib.asynccontextmanager
async def talking(
    first: bytes, more: bytes = b"", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Talker]:
    """A server that says this at /first and a proper answer at /second."""
    talker = Talker({"/first": (first, more), "/second": (SECOND, b"")})
    server = await asyncio.start_server(talker.serve, "127.0.0.1", 0, ssl=tls)
    talker.url = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield talker
    server.close()


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    """A complete answer."""
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


SECOND = answer(b"second")
POISON = answer(b"poison")
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\nX-Trailer: yes\r\n\r\n"
SAYS_MORE = {
    "a second answer": (answer(b"first") + POISON, b""),
    "a second answer, later": (answer(b"first"), POISON),
    "more than its length": (answer(b"first")[:-5] + b"first" + b"\r\n" + POISON, b""),
    "something else": (answer(b"first"), b"x"),
    "a second answer behind trailers": (CHUNKS + POISON, b""),
    "a second answer behind trailers, later": (CHUNKS, POISON),
    "content with 204": (b"HTTP/1.1 204 No Content\r\nContent-Length: 45\r\n\r\n" + POISON, b""),
    "content with 204, later": (b"HTTP/1.1 204 No Content\r\nContent-Length: 45\r\n\r\n", POISON),
    "content with 204, not announced": (b"HTTP/1.1 204 No Content\r\n\r\n" + POISON, b""),
    "content with 304": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 45\r\n\r\n" + POISON, b""),
    "content with 304, not announced, later": (b"HTTP/1.1 304 Not Modified\r\n\r\n", POISON),
    "chunks with 304": (b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    "an interim answer behind the answer": (
        answer(b"first") + b"HTTP/1.1 103 Early Hints\r\n\r\n" + POISON,
        b"",
    ),
    "the end": (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfirst" + POISON, b""),
}


@pytest.mark.parametrize("says", SAYS_MORE)
async def test_the_next_request_gets_its_own_answer(says: str) -> None:
    async with talking(*SAYS_MORE[says]) as server, Fetcher(FetchLimits(proxies=False)) as fetcher:
        first = await fetcher.fetch(FetchJob(1, f"{server.url}/first", etag='"known"'))
        await server.all_out.wait()
        second = await fetcher.fetch(FetchJob(2, f"{server.url}/second"))
    if isinstance(first, Fetched):
        assert first.body == b"first"
    else:
        assert isinstance(first, NotModified) or (isinstance(first, FetchFailed) and first.status == 204)
    assert isinstance(second, Fetched)
    assert second.body == b"second"
    assert server.connections == 2


@pytest.mark.parametrize("says", SAYS_MORE)
async def test_the_next_request_over_tls_gets_its_own_answer(says: str, certificate: Path) -> None:
    """A record of its own may be decrypted and lie unread where no socket shows it."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    async with (
        talking(*SAYS_MORE[says], tls=server_tls(certificate)) as server,
        Fetcher(FetchLimits(proxies=False), tls=trusting) as fetcher,
    ):
        await fetcher.fetch(FetchJob(1, f"{server.url}/first", etag='"known"'))
        await server.all_out.wait()
        second = await fetcher.fetch(FetchJob(2, f"{server.url}/second"))
    assert isinstance(second, Fetched)
    assert second.body == b"second"


@pytest.mark.parametrize(
    "first",
    [
        answer(b"first"),
        CHUNKS,
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + answer(b"first"),
    ],
)
async def test_a_connection_without_surplus_is_kept(first: bytes) -> None:
    async with talking(first) as server, Fetcher(FetchLimits(proxies=False)) as fetcher:
        await fetcher.fetch(FetchJob(1, f"{server.url}/first", etag='"known"'))
        second = await fetcher.fetch(FetchJob(2, f"{server.url}/second"))
    assert isinstance(second, Fetched)
    assert server.connections == 1


@pytest.mark.parametrize("says", SAYS_MORE)
async def test_the_next_request_through_a_proxy_gets_its_own_answer(says: str) -> None:
    async with talking(*SAYS_MORE[says]) as server, Fetcher(FetchLimits(proxy=server.url)) as fetcher:
        await fetcher.fetch(FetchJob(1, "http://one.example/first", etag='"known"'))
        await server.all_out.wait()
        second = await fetcher.fetch(FetchJob(2, "http://one.example/second"))
    assert isinstance(second, Fetched)
    assert second.body == b"second"
    assert server.connections == 2
