"""Look up host names, and tell public servers from those on private networks.

A host is judged as a resolver would read it, even if a proxy makes the connection: `127.1`, `0x7f.1`,
`2130706433` and `localhost.` all mean this computer.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from urllib.parse import unquote, urlsplit

from tuireader.feeds.address import same_host

MAX_ADDRESSES = 4
CACHE_SECONDS = 60.0
LOOKUPS_AT_ONCE = 32
LOOKUP_SECONDS = 2.0  # for a name that the proxy will look up itself

EMBEDDING = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "::/96",  # IPv4-compatible (RFC 4291 §2.5.5.1)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
    )
)
"""IPv6 networks whose addresses end in an IPv4 address."""
LOCAL_NETWORKS = tuple(ipaddress.IPv6Network(network) for network in ("fec0::/10", "64:ff9b:1::/48"))
"""Local networks that some versions of `ipaddress` call global: site-local, local NAT64 (RFC 8215)."""
LOCAL_NAMES = frozenset({
    "arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private",
})  # fmt: skip
"""Top-level labels not in the public DNS (RFC 6761, RFC 6762 appendix G, RFC 8375)."""
NAME = re.compile(r"[\w.-]+")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


class PrivateAddress(Exception):
    """The request would reach a private network, which is not allowed for its origin."""


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet; an IPv4 address inside IPv6 counts."""
    return _is_global(ipaddress.ip_address(address.partition("%")[0]))


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in EMBEDDING):
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if inner is not None:
            return _is_global(inner)
        if any(address in network for network in LOCAL_NETWORKS):
            return False
    return address.is_global and not address.is_multicast


def may_be_public(host: str) -> bool:
    """Return False for a private address or a local name, judged by the text of the host alone.

    Any other name may still lead to a private address.
    """
    host = _plain(host)
    if ":" in host:
        try:
            return is_public(host)
        except ValueError:
            return False
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):  # no host name ends in a number (WHATWG URL §3.5)
        addresses = list(_ipv4(host))
        return bool(addresses) and all(map(_is_global, addresses))
    return len(labels) > 1 and labels[-1] not in LOCAL_NAMES and NAME.fullmatch(host) is not None


def leads_inside(url: str, target: str) -> bool:
    """Return whether a page of `url` must not lead to a private `target`.

    It may only if both have the same host, or `url` is visibly private itself: a server at home.
    """
    return not same_host(url, target) and may_be_public(urlsplit(url).hostname or "")


def _plain(host: str) -> str:
    """Normalize a host as resolvers and proxies may read it: unescaped, lower case, ASCII digits and dots."""
    if ":" not in host:
        host = unquote(host)
    host = unicodedata.normalize("NFKC", host).replace("\u3002", ".")
    return "".join(host.split()).strip("[]").rstrip(".").lower()


def _ipv4(host: str) -> Iterator[ipaddress.IPv4Address]:
    """Yield every reading of one to four numbers as an address (inet_aton); a leading 0 may mean octal."""
    for written in (host, re.sub(r"\b0+(?=[0-9])", "", host)):
        with contextlib.suppress(OSError, ValueError):
            yield ipaddress.IPv4Address(socket.inet_aton(written))


class Resolver:
    """Cached host name lookup in daemon threads that never delay the exit.

    `ask` returns the system's addresses of a host.
    """

    def __init__(self, ask: Callable[[str], list[str] | OSError] | None = None) -> None:
        self._system = ask or _getaddrinfo
        self._known: dict[str, tuple[float, list[str]]] = {}
        self._running: dict[str, asyncio.Future[list[str]]] = {}
        self._slots = asyncio.Semaphore(LOOKUPS_AT_ONCE)

    async def lookup(self, host: str) -> list[str]:
        """Look up the addresses of a host, the system's favourite first. Raises `socket.gaierror`."""
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        now = asyncio.get_running_loop().time()
        if host in self._known and self._known[host][0] > now:
            return self._known[host][1]
        if host not in self._running:
            self._running[host] = asyncio.ensure_future(self._ask(host))
            self._running[host].add_done_callback(lambda task: self._finished(host, task))
        return await asyncio.shield(self._running[host])

    async def refuse_private(self, host: str, *, look_up: bool) -> None:
        """Raise PrivateAddress for a host that is known to be private before connecting.

        With `look_up`, names that resolve to a private address here are refused, too, although a proxy may
        resolve them differently.
        """
        if not may_be_public(host):
            raise PrivateAddress
        if look_up:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(LOOKUP_SECONDS):
                    addresses = await self.lookup(host)
                if not all(map(is_public, addresses)):
                    raise PrivateAddress

    def close(self) -> None:
        """Cancel all lookups; their threads end by themselves."""
        for lookup in list(self._running.values()):
            lookup.cancel()

    def _finished(self, host: str, task: asyncio.Future[list[str]]) -> None:
        del self._running[host]
        if not task.cancelled() and task.exception() is None:
            self._known[host] = (asyncio.get_running_loop().time() + CACHE_SECONDS, task.result())

    async def _ask(self, host: str) -> list[str]:
        async with self._slots:
            answer = Future[list[str] | OSError]()
            answer.set_running_or_notify_cancel()  # the thread sets a result even if the caller was cancelled
            threading.Thread(
                target=lambda: answer.set_result(self._system(host)), daemon=True, name="name lookup"
            ).start()
            addresses = await asyncio.wrap_future(answer)
        if isinstance(addresses, OSError):
            raise addresses
        return addresses


def _getaddrinfo(host: str) -> list[str] | OSError:
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except (UnicodeError, ValueError):
        return socket.gaierror(socket.EAI_NONAME, "not a host name")
    addresses = [_with_scope(*sockaddr) for *_, sockaddr in answers]
    return list(dict.fromkeys(addresses))[:MAX_ADDRESSES]


def _with_scope(address: str, port: int, flow: int = 0, scope: int = 0) -> str:
    return f"{address}%{scope}" if scope and "%" not in address else address
