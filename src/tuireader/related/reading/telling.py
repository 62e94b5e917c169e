"""Read what the sentences of an article say about earlier events: words, names, stated times."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tuireader.related.reading.concepts import EVENT, Concept, Concepts, rare_amounts
from tuireader.related.reading.features import BOOST, NAME, TITLE, UNIT, Profile, Stats
from tuireader.related.reading.mentions import TELLING
from tuireader.related.reading.when import Span, spans
from tuireader.related.reading.words import count_terms

MOST_SENTENCES = 8
"""Maximum number of sentences of an article to look up: those with a time or amount, then the longest."""
_SENTENCE = 12  # least characters of a sentence without a time
_LEAD = 2  # sentences at the top, which are about the news itself
_TOLD = 6  # least sentences of a text that may refer without a time: short items hardly do
_LONG_NUMBER = re.compile(r"\d[\d.,]*\d")
_FOOTER = re.compile(
    r"appeared first on|erschien zuerst auf|^(?:also read|read also|related)\b", re.IGNORECASE
)


class Sentence(Struct, frozen=True):
    """A sentence that may refer to an earlier event.

    Weights of its terms, of its words for events and of the other terms in the sentences beside it; the times
    it states, or else its rare amounts.
    """

    text: str
    terms: Mapping[int, float]
    events: Mapping[int, float]
    around: Mapping[int, float]
    spans: Sequence[Span]
    amounts: Collection[int] = ()


class Telling(Struct, frozen=True):
    """An article with its whole text, and its sentences that may refer to earlier events.

    `title` has the weights of its terms, `things` those of names and amounts in the text. `elsewhere` are the
    terms and things that other stored articles contain.
    """

    profile: Profile
    title: Mapping[int, float]
    things: Mapping[int, float]
    elsewhere: Collection[int]
    sentences: Sequence[Sentence]


class Told(NamedTuple):
    """A sentence that may refer to an earlier event, by its position, and the evidence for that."""

    place: int
    spans: list[Span]
    amounts: set[int]


def referring(title: str, sentences: Sequence[str], published: int, *, every: bool = False) -> Iterator[Told]:
    """Yield the sentences that state a time, or else an amount that is not news.

    Other sentences ("It has denied this") may refer to earlier events, too, but their words do not tell which
    article on the matter they mean (docs/notes/relating.md): only their meaning does, with `every`.
    """
    news: set[int] | None = None
    every = every and len(sentences) >= _TOLD
    for place, text in enumerate(sentences[_LEAD:], _LEAD):
        stated = spans(text, published)
        amounts = set() if stated or not _LONG_NUMBER.search(text) else rare_amounts(text)
        if amounts:
            if news is None:
                news = {amount for part in (title, *sentences[:_LEAD]) for amount in rare_amounts(part)}
            amounts -= news
        is_sentence = every and len(text) >= _SENTENCE
        if (stated or amounts or is_sentence) and not _FOOTER.search(text):
            yield Told(place, stated, amounts)


def tell(
    article: Profile,
    title: str,
    sentences: Sequence[str],
    concepts: Concepts,
    stats_of: Callable[[Collection[int]], Stats],
    *,
    every: bool = False,
) -> Telling | None:
    """Read the whole text of an article; None if no sentence refers to an earlier event.

    `article` is its profile, `stats_of` counts terms in the store. With `every`, all sentences may refer.
    """
    referred = list(referring(title, sentences, article.time, every=every))
    if rare := {amount for reference in referred for amount in reference.amounts}:
        others = set(_elsewhere(article, stats_of(rare)))
        referred = [reference._replace(amounts=reference.amounts & others) for reference in referred]
    told = [reference for reference in referred if every or reference.spans or reference.amounts]
    told.sort(key=lambda one: (not one.spans and not one.amounts, -len(sentences[one.place])))
    told = sorted(told[:MOST_SENTENCES], key=lambda one: one.place)
    if not told:
        return None
    head, words = count_terms(title), [count_terms(text) for text in sentences]
    things: dict[int, dict[int, Concept]] = {}
    known: dict[int, Concept] = {}
    for place in (reference.place for reference in told):
        things[place] = {concept.hash: concept for concept in concepts.find(sentences[place])}
        known |= things[place]
    counts = Counter(head)
    for counted in words:
        counts.update(counted)
    stats = stats_of({*counts, *known, *article.concepts})
    weights = {term: stats.weight(term) for term in counts}
    rarities = {number: stats.rarity(number, concept.common) for number, concept in known.items()}
    own = {number: (value & 255) / UNIT for number, value in article.concepts.items() if value >> 8 & TELLING}
    named = {number: rarities[number] for number, concept in known.items() if concept.kind & TELLING}

    def sentence(reference: Told) -> Sentence:
        place, counted = reference.place, words[reference.place]
        beside = {term for near in words[max(0, place - 1) : place + 2] for term in near}
        events = [number for number, concept in things[place].items() if concept.kind == EVENT]
        return Sentence(
            text=sentences[place],
            terms={term: weights[term] for term in counted},
            events={number: rarities[number] for number in events},
            around={term: weights[term] for term in beside - counted.keys()},
            spans=reference.spans,
            amounts=reference.amounts,
        )

    return Telling(
        profile=_profile(article, counts, head, weights),
        title={term: weights[term] for term in head},
        things=own | named,
        elsewhere=frozenset(_elsewhere(article, stats)),
        sentences=[sentence(reference) for reference in told],
    )


def _elsewhere(article: Profile, stats: Stats) -> Iterator[int]:
    """Yield the terms and things of other articles; the counts include this article."""
    for number, (articles, _) in stats.counts.items():
        if articles > (number in article.terms or number in article.concepts):
            yield number


def _profile(
    article: Profile, counts: Mapping[int, int], head: Collection[int], weights: Mapping[int, float]
) -> Profile:
    """Return a profile of the whole text; its names are those of the article's own profile."""
    terms: dict[int, int] = {}
    square = 0.0
    for term, count in counts.items():
        kind = min(count, 15) << 4 | TITLE * (term in head) | article.terms.get(term, 0) >> 8 & NAME
        terms[term] = kind << 8 | min(255, round(weights[term] * UNIT))
        square += (weights[term] * BOOST[kind]) ** 2
    return replace(article, terms=terms, norm=math.sqrt(square) or 1.0)
