"""The feeds that a refresh fetches, and those that wait because their host has asked to."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from msgspec import Struct, field

from tuireader.model import HostWaits
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.text import clean, server_of


class Waiting:
    """Feeds that are not fetched because their host has asked another feed to wait."""

    def __init__(self) -> None:
        self._hosts: dict[str, list[int]] = {}

    def note(self, url: str, until: int) -> None:
        self._hosts.setdefault(server_of(url), []).append(until)

    def events(self) -> list[HostWaits]:
        return [
            HostWaits(clean(urlsplit(f"//{server}").hostname or "", 100), len(moments), max(moments))
            for server, moments in self._hosts.items()
        ]


class Due(Struct, frozen=True):
    """Feeds to fetch, and feeds that wait. Servers `on_trial` have asked to wait: one feed tries them."""

    feeds: list[FeedFacts]
    waiting: Waiting = field(default_factory=Waiting)
    on_trial: AbstractSet[str] = frozenset()
