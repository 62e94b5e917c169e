"""Relate new articles to those stored before: profile, neighbours, story and row."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence

from tuireader.ingest import own_forms, referring
from tuireader.ingest.own_forms import Groups
from tuireader.lexicon.language import READ, language
from tuireader.related import mentions, search
from tuireader.related.concepts import Concepts, pairs
from tuireader.related.features import LEAD, PAIR, Profile, Term, counted, extract, probes, unpack
from tuireader.related.series import Series, same_news
from tuireader.related.stories import MEMBERS, YOUNG, Place, may_share_row, place
from tuireader.store import Store
from tuireader.store.articles import StoredText
from tuireader.store.relations import ROWS

_CACHED = 300  # maximum number of profiles in memory, some kilobytes each


class StoredProfiles:
    """Adapter of the store for `related.search`; caches profiles and the texts of series.

    `groups` are terms of watches that name one thing each.
    """

    def __init__(self, store: Store, groups: Groups = ()) -> None:
        relations = store.relations
        self.term_counts, self.postings = relations.term_counts, relations.postings
        self.neighbours, self.stories = relations.neighbours, relations.stories
        self.members, self.rows, self.split_pairs = relations.members, relations.rows, relations.split_pairs
        self._store = store
        self._article_count = relations.article_count()
        self._arrived: dict[int, search.ArticleText] = {}
        self._profiles: dict[int, Profile] = {}
        self._groups = groups
        self._concepts: Concepts | None = None
        self._languages: list[str] | None = None
        self.series = Series(self)

    def arrive(self, articles: Iterable[search.ArticleText]) -> None:
        """Cache the texts of new articles, and drop those of the previous batch."""
        self._article_count = self._store.relations.article_count()
        self._arrived = {article.id: article for article in articles}
        self._concepts = self._languages = None

    def article_count(self) -> int:
        """Return the number of articles with a profile."""
        return self._article_count

    def count_one_more(self, language: str) -> None:
        """Count an added article and its language."""
        self._article_count += 1
        if language and self._languages is not None and language not in self._languages:
            self._languages.append(language)

    def concepts(self) -> Concepts:
        """Return the tables of names."""
        if self._concepts is None:
            self._concepts = own_forms.concepts(self._store, self._groups, self._article_count)
        return self._concepts

    def languages(self) -> Sequence[str]:
        """Return the languages of the stored articles, most frequent first."""
        if self._languages is None:
            counts = self.term_counts(list(mentions.LANGUAGE_TERMS))
            found = sorted((-articles, term) for term, (articles, _) in counts.items() if articles)
            self._languages = [mentions.LANGUAGE_TERMS[term] for _, term in found]
        return self._languages

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        """Return the profiles of the articles that have one."""
        known = self._profiles
        if len(known) > _CACHED:
            known.clear()
        missing = [article_id for article_id in ids if article_id not in known]
        if missing:
            for article_id, packed in self._store.relations.packed_profiles(missing):
                known[article_id] = unpack(article_id, packed)
        return [known[article_id] for article_id in sorted(set(ids)) if article_id in known]

    def forget(self, article: int) -> None:
        """Drop the profile of an article from the cache."""
        self._profiles.pop(article, None)

    def title(self, article: int) -> str:
        """Return the title of an article."""
        arrived = self._arrived.get(article)
        return arrived.title if arrived else self._store.relations.title(article)

    def lead(self, article: int) -> str:
        """Return the beginning of an article's text, which is compared."""
        arrived = self._arrived.get(article)
        return arrived.text[:LEAD] if arrived else self.text(article, LEAD)

    def text(self, article: int, most: int | None = None) -> str:
        """Return the text of an article, or its first `most` characters."""
        return "".join(article_text(text, most).text for text in self._store.articles.texts([article]))


class Relater:
    """Relates waiting articles batch by batch; profiles stay cached between batches."""

    def __init__(self, groups: Groups = ()) -> None:
        self._groups = groups
        self._profiles: StoredProfiles | None = None
        self._state = (0, 0)

    def step(self, store: Store, size: int, seconds: float = math.inf) -> int:
        """Relate the next `size` articles by time, fewer if it takes longer; return how many were related."""
        if self._profiles is None or self._state != store.change_state():  # texts may have changed
            self._profiles = StoredProfiles(store, self._groups)
        profiles = self._profiles
        ids = store.relations.waiting(size)
        # giant articles are cut to the part that is read
        arrived = [article_text(text, referring.READ) for text in store.articles.texts(ids)]
        profiles.arrive(arrived)
        end, done = time.monotonic() + seconds, 0
        for article in sorted(arrived, key=lambda article: (article.time, article.id)):
            profile = _relate(store, profiles, article)
            profiles.count_one_more(profile.language)
            store.references.add_aliases(pairs(f"{article.title}\n{article.text}"))
            done += 1
            if time.monotonic() >= end:
                break
        self._state = store.change_state()
        return done


