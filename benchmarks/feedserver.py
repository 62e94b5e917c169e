"""Serve synthetic feeds on the loopback interface, as a web server of our days would, for the benchmarks.

  python benchmarks/feedserver.py --feeds 200 [--latency 100] [--one-host]

Each feed has a host of its own (127.1.x.y, all of which are this machine on Linux), as feeds mostly have;
with `--one-host` all of them are at 127.0.0.1. When the documents are made, it prints `PORT n` and serves
until its standard input is closed. HTTP/1.1 with keep-alive, ETag, Last-Modified, 304 and gzip.

  /feed/<i>.xml     a feed
  /-/urls           the addresses of all feeds, one a line
  /-/set?generation=1&latency=100&validators=0&new=2     change what is served; latency in ms
  /-/stats?reset=1  requests, ok, not_modified, body_bytes, connections, peak (answers owed at once), as JSON
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import json
import socket
import sys
from dataclasses import asdict, dataclass, field
from urllib.parse import parse_qsl, urlsplit

import newsgen

_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}


@dataclass(slots=True)
class Stats:
    """What was asked and answered since the last reset."""

    requests: int = 0
    ok: int = 0
    not_modified: int = 0
    body_bytes: int = 0
    connections: int = 0
    open: int = 0
    peak: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A feed's body, plain and deflated, with its validators."""

    plain: bytes
    zipped: bytes
    etag: str
    modified: str
    type: str


@dataclass(slots=True)
class State:
    """What the server serves now."""

    urls: list[str]
    hosts: list[str]
    new: int
    latency: float = 0.0
    generation: int = 0
    validators: bool = True
    documents: dict[tuple[int, int], Document] = field(default_factory=dict)
    stats: Stats = field(default_factory=Stats)

    def build(self) -> None:
        """Make the documents of this generation."""
        for number in range(len(self.urls)):
            key = (number, self.generation)
            if key not in self.documents:
                self.documents[key] = _document(number, self.hosts[number], self.generation, self.new)

    def change(self, wanted: dict[str, str]) -> None:
        """Take new settings from a query string."""
        self.generation = int(wanted.get("generation", self.generation))
        self.validators = bool(int(wanted.get("validators", self.validators)))
        self.latency = float(wanted.get("latency", self.latency * 1000)) / 1000
        self.build()


def _document(number: int, base: str, generation: int, new: int) -> Document:
    one = newsgen.feed(number, base)
    plain = newsgen.feed_xml(one, generation, new)
    changed = newsgen.EPOCH + (generation * new + one.entries) * newsgen.STEP
    etag = f'"{hashlib.blake2b(plain, digest_size=8).hexdigest()}"'
    return Document(plain, gzip.compress(plain, 5, mtime=0), etag, newsgen.rfc822(changed), _TYPES[one.kind])


class Connection(asyncio.Protocol):
    """One client. Requests are answered in order, each `latency` after it came."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._state.stats.connections += 1

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head, self._held = self._held[:end].decode("latin-1"), self._held[end + 4 :]
            first, *lines = head.split("\r\n")
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            self._answer(first.split(" ")[1], headers)

    def _answer(self, target: str, headers: dict[str, str]) -> None:
        state, url = self._state, urlsplit(target)
        close = headers.get("connection", "").lower() == "close"
        if url.path.startswith("/feed/"):
            state.stats.requests += 1
            state.stats.open += 1
            state.stats.peak = max(state.stats.peak, state.stats.open)
            loop = asyncio.get_running_loop()
            loop.call_later(state.latency, self._feed, url.path, headers, close)
        elif url.path == "/-/urls":
            self._send("200 OK", "\n".join(state.urls).encode(), [], close)
        else:
            wanted = dict(parse_qsl(url.query))
            if url.path == "/-/set":
                state.change(wanted)
            answer = json.dumps(asdict(state.stats)).encode()
            if wanted.get("reset"):
                state.stats = Stats()
            self._send("200 OK", answer, [], close)

    def _feed(self, path: str, headers: dict[str, str], close: bool) -> None:
        state = self._state
        state.stats.open -= 1
        document = state.documents.get((int(path[6:].split(".")[0]), state.generation))
        if document is None:
            self._send("404 Not Found", b"no such feed\n", [], close)
            return
        fields = [f"Content-Type: {document.type}; charset=utf-8", "Vary: Accept-Encoding"]
        if state.validators:
            fields += [f"ETag: {document.etag}", f"Last-Modified: {document.modified}"]
            known = headers.get("if-none-match")
            if document.etag in known if known else headers.get("if-modified-since") == document.modified:
                state.stats.not_modified += 1
                self._send("304 Not Modified", None, fields, close)
                return
        body = document.plain
        if "gzip" in headers.get("accept-encoding", ""):
            body = document.zipped
            fields.append("Content-Encoding: gzip")
        state.stats.ok += 1
        state.stats.body_bytes += len(body)
        self._send("200 OK", body, fields, close)

    def _send(self, status: str, body: bytes | None, fields: list[str], close: bool) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        length = [] if body is None else [f"Content-Length: {len(body)}"]
        lines = [f"HTTP/1.1 {status}", *fields, *length, *(["Connection: close"] if close else [])]
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
        if close:
            self._transport.close()


def _sockets(count: int, one_host: bool) -> tuple[list[socket.socket], int]:
    """Listening sockets at one port, for the control address and for each feed's host."""
    control = _listen("127.0.0.1", 0)
    port = int(control.getsockname()[1])
    return [control, *(_listen(_host(number), port) for number in range(0 if one_host else count))], port


def _host(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _listen(host: str, port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((host, port))
    return made


def _more_files() -> None:
    """Allow as many open files as this user may have."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def serve(feeds: int, latency: float, new: int, one_host: bool) -> None:
    """Serve until standard input is closed; `latency` in seconds."""
    _more_files()
    sockets, port = _sockets(feeds, one_host)
    hosts = [f"http://{'127.0.0.1' if one_host else _host(number)}:{port}" for number in range(feeds)]
    state = State([newsgen.feed(number, hosts[number]).url for number in range(feeds)], hosts, new, latency)
    state.build()
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Connection(state), sock=one, backlog=512) for one in sockets]
    print("PORT", port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0, help="ms")
    parser.add_argument("--new", type=int, default=2, help="new entries of a feed in each generation")
    parser.add_argument("--one-host", action="store_true")
    options = parser.parse_args()
    asyncio.run(serve(options.feeds, options.latency / 1000, options.new, options.one_host))


if __name__ == "__main__":
    main()
