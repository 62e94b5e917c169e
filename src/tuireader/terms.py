"""Words and phrases in any script: how text is folded, and where a term stands in it.

A *term* is a word or a phrase that a person watches or searches for. The rules, in short: compatibility
forms, accents, quotation marks and dashes do not matter; a word ends where letters and digits end; Han,
kana, Hangul and Thai need no word ends; a capital typed is a capital wanted; a plural ending may follow;
only blanks, hyphens, slashes, quotes and the like may stand between the words of a phrase.

Three views of one text are used. `cased` is the text after Unicode NFKC (UAX #15) without accents and
invisible characters; `lower` is the same in lower case, character by character; `original` is what came
in, and all spans that leave this module count its characters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

TOKENIZER = "ascii"
"""The FTS5 tokenizer for `index_text`: it splits at ASCII signs and keeps every other character, so that the
words of the index are exactly ours, whatever Unicode version SQLite was built with."""

# --------------------------------------------------------------------------- classes of characters

# Scripts that are written without blanks, or with endings glued to the word.
_GLUED_CLASS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b\u303c"
    "\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs and other marks that belong to a word though `\w` leaves them out (Unicode category M).
_MARK_CLASS = (
    "\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ed\u0711-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0898-\u0963\u0981-\u09e3"
    "\u0a01-\u0a51\u0a70-\u0a75\u0a81-\u0ae3\u0b01-\u0b63\u0b82-\u0bd7\u0c00-\u0c63\u0c81-\u0c83\u0cbc-\u0ce3"
    "\u0d00-\u0d4d\u0d57\u0d62\u0d63\u0d81-\u0ddf\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ecd\u0f35\u0f37\u0f39"
    "\u0f3e-\u0f84\u0f86-\u0fbc\u102b-\u103e\u1056-\u108f\u109a-\u109d\u135d-\u135f\u1712-\u1734\u1752-\u17d3"
    "\u1885-\u193b\u1a17-\u1a1b\u1a55-\u1a7f\u1b00-\u1b44\u1b6b-\u1b73\u1b80-\u1bad\u1be6-\u1bf3\u1c24-\u1c37"
    "\ua674-\ua67d\ua802-\ua827\ua880-\ua8c5\ua8e0-\ua8f1\ua926-\ua92d\ua947-\ua953\ua980-\ua9c0\uaa29-\uaa4d"
)
_INVISIBLE_CLASS = (
    "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff"
)
# Characters that may melt into the one before them: marks, conjoining vowels and finals of Hangul.
_CONTINUING_CLASS = (
    "\u0300-\u036f\u1160-\u11ff\ud7b0-\ud7ff\u1ab0-\u1aff\u1cd0-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f"
    "\u3099\u309a\u3131-\u318e\uff9e-\uffdc\ufe20-\ufe2f\U00011000-\U00011fff"
    + _MARK_CLASS
    + _INVISIBLE_CLASS
)

_GLUED = re.compile(f"[{_GLUED_CLASS}]")
_GLUED_RUN = re.compile(f"[{_GLUED_CLASS}]+")
_WORD = re.compile(f"[^\\W_]|[{_MARK_CLASS}]")
_WORD_CHAR = f"(?:(?![{_GLUED_CLASS}])(?:[^\\W_]|[{_MARK_CLASS}]))"
_NO_WORD = re.compile(f"[^\\w\x01-\x7f{_MARK_CLASS}]+")
_INVISIBLE = re.compile(f"[{_INVISIBLE_CLASS}]+")
_GROUP = re.compile(f".[{_CONTINUING_CLASS}]*", re.DOTALL)
_CONTINUING = re.compile(f"[{_CONTINUING_CLASS}]")
# Everything but the characters that are known to become one character each if no mark follows.
_UNEVEN_RUN = re.compile(
    "[^\x00-\xa9\xab-\xac\xae-\xb1\xb5-\xb7\xb9-\xbb\xbf-\xc5\xc7-\xdd\xe0-\xe5\xe7-\xfd\xff-\u0131\u0391-\u03a9"
    "\u03b1-\u03c9\u0400-\u0482\u048a-\u052f\u2010-\u2015\u2018-\u201f\u3000-\u3020\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fff"
    "\uac00-\ud7a3\uff01-\uff5e]+"
)
_LETTER_AND_SIGN = re.compile(r"([^\W\d_])[+#]")
_INDEX_WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_ASCII_WORDS = str.maketrans({chr(i): " " for i in range(128) if not chr(i).isalnum()})

# What may stand between the words of a phrase. Block ends (line feeds) may not.
_BETWEEN = " \t\\-/&·\"'`_"
_GAP = f"[{_BETWEEN}]+"
_OPTIONAL_GAP = f"[{_BETWEEN}]*"
# The rest of a word at its open side, bounded so that hostile runs of letters cost little.
_OPEN_LIMIT = 200

# --------------------------------------------------------------------------- folding

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ı": "i", "İ": "I", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ħ": "h", "Ħ": "H",
    "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N", "ς": "σ",
}  # fmt: skip
_SIGNS = {
    **dict.fromkeys("‘’‚‛ʹʻʼʽˈ′‵＇´", "'"),
    **dict.fromkeys("“”„‟«»‹›″‶「」『』《》〈〉〝〞〟＂", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－", "-"),
    **dict.fromkeys("・‧⋅", "·"),
}


class _Fold(dict[str, str]):
    """One character as it counts for matching, worked out at first sight."""

    def __missing__(self, char: str) -> str:
        self[char] = folded = self._fold(char)
        return folded

    @staticmethod
    def _fold(char: str) -> str:
        if "\u0300" <= char <= "\u036f":
            return ""
        base = unicodedata.normalize("NFD", char)[0]
        if base != char and (base.isascii() or "\u0370" <= base <= "\u03ff" or base in _LETTERS):
            return _LETTERS.get(base, base)
        return char


_FOLD = _Fold(_LETTERS | _SIGNS)
# Latin and Greek with accents, loose accents, and the signs of `_SIGNS`; every other character is kept.
_FOLDABLE = re.compile(
    "[\u00ab\u00b4\u00bb\u00c0-\u024f\u02b9-\u02c8\u0300-\u03ff\u1e00-\u1fff\u2010-\u205f\u2212\u22c5"
    "\u3008-\u300f\u301d-\u301f\u30fb]"
)
_LOOSE = re.compile("[\u0300-\u036f]")
# NFKC would glue the letters TM to the name before them, and make a blank of the acute used as apostrophe.
_BEFORE_NFKC = str.maketrans({"™": " ", "℠": " ", "´": "'"})
# What most often keeps English text from being ASCII, and Chinese text from being in NFKC. Replacing these
# costs a fiftieth of what normalising does.
_TYPOGRAPHY = (
    ("’", "'"), ("“", '"'), ("”", '"'), ("‘", "'"), ("–", "-"), ("—", "-"), ("…", "..."), ("\u00a0", " "),
)  # fmt: skip
_FULL_WIDTH = (
    ("，", ","), ("：", ":"), ("；", ";"), ("？", "?"), ("！", "!"), ("（", "("), ("）", ")"), ("％", "%"),
    ("\u3000", " "),
)  # fmt: skip


def _straighten(text: str) -> str:
    """The signs of typography as ASCII has them; only three dots make a text longer."""
    if not text.isascii():
        for char, plain in _TYPOGRAPHY:
            text = text.replace(char, plain)
    return text


def _normalise(text: str) -> str:
    """The cased view of any text: NFKC, no accents, no invisible characters, one form for each sign."""
    text = _straighten(text)
    if text.isascii():
        return text
    for char, plain in _FULL_WIDTH:
        text = text.replace(char, plain)
    if "™" in text or "℠" in text or "´" in text:
        text = text.translate(_BEFORE_NFKC)
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKC", text)
    loose = _LOOSE.search(text)
    text = _FOLDABLE.sub(lambda match: _FOLD[match[0]], text)
    return unicodedata.normalize("NFKC", text) if loose else text


def _lower(cased: str) -> str:
    """Lower case, character by character; a final sigma counts as any other."""
    lower = cased.lower()
    return lower if lower.isascii() else lower.replace("ς", "σ")


class Folded:
    """One text in its three views, with the way back from folded to original characters."""

    __slots__ = ("_even", "_uneven", "cased", "lower", "original")

    def __init__(self, text: str) -> None:
        self.original = text
        straight = _straighten(text)
        plain = straight.isascii()
        self.cased = straight if plain else _normalise(straight)
        self._even = plain and len(straight) == len(text)
        self.lower = _lower(self.cased)
        self._uneven: _Uneven | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original that the folded characters `start:end` came from."""
        if self._even:
            return start, end
        if self._uneven is None:
            self._uneven = _Uneven(self.original)
        return self._uneven.source(start)[0], self._uneven.source(end - 1)[1]


