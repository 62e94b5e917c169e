"""Reduce an article to the things it names, with weights: what articles in two languages can share.

`mentions` finds them with the tables of `concepts`; `weigh` adds names in Latin letters that no table has,
and keeps the most distinctive things. They are part of the `Profile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from tuireader.lexicon.language import language
from tuireader.related.reading.concepts import AMOUNT, EVENT, LATIN, NAME, PLACE, TITLE, Concepts
from tuireader.related.reading.features import LEAD, NUMBER, PAIR, UNIT, Stats, Term, heaviest
from tuireader.related.reading.words import COMMON_HASHES, fold, term_hash
from tuireader.text.languages import LANGUAGES

MOST = 20
"""Maximum number of things in a profile."""
POSTED = 7
"""Maximum number of things by which an article is indexed besides its terms."""
NAMES = NAME | LATIN
TELLING = NAMES | AMOUNT
"""Kinds that can be evidence on their own, unlike places and words of events."""
COUNTED = 64
"""Unit of the number of occurrences in a kind byte: 0 to 3 after the first."""

_RANK = {NAME: 1.3, PLACE: 0.8, EVENT: 0.7, AMOUNT: 1.0, LATIN: 1.0}
_NOUN = 0.6  # rank of a capitalised word in a language that capitalises every noun
_SHORTEST = 3  # characters of a name in Latin letters


class Mention(NamedTuple):
    """A thing that an article names: number, kind, form there, name in Latin letters, frequency.

    `common` is as in `Concept`; `times` is how often the article names it.
    """

    hash: int
    kind: int
    shown: str
    name: str
    common: float
    times: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """The language of an article, the things it names, and the folded words of their forms."""

    language: str = ""
    things: tuple[Mention, ...] = ()
    covered: frozenset[int] = frozenset()


NOTHING = Mentions()


@lru_cache(maxsize=20_000)
def _term_of(word: str) -> int:
    return term_hash(fold(word))


def mentions(title: str, text: str, concepts: Concepts) -> Mentions:
    """Find the things that the title and the beginning of the text name."""
    things: dict[int, Mention] = {}
    covered: set[int] = set()
    for where, part in ((TITLE, title), (0, text[:LEAD])):
        for concept in concepts.find(part):
            known = things.get(concept.hash)
            if known is None:
                things[concept.hash] = Mention(
                    hash=concept.hash,
                    kind=concept.kind | where,
                    shown=concept.shown,
                    name=concept.name,
                    common=concept.common,
                    times=1,
                )
                if concept.kind != AMOUNT and concept.shown[0].isascii():
                    covered.update(map(_term_of, concept.shown.replace("-", " ").split()))
            else:
                things[concept.hash] = known._replace(kind=known.kind | where, times=known.times + 1)
    return Mentions(language(f"{title}\n{text[:LEAD]}"), tuple(things.values()), frozenset(covered))


def counted(article: Mentions) -> dict[int, bool]:
    """Return the terms that the store counts, as `features.counted`: the things and the language."""
    terms = {mention.hash: False for mention in article.things}
    if article.language:
        terms[language_term(article.language)] = False
    return terms


def language_term(code: str) -> int:
    """Return the term that counts the articles in a language."""
    return term_hash(f"@{code}")


LANGUAGE_TERMS = {language_term(code): code for code in LANGUAGES}


def weigh(
    article: Mentions, features: Iterable[Term], stats: Stats
) -> tuple[dict[int, int], dict[int, tuple[str, str]]]:
    """Return the `MOST` most distinctive things as `kind << 8 | weight * 16`, and their forms and names."""
    ranked: list[tuple[float, int, int, int, tuple[str, str]]] = []
    for number, kind, shown, name, common, times in article.things:
        ranked.append((stats.rarity(number, common), number, kind, times, (shown, name)))
    for term in features:
        if _is_latin_name(term, article.covered) and stats.is_name(term):
            kind = LATIN | (TITLE if term.kind & 1 else 0)
            ranked.append((stats.rarity(term.hash, 0.5), term.hash, kind, term.count, (term.shown, "")))
    ranked.sort(key=lambda entry: (-_rank(entry[0], entry[2], article.language), entry[1]))
    values: dict[int, int] = {}
    forms: dict[int, tuple[str, str]] = {}
    for weight, number, kind, count, form in ranked[:MOST]:
        byte = kind | min(count - 1, 3) * COUNTED
        values[number] = byte << 8 | min(255, round(weight * UNIT))
        forms[number] = form
    return values, forms


def _rank(weight: float, kind: int, language: str) -> float:
    factor = _RANK[kind & ~TITLE]
    if kind & LATIN and language == "de":
        factor = _NOUN
    return weight * factor * (1.5 if kind & TITLE else 1.0)


def _is_latin_name(term: Term, covered: frozenset[int]) -> bool:
    return (
        term.capital
        and not term.kind & (NUMBER | PAIR)
        and not term.parts
        and len(term.shown) >= _SHORTEST
        and term.shown[0].isascii()
        and term.hash not in covered
        and term.hash not in COMMON_HASHES
    )


def posted(things: Mapping[int, int], language: str) -> list[int]:
    """Return the terms that index an article across languages, most distinctive first."""
    return [posting(number, language) for number in probes(things)] if language else []


def probes(things: Mapping[int, int]) -> list[int]:
    """Choose the concepts that index an article for other languages, most distinctive first."""
    return [number for number, value in things.items() if value >> 8 & TELLING][:POSTED]


def posting(number: int, language: str) -> int:
    """Return the term that indexes the articles of one language by a thing."""
    return crc32(language.encode(), number)


def choose(
    hits: Sequence[tuple[int, Sequence[int]]], things: Mapping[int, int], most: int, least: float = 0.0
) -> list[int]:
    """Pick the `most` articles that share the heaviest things, from (thing, articles) pairs.

    The squares of the shared weights in nats add up to at least `least`; things in the title count twice.
    """
    sums: dict[int, int] = {}
    for number, articles in hits:
        value = things[number]
        weight = (value & 255) ** 2 * (2 if value >> 8 & TITLE else 1)
        for article in articles:
            sums[article] = sums.get(article, 0) + weight
    enough = least * UNIT * UNIT
    return heaviest({article: total for article, total in sums.items() if total >= enough}, most)
