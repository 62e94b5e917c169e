"""Common interface of the servers of accounts, as values: Miniflux and the Google Reader API.

A `Backend` speaks with one server and knows no store; `Engine` decides what is stored and sent. Ids are text,
unique within one account: decimal numbers for Miniflux and FreshRSS, hexadecimal ones elsewhere.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from tuireader.errors import TuireaderError
from tuireader.model.accounts import Mark as Mark
from tuireader.model.accounts import Refusal as Refusal
from tuireader.model.accounts import RemoteCategory as RemoteCategory
from tuireader.model.accounts import RemoteEntry as RemoteEntry
from tuireader.model.accounts import RemoteFeed as RemoteFeed


class AccountError(TuireaderError):
    """A server refused or did not answer; `retry_after` is the wait that it asks for, in seconds, if any.

    `url` is the address of a server that rejects the password or token.
    """

    def __init__(
        self, refusal: Refusal, message: str, hint: str = "", *, retry_after: int | None = None, url: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.refusal = refusal
        self.retry_after = retry_after
        self.url = url


class Server(Struct, frozen=True):
    """A server after signing in.

    `url` is the address at which it wants to be asked, `software` its name and version.
    """

    url: str
    user: str
    software: str


class Entries(Struct, frozen=True):
    """A page of entries, new, marked or sent again; `gone` have been removed on the server.

    `progress` is to be stored in the same transaction: the next pull starts there. `unreadable` is the number
    of entries that were left out because they are not of the form that the API promises. `left` is about how
    many entries a first pull still brings as far as known, these included, and 0 in later ones.
    """

    entries: tuple[RemoteEntry, ...]
    progress: str
    gone: tuple[str, ...] = ()
    unreadable: int = 0
    left: int = 0


class States(Struct, frozen=True):
    """The marks of the entries of an account, as sets of ids.

    `listed` are all entries; `complete` is false if the server cut that list short, so that an entry missing
    from it may still exist. What is in none of the sets is unknown: its marks do not change.
    """

    unread: frozenset[str]
    starred: frozenset[str]
    listed: frozenset[str]
    complete: bool


class Listed(Struct, frozen=True):
    """All entries that a feed lists on the server: its other ones may be gone."""

    feed_id: str
    ids: frozenset[str]


class NotReturned(Struct, frozen=True):
    """Entries that the server does not return when asked for by id: they may be gone."""

    ids: frozenset[str]


Step = Entries | States | Listed | NotReturned


class Body(Struct, frozen=True):
    """Contents of an answer with entries.

    `gone` are entries that the server has removed, `last` is the id of the last entry of all, 0 without
    any. `more` is true if the server has further entries of this kind. `unreadable` is the number of entries
    that were left out. `kept` is set while its entries are in another process. `total` is how many entries of
    this kind there are from these on, if the server says so.
    """

    entries: tuple[RemoteEntry, ...]
    gone: tuple[str, ...] = ()
    last: int = 0
    more: bool = False
    unreadable: int = 0
    kept: Kept | None = None
    total: int = 0


class Kept(Struct, frozen=True):
    """An answer that another process has read, and its number there."""

    number: int
    reader: Reader
    raw: bytes


Reader = Callable[[bytes], Body]  # the function `read` of a module; raises `Odd`


class Known(Protocol):
    """The side that stores the entries of a pull."""

    async def read(self, reader: Reader, raw: bytes) -> Body:
        """Read an answer; its entries may follow with `prepare`. Raises `Odd`."""

    async def prepare(self, body: Body) -> tuple[RemoteEntry, ...]:
        """Complete the entries of a body; some may be left out that have nothing to store."""

    async def unknown(self, ids: Sequence[str]) -> list[str]:
        """Keep the entries that are not stored, in the given order."""

    async def unsure(self) -> Sequence[str]:
        """List the stored entries whose marks the last `States` left open: to be looked up by id."""

    async def counts(self) -> Mapping[str, tuple[int, int]]:
        """Count the stored read and unread entries by feed, by the marks last seen on the server."""

    async def doubted(self) -> Collection[str]:
        """List the feeds whose last list was not believed: to be listed again."""


class Backend(Protocol):
    """One account on one server. Every method raises `AccountError`, and only that."""

    async def sign_in(self) -> Server:
        """Check address and credentials when an account is added; recognise mistakes in the address.

        The other methods need the address that it returned, but not the call itself.
        """

    async def close(self) -> None:
        """Close the connections."""

    async def feeds(self) -> list[RemoteFeed]:
        """List the feeds in the order of the server. An empty list is an account without feeds."""

    async def categories(self) -> list[RemoteCategory]:
        """List the categories, including empty ones."""

    def pull(self, progress: str, known: Known) -> AsyncGenerator[Step, None]:
        """Yield what changed since `progress`, `""` for the first pull.

        A first pull begins with unread and starred entries, newest first. After the last step, `progress` is
        that of the last `Entries`. Iterate inside `contextlib.aclosing`.
        """

    async def batch_size(self, mark: Mark) -> int:
        """Return how many entries `push` takes at once; may ask the server, once."""

    async def push(self, mark: Mark, value: bool, ids: Sequence[str]) -> frozenset[str]:
        """Set a mark on some entries; return those that no longer exist.

        Raises `AccountError` with `Refusal.REQUEST` if the server refuses one of them: halve and try again.
        """

    async def probe(self, ids: Sequence[str]) -> tuple[RemoteEntry, ...]:
        """Ask for a few entries to compare with stored ones, by one request: some of `ids`, or near them."""

    async def add_feed(self, url: str, category: str = "") -> str:
        """Subscribe to a feed in a category, created if needed; return the feed's id."""

    async def change_feed(
        self, feed_id: str, *, title: str | None = None, category: str | None = None
    ) -> None:
        """Rename a feed, or move it to a category, created if needed."""

    async def remove_feed(self, feed_id: str) -> None:
        """Unsubscribe from a feed."""

    async def rename_category(self, category_id: str, title: str) -> None:
        """Rename a category."""

    async def remove_category(self, category_id: str) -> None:
        """Remove a category; its feeds move to another one and stay subscribed."""

    async def full_text(self, entry_id: str) -> str:
        """Ask for the HTML that the server extracts from the page of an entry, `""` if it cannot."""