class _Uneven:
    """The places of a text where folding does not make one character of one character."""

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
                length = len(_normalise(group[0]))
                self._folded_starts.append(start + shift)
                self._groups.append((start, end, length))
                shift += length - (end - start)

    def source(self, at: int) -> tuple[int, int]:
        """Where the character begins and ends in the original that made the folded character `at`."""
        place = bisect_right(self._folded_starts, at) - 1
        if place < 0:
            return at, at + 1
        start, end, length = self._groups[place]
        beyond = at - self._folded_starts[place] - length
        return (start, end) if beyond < 0 else (end + beyond, end + beyond + 1)


def fold(text: str) -> str:
    """`text` in lower case, without accents, compatibility forms and invisible characters."""
    return _lower(_normalise(text))


def index_text(text: str) -> str:
    """The words of `text` for the full-text index and its queries, to be split by `TOKENIZER`.

    Every character of a script without blanks is a word of its own, so that a word in such a script is a
    phrase of the index. A letter before `+` or `#` gets a raised plus, for C is neither C++ nor C#.
    Idempotent.
    """
    return index_folded(fold(text))


def index_folded(lower: str) -> str:
    """`index_text` of a text that is folded already."""
    if not lower.isascii():
        lower = _NO_WORD.sub(" ", lower)
        lower = _GLUED_RUN.sub(lambda match: f" {' '.join(match[0])} ", lower)
    elif "\0" in lower:
        lower = lower.replace("\0", " ")
    if "+" in lower or "#" in lower:
        lower = _LETTER_AND_SIGN.sub("\\1⁺ ", lower)
    return lower


