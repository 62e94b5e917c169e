"""Read what the sentences of an article say about earlier events: words, names, stated times."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from tuireader.related.reading.concepts import EVENT, Concept, Concepts, rare_amounts
from tuireader.related.reading.cues import refers_back
from tuireader.related.reading.features import BOOST, NAME, TITLE, UNIT, Profile, Stats
from tuireader.related.reading.mentions import TELLING
from tuireader.related.reading.when import Span, spans
from tuireader.related.reading.words import count_terms

MOST_SENTENCES = 16
"""Maximum number of sentences of an article to look up, and of those with nothing but a cue."""
_LEAD = 2  # sentences at the top, which are about the news itself
_LONG_NUMBER = re.compile(r"\d[\d.,]*\d")
_FOOTER = re.compile(
    r"appeared first on|erschien zuerst auf|^(?:also read|read also|related)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may refer to an earlier event: weights of its terms and of its words of events, those
    of the other terms in the sentences beside it, and the times that it states, or else its rare amounts.

    One with neither has a cue (`cues`).
    """

    text: str
    terms: Mapping[int, float]
    events: Mapping[int, float]
    around: Mapping[int, float]
    spans: Sequence[Span]
    amounts: Collection[int] = ()

    @property
    def by_cue(self) -> bool:
        """Return whether nothing but a cue says that the sentence refers to an earlier event."""
        return not self.spans and not self.amounts


@dataclass(frozen=True, slots=True)
class Telling:
    """An article with its whole text, and its sentences that may refer to earlier events.

    `title` are the weights of its terms, `things` those of names and amounts in the text. `elsewhere` are the
    terms and things that other stored articles have.
    """

    profile: Profile
    title: Mapping[int, float]
    things: Mapping[int, float]
    elsewhere: Collection[int]
    sentences: Sequence[Sentence]


class Told(NamedTuple):
    """The place of a sentence that may refer to an earlier event, and what says so."""

    place: int
    spans: list[Span]
    amounts: set[int]
    cue: bool


def referring(title: str, sentences: Sequence[str], published: int, *, cues: bool = False) -> Iterator[Told]:
    """Yield the sentences that state a time, or else an amount that is not news, or, with `cues`, have a cue.

    Others ("It has denied this") may refer to earlier events as well, but what they refer to could not be
    told from other articles on the matter (docs/notes/relating.md).
    """
    news: set[int] | None = None
    for place, text in enumerate(sentences[_LEAD:], _LEAD):
        stated = spans(text, published)
        found = set() if stated or not _LONG_NUMBER.search(text) else rare_amounts(text)
        if found:
            if news is None:
                news = {one for part in (title, *sentences[:_LEAD]) for one in rare_amounts(part)}
            found -= news
        cue = cues and not stated and refers_back(text)
        if (stated or found or cue) and not _FOOTER.search(text):
            yield Told(place, stated, found, cue)


def tell(
    article: Profile,
    title: str,
    sentences: Sequence[str],
    concepts: Concepts,
    stats_of: Callable[[Collection[int]], Stats],
    *,
    cues: bool = False,
) -> Telling | None:
    """Return an article with its whole text, or None if no sentence refers to an earlier event.

    `article` is its profile, `stats_of` counts terms in the store.
    """
    every = list(referring(title, sentences, article.time, cues=cues))
    if rare := {amount for one in every for amount in one.amounts}:
        others = set(_elsewhere(article, stats_of(rare)))
        every = [one._replace(amounts=one.amounts & others) for one in every]
    told = [
        *islice((one for one in every if one.spans or one.amounts), MOST_SENTENCES),
        *islice((one for one in every if one.cue and not one.amounts), MOST_SENTENCES),
    ]
    if not told:
        return None
    head, words = count_terms(title), [count_terms(text) for text in sentences]
    things = {one.place: {found.hash: found for found in concepts.find(sentences[one.place])} for one in told}
    known = {number: one for found in things.values() for number, one in found.items()}
    counts = Counter(head)
    for found in words:
        counts.update(found)
    stats = stats_of({*counts, *known, *article.concepts})
    weights = {term: stats.weight(term) for term in counts}
    rarities = {number: stats.rarity(number, one.common) for number, one in known.items()}

    def sentence(one: Told) -> Sentence:
        place, own = one.place, words[one.place]
        beside = {term for near in words[max(0, place - 1) : place + 2] for term in near}
        return Sentence(
            sentences[place],
            {term: weights[term] for term in own},
            {number: rarities[number] for number, thing in things[place].items() if thing.kind == EVENT},
            {term: weights[term] for term in beside - own.keys()},
            one.spans,
            one.amounts,
        )

    return Telling(
        _profile(article, counts, head, weights),
        {term: weights[term] for term in head},
        _telling(article, known, rarities),
        frozenset(_elsewhere(article, stats)),
        [sentence(one) for one in sorted(told)],
    )


def _telling(
    article: Profile, known: Mapping[int, Concept], rarities: Mapping[int, float]
) -> dict[int, float]:
    """Return the weights of the names and amounts in those sentences and in the profile."""
    own = {number: (value & 255) / UNIT for number, value in article.concepts.items() if value >> 8 & TELLING}
    return own | {number: rarities[number] for number, one in known.items() if one.kind & TELLING}


def _elsewhere(article: Profile, stats: Stats) -> Iterator[int]:
    """Yield the terms and things that other articles have; the store has counted those of this one."""
    for number, (articles, _) in stats.counts.items():
        if articles > (number in article.terms or number in article.concepts):
            yield number


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
