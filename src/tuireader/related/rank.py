"""Profiles → which stored articles belong to an article, how, and why."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tuireader.model import Relation
from tuireader.related.features import BOOST, NAME, NUMBER, PAIR, TITLE, UNIT, Profile

SHOWN = 0.4  # from this chance on a relative is shown: no link is better than a wrong one
NEAR_DAYS = 3.0
_SAME_STORY = 0.7
_COPY_DAYS = 7.0  # the same words a month later are a recurring post
_ASKED = 4  # how many of its likeliest neighbours are asked about a candidate ...
_ASKED_FROM = 0.15  # ... if they belong to the article with this chance
_UNDATED_DAYS = 10.0  # what a missing date says about the time between two articles: nothing
_EARLY = 0.15  # among equally sure relatives the one nearer in time comes first


@dataclass(frozen=True, slots=True)
class Ranked:
    """A relative: how it belongs, how sure that is (0–1), and the reason in words."""

    article_id: int
    relation: Relation
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Common:
    """What two articles share: how many single terms, the cosine of their vectors, the weight of the second
    most telling shared term, and the weights of the shared names."""

    shared: int
    cosine: float
    second: float
    names: float


def common(one: Profile, other: Profile) -> Common:
    """Compare two profiles term by term."""
    mine, theirs = one.terms, other.terms
    dot = names = first = second = 0.0
    shared = 0
    for term in mine.keys() & theirs.keys():
        value, match = mine[term], theirs[term]
        kind, kind_there = value >> 8, match >> 8
        if (kind | kind_there) & PAIR:
            continue
        weight = ((value & 255) + (match & 255)) / (2 * UNIT)
        shared += 1
        dot += weight * weight * BOOST[kind] * BOOST[kind_there]
        if (kind | kind_there) & NAME:
            names += weight
        if weight > first:
            first, second = weight, first
        elif weight > second:
            second = weight
    return Common(shared, dot / (one.norm * other.norm), second, names)


def chance(one: Profile, other: Profile) -> float:
    """The chance (0–1) that two articles belong together, from what both have; the same both ways.

    A logistic model over: days between them, how many terms both have, the cosine of their vectors, the
    second most telling shared term (one rare word alone is chance), shared names, a common feed (its house
    style is shared by all its articles), the length of the longer one, and the most telling title name that
    each has for itself (two events of one kind, a notice with another company's name).
    """
    found = common(one, other)
    if not found.shared:
        return 0.0
    evidence = (
        1.23
        - 0.89 * math.log1p(days_between(one, other))
        + 2.16 * math.log1p(found.shared)
        + 9.38 * found.cosine
        + 0.28 * found.second
        + 0.63 * math.log1p(found.names)
        - 1.70 * (one.feed == other.feed and one.feed > 0)
        - 2.20 * math.log1p(max(len(one.terms), len(other.terms)))
        - 0.14 * min(own_subject(one, other), own_subject(other, one))
    )
    return 1.0 / (1.0 + math.exp(-evidence))


def days_between(one: Profile, other: Profile) -> float:
    """Days from one to the other; a fixed guess when a date is missing."""
    return abs(one.time - other.time) / 86_400 if one.dated and other.dated else _UNDATED_DAYS


def own_subject(article: Profile, other: Profile) -> float:
    """The weight of the most telling title name of `article` that `other` does not have; 0 for none."""
    for weight, term in article.subjects:
        if term not in other.terms:
            return weight
    return 0.0


def likeliest(article: Profile, chances: Mapping[int, float]) -> list[int]:
    """The candidates that are asked about the others: `_ASKED` at most, likeliest first."""
    sure = [(-chance, other) for other, chance in chances.items() if chance >= _ASKED_FROM]
    return [other for _, other in sorted(sure)[:_ASKED]]


def chances(article: Profile, candidates: Iterable[Profile]) -> dict[int, float]:
    """The chance of each candidate by itself."""
    return {other.id: chance(article, other) for other in candidates if other.id != article.id}


def rank(
    article: Profile, candidates: Mapping[int, Profile], alone: Mapping[int, float], *, least: float = SHOWN
) -> list[Ranked]:
    """The candidates that belong to `article` with a chance of `least` or more, first things first.

    `alone` has the `chances` of all `candidates`. A candidate is judged by the article and by the article's
    likeliest neighbours, each as far as it belongs to the article itself: what three reports of a story have
    in common counts more than what one headline happens to share.
    """
    asked = likeliest(article, alone)
    found: list[tuple[float, Ranked]] = []
    for other, profile in candidates.items():
        if other == article.id:
            continue
        total, weights = alone[other], 1.0
        for neighbour in asked:
            if neighbour != other:
                total += alone[neighbour] * chance(candidates[neighbour], profile)
                weights += alone[neighbour]
        score = total / weights
        if score >= least:
            relation = _relation(article, profile, score)
            order = _EARLY * math.log1p(days_between(article, profile)) - score
            found.append((order, Ranked(other, relation, score, reason(article, profile))))
    found.sort(key=lambda entry: (entry[0], entry[1].article_id))
    return [entry for _, entry in found]


def _relation(article: Profile, other: Profile, score: float) -> Relation:
    if same_text(article, other):
        return Relation.SAME_TEXT
    if score >= _SAME_STORY and days_between(article, other) <= NEAR_DAYS:
        return Relation.SAME_STORY
    return Relation.FOLLOW_UP if other.time > article.time else Relation.BACKGROUND


def same_text(one: Profile, other: Profile) -> bool:
    """Whether two articles are copies of one text, perhaps cut at different places or retitled a little.

    Titles that differ in a name or a number are other news in the same words: notices, releases, round-ups.
    """
    if days_between(one, other) > _COPY_DAYS and one.dated and other.dated:
        return False
    mine = {term for term, value in one.terms.items() if not value >> 8 & PAIR}
    theirs = {term for term, value in other.terms.items() if not value >> 8 & PAIR}
    shared = len(mine & theirs)
    smaller = min(len(mine), len(theirs))
    alike = smaller >= 4 and shared >= 0.85 * len(mine | theirs)
    inside = smaller >= 16 and shared >= 0.92 * smaller
    return (alike or inside) and not (_differs(one, theirs) or _differs(other, mine))


def _differs(article: Profile, others: Collection[int]) -> bool:
    telling = (NAME | NUMBER) << 8
    return any(
        value & telling and value >> 8 & TITLE and not value >> 8 & PAIR and term not in others
        for term, value in article.terms.items()
    )


def reason(article: Profile, other: Profile) -> str:
    """`+2 d · shares Tencent, CAC`: how much later the other one is and what stands in both."""
    parts = []
    if article.dated and other.dated:
        parts.append(_gap(other.time - article.time))
    shared = shared_terms(article, other)
    if shared:
        parts.append("shares " + ", ".join(shared))
    return " · ".join(parts)


def shared_terms(article: Profile, other: Profile, most: int = 3) -> list[str]:
    """The readable forms of the most telling terms that both have; names and pairs of words before words."""
    entries = []
    for term, value in article.terms.items():
        match = other.terms.get(term)
        if match is None or term not in article.shown:
            continue
        kind = (value | match) >> 8
        weight = (value & 255) * (1.5 if kind & NAME else 1.0) * (1.3 if kind & TITLE else 1.0)
        entries.append((weight, article.shown[term], bool(kind & NAME)))
    entries.sort(key=lambda entry: (-entry[0], entry[1]))
    chosen: list[str] = []
    for _, shown, is_name in entries:
        if not any(
            shown.casefold() in known.casefold() or known.casefold() in shown.casefold() for known in chosen
        ):
            chosen.append(shown if is_name else f'"{shown}"')
        if len(chosen) == most:
            break
    return chosen


def _gap(seconds: int) -> str:
    sign = "+" if seconds >= 0 else "−"
    minutes = abs(seconds) // 60
    if minutes < 60:
        return f"{sign}{minutes} min"
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60} h"
    return f"{sign}{minutes // 1440} d"