def words(index: str) -> list[str]:
    """The words that `TOKENIZER` finds in a text from `index_text`."""
    return index.translate(_ASCII_WORDS).split() if index.isascii() else _INDEX_WORD.findall(index)


# --------------------------------------------------------------------------- taking a term apart


class _Kind(Enum):
    """What a part of a term is, and whether a character is part of a word."""

    WORD = "word"
    GLUED = "glued"
    SIGN = "sign"
    GAP = "gap"


class _Kinds(dict[str, _Kind]):
    """The kind of a character, worked out at first sight."""

    def __missing__(self, char: str) -> _Kind:
        if not _WORD.match(char):
            kind = _Kind.SIGN
        elif _GLUED.match(char):
            kind = _Kind.GLUED
        else:
            kind = _Kind.WORD
        self[char] = kind
        return kind


_KINDS = _Kinds(dict.fromkeys(' \t\n\r\f\v-"', _Kind.GAP))


class _Case(Enum):
    """Which case a term wants."""

    ANY = "any"
    CAPITAL = "capital"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of characters of one kind; `open_*` where a `*` opens that side of a word."""

    kind: _Kind
    cased: str
    open_left: bool = False
    open_right: bool = False

    @property
    def lower(self) -> str:
        return _lower(self.cased)


@dataclass(frozen=True, slots=True)
class Run:
    """Words that follow each other in the index, the last one as any of `last`, or as a prefix."""

    words: tuple[str, ...]
    last: tuple[str, ...]
    prefix: bool = False


_STARS = re.compile(r"\*+")
_PARTS = re.compile(
    f'(?P<gap>[\\s"-]+)|(?P<glued>(?:(?=[^\\W_]|[{_MARK_CLASS}])[{_GLUED_CLASS}])+)|(?P<word>{_WORD_CHAR}+)|(?P<star>\\*)|(?P<sign>.)',
    re.DOTALL,
)

_GROUP_KINDS = {
    "gap": _Kind.GAP,
    "glued": _Kind.GLUED,
    "word": _Kind.WORD,
    "star": _Kind.SIGN,
    "sign": _Kind.SIGN,
}


def _parts(cased: str) -> list[_Part]:
    """A term's parts in order, gaps only between other parts."""
    parts: list[_Part] = []
    open_left = False
    text = _STARS.sub("*", cased)
    for match in _PARTS.finditer(text):
        char, end = match[0], match.end()
        if match.lastgroup == "star":
            after = _KINDS[text[end]] if end < len(text) else _Kind.GAP
            before = parts[-1].kind if parts else _Kind.GAP
            if after is _Kind.GAP and before in (_Kind.WORD, _Kind.GLUED):
                parts[-1] = replace(parts[-1], open_right=True)
                continue
            if before is _Kind.GAP and after in (_Kind.WORD, _Kind.GLUED):
                open_left = not parts
                continue
        kind = _GROUP_KINDS[match.lastgroup or ""]
        if kind is _Kind.SIGN and parts and parts[-1].kind is kind:
            parts[-1] = replace(parts[-1], cased=parts[-1].cased + char)
        elif kind is not _Kind.GAP or parts:
            parts.append(_Part(kind, char, open_left))
        open_left = False
    while parts and parts[-1].kind is _Kind.GAP:
        parts.pop()
    return parts


