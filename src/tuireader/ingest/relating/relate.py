"""Relate new articles to those stored before: profile, neighbours, story and row."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import chain

from tuireader.ingest.relating import referring
from tuireader.ingest.relating.sharing import sharing
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.lexicon import compile_term
from tuireader.lexicon.language import READ, language
from tuireader.related import search
from tuireader.related.compare import are_copies, long_sentences
from tuireader.related.reading import mentions
from tuireader.related.reading.features import PAIR, Profile, Term, counted, extract, probes, unpack
from tuireader.related.reading.own_forms import Groups
from tuireader.related.reading.words import term_hash
from tuireader.related.series import same_news
from tuireader.related.stories import SPAN_DAYS, Place, may_share_row
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.relations.relations import ROWS
from tuireader.text.durations import DAY

_COPIES, _HITS = 6, 50  # newest articles to compare with a page, and to look at with one of its sentences
_KEYS, _PHRASE = 3, 80  # sentences that index a page; characters of one to look up


class Relater:
    """Relates waiting articles batch by batch; profiles stay cached between batches."""

    def __init__(self, groups: Groups = ()) -> None:
        self._groups = groups
        self._profiles: StoredProfiles | None = None
        self._state = (0, 0)

    def step(self, store: Store, size: int, seconds: float = math.inf) -> int:
        """Relate up to `size` waiting articles by time, fewer if that takes longer; return their number."""
        profiles, self._profiles = self._profiles, None  # an error leaves nothing that was not stored
        if profiles is None or self._state != store.change_state():  # texts may have changed
            profiles = StoredProfiles(store, self._groups)
        ids = store.relations.waiting(size)
        # giant articles are cut to the part that is read
        texts = store.articles.texts(ids, labels=False, appearances=False)
        arrived = [article_text(text, referring.READ) for text in texts]
        profiles.arrive(arrived)
        end, done = time.monotonic() + seconds, 0
        for article in sorted(arrived, key=lambda article: (article.time, article.id)):
            profile = _relate(store, profiles, article)
            profiles.count_one_more(profile.language, article.day)
            done += 1
            if time.monotonic() >= end:
                break
        profiles.counts.save()
        self._profiles, self._state = profiles, store.change_state()
        return done


def relate_changed(
    store: Store, changed: Iterable[tuple[StoredText, StoredText]], groups: Groups = ()
) -> None:
    """Relate changed articles again, given as (before, after); skip those still waiting."""
    profiles = StoredProfiles(store, groups)
    for before, text in changed:
        packed = store.relations.packed_profiles([text.id])
        if not packed:
            continue
        old = unpack(*packed[0])
        profiles.forget(text.id)
        store.relations.leave(text.id)
        store.meaning.forget(text.id)
        pictures = article_text(before).pictures
        terms = [*probes(old), *mentions.posted(old.concepts, old.language), *pictures]
        store.relations.remove(text.id, text.time // DAY, terms)
        profiles.counts.add(_counts(profiles, old, before), -1)
        _relate(store, profiles, article_text(text))
        if text.full:
            fold_page(store, text, groups)
    profiles.counts.save()


def _counts(profiles: StoredProfiles, old: Profile, before: StoredText) -> Mapping[int, bool]:
    """Return what the store has counted of an article, from its former text, or roughly from its profile."""
    named = {} if not old.language else {mentions.language_term(old.language): False}
    if before.body:
        article = article_text(before)
        if old.concepts or old.language:  # else it was related by an older version
            named |= mentions.counted(mentions.mentions(article.title, article.text, profiles.concepts()))
        return {**named, **counted(features_of(before))}
    singles = {term: False for term, value in old.terms.items() if not value >> 8 & PAIR}
    return {**named, **dict.fromkeys(old.concepts, False), **singles}


def features_of(text: StoredText) -> tuple[Term, ...]:
    """Return the terms of an article."""
    arrived = article_text(text)
    return extract(arrived.title, arrived.text)


def _relate(store: Store, profiles: StoredProfiles, arrived: search.ArticleText) -> Profile:
    arrival = search.arrive(profiles, arrived)
    store.relations.add(
        arrived.id,
        arrival.profile.pack(),
        arrived.day,
        arrival.terms,
        arrival.neighbours[: search.STORED],
    )
    profiles.counts.add(arrival.counted)
    language = arrival.profile.language
    has_foreign = language and any(code != language for code in profiles.languages())
    shared = sharing(store, profiles, arrived) if has_foreign else ()  # words decide about one language
    merge(store, profiles, search.fold(profiles, arrival, profiles.series, shared), arrived.id)
    sentences = long_sentences(arrived.text)
    if near := {*chain(*profiles.postings(_copy_terms(sentences), arrived.day, _COPIES).values())}:
        _fold_copies(store, profiles, arrived.id, sentences, near)
    store.references.set_language(arrived.id, language)
    references = referring.find(store, profiles, arrival.profile, arrived)
    store.references.set(arrived.id, references)
    return arrival.profile


def fold_page(store: Store, text: StoredText, groups: Groups = ()) -> None:
    """Fold a related article with the verbatim copies of its page, and index the page for later ones."""
    sentences = long_sentences(text.full)
    packed = store.relations.packed_profiles([text.id])
    if packed and sentences:
        store.relations.add(text.id, packed[0][1], text.time // DAY, _copy_terms(sentences), ())
        phrase = max(sentences, key=len)[:_PHRASE]
        term = compile_term(phrase.rpartition(" ")[0] or phrase, variants=False)
        near = store.search.candidates(term.fts)[-_HITS:] if term and term.fts else ()
        _fold_copies(store, StoredProfiles(store, groups), text.id, sentences, near)


def _copy_terms(sentences: Iterable[str]) -> list[int]:
    """Return terms that index a page by a few of its sentences, the same ones in each copy."""
    return sorted(term_hash(f"@copy {sentence}") for sentence in sentences)[:_KEYS]


def _fold_copies(
    store: Store, profiles: StoredProfiles, article: int, sentences: Set[str], near: Iterable[int]
) -> None:
    """Merge the story of an article with that of a verbatim copy among `near`, unless they were split."""
    story_of = store.relations.stories([article, *near])
    others = [other for other, story in story_of.items() if story != story_of[article]]
    newest = others[-_COPIES:]
    for other in store.articles.texts(newest, labels=False, appearances=False):
        pair = profiles.profiles([article, other.id])
        members = chain(*(store.relations.members(story_of[key]) for key in (article, other.id)))
        if (
            len(pair) == 2
            and abs(pair[0].time - pair[1].time) <= SPAN_DAYS * DAY
            and are_copies(sentences, long_sentences(other.asked_body))
            and not profiles.series.differ(*pair)
            and not profiles.split_pairs([*members])
        ):
            place = Place(story_of[other.id], (story_of[article],))
            merge(store, profiles, place, copies=(article, other.id))
            return


def merge(
    store: Store, profiles: StoredProfiles, place: Place, *articles: int, copies: Collection[int] = ()
) -> None:
    """Add articles, and those of the merged stories, to a story; a new one consists of its first article."""
    if place.story in articles:
        return
    relations = store.relations
    merged = [member for story in place.merged for member in relations.members(story)]
    rows, coming = relations.rows(place.story), sorted([*articles, *merged])
    feeds = relations.feeds([*coming, *chain(*rows)])
    for member in coming:
        mine = feeds[member]
        shared = [{other: mine.shares(feeds[other]) for other in row} for row in rows]
        number = _row(profiles, member, shared, copies)
        if number < ROWS:
            relations.join(member, place.story, number)
            rows += [[] for _ in range(len(rows), number + 1)]
            rows[number].append(member)
        else:
            relations.leave(member)


def _row(
    profiles: StoredProfiles, article: int, rows: Sequence[Mapping[int, bool]], copies: Collection[int]
) -> int:
    """Return the first row of a story in which an article neither hides another nor is hidden.

    A row has one article per feed, except reposts and corrections, and one item per series. `rows` map
    articles to whether they share a feed with this one; the number of rows means a new row. Any two `copies`
    may share a row.
    """
    (profile,) = profiles.profiles([article])

    def is_same(other: Profile, same_feed: bool) -> bool:
        if not same_feed:
            return {article, other.id} <= set(copies) or (
                may_share_row(profile, other) and not profiles.series.differ(profile, other, strictly=True)
            )
        titles = profiles.title(article), profiles.title(other.id)
        return same_news(titles, (profiles.text(article), profiles.text(other.id)))

    for number, row in enumerate(rows):
        others = sorted(profiles.profiles(list(row)), key=lambda other: not row[other.id])
        if all(is_same(other, row[other.id]) for other in others):
            return number
    return len(rows)


def tell_languages(store: Store, *, up_to: int, size: int) -> int:
    """Detect the languages of up to `size` stored articles; return the next id. Needs a transaction."""
    ids = store.references.without_language(up_to, size)
    for text in store.articles.texts(ids, labels=False, appearances=False):
        article = article_text(text, READ)
        store.references.set_language(text.id, language(f"{article.title}\n{article.text}"))
    return ids[-1] - 1 if len(ids) == size else 0
