"""The transport below the fetcher: names, addresses, connections."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.web import Web
from tuireader.feeds.http import transport
from tuireader.feeds.http.errors import explained
from tuireader.feeds.http.fetch import Fetcher, FetchLimits
from tuireader.feeds.http.hosts import Resolver
from tuireader.feeds.http.transport import DirectTransport
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob


async def test_literal_addresses_need_no_lookup() -> None:
    resolver = Resolver(lambda host: pytest.fail("looked up"))
    assert await resolver.lookup("127.0.0.1") == ["127.0.0.1"]
    assert await resolver.lookup("::1") == ["::1"]


async def test_a_name_is_looked_up_once() -> None:
    resolver = Resolver()
    first, second = await asyncio.gather(resolver.lookup("localhost"), resolver.lookup("localhost"))
    assert first is second
    assert first is await resolver.lookup("localhost")
    assert set(first) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["no..such", "a" * 64 + ".example", "..", "\x00"])
async def test_a_name_that_is_none_raises_and_may_be_asked_again(name: str) -> None:
    resolver = Resolver()
    for _ in range(2):
        with pytest.raises(OSError):
            await resolver.lookup(name)


async def test_giving_up_on_a_name_leaves_no_task() -> None:
    resolver = Resolver()
    waiting = asyncio.create_task(resolver.lookup("no..such"))
    await asyncio.sleep(0)
    waiting.cancel()
    resolver.close()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with Web() as server:
        server.serve("/feed", b"<rss/>")
        yield server


@pytest.fixture
def black_hole(web: Web) -> Iterator[tuple[str, int]]:
    """A second address of the server's port where connections neither succeed nor fail: its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.3", web.port))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()
        for filler in fillers:
            filler.close()


GOOD, REFUSED, DEAD = "127.0.0.1", "127.0.0.2", "127.0.0.3"


@pytest.mark.parametrize("addresses", [(REFUSED, GOOD), (DEAD, GOOD), (GOOD, REFUSED), (GOOD, GOOD)])
async def test_the_next_address_is_tried_when_one_is_dead(
    web: Web, black_hole: tuple[str, int], addresses: tuple[str, ...]
) -> None:
    started = time.monotonic()
    async with Fetcher(
        FetchLimits(proxies=False), resolver=Resolver(lambda host: list(addresses))
    ) as fetcher:
        assert isinstance(await fetcher.fetch(FetchJob(1, f"http://news.example:{web.port}/feed")), Fetched)
    assert time.monotonic() - started < 2
    assert len(asyncio.all_tasks()) <= 3  # the test, the server, and a connection that it is closing


async def test_a_host_whose_addresses_all_refuse_fails(web: Web) -> None:
    async with Fetcher(
        FetchLimits(proxies=False), resolver=Resolver(lambda host: [REFUSED, REFUSED])
    ) as fetcher:
        failed = await fetcher.fetch(FetchJob(1, f"http://news.example:{web.port}/feed"))
    assert isinstance(failed, FetchFailed)
    assert failed.reason == "news.example: the connection was refused"


async def test_a_name_that_leads_inside_is_refused_before_anything_is_sent(web: Web) -> None:
    """The address that is checked is the address that is connected to."""
    async with Fetcher(FetchLimits(proxies=False), resolver=Resolver(lambda host: [GOOD])) as fetcher:
        url = f"http://news.example:{web.port}/feed"
        assert isinstance(await fetcher.fetch(FetchJob(1, url)), Fetched)
        failed = await fetcher.fetch(FetchJob(2, url, public_only=True))
    assert isinstance(failed, FetchFailed)
    assert failed.fault is Fault.REDIRECT
    assert len(web.requests) == web.connections == 1


async def test_a_black_hole_ends_at_the_connect_limit(black_hole: tuple[str, int]) -> None:
    limits = FetchLimits(connect=0.3, total=5, proxies=False)
    async with Fetcher(limits) as fetcher:
        failed = await fetcher.fetch(FetchJob(1, f"http://{black_hole[0]}:{black_hole[1]}/"))
    assert isinstance(failed, FetchFailed)
    assert failed.fault is Fault.TIMEOUT
    assert failed.reason == "127.0.0.3 could not be reached within 0.3 seconds"