def relate_changed(
    store: Store, changed: Iterable[tuple[StoredText, StoredText]], groups: Groups = ()
) -> None:
    """Relate changed articles again, given as (before, after); skip those still waiting to be related."""
    profiles = StoredProfiles(store, groups)
    for before, text in changed:
        packed = store.relations.packed_profiles([text.id])
        if not packed:
            continue
        old = unpack(*packed[0])
        profiles.forget(text.id)
        store.relations.leave(text.id)
        terms = [*probes(old), *mentions.posted(old.concepts, old.language)]
        store.relations.remove(text.id, text.time // 86_400, terms, _counts(profiles, old, before))
        _relate(store, profiles, article_text(text))


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
        arrival.counted,
        arrival.neighbours,
    )
    _join(store, profiles, arrived.id, search.fold(profiles, arrival, profiles.series))
    store.references.set_language(arrived.id, arrival.profile.language)
    store.references.set(arrived.id, referring.find(store, profiles, arrival.profile, arrived))
    return arrival.profile


def _join(store: Store, profiles: StoredProfiles, article: int, found: Place) -> None:
    """Add an article to its story, along with the articles of stories that it merges."""
    if found.story == article:
        return
    merged = [member for story in found.merged for member in store.relations.members(story)]
    for member in sorted([article, *merged]):
        row = _row(profiles, member, found.story)
        if row < ROWS:
            store.relations.join(member, found.story, row)
        else:
            store.relations.leave(member)


def _row(profiles: StoredProfiles, article: int, story: int) -> int:
    """Return the first row of a story in which an article hides no other one and is not hidden itself.

    A row has one article per feed, except reposts and corrections, and one item per series.
    """
    rows = profiles.rows(story, article)
    (profile,) = profiles.profiles([article])

    def is_same(other: Profile, same_feed: bool) -> bool:
        if not same_feed:
            return may_share_row(profile, other) and not profiles.series.differ(profile, other, strictly=True)
        titles = profiles.title(article), profiles.title(other.id)
        return same_news(titles, (profiles.text(article), profiles.text(other.id)))

    for number, row in enumerate(rows):
        others = sorted(profiles.profiles(list(row)), key=lambda other: not row[other.id])
        if all(is_same(other, row[other.id]) for other in others):
            return number
    return len(rows)


def refold_stories(store: Store, *, up_to: int, size: int) -> int:
    """Fold the `size` stories up to number `up_to` by the current rules; return the number to continue from.

    Articles that an older version folded wrongly get rows of their own. Needs a transaction.
    """
    first = max(1, up_to - size + 1)
    profiles = StoredProfiles(store)
    young = profiles.article_count() < YOUNG
    for number in store.relations.story_numbers(first, up_to):
        members = store.relations.dissolve(number)
        apart = profiles.split_pairs(members)
        stories: dict[int, list[Profile]] = {}
        for profile in sorted(profiles.profiles(members), key=lambda profile: (profile.time, profile.id)):
            newest = {story: told[-MEMBERS:] for story, told in stories.items()}
            found = place(profile, newest, profiles.series, apart, young=young)
            _join(store, profiles, profile.id, found)
            merged = [other for story in found.merged for other in stories.pop(story)]
            stories.setdefault(found.story, []).extend([*merged, profile])
    store.relations.set_refolded(first - 1)
    return first - 1


def tell_languages(store: Store, *, up_to: int, size: int) -> int:
    """Tell the languages of up to `size` articles that an older version stored; return the next one to tell.

    Needs a transaction.
    """
    ids = store.references.without_language(up_to, size)
    for text in store.articles.texts(ids, labels=False, appearances=False):
        article = article_text(text, READ)
        store.references.set_language(text.id, language(f"{article.title}\n{article.text}"))
    left = ids[-1] - 1 if len(ids) == size else 0
    store.references.set_languages_from(left)
    return left


def article_text(text: StoredText, most: int | None = None) -> search.ArticleText:
    """Return an article as input of `related.search`, with its text or the first `most` characters."""
    body = f"{text.summary[:most]}\n{text.body[:most]}" if text.summary else text.body
    return search.ArticleText(text.id, text.time, text.dated, text.feed_id, text.title, body[:most])