def _is_letter(char: str) -> bool:
    return char.isalnum() and not char.isdecimal() and _KINDS[char] is _Kind.WORD


def _wanted_case(parts: Sequence[_Part]) -> _Case:
    """A capital typed is a capital wanted, but for phrases and names with capitals inside."""
    if any(part.kind is _Kind.GAP for part in parts):
        return _Case.ANY
    text = "".join(part.cased for part in parts)
    letters = [char for char in text if char.lower() != char.upper()]
    capitals = sum(char.isupper() for char in letters)
    signs = any(part.kind is _Kind.SIGN for part in parts)
    if not capitals or (signs and len(letters) == 1):
        return _Case.ANY
    if capitals == len(letters):
        return _Case.SAME if capitals <= 3 else _Case.CAPITAL
    if signs or any(a.islower() and b.isupper() for a, b in pairwise(text)):
        return _Case.ANY
    return _Case.CAPITAL if letters[0].isupper() else _Case.ANY


def _inflected(word: str) -> tuple[str, ...]:
    """A Latin-script word and its plural spellings, longest first."""
    if not word.isascii() or sum(char.isalpha() for char in word) < 2:
        return (word,)
    if word.endswith("s"):
        return (f"{word}es", word)
    if word.endswith("y") and word[-2] not in "aeiou":
        return (f"{word[:-1]}ies", f"{word}s", word)
    if word.endswith(("x", "z", "ch", "sh")) or (word.endswith("o") and len(word) > 3):
        return (f"{word}es", f"{word}s", word)
    return (f"{word}s", word)


def _stem(forms: tuple[str, ...]) -> str:
    """What all spellings of a word begin with."""
    return forms[-1] if forms[0].startswith(forms[-1]) else forms[-1][:-1]


def _runs(parts: Sequence[_Part], forms: tuple[str, ...]) -> tuple[Run, ...]:
    """What of a term can be looked up in the index; a word with an open left side cannot."""
    runs: list[Run] = []
    pending: list[str] = []

    def close(last: tuple[str, ...] = (), prefix: bool = False) -> None:
        if pending or last:
            end = last or (pending.pop(),)
            runs.append(Run(tuple(pending), end, prefix))
        pending.clear()

    for place, part in enumerate(parts):
        if part.kind is _Kind.GLUED:
            pending.extend(part.lower)
        elif part.kind is _Kind.WORD:
            following = parts[place + 1 : place + 2]
            if part.open_left:
                close()
            elif part.open_right:
                close((part.lower,), prefix=True)
            elif following and following[0].cased[0] in "+#" and _is_letter(part.lower[-1]):
                pending.append(f"{part.lower}⁺")
            elif following:
                pending.append(part.lower)
            else:
                close(forms)
    close()
    return tuple(runs)


