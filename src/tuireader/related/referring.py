"""Find the earlier articles that sentences of an article refer to.

"Earlier this month, China ordered a ban on new downloads of Didi": such a sentence states a time, or tells of
something past. The earlier article is looked for among those near that time that share rare words, names,
amounts and words of events with the sentence and with the whole article. The logistic model was fitted on
labelled sentences and rounded; docs/notes/relating.md has its evaluation. No reference is better than a wrong
one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from tuireader.related.compare import common
from tuireader.related.concepts import EVENT, Concepts
from tuireader.related.features import BOOST, NAME, TITLE, UNIT, Profile, Stats
from tuireader.related.mentions import TELLING
from tuireader.related.when import DAY, Span, spans
from tuireader.related.words import count_terms

MOST_SENTENCES = 16
"""Maximum number of sentences of an article to look up."""
MOST_SHOWN = 5
CANDIDATES = 30
POSTINGS = 40
"""Articles to read for one term, before each of the days to look at."""
_SHORTEST = 12  # characters of a sentence
_SAME_DAY = DAY // 2  # seconds from which an article is an earlier one
_WORDS, _OWN, _THINGS, _LOOKUPS, _ENDS = 12, 3, 6, 28, 4
"""Terms to look up: of the article, of each sentence, things, all; and days to look at."""
_SURE = 0.59
"""Chance from which a reference is shown, …"""
_WORSE, _RIVAL = 2.0, 1.5
"""… unless another one of the article, or of its sentence, is better by this, in logits."""
_CUE = re.compile(
    r"\b(?:had|since|after|following|earlier|last|ago|previous|previously|before|then|already|still|when|once|"
    r"first|hatten?|seit|nach|nachdem|zuvor|bereits|damals|als|waren?|vor|avait|avaient|depuis|après|déjà|"
    r"auparavant|lors)\b|此前|曾|去年|自|之前|先前|早前|当时|前|後|昨|以来|発端|지난|앞서|이후|당시",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may refer to an earlier event: weights of its terms and of its words of events, and
    the times that it states."""

    text: str
    terms: Mapping[int, float]
    events: Mapping[int, float]
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class Telling:
    """An article with its whole text, and its sentences that may refer to earlier events.

    `concepts` are the weights of all things that it names, `things` those that are evidence on their own.
    """

    profile: Profile
    concepts: Mapping[int, float]
    things: Mapping[int, float]
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Reference:
    """A sentence, by its place among those of `Telling`, and the earlier article that it refers to."""

    place: int
    article: int
    chance: float


def referring(sentences: Iterable[str], published: int) -> Iterator[tuple[str, list[Span]]]:
    """Yield the sentences that may refer to earlier events, with the times that they state."""
    found = ((text, spans(text, published)) for text in sentences if len(text) >= _SHORTEST)
    return islice(((text, stated) for text, stated in found if stated or _CUE.search(text)), MOST_SENTENCES)


def tell(
    article: Profile,
    title: str,
    sentences: Sequence[str],
    concepts: Concepts,
    stats_of: Callable[[Collection[int]], Stats],
) -> Telling | None:
    """Return an article with its whole text, or None if no sentence refers to an earlier event.

    `article` is its profile, `stats_of` counts terms in the store.
    """
    told = list(referring(sentences, article.time))
    if not told:
        return None
    words = {text: count_terms(text) for text in sentences}
    things = {text: {one.hash: one for one in concepts.find(text)} for text in (title, *sentences)}
    head = count_terms(title)
    counts = Counter(head)
    for found in words.values():
        counts.update(found)
    known = {number: one for found in things.values() for number, one in found.items()}
    stats = stats_of({*counts, *known})
    weights = {term: stats.weight(term) for term in counts}
    rarities = {number: stats.rarity(number, one.common) for number, one in known.items()}
    return Telling(
        _profile(article, counts, head, weights),
        rarities,
        {number: rarities[number] for number, one in known.items() if one.kind & TELLING},
        [
            Sentence(
                text,
                {term: weights[term] for term in words[text]},
                {number: rarities[number] for number, one in things[text].items() if one.kind == EVENT},
                stated,
            )
            for text, stated in told
        ],
    )


def _profile(
    article: Profile, counts: Mapping[int, int], head: Collection[int], weights: Mapping[int, float]
) -> Profile:
    """Return a profile of the whole text: names are known from the article's own profile."""
    terms: dict[int, int] = {}
    square = 0.0
    for term, count in counts.items():
        kind = min(count, 15) << 4 | TITLE * (term in head) | article.terms.get(term, 0) >> 8 & NAME
        terms[term] = kind << 8 | min(255, round(weights[term] * UNIT))
        square += (weights[term] * BOOST[kind]) ** 2
    return replace(article, terms=terms, norm=math.sqrt(square) or 1.0)


