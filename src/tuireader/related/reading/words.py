"""Split text into terms for comparing articles: folded words, joined pairs, numbers, CJK bigrams.

Folding is only for comparison: lower case, no accents, a light English stem. Every term keeps the form in
which it first occurred, to quote it in a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from tuireader.lexicon.variants import simplified

_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"


def _words_of(letter: str, others: str = "", flags: int = 0) -> re.Pattern[str]:
    return re.compile(
        others + r"(?<![^\W_])[A-Z]{1,3}(?:&[A-Z]{1,3})+(?![^\W_])"  # AT&T, M&S
        r"|[Cc][Vv][Ee][-–]\d{4}[-–]\d{4,7}"
        rf"|[$£€¥]?\d+(?:[.,]\d+)*(?:\s?(?:%|[mb]n?\b|[mbtr]+illion\b)|{letter}*)"  # 17%, £14m, 3D
        rf"|{letter}+(?:['’]{letter}+)*",  # words, including apostrophes
        flags,
    )


_TOKEN = _words_of(rf"(?:(?![{_CJK}])[^\W_])", rf"[{_CJK}]+|")  # a run of CJK is cut into bigrams below
_ASCII_TOKEN = _words_of(r"[^\W_]", flags=re.ASCII)  # twice as fast
_IS_CJK = re.compile(rf"[{_CJK}]")
_SENTENCE_END = re.compile(r"[.!?:;…。！？：；\"“”‘«»\n]\s*[\"'“‘(\[]*$")
_AMOUNT = re.compile(r"[$£€¥]?(\d+(?:[.,]\d+)*)\s?(%|[mb]n?|[mbtr]+illion)?", re.IGNORECASE)

_STOP_WORDS = """
a about above according across after again against ago all almost along already also although always
am among an and another any anyone anything are aren around as at away back be became because been
before behind being below between both but by came can cannot come could couldn did didn do does
doesn doing don done down due during each either else end enough even ever every everyone everything
far few for from further get gets getting give given go goes going gone got had has hasn have haven
having he her here hers herself him himself his how however i if in including indeed inside instead
into is isn it its itself just keep know last later least less let like likely little ll look made
make makes making many may maybe me might mine more most much must my myself near need neither never
next no nobody none nor not nothing now of off often on once one only onto or other others our ours
out over own per perhaps put quite rather re really s said same saw say saying says see seen several
shall she should shouldn since so some someone something soon still such t take taken takes taking
tell than that the their theirs them themselves then there these they thing things this those though
through thus till to today together told too took toward towards two under until up upon us use used
uses using ve very via want wants was wasn way we well went were weren what whatever when where
whether which while who whole whom whose why will with within without won would wouldn yes yesterday
yet you your yours yourself
der die das den dem des ein eine einen einem einer und oder aber nicht mit von vom zu zum zur im in
am an auf für bei nach aus über ist sind war wird werden auch als wie dass es er sie wir ihr sich
noch nur mehr le la les un une des du de et ou mais ne pas pour par sur dans avec est sont au aux ce
cette ces qui que il elle se son sa ses plus el los las del y en con por para una es
"""
STOP = frozenset(_STOP_WORDS.split())
"""Function words, which never describe an article."""

_COMMON_WORDS = """
announce announced announces app apps april attack attacks august best big billion breaking business
call calls case ceo change changes china chinese companies company could country customers data day
days deal december details digital early exclusive expert experts february find finds firm firms
first five following four free friday full future global good government great group help here high
hit hits home hours huge industry information internet issue issues january july june key know
latest launch launched launches leader leading live long look major man march market media million
mobile monday money month months national new news november number october old online open part
people plan plans platform post power president price problem program project public question read
real reason release released report reported reportedly reports research researchers right saturday
security september service services set show shows site small social software source start state
story study sunday support system systems team tech technology test thousands three thursday time
times tool top tuesday update updated use user users video warning warns watch web website wednesday
week weeks women work workers working world year years young
"""
COMMON = frozenset(_COMMON_WORDS.split())
"""Common words in news, as a young library has not seen them often enough."""


def tokens(text: str) -> Iterator[tuple[str, bool, bool, bool]]:
    """Yield the words, numbers and CJK bigrams of a text in reading order, function words included.

    Each is (form, CJK, start, adjoins): `start` at the start of a sentence, `adjoins` if at most one space or
    sign such as a hyphen separates it from the word before.
    """
    end, is_ascii = 0, text.isascii()
    for match in _pattern(text).finditer(text):
        shown = match.group()
        between = text[end : match.start()]
        if between == " " and end:  # as between most words
            start, adjoins = False, True
        else:
            start = end == 0 or _SENTENCE_END.search(between) is not None
            adjoins = end > 0 and len(between) <= 1 and between in _ADJOINING
        end = match.end()
        if not is_ascii and is_cjk(shown):
            for place, piece in enumerate(_bigrams(shown)):
                yield piece, True, start and place == 0, place > 0
        else:
            yield shown, False, start, adjoins


def folded(text: str) -> list[str]:
    """Return the folded words, numbers and CJK bigrams of a text in reading order; faster than `tokens`."""
    if text.isascii():
        return list(map(fold, _ASCII_TOKEN.findall(text)))
    words: list[str] = []
    for shown in _TOKEN.findall(text):
        if is_cjk(shown):
            words += _bigrams(simplified(shown))
        else:
            words.append(fold(shown))
    return words


def _pattern(text: str) -> re.Pattern[str]:
    return _ASCII_TOKEN if text.isascii() else _TOKEN


def _bigrams(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


_PHRASE = 8
_CJK_RUN = re.compile(rf"[{_CJK}]{{2,}}")


def is_cjk(text: str) -> bool:
    """Return whether a form begins in a script without blanks."""
    return not text.isascii() and _IS_CJK.match(text) is not None


def phrases(title: str, texts: Sequence[str]) -> list[str]:
    """Return the words and phrases of a title in a script without blanks, in reading order.

    A bigram alone is not a word. A piece of the title that recurs, in the title or in `texts`, is one if at
    least three of four occurrences of its first two characters continue the same way. So is a short run.
    """
    pieces: dict[str, None] = {}

    def again(piece: str) -> int:
        return title.count(piece) - 1 + sum(text.count(piece) for text in texts)

    for run in _CJK_RUN.findall(title):
        at = 0
        while at < len(run) - 1:
            often, end = again(run[at : at + 2]), at + 2
            if not often:
                at += 1
                continue
            while end < min(len(run), at + _PHRASE) and 4 * again(run[at : end + 1]) >= 3 * often:
                end += 1
            pieces[run[at:end]] = None
            at = end
        if len(run) <= _PHRASE // 2:
            pieces.setdefault(run)
    return list(pieces)


_ADJOINING = frozenset(("", " ", "-", "–", ".", "&", "+", "/", "‑", "\u00a0"))


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Normalise a word for comparison: lower case, no accents, no possessive, a light stem.

    An amount becomes digits and a letter: `14m` for £14 million.
    """
    word = word.casefold()
    amount = _AMOUNT.fullmatch(word)
    if amount:
        return amount[1].replace(",", "") + (amount[2] or "")[:1]
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        word = word.replace("’", "'")
    head, _, tail = word.partition("'")
    word = head if tail in ("s", "") or len(head) > 2 else head + tail  # Beijing's; but O'Brien stays whole
    if not word.isalpha() or not word.isascii():
        return word
    return _stem(word)


