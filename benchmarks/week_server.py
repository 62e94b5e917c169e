"""Serve the simulated world on the loopback interface at the time that the benchmark sets."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import week_documents
from week_documents import CHALLENGES
from week_world import Article, Feed, World

_LATENCY = 0.004
_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `what`: feed, archive, page or home. `ids` are the entries that were sent.

    `same`: the body was that of the last answer to this reader. `early`: before a Retry-After had passed.
    """

    reader: str
    at: int
    feed: int
    what: str
    status: int
    same: bool = False
    early: bool = False
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before validators are compared."""

    status: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    changed: int = 0


@dataclass(slots=True)
class Scene:
    """The world at a moment, as one reader sees it."""

    world: World
    now: int = 0
    reader: str = ""
    requests: list[Request] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    waits: dict[tuple[str, int], int] = field(default_factory=dict)
    last: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def answer(
        self, host: str, target: str, headers: dict[str, str]
    ) -> tuple[str, dict[str, str], bytes] | None:
        """Answer a request, and record it. None closes the connection."""
        url = urlsplit(target)
        feed, what, answer = self._find(host, url.path, dict(parse_qsl(url.query)))
        status, sent, body = answer.status, dict(answer.headers), answer.body
        key = (self.reader, target)
        same = False
        if feed is not None and what == "feed" and answer.ids:
            if _validated(feed, self.now, answer, sent, headers):
                status, body = "304 Not Modified", b""
            else:
                same, self.last[key] = self.last.get(key) == body, body
        number = -1 if feed is None else feed.number
        early = what == "feed" and self.now < self.waits.get((self.reader, number), 0)
        if "Retry-After" in sent and not early:
            self.waits[self.reader, number] = self.now + int(sent["Retry-After"])
        code = int(status[:3])
        seen = answer.ids if code == 200 else frozenset()
        self.requests.append(Request(self.reader, self.now, number, what, code, same, early, seen))
        return None if code == 0 else (status, sent, body)

    def _find(self, host: str, path: str, query: dict[str, str]) -> tuple[Feed | None, str, Answer]:
        parts = path.strip("/").split("/")
        feeds, now = self.world.feeds, self.now
        mine = [feed for feed in feeds if urlsplit(feed.base).hostname == host]
        away = [feed for feed in feeds if feed.moved(now) and urlsplit(feed.away).hostname == host]
        if away and path not in ("", "/"):
            return away[0], _kind(path), _normal(away[0].served(now), now, path.strip("/").split("/"), 1)
        if path in ("", "/") and mine and mine[0].move == "home" and mine[0].moved(now):
            return mine[0], "home", Answer("301 Moved Permanently", b"", {"Location": f"{mine[0].away}/"})
        mine = mine or away
        if path in ("", "/") and mine:
            return (
                mine[0],
                "home",
                _disturbed(mine[0], self.now, "home")
                or Answer(
                    "200 OK",
                    week_documents.home(mine[0], self.now),
                    {"Content-Type": "text/html; charset=utf-8"},
                ),
            )
        feed = next((one for one in mine if str(one.number) == parts[0]), None)
        if feed is None or len(parts) < 2:
            return feed, "page", Answer("404 Not Found", b"not here")
        what = _kind(path)
        page = int(query.get("paged" if feed.archive == "wordpress" else "page", "1"))
        if page > 1:
            what = "archive"
        disturbed = _disturbed(feed, self.now, what)
        return feed, what, disturbed or _normal(feed, self.now, parts, page)


def _kind(path: str) -> str:
    """Return what is at a path of a feed."""
    return {"feed": "feed", "news": "feed", "archive": "archive"}.get(path.split("/")[2], "page")


def _disturbed(feed: Feed, now: int, what: str) -> Answer | None:
    spell = feed.spell(now)
    if spell is None or (spell.what in ("429", "410") and what != "feed"):
        return None
    if spell.what in CHALLENGES:
        status, headers, body = CHALLENGES[spell.what]
        return Answer(status, body.encode(), {"Content-Type": "text/html; charset=utf-8"} | headers)
    if spell.what == "429":
        return Answer("429 Too Many Requests", b"slow down", {"Retry-After": str(spell.retry)})
    if spell.what == "410":
        return Answer("410 Gone", b"gone")
    if spell.what == "refused":  # its socket is closed as well; this is for a connection that was open
        return Answer("0")
    return Answer(f"{spell.what} Internal Server Error", b"<h1>error</h1>", {"Content-Type": "text/html"})


def _normal(feed: Feed, now: int, parts: list[str], page: int) -> Answer:
    kind = parts[1]
    if kind == "a":
        return _article(feed, now, parts[-1])
    if kind == "archive" and feed.archive == "prev" and parts[-1].isdecimal():
        body = week_documents.archive(feed, int(parts[-1]), now)
        if body is None:
            return Answer("404 Not Found", b"no such archive")
        first = (int(parts[-1]) - 1) * feed.window
        known = feed.published(now)[::-1][first : first + feed.window]
        return Answer("200 OK", body, _type(feed), frozenset(one.id for one in known))
    is_here = feed.base == (feed.away or feed.base)
    if kind not in ("feed", "news") or (kind == "news" and not (feed.moved(now) and is_here)):
        return Answer("404 Not Found", b"not here")
    if kind == "feed" and feed.moved(now):
        if feed.move == "301":
            return Answer("301 Moved Permanently", b"", {"Location": feed.base + feed.moved_path})
        if feed.move == "page":
            return Answer(
                "200 OK", week_documents.home(feed, now), {"Content-Type": "text/html; charset=utf-8"}
            )
        status = "410 Gone" if feed.move == "gone" else "404 Not Found"
        return Answer(status, b"<html><body>Not found</body></html>", {"Content-Type": "text/html"})
    if page > 1 and feed.archive not in ("next", "json", "wordpress"):
        page = 1  # most sites ignore a parameter that they do not know
    entries = feed.entries(now, page)
    if not entries:
        return Answer("404 Not Found", b"no more")
    ids = frozenset(one.id for one in entries)
    changed = max(_changed(one, now) for one in entries)
    return Answer("200 OK", week_documents.document(feed, now, page), _type(feed), ids, changed)


def _article(feed: Feed, now: int, name: str) -> Answer:
    one = next((each for each in feed.articles if each.id == name and each.published <= now), None)
    if one is None:
        return Answer("404 Not Found", b"no such article")
    if now < one.page_from:
        return Answer("503 Service Unavailable", b"busy")
    return Answer(
        "200 OK", week_documents.page(feed, one.at(now)), {"Content-Type": "text/html; charset=utf-8"}
    )


def _type(feed: Feed) -> dict[str, str]:
    charset = f"; charset={feed.encoding}" if feed.encoding == "windows-1252" else ""
    return {"Content-Type": _TYPES.get(feed.format, "application/feed+json") + charset}


def _changed(one: Article, now: int) -> int:
    """Return when an entry last changed."""
    times = [at for at, _ in one.guids]
    if one.edit:
        times.append(one.edit[0])
    return max([at for at in times if at <= now], default=one.published)


@lru_cache(maxsize=512)
def _hash(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=8).hexdigest()


def _validated(feed: Feed, now: int, answer: Answer, sent: dict[str, str], asked: dict[str, str]) -> bool:
    """Add the validators of an answer to its headers, and return whether it is 304."""
    if feed.max_age:
        sent["Cache-Control"] = f"max-age={feed.max_age}"
    if feed.validators == "none":
        return False
    lies = feed.validators == "lie" and now >= feed.lie_from
    if lies and ("if-none-match" in asked or "if-modified-since" in asked):
        return True
    sent["ETag"] = f'"{_hash(answer.body)}"'
    sent["Last-Modified"] = formatdate(answer.changed, usegmt=True)
    known = asked.get("if-none-match")
    return sent["ETag"] in known if known else asked.get("if-modified-since") == sent["Last-Modified"]


# --------------------------------------------------------------------------- the server


class _Connection(asyncio.Protocol):
    """One client; requests are answered in order."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._held, self._host = scene, b"", ""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host = transport.get_extra_info("sockname")[0]
        scene = self._scene
        scene.open[self._host] += 1
        scene.peak[scene.reader] = max(scene.peak[scene.reader], scene.open[self._host])

    def connection_lost(self, error: Exception | None) -> None:
        self._scene.open[self._host] -= 1

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head, self._held = self._held[:end].decode("latin-1"), self._held[end + 4 :]
            first, *lines = head.split("\r\n")
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            asyncio.get_running_loop().call_later(_LATENCY, self._answer, first.split(" ")[1], headers)

    def _answer(self, target: str, headers: dict[str, str]) -> None:
        transport = self._transport
        assert transport is not None
        if transport.is_closing():
            return
        answer = self._scene.answer(self._host, target, headers)
        if answer is None:
            transport.abort()
            return
        status, sent, body = answer
        if body and "gzip" in headers.get("accept-encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            sent["Content-Encoding"] = "gzip"
        if not status.startswith("304"):
            sent["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in sent.items())]
        transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


class Server:
    """The world's web servers in a thread of their own; a context manager. `at` moves the time."""

    def __init__(self, make: Callable[[Callable[[int], str]], World]) -> None:
        probe = socket.create_server(("127.0.0.1", 0))
        self._port = int(probe.getsockname()[1])
        probe.close()
        self.scene = Scene(make(lambda number: f"http://{_host(number)}:{self._port}"))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: dict[str, asyncio.Server] = {}

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._listen(set()))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def at(self, now: int, reader: str) -> None:
        """Set the time and who is asking."""
        self.scene.now, self.scene.reader = now, reader
        refused, hosts = set(), set()
        for feed in self.scene.world.feeds:
            host = urlsplit(feed.base).hostname or ""
            hosts |= {host, urlsplit(feed.away).hostname or host}
            spell = feed.spell(now)
            if spell and spell.what == "refused":
                refused.add(host)
        if set(self._servers) != hosts - refused:
            self._do(self._listen(hosts - refused))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self, hosts: set[str]) -> None:
        for host in set(self._servers) - hosts:
            server = self._servers.pop(host)
            server.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(server.wait_closed(), 1)
        for host in hosts - set(self._servers):
            self._servers[host] = await self._loop.create_server(
                lambda: _Connection(self.scene), host, self._port, backlog=128
            )


def _host(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"
