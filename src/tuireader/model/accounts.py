"""Values about accounts on servers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from tuireader.model.fetching import Keys, ParsedEntry, Prepared


class Refusal(StrEnum):
    """Why a sync failed.

    `LOGIN`: the server rejects the password or token. `SECRET`: these cannot be read. `AWAY`: it cannot be
    reached, is busy or fails (5xx, 429): try again. `ANSWER`: its answer is not of the form that its API
    promises. `REQUEST`: it refuses this very request.
    """

    LOGIN = "login"
    SECRET = "secret"
    AWAY = "away"
    ANSWER = "answer"
    REQUEST = "request"


class Mark(StrEnum):
    """A mark that servers store for an entry."""

    READ = "read"
    STARRED = "starred"


class RemoteCategory(Struct, frozen=True):
    """A category of a server, a folder in the sidebar."""

    id: str
    title: str


def folder_of(account: str, category: str) -> str:
    """Name the folder in the sidebar for a category of an account: `home / News`."""
    return f"{account} / {category}" if category else account


def category_of(account: str, folder: str) -> str:
    """Name the category for a folder of an account; any other folder becomes a category of its name."""
    return "" if folder == account else folder.removeprefix(f"{account} / ")


class RemoteFeed(Struct, frozen=True):
    """A feed of an account. `error` is the server's message about its last fetch, `""` if that succeeded.

    `category` is the title of its category, `""` without one. `checked_at` is the time of its last fetch in
    seconds, None if the server does not say. `blocks` and `keeps` are Miniflux's rules for entries, one each.
    """

    id: str
    title: str
    url: str
    site_url: str = ""
    category: str = ""
    error: str = ""
    checked_at: int | None = None
    blocks: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


class RemoteEntry(Struct, frozen=True):
    """An entry of a feed with its marks on the server; the guid of `entry` is its id there.

    `keys` and `prepared` are set if another process has prepared it.
    """

    id: str
    feed_id: str
    entry: ParsedEntry
    read: bool
    starred: bool
    keys: Keys | None = None
    prepared: Prepared | None = None

    def has(self, mark: Mark) -> bool:
        return self.read if mark is Mark.READ else self.starred


class RefusedMark(Struct, frozen=True):
    """An article with a mark that a server refuses."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    reason: Annotated[str, "The server's reason."]


class AccountState(Struct, frozen=True):
    """An account and the state of its sync.

    `progress` is where the next pull starts. `rejected_url` is the address of a server that rejects the
    password or token, and `rejected_secret` the fingerprint of what is sent to it.
    """

    id: int
    name: Annotated[str, "Its name."]
    url: Annotated[str, "Address of the server."] = ""
    user: str = ""
    software: Annotated[str, "Name and version of the server."] = ""
    progress: str = ""
    tried_at: Annotated[int | None, "Time of the last sync."] = None
    synced_at: Annotated[int | None, "Time of the last successful sync."] = None
    next_try: Annotated[int | None, "Time before which the server is not asked again."] = None
    error: Annotated[str, 'Error of the last sync, `""` when it succeeded.'] = ""
    hint: str = ""
    refusal: Annotated[str, "The error as one word for scripts."] = ""
    streak: int = 0
    asks: Annotated[str, 'A question for you, `""` for none.'] = ""
    pending: Annotated[int, "Number of marks to send."] = 0
    refused: Annotated[int, "Number of marks that the server does not take."] = 0
    failing_since: int | None = None
    rejected_since: Annotated[
        int | None, "Since when the server rejects the password or token, `null` while it does not."
    ] = None
    rejected_url: str = ""
    rejected_secret: str = ""