def _stem(word: str) -> str:
    """Stem an English word lightly (plural, -ed, -ing, final e), rather too little than too much."""
    if word == "news":
        return word
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        word = word[:-1]
    for suffix, least in (("ing", 4), ("ed", 4)):
        if len(word) >= len(suffix) + least and word.endswith(suffix) and not word.endswith("eed"):
            word = word[: -len(suffix)]
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word


def count_terms(text: str) -> dict[int, int]:
    """Count the terms of a text, without function words; faster than `tokens`."""
    counts: dict[int, int] = {}
    for shown in _pattern(text).findall(text):
        numbers = map(term_hash, _bigrams(simplified(shown))) if is_cjk(shown) else (_term_of(shown),)
        for number in numbers:
            counts[number] = counts.get(number, 0) + 1
    counts.pop(0, None)
    return counts


@lru_cache(maxsize=20_000)
def _term_of(shown: str) -> int:
    """Return the number of a word, 0 for a function word."""
    folded = fold(shown)
    return 0 if folded in STOP_FOLDED or len(folded) < 2 else term_hash(folded)


def term_hash(folded: str) -> int:
    """Return the 32-bit number of a term: CRC-32 of its UTF-8, the same on every machine."""
    return crc32(folded.encode("utf-8", "surrogatepass"))


STOP_FOLDED = STOP | frozenset(fold(word) for word in STOP)
COMMON_HASHES = frozenset(term_hash(fold(word)) for word in COMMON)


def apart(names: Iterable[str]) -> Iterator[str]:
    """Yield the names that neither contain nor are part of an earlier one."""
    earlier: list[str] = []
    for name in names:
        folded = name.casefold()
        if not any(folded in other or other in folded for other in earlier):
            earlier.append(folded)
            yield name
