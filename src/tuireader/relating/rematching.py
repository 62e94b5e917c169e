"""Watches that are new or have changed are matched anew against all that is stored.

Most of them the full-text index decides by itself: they are done without a look at any text, and the evidence
of their matches is worked out when it is first asked for. The others are matched article by article.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import field
from time import perf_counter

from tuireader.model import Evidence
from tuireader.relating.arriving import FeedNames, subject
from tuireader.store import Store
from tuireader.values import dataclass
from tuireader.watch import Lookup, Matcher, WatchRule, lookup

_MANY = 20_000
"""Hits from which a watch is not filled in at once ..."""
_RANGE = 20_000
"""... but so many articles at a time."""


@dataclass(slots=True)
class ByIndex:
    """Watches that the index decides: each is set to what it hits up to the article where it is pending."""

    rules: Sequence[WatchRule]
    pending: Mapping[str, int]
    feeds: FeedNames
    _queue: list[tuple[str, Lookup, frozenset[int] | None, int]] = field(init=False)
    _all: int = field(init=False)

    def __post_init__(self) -> None:
        self._queue = [
            (rule.name, lookup(rule), self._feeds_of(rule), self.pending[rule.name])
            for rule in reversed(self.rules)
        ]
        self._all = sum(up_to for *_, up_to in self._queue)

    def _feeds_of(self, rule: WatchRule) -> frozenset[int] | None:
        """The feeds that a rule is for, None for all."""
        if not rule.feeds:
            return None
        wanted = set(map(str.casefold, rule.feeds))
        return frozenset(
            feed for feed, names in self.feeds.items() if not wanted.isdisjoint(map(str.casefold, names[:3]))
        )

    def step(self, store: Store, seconds: float) -> float:
        """Fill in watches for so many seconds; returns which part of all is left. Needs a transaction."""
        started = perf_counter()
        filled: list[tuple[int, int]] = []
        while self._queue and perf_counter() - started < seconds:
            name, way, feeds, up_to = self._queue.pop()
            many = store.watches.has_many(name, _MANY) or store.search.hits_many(way.fts or "", _MANY)
            first = max(1, up_to - _RANGE + 1) if many else 1
            store.watches.fill(name, way.fts or "", feeds, first, up_to)
            filled.append((first, up_to))
            store.watches.reached([name], first - 1)
            if first > 1:
                self._queue.append((name, way, feeds, first - 1))
        if filled:
            store.mutes.settle(min(first for first, _ in filled), max(last for _, last in filled))
        return sum(up_to for *_, up_to in self._queue) / self._all if self._all else 0.0


@dataclass(slots=True)
class ByText:
    """Watches that need a look at the texts: `look_up` for each, then `step` to the end.

    What a watch hits now, and what the index says that it may hit, is read and asked again; nothing else is
    touched, so that whatever arrives or changes meanwhile keeps what it was given on arrival.
    """

    matcher: Matcher
    filters: Mapping[str, str | None]
    feeds: FeedNames
    _wanted: dict[int, list[str]] = field(default_factory=dict)
    _order: list[int] = field(default_factory=list)

    @property
    def scanned(self) -> list[str]:
        """The watches of which the index knows nothing: every article is asked about them."""
        return [name for name, expression in self.filters.items() if expression is None]

    def look_up(self, store: Store, names: Sequence[str]) -> None:
        """Find the candidates of some watches."""
        for name in names:
            expression = self.filters[name]
            if expression is not None:
                for article in {*store.search.candidates(expression), *store.watches.hit_by(name)}:
                    self._wanted.setdefault(article, []).append(name)
        self._order = []

    def step(self, store: Store, up_to: int, size: int) -> int:
        """Match `size` candidates with ids up to `up_to`, the newest first; returns where there are more.

        Needs a transaction.
        """
        scanned, wanted = self.scanned, self._wanted
        if scanned:
            first = max(1, up_to - size + 1)
            ids: Sequence[int] = range(first, up_to + 1)
        else:
            self._order = self._order or sorted(wanted)
            end = bisect_right(self._order, up_to)
            ids = self._order[max(0, end - size) : end]
            first = ids[0] if end > size else 1
        found = [
            (text.id, evidence)
            for text in store.reading.texts(ids, watches=True)
            for evidence in self.matcher.match(
                subject(text, self.feeds), names=[*scanned, *wanted.get(text.id, ())]
            )
        ]
        pairs = [(name, article) for article in ids for name in wanted.get(article, ())]
        store.watches.forget(pairs, scanned, first, up_to)
        store.watches.record(found)
        store.mutes.settle(first, up_to)
        store.watches.reached(list(self.filters), first - 1)
        return first - 1


def explain(
    store: Store, matcher: Matcher, feeds: FeedNames, ids: Sequence[int]
) -> dict[int, tuple[Evidence, ...]]:
    """The evidence of those matches of some articles that the index alone has made, by article."""
    bare = store.watches.bare(ids)
    if not bare:
        return {}
    return {
        text.id: matcher.match(subject(text, feeds), names=bare[text.id])
        for text in store.reading.texts(list(bare), watches=True)
    }