def lookups(telling: Telling) -> tuple[dict[int, float], dict[int, float]]:
    """Return the terms, and the things, under which to look for earlier articles, with their weights."""
    rank = {
        term: (value & 255)
        / UNIT
        * (2.0 if value >> 8 & TITLE else 1.0)
        * (1.3 if value >> 8 & NAME else 1.0)
        for term, value in telling.profile.terms.items()
    }
    wanted = set(_heaviest(rank, _WORDS))
    for sentence in telling.sentences:
        wanted.update(_heaviest(sentence.terms, _OWN))
    weights = {term: (telling.profile.terms[term] & 255) / UNIT for term in wanted}
    things = {number: telling.things[number] for number in _heaviest(telling.things, _THINGS)}
    return {term: weights[term] for term in _heaviest(weights, _LOOKUPS - len(things))}, things


def _heaviest(weights: Mapping[int, float], most: int) -> list[int]:
    return sorted(weights, key=lambda term: (-weights[term], term))[:most]


def days_to_look_at(telling: Telling) -> list[int]:
    """Return days since 1970, the latest first: articles up to each of them are candidates."""
    today = telling.profile.time // DAY
    stated = {today - math.ceil(span.latest) + 1 for one in telling.sentences for span in one.spans}
    return sorted({today - 1, *(min(day, today - 1) for day in stated)}, reverse=True)[:_ENDS]


def choose(hits: Iterable[tuple[float, Iterable[int]]], article: int) -> list[int]:
    """Return the candidates with the heaviest sum of shared lookups, from (weight, articles) pairs."""
    sums: dict[int, float] = {}
    for weight, articles in hits:
        for one in articles:
            sums[one] = sums.get(one, 0.0) + weight * weight
    sums.pop(article, None)
    return sorted(sums, key=lambda one: (-sums[one], -one))[:CANDIDATES]


def references(telling: Telling, candidates: Iterable[Profile]) -> list[Reference]:
    """Return the references that are sure enough, in reading order."""
    best: dict[int, Reference] = {}
    rivals: dict[int, float] = {}
    for earlier in candidates:
        if telling.profile.time - earlier.time < _SAME_DAY or not earlier.dated:
            continue
        whole = _whole(telling, earlier)
        for place, sentence in enumerate(telling.sentences):
            chance = whole + _evidence(telling, sentence, earlier)
            rivals[place] = max(chance, rivals.get(place, chance))
            known = best.get(earlier.id)
            if known is None or chance > known.chance:
                best[earlier.id] = Reference(place, earlier.id, chance)
    top = max((one.chance for one in best.values()), default=0.0)
    least = max(math.log(_SURE / (1 - _SURE)), top - _WORSE)
    sure = [one for one in best.values() if one.chance >= max(least, rivals[one.place] - _RIVAL)]
    sure.sort(key=lambda one: (-one.chance, -one.article))
    return [
        Reference(one.place, one.article, 1 / (1 + math.exp(-one.chance)))
        for one in sorted(sure[:MOST_SHOWN], key=lambda one: (one.place, -one.chance))
    ]


def _whole(telling: Telling, earlier: Profile) -> float:
    """Return the evidence, in logits, that does not depend on the sentence."""
    one = telling.profile
    found = common(one, earlier)
    theirs = {number: (value & 255) / UNIT for number, value in earlier.concepts.items()}
    shared = sum(
        weight * telling.concepts[number] for number, weight in theirs.items() if number in telling.concepts
    )
    lengths = math.hypot(*telling.concepts.values()) * math.hypot(*theirs.values())
    return (
        -4.64
        + 6.04 * found.cosine
        + 0.15 * math.log1p(found.names)
        - 0.13 * math.log1p((one.time - earlier.time) / DAY)
        + 4.2 * (shared / lengths if lengths else 0.0)
        - 0.22 * (one.language != earlier.language)
        - 0.59 * (one.feed == earlier.feed and one.feed > 0)
    )


def _evidence(telling: Telling, sentence: Sentence, earlier: Profile) -> float:
    """Return the evidence, in logits, of one sentence: what it shares, and the time that it states."""
    terms = earlier.terms
    shared = {term: weight for term, weight in sentence.terms.items() if term in terms}
    weight = sum(weight * (1.3 if terms[term] >> 8 & TITLE else 1.0) for term, weight in shared.items())
    days = (telling.profile.time - earlier.time) / DAY
    fitting = [one.earliest - one.latest for one in sentence.spans if one.latest <= days <= one.earliest]
    events = sum(weight for event, weight in sentence.events.items() if event in earlier.concepts)
    return (
        0.23 * math.log1p(weight)
        + 1.67 * weight / (sum(sentence.terms.values()) or 1.0)
        + 0.13 * max(shared.values(), default=0.0)
        + 0.62 * math.log1p(events)
        + (5.72 / (1 + min(fitting) / 60) if fitting else -0.45 * bool(sentence.spans))
    )
