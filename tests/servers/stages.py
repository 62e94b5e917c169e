"""Servers that one suite of tests runs against: fakes and a real Miniflux, all used in the same way."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.servers.fake import PASSWORD, TOKEN, USER, Entry, Fake
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.miniflux import Miniflux
from tests.web import Answer, Web
from tuireader.config import AccountKind
from tuireader.sync.backend import (
    Backend,
    Body,
    Entries,
    Mark,
    NotReturned,
    Reader,
    RemoteEntry,
    States,
    Step,
)
from tuireader.sync.servers import connect

Marks = tuple[bool, bool]
"""Whether an entry is read, and starred."""


class Stage(Protocol):
    """A server with an account, and what the rest of the world does to it. All ids are the backend's."""

    def connect(self, secret: str = "") -> Backend:
        """A backend for the account, with another secret if one is given."""
        ...

    def add_feed(self, title: str) -> str:
        """Subscribe to a feed."""
        ...

    def arrive(self, feed_id: str, *titles: str) -> list[str]:
        """Let entries arrive, the newest last."""
        ...

    def mark(self, entry_id: str, **marks: bool) -> None:
        """Mark an entry as `read` or `starred` by another device."""
        ...

    def marks(self, entry_id: str) -> Marks:
        """The marks of an entry on the server."""
        ...

    def remove(self, entry_id: str) -> None:
        """Let the server clean up an entry."""
        ...

    def down(self) -> None:
        """Stop the server."""
        ...

    def up(self) -> None:
        """Start it again."""
        ...


class FakeStage:
    """A fake; `server` is there for the tests that only fakes can run."""

    def __init__(self, server: Fake) -> None:
        self.server = server
        self.prefix = "" if isinstance(server, FakeMiniflux) else "feed/"
        self.up, self.down = server.up, server.down

    def connect(self, secret: str = "") -> Backend:
        if isinstance(self.server, FakeMiniflux):
            return connect(AccountKind.MINIFLUX, self.server.url, "", secret or TOKEN)
        assert isinstance(self.server, FakeGReader)
        return connect(AccountKind.GREADER, self.server.api, USER, secret or PASSWORD)

    def add_feed(self, title: str) -> str:
        return f"{self.prefix}{self.server.add_feed(title).id}"

    def arrive(self, feed_id: str, *titles: str) -> list[str]:
        number = int(feed_id.removeprefix(self.prefix))
        feed = next(one for one in self.server.feeds if one.id == number)
        return [str(self.server.add_entry(feed, title).id) for title in titles]

    def mark(self, entry_id: str, **marks: bool) -> None:
        self.server.mark(self._entry(entry_id), **marks)

    def marks(self, entry_id: str) -> Marks:
        entry = self._entry(entry_id)
        return entry.read, entry.starred

    def remove(self, entry_id: str) -> None:
        self.server.remove(self._entry(entry_id))

    def _entry(self, entry_id: str) -> Entry:
        return self.server.entries[int(entry_id)]


class RealStage:
    """A user of a real Miniflux, with feeds from a server on the loopback."""

    def __init__(self, server: Miniflux, web: Web) -> None:
        self._server, self._web = server, web
        self._token = server.user()
        self._titles: dict[str, list[str]] = {}
        self.up, self.down = server.up, server.down

    def connect(self, secret: str = "") -> Backend:
        return connect(AccountKind.MINIFLUX, self._server.url, "", secret or self._token)

    def add_feed(self, title: str) -> str:
        titles: list[str] = []
        url = self._web.handle(f"/{title}", lambda request: Answer(_rss(title, titles)))
        feed_id = str(self._ask("POST", "/v1/feeds", {"feed_url": url})["feed_id"])
        self._titles[feed_id] = titles
        return feed_id

    def arrive(self, feed_id: str, *titles: str) -> list[str]:
        self._titles[feed_id] += titles
        self._ask("PUT", f"/v1/feeds/{feed_id}/refresh")
        entries = self._ask("GET", f"/v1/feeds/{feed_id}/entries?limit=0")["entries"]
        ids = {one["title"]: str(one["id"]) for one in entries}
        return [ids[title] for title in titles]

    def subscribe_again(self, feed_id: str) -> str:
        """Unsubscribe from a feed and subscribe again: all its entries come again, unread."""
        url = self._ask("GET", f"/v1/feeds/{feed_id}")["feed_url"]
        self._ask("DELETE", f"/v1/feeds/{feed_id}")
        again = str(self._ask("POST", "/v1/feeds", {"feed_url": url})["feed_id"])
        self._titles[again] = self._titles.pop(feed_id)
        return again

    def all_marks(self) -> dict[str, Marks]:
        """The marks of all entries by title, without those that were cleaned up."""
        entries = self._ask("GET", "/v1/entries?limit=0")["entries"]
        return {
            one["title"]: (one["status"] == "read", one["starred"])
            for one in entries
            if one["status"] != "removed"
        }

    def mark(self, entry_id: str, **marks: bool) -> None:
        if "read" in marks:
            status = "read" if marks["read"] else "unread"
            self._ask("PUT", "/v1/entries", {"entry_ids": [int(entry_id)], "status": status})
        if marks.get("starred", self.marks(entry_id)[1]) is not self.marks(entry_id)[1]:
            self._ask("PUT", f"/v1/entries/{entry_id}/bookmark")

    def marks(self, entry_id: str) -> Marks:
        entry = self._ask("GET", f"/v1/entries/{entry_id}")
        return entry["status"] == "read", entry["starred"]

    def remove(self, entry_id: str) -> None:
        self._server.sql(f"update entries set status='removed' where id={int(entry_id)}")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"X-Auth-Token": self._token}
        with self._server.client(headers=headers) as client:
            answer = client.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