async def test_a_server_that_never_shakes_hands_ends_at_the_connect_limit() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Fetcher(FetchLimits(connect=0.3, total=5, proxies=False)) as fetcher:
        failed = await fetcher.fetch(FetchJob(1, f"https://127.0.0.1:{port}/"))
    server.close()
    assert isinstance(failed, FetchFailed)
    assert failed.fault is Fault.TIMEOUT


async def test_names_work_from_end_to_end(web: Web) -> None:
    async with Fetcher(FetchLimits(proxies=False)) as fetcher:
        result = await fetcher.fetch(FetchJob(1, f"http://LocalHost:{web.port}/feed"))
        failed = await fetcher.fetch(FetchJob(2, "http://no..such/"))
    assert isinstance(result, Fetched)
    assert isinstance(failed, FetchFailed)
    assert failed.reason.startswith("the name no..such cannot be")


async def test_idle_connections_are_bounded() -> None:
    """The transport keeps few connections open, however many hosts were asked: the newest ones."""
    async with Web(host="0.0.0.0") as web:
        web.serve("/", b"<rss/>")
        direct = DirectTransport(tls=ssl.create_default_context)

        async def ask(number: int) -> int:
            request = httpx.Request("GET", f"http://127.0.1.{number}:{web.port}/")
            response = await direct.handle_async_request(request)
            assert await response.aread() == b"<rss/>"
            await response.aclose()
            return web.connections

        hosts = transport.MAX_IDLE + 10
        for number in range(1, hosts + 1):
            assert await ask(number) == number
        assert await ask(hosts) == await ask(11) == hosts
        assert await ask(10) == hosts + 1
        await direct.aclose()
        assert await ask(hosts) == hosts + 2


async def test_a_body_goes_out_whole_and_on_a_new_connection(web: Web) -> None:
    """A request with a body may act: on a connection that the server closes, it would have to be repeated."""
    direct = DirectTransport(tls=ssl.create_default_context)
    body = bytes(range(256)) * 20_000
    for sent in (b"", body, b"x", b""):
        request = httpx.Request("POST" if sent else "GET", f"{web.url}/feed", content=sent or None)
        response = await direct.handle_async_request(request)
        assert await response.aread() == b"<rss/>"
        await response.aclose()
    assert [request.body for request in web.requests] == [b"", body, b"x", b""]
    assert web.connections == 3  # the last one is reused
    await direct.aclose()


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with Fetcher(FetchLimits(proxies=False)) as fetcher:
        for number in range(3):
            assert isinstance(await fetcher.fetch(FetchJob(number, url)), Fetched)
    server.close()


@pytest.mark.parametrize(
    ("error", "fault", "word"),
    [
        (
            httpx.RemoteProtocolError("closed without sending complete message body"),
            Fault.NETWORK,
            "complete",
        ),
        (httpx.RemoteProtocolError("incomplete chunked read"), Fault.NETWORK, "complete"),
        (httpx.RemoteProtocolError("Server disconnected"), Fault.NETWORK, "without a response"),
        (httpx.RemoteProtocolError("closed without sending a response"), Fault.NETWORK, "without a response"),
        (httpx.RemoteProtocolError("illegal status line"), Fault.NETWORK, "not valid HTTP"),
        (httpx.ConnectTimeout("x"), Fault.TIMEOUT, "within 5 seconds"),
        (httpx.ReadTimeout("x"), Fault.TIMEOUT, "for 30 seconds"),
        (httpx.ProxyError("x"), Fault.NETWORK, "proxy"),
        (httpx.InvalidURL("x"), Fault.ADDRESS, "configuration"),
        (httpx.NetworkError("x"), Fault.NETWORK, "failed"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), Fault.NETWORK, "looked up"),
        (socket.gaierror(socket.EAI_NONAME, "x"), Fault.NETWORK, "cannot be found"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Fault.NETWORK, "refused"),
    ],
)
def test_what_is_said_of_a_connection_that_fails(error: Exception, fault: Fault, word: str) -> None:
    """By it, a user waits, corrects the address or looks after the proxy."""
    refused = explained(error, "h.example", 5.0, 30.0)
    assert refused.fault is fault and word in refused.reason
