"""Decide which shared terms tell a reader what two articles have in common.

Names, identifiers, amounts and phrases do. Common words do not, alone or in pairs, however a headline
capitalises them, and neither do credits, years and small numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tuireader.related.reading.concepts import EVENT, bundled
from tuireader.related.reading.features import NAME, NUMBER, PAIR
from tuireader.related.reading.frequencies import frequencies
from tuireader.related.reading.words import fold, term_hash

_COMMON = 30  # a phrase of words that are in at least so many of 10,000 articles each tells nothing, ...
_COMMON_NAME = 1000  # ... or so many, if both articles have it in capitals: Privacy Commission
_ACRONYM = 5  # letters
_DATES = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun"  # noqa: SIM905
    " montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz mai juni juli oktober"
    " dezember lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril juin juillet"
    " août septembre octobre novembre décembre".split()
)
_PLAIN_NUMBER = re.compile(r"\d{1,3}(?:s|st|nd|rd|th)?|(?:19|20)\d\d", re.IGNORECASE)
_CREDITS = frozenset(
    "afp ap associated credit getty globe globenewswire gmbh image images inc llc ltd newswire photo photos"  # noqa: SIM905
    " picture press prnewswire reuters source staff wire".split()
)  # below images, in first lines, and after names of companies
_NOTHING = _DATES | _CREDITS


def tells(term: int, shown: str, kinds: tuple[int, int], terms: Mapping[int, int]) -> bool:
    """Return whether a term tells a reader something.

    `kinds` are its kinds in both articles, `terms` those of the first. A name that is also a word, such as
    Oracle, counts if it is an acronym or in the bundled tables.
    """
    kind, both = kinds[0], kinds[0] & kinds[1]
    if says_nothing(shown):
        return False
    words = shown.casefold().split()
    if kind & PAIR:
        return _phrase_tells(words, shown, kind, both, terms)
    if kind & NUMBER:
        return not _PLAIN_NUMBER.fullmatch(shown)
    acronym = shown.isupper() and len(shown) <= _ACRONYM
    return bool(kind & NAME) and (acronym or term not in frequencies().words or _is_known(shown))


def says_nothing(shown: str) -> bool:
    """Return whether all words are of dates or credits."""
    return _NOTHING.issuperset(shown.casefold().split())


def is_common(term: int) -> bool:
    """Return whether a word is listed as frequent."""
    return term in frequencies().articles


def _phrase_tells(words: list[str], shown: str, kind: int, both: int, terms: Mapping[int, int]) -> bool:
    parts = [term_hash(fold(word)) for word in words]
    if not kind & NAME and any(terms.get(part, 0) >> 8 & (NAME | NUMBER) for part in parts):
        return False  # "Microsoft rushes", "seize $2.8M": the name or the number alone says the same
    listed = frequencies()
    rarest = min(listed.articles.get(part, 0) for part in parts)
    if kind & NAME and not all(part in listed.words for part in parts):
        return True
    return rarest < (_COMMON_NAME if both & NAME else _COMMON) or _is_known(shown)


def _is_known(shown: str) -> bool:
    concept = bundled().look_up(shown)
    return concept is not None and concept.kind != EVENT