def _fts_run(run: Run) -> str:
    star = " *" if run.prefix else ""
    phrases = [f'"{" ".join((*run.words, last))}"{star}' for last in run.last]
    return phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})"


# --------------------------------------------------------------------------- terms


class Term:
    """A word or phrase, ready to be found; made by `compile_term`, equal to one that is written alike."""

    __slots__ = (
        "_case", "_first", "_forms", "_last", "_letter", "_literal", "_middle", "_open_left", "_open_right",
        "_signs", "_wanted", "exact", "runs", "simple", "text",
    )  # fmt: skip

    text: str
    """As the person wrote it."""
    exact: bool
    """Case and accents count as typed, and no plural is looked for."""
    runs: tuple[Run, ...]
    """Words that are in the index of every text in which the term stands; none if that cannot be said."""
    simple: bool
    """The other way round too: the index alone tells whether the term stands in a text."""

    def __init__(self, text: str, exact: bool, parts: list[_Part]) -> None:
        first, last = parts[0], parts[-1]
        self.text = text
        self.exact = exact
        self._first = first.kind
        self._last = last.kind
        self._open_left = first.open_left and first.kind is _Kind.WORD
        self._open_right = last.open_right and last.kind is _Kind.WORD
        self._case = _Case.ANY if exact else _wanted_case(parts)
        if last.kind is not _Kind.WORD:
            self._forms: tuple[str, ...] = ("",)
        elif exact or self._open_right:
            self._forms = (last.lower,)
        else:
            self._forms = _inflected(last.lower)
        self._signs = any(part.kind is _Kind.SIGN for part in parts)
        # Other than a name of letters, one with signs of its own may stand before a plus.
        marked = tuple(f"{form}⁺" for form in self._forms) if self._signs else ()
        self.runs = _runs(parts, self._forms + marked)
        self._wanted = _typed(text.strip().strip("*")) if exact else "".join(part.cased for part in parts)
        self._letter = next((i for i, char in enumerate(self._wanted) if char.lower() != char.upper()), 0)
        self.simple = (
            len(parts) == 1
            and not exact
            and self._case is _Case.ANY
            and not self._open_left
            and (last.kind is _Kind.WORD or len(last.cased) == 1)
            and bool(self.runs)
        )
        one_word = len(parts) == 1 and last.kind is _Kind.WORD
        self._middle = None if one_word else re.compile(_pattern(parts))
        self._literal = _stem(self._forms) if one_word else first.lower

    def __repr__(self) -> str:
        return f"Term({self.text!r}{', exact=True' if self.exact else ''})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and (self.text, self.exact) == (other.text, other.exact)

    def __hash__(self) -> int:
        return hash((self.text, self.exact))

    @property
    def literal(self) -> str:
        """Characters of the lower view of every text in which the term stands."""
        return self._literal

    def find(self, text: str | Folded) -> list[tuple[int, int]]:
        """Where the term stands, as half-open spans of the original text, in order, not overlapping."""
        folded = text if isinstance(text, Folded) else Folded(text)
        return [folded.original_span(start, end) for start, end in self.spans(folded)]

    def is_in(self, folded: Folded) -> bool:
        """Whether the term stands in the text at all."""
        return bool(self.spans(folded))

    @property
    def fts(self) -> str | None:
        """An FTS5 expression that hits every text in which the term stands, or None when there is none.

        It hits just these when the term is `simple`. Words of the index hold no quotation marks, so
        nothing of what a person typed can be FTS5 syntax.
        """
        return " AND ".join(map(_fts_run, self.runs)) or None

    def spans(self, folded: Folded) -> list[tuple[int, int]]:
        """Where the term stands, in characters of the folded text."""
        lower, literal = folded.lower, self._literal
        found: list[tuple[int, int]] = []
        start = lower.find(literal)
        while start >= 0:
            span = self._span_at(folded, start)
            if span is None:
                start = lower.find(literal, start + 1)
            else:
                found.append(span)
                start = lower.find(literal, span[1])
        return found

    def _span_at(self, folded: Folded, start: int) -> tuple[int, int] | None:
        """The span of the term that begins at `start`, if it does."""
        lower = folded.lower
        if (
            self._first is _Kind.WORD
            and start
            and not self._open_left
            and _KINDS[lower[start - 1]] is _Kind.WORD
        ):
            return None
        end = start
        if self._middle:
            match = self._middle.match(lower, start)
            if not match:
                return None
            end = match.end()
        stop = self._end(lower, end)
        if stop is None:
            return None
        begin = _word_start(lower, start) if self._open_left else start
        if not self._case_fits(folded, begin, start, stop):
            return None
        return begin, _word_end(lower, stop) if self._open_right else stop

    def _end(self, lower: str, at: int) -> int | None:
        """Where the term ends if its last part begins at `at`."""
        for form in self._forms:
            if lower.startswith(form, at):
                end = at + len(form)
                if self._last is not _Kind.WORD or self._open_right or _word_ends(lower, end, self._signs):
                    return end
        return None

    def _case_fits(self, folded: Folded, begin: int, start: int, end: int) -> bool:
        """Whether the case of the text is the case wanted; `begin` is where the word begins."""
        if self.exact:
            first, last = folded.original_span(start, end)
            return _typed(folded.original[first:last]) == self._wanted
        if self._case is _Case.ANY:
            return True
        if self._case is _Case.CAPITAL:
            capital = folded.cased[begin if begin < start else start + self._letter]
            return capital.isupper() or capital.istitle()
        found = folded.cased[start:end].replace(" ", "")
        ending = found[len(self._wanted) :]
        return found.startswith(self._wanted) and (not ending or ending.islower())


