"""Fold text: remove differences in compatibility forms, accents, case and typography."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

# The code points are those of Unicode 15.0, by block and general category (UAX #44). For short classes,
# ranges run over unassigned code points, and over letters where these make no difference.

# Scripts without blanks, or with endings attached to the word, by block: Thai, Lao, Myanmar, Hangul, Khmer,
# ideographic marks and numerals, kana, Bopomofo, CJK ideographs, the ideographic planes 2 and 3.
GLUED_CLASS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c"
    "\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and other marks (category M) of living scripts: part of a word although `\w` excludes them.
MARK_CLASS = (
    "\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ed\u0711-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0898-\u0963\u0981-\u09e3"
    "\u0a01-\u0a51\u0a70-\u0a75\u0a81-\u0ae3\u0b01-\u0b63\u0b82-\u0bd7\u0c00-\u0c63\u0c81-\u0c83\u0cbc-\u0ce3"
    "\u0d00-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0ddf\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ecd\u0f35\u0f37\u0f39"
    "\u0f3e-\u0f84\u0f86-\u0fbc\u102b-\u103e\u1056-\u108f\u109a-\u109d\u135d-\u135f\u1712-\u1734\u1752-\u17d3"
    "\u1885-\u193b\u1a17-\u1a1b\u1a55-\u1a7f\u1b00-\u1b44\u1b6b-\u1b73\u1b80-\u1bad\u1be6-\u1bf3\u1c24-\u1c37"
    "\ua674-\ua67d\ua802-\ua827\ua880-\ua8c5\ua8e0-\ua8f1\ua926-\ua92d\ua947-\ua953\ua980-\ua9c0\uaa29-\uaa4d"
)
# Format characters (category Cf), variation selectors and tags.
_INVISIBLE_CLASS = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Marks that may compose with the previous character or swap with it (UAX #15): those with a combining class,
# and second characters of compositions, in the scripts of `MARK_CLASS`.
_MELTING_CLASS = (
    "\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u0819\u081b-\u0823\u0825-\u0827"
    "\u0829-\u082d\u0859-\u085b\u0898-\u089f\u08ca-\u08ff\u093c\u094d\u0951-\u0954\u09bc\u09be-\u09cd\u09d7"
    "\u0a3c-\u0a4d\u0abc\u0acd\u0b3c\u0b3e-\u0b57\u0bbe-\u0bcd\u0bd7\u0c3c\u0c4d-\u0c56\u0cbc\u0cc2-\u0cd6\u0d3b-\u0d3c"
    "\u0d3e-\u0d4d\u0d57\u0dca-\u0ddf\u0e38-\u0e3a\u0e48-\u0e4b\u0eb8-\u0eba\u0ec8-\u0ecb\u0f35\u0f37\u0f39\u0f71-\u0f84"
    "\u0f86-\u0f87\u102e-\u103a\u108d\u135d-\u135f\u1714-\u1715\u1734\u17d2\u18a9\u1939-\u193b\u1a17-\u1a18\u1a60-\u1a7f"
    "\u1b34-\u1b44\u1b6b-\u1b73\u1baa-\u1bab\u1be6-\u1bf3\u1c37\ua674-\ua67d\ua806\ua8c4\ua8e0-\ua8f1\ua92b-\ua92d"
    "\ua953\ua9b3-\ua9c0"
)
# All marks, including conjoining vowels and finals of Hangul, and invisible characters.
_CONTINUING_CLASS = (
    "\u0300-\u036f\u1160-\u11ff\ud7b0-\ud7ff\u1ab0-\u1aff\u1cd0-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f"
    "\u3099\u309a\u3131-\u318e\uff9e-\uffdc\ufe20-\ufe2f\U00011000-\U00011fff"
    + _MELTING_CLASS
    + _INVISIBLE_CLASS
)

BETWEEN = " \t\\-/&·\"'`_"
"""Regex class of characters that may separate the words of a phrase, not including line feeds."""

WORD = re.compile(f"[^\\W_]|[{MARK_CLASS}]")
WORD_CHAR = f"(?:(?![{GLUED_CLASS}])(?:[^\\W_]|[{MARK_CLASS}]))"
NO_WORD = re.compile(f"[^\\w\x01-\x7f{MARK_CLASS}]+")
INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}]+")
_GROUP = re.compile(f".[{_CONTINUING_CLASS}]*", re.DOTALL)
_CONTINUING = re.compile(f"[{_CONTINUING_CLASS}]")
# Everything except frequent blocks whose characters fold to exactly one character each if no mark follows.
_UNEVEN_RUN = re.compile(
    "[^\x00-\xa9\xab-\xac\xae-\xb1\xb5-\xb7\xb9-\xbb\xbf-\xc5\xc7-\xdd\xe0-\xe5\xe7-\xfd\xff-\u0131\u0391-\u03a9"
    "\u03b1-\u03c9\u0400-\u0482\u048a-\u052f\u2010-\u2015\u2018-\u201f\u3000-\u3020\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff"
    "\uac00-\ud7a3\uff01-\uff5e]+"
)

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ı": "i", "İ": "I", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ħ": "h", "Ħ": "H",
    "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ς": "σ",
}  # fmt: skip
SIGNS = {
    **dict.fromkeys("‘’‚‛ʹʻʼʽˈ′‵＇´\u055a\u05f3\u275b\u275c", "'"),
    **dict.fromkeys("“”„‟«»‹›″‶「」『』《》〈〉〝〞〟＂\u05f4\u275d\u275e", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－\u058a\u05be\u2e3a\u2e3b", "-"),
    **dict.fromkeys("・‧⋅", "·"),
}


class _Fold(dict[str, str]):
    def __missing__(self, char: str) -> str:
        base, folded = unicodedata.normalize("NFD", char)[0], char
        if "\u0300" <= char <= "\u036f":
            folded = ""
        elif base != char and (base.isascii() or "\u0370" <= base <= "\u03ff" or base in _LETTERS):
            folded = _LETTERS.get(base, base)
        self[char] = folded
        return folded


_FOLD = _Fold(_LETTERS | SIGNS)
# Accented Latin and Greek, combining accents, and the signs of `SIGNS`; everything else is kept.
_FOLDABLE = re.compile(
    "[\u00ab\u00b4\u00bb\u00c0-\u024f\u02b9-\u02c8\u0300-\u03ff\u055a\u058a\u05be\u05f3\u05f4\u1e00-\u1fff"
    "\u2010-\u205f\u2212\u22c5\u275b-\u275e\u2e3a\u2e3b\u3008-\u300f\u301d-\u301f\u30fb]"
)
_LOOSE = re.compile("[\u0300-\u036f]")
# NFKC would append the letters TM to a name, and turn an acute used as apostrophe into a blank.
BEFORE_NFKC = str.maketrans({"™": " ", "℠": " ", "´": "'"})
# The most frequent non-ASCII characters of English text and non-NFKC characters of Chinese text: replacing
# them takes a fiftieth of the time of normalising.
_TYPOGRAPHY = (
    ("’", "'"), ("“", '"'), ("”", '"'), ("‘", "'"), ("–", "-"), ("—", "-"), ("…", "..."), ("\u00a0", " "),
)  # fmt: skip
_FULL_WIDTH = (
    ("，", ","), ("：", ":"), ("；", ";"), ("？", "?"), ("！", "!"), ("（", "("), ("）", ")"), ("％", "%"),
    ("\u3000", " "),
)  # fmt: skip


@cache
def glued_run() -> re.Pattern[str]:
    """Pattern of a run of `GLUED_CLASS`; it takes 2 ms to compile, and not every start needs it."""
    return re.compile(f"([{GLUED_CLASS}]+)")


def _straighten(text: str) -> str:
    """Replace typographic signs by their ASCII forms; only an ellipsis makes a text longer."""
    if not text.isascii():
        for char, plain in _TYPOGRAPHY:
            text = text.replace(char, plain)
    return text


def normalise(text: str) -> str:
    """Return the cased view of a text: NFKC, no accents, no invisible characters, one form for each sign."""
    text = _straighten(text)
    if text.isascii():
        return text
    for char, plain in _FULL_WIDTH:
        text = text.replace(char, plain)
    if "™" in text or "℠" in text or "´" in text:
        text = text.translate(BEFORE_NFKC)
    if INVISIBLE.search(text):
        text = INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", text)
    loose = _LOOSE.search(text)
    text = _FOLDABLE.sub(lambda match: _FOLD[match[0]], text)
    return unicodedata.normalize("NFKC", text) if loose else text


def lowercase(cased: str) -> str:
    """Lower-case a text character by character, including final sigma."""
    lower = cased.lower()
    return lower if lower.isascii() else lower.replace("ς", "σ")


class Folded:
    """A text in its three views, with a mapping from folded to original positions."""

    __slots__ = ("_even", "_uneven", "cased", "lower", "original")

    def __init__(self, text: str) -> None:
        self.original = text
        straight = _straighten(text)
        plain = straight.isascii()
        self.cased = straight if plain else normalise(straight)
        self._even = plain and len(straight) == len(text)
        self.lower = lowercase(self.cased)
        self._uneven: _Uneven | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original characters that the folded characters `start:end` came from."""
        if self._even:
            return start, end
        if self._uneven is None:
            self._uneven = _Uneven(self.original)
        return self._uneven.source(start)[0], self._uneven.source(end - 1)[1]


class _Uneven:
    """Positions in a text where folding does not map one character to one character."""

    __slots__ = ("_folded_starts", "_groups")

    def __init__(self, text: str) -> None:
        self._folded_starts: list[int] = []
        self._groups: list[tuple[int, int, int]] = []
        shift = 0
        for run in _UNEVEN_RUN.finditer(text):
            # A mark at the start of the run belongs to the character before it.
            first = run.start() - 1 if run.start() and _CONTINUING.match(run[0]) else run.start()
            for group in _GROUP.finditer(text, first, run.end()):
                start, end = group.span()
                length = len(normalise(group[0]))
                self._folded_starts.append(start + shift)
                self._groups.append((start, end, length))
                shift += length - (end - start)

    def source(self, at: int) -> tuple[int, int]:
        """Return the span of the original character that became the folded character `at`."""
        place = bisect_right(self._folded_starts, at) - 1
        if place < 0:
            return at, at + 1
        start, end, length = self._groups[place]
        beyond = at - self._folded_starts[place] - length
        return (start, end) if beyond < 0 else (end + beyond, end + beyond + 1)


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, compatibility forms and invisible characters."""
    return lowercase(normalise(text))
