"""Relate articles by what they mean, with vectors of the extra `meaning`: in the background, newest first.

Each article gets a vector of its title and lead, references by the vectors of its sentences, and the reports
in other languages that say the same, which then fold. Everything found is stored, so that it is shown without
the extra, too. The vectors come from another process (`subprocesses.encoder`); what to ask and what follows
from an answer is decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec import Struct

from tuireader.ingest.relating import referring
from tuireader.ingest.relating.relate import merge
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.related import across
from tuireader.related.reading.features import LEAD, Profile
from tuireader.related.reading.own_forms import Groups
from tuireader.related.reading.telling import Telling
from tuireader.related.referring import references_by_meaning
from tuireader.related.search import ArticleText
from tuireader.related.stories import MEMBERS, SPAN_DAYS, Place, are_same_story
from tuireader.store import Store
from tuireader.store.relations.meaning import Alike
from tuireader.text import clean
from tuireader.text.durations import DAY

_NEAR = 1_000  # articles in other languages to compare with, the nearest in time
_CLOSE, _PAIRS = 0.4, 6  # least cosine of a pair that is stored, and most pairs of an article
_SENTENCE = 200  # maximum characters of a sentence to quote
_LEAD = 2  # sentences of the lead to quote for a pair
_WITHOUT = b""  # vector of an article that could not be encoded


class Missing(Struct, frozen=True):
    """Articles without a vector, their days and languages, and their texts to encode."""

    rows: list[tuple[int, int, str]]
    texts: list[str]


class Comparison(Struct, frozen=True):
    """An article to compare: its vector, what its sentences tell, and vectors of the others by article.

    `sentences` are those to encode: the lead, then those of `told`. `candidates` may be what it refers to.
    """

    profile: Profile
    vector: bytes
    told: Telling | None
    candidates: Sequence[Profile]
    sentences: list[str]
    others: dict[int, bytes]


class ByMeaning:
    """Fills in vectors, references and pairs. Profiles stay cached from one call to the next."""

    def __init__(self, store: Store, encoder: str, groups: Groups = ()) -> None:
        store.meaning.use(encoder)
        self._store = store
        self._profiles = StoredProfiles(store, groups)
        self._newest = self._below = store.relations.article_count() + 1
        self._read: dict[int, tuple[Telling | None, Sequence[Profile]]] = {}
        self.total = store.meaning.waiting_count()

    def next(self, size: int) -> list[int]:
        """Return the next articles to fill in, newest first; none at the end. Needs a transaction."""
        articles = self._store.meaning.waiting(self._below, size)
        if articles:
            self._below = articles[-1]
        else:
            self._store.meaning.set_filled(self._newest - 1)
        return articles

    def missing(self, articles: Sequence[int]) -> Missing:
        """Return what is to be encoded before articles are compared: them, and what they may refer to."""
        wanted = dict.fromkeys(articles)
        for text in self._store.articles.texts(articles, labels=False, appearances=False):
            article = article_text(text, referring.READ)
            for profile in self._profiles.profiles([text.id]):
                read = referring.read(self._store, self._profiles, profile, article, every=True)
                self._read[text.id] = read
                wanted |= dict.fromkeys(other.id for other in read[1])
        known = self._store.meaning.vectors(list(wanted))
        return to_encode(self._store, [article for article in wanted if article not in known])

    def encoded(self, missing: Missing, vectors: Sequence[bytes]) -> None:
        """Store vectors; without any, note that these articles have none. Needs a transaction."""
        add_vectors(self._store, missing, vectors or [_WITHOUT] * len(missing.rows))

    def comparison(self, article_id: int) -> Comparison | None:
        """Return what to compare an article with; None if it has no vector or nothing to be compared with."""
        meaning = self._store.meaning
        vector = meaning.vectors([article_id]).get(article_id)
        texts = list(self._store.articles.texts([article_id], labels=False, appearances=False))
        profiles = self._profiles.profiles([article_id])
        if not vector or not texts or not profiles:
            return None
        article, (profile,) = article_text(texts[0], referring.READ), profiles
        told, candidates = self._read.pop(article_id, (None, ()))
        others = {other: its for other, its in meaning.vectors([one.id for one in candidates]).items() if its}
        near: dict[int, bytes] = {}
        if profile.language and any(language != profile.language for language in self._profiles.languages()):
            near = meaning.near(profile.time // DAY, int(SPAN_DAYS), profile.language, _NEAR)
        others |= near
        if not others:
            return None
        sentences = [article.title, *referring.sentences(article.text[:LEAD])[:_LEAD]] if near else []
        sentences += [sentence.text for sentence in told.sentences] if told else []
        return Comparison(
            profile, vector, told=told, candidates=candidates, sentences=sentences, others=others
        )

    def compared(self, comparison: Comparison, rows: Sequence[bytes]) -> None:
        """Store what follows from cosines: a row for each sentence, then one for the article itself.

        Needs a transaction.
        """
        places = {other: place for place, other in enumerate(comparison.others)}
        cosines = [memoryview(row).cast("b") for row in rows]
        if (told := comparison.told) is not None:
            asked = cosines[-1 - len(told.sentences) :]
            by_candidate = {
                other.id: [row[places[other.id]] / 100 for row in (asked[-1], *asked[:-1])]
                for other in comparison.candidates
                if other.id in places
            }
            references = references_by_meaning(told, comparison.candidates, by_candidate)
            found = referring.certain(self._store, self._profiles, told, comparison.candidates, references)
            known = {link.other: link.sentence for link in self._store.references.of(told.profile.id)}
            self._store.references.set(told.profile.id, list({**known, **dict(found)}.items()))
        self._fold(comparison, places, cosines)

    def done(self, articles: Sequence[int]) -> None:
        """Note that articles are filled in. Needs a transaction."""
        self._store.meaning.set_compared(articles)

    def _fold(self, comparison: Comparison, places: dict[int, int], cosines: Sequence[memoryview]) -> None:
        """Store the pairs that say the same in two languages, and merge stories that they connect."""
        mine, whole = comparison.profile, cosines[-1]
        close = sorted(places, key=lambda other: -whole[places[other]])[: 4 * _PAIRS]
        alike = [
            Alike(other.id, whole[places[other.id]] / 100, _closest(comparison, places[other.id], cosines))
            for other in self._profiles.profiles(close)
            if across.differ(mine, other)
            and whole[places[other.id]] >= 100 * _CLOSE
            and abs(mine.time - other.time) <= SPAN_DAYS * DAY
        ]
        alike.sort(key=lambda pair: -pair.cosine)
        self._store.meaning.set_alike(mine.id, alike[:_PAIRS])
        for pair in alike[:_PAIRS]:
            self._merge(mine.id, pair.other)

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


def _closest(comparison: Comparison, place: int, cosines: Sequence[memoryview]) -> str:
    """Return the sentence of the article that is closest to another one."""
    best = max(range(len(comparison.sentences)), key=lambda at: cosines[at][place])
    return comparison.sentences[best]
