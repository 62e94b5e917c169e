"""Reduce an article to the things it names, with weights: what articles in two languages can share.

`mentions` finds them with the tables of `concepts`; `weigh` adds names that no table has,
and keeps the most distinctive things. They are part of the `Profile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zlib import crc32

from msgspec import Struct

from tuireader.lexicon.language import language
from tuireader.related.reading.concepts import AMOUNT, EVENT, NAME, PLACE, TITLE, UNLISTED, Concept, Concepts
from tuireader.related.reading.features import LEAD, NUMBER, PAIR, UNIT, Stats, Term, extract
from tuireader.related.reading.sounds import foreign_words, sound_term
from tuireader.related.reading.words import COMMON_HASHES, fold, is_cjk, term_hash
from tuireader.text.languages import LANGUAGES

MOST = 20
"""Maximum number of things in a profile."""
POSTED = 7
"""Maximum number of things by which an article is indexed besides its terms."""
NAMES = NAME | UNLISTED
TELLING = NAMES | AMOUNT
"""Kinds that can be evidence on their own, unlike places and words of events."""
COUNTED = 64
"""Unit of the number of occurrences in a kind byte: 0 to 3 after the first."""

_RANK = {NAME: 1.3, PLACE: 0.8, EVENT: 0.7, AMOUNT: 1.0, UNLISTED: 1.0}
_GUESSED = 0.4  # weight of what may be any word: no capital tells names in katakana, in Hangul and in German
_SHORTEST = 3  # characters of a name with capitals


class Mentions(Struct, frozen=True):
    """The language of an article, the things it names, and the folded words of their forms."""

    language: str = ""
    things: tuple[Concept, ...] = ()
    covered: frozenset[int] = frozenset()


NOTHING = Mentions()


def mentions(title: str, text: str, concepts: Concepts) -> Mentions:
    """Find the things that the title and the beginning of the text name."""
    things: dict[int, Concept] = {}
    covered: set[int] = set()
    parts = (TITLE, title), (0, text[:LEAD])
    for where, part in parts:
        for concept in concepts.find(part):
            _add(things, concept, where)
            if concept.kind != AMOUNT and not is_cjk(concept.shown):
                covered.update(term_hash(fold(word)) for word in concept.shown.replace("-", " ").split())
    known = [concept.shown for concept in things.values()]
    for where, part in parts:
        for word in foreign_words(part):
            if (number := sound_term(word)) and not any(form in word or word in form for form in known):
                _add(things, Concept(number, UNLISTED, word), where)
    return Mentions(language(f"{title}\n{text[:LEAD]}"), tuple(things.values()), frozenset(covered))


def _add(things: dict[int, Concept], found: Concept, where: int) -> None:
    known = things.get(found.hash)
    if known is None:
        things[found.hash] = found._replace(kind=found.kind | where)
    else:
        things[found.hash] = known._replace(kind=known.kind | where, times=known.times + 1)


def counted(article: Mentions) -> dict[int, bool]:
    """Return the terms that the store counts, as `features.counted`: the things and the language."""
    terms = {concept.hash: False for concept in article.things}
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
    for number, kind, shown, common, name, times in article.things:
        weight = stats.rarity(number, common) * (_GUESSED if kind & UNLISTED else 1.0)
        ranked.append((weight, number, kind, times, (shown, name)))
    for term in features:
        if _is_unlisted_name(term, article.covered) and stats.is_name(term):
            kind = UNLISTED | (TITLE if term.kind & 1 else 0)
            weight = stats.weight(term.hash) * (_GUESSED if article.language == "de" else 1.0)
            ranked.append((weight, name_number(term), kind, term.count, (term.shown, "")))
    ranked.sort(key=lambda entry: (-_rank(entry[0], entry[2]), entry[1]))
    values: dict[int, int] = {}
    forms: dict[int, tuple[str, str]] = {}
    for weight, number, kind, count, form in ranked[:MOST]:
        if number not in values:
            byte = kind | min(count - 1, 3) * COUNTED
            values[number] = byte << 8 | min(255, round(weight * UNIT))
            forms[number] = form
    return values, forms


def _rank(weight: float, kind: int) -> float:
    return weight * _RANK[kind & ~TITLE] * (1.5 if kind & TITLE else 1.0)


def _is_unlisted_name(term: Term, covered: frozenset[int]) -> bool:
    return (
        term.capital
        and not term.kind & (NUMBER | PAIR)
        and not term.parts
        and len(term.shown) >= _SHORTEST
        and not is_cjk(term.shown)
        and term.hash not in covered
        and term.hash not in COMMON_HASHES
    )


def name_number(term: Term) -> int:
    """Return the number of a name that no table has: that of its sounds, or of its letters if it is short."""
    return sound_term(term.shown) or term.hash


def unlisted(title: str, text: str) -> dict[int, str]:
    """Map the numbers of names that no table has to their first forms in an article; of other words, too."""
    words = [(sound_term(word), word) for word in foreign_words(f"{title}\n{text[:LEAD]}")]
    names = [(name_number(term), term.shown) for term in extract(title, text) if term.capital]
    return dict(reversed([*names, *words]))


def posted(things: Mapping[int, int], language: str) -> list[int]:
    """Return the terms that index an article across languages, most distinctive first."""
    return [posting(number, language) for number in probes(things)] if language else []


def probes(things: Mapping[int, int]) -> list[int]:
    """Choose the concepts that index an article for other languages, most distinctive first."""
    return [number for number, value in things.items() if value >> 8 & TELLING][:POSTED]


def posting(number: int, language: str) -> int:
    """Return the term that indexes the articles of one language by a thing."""
    return crc32(language.encode(), number)
