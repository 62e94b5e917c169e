"""What the fakes of servers share: feeds and entries in memory, behind HTTP on the loopback.

    with FakeMiniflux() as server:
        feed = server.add_feed("News")
        entry = server.add_entry(feed, "A title")
        server.mark(entry, read=True)               # by another device
        server.after = drop("PUT /v1/entries")      # processed, but the answer is lost
        server.down(); server.up()                  # the same port, the same data

A fake runs in a thread of its own; change its data while no request is under way.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import count
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from tests.web import Answer, Request, in_thread

USER, PASSWORD, TOKEN = "alice", "a pass & word", "secret-token"


class Drop(Exception):
    """Raised by a hook: close the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, read."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter in the address."""
        return self.query.get(name, [default])[-1]

    def form(self) -> dict[str, list[str]]:
        """The parameters of the body."""
        return parse_qs(self.body.decode(), keep_blank_values=True)

    def json(self) -> Any:
        """The value of the body."""
        return json.loads(self.body)


Hook = Callable[[Call], None]
Change = Callable[[Call, Answer], Answer]


def drop(text: str, times: int = 1) -> Hook:
    """A hook that cuts the connection at the first calls with `text` in them (`GET /v1/feeds`)."""
    left = [times]

    def hook(call: Call) -> None:
        if text in str(call) and left[0]:
            left[0] -= 1
            raise Drop

    return hook


@dataclass(slots=True)
class Category:
    """A category."""

    id: int
    title: str


@dataclass(slots=True)
class Feed:
    """A feed; `error` is that of its last fetch, `rules` are those of Miniflux for its entries."""

    id: int
    title: str
    url: str
    site_url: str
    category: Category
    error: str = ""
    rules: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """An entry; `changed` is the time of its last mark."""

    id: int
    feed: Feed
    title: str
    content: str
    url: str
    published: float
    changed: float
    author: str = ""
    read: bool = False
    starred: bool = False
    removed: bool = False
    tags: list[str] = field(default_factory=list)


