"""Recognise the feeds that an account's server lists among the stored ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from tuireader.model.accounts import RemoteFeed
from tuireader.text import split_password, without_password
from tuireader.text.wording import counted

_DOUBTED = 4  # minimum number of feeds at which the loss of more than half is not believed at once


class KnownFeed(Struct, frozen=True):
    """A stored feed of an account, with the `address` under which it is stored."""

    id: int
    remote_id: str
    url: str
    title: str
    has_vanished: bool


def address(account: str, url: str) -> str:
    """Build the address under which an account's feed is stored: `home+https://example.org/feed`."""
    return f"{account}+{split_password(url)[0]}"


def match_feeds(
    feeds: Sequence[RemoteFeed], urls: Mapping[str, str], known: Sequence[KnownFeed]
) -> dict[str, int]:
    """Recognise listed feeds among the `known` ones; map their ids to the numbers of these.

    `urls` are the addresses under which the feeds are stored, by their ids. Id and address or title come
    first, then the address alone (the server has renumbered its feeds), then the id alone (the feed moved).
    """
    by_id = {feed.remote_id: feed for feed in known}
    by_url = {feed.url: feed for feed in known}
    matched: dict[str, int] = {}
    free = {feed.id for feed in known}

    def match(feed: RemoteFeed, stored: KnownFeed | None) -> None:
        if stored is not None and stored.id in free and feed.id not in matched:
            matched[feed.id] = stored.id
            free.discard(stored.id)

    for feed in feeds:
        stored = by_id.get(feed.id)
        if stored is not None and (stored.url == urls[feed.id] or stored.title == title_of(feed)):
            match(feed, stored)
    for feed in feeds:
        match(feed, by_url.get(urls[feed.id]))
    for feed in feeds:
        match(feed, by_id.get(feed.id))
    return matched


def distinct_addresses(account: str, feeds: Sequence[RemoteFeed]) -> dict[str, str]:
    """Map the id of each feed to the address under which to store it.

    Only ids are unique: addresses of an account may be equal, or unusable.
    """
    urls: dict[str, str] = {}
    taken: set[str] = set()
    for feed in feeds:
        url = address(account, feed.url)
        urls[feed.id] = url if feed.url and url not in taken else f"{url}#{feed.id}"
        taken.add(url)
    return urls


def doubt_about(missing: int, known: int, lists_any: bool) -> str:
    """Word the question whether feeds are really gone; `""` if the list is believed."""
    if not missing or (lists_any and (known < _DOUBTED or missing * 2 <= known)):
        return ""
    return f"the server no longer lists {missing} of {counted(known, 'feed')}"


def title_of(feed: RemoteFeed) -> str:
    """Choose the title under which a feed is stored, never empty."""
    return feed.title or without_password(feed.url) or feed.site_url or f"feed {feed.id}"
