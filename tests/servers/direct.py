"""Requests to the fakes without a network, for tests of what syncs decide: sockets take most of their time.

Tests of requests, answers and errors, and those of `test_sync.py`, have a network between client and server.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.servers import fake
from tests.web import Request


class _Direct(httpx.AsyncBaseTransport):
    """Hands requests to the fakes of this process; those to other servers, or to none, take the network."""

    def __init__(self) -> None:
        self._network = httpx.AsyncHTTPTransport(verify=False)  # without TLS: certificates take 15 ms

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        server = fake.unplugged.get(request.url.port or 0)
        if server is None:
            return await self._network.handle_async_request(request)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in request.headers.raw}
        path = request.url.raw_path.decode("latin-1")
        read = Request(request.method, path, headers, await request.aread())
        if server.before or server.after:  # they may wait
            answer = await asyncio.to_thread(server.handle, read)
        else:
            answer = server.handle(read)
        if answer is None:
            raise httpx.RemoteProtocolError("no answer")
        fields = [(name, str(value)) for name, value in answer.headers.items()]
        return httpx.Response(answer.status, headers=fields, stream=httpx.ByteStream(answer.body or b""))

    async def aclose(self) -> None:
        await self._network.aclose()


_CLIENT = httpx.AsyncClient


def _client(**options: Any) -> httpx.AsyncClient:
    return _CLIENT(**options, transport=_Direct())


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect clients and fakes without a network."""
    monkeypatch.setattr(fake.Fake, "has_network", False)
    monkeypatch.setattr(httpx, "AsyncClient", _client)
