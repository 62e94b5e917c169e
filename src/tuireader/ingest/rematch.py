"""Match new or changed watches with everything stored.

Most watches are answered by the full-text index without reading any text; the evidence of their matches is
computed on demand. The others are matched article by article.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from time import perf_counter

from msgspec import Struct, field

from tuireader.ingest.matching import FeedNames, feeds_named, former_hits, hits
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.sql import grouped
from tuireader.store.watches.match_log import BareMatch
from tuireader.watch import Matcher, WatchRule, lookup, prefilter

MANY = 20_000  # a watch with more matches is not filled at once ...
RANGE = 20_000  # ... but in steps of this many articles


class ByIndex(Struct):
    """Fills watches from the index, each with its matches up to the article where it is pending.

    Texts are still read for articles with different texts in several feeds, and for former matches.
    """

    rules: Sequence[WatchRule]
    pending: Mapping[str, int]
    feeds: FeedNames
    now: int
    _queue: list[tuple[WatchRule, int]] = field(default_factory=list)
    _all: int = 0

    def __post_init__(self) -> None:
        self._queue = [(rule, self.pending[rule.name]) for rule in reversed(self.rules)]
        self._all = sum(self.pending[rule.name] for rule in self.rules)

    def step(self, store: Store, seconds: float) -> float:
        """Fill watches for some seconds; return the share that remains (0–1). Needs a transaction."""
        started = perf_counter()
        filled: list[tuple[int, int]] = []
        while self._queue and perf_counter() - started < seconds:
            rule, up_to = self._queue.pop()
            expression = lookup(rule).fts or ""
            many = store.watches.has_many(rule.name, MANY) or store.search.hits_many(expression, MANY)
            first = max(1, up_to - RANGE + 1) if many else 1
            self._fill(store, rule, expression, first, up_to)
            filled.append((first, up_to))
            store.watches.set_pending([rule.name], first - 1)
            if first > 1:
                self._queue.append((rule, first - 1))
        if filled:
            store.mutes.update_hidden(min(first for first, _ in filled), max(last for _, last in filled))
        return sum(up_to for _, up_to in self._queue) / self._all if self._all else 0.0

    def _fill(self, store: Store, rule: WatchRule, expression: str, first: int, last: int) -> None:
        feeds = feeds_named(rule.feeds, self.feeds) if rule.feeds else None
        store.watches.fill_from_index(rule.name, expression, feeds, first, last, self.now)
        store.match_log.record_from_index(rule.name, first, last, self.now)
        positive = prefilter(rule) or expression
        if apart := store.watches.left_to_texts(rule.name, expression, positive, feeds, first, last):
            wanted = dict.fromkeys(apart, (rule.name,))
            rematch(store, Matcher([rule]), self.feeds, wanted, self.now)


class ByText(Struct):
    """Fills watches that need the texts: call `look_up` for each, then `step` until done.

    Only articles on a watch, and those that may match according to the index, are matched again; new and
    changed articles keep the matches of their arrival.
    """

    matcher: Matcher
    filters: Mapping[str, str | None]
    feeds: FeedNames
    now: int
    _wanted: dict[int, list[str]] = field(default_factory=dict)
    _order: list[int] = field(default_factory=list)

    def look_up(self, store: Store, names: Sequence[str]) -> None:
        """Find the candidate articles of some watches in the index."""
        for name in names:
            expression = self.filters[name]
            if expression is not None:
                for article in {*store.search.candidates(expression), *store.watches.articles_on(name)}:
                    self._wanted.setdefault(article, []).append(name)
        self._order = []

    def step(self, store: Store, up_to: int, size: int) -> int:
        """Match `size` candidates from id `up_to` down; return the next id. Needs a transaction."""
        wanted = self._wanted
        scanned = [name for name, expression in self.filters.items() if expression is None]
        if scanned:  # the index cannot narrow these watches down
            first = max(1, up_to - size + 1)
            ids: Sequence[int] = range(first, up_to + 1)
        else:
            self._order = self._order or sorted(wanted)
            end = bisect_right(self._order, up_to)
            ids = self._order[max(0, end - size) : end]
            first = ids[0] if end > size else 1
        asked = {article: [*scanned, *wanted.get(article, ())] for article in ids}
        rematch(store, self.matcher, self.feeds, asked, self.now)
        store.mutes.update_hidden(first, up_to)
        store.watches.set_pending(list(self.filters), first - 1)
        return first - 1


def rematch(
    store: Store, matcher: Matcher, feeds: FeedNames, asked: Mapping[int, Collection[str]], now: int
) -> None:
    """Match some articles with watches, and set their matches; needs a transaction.

    If only a former version matches, a former match is kept. `now` is the time of new matches.
    """
    on = store.watches.watches_of(sorted({name for names in asked.values() for name in names}), list(asked))
    matches: list[tuple[StoredText, Evidence]] = []
    gone = {}
    for text in store.articles.texts(list(asked), watches=True):
        current = hits(matcher, text, feeds, asked[text.id])
        matches += [(text, evidence) for evidence in current]
        known = set(on.get(text.id, ())).intersection(asked[text.id])
        if lost := known - {evidence.watch for evidence in current}:
            gone[text.id] = text, lost
    lasting = store.watches.lasting_matches(list(gone))
    for article, (_, lost) in gone.items():
        lost.difference_update(name for name, holder in lasting if holder == article)
    kept = store.revisions.by_article([article for article, (_, lost) in gone.items() if lost])
    former = [
        (article, match)
        for article, (text, lost) in gone.items()
        if article in kept
        for match in former_hits(matcher, text, kept[article], feeds, sorted(lost))
    ]
    still = {(match.watch, article) for article, match in former}
    pairs = {(name, article) for article, (_, lost) in gone.items() for name in lost}
    store.watches.forget(pairs - still)
    store.watches.end_matches(former)
    store.watches.record(((text.id, evidence) for text, evidence in matches), now)
    store.match_log.record(matches, now)


def explain(
    store: Store, matcher: Matcher, feeds: FeedNames, ids: Sequence[int]
) -> dict[int, tuple[Evidence, ...]]:
    """Work out the evidence of matches that were made from the index alone; return it by article."""
    bare = store.watches.without_evidence(ids)
    if not bare:
        return {}
    return {
        text.id: tuple(hits(matcher, text, feeds, bare[text.id]))
        for text in store.articles.texts(list(bare), watches=True)
    }


def complete_log(
    store: Store, matcher: Matcher, feeds: FeedNames, bare: Sequence[BareMatch], now: int
) -> None:
    """Fill in the evidence of logged matches that the index alone made. Needs a transaction."""
    names = grouped((match.article_id, match.watch) for match in bare)
    texts = {text.id: text for text in store.articles.texts(list(names), watches=True)}
    evidence = {
        (text.id, item.watch): item
        for text in texts.values()
        for item in hits(matcher, text, feeds, names[text.id])
    }
    store.match_log.complete(bare, texts, evidence, now)
