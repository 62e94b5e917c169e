"""Relate against what is stored: at arrival, and when an article is opened.

All that is asked of the store is `ProfileSource`. Every query has a bound that does not depend on how many
articles are stored, so the cost stays flat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tuireader.related.compare import chance
from tuireader.related.features import (
    MOST_TERMS,
    Profile,
    Stats,
    Term,
    choose,
    counted,
    extract,
    probes,
    weigh,
)
from tuireader.related.rank import Ranked, chances, likeliest, rank
from tuireader.related.series import Series, Texts
from tuireader.related.stories import MEMBERS, SPAN_DAYS, YOUNG, Place, place

POSTINGS = 80  # articles read for one term, before and after: when an article is opened,
POSTINGS_ARRIVING = 40  # and when it arrives, which must not cost much
CANDIDATES = 60
CANDIDATES_ARRIVING = 24
KEPT = 0.3  # chance from which a neighbour is stored
NEIGHBOURS = 12
JUDGED = 32  # likeliest candidates that are compared with the article's neighbours, too
WHOLE = 20_000  # characters of a text that are compared with an article it links to
WHOLE_TERMS = 1000
STORIES = 5  # stories of its neighbours that an article may join


class ProfileSource(Protocol):
    """The queries of relating to the store; `store.relations` says what each returns."""

    def article_count(self) -> int: ...
    def term_counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]: ...
    def postings(self, term: int, day: int, limit: int) -> Sequence[int]: ...
    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]: ...
    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]: ...


class StorySource(ProfileSource, Texts, Protocol):
    """The further queries of folding."""

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]: ...
    def members(self, story: int, limit: int) -> Sequence[int]: ...
    def split_pairs(self, ids: Sequence[int]) -> Collection[frozenset[int]]: ...


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article to relate. `time` in seconds since 1970; if not `dated`, the time of arrival."""

    id: int
    time: int
    dated: bool
    feed: int
    title: str
    text: str

    @property
    def day(self) -> int:
        """The day that its postings are sorted by."""
        return self.time // 86_400


@dataclass(frozen=True, slots=True)
class Arrival:
    """The rows to store for an article: its profile, posted under `terms`, its counts and neighbours.

    For each term in `counted` the article count goes up by one, and the lower-case count if it is true.
    """

    profile: Profile
    terms: tuple[int, ...]
    counted: Mapping[int, bool]
    neighbours: tuple[int, ...]


def arrive(source: ProfileSource, article: ArticleText) -> Arrival:
    """Relate a newly stored article. Nothing is written: the caller stores the `Arrival`."""
    features = extract(article.title, article.text)
    profile = _profile(source, article, features)
    candidates = _candidates(source, profile, article.day, POSTINGS_ARRIVING, CANDIDATES_ARRIVING)
    alone = chances(profile, candidates)
    near = sorted((-sure, other) for other, sure in alone.items() if sure >= KEPT)[:NEIGHBOURS]
    neighbours = tuple(other for _, other in near)
    return Arrival(profile, tuple(probes(profile)), counted(features), neighbours)


def fold(source: StorySource, arrival: Arrival, series: Series) -> Place:
    """Return the story of a newly related article; the caller stores it.

    The article belongs to `Place.story`, and so do all articles of the stories `Place.merged`.
    """
    profile = arrival.profile
    near = {
        other.id: other
        for other in source.profiles(arrival.neighbours)
        if abs(other.time - profile.time) <= SPAN_DAYS * 86_400
    }
    by_nearness = [other for other in arrival.neighbours if other in near]
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
    return place(profile, stories, series, apart, young=source.article_count() < YOUNG)


def relatives(source: ProfileSource, article: ArticleText) -> list[Ranked]:
    """Return the related articles of a stored one, surest first, also later ones."""
    profile = _profile(source, article, extract(article.title, article.text))
    found = _candidates(source, profile, article.day, POSTINGS, CANDIDATES)
    candidates = {other.id: other for other in found}
    alone = chances(profile, candidates.values())
    linked = {other for _, other in source.neighbours([profile.id, *likeliest(profile, alone)])}
    linked.discard(profile.id)
    for other in source.profiles(sorted(linked - candidates.keys())):
        candidates[other.id] = other
        alone[other.id] = chance(profile, other)
    judged = sorted(alone, key=lambda other: (-alone[other], other))[:JUDGED]
    return rank(profile, {other: candidates[other] for other in judged}, alone)


def whole(source: ProfileSource, article: ArticleText) -> Profile:
    """Return the profile of an article from all of its text, not only its top.

    For reasons, not for comparing: what it shares with an article that it links to is often far down.
    """
    return _profile(source, article, extract(article.title, article.text, WHOLE), WHOLE_TERMS)


def terms(text: str) -> frozenset[int]:
    """Return the terms of a line of text, pairs of words among them."""
    return frozenset(term.hash for term in extract(text, ""))


def _profile(
    source: ProfileSource, article: ArticleText, features: Sequence[Term], most: int = MOST_TERMS
) -> Profile:
    stats = Stats(source.article_count(), source.term_counts(list(counted(features))))
    return weigh(article.id, article.time, article.dated, article.feed, features, stats, most)


def _candidates(
    source: ProfileSource, profile: Profile, day: int, postings: int, most: int
) -> Sequence[Profile]:
    hits = [(term, source.postings(term, day, postings)) for term in probes(profile)]
    return source.profiles(choose(hits, profile, most))
