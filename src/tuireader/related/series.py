"""Detect items of a series: advisories, releases, digests, notices from one template on different matters.

Shared words show how similar two articles are; the other words show whether they are the same news. Titles
that differ only in a name, a number, a version or an identifier are about different matters, and so are
different texts under one title.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import Enum
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from tuireader.related import across
from tuireader.related.reading.features import NAME, UNIT, Profile
from tuireader.related.reading.words import COMMON_HASHES, STOP_FOLDED, fold, folded, is_cjk, term_hash

_CACHED = 400  # maximum titles and texts in memory
_WORDS = 40  # maximum words of a title to compare, to limit the cost of a hostile one
_TITLE = 400  # maximum characters of a title to read
_ALIKE = 0.5  # titles with this share of words in common, in the same order, may have one template
_SAME = 0.8  # ... and with this share they do, whatever kind of word differs
_RARE = 7.0  # weight from which a name separates two matters
_COMMON = 0.25  # minimum share of the shorter text's words in common for two texts on one matter
_OWN = 2  # words that each of two texts under one title must have for itself to be a different matter
_APART = 43_200  # seconds from which two articles with the same title and no text are different matters

_FIRST_RUN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")

_REPOSTED = 200  # characters from which a text is not a teaser, so that equal words mean equal news
_COMPARED = 4000
_REVISED = 0.75  # share of a text that its correction keeps
_MARKERS = frozenset(map(fold, ("amended", "clarification", "corrected", "correction", "erratum", "updated")))


class _Form(Enum):
    """Template that two titles share: none, one filled in differently, the whole title, or its beginning."""

    NONE = "none"
    FILLED = "filled"
    SAME = "same"
    BEGUN = "begun"


class Texts(Protocol):
    """Source of the title and beginning of articles that may be one story; `""` if missing."""

    def title(self, article: int) -> str: ...
    def lead(self, article: int) -> str: ...


class _Words(Struct, frozen=True):
    """A text as a sequence of folded words, including function words.

    `subject` has the words of the first run of a title in Chinese, Japanese or Korean.
    """

    words: tuple[str, ...]
    counted: Counter[str]
    labels: frozenset[str] = frozenset()
    subject: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> _Words:
        words = tuple(folded(text))
        return cls(words, Counter(words))

    @classmethod
    def of_title(cls, title: str) -> _Words:
        """Split a title into words; its labels are the parts before its first and after its last colon."""
        words = tuple(folded(title[:_TITLE])[:_WORDS])
        parts = title[:_TITLE].casefold().split(": ")
        first = _FIRST_RUN.match(title[:_TITLE])
        subject = frozenset(folded(first.group()) if first else ())
        return cls(words, Counter(words), frozenset((parts[0], parts[-1])), subject)


class Series:
    """Tell items of a series apart. Titles and texts are cached."""

    def __init__(self, texts: Texts) -> None:
        self._title = lru_cache(_CACHED)(lambda article: _Words.of_title(texts.title(article)))
        self._lead = lru_cache(_CACHED)(lambda article: _Words.of(texts.lead(article)))

    def differ(self, article: Profile, other: Profile, *, strictly: bool = False) -> bool:
        """Return whether two similar articles are about different matters; symmetric.

        `strictly` decides whether neither may hide the other: titles with the same words before or after a
        colon share a template ("Daily briefing: budgets"); of two texts under one title, one must contain the
        other; and different CVE numbers mean different matters. In two languages, only these count. So do
        titles in a script without capitals that begin with something of which the other article says nothing.
        """
        if across.differ(article, other):
            return strictly and self._vulnerabilities_differ(article, other)
        form = self._form(article, other, strictly=strictly)
        return (
            form is _Form.FILLED
            or (form is not _Form.NONE and self._texts_differ(article, other, form, strictly=strictly))
            or (strictly and self._vulnerabilities_differ(article, other))
            or (strictly and self._subjects_differ(article, other))
        )

    def _form(self, article: Profile, other: Profile, *, strictly: bool) -> _Form:
        mine, theirs = self._title(article.id), self._title(other.id)
        shared = mine.counted.keys() & theirs.counted.keys()
        empty = not any(map(_says_something, shared))
        labelled = strictly and not mine.labels.isdisjoint(theirs.labels)
        longest = max(len(mine.words), len(theirs.words), 1)
        share = sum(min(mine.counted[word], theirs.counted[word]) for word in shared) / longest
        if share >= _ALIKE:
            share = _in_order(mine.words, theirs.words) / longest
        if share < _ALIKE and not labelled:
            return _Form.BEGUN if strictly and empty else _Form.NONE
        same = share >= _SAME or empty or labelled
        if _own(article, mine, theirs, any_word=same) and _own(other, theirs, mine, any_word=same):
            return _Form.FILLED
        if same:
            return _Form.SAME
        longer = _own(article, mine, theirs, any_word=True) and _own(other, theirs, mine, any_word=True)
        return _Form.NONE if longer else _Form.BEGUN

    def _texts_differ(self, article: Profile, other: Profile, form: _Form, *, strictly: bool) -> bool:
        """Return whether two articles under one title, such as "Daily briefing", are about different matters.

        Either each text has words of its own, or the two share few words.
        """
        mine, theirs = self._lead(article.id), self._lead(other.id)
        if not mine.words and not theirs.words:
            return article.feed == other.feed or abs(article.time - other.time) > _APART
        own = _own(article, mine, theirs, any_word=strictly)
        others_own = _own(other, theirs, mine, any_word=strictly)
        if min(own, others_own) >= (1 if strictly else _OWN) and (strictly or form is _Form.SAME):
            return True
        some, others = set(mine.words) - STOP_FOLDED, set(theirs.words) - STOP_FOLDED
        return len(some & others) < _COMMON * min(len(some), len(others))

    def _subjects_differ(self, article: Profile, other: Profile) -> bool:
        mine, theirs = self._title(article.id).subject, self._title(other.id).subject
        return bool(mine and theirs) and not (
            mine & self._words(other.id) or theirs & self._words(article.id)
        )

    def _words(self, article: int) -> set[str]:
        return {*self._title(article).words, *self._lead(article).words}

    def _vulnerabilities_differ(self, article: Profile, other: Profile) -> bool:
        mine = self._vulnerabilities(article)
        return bool(mine) and bool(theirs := self._vulnerabilities(other)) and mine.isdisjoint(theirs)

    def _vulnerabilities(self, article: Profile) -> set[str]:
        return {word for word in self._words(article.id) if word.startswith("cve-")}


def _in_order(mine: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    first, second = sorted((mine, theirs))  # SequenceMatcher is not symmetric
    pieces = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return sum(piece.size for piece in pieces)


def _own(article: Profile, mine: _Words, theirs: _Words, *, any_word: bool = False) -> int:
    return sum(
        word not in theirs.counted and word not in STOP_FOLDED and (any_word or _tells(article, word))
        for word in mine.words
    )


def _tells(article: Profile, word: str) -> bool:
    if is_cjk(word) or _has_digit(word):
        return True
    value = article.terms.get(term_hash(word), 0)
    return bool(value >> 8 & NAME) and (value & 255) >= _RARE * UNIT


@lru_cache(maxsize=20_000)
def _says_something(word: str) -> bool:
    return not (word in STOP_FOLDED or _has_digit(word) or term_hash(word) in COMMON_HASHES)


@lru_cache(maxsize=20_000)
def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def same_news(titles: tuple[str, str], texts: tuple[str, str]) -> bool:
    """Return whether one of two articles of a feed repeats or corrects the other.

    Short texts prove nothing. Words that only one title contains must be in the text, since notices from one
    template may differ only in their titles. A changed text is a correction only if its title says so.
    """
    if min(map(len, texts)) < _REPOSTED:
        return False
    mine, theirs = (_Words.of(text[:_COMPARED]) for text in texts)
    heads = [_Words.of_title(title) for title in titles]
    plain = [_unmarked(head.words) for head in heads]
    if plain[0] == plain[1] and heads[0].words != heads[1].words:
        longer = max(mine.counted.total(), theirs.counted.total())
        return (mine.counted & theirs.counted).total() >= _REVISED * longer
    new = heads[0].counted.keys() ^ heads[1].counted.keys()
    return mine.words == theirs.words and new <= mine.counted.keys() | STOP_FOLDED


def _unmarked(words: Sequence[str]) -> Sequence[str]:
    """Strip "Correction:" or "(updated)" from either end of a title."""
    if words and words[0] in _MARKERS:
        words = words[2:] if len(words) > 2 and words[1].isdigit() else words[1:]
    return words[:-1] if words and words[-1] in _MARKERS else words
