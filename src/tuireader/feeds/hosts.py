"""Hosts: names looked up, and whether one is a server of the own computer or network.

The decision is made on what a resolver would make of a host, whoever connects in the end: `127.1`, `0x7f.1`,
`2130706433` and `localhost.` are the own computer, also for a proxy.
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
from urllib.parse import unquote

MAX_ADDRESSES = 4
NAMES_KEPT_SECONDS = 60.0
LOOKUPS_AT_ONCE = 32
LOOKUP_SECONDS = 2.0  # for a name that a proxy will look up for itself

EMBEDDING = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "::/96",  # IPv4-compatible (RFC 4291 §2.5.5.1)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
    )
)
"""Networks whose addresses end in one of IPv4."""
LOCAL_NETWORKS = tuple(ipaddress.IPv6Network(network) for network in ("fec0::/10", "64:ff9b:1::/48"))
"""Local networks that `ipaddress` takes for global ones, or did: site-local, local NAT64 (RFC 8215)."""
LOCAL_NAMES = frozenset({
    "arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private",
})  # fmt: skip
"""Last labels of names that the public DNS does not have (RFC 6761, RFC 6762 appendix G, RFC 8375)."""
NAME = re.compile(r"[\w.-]+")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Address = tuple[int, tuple[str, int] | tuple[str, int, int, int]]


class PrivateAddress(Exception):
    """A server in a private network is asked for by somebody who must not."""


def is_public(address: str) -> bool:
    """Return whether an IP address is reachable for all the world; IPv4 inside of IPv6 counts."""
    return _is_global(ipaddress.ip_address(address.partition("%")[0]))


def _is_global(address: IPAddress) -> bool:
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
    """Return False where a host is not public by what is written alone: a private address, a local name.

    A name may still lead to a private address.
    """
    host = _plain(host)
    if ":" in host:
        try:
            return is_public(host)
        except ValueError:
            return False
    labels = host.split(".")
    if NUMBER.fullmatch(labels[-1]):  # no name ends so (WHATWG URL §3.5)
        addresses = list(_ipv4(labels))
        return bool(addresses) and all(map(_is_global, addresses))
    return len(labels) > 1 and labels[-1] not in LOCAL_NAMES and NAME.fullmatch(host) is not None


def _plain(host: str) -> str:
    """Return a host as resolvers and proxies may read it: without escapes, other digits and dots, case."""
    if ":" not in host:
        host = unquote(host)
    host = unicodedata.normalize("NFKC", host).replace("\u3002", ".")
    return "".join(host.split()).strip("[]").rstrip(".").lower()


def _ipv4(labels: list[str]) -> Iterator[ipaddress.IPv4Address]:
    """Yield the addresses that a number of one to four parts stands for (inet_aton); an 0 may mean octal."""
    for octal in (True, False):
        try:
            *first, last = [_number(label, octal) for label in labels]
            if len(first) > 3 or any(part > 255 for part in first) or last >= 256 ** (4 - len(first)):
                continue
            yield ipaddress.IPv4Address(
                sum(part << 8 * (3 - place) for place, part in enumerate(first)) + last
            )
        except ValueError:
            continue


def _number(label: str, octal: bool) -> int:
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if octal and label.startswith("0") else 10)


class Resolver:
    """Host names to addresses, each name once, in daemon threads that nobody has to wait for.

    `ask` asks the system for the addresses of a host and port.
    """

    def __init__(self, ask: Callable[[str, int], list[Address] | OSError] | None = None) -> None:
        self._system = ask or _getaddrinfo
        self._known: dict[tuple[str, int], tuple[float, list[Address]]] = {}
        self._running: dict[tuple[str, int], asyncio.Future[list[Address]]] = {}
        self._slots = asyncio.Semaphore(LOOKUPS_AT_ONCE)

    async def lookup(self, host: str, port: int) -> list[Address]:
        """Addresses in the system's order of preference. Raises OSError (`socket.gaierror`)."""
        literal = self._literal(host, port)
        if literal:
            return [literal]
        key = (host, port)
        now = asyncio.get_running_loop().time()
        if key in self._known and self._known[key][0] > now:
            return self._known[key][1]
        if key not in self._running:
            self._running[key] = asyncio.ensure_future(self._ask(key))
            self._running[key].add_done_callback(lambda task: self._finished(key, task))
        return await asyncio.shield(self._running[key])

    async def refuse_private(self, host: str, port: int, *, look_up: bool) -> None:
        """Raise PrivateAddress for a host that is not public, as far as that is known before connecting.

        With `look_up` names count that lead to a private address here; others may know them otherwise.
        """
        if not may_be_public(host):
            raise PrivateAddress
        if look_up:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(LOOKUP_SECONDS):
                    found = await self.lookup(host, port)
                if not all(is_public(str(where[0])) for _, where in found):
                    raise PrivateAddress

    def close(self) -> None:
        """Wait no longer for any name; the threads end by themselves."""
        for lookup in list(self._running.values()):
            lookup.cancel()

    @staticmethod
    def _literal(host: str, port: int) -> Address | None:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return None
        if address.version == 4:
            return socket.AF_INET, (host, port)
        return socket.AF_INET6, (host, port, 0, 0)

    def _finished(self, key: tuple[str, int], task: asyncio.Future[list[Address]]) -> None:
        del self._running[key]
        if not task.cancelled() and task.exception() is None:
            self._known[key] = (asyncio.get_running_loop().time() + NAMES_KEPT_SECONDS, task.result())

    async def _ask(self, key: tuple[str, int]) -> list[Address]:
        loop = asyncio.get_running_loop()
        async with self._slots:
            answer: asyncio.Future[list[Address]] = loop.create_future()

            def settle(result: list[Address] | OSError) -> None:
                if answer.done():
                    return
                if isinstance(result, list):
                    answer.set_result(result)
                else:
                    answer.set_exception(result)

            def ask() -> None:
                result = self._system(*key)
                if not loop.is_closed():
                    loop.call_soon_threadsafe(settle, result)

            threading.Thread(target=ask, daemon=True, name="name lookup").start()
            return await answer


def _getaddrinfo(host: str, port: int) -> list[Address] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except (UnicodeError, ValueError):
        return socket.gaierror(socket.EAI_NONAME, "not a host name")
    addresses: list[Address] = [(family, sockaddr) for family, _, _, _, sockaddr in found]  # type: ignore[misc]
    return list(dict.fromkeys(addresses))[:MAX_ADDRESSES]
