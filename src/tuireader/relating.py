"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all of it runs in the writer thread, inside
the transaction that saves the articles.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tuireader import query
from tuireader.model import Evidence, Related, Relation
from tuireader.related import links, search
from tuireader.related.features import (
    NAME,
    PAIR,
    TITLE,
    Features,
    Profile,
    Stats,
    extract,
    probes,
    unpack,
    weigh,
)
from tuireader.related.rank import Ranked
from tuireader.store import Store
from tuireader.store.links import LinkedArticle, OutLink
from tuireader.store.reading import StoredText
from tuireader.store.relations import Shown
from tuireader.watch import Matcher, Subject

FeedNames = Mapping[int, tuple[str, ...]]
"""Title, address, folder and labels of each feed by id, which watches may ask for."""


def subject(text: StoredText, feeds: FeedNames) -> Subject:
    """An article as watches and expressions see it."""
    title, url, folder, *labels = feeds.get(text.feed_id, ("", "", ""))
    return Subject(
        title=text.title,
        summary=text.summary,
        body=text.body,
        author=text.author,
        url=text.url,
        feed=title,
        feed_url=url,
        folder=folder,
        labels=(*text.tags, *labels),
        watches=text.watches,
        read=text.read,
        starred=text.starred,
        muted=text.muted,
        time=text.time,
    )


@dataclass(frozen=True, slots=True)
class Mute:
    """What hides articles: an expression, of some feeds (None: of all). The store knows it by `signature`."""

    signature: str
    wanted: query.Query
    feeds: frozenset[int] | None = None

    @classmethod
    def of(cls, expression: str, feed: str, feeds: FeedNames, now: int) -> Mute | None:
        """The mute for an expression and a feed's title, address or folder, each `""` for any.

        None when the expression is wrong. Its signature changes when its feeds do, and once a day if it asks
        for what changes by itself (age, read, watches), so that stored articles are looked at again.
        """
        parsed = query.parse(expression)
        if isinstance(parsed, query.QueryError):
            return None
        wanted = feed.casefold()
        named = (number for number, names in feeds.items() if wanted in map(str.casefold, names))
        of_feeds = frozenset(named) if wanted else None
        parts = [expression, wanted, *sorted(of_feeds or ())]
        for leaf in query.leaves(parsed.root):
            if isinstance(leaf, query.Is | query.Age) or getattr(leaf, "field", "") == "watch":
                parts.append(f"day {now // 86_400}")
            elif getattr(leaf, "field", "") in ("feed", "folder", "label"):
                parts.append(str(sorted(feeds.items())))
        return cls(hashlib.sha256(repr(parts).encode()).hexdigest()[:16], parsed, of_feeds)

    def hides(self, feed: int, reading: query.Reading, now: int) -> bool:
        """Whether it hides an article of a feed."""
        return (self.feeds is None or feed in self.feeds) and query.matches(self.wanted, reading, now)


@dataclass(frozen=True, slots=True)
class Rules:
    """What articles are asked when they arrive: watches and mutes; `feeds` has the names they may use."""

    matcher: Matcher
    feeds: FeedNames
    mutes: Sequence[Mute] = ()
    tell: Collection[str] = ()


def record_new(
    store: Store, texts: Sequence[StoredText], rules: Rules, now: int
) -> list[tuple[StoredText, Evidence]]:
    """Match articles that are new, hide those that are muted, note what is to be told.

    Returns the matches of those that can be seen.
    """
    matches = {text.id: rules.matcher.match(subject(text, rules.feeds)) for text in texts}
    store.watches.record((article, item) for article, found in matches.items() for item in found)
    store.links.record(_links(texts))
    hidden = _hide(store, texts, matches, rules, now)
    return _seen(store, [(text, item) for text in texts for item in matches[text.id]], hidden, rules)


def record_changed(
    store: Store, texts: Sequence[StoredText], rules: Rules, now: int, before: Sequence[StoredText] = ()
) -> list[tuple[StoredText, Evidence]]:
    """The same for articles whose text has changed; returns the matches that they did not have before.

    `before` has what they said until now. They are related anew.
    """
    if not texts:
        return []
    matches = {text.id: rules.matcher.match(subject(text, rules.feeds)) for text in texts}
    new = [(text, item) for text in texts for item in store.watches.rematch(text.id, matches[text.id])]
    store.links.record(_links(texts))
    _relate_anew(store, texts, {text.id: text for text in before})
    hidden = _hide(store, texts, matches, rules, now)
    return _seen(store, new, hidden, rules)


