"""Distinguish Chinese terms that are words from those found across word boundaries.

微信 is a word in 腾讯微信团队, but in 些微信号 it is the end of 些微 and the beginning of 信号. Chinese is
written without blanks, so a term is found either way. The text around it is split into words in the likeliest
way, by word frequency, once with and once without words that cross an end of the term. If the first split is
much likelier, the term is uncertain. A longer word around the whole term (人大 in 人大代表) is no reason for
doubt.

The frequencies are those of jieba (MIT), the table of traditional characters that of OpenCC (Apache 2.0),
both packed by `benchmarks/word_borders.py`; their licences are in `words-licences.txt`.
"""

from __future__ import annotations

import math
import re
import zlib
from functools import lru_cache
from pathlib import Path

from tuireader.text.regex import regex

FILE = Path(__file__).with_name("words.z")
ROUNDED = 2
"""Steps per power of two in stored frequencies."""
LONGEST = 4  # maximum characters of a word in the table
_AROUND = 6  # characters to read before and after a term
_MOST = 8  # maximum characters of a term to check: longer ones hardly ever occur by chance
_TERM = 300.0  # minimum frequency of a term, since the user knows it as a word
_LETTER = 1.0  # frequency of a character that is not in the table
_DEGREES = frozenset("极甚颇略稍较更最很太")  # words with these (极微, 更小) are too many for the table
_RARE = 10.0  # frequency of such an adverb and a character if the table lacks them: that of its rarest words
_TIMES = 2.0  # factor by which the words across a boundary must be likelier
# Unicode blocks: CJK Unified Ideographs and extensions; Hiragana, Katakana and its half-width forms.
_HAN = r"[\u3400-\u9fff\U00020000-\U0003fffd]+"
_KANA = r"[\u3040-\u30ff\uff66-\uff9d]"
_ENTRY = r"([^!-~]*)([!-~])"


def has_borders(text: str) -> bool:
    """Return whether a term begins or ends with two Chinese characters, so it may cross word boundaries."""
    return any(
        len(two) == 2 and min(two) >= "\u3400" and max(two) <= "\u9fff" for two in (text[:2], text[-2:])
    )


def uncertain(text: str, start: int, end: int) -> bool:
    """Return whether the term at `text[start:end]` probably lies across word boundaries."""
    left = len(_last_run(text[max(0, start - _AROUND) : start])) if _is_han(text, start) else 0
    after = regex(_HAN).match(text, end, end + _AROUND) if _is_han(text, end - 1) else None
    right = len(after[0]) if after else 0
    if not left and not right:
        return False
    if regex(_KANA).search(text, max(0, start - left - 2), end + right + 2):
        return False  # Japanese has other words
    first = regex(_HAN).match(text, start, end) if left else None
    if first and first.end() < end and _crossed(text[start - left : first.end()], left, left + len(first[0])):
        return True
    if first and first.end() == end:
        return _crossed(text[start - left : end + right], left, left + end - start)
    tail = _last_run(text[start:end]) if right else ""
    return bool(tail) and _crossed(tail + text[end : end + right], 0, len(tail))


def _is_han(text: str, at: int) -> bool:
    return regex(_HAN).match(text, at, at + 1) is not None


def _last_run(text: str) -> str:
    """Return the Chinese characters at the end of a text."""
    run = re.search(rf"{_HAN}\Z", text)
    return run[0] if run else ""


@lru_cache(maxsize=4096)
def _crossed(letters: str, start: int, end: int) -> bool:
    """Return whether words that cross an end of `letters[start:end]` are much likelier than others."""
    if not 1 < end - start <= _MOST:
        return False
    simple = letters.translate(_table()[1])
    scores = _scores(simple, start, end)
    crossing = _likeliest(scores, start, end, crossing=True)
    return crossing - _likeliest(scores, start, end, crossing=False) > math.log(_TIMES)


_Scores = list[list[tuple[int, float]]]


def _scores(letters: str, start: int, end: int) -> _Scores:
    """List the words that begin at each position: their ends, and the logarithms of their frequencies."""
    scores: _Scores = []
    for at, letter in enumerate(letters):
        known = _words_of(letter)
        words = [(at + 1, math.log(known.get("", _LETTER)))]
        for stop in range(at + 2, min(len(letters), at + LONGEST) + 1):
            frequency = known.get(letters[at + 1 : stop], 0.0)
            if letter in _DEGREES and stop == at + 2:  # 极微 in 极微信号
                frequency = max(frequency, _RARE)
            if (at, stop) == (start, end):
                frequency = max(frequency, _TERM)
            if frequency:
                words.append((stop, math.log(frequency)))
        if at == start and end > at + LONGEST:
            words.append((end, math.log(_TERM)))
        scores.append(words)
    return scores


def _likeliest(scores: _Scores, start: int, end: int, *, crossing: bool) -> float:
    total = _table()[2]
    best = [-math.inf] * (len(scores) + 1)
    best[0] = 0.0
    for at, words in enumerate(scores):
        for stop, score in words:
            if crossing or not (at < start < stop < end or start < at < end < stop):
                best[stop] = max(best[stop], best[at] + score - total)
    return best[-1]


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[int, int], float]:
    """Load packed words by first character, simplified forms of traditional ones, log of the word total."""
    head, total, *lines = zlib.decompress(FILE.read_bytes()).decode("utf-8").split("\n")
    traditional, simple = head.split("\t")
    return (
        {line[0]: line[1:] for line in lines if line},
        str.maketrans(traditional, simple),
        math.log(float(total)),
    )


@lru_cache(maxsize=8192)
def _words_of(letter: str) -> dict[str, float]:
    """Map words starting with `letter` to their frequencies; the keys omit that character."""
    return {
        suffix: 2.0 ** ((ord(power) - ord("A")) / ROUNDED)
        for suffix, power in regex(_ENTRY).findall(_table()[0].get(letter, ""))
    }
