"""Feeds that others may see."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader import ingest
from tuireader.config import FeedConfig
from tuireader.library.context import Context
from tuireader.text import feed_name


def public_feeds(context: Context, include: Sequence[str], *, accounts: bool = False) -> dict[int, str]:
    """Map the subscribed feeds that others may see to their titles.

    Private ones only if `include` names them, by title, address or folder; `accounts`: those of accounts too.
    """
    configs, named = context.feed_configs, ingest.feeds_named(include, context.feed_names)

    def is_public(url: str, address: str, account: str) -> bool:
        listed = url in configs or (accounts and account)
        return bool(listed) and not configs.get(url, FeedConfig(address)).is_private

    return {
        feed.id: feed_name(feed.title)
        for feed in context.feeds
        if feed.id in named or is_public(feed.url, feed.address, feed.account)
    }
