"""Compare two profiles: shared features, and the chance that the articles belong together.

The two logistic models were fitted on labelled news of several kinds (security, business, sports, crime) and
rounded; docs/notes/relating.md evaluates them on other news.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Set

from msgspec import Struct
from msgspec.structs import replace

from tuireader.related import across
from tuireader.related.closeness import UNKNOWN, Closeness
from tuireader.related.reading.features import BOOST, NAME, NUMBER, PAIR, TITLE, UNIT, Boosted, Profile
from tuireader.text.durations import DAY

_UNDATED_DAYS = 10.0  # assumed distance of articles without a date
_UNDATED_FOLD_DAYS = 5.0  # ... and for folding, too short to separate two events of one kind
_CHAPTERS, _RARE = 30.0, 6.0  # days that chapters of one story count as apart at most; weight of their name
_MUCH, _WHOLE = 6, 0.8  # shared words, or their share of the longer text, beyond coincidence
_COPY_DAYS = 7.0  # the same words a month later are a recurring post
_SENTENCE_END = re.compile(r"[.!?…。！？\n]")
_SENTENCE, _COPY = 20, 200  # minimum characters of a sentence that is a text's own, and of all in a copy
_COMPARED = 8_000  # characters of a text
_PAIR, _NAME, _TITLE_PAIR = PAIR << 8, NAME << 8, (TITLE | PAIR) << 8
_BOOSTED = Boosted(BOOST)


class Common(Struct, frozen=True):
    """Common single terms: number, cosine of the vectors, second highest weight, weight of all names."""

    shared: int
    cosine: float
    second: float
    names: float


_NOTHING = Common(shared=0, cosine=0.0, second=0.0, names=0.0)


def common(article: Profile, other: Profile) -> Common:
    """Compare two profiles term by term; pairs of words do not count."""
    mine, theirs = article.terms, other.terms
    dot = 0.0
    names = first = second = 0
    shared = 0
    for term in mine.keys() & theirs.keys():
        value, match = mine[term], theirs[term]
        kinds = value | match
        if kinds & _PAIR:
            continue
        weight = (value & 255) + (match & 255)
        shared += 1
        dot += _BOOSTED[value] * _BOOSTED[match]
        if kinds & _NAME:
            names += weight
        if weight > first:
            first, second = weight, first
        elif weight > second:
            second = weight
    cosine = dot / (UNIT * UNIT * article.norm * other.norm)
    return Common(shared, cosine, second / (2 * UNIT), names / (2 * UNIT))


def chance(article: Profile, other: Profile, meaning: Closeness = UNKNOWN) -> float:
    """Return the chance (0–1) that two articles belong together; symmetric.

    A logistic model over: days between them, number of shared terms, cosine of their vectors, the second most
    distinctive shared term (one rare word may be a coincidence), shared names, a common feed (whose house
    style is in all its articles), the length of the longer one, and the most distinctive name in each title
    that the other lacks (two events of one kind, a notice with another company's name). Articles in different
    languages are compared by what they name (`across`), those in Chinese and Japanese also by characters. If
    `meaning` knows both, it counts as well.
    """
    if across.differ(article, other):
        days = days_between(article, other)
        named = across.chance(article, other, days, meaning.cosine(article.id, other.id))
        if not across.share_characters(article, other):
            return named
        return max(named, chance(article, replace(other, language=article.language)))
    overlap = common(article, other)
    if not _comparable(overlap, article, other):
        overlap = _NOTHING
        if meaning.cosine(article.id, other.id) is None:
            return 0.0
    if (close := meaning.evidence(article.id, other.id)) is not None:
        return _chance_by_meaning(article, other, overlap, close)
    evidence = (
        1.23
        - 0.89 * math.log1p(days_between(article, other))
        + 2.16 * math.log1p(overlap.shared)
        + 9.38 * overlap.cosine
        + 0.28 * overlap.second
        + 0.63 * math.log1p(overlap.names)
        - 1.70 * (article.feed == other.feed and article.feed > 0)
        - 2.20 * math.log1p(max(len(article.terms), len(other.terms)))
        - 0.14 * min(own_subject(article, other), own_subject(other, article))
    )
    return 1.0 / (1.0 + math.exp(-evidence))


def _chance_by_meaning(article: Profile, other: Profile, overlap: Common, close: float) -> float:
    """Weigh how close two articles are in meaning, the less the more words they share, and a few features.

    These are features of `chance`, and a name in both titles. Chapters of one story, such as a law's, may be
    far apart: both titles have a rare name and another word beside it.
    """
    days, named = days_between(article, other), _name_in_both_titles(article, other)
    if days > _CHAPTERS and named >= _RARE and _words_in_both_titles(article, other):
        days = _CHAPTERS
    evidence = (
        -1.55
        - 0.94 * math.log1p(days)
        - 1.70 * (article.feed == other.feed and article.feed > 0)
        + 9.71 * overlap.cosine
        + 0.17 * overlap.second
        + (5.12 - 8.94 * overlap.cosine) * close
        + 0.15 * named
    )
    return 1.0 / (1.0 + math.exp(-evidence))


def _name_in_both_titles(article: Profile, other: Profile) -> float:
    """Return the weight of the most distinctive name in both titles."""
    named = {term for _, term in article.subjects} & {term for _, term in other.subjects}
    return max((weight for weight, term in article.subjects if term in named), default=0.0)


def _words_in_both_titles(article: Profile, other: Profile) -> bool:
    """Return whether two adjacent words of a title are adjacent in the other, too."""
    both = (other.terms.get(term, 0) & value for term, value in article.terms.items())
    return any(kinds & _TITLE_PAIR == _TITLE_PAIR for kinds in both)


def _comparable(overlap: Common, article: Profile, other: Profile) -> bool:
    # two shared terms, or one if both are headlines
    return overlap.shared > 1 or (overlap.shared == 1 and is_headline(article) and is_headline(other))


def is_headline(article: Profile) -> bool:
    """Return whether an article has a title but no text."""
    return all(value >> 8 & TITLE for value in article.terms.values())


def days_between(article: Profile, other: Profile, undated: float = _UNDATED_DAYS) -> float:
    """Return the days between two articles; `undated` if either has no date."""
    return abs(article.time - other.time) / DAY if article.dated and other.dated else undated


def own_subject(article: Profile, other: Profile) -> float:
    """Return the weight of the most distinctive title name of `article` that `other` lacks; 0 for none."""
    for weight, term in article.subjects:
        if term not in other.terms:
            return weight
    return 0.0


def fold_chance(
    article: Profile, other: Profile, sharing: bool = False, meaning: float | None = None
) -> float:
    """Return the chance (0–1) that two articles report the same news on the same days; symmetric.

    The model of `chance`, fitted on pairs within three days. Time, a common feed and different names in the
    titles count much more against it: `×3` counts independent reports, and a feed counts once. In different
    languages, `sharing` a picture or a link counts for it.
    """
    if across.differ(article, other):
        days = days_between(article, other, _UNDATED_FOLD_DAYS)
        return across.fold_chance(article, other, days, sharing, meaning)
    overlap = common(article, other)
    own = min(own_subject(article, other), own_subject(other, article))
    if not _comparable(overlap, article, other):
        return 0.0
    days = days_between(article, other, _UNDATED_FOLD_DAYS)
    evidence = (
        0.12
        - 2.61 * math.log1p(days)
        + 1.57 * math.log1p(overlap.shared)
        + 8.38 * overlap.cosine
        + 0.34 * overlap.second
        + 0.34 * math.log1p(overlap.names)
        - 3.48 * (article.feed == other.feed and article.feed > 0)
        - 1.40 * math.log1p(max(len(article.terms), len(other.terms)))
        - 0.11 * own
    )
    return 1.0 / (1.0 + math.exp(-evidence))


def much_in_common(article: Profile, other: Profile) -> bool:
    """Return whether two articles share too many words, rare or common, for coincidence."""
    mine, theirs = _singles(article), _singles(other)
    shared = len(mine & theirs)
    return shared >= _MUCH or shared >= _WHOLE * max(len(mine), len(theirs))


def same_text(article: Profile, other: Profile) -> bool:
    """Return whether two articles are copies of one text, perhaps shortened differently or slightly retitled.

    Titles that differ in a name or number mean different news in the same words: notices, releases, digests.
    """
    if days_between(article, other, 0.0) > _COPY_DAYS:
        return False
    mine, theirs = _singles(article), _singles(other)
    shared = len(mine & theirs)
    smaller = min(len(mine), len(theirs))
    alike = smaller >= 4 and shared >= 0.85 * len(mine | theirs)
    inside = smaller >= 16 and shared >= 0.92 * smaller
    return (alike or inside) and not (_differs(article, theirs) or _differs(other, mine))


def long_sentences(text: str) -> set[str]:
    """Return the sentences of a text that are long enough to be its own, casefolded."""
    parts = (" ".join(part.casefold().split()) for part in _SENTENCE_END.split(text[:_COMPARED]))
    return {part for part in parts if len(part) >= _SENTENCE}


def are_copies(sentences: Set[str], others: Set[str]) -> bool:
    """Return whether two texts, as their `long_sentences`, are copies, one of them perhaps shortened."""
    smaller, larger = sorted(sum(map(len, text)) for text in (sentences, others))
    shared = sum(map(len, sentences & others))
    return smaller >= _COPY and larger <= 2 * smaller and shared >= 0.8 * smaller


def _singles(article: Profile) -> set[int]:
    return {term for term, value in article.terms.items() if not value >> 8 & PAIR}


def _differs(article: Profile, others: Collection[int]) -> bool:
    telling = (NAME | NUMBER) << 8
    return any(
        value & telling and value >> 8 & TITLE and not value >> 8 & PAIR and term not in others
        for term, value in article.terms.items()
    )
