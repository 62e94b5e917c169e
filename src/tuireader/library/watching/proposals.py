"""Articles that a watch may be missing: they mean the same as its matches, but have none of its terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec.structs import replace

from tuireader import ingest, query
from tuireader.config import WatchConfig
from tuireader.library.watching import rule_of
from tuireader.store import Store
from tuireader.watch import Matcher

_MOST = 100  # articles to look at


def without_terms(
    store: Store, ranked: Sequence[int], *, item: WatchConfig, feeds: ingest.FeedNames, now: int
) -> list[int]:
    """Choose the visible articles of a watch's feeds that have none of its terms; `none` is no reason."""
    everything = query.Query(query.And())
    found = store.search.find_in_steps(
        everything, now=now, subject=lambda text: ingest.subject(text, feeds), limit=_MOST, order=ranked
    )
    ids = [*chain.from_iterable(found)]
    terms = (*item.any, *chain.from_iterable(item.all))
    rule = replace(item, any=terms, all=(), none=(), query="" if terms else item.query, feeds=())
    matcher, named = Matcher([rule_of(rule)]), ingest.feeds_named(item.feeds, feeds)
    free = {
        text.id
        for text in store.articles.texts(ids)
        if (not item.feeds or text.feed_id in named) and not ingest.hits(matcher, text, feeds, now=now)
    }
    return [article for article in ids if article in free]
