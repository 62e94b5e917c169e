"""Compare two articles in different languages by the things that both name.

Words say nothing there. Two reports of one event share names, amounts and words of events, and name few
things of their own. The logistic model was fitted on reports in six languages, with pairs of other stories
put on the same day as negatives: in a large library, most articles of a day are about something else.
"""

from __future__ import annotations

import math

from msgspec import Struct

from tuireader.related.reading.concepts import AMOUNT, EVENT, NAME, PLACE, TITLE, UNLISTED
from tuireader.related.reading.features import UNIT, Boosted, Profile
from tuireader.related.reading.mentions import COUNTED, NAMES, TELLING

_SHARING = 3.0  # evidence of a picture or a link in common, so that one name with it may be enough
_SOON = 2.0  # days
_HAN = frozenset(("zh", "ja"))
_KINDS = NAME | PLACE | EVENT | AMOUNT | UNLISTED
_BOOSTED = Boosted(
    [(1.0 + 0.5 * math.log(1 + kind // COUNTED)) * (1.5 if kind & TITLE else 1.0) for kind in range(256)]
)


class Shared(Struct, frozen=True):
    """Common things of two articles: their number, cosine of the vectors, and weights by kind.

    `telling` are those that are no words of events, `rare` is the weight of the names that no table has.
    """

    things: int
    telling: int
    cosine: float
    names: float
    places: float
    amounts: float
    rare: float


def shared(article: Profile, other: Profile, least: int = 2) -> Shared | None:
    """Compare two articles thing by thing; None if they share too few, or neither a name nor an amount."""
    mine, theirs = article.concepts, other.concepts
    common = mine.keys() & theirs.keys()
    if len(common) < least or not any(mine[number] >> 8 & TELLING for number in common):
        return None
    dot = rare = 0.0
    telling = 0
    sums = {NAME: 0.0, PLACE: 0.0, EVENT: 0.0, AMOUNT: 0.0}
    for number in common:
        value, match = mine[number], theirs[number]
        weight = ((value & 255) + (match & 255)) / (2 * UNIT)
        dot += _BOOSTED[value] * _BOOSTED[match]
        kind = value >> 8 & _KINDS
        sums[NAME if kind & NAMES else kind] += weight
        telling += kind != EVENT
        if kind & UNLISTED:
            rare += weight
    cosine = dot / (UNIT * UNIT * _norm(article) * _norm(other))
    return Shared(
        len(common), telling, cosine, sums[NAME], places=sums[PLACE], amounts=sums[AMOUNT], rare=rare
    )


def _norm(article: Profile) -> float:
    weights = [_BOOSTED[value] for value in article.concepts.values()]
    return math.hypot(*weights) / UNIT or 1.0


def differ(article: Profile, other: Profile) -> bool:
    """Return whether two articles are known to be in different languages."""
    return article.language != other.language and bool(article.language) and bool(other.language)


def share_characters(article: Profile, other: Profile) -> bool:
    """Return whether their languages write many words in the same characters: Chinese and Japanese do."""
    return _HAN.issuperset((article.language, other.language))


def share_unlisted(article: Profile, other: Profile) -> bool:
    """Return whether two articles share a name that no table has."""
    common = article.concepts.keys() & other.concepts.keys()
    return any(article.concepts[number] >> 8 & UNLISTED for number in common)


def chance(article: Profile, other: Profile, days: float, meaning: float | None = None) -> float:
    """Return the chance (0–1) that two articles in different languages belong together; symmetric.

    `meaning` is the cosine of their vectors, if it is known.
    """
    evidence = max(_by_words(article, other), _by_meaning(article, other, meaning))
    same_feed = article.feed == other.feed and article.feed > 0
    return _logistic(evidence - 2.2 * math.log1p(days) - 1.7 * same_feed)


def fold_chance(
    article: Profile, other: Profile, days: float, sharing: bool = False, meaning: float | None = None
) -> float:
    """Return the chance (0–1) that two articles in different languages report the same news; symmetric.

    It is lower than `chance`: a wrong fold hides news. Words of events prove nothing there, as one company
    may have several news on a day: two names, amounts or places must be shared, or one within `_SOON` with a
    picture or a link in common (`sharing`).
    """
    overlap = shared(article, other, 1 if sharing else 2)
    words = _NONE
    if overlap is not None and (overlap.telling > 1 or (sharing and days < _SOON)):
        words = _evidence(overlap) + _SHARING * sharing
    same_feed = article.feed == other.feed and article.feed > 0
    against = 0.8 + 3.0 * math.log1p(days) + 3.5 * same_feed
    return _logistic(max(words, _by_meaning(article, other, meaning)) - against)


def _by_words(article: Profile, other: Profile) -> float:
    overlap = shared(article, other)
    return _NONE if overlap is None else _evidence(overlap)


def _by_meaning(article: Profile, other: Profile, cosine: float | None) -> float:
    """Weigh the cosine together with what both articles name: nothing, one thing, or more."""
    if cosine is None:
        return _NONE
    overlap = shared(article, other, 1)
    named = 0.0 if overlap is None else _ONE if overlap.things == 1 else _MORE + _WORDS * _evidence(overlap)
    return _MEANING + _COSINE * cosine + named


def _evidence(overlap: Shared) -> float:
    return sum(weight * value for weight, value in zip(_WEIGHTS, features(overlap), strict=True))


def features(overlap: Shared) -> tuple[float, ...]:
    """Return the features of the logistic model, a constant first."""
    return (
        1.0,
        overlap.cosine,
        math.log1p(overlap.names),
        math.log1p(overlap.amounts),
        math.log1p(overlap.places),
        math.log1p(overlap.things),
        math.log1p(overlap.rare),
    )


_WEIGHTS = (-12.1, 13.9, 0.7, 1.7, 0.5, 3.3, 1.0)


_NONE = -99.0
_MEANING, _COSINE = -9.3, 16.5  # evidence by meaning, ...
_ONE, _MORE, _WORDS = 2.8, 4.9, 0.41  # ... and what shared things add


def _logistic(evidence: float) -> float:
    return 0.0 if evidence < -50 else 1.0 / (1.0 + math.exp(-evidence))
