"""What happens to articles when they arrive: their watches are found, their links and relatives kept.

The glue between the store and the pure `watch` and `related`; all of it runs in the writer thread, inside
the transaction that saves the articles.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tuireader.document import links_of
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

FeedNames = Mapping[int, tuple[str, str, str]]
"""Title, address and folder of each feed by id, which watches may ask for."""

_MOST_LINKS = 60
"""Outbound links that are kept of one article; pages with more are link lists."""


def subject(text: StoredText, feeds: FeedNames) -> Subject:
    """An article as watches and expressions see it."""
    title, url, folder = feeds.get(text.feed_id, ("", "", ""))
    return Subject(
        title=text.title,
        summary=text.summary,
        body=text.body,
        author=text.author,
        url=text.url,
        feed=title,
        feed_url=url,
        folder=folder,
        labels=text.tags,
        watches=text.watches,
        read=text.read,
        starred=text.starred,
        muted=text.muted,
        time=text.time,
    )


def record_new(
    store: Store, texts: Sequence[StoredText], matcher: Matcher, feeds: FeedNames
) -> list[tuple[StoredText, Evidence]]:
    """Match and relate articles that are new; returns their matches."""
    found = [(text, evidence) for text in texts for evidence in matcher.match(subject(text, feeds))]
    store.watches.record((text.id, evidence) for text, evidence in found)
    store.links.record(_links(texts))
    return found


def record_changed(
    store: Store,
    texts: Sequence[StoredText],
    matcher: Matcher,
    feeds: FeedNames,
    before: Sequence[StoredText] = (),
) -> list[tuple[StoredText, Evidence]]:
    """Match and relate articles whose text has changed; returns the matches that they did not have before.

    `before` has what they said until now.
    """
    found = [
        (text, evidence)
        for text in texts
        for evidence in store.watches.rematch(text.id, matcher.match(subject(text, feeds)))
    ]
    if texts:
        store.links.record(_links(texts))
        _relate_anew(store, texts, {text.id: text for text in before})
    return found


def rematch_chunk(
    store: Store, *, matcher: Matcher, names: Sequence[str], feeds: FeedNames, up_to: int, size: int
) -> int:
    """Match the `size` newest articles with ids up to `up_to` anew; returns up to which id there are more."""
    ids = store.watches.chunk(up_to, size)
    first = ids[-1] if len(ids) == size else 1
    found = [
        (text.id, evidence)
        for text in store.reading.texts(ids, watches=True)
        for evidence in matcher.match(subject(text, feeds))
    ]
    store.watches.replace(names, first, up_to, found)
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


def telling(store: Store, text: StoredText, most: int = 3) -> tuple[str, ...]:
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
        if "<a" in text.html or "<A" in text.html:
            yield text.id, _out_links(text)


def _out_links(text: StoredText) -> list[OutLink]:
    found: dict[str, OutLink] = {}
    for url, label, context in links_of(text.html, text.base_url or text.url)[:_MOST_LINKS]:
        if url != text.url and url.startswith("http"):
            found.setdefault(url, OutLink(url, label, links.kind(url, label, context)))
    return list(found.values())
