"""Input of the full-text index, with marks that let it decide most terms by itself.

Beside its words, a text has marks in the index, which no text can contain itself: a *break* where no phrase
continues (a comma, the end of a line), a *gap* between words of a script without blanks that are apart, and
after the last word once more each word that was seen with a capital, and each short one that was seen in
capitals. At the end are its symbols, emoji and currency signs, each once: not words, but searched for as
such.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tuireader.lexicon.folding import (
    BETWEEN,
    GLUED_CLASS,
    GLUED_RUN,
    MARK_CLASS,
    NO_WORD,
    fold,
    lowercase,
    normalise,
)

TOKENIZER = "ascii"
"""FTS5 tokenizer that splits the indexed words."""

BREAK, GAP = "¶", "‗"
MARKS = frozenset((BREAK, GAP))
CAPITAL = "↑"
"""Precedes a word whose first letter was seen as a capital."""
CAPITALS = "⇑"
"""Precedes a word of up to three letters that were all seen as capitals …"""
ENDING = "↑"
"""… and, inside it, a plural ending in lower case."""

_LETTER_AND_SIGN = re.compile(r"([^\W\d_])[+#]")
_INDEX_WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_ASCII_WORDS = str.maketrans({chr(i): " " for i in range(128) if not chr(i).isalnum()})

_IN_PHRASES = BETWEEN.replace("\\", "")
_BREAKING = "".join(chr(i) for i in range(128) if not chr(i).isalnum() and chr(i) not in f"{_IN_PHRASES}+#")
# While a text is being marked, \x1f stands for a sign that breaks a phrase, and \2 for a raised plus: so
# ASCII stays ASCII, which is lower-cased and split several times as fast.
_RAISED = "\2"
_ASCII_SIGNS = str.maketrans(dict.fromkeys(_IN_PHRASES, " ") | dict.fromkeys(_BREAKING, "\x1f"))
_ODD_SIGN = re.compile(f"[^\\w\x01-\x7f·{MARK_CLASS}]+")
_GLUED_GAP = re.compile(f"(?<=[{GLUED_CLASS}])[{BETWEEN}]+(?=[{GLUED_CLASS}])")
_STRETCH = re.compile("\x1f[ \x1f]*")
_RAISED_WORD = re.compile(f"[^ \x1f]+{_RAISED}")
_CAPITAL = re.compile(r" [0-9]*[A-Z][A-Za-z0-9]*(?![^ ])")
_ACRONYM = re.compile(r" (?:((?:[0-9]*[A-Z]){1,3}[0-9]*)|((?:[0-9]*[A-Z]){2,3}[0-9]*)(s|es))(?![^ ])")
_LONGEST_ACRONYM = 3
_SYMBOL_CLASS = (
    "\u00a2-\u00a7\u00a9\u00ac\u00ae\u00b0\u00b1\u00d7\u00f7\u2020\u2021\u20a0-\u20cf\u2100-\u218f\u2190\u2192-\u21d0"
    "\u21d2-\u2bff\U0001f000-\U0001fbff"
)
_SYMBOL = re.compile(f"[{_SYMBOL_CLASS}]")


def indexed(text: str) -> str:
    """Return the words of a text for the full-text index, with its marks, to be split by `TOKENIZER`."""
    cased = normalise(text)
    made = _indexed(cased)
    found = () if cased.isascii() else symbols(cased)
    return " ".join((made, *found)) if found else made


def symbols(cased: str) -> tuple[str, ...]:
    """Return the symbols of a cased text that the index holds, each once."""
    return tuple(dict.fromkeys(_SYMBOL.findall(cased)))


def _indexed(cased: str) -> str:
    marked = _marked(cased)
    lower = lowercase(marked)
    found = "" if lower == marked else _capitals(marked)
    lower = _STRETCH.sub(f" {BREAK} ", lower)
    return f"{lower.replace(_RAISED, '⁺')}{found}" if _RAISED in lower else f"{lower}{found}"


def _marked(text: str) -> str:
    """Return a cased text as words, marks (or placeholders for them) and blanks, and nothing else."""
    if text.isascii():
        text = text.translate(_ASCII_SIGNS)
    else:
        text = _ODD_SIGN.sub("\x1f", text)
        if GLUED_RUN.search(text):
            text = _GLUED_GAP.sub(f" {GAP} ", text)
            text = GLUED_RUN.sub(lambda match: f" {' '.join(match[0])} ", text)
        # `translate` is fast only for ASCII.
        for char in _BREAKING:
            text = text.replace(char, "\x1f")
        for char in _IN_PHRASES:
            text = text.replace(char, " ")
    if "+" in text or "#" in text:
        text = _LETTER_AND_SIGN.sub(rf"\1{_RAISED} ", text)
        text = text.replace("+", "\x1f").replace("#", "\x1f")
    return text


def _capitals(marked: str) -> str:
    """Repeat the words of a text that have capitals, see `CAPITAL` and `CAPITALS`, in lower case."""
    text = _RAISED_WORD.sub(" ", marked) if _RAISED in marked else marked
    text = f" {text}".replace("\x1f", " ")
    once = "".join(dict.fromkeys(_CAPITAL.findall(text)))
    # before the signs are added: ASCII is lower-cased many times as fast
    found = once.lower().replace(" ", f" {CAPITAL}")
    for word, stem, ending in _ACRONYM.findall(once):
        found += f" {CAPITALS}{word.lower()}" if word else f" {CAPITALS}{stem.lower()}{ENDING}{ending}"
    if text.isascii():
        return found
    words = (word for word in dict.fromkeys(text.split()) if not word.isascii() and word.lower() != word)
    return found + lowercase("".join([token for word in words for token in _other_capitals(word)]))


def _other_capitals(word: str) -> list[str]:
    """Return the same for one word that is not ASCII; such a word has no plural."""
    letters = [char for char in word if char.lower() != char.upper()]
    if not letters or not (letters[0].isupper() or letters[0].istitle()):
        return []
    short = len(letters) <= _LONGEST_ACRONYM and all(map(str.isupper, letters))
    return [f" {CAPITAL}{word}", *([f" {CAPITALS}{word}"] if short else [])]


def index_text(text: str) -> str:
    """Return the words of `text` as the index has them, without marks, to be split by `TOKENIZER`.

    Every character of a script without blanks is a word of its own, so that a word in such a script is a
    phrase of the index. A letter before `+` or `#` gets a raised plus, as C is neither C++ nor C#.
    Idempotent.
    """
    return index_folded(fold(text))


def index_folded(lower: str) -> str:
    """Return `index_text` of a text that is already folded."""
    if not lower.isascii():
        lower = NO_WORD.sub(" ", lower)
        lower = GLUED_RUN.sub(lambda match: f" {' '.join(match[0])} ", lower)
    elif "\0" in lower:
        lower = lower.replace("\0", " ")
    if "+" in lower or "#" in lower:
        lower = _LETTER_AND_SIGN.sub("\\1⁺ ", lower)
    return lower


def distinct_words(lower: str) -> Collection[str]:
    """Return the words of `index_folded` in no order, each once for scripts without blanks."""
    if lower.isascii():
        return words(index_folded(lower))
    lower = NO_WORD.sub(" ", lower)
    glued = "".join(GLUED_RUN.findall(lower))
    rest = words(index_folded(GLUED_RUN.sub(" ", lower)))
    return {*glued, *rest} if glued else rest


def words(index: str) -> list[str]:
    """Return the words that `TOKENIZER` finds in a text from `index_text` or `indexed`."""
    return index.translate(_ASCII_WORDS).split() if index.isascii() else _INDEX_WORD.findall(index)


def breaks(signs: str) -> bool:
    """Return whether a text has a break mark where these signs are."""
    return any(char not in _IN_PHRASES for char in signs)