def _rss(title: str, titles: Sequence[str]) -> bytes:
    """A feed document, the newest entry first; a server's own way of counting makes it the last."""
    items = [
        f"<item><guid>{title}/{number}</guid><title>{html.escape(html.escape(one))}</title>"
        f"<link>http://site.example/{title}/{number}</link>"
        f"<description>Text of {html.escape(one)}</description></item>"
        for number, one in enumerate(titles)
    ]
    channel = f"<title>{title}</title><link>http://site.example/{title}</link>{''.join(reversed(items))}"
    return f"<rss version='2.0'><channel>{channel}</channel></rss>".encode()


@dataclass(slots=True)
class Copy:
    """What a client stores, taking all steps of a pull at once as they come."""

    progress: str = ""
    entries: dict[str, RemoteEntry] = field(default_factory=dict)
    marks: dict[str, Marks] = field(default_factory=dict)
    arrived: list[str] = field(default_factory=list)
    open_marks: list[str] = field(default_factory=list)

    async def read(self, reader: Reader, raw: bytes) -> Body:
        return reader(raw)

    async def prepare(self, body: Body) -> tuple[RemoteEntry, ...]:
        return body.entries

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        return [one for one in ids if one not in self.entries]

    async def unsure(self) -> Sequence[str]:
        return self.open_marks

    async def doubted(self) -> Collection[str]:
        return ()

    async def counts(self) -> Mapping[str, tuple[int, int]]:
        counts: dict[str, tuple[int, int]] = {}
        for one, entry in self.entries.items():
            reads, unreads = counts.get(entry.feed_id, (0, 0))
            is_read = self.marks[one][0]
            counts[entry.feed_id] = (reads + is_read, unreads + (not is_read))
        return counts

    async def pull(self, backend: Backend) -> None:
        """Pull everything."""
        async with aclosing(backend.pull(self.progress, self)) as steps:
            async for step in steps:
                self.take(step)

    def take(self, step: Step) -> None:
        """Take a step of a pull."""
        if isinstance(step, Entries):
            for one in step.entries:
                self.entries[one.id], self.marks[one.id] = one, (one.read, one.starred)
            self.arrived += [one.id for one in step.entries]
            self._drop(step.gone)
            self.progress = step.progress
        elif isinstance(step, States):
            self.open_marks = []
            for known, (read, starred) in self.marks.items():
                if (known not in step.unread and not read) or (known not in step.starred and starred):
                    self.open_marks.append(known)
                self.marks[known] = (read and known not in step.unread, starred or known in step.starred)
            self._drop([one for one in self.entries if step.complete and one not in step.listed])
            self.open_marks = [one for one in self.open_marks if one in self.marks]
        elif isinstance(step, NotReturned):
            self._drop(list(step.ids))
        else:
            ours = [one for one, entry in self.entries.items() if entry.feed_id == step.feed_id]
            self._drop([one for one in ours if one not in step.ids])

    def _drop(self, ids: Sequence[str]) -> None:
        for one in ids:
            self.entries.pop(one, None)
            self.marks.pop(one, None)

    def titles(self) -> list[str]:
        """The titles of all entries, in alphabetical order."""
        return sorted(entry.entry.title for entry in self.entries.values())


async def push(backend: Backend, mark: Mark, value: bool, ids: Sequence[str]) -> set[str]:
    """Push in batches as large as the backend takes; return what is gone."""
    size = await backend.batch_size(mark)
    gone: set[str] = set()
    for start in range(0, len(ids), size):
        gone |= await backend.push(mark, value, ids[start : start + size])
    return gone


def filled(server: Fake, count: int = 10) -> None:
    """Two feeds, an hour ago; of each ten entries, three are read and one of these has a star."""
    feeds = server.add_feed("News"), server.add_feed("Other")
    for number in range(count):
        server.add_entry(feeds[number % 2], read=number % 10 < 3, starred=number % 10 == 1)
    server.pass_time(3600)


def equal(server: Fake, copy: Copy) -> bool:
    """Whether a client has exactly what the server has."""
    theirs = {str(one.id): (one.read, one.starred) for one in server.entries.values() if not one.removed}
    return copy.marks == theirs
