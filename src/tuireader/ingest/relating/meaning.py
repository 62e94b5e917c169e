"""Relate articles by what they mean, with vectors of the extra `meaning`: in the background, newest first.

Each article gets a vector of its title and lead, references by the vectors of its sentences, and the reports
in other languages that say the same, which then fold. Everything found is stored, so that it is shown without
the extra, too. The vectors come from another process (`subprocesses.encoder`); what to ask and what follows
from an answer is decided here.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator, Mapping, Sequence, Set
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tuireader.ingest.relating import referring
from tuireader.ingest.relating.relate import merge
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.related import search
from tuireader.related.reading.features import LEAD, Profile
from tuireader.related.reading.own_forms import Groups
from tuireader.related.reading.telling import Telling
from tuireader.related.referring import days_to_look_at, may_refer, references_by_meaning
from tuireader.related.search import ArticleText
from tuireader.related.stories import MEMBERS, SPAN_DAYS, Place, are_same_story
from tuireader.store import Store
from tuireader.store.relations.meaning import Alike
from tuireader.text import clean
from tuireader.text.durations import DAY

if TYPE_CHECKING:
    from tuireader.subprocesses.encoder import Answer, Request

_ENCODED_AT_ONCE, _COMPARED_AT_ONCE = 16, 8  # articles of one request
_SORTED = 128  # articles that are compared day by day, as those of a day have the same others around them
_NEAR = 1_000  # articles in other languages to compare with, the nearest in time
_SENTENCE = 200  # maximum characters of a sentence to quote
_AROUND, _BEFORE = 500, 250  # articles before and after one to compare with, and before each day it tells of
_MEANT = 3  # closest articles that may be meant without any word in common
_DAYS, _VECTORS = 32, 8_000  # days of which the articles around are remembered, and vectors
_CLOSE, _PAIRS = 0.4, 6  # least cosine of a pair in two languages, and most pairs of an article; ...
_CLOSE_ALIKE, _PAIRS_ALIKE = 0.3, 12  # ... the same in one language; ...
_SAYS = 0.6  # ... and the least cosine there that says the same
_SAYS_ABROAD = 0.5  # the same in two languages: of the judged pairs below, two in five are of two events
_LEAD = 2  # sentences of the lead to quote for a pair
_WITHOUT = b""  # vector of an article that could not be encoded


class Missing(Struct, frozen=True):
    """Articles without a vector, their days and languages, and their texts to encode."""

    rows: list[tuple[int, int, str]]
    texts: list[str]


class Comparison(Struct, frozen=True):
    """An article and those to compare it with, by id.

    `told` has its sentences that may refer to `earlier` articles, of which `candidates` share words with it.
    Of `pairs`, those that are close are stored, and all of `likely` among them. `lead` is what may be quoted.
    """

    profile: Profile
    told: Telling | None
    candidates: Set[int]
    earlier: Set[int]
    likely: Set[int]
    pairs: Set[int]
    lead: Sequence[str]


class Question(Struct, frozen=True):
    """The texts to encode of an article that has been compared.

    The sentences of `told` may refer to `earlier` articles, whose cosines to the whole article are known. The
    sentence of `lead` that is closest to each of `pairs`, which are in other languages, is quoted.
    """

    article: int
    told: Telling | None
    earlier: Sequence[Profile]
    cosines: Mapping[int, float]
    lead: Sequence[str]
    pairs: Sequence[Alike]

    @property
    def sentences(self) -> list[str]:
        return [sentence.text for sentence in self.told.sentences] if self.told else []

    @property
    def others(self) -> list[int]:
        return [*self.cosines, *(pair.other for pair in self.pairs)]


class ByMeaning:
    """Fills in vectors, then references and pairs. Profiles stay cached from one call to the next."""

    def __init__(self, store: Store, encoder: str, groups: Groups = ()) -> None:
        store.meaning.use(encoder)
        self._store = store
        self._profiles = StoredProfiles(store, groups)
        self._newest = store.relations.article_count()
        self._around: dict[tuple[int, str], tuple[Set[int], ...]] = {}
        self._vectors: dict[int, bytes] = {}
        self._parts = self._fill()
        self.total = store.meaning.waiting_count()
        """Vectors to fill in, and articles to compare."""
        self.done = 0
        """Those that have been stored."""

    def advance(self, answer: Answer | None = None) -> Request | None:
        """Return the next request for the encoder; None at the end. Needs a transaction.

        Expects the answer to the previous request; None if the encoder has failed.
        """
        try:
            return self._parts.send(answer)
        except StopIteration:
            return None

    def _fill(self) -> Generator[Request, Answer | None, None]:
        meaning = self._store.meaning
        below = self._newest + 1
        while articles := meaning.waiting(below, _ENCODED_AT_ONCE, encoded=False):
            missing = to_encode(self._store, articles)
            answer = yield missing.texts, (), ()
            add_vectors(self._store, missing, answer[0] if answer else [_WITHOUT] * len(missing.rows))
            self.done += len(articles)
            below = articles[-1]
        below = self._newest + 1
        while articles := meaning.waiting(below, _SORTED):
            by_day = meaning.by_day(articles)
            for at in range(0, len(by_day), _COMPARED_AT_ONCE):
                some = by_day[at : at + _COMPARED_AT_ONCE]
                yield from self._compare(some)
                meaning.set_compared(some)
                self.done += len(some)
            below = articles[-1]
        meaning.set_filled(self._newest)

    def _compare(self, articles: Sequence[int]) -> Generator[Request, Answer | None, None]:
        """Relate articles. All of them are compared at once, as most have the same others around them."""
        own = self._store.meaning.vectors(articles)
        profiles = {profile.id: profile for profile in self._profiles.profiles(articles)}
        compared = [
            self._comparison(profiles[text.id], article_text(text, referring.READ))
            for text in self._store.articles.texts(articles, labels=False, appearances=False)
            if own.get(text.id) and text.id in profiles
        ]
        others = set[int]().union(*(one.earlier | one.pairs for one in compared))
        vectors = self._vectors_of(others)
        if not vectors:
            return
        answer = yield (), [own[one.profile.id] for one in compared], [*vectors.values()]
        if answer is None:
            return
        places = {other: place for place, other in enumerate(vectors)}
        questions = [
            self._question(one, places, memoryview(row).cast("b"))
            for one, row in zip(compared, answer[1], strict=True)
        ]
        texts = [text for question in questions for text in (*question.sentences, *question.lead)]
        wanted = dict.fromkeys(other for question in questions for other in question.others)
        answer = (yield texts, (), [vectors[other] for other in wanted]) if texts else ([], [])
        if answer is None:
            return
        places = {other: place for place, other in enumerate(wanted)}
        rows = (memoryview(row).cast("b") for row in answer[1])
        for question in questions:
            self._refer(question, places, [*islice(rows, len(question.sentences))])
            self._quote(question, places, [*islice(rows, len(question.lead))])

    def _vectors_of(self, articles: Set[int]) -> dict[int, bytes]:
        """Map articles to their vectors; many of them are those of the previous articles, too."""
        if len(self._vectors) > _VECTORS:
            self._vectors.clear()
        self._vectors.update(self._store.meaning.vectors([*(articles - self._vectors.keys())]))
        return {other: vector for other in articles if (vector := self._vectors.get(other))}

    def _comparison(self, profile: Profile, article: ArticleText) -> Comparison:
        """Return what to compare an article with."""
        told, candidates = referring.read(self._store, self._profiles, profile, article, every=True)
        before, after, abroad = self._near(article.day, profile.language)
        likely = {*search.likely(self._profiles, profile, article.day)}
        earlier = {*candidates, *before}
        for last in days_to_look_at(told)[1:] if told else ():
            earlier.update(self._store.meaning.before(last, _BEFORE))
        return Comparison(
            profile,
            told=told,
            candidates={*candidates},
            earlier=earlier - {article.id},
            likely=likely,
            pairs=(likely | before | after | abroad) - {article.id},
            lead=[article.title, *referring.sentences(article.text[:LEAD])[:_LEAD]],
        )

    def _near(self, day: int, language: str) -> tuple[Set[int], ...]:
        """Return the articles before and after the start of a day, and those nearest in other languages."""
        if (day, language) not in self._around:
            if len(self._around) >= _DAYS:
                self._around.clear()
            meaning = self._store.meaning
            others = language and any(other != language for other in self._profiles.languages())
            self._around[day, language] = (
                {*meaning.before(day - 1, _AROUND)},
                {*meaning.after(day - 1, _AROUND)},
                {*meaning.near(day, int(SPAN_DAYS), language, _NEAR)} if others else set(),
            )
        return self._around[day, language]

    def _question(self, one: Comparison, places: Mapping[int, int], percent: memoryview) -> Question:
        """Store the pairs of an article and what follows from them; return what else to encode."""
        cosines = {other: percent[places[other]] / 100 for other in one.pairs & places.keys()}
        pairs = self._pair(one, cosines)
        lead = one.lead if pairs else ()
        if one.told is None:
            return Question(one.profile.id, None, (), {}, lead=lead, pairs=pairs)
        earlier = one.earlier & places.keys()
        nearest = heapq.nlargest(_MEANT, earlier, key=lambda other: percent[places[other]])
        wanted = {*nearest, *(one.candidates & places.keys())}
        story = self._store.relations.stories([one.profile.id, *wanted])
        outside = [other for other in wanted if story[other] != story[one.profile.id]]
        cosines = {other: percent[places[other]] / 100 for other in outside}
        told, meant = may_refer(one.told, self._profiles.profiles(outside), cosines)
        cosines = {other.id: cosines[other.id] for other in meant}
        return Question(one.profile.id, told, meant, cosines, lead=lead, pairs=pairs)

    def _refer(self, question: Question, places: Mapping[int, int], rows: Sequence[memoryview]) -> None:
        """Store the references of an article, by the cosines of its sentences."""
        if (told := question.told) is None:
            return
        cosines = {
            other: (whole, *(row[places[other]] / 100 for row in rows))
            for other, whole in question.cosines.items()
        }
        references = references_by_meaning(told, question.earlier, cosines)
        found = referring.certain(self._store, self._profiles, told, question.earlier, references)
        self._store.references.set(question.article, found)

    def _quote(self, question: Question, places: Mapping[int, int], rows: Sequence[memoryview]) -> None:
        """Store the sentence of the lead that is closest to each article of a pair."""
        quotes = []
        for pair in question.pairs:
            cosines = [row[places[pair.other]] for row in rows]
            quotes.append(replace(pair, sentence=question.lead[cosines.index(max(cosines))]))
        self._store.meaning.set_alike(question.article, quotes)

    def _pair(self, comparison: Comparison, cosine_of: Mapping[int, float]) -> list[Alike]:
        """Store the closest articles and merge stories in two languages that they connect.

        Returns the new pairs in two languages that say the same.
        """
        mine, likely = comparison.profile, comparison.likely
        near = [other for other, cosine in cosine_of.items() if cosine >= _CLOSE_ALIKE]
        near.sort(key=lambda other: (-cosine_of[other], other))
        near = near[: 4 * _PAIRS_ALIKE] + [other for other in near[4 * _PAIRS_ALIKE :] if other in likely]
        languages = self._store.references.languages(near) if mine.language else {}
        abroad: list[Alike] = []
        alike: list[Alike] = []
        for other in near:
            pair = Alike(other, cosine_of[other], "")
            if languages.get(other, "") in ("", mine.language):
                if len(alike) < _PAIRS_ALIKE or other in likely:
                    alike.append(pair)
            elif pair.cosine >= _CLOSE:
                abroad.append(pair)
        close = {other.id: other.time for other in self._profiles.profiles([pair.other for pair in abroad])}
        span = SPAN_DAYS * DAY
        abroad = [pair for pair in abroad if abs(mine.time - close.get(pair.other, 0)) <= span][:_PAIRS]
        for pair in abroad:
            self._merge(mine.id, pair.other)
        known = self._store.meaning.alike(mine.id)  # the other article has been compared, too
        abroad = [pair for pair in abroad if pair.other not in known or not known[pair.other].sentence]
        alike = [pair for pair in alike if pair.other not in known]
        self._store.meaning.set_alike(mine.id, [*abroad, *self._quoted(comparison, alike)])
        return [pair for pair in abroad if pair.cosine >= _SAYS_ABROAD]

    def _quoted(self, comparison: Comparison, alike: Sequence[Alike]) -> Iterator[Alike]:
        """Quote, for pairs that say the same, the sentence of the lead that has most words in common."""
        terms = comparison.profile.terms
        lead = [search.terms(sentence) & terms.keys() for sentence in comparison.lead]
        same = [pair.other for pair in alike if pair.cosine >= _SAYS]
        shared = {
            other.id: [sum(terms[term] & 255 for term in said & other.terms.keys()) for said in lead]
            for other in self._profiles.profiles(same)
        }
        for pair in alike:
            weights = shared.get(pair.other)
            yield replace(pair, sentence=comparison.lead[weights.index(max(weights))]) if weights else pair

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
