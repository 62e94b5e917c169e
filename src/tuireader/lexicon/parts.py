"""Split a term into runs of letters, signs and gaps; find its required case and plural spellings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from tuireader.lexicon.folding import GLUED_CLASS, MARK_CLASS, WORD, WORD_CHAR, glued_run, lowercase
from tuireader.lexicon.indexing import BREAK, CAPITAL, CAPITALS, ENDING, GAP, breaks


class Kind(Enum):
    """Kind of a part of a term."""

    WORD = "word"
    GLUED = "glued"
    SIGN = "sign"
    GAP = "gap"


class _Kinds(dict[str, Kind]):
    def __missing__(self, char: str) -> Kind:
        if not WORD.match(char):
            kind = Kind.SIGN
        elif glued_run().match(char):
            kind = Kind.GLUED
        else:
            kind = Kind.WORD
        self[char] = kind
        return kind


KINDS = _Kinds(dict.fromkeys(' \t\n\r\f\v-"', Kind.GAP))


class Case(Enum):
    """Case that a term requires."""

    ANY = "any"
    CAPITAL = "capital"
    SAME = "same"


class Part(Struct, frozen=True):
    """A run of characters of one kind; `open_*` if a `*` opens that side of a word."""

    kind: Kind
    cased: str
    open_left: bool = False
    open_right: bool = False

    @property
    def lower(self) -> str:
        return lowercase(self.cased)


class Run(Struct, frozen=True):
    """Consecutive words and marks in the index; the last one is any of `last`, or a prefix."""

    words: tuple[str, ...]
    last: tuple[str, ...]
    prefix: bool = False

    @property
    def phrases(self) -> list[str]:
        """Phrases of FTS5, one for each of `last`."""
        star = " *" if self.prefix else ""
        return [f'"{" ".join((*self.words, last))}"{star}' for last in self.last]


_STARS = re.compile(r"\*+")
_PARTS = re.compile(
    f'(?P<gap>[\\s"-]+)|(?P<glued>(?:(?=[^\\W_]|[{MARK_CLASS}])[{GLUED_CLASS}])+)|(?P<word>{WORD_CHAR}+)|(?P<star>\\*)|(?P<sign>.)',
    re.DOTALL,
)


def parts_of(cased: str) -> list[Part]:
    """Split a term into parts, without gaps at its ends."""
    parts: list[Part] = []
    open_left = False
    text = _STARS.sub("*", cased)
    for match in _PARTS.finditer(text):
        char, end = match[0], match.end()
        if match.lastgroup == "star":
            after = KINDS[text[end]] if end < len(text) else Kind.GAP
            before = parts[-1].kind if parts else Kind.GAP
            if after is Kind.GAP and before is not Kind.GAP:
                parts[-1] = replace(parts[-1], open_right=before is not Kind.SIGN)
                continue
            if before is Kind.GAP and after is not Kind.GAP:
                open_left = not parts and after is not Kind.SIGN
                continue
        kind = Kind.SIGN if match.lastgroup == "star" else Kind(match.lastgroup)
        if kind is Kind.SIGN and parts and parts[-1].kind is kind:
            parts[-1] = replace(parts[-1], cased=parts[-1].cased + char)
        elif kind is not Kind.GAP or parts:
            parts.append(Part(kind, char, open_left))
        open_left = False
    while parts and parts[-1].kind is Kind.GAP:
        parts.pop()
    return parts


def is_letter(char: str) -> bool:
    """Return whether a character is a letter of a script with blanks."""
    return char.isalnum() and not char.isdecimal() and KINDS[char] is Kind.WORD


def wanted_case(parts: Sequence[Part]) -> Case:
    """Return the case that a term requires: its own, except for phrases and names with inner capitals."""
    if any(part.kind is Kind.GAP for part in parts):
        return Case.ANY
    text = "".join(part.cased for part in parts)
    letters = [char for char in text if char.lower() != char.upper()]
    capitals = sum(char.isupper() for char in letters)
    signs = any(part.kind is Kind.SIGN for part in parts)
    if not capitals or (signs and len(letters) == 1):
        return Case.ANY
    if capitals == len(letters):
        return Case.SAME if capitals <= 3 else Case.CAPITAL
    if signs or any(a.islower() and b.isupper() for a, b in pairwise(text)):
        return Case.ANY
    return Case.CAPITAL if letters[0].isupper() else Case.ANY


def last_forms(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return the spellings of a term's last word, longest first, with plurals from two letters on.

    A single letter after a gap has no plural: "Series A" must not match "the series as a whole".
    """
    word = parts[-1].lower
    latin = sum(char.isascii() and char.isalpha() for part in parts for char in part.lower)
    alone = len(word) == 1 and word.isalpha() and len(parts) > 1 and parts[-2].kind is Kind.GAP
    return inflected(word) if word.isascii() and latin > 1 and not alone else (word,)