def compile_term(text: str, exact: bool = False) -> Term | None:
    """The term written as `text`, or None when there is nothing in it to look for. Never raises."""
    parts = _parts(_normalise(text))
    return Term(text, exact, parts) if parts else None


def _typed(text: str) -> str:
    """Case and accents as typed; what stands between words counts as one blank."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_SIGN_TABLE)
    return _BETWEEN_WORDS.sub(" ", text)


_SIGN_TABLE = str.maketrans(_SIGNS)
_BETWEEN_WORDS = re.compile(_GAP)


def _pattern(parts: Sequence[_Part]) -> str:
    """A pattern for all the parts, but for a word at the end, which may be spelt in several ways."""
    pieces: list[str] = []
    kinds = [part.kind for part in parts]
    for place, part in enumerate(parts):
        around = kinds[max(0, place - 1) : place + 2]
        if part.kind is _Kind.GAP:
            pieces.append(_OPTIONAL_GAP if _Kind.SIGN in around and not _marked(parts, place) else _GAP)
            continue
        if {part.kind, *kinds[max(0, place - 1) : place]} == {_Kind.WORD, _Kind.GLUED}:
            pieces.append(" ?")
        if part.kind is not _Kind.WORD or place + 1 < len(parts):
            pieces.append(re.escape(part.lower))
            if part.open_right:
                pieces.append(f"{_WORD_CHAR}{{0,{_OPEN_LIMIT}}}")
    return "".join(pieces)


def _marked(parts: Sequence[_Part], gap: int) -> bool:
    """Whether a `+` or `#` follows the gap, so that closing it would make another word of the index."""
    return parts[gap + 1].cased[0] in "+#"


def _word_ends(lower: str, end: int, signs: bool) -> bool:
    """Whether a word may end here: before no letter or digit, nor (but for `signs`) a letter before `+#`."""
    if end == len(lower):
        return True
    char = lower[end]
    if char in "+#":
        return signs or not _is_letter(lower[end - 1])
    return _KINDS[char] is not _Kind.WORD


def _word_start(lower: str, at: int) -> int:
    limit = max(0, at - _OPEN_LIMIT)
    while at > limit and _KINDS[lower[at - 1]] is _Kind.WORD:
        at -= 1
    return at


def _word_end(lower: str, at: int) -> int:
    limit = min(len(lower), at + _OPEN_LIMIT)
    while at < limit and _KINDS[lower[at]] is _Kind.WORD:
        at += 1
    return at
