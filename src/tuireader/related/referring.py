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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tuireader.related.compare import common
from tuireader.related.features import NAME, PAIR, TITLE, UNIT, Profile
from tuireader.related.when import DAY, Span, spans

MOST_SENTENCES = 24
"""Maximum number of sentences of an article to look up."""
MOST_SHOWN = 5
_SHORTEST = 12  # characters of a sentence
_SAME_DAY = DAY // 2  # seconds from which an article is an earlier one
_WORDS, _OWN, _CONCEPTS, _ENDS = 14, 4, 10, 6
"""Terms to look up: of the article, of each sentence, its concepts; and times to look at."""
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

    `concepts` are the weights of the concepts of the whole text.
    """

    profile: Profile
    concepts: Mapping[int, float]
    language: str
    sentences: Sequence[Sentence]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier article, a candidate; `concepts` are the weights of its concepts."""

    profile: Profile
    concepts: Mapping[int, float]
    language: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A sentence, by its place among those of the article, and the earlier article that it refers to."""

    place: int
    article: int
    chance: float


def referring(sentences: Iterable[str], published: int) -> Iterator[tuple[str, list[Span]]]:
    """Yield the sentences that may refer to earlier events, with the times that they state."""
    found = ((text, spans(text, published)) for text in sentences if len(text) >= _SHORTEST)
    return islice(((text, stated) for text, stated in found if stated or _CUE.search(text)), MOST_SENTENCES)


def lookups(telling: Telling) -> dict[int, float]:
    """Return the terms and concepts under which to look for earlier articles, with their weights."""
    terms = {
        term: (value & 255) / UNIT for term, value in telling.profile.terms.items() if not value >> 8 & PAIR
    }
    rank = {
        term: weight * (2.0 if telling.profile.terms[term] >> 8 & TITLE else 1.0)
        * (1.3 if telling.profile.terms[term] >> 8 & NAME else 1.0)
        for term, weight in terms.items()
    }  # fmt: skip
    found = {term: terms[term] for term in _heaviest(rank, _WORDS)}
    for sentence in telling.sentences:
        found |= {term: sentence.terms[term] for term in _heaviest(sentence.terms, _OWN)}
    return found | {term: telling.concepts[term] for term in _heaviest(telling.concepts, _CONCEPTS)}


def _heaviest(weights: Mapping[int, float], most: int) -> list[int]:
    return sorted(weights, key=lambda term: (-weights[term], term))[:most]


def days_to_look_at(telling: Telling) -> list[int]:
    """Return days since 1970, the latest first: articles up to each of them are candidates."""
    today = telling.profile.time // DAY
    stated = {today - math.ceil(span.latest) + 1 for one in telling.sentences for span in one.spans}
    return sorted({today - 1, *(min(day, today - 1) for day in stated)}, reverse=True)[:_ENDS]


def references(telling: Telling, candidates: Iterable[Earlier]) -> list[Reference]:
    """Return the references that are sure enough, in reading order."""
    best: dict[int, Reference] = {}
    rivals: dict[int, float] = {}
    for earlier in candidates:
        if telling.profile.time - earlier.profile.time < _SAME_DAY or not earlier.profile.dated:
            continue
        whole = _whole(telling, earlier)
        for place, sentence in enumerate(telling.sentences):
            chance = whole + _evidence(telling, sentence, earlier)
            rivals[place] = max(chance, rivals.get(place, chance))
            known = best.get(earlier.profile.id)
            if known is None or chance > known.chance:
                best[earlier.profile.id] = Reference(place, earlier.profile.id, chance)
    top = max((one.chance for one in best.values()), default=0.0)
    least = max(math.log(_SURE / (1 - _SURE)), top - _WORSE)
    sure = [one for one in best.values() if one.chance >= max(least, rivals[one.place] - _RIVAL)]
    sure.sort(key=lambda one: (-one.chance, -one.article))
    return [
        Reference(one.place, one.article, 1 / (1 + math.exp(-one.chance)))
        for one in sorted(sure[:MOST_SHOWN], key=lambda one: (one.place, -one.chance))
    ]


def _whole(telling: Telling, earlier: Earlier) -> float:
    """Return the evidence, in logits, that does not depend on the sentence."""
    one, other = telling.profile, earlier.profile
    found = common(one, other)
    shared = sum(weight**2 for term, weight in earlier.concepts.items() if term in telling.concepts)
    lengths = math.hypot(*telling.concepts.values()) * math.hypot(*earlier.concepts.values())
    return (
        -4.64
        + 6.04 * found.cosine
        + 0.15 * math.log1p(found.names)
        - 0.13 * math.log1p((one.time - other.time) / DAY)
        + 4.2 * (shared / lengths if lengths else 0.0)
        - 0.22 * (telling.language != earlier.language)
        - 0.59 * (one.feed == other.feed and one.feed > 0)
    )


def _evidence(telling: Telling, sentence: Sentence, earlier: Earlier) -> float:
    """Return the evidence, in logits, of one sentence: what it shares, and the time that it states."""
    terms = earlier.profile.terms
    shared = {term: weight for term, weight in sentence.terms.items() if term in terms}
    weight = sum(weight * (1.3 if terms[term] >> 8 & TITLE else 1.0) for term, weight in shared.items())
    days = (telling.profile.time - earlier.profile.time) / DAY
    fitting = [one.earliest - one.latest for one in sentence.spans if one.latest <= days <= one.earliest]
    events = sum(weight for event, weight in sentence.events.items() if event in earlier.concepts)
    return (
        0.23 * math.log1p(weight)
        + 1.67 * weight / (sum(sentence.terms.values()) or 1.0)
        + 0.13 * max(shared.values(), default=0.0)
        + 0.62 * math.log1p(events)
        + (5.72 / (1 + min(fitting) / 60) if fitting else -0.45 * bool(sentence.spans))
    )
