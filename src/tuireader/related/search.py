"""Relate an article to the stored ones: on arrival, and when it is opened.

The store is only used through `ProfileSource`. The cost of a query does not grow with the number of articles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tuireader.related.closeness import Closeness
from tuireader.related.rank import Ranked, chances, likeliest, rank
from tuireader.related.reading import mentions
from tuireader.related.reading.concepts import TITLE as IN_TITLE
from tuireader.related.reading.concepts import Concepts
from tuireader.related.reading.features import (
    MOST_TERMS,
    TITLE,
    Profile,
    Stats,
    Term,
    choose,
    counted,
    extract,
    probes,
    squared,
    weigh,
)
from tuireader.related.series import Series, Texts
from tuireader.related.stories import MEMBERS, SPAN_DAYS, YOUNG, Place, place
from tuireader.text.durations import DAY

POSTINGS = 80  # articles to read for one term, before and after: when an article is opened, ...
POSTINGS_ARRIVING = 24  # ... and when it arrives, which must be cheap
CANDIDATES = 60
CANDIDATES_ARRIVING = 18
KEPT = 0.3  # chance from which a neighbour is stored
NEIGHBOURS = 12  # of which so many are stored:
STORED = 6
ACROSS = 40  # articles to read for a thing and a language, and candidates in other languages, as above
ACROSS_ARRIVING = 12
CANDIDATES_ACROSS = 24
CANDIDATES_ACROSS_ARRIVING = 6
LANGUAGES = 5  # most frequent other languages in which to look for relatives
JUDGED = 32  # likeliest candidates, which are also compared with the article's neighbours
WHOLE = 20_000  # characters of a text to compare with an article that it links to
WHOLE_TERMS = 1000
STORIES = 3  # stories of the neighbours to consider for an article


class ProfileSource(Protocol):
    """Queries to the store for relating; `store.relations` documents them."""

    def article_count(self) -> int: ...
    def term_counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]: ...
    def postings(self, terms: Sequence[int], day: int, limit: int) -> Mapping[int, Sequence[int]]: ...
    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]: ...
    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]: ...
    def concepts(self) -> Concepts: ...
    def languages(self) -> Sequence[str]: ...
    def cosines(self, ids: Sequence[int]) -> Mapping[int, Mapping[int, float]]: ...


class StorySource(ProfileSource, Texts, Protocol):
    """Additional queries for folding."""

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]: ...
    def members(self, story: int, limit: int) -> Sequence[int]: ...
    def split_pairs(self, ids: Sequence[int]) -> Collection[frozenset[int]]: ...


class ArticleText(Struct, frozen=True):
    """An article to relate. `time` in seconds since 1970; if not `dated`, the time of arrival.

    `pictures` are the terms of its lead pictures (`sharing.picture_term`).
    """

    id: int
    time: int
    dated: bool
    feed: int
    title: str
    text: str
    url: str = ""
    pictures: tuple[int, ...] = ()

    @property
    def day(self) -> int:
        """Days since 1970, by which the postings are sorted."""
        return self.time // DAY


class Arrival(Struct, frozen=True):
    """The rows to store for an article: its profile, postings for `terms`, counts and neighbours.

    Each term in `counted` increments its article count, and, if true, its lower-case count.
    """

    profile: Profile
    terms: tuple[int, ...]
    counted: Mapping[int, bool]
    neighbours: tuple[int, ...]


def arrive(source: ProfileSource, article: ArticleText) -> Arrival:
    """Relate a new article without writing; the caller stores the `Arrival`."""
    features = extract(article.title, article.text)
    named = mentions.mentions(article.title, article.text, source.concepts())
    profile = _profile(source, article, features, named)
    candidates = [
        *_candidates(source, profile, article.day, POSTINGS_ARRIVING, CANDIDATES_ARRIVING),
        *_candidates_across(source, profile, article.day, ACROSS_ARRIVING, CANDIDATES_ACROSS_ARRIVING),
    ]
    alone = chances(profile, candidates)
    near = sorted((-sure, other) for other, sure in alone.items() if sure >= KEPT)[:NEIGHBOURS]
    things = mentions.posted(profile.concepts, profile.language)
    terms = dict.fromkeys([*probes(profile), *things, *article.pictures])
    return Arrival(profile, tuple(terms), counts(features, named), tuple(other for _, other in near))


def counts(features: Sequence[Term], named: mentions.Mentions) -> dict[int, bool]:
    """Map the terms that the store counts for an article to whether they were written in lower case."""
    return {**mentions.counted(named), **counted(features)}


def fold(
    source: StorySource, arrival: Arrival, series: Series, sharing: Collection[int] = frozenset()
) -> Place:
    """Pick the story of a newly related article; the caller stores it.

    The article, and all articles of the stories `Place.merged`, go to `Place.story`. Articles in `sharing`
    have a picture or link in common with it.
    """
    profile = arrival.profile
    likely = dict.fromkeys([*sharing, *arrival.neighbours])
    near = {
        other.id: other
        for other in source.profiles(list(likely))
        if abs(other.time - profile.time) <= SPAN_DAYS * DAY
    }
    by_nearness = [other for other in likely if other in near]
    story_of = source.stories(by_nearness)
    numbers = dict.fromkeys(story_of[other] for other in by_nearness if other in story_of)
    members = {number: source.members(number, MEMBERS) for number in list(numbers)[:STORIES]}
    wanted = {article for articles in members.values() for article in articles}
    near |= {other.id: other for other in source.profiles(sorted(wanted - near.keys()))}
    stories = {
        number: [near[article] for article in articles if article in near]
        for number, articles in members.items()
    }
    apart = source.split_pairs(sorted(wanted | {profile.id})) if wanted else frozenset()
    return place(profile, stories, series, apart, sharing, young=source.article_count() < YOUNG)


def relatives(
    source: StorySource,
    article: ArticleText,
    sharing: Mapping[int, str] = MappingProxyType({}),
) -> list[Ranked]:
    """Return the articles related to a stored one, later ones included, likeliest first.

    Articles in `sharing` are related for the reason given there, besides the terms they share.
    """
    named = mentions.mentions(article.title, article.text, source.concepts())
    profile = _profile(source, article, extract(article.title, article.text), named)
    profiles = [
        *_candidates(source, profile, article.day, POSTINGS, CANDIDATES),
        *_candidates_across(source, profile, article.day, ACROSS, CANDIDATES_ACROSS),
    ]
    cosines = source.cosines([profile.id, *(other.id for other in profiles)])
    alone = chances(profile, profiles, Closeness(cosines))
    linked = {other for _, other in source.neighbours([profile.id, *likeliest(alone)])}
    linked |= sharing.keys() | cosines.get(profile.id, {}).keys()
    more = source.profiles(sorted(linked - alone.keys() - {profile.id}))
    meaning = Closeness({**cosines, **source.cosines([other.id for other in more])})
    alone |= chances(profile, more, meaning)
    candidates = {other.id: other for other in [*profiles, *more]}
    judged = sorted(alone, key=lambda other: (-alone[other], other))[:JUDGED]
    judged += [other for other in sharing if other in alone and other not in judged]
    best = {other: candidates[other] for other in judged}

    def unlisted(other: int) -> Mapping[int, str]:
        return mentions.unlisted(source.title(other), source.lead(other))

    return rank(profile, best, alone, source.article_count(), sharing, meaning, unlisted)


def whole_profile(source: ProfileSource, article: ArticleText) -> Profile:
    """Return a profile of up to `WHOLE` characters of text, for reasons rather than for comparing.

    Terms shared with a linked article are often far down.
    """
    return _profile(source, article, extract(article.title, article.text, WHOLE), most=WHOLE_TERMS)


def terms(text: str) -> frozenset[int]:
    """Return the terms of a line of text, pairs of words included."""
    return frozenset(term.hash for term in extract(text, ""))


def _profile(
    source: ProfileSource,
    article: ArticleText,
    features: Sequence[Term],
    named: mentions.Mentions = mentions.NOTHING,
    most: int = MOST_TERMS,
) -> Profile:
    stats = Stats(source.article_count(), source.term_counts(list(counts(features, named))))
    profile = weigh(article.id, article.time, article.dated, article.feed, features, stats, most)
    if not named.things and not named.language:
        return profile
    concepts, forms = mentions.weigh(named, features, stats)
    return replace(profile, language=named.language, concepts=concepts, named=forms)


def _candidates(
    source: ProfileSource, profile: Profile, day: int, postings: int, most: int
) -> Sequence[Profile]:
    return source.profiles(likely(source, profile, day, postings, most))


def likely(
    source: ProfileSource, profile: Profile, day: int, postings: int = POSTINGS, most: int = CANDIDATES
) -> list[int]:
    """Return the articles around a day that share the most distinctive words with one, likeliest first."""
    posted = source.postings(probes(profile), day, postings)
    hits = [(squared(profile.terms[term], TITLE), articles) for term, articles in posted.items()]
    return choose(hits, most, without=profile.id)


def _candidates_across(
    source: ProfileSource, profile: Profile, day: int, postings: int, most: int
) -> list[Profile]:
    if not profile.language:
        return []
    others = [language for language in source.languages() if language != profile.language][:LANGUAGES]
    things = {
        mentions.posting(number, language): number
        for language in others
        for number in mentions.probes(profile.concepts)
    }
    posted = source.postings(list(things), day, postings)
    values = {term: profile.concepts[things[term]] for term in posted}
    hits = [(squared(values[term], IN_TITLE), articles) for term, articles in posted.items()]
    profiles = source.profiles(choose(hits, most))
    return [other for other in profiles if other.language != profile.language]
