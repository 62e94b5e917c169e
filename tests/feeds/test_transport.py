"""The transport below the fetcher: names, addresses, connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.web import Web
from tuireader.feeds import transport as wire
from tuireader.feeds.fetch import Fetcher, FetchLimits
from tuireader.feeds.hosts import Address, Resolver
from tuireader.feeds.transport import DirectTransport
from tuireader.model import Fault, Fetched, FetchFailed, FetchJob


async def test_literal_addresses_need_no_lookup() -> None:
    resolver = Resolver()
    assert await resolver.lookup("127.0.0.1", 80) == [(socket.AF_INET, ("127.0.0.1", 80))]
    assert await resolver.lookup("::1", 80) == [(socket.AF_INET6, ("::1", 80, 0, 0))]


async def test_a_name_is_looked_up_once() -> None:
    resolver = Resolver()
    first, second = await asyncio.gather(resolver.lookup("localhost", 80), resolver.lookup("localhost", 80))
    assert first is second
    assert first is await resolver.lookup("localhost", 80)
    assert {where[0] for _, where in first} <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["no..such", "a" * 64 + ".example", "..", "\x00"])
async def test_a_name_that_is_none_raises_and_may_be_asked_again(name: str) -> None:
    resolver = Resolver()
    for _ in range(2):
        with pytest.raises(OSError):
            await resolver.lookup(name, 80)


async def test_giving_up_on_a_name_leaves_no_task() -> None:
    resolver = Resolver()
    waiting = asyncio.create_task(resolver.lookup("no..such", 80))
    await asyncio.sleep(0)
    waiting.cancel()
    resolver.close()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@pytest.fixture
def black_hole() -> Iterator[Address]:
    """An address where connections neither come about nor fail: a listener whose queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield socket.AF_INET, listener.getsockname()
        for filler in fillers:
            filler.close()


async def test_the_next_address_is_tried_when_one_is_dead(web: Web, black_hole: Address) -> None:
    good: Address = (socket.AF_INET, ("127.0.0.1", web.port))
    refused: Address = (socket.AF_INET, ("127.0.0.1", 1))
    for addresses in ([refused, good], [black_hole, good], [good, refused], [good, good]):
        started = time.monotonic()
        connection = await wire._connect_any(addresses)
        assert connection.getpeername() == ("127.0.0.1", web.port)
        connection.close()
        assert time.monotonic() - started < 1
    with pytest.raises(ConnectionRefusedError):
        await wire._connect_any([refused, refused])
    assert len(asyncio.all_tasks()) <= 3  # the test, the server, and a connection that it is closing


@pytest.fixture
async def web() -> object:
    async with Web() as server:
        yield server


async def test_a_black_hole_ends_at_the_connect_limit(black_hole: Address) -> None:
    limits = FetchLimits(connect=0.3, total=5, proxies=False)
    async with Fetcher(limits) as fetcher:
        failed = await fetcher.fetch(FetchJob(1, f"http://127.0.0.1:{black_hole[1][1]}/"))
    assert isinstance(failed, FetchFailed)
    assert failed.fault is Fault.TIMEOUT
    assert failed.reason == "127.0.0.1 could not be reached within 0.3 seconds"


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
    web.serve("/feed", b"<rss/>")
    async with Fetcher(FetchLimits(proxies=False)) as fetcher:
        result = await fetcher.fetch(FetchJob(1, f"http://LocalHost:{web.port}/feed"))
        failed = await fetcher.fetch(FetchJob(2, "http://no..such/"))
    assert isinstance(result, Fetched)
    assert isinstance(failed, FetchFailed)
    assert failed.reason.startswith("the name no..such cannot be")


async def test_idle_connections_are_bounded() -> None:
    """The transport keeps few connections open, however many hosts were asked."""
    async with Web(host="0.0.0.0") as web:
        web.serve("/", b"<rss/>")
        transport = DirectTransport(connect=2, idle=2, tls=ssl.create_default_context)
        for number in range(1, wire.IDLE_KEPT + 10):
            request = httpx.Request("GET", f"http://127.0.1.{number}:{web.port}/")
            response = await transport.handle_async_request(request)
            assert await response.aread() == b"<rss/>"
            await response.aclose()
        assert len(transport._idle) == wire.IDLE_KEPT
        await transport.aclose()
        assert transport._idle == []
