"""The sentences that a search hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from tuireader import ingest, watch
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.watch import Matcher, WatchRule


@lru_cache(maxsize=8)
def _asking(expression: str) -> Matcher:
    return watch.Matcher([WatchRule("search", query=expression)])


def snippets(
    store: Store, ids: Sequence[int], expression: str, feeds: ingest.FeedNames, now: int
) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """For each of `ids` the sentence that an expression hits best, and where in it; or `""`."""
    matcher = _asking(expression)
    found: Mapping[int, Evidence] = {
        text.id: evidence
        for text in store.articles.texts(ids, watches=True)
        for evidence in ingest.hits(matcher, text, feeds, now=now)
    }
    none = Evidence("")
    return [(found.get(article, none).sentence, found.get(article, none).spans) for article in ids]
