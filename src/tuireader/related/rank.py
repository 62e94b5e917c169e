"""Profiles → which stored articles belong to an article, how, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tuireader.model import Relation
from tuireader.related.features import BOOST, NAME, PAIR, TITLE, UNIT, Profile

SHOWN = (
    0.5  # the chance of belonging together from which a relative is shown: no link is better than a wrong one
)
NEAR_DAYS = 3.0
SAME_STORY = 0.8
_UNDATED_DAYS = 10.0  # what a missing date says about the time between two articles: nothing


@dataclass(frozen=True, slots=True)
class Ranked:
    """A relative: how it belongs, how sure that is (0–1), and the reason in words."""

    article_id: int
    relation: Relation
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Signals:
    """What two articles have in common, as numbers; none of them depends on how many articles are stored."""

    days: float
    shared: int  # single terms in both
    cosine: float
    second: float  # weight of the second most telling shared term
    names: float  # weights of the shared names
    same_feed: bool
    sizes: tuple[int, int]

    def chance(self) -> float:
        """The chance that the two belong together: a logistic model."""
        sum_ = (
            1.44
            - 0.85 * math.log1p(self.days)
            + 2.04 * math.log1p(self.shared)
            + 9.94 * self.cosine
            + 0.23 * self.second
            + 0.70 * math.log1p(self.names)
            - 2.44 * self.same_feed
            - 1.61 * math.log1p(self.sizes[0])
            - 0.79 * math.log1p(self.sizes[1])
        )
        return 1.0 / (1.0 + math.exp(-sum_))


def signals(one: Profile, other: Profile) -> Signals:
    """Compare two profiles; the weights of `one` are taken for both, as its counts are the newest."""
    theirs = other.terms
    dot = names = first = second = 0.0
    shared = 0
    for term, value in one.terms.items():
        match = theirs.get(term)
        if match is None:
            continue
        kind, kind_there = value >> 8, match >> 8
        if (kind | kind_there) & PAIR:
            continue
        weight = (value & 255) / UNIT
        shared += 1
        dot += weight * weight * BOOST[kind] * BOOST[kind_there]
        if (kind | kind_there) & NAME:
            names += weight
        if weight > first:
            first, second = weight, first
        elif weight > second:
            second = weight
    days = abs(one.time - other.time) / 86_400 if one.dated and other.dated else _UNDATED_DAYS
    return Signals(
        days,
        shared,
        dot / (one.norm * other.norm),
        second,
        names,
        one.feed == other.feed and one.feed > 0,
        (len(one.terms), len(theirs)),
    )


def rank(article: Profile, candidates: Sequence[Profile], *, least: float = SHOWN) -> list[Ranked]:
    """The candidates that belong to `article` with a chance of `least` or more, surest first."""
    found: list[Ranked] = []
    for candidate in candidates:
        if candidate.id == article.id:
            continue
        seen = signals(article, candidate)
        chance = seen.chance()
        if chance >= least:
            relation = _relation(article, candidate, seen, chance)
            found.append(Ranked(candidate.id, relation, chance, reason(article, candidate)))
    found.sort(key=lambda entry: (-entry.score, entry.article_id))
    return found


def _relation(article: Profile, other: Profile, seen: Signals, chance: float) -> Relation:
    if seen.cosine >= 0.93 and seen.shared >= 5:
        return Relation.SAME_TEXT
    if seen.days <= NEAR_DAYS and chance >= SAME_STORY:
        return Relation.SAME_STORY
    return Relation.FOLLOW_UP if other.time > article.time else Relation.BACKGROUND


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