class Fake(ABC):
    """A server with the data of one user.

    `before` and `after` are called around each request. By raising `Drop` they cut the connection: before,
    the request is not processed; after, it is, but nobody knows. `replies` are answers to paths that replace
    the proper ones, and `change` makes another one of each answer. `offset` is added to the clock. `shown` is
    the share of a list of entries that is sent, as if that were all. Without `has_network` it only enters
    itself in `unplugged`.
    """

    has_network: ClassVar[bool] = True

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.before: Hook | None = None
        self.after: Hook | None = None
        self.replies: dict[str, Answer] = {}
        self.change: Change | None = None
        self.offset = 0.0
        self.shown = 1.0
        self.categories: list[Category] = []
        self.feeds: list[Feed] = []
        self.entries: dict[int, Entry] = {}
        self._numbers = 0
        self._port = 0
        self._stack = ExitStack()
        self._first_category()

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    # -- the server

    @property
    def url(self) -> str:
        """Its address without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen, on the same port as before."""
        if not self.has_network:
            self._port = self._port or next(_unused_ports)
            unplugged[self._port] = self
            self._stack.callback(unplugged.pop, self._port)
            return
        web = self._stack.enter_context(in_thread(self._port))
        web.rest(self.handle)
        self._port = web.port

    def down(self) -> None:
        """Close all connections and the port."""
        self._stack.close()

    def seen(self, text: str = "") -> list[str]:
        """The calls with `text` in them, as `GET /v1/feeds`."""
        return [str(call) for call in self.calls if text in str(call)]

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """Process a request."""

    def handle(self, request: Request) -> Answer | None:
        """Answer a request; None cuts the connection."""
        parts = urlsplit(request.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        call = Call(request.method, parts.path, query, dict(request.headers), request.body)
        self.calls.append(call)
        try:
            if self.before:
                self.before(call)
            answer = self.replies.get(call.path) or self.answer(call)
            if self.change:
                answer = self.change(call, answer)
            date = {"Date": formatdate(self.now(), usegmt=True)}
            if self.after:
                self.after(call)
        except Drop:
            return None
        return Answer(answer.body, answer.status, {**date, **answer.headers})

    # -- its data, as if another device or the scheduler changed them

    def now(self) -> float:
        """The server's clock."""
        return time.time() + self.offset

    def pass_time(self, seconds: float) -> None:
        """Set the clock forward."""
        self.offset += seconds

    def category(self, title: str) -> Category:
        """A category, made when it is not there."""
        found = next((one for one in self.categories if one.title == title), None)
        if found is None:
            found = Category(self.number(), title)
            self.categories.append(found)
        return found

    def add_feed(self, title: str, category: str = "", url: str = "") -> Feed:
        """Subscribe to a feed."""
        number = self.number()
        place = self.category(category) if category else self.categories[0]
        site = f"http://site{number}.example"
        feed = Feed(number, title, url or f"{site}/feed.xml", f"{site}/", place)
        self.feeds.append(feed)
        return feed

    def remove_feed(self, feed: Feed) -> None:
        """Unsubscribe from a feed; its entries vanish."""
        self.feeds.remove(feed)
        self.entries = {key: one for key, one in self.entries.items() if one.feed is not feed}

    def add_entry(self, feed: Feed, title: str = "", content: str = "", **marks: Any) -> Entry:
        """Let an entry arrive."""
        number, now = self.entry_number(), self.now()
        title = title or f"Entry {number}"
        url = f"{feed.site_url}{number}"
        entry = Entry(number, feed, title, content or f"<p>Text of {title}</p>", url, now, now, **marks)
        self.entries[number] = entry
        return entry

    def mark(self, entry: Entry, *, read: bool | None = None, starred: bool | None = None) -> None:
        """Mark an entry by another device."""
        entry.read = entry.read if read is None else read
        entry.starred = entry.starred if starred is None else starred
        entry.changed = self.now()

    def edit(self, entry: Entry, title: str, content: str) -> None:
        """Let the feed change an entry, which is no change of its marks."""
        entry.title, entry.content = title, content

    def remove(self, entry: Entry) -> None:
        """Let the server clean up an entry, of which it says nothing."""
        del self.entries[entry.id]

    def archive(self, feed: Feed) -> Callable[[], None]:
        """Let a feed and its entries disappear; call the result to bring them back as they were."""
        gone = {key: one for key, one in self.entries.items() if one.feed is feed}
        self.remove_feed(feed)

        def bring_back() -> None:
            self.feeds.append(feed)
            self.entries |= gone

        return bring_back

    def renumber(self, order: Sequence[int] = (), *, feeds: bool = True) -> None:
        """Give entries new ids, and feeds as well; with `order`, those of each other."""
        old = list(self.entries.values())
        ids = [old[at].id for at in order] if order else [self.entry_number() for _ in old]
        for entry, number in zip(old, ids, strict=True):
            entry.id = number
        self.entries = {entry.id: entry for entry in sorted(old, key=lambda one: one.id)}
        for feed in self.feeds if feeds else ():
            feed.id = self.number()

    def reinstall(self, order: Sequence[int] = (), *, feeds: bool = True) -> None:
        """Set the server up again, with the same feeds: it has fetched all entries again, unread."""
        for entry in self.entries.values():
            entry.read = entry.starred = entry.removed = False
            entry.changed = self.now()
        self.renumber(order, feeds=feeds)

    def move(self) -> None:
        """Move to another address."""
        self.down()
        self._port = 0
        self.up()

    def number(self) -> int:
        """A number for a feed or a category."""
        self._numbers += 1
        return self._numbers

    def entry_number(self) -> int:
        """A number for an entry, larger than all before."""
        return self.number()

    def _first_category(self) -> None:
        self.category("All")


unplugged: dict[int, Fake] = {}
"""Servers without a network by port, as long as they are up."""
_unused_ports = count(81)  # nothing listens at so low ones; 80 stands in no address


def json_answer(value: Any, status: int = 200) -> Answer:
    """JSON; non-ASCII and `<>&` are escaped in the way of Go."""
    text = json.dumps(value)
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Answer(text.encode(), status, {"Content-Type": "application/json"})


def text_answer(text: str, status: int = 200, **headers: str) -> Answer:
    """Plain text."""
    kind = {"Content-Type": "text/plain; charset=UTF-8"}
    return Answer(
        text.encode(), status, {**kind, **{name.replace("_", "-"): headers[name] for name in headers}}
    )
