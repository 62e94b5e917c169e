"""Find the earlier articles that sentences of an article refer to.

"Earlier this month, China ordered a ban on new downloads of Didi": such a sentence states a time. The
earlier article is looked for among those near that time that share rare words, names, amounts and words of
events with the sentence and with the whole article. The logistic model was fitted on labelled sentences and
rounded; docs/notes/relating.md has its evaluation. No reference is better than a wrong one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from tuireader.related.compare import common
from tuireader.related.reading.features import NAME, TITLE, UNIT, Profile
from tuireader.related.reading.telling import Sentence, Telling
from tuireader.text.durations import DAY

MOST_SHOWN = 5
CANDIDATES = 30
POSTINGS = 40
"""Articles to read for one term, before each of the days to look at."""
_SAME_DAY = DAY // 2  # seconds from which an article is an earlier one
_JUDGED = 12  # likeliest candidates, which are compared with each sentence
_WORDS, _OWN, _THINGS, _LOOKUPS, _ENDS = 12, 3, 8, 30, 4
"""Terms to look up: of the article, of each sentence, things, all; and days to look at."""
_CONTENT = -3.2  # evidence that is needed without the time
_LIMITS = (0.85, 0.85, 1.7, 1.5)
"""Evidence from which the likeliest reference of an article is shown (a chance of 0.7), and others beside it,
unless another one of the article, or of its sentence, is better by this."""


class Reference(Struct, frozen=True):
    """A sentence, by its position in `Telling.sentences`, and the earlier article it refers to.

    `evidence` is the logit of the chance that it does.
    """

    place: int
    article: int
    evidence: float


def lookups(telling: Telling) -> tuple[dict[int, float], dict[int, float]]:
    """Return the terms and the things to look up in order to find earlier articles, with their weights."""
    rank = {
        term: (value & 255) * (2.0 if value >> 8 & TITLE else 1.0) * (1.3 if value >> 8 & NAME else 1.0)
        for term, value in telling.profile.terms.items()
        if term in telling.elsewhere
    }
    wanted = set(_heaviest(rank, _WORDS))
    for sentence in telling.sentences:
        known = {term: weight for term, weight in sentence.terms.items() if term in telling.elsewhere}
        wanted.update(_heaviest(known, _OWN))
    weights = {term: (telling.profile.terms[term] & 255) / UNIT for term in wanted}
    elsewhere = {number: weight for number, weight in telling.things.items() if number in telling.elsewhere}
    things = {number: elsewhere[number] for number in _heaviest(elsewhere, _THINGS)}
    return {term: weights[term] for term in _heaviest(weights, _LOOKUPS - len(things))}, things


def _heaviest(weights: Mapping[int, float], most: int) -> list[int]:
    return sorted(weights, key=lambda term: (-weights[term], term))[:most]


def days_to_look_at(telling: Telling) -> list[int]:
    """Return days since 1970, latest first: the articles up to each of them are candidates."""
    today = telling.profile.time // DAY
    stated = {today - math.ceil(span.latest) + 1 for part in telling.sentences for span in part.spans}
    return sorted({today - 1, *(min(day, today - 1) for day in stated)}, reverse=True)[:_ENDS]


def is_earlier(telling: Telling, other: Profile) -> bool:
    """Return whether an article is old enough for a sentence to refer to it."""
    return other.dated and telling.profile.time - other.time >= _SAME_DAY


def references(telling: Telling, candidates: Iterable[Profile]) -> list[Reference]:
    """Return the references that are certain enough, in reading order."""
    best: dict[int, Reference] = {}
    tops: dict[int, float] = {}  # the highest evidence for each sentence
    dated = [other for other in candidates if is_earlier(telling, other)]
    likely = [(_INTERCEPT + _dot(_WHOLE, whole_features(telling, other)), other) for other in dated]
    likely.sort(key=lambda entry: (-entry[0], entry[1].id))
    for base, earlier in likely[:_JUDGED]:
        for place, sentence in enumerate(telling.sentences):
            features = sentence_features(telling, sentence, earlier)
            evidence = base + _dot(_SENTENCE, features)
            if not features[-1] or evidence - _SENTENCE[-1] * features[-1] < _CONTENT:
                continue  # another time, or nothing but the time
            tops[place] = max(evidence, tops.get(place, evidence))
            if earlier.id not in best or evidence > best[earlier.id].evidence:
                best[earlier.id] = Reference(place, earlier.id, evidence)

    return _certain(best, tops, _LIMITS)


def references_by_meaning(
    telling: Telling, candidates: Iterable[Profile], cosines: Mapping[int, Sequence[float]]
) -> list[Reference]:
    """Return the references that are certain enough, in reading order, by words and by meaning.

    `cosines` maps each candidate to how close its title and lead are to those of the article, then to each
    sentence. A sentence need not state a time, but one that states another time hardly refers to it.
    """
    best: dict[int, Reference] = {}
    tops: dict[int, float] = {}
    for earlier, place, whole, sentence in features_by_meaning(telling, candidates, cosines):
        evidence = _dot(_WHOLE_MEANT, whole) + _dot(_SENTENCE_MEANT, sentence)
        tops[place] = max(evidence, tops.get(place, evidence))
        if earlier not in best or evidence > best[earlier].evidence:
            best[earlier] = Reference(place, earlier, evidence)
    return _certain(best, tops, _LIMITS_MEANT)


def features_by_meaning(
    telling: Telling, candidates: Iterable[Profile], cosines: Mapping[int, Sequence[float]]
) -> Iterator[tuple[int, int, tuple[float, ...], tuple[float, ...]]]:
    """Yield for each earlier article and each sentence, by its place, the features of either."""
    for earlier in candidates:
        if not is_earlier(telling, earlier) or earlier.id not in cosines:
            continue
        whole, *closest = cosines[earlier.id]
        features = (1.0, *whole_features(telling, earlier), whole)
        for place, sentence in enumerate(telling.sentences):
            words = sentence_features(telling, sentence, earlier)
            fits = bool(words[-1])
            stated = float(bool(sentence.spans) and not fits), float(fits)
            yield earlier.id, place, features, (*words, closest[place], *stated)


def _certain(
    best: Mapping[int, Reference], tops: Mapping[int, float], limits: tuple[float, float, float, float]
) -> list[Reference]:
    """Choose the references whose evidence is high enough, and close to that of their rivals."""
    first, more, worse, rival = limits
    top = max(tops.values(), default=0.0)
    if top < first:
        return []
    needed = max(more, top - worse)
    certain = [
        reference
        for reference in best.values()
        if reference.evidence >= max(needed, tops[reference.place] - rival)
    ]
    certain.sort(key=lambda reference: (-reference.evidence, -reference.article))
    return sorted(certain[:MOST_SHOWN], key=lambda reference: (reference.place, -reference.evidence))


def _dot(weights: Sequence[float], features: Sequence[float]) -> float:
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))


_LIMITS_MEANT = (-1.1, -1.25, 4.2, 1.5)
_WHOLE_MEANT = (-10.37, 0.92, -0.18, 1.49, -2.68, -3.39, -0.72, 8.9)
_SENTENCE_MEANT = (-0.16, 1.67, 0.2, 0.83, 5.47, 9.7, -3.26, 0.39)
"""Weights fitted on both judged sets, with and without a larger library (docs/notes/relating.md)."""
_INTERCEPT = -4.1
_WHOLE = (6.78, -0.22, 2.13, -0.6, -1.56, -2.0)
_AMOUNT = 0.3  # what a shared amount is worth instead of a time
_SENTENCE = (0.46, 2.2, 0.29, 0.85, 6.6)


def _weight_in(article: Profile, weights: Mapping[int, float]) -> float:
    return sum(weight for term, weight in weights.items() if term in article.terms)


def whole_features(telling: Telling, earlier: Profile) -> tuple[float, ...]:
    """Return the features that do not depend on the sentence.

    Cosine of the terms, days between, share of the title in the earlier article, another language, the same
    feed, and no shared name or amount (common words prove no event).
    """
    article = telling.profile
    overlap = common(article, earlier)
    return (
        overlap.cosine,
        math.log1p((article.time - earlier.time) / DAY),
        _weight_in(earlier, telling.title) / (sum(telling.title.values()) or 1.0),
        float(article.language != earlier.language),
        float(article.feed == earlier.feed and article.feed > 0),
        float(not overlap.names and telling.things.keys().isdisjoint(earlier.concepts)),
    )


def sentence_features(telling: Telling, sentence: Sentence, earlier: Profile) -> tuple[float, ...]:
    """Return the features of a sentence: what it shares with the earlier article, and whether its time fits.

    Weight of the shared terms, their share of the sentence, weight of the terms shared by neighbouring
    sentences, shared words of events, and how narrow the stated time is if it fits, else 0.
    """
    terms = earlier.terms
    shared = {term: weight for term, weight in sentence.terms.items() if term in terms}
    weight = sum(weight * (1.3 if terms[term] >> 8 & TITLE else 1.0) for term, weight in shared.items())
    events = sum(weight for event, weight in sentence.events.items() if event in earlier.concepts)
    return (
        math.log1p(weight),
        weight / (sum(sentence.terms.values()) or 1.0),
        math.log1p(_weight_in(earlier, sentence.around)),
        math.log1p(events),
        _fit(telling, sentence, earlier),
    )


def _fit(telling: Telling, sentence: Sentence, earlier: Profile) -> float:
    """Score a stated time: the narrower, the higher; without one, a shared amount counts; else 0."""
    if any(amount in earlier.concepts for amount in sentence.amounts):
        return _AMOUNT
    days = (telling.profile.time - earlier.time) / DAY
    fitting = [span.earliest - span.latest for span in sentence.spans if span.latest <= days <= span.earliest]
    return 1 / (1 + min(fitting) / 60) if fitting else 0.0