def _hide(
    store: Store,
    texts: Sequence[StoredText],
    matches: Mapping[int, Sequence[Evidence]],
    rules: Rules,
    now: int,
) -> set[int]:
    """Mark the articles that a mute hides; returns them."""
    if not rules.mutes or not texts:
        return set()
    found: list[tuple[int, str]] = []
    for text in texts:
        watches = tuple(item.watch for item in matches[text.id])
        reading = query.Reading(replace(subject(text, rules.feeds), watches=watches))
        found += [(text.id, mute.signature) for mute in rules.mutes if mute.hides(text.feed_id, reading, now)]
    store.mutes.record([text.id for text in texts], found)
    return {article for article, _ in found}


def _seen(
    store: Store, found: Iterable[tuple[StoredText, Evidence]], hidden: set[int], rules: Rules
) -> list[tuple[StoredText, Evidence]]:
    """The matches of articles that are not hidden, noted for telling where their watch wants it."""
    seen = [(text, item) for text, item in found if text.id not in hidden]
    store.notices.add((item.watch, text.id) for text, item in seen if item.watch in rules.tell)
    return seen


@dataclass(slots=True)
class Rematch:
    """Watches that are matched anew against all that is stored: `look_up` for each, then `step` to the end.

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
        store.watches.reached(list(self.filters), first - 1)
        return first - 1


def mute_chunk(
    store: Store, *, mutes: Sequence[Mute], feeds: FeedNames, now: int, up_to: int, size: int
) -> int:
    """Ask the `size` articles with ids up to `up_to` if mutes hide them; returns where there are more."""
    first = max(1, up_to - size + 1)
    found = {
        mute.signature: store.search.inside(
            mute.wanted,
            now=now,
            subject=lambda text: subject(text, feeds),
            feeds=mute.feeds,
            first=first,
            last=up_to,
        )
        for mute in mutes
    }
    store.mutes.replace(first, up_to, found)
    return first - 1


# --------------------------------------------------------------------------- relatives


class _Shelf:
    """The store as `related.search` asks it; the number of articles is counted once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles = store.relations.articles()

    def articles(self) -> int:
        return self._articles

    def counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        return self._store.relations.counts(terms)

    def posted(self, term: int, day: int, limit: int) -> Sequence[int]:
        return self._store.relations.posted(term, day, limit)

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        return [unpack(article_id, packed) for article_id, packed in self._store.relations.profiles(ids)]

    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]:
        return self._store.relations.neighbours(ids)

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]:
        return self._store.relations.stories(ids)

    def members(self, story: int, limit: int) -> Sequence[int]:
        return self._store.relations.members(story, limit)

    def apart(self, ids: Sequence[int]) -> Collection[frozenset[int]]:
        return self._store.relations.apart(ids)

    def grown(self) -> None:
        """An article has been added."""
        self._articles += 1


def relate_waiting(store: Store, size: int) -> int:
    """Relate the next `size` articles that have arrived, in the order of their times; returns how many."""
    ids = store.relations.waiting(size)
    shelf = _Shelf(store)
    for text in sorted(store.reading.texts(ids), key=lambda text: (text.time, text.id)):
        _relate(store, shelf, text)
        shelf.grown()
    return len(ids)


