"""Relating against what is stored: at arrival, and when an article is opened. The same steps for both.

All that is asked of the store is `ProfileSource`. Every question has a bound that does not depend on how many
articles are stored, so the cost stays flat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tuireader.related.compare import chance
from tuireader.related.features import (
    MOST_TERMS,
    Features,
    Profile,
    Stats,
    choose,
    extract,
    probes,
    weigh,
)
from tuireader.related.rank import Ranked, chances, likeliest, rank
from tuireader.related.series import Series, Texts
from tuireader.related.stories import MEMBERS, SPAN_DAYS, YOUNG, Place, place

POSTINGS = 80  # articles looked at for one term, before and after: when an article is opened,
POSTINGS_ARRIVING = 40  # and when it arrives, which must not cost much
CANDIDATES = 60
CANDIDATES_ARRIVING = 24
KEPT = 0.3  # from this chance on a neighbour is remembered
NEIGHBOURS = 12
JUDGED = 32  # so many of the likeliest candidates are looked at by the article's neighbours, too
WHOLE = 20_000  # characters of a text that are looked through for what it shares with an article it links to
WHOLE_TERMS = 1000
STORIES = 5  # so many stories of its neighbours may an article join


class ProfileSource(Protocol):
    """What relating asks of the store."""

    def article_count(self) -> int:
        """How many articles have a profile."""
        ...

    def term_counts(self, terms: Sequence[int]) -> Mapping[int, tuple[int, int]]:
        """In how many articles each term stands, and in how many in lower case; unknown ones are left out."""
        ...

    def postings(self, term: int, day: int, limit: int) -> Sequence[int]:
        """The articles posted under `term`: the `limit` latest up to `day` and the `limit` first after it."""
        ...

    def profiles(self, ids: Sequence[int]) -> Sequence[Profile]:
        """The stored profiles of `ids`, in any order; those that are no more are left out."""
        ...

    def neighbours(self, ids: Sequence[int]) -> Sequence[tuple[int, int]]:
        """(article, neighbour) of `ids`, as `Arrival.neighbours` were stored, in both directions."""
        ...


class StorySource(ProfileSource, Texts, Protocol):
    """What folding asks besides."""

    def stories(self, ids: Sequence[int]) -> Mapping[int, int]:
        """The story of each article; those that have not been related yet are left out."""
        ...

    def members(self, story: int, limit: int) -> Sequence[int]:
        """The articles of a story, the `limit` with the highest ids."""
        ...

    def split_pairs(self, ids: Sequence[int]) -> Collection[frozenset[int]]:
        """The pairs among `ids` that a person has split."""
        ...


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article to relate. `time` in seconds since 1970; not `dated` when it is only when it arrived."""

    id: int
    time: int
    dated: bool
    feed: int
    title: str
    text: str

    @property
    def day(self) -> int:
        """The day its postings are sorted by."""
        return self.time // 86_400


@dataclass(frozen=True, slots=True)
class Arrival:
    """What to store of an article: its profile, posted under `terms`, and its counts.

    Of each term in `counted` the articles go one up, where it is true also the articles in lower case.
    """

    profile: Profile
    terms: tuple[int, ...]
    counted: Mapping[int, bool]
    neighbours: tuple[int, ...]


def arrive(source: ProfileSource, article: ArticleText) -> Arrival:
    """Relate an article that has just been stored. Nothing is written: the caller stores the `Arrival`."""
    features = extract(article.title, article.text)
    profile = _profile(source, article, features)
    candidates = _candidates(source, profile, article.day, POSTINGS_ARRIVING, CANDIDATES_ARRIVING)
    alone = chances(profile, candidates)
    near = sorted((-sure, other) for other, sure in alone.items() if sure >= KEPT)[:NEIGHBOURS]
    neighbours = tuple(other for _, other in near)
    return Arrival(profile, tuple(probes(profile)), features.counted(), neighbours)


def fold(source: StorySource, arrival: Arrival, series: Series) -> Place:
    """The story of an article that has just arrived; the caller stores it.

    The article belongs to `Place.story`, and so do from now on all articles of the stories `Place.merged`.
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
    """The relatives of a stored article, surest first, also those that came after it."""
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
    """The profile of an article with all that its text names, not only at its top: what it shares with one
    that it links to often stands far below. For reasons, not for comparing."""
    return _profile(source, article, extract(article.title, article.text, WHOLE), WHOLE_TERMS)


def terms(text: str) -> frozenset[int]:
    """The terms of a line of text, pairs of words among them."""
    return frozenset(term.hash for term in extract(text, "").terms)


def _profile(
    source: ProfileSource, article: ArticleText, features: Features, most: int = MOST_TERMS
) -> Profile:
    stats = Stats(source.article_count(), source.term_counts(list(features.counted())))
    return weigh(article.id, article.time, article.dated, article.feed, features, stats, most)


def _candidates(
    source: ProfileSource, profile: Profile, day: int, postings: int, most: int
) -> Sequence[Profile]:
    hits = [(term, source.postings(term, day, postings)) for term in probes(profile)]
    return source.profiles(choose(hits, profile, most))
