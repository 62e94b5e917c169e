"""Relate articles by what they mean, with vectors of the extra `meaning`: in the background, newest first.

Each article gets a vector of its title and lead, references by the vectors of its sentences, and the reports
in other languages that say the same, which then fold. Everything found is stored, so that it is shown without
the extra, too. The vectors come from another process (`subprocesses.encoder`); what to ask and what follows
from an answer is decided here.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence, Set
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from tuireader.ingest.relating import referring
from tuireader.ingest.relating.relate import merge
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.related import across, search
from tuireader.related.reading.features import LEAD, Profile
from tuireader.related.reading.own_forms import Groups
from tuireader.related.reading.telling import Telling
from tuireader.related.referring import days_to_look_at, is_earlier, references_by_meaning
from tuireader.related.search import ArticleText
from tuireader.related.stories import MEMBERS, SPAN_DAYS, Place, are_same_story
from tuireader.store import Store
from tuireader.store.relations.meaning import Alike
from tuireader.text import clean
from tuireader.text.durations import DAY

_NEAR = 1_000  # articles in other languages to compare with, the nearest in time
_SENTENCE = 200  # maximum characters of a sentence to quote
_AROUND, _BEFORE = 500, 250  # articles before and after one to compare with, and before each day it tells of
_MEANT = 3  # closest articles that may be meant without any word in common; by a sentence, the closest one
_CLOSE, _PAIRS = 0.4, 6  # least cosine of a pair in two languages, and most pairs of an article; ...
_CLOSE_ALIKE, _PAIRS_ALIKE = 0.3, 12  # ... the same in one language; ...
_SAYS = 0.6  # ... and the least cosine there that says the same
_LEAD = 2  # sentences of the lead to quote for a pair
_WITHOUT = b""  # vector of an article that could not be encoded


class Missing(Struct, frozen=True):
    """Articles without a vector, their days and languages, and their texts to encode."""

    rows: list[tuple[int, int, str]]
    texts: list[str]


class Comparison(Struct, frozen=True):
    """An article to compare: its vector, what its sentences tell, and vectors of the others by article.

    `sentences` are those that may refer to `earlier` articles, of which the `candidates` share words; `lead`
    those to quote for what it is paired with: some of `pairs`, and all of `likely` that are close.
    """

    profile: Profile
    vector: bytes
    told: Telling | None
    candidates: Set[int]
    earlier: Set[int]
    likely: Set[int]
    pairs: Collection[int]
    lead: list[str]
    others: dict[int, bytes]

    @property
    def sentences(self) -> list[str]:
        return [sentence.text for sentence in self.told.sentences] if self.told else []


class ByMeaning:
    """Fills in vectors, then references and pairs. Profiles stay cached from one call to the next."""

    def __init__(self, store: Store, encoder: str, groups: Groups = ()) -> None:
        store.meaning.use(encoder)
        self._store = store
        self._profiles = StoredProfiles(store, groups)
        self._newest = self._below = self._unencoded = store.relations.article_count() + 1
        self.total = store.meaning.waiting_count()
        """Vectors to fill in, and articles to compare."""

    def missing(self, size: int) -> Missing:
        """Return the next articles to encode, newest first; none at the end."""
        articles = self._store.meaning.waiting(self._unencoded, size, encoded=False)
        self._unencoded = min(articles, default=0)
        return to_encode(self._store, articles)

    def encoded(self, missing: Missing, vectors: Sequence[bytes]) -> None:
        """Store vectors; without any, note that these articles have none. Needs a transaction."""
        add_vectors(self._store, missing, vectors or [_WITHOUT] * len(missing.rows))

    def next(self, size: int) -> list[int]:
        """Return the next articles to compare, newest first; none at the end. Needs a transaction."""
        articles = self._store.meaning.waiting(self._below, size)
        if articles:
            self._below = articles[-1]
        else:
            self._store.meaning.set_filled(self._newest - 1)
        return articles

    def comparison(self, article_id: int) -> Comparison | None:
        """Return what to compare an article with; None if it has no vector or nothing to be compared with."""
        meaning = self._store.meaning
        vector = meaning.vectors([article_id]).get(article_id)
        texts = list(self._store.articles.texts([article_id], labels=False, appearances=False))
        profiles = self._profiles.profiles([article_id])
        if not vector or not texts or not profiles:
            return None
        article, (profile,) = article_text(texts[0], referring.READ), profiles
        told, candidates = referring.read(self._store, self._profiles, profile, article, every=True)
        day, abroad = article.day, {}
        likely = meaning.vectors(search.likely(self._profiles, profile, day))
        earlier = meaning.before(day - 1, _AROUND)
        near = earlier | meaning.after(day - 1, _AROUND) | likely
        if profile.language and any(language != profile.language for language in self._profiles.languages()):
            abroad = meaning.near(day, int(SPAN_DAYS), profile.language, _NEAR)
        for last in days_to_look_at(told)[1:] if told else ():
            earlier |= meaning.before(last, _BEFORE)
        earlier |= meaning.vectors(candidates)
        others = {
            other: its for other, its in (earlier | near | abroad).items() if its and other != article_id
        }
        if not others:
            return None
        return Comparison(
            profile,
            vector,
            told=told,
            candidates={*candidates},
            earlier=earlier.keys() & others.keys(),
            likely=likely.keys() & others.keys(),
            pairs=(near.keys() | abroad.keys()) & others.keys(),
            lead=[article.title, *referring.sentences(article.text[:LEAD])[:_LEAD]],
            others=others,
        )

    def compared(self, comparison: Comparison, rows: Sequence[bytes]) -> list[Alike]:
        """Store what follows from cosines: a row for each sentence, then one for the article itself.

        Returns the pairs that say the same, to be quoted. Needs a transaction.
        """
        places = {other: place for place, other in enumerate(comparison.others)}
        cosines = [memoryview(row).cast("b") for row in rows]
        if (told := comparison.told) is not None:
            self._refer(told, comparison, places, [cosines[-1], *cosines[:-1]])
        cosine_of = {other: cosines[-1][place] / 100 for other, place in places.items()}
        return self._pair(comparison, cosine_of)

    def quoted(self, comparison: Comparison, pairs: Sequence[Alike], rows: Sequence[bytes]) -> None:
        """Store the sentence of the lead that is closest to each article of `pairs`. Needs a transaction."""
        cosines = [memoryview(row).cast("b") for row in rows]
        closest = [max(range(len(cosines)), key=lambda at: cosines[at][place]) for place in range(len(pairs))]
        quotes = [
            replace(pair, sentence=comparison.lead[at]) for pair, at in zip(pairs, closest, strict=True)
        ]
        self._store.meaning.set_alike(comparison.profile.id, quotes)

    def done(self, articles: Sequence[int]) -> None:
        """Note that articles are filled in. Needs a transaction."""
        self._store.meaning.set_compared(articles)

    def _refer(
        self,
        told: Telling,
        comparison: Comparison,
        places: Mapping[int, int],
        cosines: Sequence[memoryview],
    ) -> None:
        """Store the references to articles that share words with a sentence, or are the closest to it."""
        wanted = comparison.earlier & comparison.candidates
        for row in cosines:
            most = _MEANT if row is cosines[0] else 1
            wanted |= {*heapq.nlargest(most, comparison.earlier, key=lambda other: row[places[other]])}
        story = self._store.relations.stories([told.profile.id, *wanted])
        outside = [other for other in wanted if story[other] != story[told.profile.id]]
        earlier = [other for other in self._profiles.profiles(outside) if is_earlier(told, other)]
        by_candidate = {other.id: [row[places[other.id]] / 100 for row in cosines] for other in earlier}
        references = references_by_meaning(told, earlier, by_candidate)
        found = referring.certain(self._store, self._profiles, told, earlier, references)
        self._store.references.set(told.profile.id, found)

    def _pair(self, comparison: Comparison, cosine_of: Mapping[int, float]) -> list[Alike]:
        """Store the closest articles and merge stories in two languages that they connect.

        Returns the pairs to quote: those in two languages, and those that say the same.
        """
        mine, likely = comparison.profile, comparison.likely
        near = [other for other in comparison.pairs if cosine_of[other] >= _CLOSE_ALIKE]
        near.sort(key=lambda other: (-cosine_of[other], other))
        near = near[: 4 * _PAIRS_ALIKE] + [other for other in near[4 * _PAIRS_ALIKE :] if other in likely]
        profiles = {other.id: other for other in self._profiles.profiles(near)}
        abroad: list[Alike] = []
        alike: list[Alike] = []
        for other in (profiles[article] for article in near if article in profiles):
            pair = Alike(other.id, cosine_of[other.id], "")
            if not across.differ(mine, other):
                if len(alike) < _PAIRS_ALIKE or other.id in likely:
                    alike.append(pair)
            elif pair.cosine >= _CLOSE and abs(mine.time - other.time) <= SPAN_DAYS * DAY:
                abroad.append(pair)
        del abroad[_PAIRS:]
        self._store.meaning.set_alike(mine.id, [*abroad, *alike])
        for pair in abroad:
            self._merge(mine.id, pair.other)
        return [*abroad, *(pair for pair in alike if pair.cosine >= _SAYS)]

    def _merge(self, article: int, other: int) -> None:
        relations = self._store.relations
        story_of = relations.stories([article, other])
        if story_of[article] == story_of[other]:
            return
        members = [relations.members(story_of[key], MEMBERS) for key in (article, other)]
        some, others = (self._profiles.profiles(ids) for ids in members)
        meaning = {
            frozenset((one, pair.other)): pair.cosine
            for one in members[0]
            for pair in self._store.meaning.alike(one).values()
        }
        apart = self._profiles.split_pairs([*chain(*members)])
        if are_same_story(some, others, self._profiles.series, apart, meaning):
            merge(self._store, self._profiles, Place(story_of[other], (story_of[article],)))


def to_encode(store: Store, articles: Sequence[int]) -> Missing:
    """Return what is to be encoded of articles."""
    texts = list(store.articles.texts(articles, labels=False, appearances=False))
    languages = store.references.languages([text.id for text in texts])
    return Missing(
        [(text.id, text.time // DAY, languages[text.id]) for text in texts],
        [_whole(article_text(text, LEAD)) for text in texts],
    )


def add_vectors(store: Store, missing: Missing, vectors: Sequence[bytes]) -> None:
    """Store the vectors of articles. Needs a transaction."""
    store.meaning.add((*row, vector) for row, vector in zip(missing.rows, vectors, strict=True))


def sentences_of(store: Store, articles: Sequence[int], most: int) -> list[tuple[int, str]]:
    """Return the first sentences of articles, each with its article."""
    return [
        (text.id, clean(sentence, _SENTENCE))
        for text in store.articles.texts(articles, labels=False, appearances=False)
        for sentence in referring.sentences(article_text(text, referring.READ).text)[:most]
    ]


def _whole(article: ArticleText) -> str:
    return f"{article.title}. {article.text[:LEAD]}"