def _relate_anew(store: Store, texts: Sequence[StoredText], before: Mapping[int, StoredText]) -> None:
    """Relate articles that say something else now. Those that still wait to be related can wait."""
    shelf = _Shelf(store)
    for text in texts:
        packed = store.relations.packed(text.id)
        if packed is None:
            continue
        old = unpack(text.id, packed)
        said = before.get(text.id)
        counted = (
            _features(said).counted()
            if said is not None and said.body
            else {term: False for term, value in old.terms.items() if not value >> 8 & PAIR}
        )
        store.relations.leave(text.id)
        store.relations.remove(text.id, text.time // 86_400, probes(old), counted)
        _relate(store, shelf, text)


def _features(text: StoredText) -> Features:
    incoming = _incoming(text)
    return extract(incoming.title, incoming.text)


def _relate(store: Store, shelf: _Shelf, text: StoredText) -> None:
    incoming = _incoming(text)
    arrival = search.arrive(shelf, incoming)
    store.relations.add(
        text.id,
        arrival.profile.pack(),
        incoming.day,
        arrival.terms,
        arrival.counted,
        arrival.neighbours,
    )
    place = search.fold(shelf, arrival)
    store.relations.join(text.id, place.story, place.merged)


def _incoming(text: StoredText) -> search.Incoming:
    body = f"{text.summary}\n{text.body}" if text.summary else text.body
    return search.Incoming(text.id, text.time, text.dated, text.feed_id, text.title, body)


def topics(store: Store, text: StoredText, most: int = 3) -> tuple[str, ...]:
    """The words and phrases that say best what an article is about, in their readable forms.

    Names before other words, those of the title first; none that stands inside another one.
    """
    incoming, features, shelf = _incoming(text), _features(text), _Shelf(store)
    about = Stats(shelf.articles(), shelf.counts(list(features.counted())))
    profile = weigh(text.id, text.time, text.dated, text.feed_id, features, about)
    ranked = []
    for term, value in profile.terms.items():
        kind = value >> 8
        worth = (value & 255) * (2.0 if kind & TITLE else 1.0) * (2.0 if kind & NAME else 1.0)
        if kind & (NAME | TITLE) and incoming.title:
            ranked.append((-worth, profile.shown[term].removesuffix("'s").removesuffix("’s")))
    chosen: list[str] = []
    for _, shown in sorted(ranked):
        folded = shown.casefold()
        if any(folded in other.casefold() or other.casefold() in folded for other in chosen):
            continue
        chosen.append(shown)
        if len(chosen) == most:
            break
    return tuple(chosen)


_TOLD = 30
"""Reports of a story that are looked at for its words."""


def story_topics(store: Store, article_id: int, most: int = 6) -> list[str]:
    """The words and phrases that say best what a story is about: those that most of its headlines share, then
    those that most of its reports share."""
    story = store.stories.timeline(article_id)
    ids = [article_id] if story is None else [entry.article_id for entry in story.entries[-_TOLD:]]
    ranks: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    titles = []
    for text in sorted(store.reading.texts(ids), key=lambda text: text.id):
        titles.append(text.title.casefold())
        for rank, words in enumerate(topics(store, text, 2 * most)):
            ranks.setdefault(words.casefold(), []).append(rank)
            shown.setdefault(words.casefold(), words)
    shared = [key for key, found in ranks.items() if len(found) >= min(2, len(ids))]
    heads = {key: sum(key in title for title in titles) for key in shared}
    shared.sort(key=lambda key: (-heads[key], -len(ranks[key]), sum(ranks[key]), key))
    return [shown[key] for key in shared[:most]]


_LINK_REASONS = {"also": "named in the text", "cite": "linked in the text", "source": "primary source"}


def related(store: Store, article_id: int) -> tuple[Related, ...]:
    """The relatives of an article, strongest relation first; each once, by its strongest relation.

    Ordinary links to pages that are not stored stay links of the text; what the editor named and primary
    sources are relatives even so.
    """
    found: dict[object, Related] = {}

    def add(key: object, new: Related) -> None:
        old = found.get(key)
        if old is None or _rank(new) < _rank(old):
            found[key] = new

    for link in store.links.outgoing(article_id):
        if link.article_id is not None or link.kind != "cite":
            relation = Relation.ALSO_READ if link.kind == "also" else Relation.CITES
            add(link.article_id or link.url, _linked(link, relation, _LINK_REASONS[link.kind]))
    for link in store.links.incoming(article_id):
        reason = "names this as also read" if link.kind == "also" else "links to this"
        add(link.article_id, _linked(link, Relation.CITED_BY, reason))
    for text in store.reading.texts([article_id]):
        ranked = search.relatives(_Shelf(store), _incoming(text))
        shown = store.relations.shown([item.article_id for item in ranked])
        for item in ranked:
            if item.article_id in shown:
                add(item.article_id, _similar(item, shown[item.article_id]))
    return tuple(sorted(found.values(), key=_rank))


_ORDER = {relation: place for place, relation in enumerate(Relation)}


def _rank(item: Related) -> tuple[int, float]:
    return _ORDER[item.relation], -item.score


def _similar(item: Ranked, other: Shown) -> Related:
    return Related(
        item.relation,
        other.title,
        other.id,
        other.url,
        other.feed_title,
        other.time,
        item.reason,
        item.score,
        other.read,
    )


def _linked(link: LinkedArticle, relation: Relation, reason: str) -> Related:
    return Related(
        relation,
        link.title or link.label or link.url,
        link.article_id,
        link.url,
        link.feed_title,
        link.time,
        reason,
        1.0,
        link.read,
    )


def _links(texts: Iterable[StoredText]) -> Iterator[tuple[int, list[OutLink]]]:
    for text in texts:
        if text.links:
            yield text.id, _out_links(text, text.links)


def _out_links(text: StoredText, found: Iterable[tuple[str, str, str]]) -> list[OutLink]:
    out: dict[str, OutLink] = {}
    for url, label, context in found:
        if url != text.url and url.startswith("http"):
            out.setdefault(url, OutLink(url, label, links.kind(url, label, context)))
    return list(out.values())