def inflected(word: str) -> tuple[str, ...]:
    """Return a Latin-script word and its plural spellings, longest first."""
    if word.endswith("s"):
        return (f"{word}es", word)
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return (f"{word[:-1]}ies", f"{word}s", word)
    if word.endswith(("x", "z", "ch", "sh")) or (word.endswith("o") and len(word) > 3):
        return (f"{word}es", f"{word}s", word)
    return (f"{word}s", word)


def stem(forms: tuple[str, ...]) -> str:
    """Return the common beginning of all spellings of a word."""
    return forms[-1] if forms[0].startswith(forms[-1]) else forms[-1][:-1]


def runs_of(parts: Sequence[Part], forms: tuple[str, ...]) -> tuple[Run, ...]:
    """Return the runs of a term that the index can look up; a word with an open left side is left out."""
    runs: list[Run] = []
    pending: list[str] = []

    def close(last: tuple[str, ...] = (), prefix: bool = False) -> None:
        if pending or last:
            end = last or (pending.pop(),)
            runs.append(Run(tuple(pending), end, prefix))
        pending.clear()

    for place, part in enumerate(parts):
        if part.kind in (Kind.GLUED, Kind.WORD) and pending:
            pending.extend(_mark(parts, place))
        if part.kind is Kind.GLUED:
            pending.extend(part.lower)
            if part.open_right:
                close()
        elif part.kind is Kind.WORD:
            following = parts[place + 1 : place + 2]
            if part.open_left:
                close()
            elif part.open_right:
                close((part.lower,), prefix=True)
            elif following and _is_plus(part, following[0]):
                pending.append(f"{part.lower}⁺")
            elif following:
                pending.append(part.lower)
            else:
                close(forms)
    close()
    return tuple(runs)


def _is_plus(word: Part, sign: Part) -> bool:
    return word.kind is Kind.WORD and sign.cased[0] in "+#" and is_letter(word.lower[-1])


def _mark(parts: Sequence[Part], place: int) -> list[str]:
    start = place
    while start and parts[start - 1].kind in (Kind.SIGN, Kind.GAP):
        start -= 1
    between = parts[start:place]
    signs = "".join(part.cased for part in between if part.kind is Kind.SIGN)
    before = parts[start - 1]
    if between and _is_plus(before, between[0]):
        signs = signs[1:]
    if breaks(signs):
        return [BREAK]
    both_glued = before.kind is parts[place].kind is Kind.GLUED
    return [GAP] if between and both_glued else []


def cased_run(case: Case, forms: tuple[str, ...]) -> Run | None:
    """Build the run that finds a whole word by its case; None for a word of any case."""
    if case is Case.ANY:
        return None
    word = forms[-1]
    if case is Case.CAPITAL:
        return Run((), tuple(f"{CAPITAL}{form}" for form in forms))
    endings = [form.removeprefix(word) for form in forms if form.startswith(word)]
    return Run((), tuple(f"{CAPITALS}{word}{ENDING if ending else ''}{ending}" for ending in endings))


def fts_of(run: Run) -> str:
    """Write a run as an FTS5 expression."""
    phrases = run.phrases
    return phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})"
