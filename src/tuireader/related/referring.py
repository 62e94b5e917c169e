"""Find the earlier articles that sentences of an article refer to.

"Earlier this month, China ordered a ban on new downloads of Didi": such a sentence states a time. The
earlier article is looked for among those near that time that share rare words, names, amounts and words of
events with the sentence and with the whole article. The logistic model was fitted on labelled sentences and
rounded; docs/notes/relating.md has its evaluation. No reference is better than a wrong one.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tuireader.related.reading.features import NAME, TITLE, UNIT, Profile
from tuireader.related.reading.telling import Sentence, Telling
from tuireader.text.durations import DAY

MOST_SHOWN = 5
CANDIDATES = 30
POSTINGS = 40
"""Articles to read for one term, before each of the days to look at."""
_SAME_DAY = DAY // 2  # seconds from which an article is an earlier one
_WORDS, _OWN, _THINGS, _LOOKUPS, _ENDS = 12, 3, 8, 30, 4
"""Terms to look up: of the article, of each sentence, things, all; and days to look at."""
_CONTENT = -5.0  # evidence that is needed without the time
_LIMITS = (-0.8, -1.0, 3.0, 1.0)
"""Evidence from which the likeliest reference of an article is shown, and others beside it, unless another
one of the article, or of its sentence, is better by this."""
Features = tuple[int, int, tuple[float, ...], tuple[float, ...]]
"""An earlier article, the place of a sentence, features of the article, and features of both."""


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
    rows = [row for row in features(telling, candidates) if _without_time(row) >= _CONTENT]
    return _certain(rows, (_WHOLE, _SENTENCE), _LIMITS)


def references_by_meaning(
    telling: Telling, candidates: Iterable[Profile], cosines: Mapping[int, Sequence[float]]
) -> list[Reference]:
    """Return the references that are certain enough, in reading order, by words and by meaning.

    `cosines` maps each candidate to how close its title and lead are to those of the article, then to each
    sentence. A sentence need not state a time, but one that states another time hardly refers to it.
    """
    rows = features_by_meaning(telling, candidates, cosines)
    return _certain(rows, (_WHOLE_MEANT, _SENTENCE_MEANT), _LIMITS_MEANT)


def features(telling: Telling, candidates: Iterable[Profile]) -> Iterator[Features]:
    """Yield the features of each earlier article with each sentence that states its time, or its amount."""
    for earlier in candidates:
        whole: tuple[float, ...] = ()
        for place, sentence in enumerate(telling.sentences if is_earlier(telling, earlier) else ()):
            if fit := _fit(telling, sentence, earlier):
                whole = whole or (1.0, *whole_features(telling, earlier))
                yield earlier.id, place, whole, (*_shared(sentence, earlier), fit)


def may_refer(
    telling: Telling, candidates: Sequence[Profile], cosines: Mapping[int, float]
) -> tuple[Telling, list[Profile]]:
    """Keep the sentences that are worth encoding, and the earlier articles that one of them may refer to.

    `cosines` maps each candidate to how close it is to the whole article. A sentence is worth it if it would
    refer to a candidate as close to it as few are.
    """
    every = {other: (whole, *[_CLOSEST] * len(telling.sentences)) for other, whole in cosines.items()}
    likely: dict[int, float] = {}
    earlier: set[int] = set()
    for article, place, whole, sentence in features_by_meaning(telling, candidates, every):
        evidence = _dot(_WHOLE_MEANT, whole) + _dot(_SENTENCE_MEANT, sentence)
        if evidence >= _LIMITS_MEANT[1]:
            likely[place] = max(evidence, likely.get(place, evidence))
            earlier.add(article)
    places = sorted(heapq.nlargest(_ENCODED, likely, key=likely.__getitem__))
    kept = [telling.sentences[place] for place in places]
    return replace(telling, sentences=kept), [other for other in candidates if other.id in earlier]


def features_by_meaning(
    telling: Telling, candidates: Iterable[Profile], cosines: Mapping[int, Sequence[float]]
) -> Iterator[Features]:
    """Yield the features of each earlier article with each sentence."""
    for earlier in candidates:
        if not is_earlier(telling, earlier) or earlier.id not in cosines:
            continue
        whole, *closest = cosines[earlier.id]
        same_feed = earlier.feed == telling.profile.feed and earlier.feed > 0
        features = (1.0, *whole_features(telling, earlier), float(same_feed), whole)
        for place, sentence in enumerate(telling.sentences):
            fit = _fit(telling, sentence, earlier)
            stated = float(bool(sentence.spans) and not fit), float(bool(fit))
            words = _shared(sentence, earlier)
            yield earlier.id, place, features, (*words, fit, closest[place], *stated)


def _certain(
    rows: Iterable[Features],
    weights: tuple[Sequence[float], Sequence[float]],
    limits: tuple[float, float, float, float],
) -> list[Reference]:
    """Choose the references whose evidence is high enough, and close to that of their rivals."""
    best: dict[int, Reference] = {}
    tops: dict[int, float] = {}  # the highest evidence for each sentence
    for article, place, whole, sentence in rows:
        evidence = _dot(weights[0], whole) + _dot(weights[1], sentence)
        tops[place] = max(evidence, tops.get(place, evidence))
        if article not in best or evidence > best[article].evidence:
            best[article] = Reference(place, article, evidence)
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


def _without_time(row: Features) -> float:
    return _dot(_WHOLE, row[2]) + _dot(_SENTENCE[:-1], row[3][:-1])


def _dot(weights: Sequence[float], features: Sequence[float]) -> float:
    return sum(weight * feature for weight, feature in zip(weights, features, strict=True))


_ENCODED, _CLOSEST = 4, 0.5  # most sentences to encode; cosine that is assumed of a sentence before
_AMOUNT = 0.3  # what a shared amount is worth instead of a time
_WHOLE = (-8.29, 0.29, 3.95, -2.45, -1.38)
_SENTENCE = (0.66, 0.64, 1.15, 5.68)
_LIMITS_MEANT = (-1.25, -1.4, 3.8, 1.5)
_WHOLE_MEANT = (-10.18, -0.22, 2.07, -2.45, -0.65, -3.5, 9.06)
_SENTENCE_MEANT = (0.08, 0.23, 0.83, 4.2, 9.23, -3.43, 1.07)
"""Weights fitted on both judged sets, with and without a larger library (docs/notes/relating.md)."""


def _weight_in(article: Profile, weights: Mapping[int, float]) -> float:
    return sum(weight for term, weight in weights.items() if term in article.terms)


def whole_features(telling: Telling, earlier: Profile) -> tuple[float, ...]:
    """Return the features that do not depend on the sentence.

    Days between, share of the title in the earlier article, another language, and no shared name or amount
    (common words prove no event).
    """
    article = telling.profile
    shared = (value | article.terms[term] for term, value in earlier.terms.items() if term in article.terms)
    named = any(value >> 8 & NAME for value in shared)
    return (
        math.log1p((article.time - earlier.time) / DAY),
        _weight_in(earlier, telling.title) / (sum(telling.title.values()) or 1.0),
        float(article.language != earlier.language),
        float(not named and telling.things.keys().isdisjoint(earlier.concepts)),
    )


def _shared(sentence: Sentence, earlier: Profile) -> tuple[float, ...]:
    """Return the features of what a sentence shares with the earlier article.

    Weights of the shared terms, of those shared by the sentences beside it, and of shared words of events.
    """
    terms = earlier.terms
    shared = {term: weight for term, weight in sentence.terms.items() if term in terms}
    weight = sum(weight * (1.3 if terms[term] >> 8 & TITLE else 1.0) for term, weight in shared.items())
    events = sum(weight for event, weight in sentence.events.items() if event in earlier.concepts)
    return (
        math.log1p(weight),
        math.log1p(_weight_in(earlier, sentence.around)),
        math.log1p(events),
    )


def _fit(telling: Telling, sentence: Sentence, earlier: Profile) -> float:
    """Score a stated time: the narrower, the higher; without one, a shared amount counts; else 0."""
    if any(amount in earlier.concepts for amount in sentence.amounts):
        return _AMOUNT
    days = (telling.profile.time - earlier.time) / DAY
    fitting = [span.earliest - span.latest for span in sentence.spans if span.latest <= days <= span.earliest]
    return 1 / (1 + min(fitting) / 60) if fitting else 0.0
