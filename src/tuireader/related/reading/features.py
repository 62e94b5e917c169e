"""Reduce an article to its most distinctive terms, with weights, in a compact form to store.

`extract` splits title and text into terms; `weigh` weights them by the number of stored articles that contain
them (`Stats`) and builds a `Profile`, which is all that ranking needs and is stored as one blob.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

from msgspec import Struct, field

from tuireader.lexicon.variants import simplified
from tuireader.related.reading.frequencies import frequencies
from tuireader.related.reading.words import COMMON_HASHES, STOP_FOLDED, fold, is_cjk, term_hash, tokens

TITLE, NAME, NUMBER, PAIR = 1, 2, 4, 8
LEAD = 600  # characters of the text to read, as the subject of a story is at its top
MOST_TERMS = 64
POSTED = 18

_LOWER = 0.3  # a name is in lower case in less than this share of its articles
UNIT = 16.0  # a weight is stored as a byte in sixteenths
_PRIOR = 3000.0  # a young library is treated as part of a larger one of this size, ...
_SHARE = _PRIOR / 10_000  # ... which has its part of the table of frequencies, ...
_RARE = 0.5  # ... and this often a word that the table lacks
_KINDS, _TITLE_NAME = (TITLE | NAME | PAIR) << 8, (TITLE | NAME) << 8
_HEAD = struct.Struct("<IIBBBf")
_TAIL = struct.Struct("<2sB")  # language and number of things; profiles of older versions have none

# Weight of a term by its kind byte: title words count more, repeated words a little more.
BOOST = tuple(
    (1.0 + 0.5 * math.log((kind >> 4) or 1)) * (1.5 if kind & TITLE else 1.0) for kind in range(256)
)


class Boosted(dict[int, float]):
    """Values as in `Profile.terms` mapped to weight × boost of their kind; computed on first use."""

    def __init__(self, boost: Sequence[float]) -> None:
        super().__init__()
        self._boost = boost

    def __missing__(self, value: int) -> float:
        self[value] = boosted = (value & 255) * self._boost[value >> 8]
        return boosted


class Term(Struct, frozen=True):
    """One term of an article: its hash, the form to show, its kind (`TITLE | NUMBER | PAIR`), its count.

    `lower` and `capital` are true if it was written that way anywhere in the article. `parts` are the two
    single terms of a pair of words, which are also terms by themselves. A `proper` pair has two capitals in
    the middle of a sentence, so it is part of a name, even if its words are common.
    """

    hash: int
    shown: str
    kind: int
    count: int
    lower: bool
    capital: bool
    parts: tuple[int, int] | None = None
    proper: bool = False


def counted(terms: Iterable[Term]) -> dict[int, bool]:
    """Map the single terms, which the store counts, to whether they were written in lower case."""
    return {term.hash: term.lower for term in terms if not term.kind & PAIR}


class Stats(Struct, frozen=True):
    """Number of stored articles and, for each term, of those that contain it at all and in lower case."""

    articles: int
    counts: Mapping[int, tuple[int, int]]

    def weight(self, term: int) -> float:
        """Return the inverse document frequency in nats: about 0 for a common word, 8 for a rare name."""
        return self.rarity(term, _expected(term))

    def rarity(self, term: int, prior: float) -> float:
        """Return the weight of a term that `prior` articles of a young library are expected to contain."""
        return max(0.1, math.log((self.articles + _PRIOR) / (self.counts.get(term, (0, 0))[0] + prior)))

    def is_name(self, term: Term) -> bool:
        """Return whether a word is a name: capitalised here, and rarely in lower case elsewhere.

        A capital alone proves little: headlines in Title Case and sentence starts capitalise any word.
        """
        if not term.capital:
            return False
        articles, lower = self.counts.get(term.hash, (0, 0))
        lower += term.lower + (term.hash in COMMON_HASHES or term.hash in frequencies().words)
        return lower < _LOWER * (articles + 1)


@lru_cache(maxsize=20_000)
def _expected(term: int) -> float:
    """Estimate how many of the articles that a young library is a part of have a term."""
    return _SHARE * frequencies().articles.get(term, 0) or _RARE


class Profile(Struct, frozen=True):
    """An article as ranking sees it. `terms` maps a term's hash to `kind << 8 | weight * 16`.

    `time` is in seconds since 1970; if not `dated` it is the time of arrival. `feed` is 0 if unknown.
    `norm` is the length of the vector of the single terms. `shown` has the readable forms and is empty in a
    stored profile. `subjects` are the names in the title as (weight, term), heaviest first.

    `concepts` are the things that the article names (`mentions.weigh`), most distinctive first, to compare it
    with articles in other languages. `named` has their forms, and names in Latin letters. `language` is `""`
    if unknown.
    """

    id: int
    time: int
    dated: bool
    feed: int
    norm: float
    terms: Mapping[int, int]
    subjects: tuple[tuple[float, int], ...]
    shown: Mapping[int, str] = field(default_factory=dict)
    language: str = ""
    concepts: Mapping[int, int] = field(default_factory=dict)
    named: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def pack(self) -> bytes:
        """Serialise for storing: 18 bytes and 6 for each term and concept, the subjects first."""
        names = [term for _, term in self.subjects]
        order = names + [term for term in self.terms if term not in set(names)]
        values = [self.terms[term] for term in order]
        count = len(order)
        head = _HEAD.pack(max(0, self.time), self.feed, self.dated, count, len(names), self.norm)
        terms = struct.pack(f"<{count}I{count}H", *order, *values)
        size = len(self.concepts)
        tail = _TAIL.pack(self.language.encode(), size)
        concepts = struct.pack(f"<{size}I{size}H", *self.concepts, *self.concepts.values())
        return head + terms + tail + concepts


def unpack(article_id: int, blob: bytes) -> Profile:
    """Restore a profile that `Profile.pack` serialised."""
    time, feed, dated, count, names, norm = _HEAD.unpack_from(blob)
    terms = _unpack_pairs(blob, _HEAD.size, count)
    subjects = tuple([((terms[term] & 255) / UNIT, term) for term in islice(terms, names)])
    at = _HEAD.size + 6 * count
    code, things = _TAIL.unpack_from(blob, at) if at < len(blob) else (b"", 0)
    concepts = _unpack_pairs(blob, at + _TAIL.size, things) if things else {}
    language = code.rstrip(b"\0").decode()
    return Profile(
        article_id, time, bool(dated), feed, norm, terms, subjects, language=language, concepts=concepts
    )


def _unpack_pairs(blob: bytes, at: int, count: int) -> dict[int, int]:
    packed = struct.unpack_from(f"<{count}I{count}H", blob, at)
    return dict(zip(packed[:count], packed[count:], strict=True))


def extract(title: str, text: str, lead: int = LEAD) -> tuple[Term, ...]:
    """Return the terms of the title and of the first `lead` characters of the text, in reading order."""
    terms: dict[int, Term] = {}
    _collect(terms, title, TITLE)
    _collect(terms, text[:lead], 0)
    return tuple(terms.values())


def _collect(terms: dict[int, Term], text: str, where: int) -> None:
    before, starts = None, False
    for shown, cjk, start, adjoins in tokens(text):
        term = _single(shown, cjk, where)
        if term is not None:
            _add(terms, term)
            if before is not None and adjoins and not cjk:
                both = term.capital and before.shown[0].isupper()
                if where or both:
                    _add(terms, _pair(before, term, both, both and not where and not starts))
        before, starts = term, start


@lru_cache(maxsize=20_000)
def _single(shown: str, cjk: bool, where: int) -> Term | None:
    folded = _folded(shown)
    if folded in STOP_FOLDED or (len(folded) < 2 and not cjk):
        return None
    number = NUMBER if shown[0].isdigit() or shown[0] in "$£€¥" else 0
    capital = not number and any(map(str.isupper, shown))
    return Term(
        term_hash(folded), shown, where | number, 1, lower=not number and not capital, capital=capital
    )


def _folded(shown: str) -> str:
    return simplified(shown) if is_cjk(shown) else fold(shown)


def _pair(first: Term, second: Term, both: bool, proper: bool) -> Term:
    joined = term_hash(_folded(first.shown) + _folded(second.shown))
    shown, kind = f"{first.shown} {second.shown}", second.kind & TITLE | PAIR
    return Term(
        joined, shown, kind, 1, lower=not both, capital=both, parts=(first.hash, second.hash), proper=proper
    )


def _add(terms: dict[int, Term], term: Term) -> None:
    known = terms.get(term.hash)
    if known is None:
        terms[term.hash] = term
        return
    single = term if known.parts else known  # "cyber attack" is the same term as "cyberattack"
    terms[term.hash] = Term(
        term.hash,
        known.shown if known.capital or not term.capital else term.shown,
        single.kind | (term.kind | known.kind) & TITLE,
        known.count + 1,
        lower=known.lower or term.lower,
        capital=known.capital or term.capital,
        parts=single.parts,
        proper=known.proper or term.proper,
    )


def weigh(
    article_id: int,
    time: int,
    dated: bool,
    feed: int,
    features: Sequence[Term],
    stats: Stats,
    most: int = MOST_TERMS,
) -> Profile:
    """Build the profile of an article from its `most` most distinctive terms."""
    names = {term.hash for term in features if not term.parts and stats.is_name(term)}
    weighed: list[tuple[float, Term, float, int]] = []
    for term in features:
        if term.parts:
            is_name = term.capital and (term.proper or names.issuperset(term.parts))
            has_name = term.capital and (term.proper or not names.isdisjoint(term.parts))
            if not (term.kind & TITLE or has_name):
                continue
            weight = 0.6 * (stats.weight(term.parts[0]) + stats.weight(term.parts[1]))
        else:
            is_name = term.hash in names
            weight = stats.weight(term.hash)
        kind = min(term.count, 15) << 4 | term.kind | (NAME if is_name else 0)
        rank = weight * (2.0 if kind & TITLE else 1.0) * (1.2 if is_name else 1.0)
        weighed.append((rank, term, weight, kind))
    if len(weighed) > most:
        weighed.sort(key=lambda entry: -entry[0])
        del weighed[most:]
    terms: dict[int, int] = {}
    square = 0.0
    for _, term, weight, kind in weighed:
        terms[term.hash] = kind << 8 | min(255, round(weight * UNIT))
        if not kind & PAIR:
            square += (weight * BOOST[kind]) ** 2
    norm = struct.unpack("<f", struct.pack("<f", math.sqrt(square) or 1.0))[0]  # as it will be stored
    shown = {term.hash: term.shown for _, term, _, _ in weighed}
    titled = [(value & 255, term) for term, value in terms.items() if value & _KINDS == _TITLE_NAME]
    subjects = tuple((weight / UNIT, term) for weight, term in sorted(titled, reverse=True))
    return Profile(article_id, time, dated, feed, norm=norm, terms=terms, subjects=subjects, shown=shown)


def probes(profile: Profile) -> list[int]:
    """Return the terms that index an article, at most `POSTED`, most distinctive first."""
    entries = [
        ((value & 255) * (2.0 if value >> 8 & TITLE else 1.0), term)
        for term, value in profile.terms.items()
        if not value >> 8 & PAIR
    ]
    entries.sort(reverse=True)
    return [term for _, term in entries[:POSTED]]


def squared(value: int, title: int) -> int:
    """Return the squared weight of a value of `Profile`, twice that with the bit `title` in its kind."""
    return (value & 255) ** 2 * (2 if value >> 8 & title else 1)


def choose(hits: Iterable[tuple[float, Iterable[int]]], most: int, without: int = 0) -> list[int]:
    """Pick the `most` articles by the sums of the weights in (weight, articles) pairs, heaviest first.

    Of equal ones, the newest comes first. The article `without` is left out.
    """
    sums: dict[int, float] = {}
    for weight, articles in hits:
        for article in articles:
            sums[article] = sums.get(article, 0) + weight
    sums.pop(without, None)
    heaviest = sorted(sums.values(), reverse=True)[:most]
    near = [article for article, total in sums.items() if total >= heaviest[-1]]
    return sorted(near, key=lambda article: (-sums[article], -article))[:most]
