"""Prepare text for the full-text index, with marks that let it decide most terms by itself.

Besides words, an indexed text has marks that cannot occur in texts: a *break* where no phrase continues
(a comma, the end of a line), and a *gap* where words of a script without blanks are separated. After the
words come a marked copy of each word seen with a capital, another of each short word seen in capitals, and
each symbol, emoji and currency sign, to be searched for like words.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, lru_cache

from tuireader.lexicon.folding import (
    BETWEEN,
    GLUED_CLASS,
    MARK_CLASS,
    NO_WORD,
    fold,
    glued_run,
    lowercase,
    normalise,
)

TOKENIZER = "ascii"
"""FTS5 tokenizer that splits the indexed words."""

BREAK, GAP = "¶", "‗"
MARKS = frozenset((BREAK, GAP))
CAPITAL = "↑"
"""Prefix of a word seen with a capital first letter."""
CAPITALS = "⇑"
"""Prefix of a word of up to three letters seen in capitals …"""
ENDING = "↑"
"""… which precedes its lower-case plural ending."""

_LETTER_AND_SIGN = re.compile(r"([^\W\d_])[+#]")
_INDEX_WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_ASCII_WORDS = str.maketrans({chr(i): " " for i in range(128) if not chr(i).isalnum()})

_IN_PHRASES = BETWEEN.replace("\\", "")
_BREAKING = "".join(chr(i) for i in range(128) if not chr(i).isalnum() and chr(i) not in f"{_IN_PHRASES}+#")
# Placeholders during marking: \x1f for a sign that breaks a phrase, and \2 for a raised plus. So ASCII text
# stays ASCII, which is several times faster to lower-case and split.
_RAISED = "\2"
_ASCII_SIGNS = str.maketrans(dict.fromkeys(_IN_PHRASES, " ") | dict.fromkeys(_BREAKING, "\x1f"))
_ASCII_BYTES = bytes(range(128)).decode().translate(_ASCII_SIGNS).encode() + bytes(range(128, 256))
_ODD_SIGN = re.compile(f"[^\\w\x01-\x7f·{MARK_CLASS}]+")
_STRETCH = re.compile("\x1f[ \x1f]*")
_RAISED_WORD = re.compile(f"[^ \x1f]+{_RAISED}")
_CAPITAL = re.compile(r" [0-9]*[A-Z][A-Za-z0-9]*(?![^ ])")
_ACRONYM = re.compile(r" (?:((?:[0-9]*[A-Z]){1,3}[0-9]*)|((?:[0-9]*[A-Z]){2,3}[0-9]*)(s|es))")
_LONGEST_ACRONYM = 3
_SYMBOL_CLASS = (
    "\u00a2-\u00a7\u00a9\u00ac\u00ae\u00b0\u00b1\u00d7\u00f7\u2020\u2021\u20a0-\u20cf\u2100-\u218f\u2190\u2192-\u21d0"
    "\u21d2-\u2bff\U0001f000-\U0001fbff"
)
_SYMBOL = re.compile(f"[{_SYMBOL_CLASS}]")


@cache
def _glued_gap() -> re.Pattern[str]:
    return re.compile(f"(?<=[{GLUED_CLASS}])[{BETWEEN}]+(?=[{GLUED_CLASS}])")


@cache
def _other_letter() -> re.Pattern[str]:
    return re.compile(f"[^\x00-\x7f{GLUED_CLASS}{BREAK}{GAP}]")


def indexed(text: str) -> str:
    """Return the words and marks of a text for the full-text index, to be split by `TOKENIZER`."""
    cased = normalise(text)
    signs = () if cased.isascii() else symbols(cased)
    return " ".join((_indexed(cased), *signs))


def symbols(cased: str) -> tuple[str, ...]:
    """Return the symbols of a cased text to index, each once."""
    return tuple(dict.fromkeys(_SYMBOL.findall(cased)))


def _indexed(cased: str) -> str:
    marked = _marked(cased)
    lower = lowercase(marked)
    copies = "" if lower == marked else _capitals(marked)
    lower = _STRETCH.sub(f" {BREAK} ", lower)
    return f"{lower.replace(_RAISED, '⁺')}{copies}" if _RAISED in lower else f"{lower}{copies}"


def _marked(text: str) -> str:
    """Reduce a cased text to words, marks (or their placeholders) and blanks."""
    if text.isascii():
        text = text.translate(_ASCII_SIGNS)
    else:
        text = _ODD_SIGN.sub("\x1f", text)
        if glued_run().search(text):
            text = _glued_gap().sub(f" {GAP} ", text)
            text = _spread(text)
        # `str.translate` is fast only for ASCII; in UTF-8, ASCII bytes are ASCII characters.
        text = text.replace("·", " ")
        text = text.encode("utf-8", "surrogatepass").translate(_ASCII_BYTES).decode("utf-8", "surrogatepass")
    if "+" in text or "#" in text:
        text = _LETTER_AND_SIGN.sub(rf"\1{_RAISED} ", text)
        text = text.replace("+", "\x1f").replace("#", "\x1f")
    return text


def _spread(text: str) -> str:
    """Put blanks between and around the characters of scripts without blanks."""
    pieces = glued_run().split(text)
    pieces[1::2] = map(" ".join, pieces[1::2])
    return " ".join(pieces)


def _capitals(marked: str) -> str:
    """Return lower-case copies of the words with capitals, after `CAPITAL` or `CAPITALS`."""
    text = _RAISED_WORD.sub(" ", marked) if _RAISED in marked else marked
    text = f" {text}".replace("\x1f", " ")
    once = dict.fromkeys(_CAPITAL.findall(text))
    # lower-case before adding signs: this is many times faster for ASCII
    copies = "".join(once).lower().replace(" ", f" {CAPITAL}") + "".join(map(_acronym, once))
    if text.isascii() or not _other_letter().search(text):
        return copies
    words = (word for word in dict.fromkeys(text.split()) if not word.isascii() and word.lower() != word)
    return copies + lowercase("".join([token for word in words for token in _other_capitals(word)]))


@lru_cache(maxsize=1 << 14)  # texts share most of their words
def _acronym(word: str) -> str:
    """Return the copy of an acronym from `_CAPITAL`, with its plural ending marked; else ""."""
    match = _ACRONYM.fullmatch(word)
    if match is None:
        return ""
    acronym, stem, ending = match.groups()
    return f" {CAPITALS}{acronym.lower()}" if acronym else f" {CAPITALS}{stem.lower()}{ENDING}{ending}"


def _other_capitals(word: str) -> list[str]:
    """Return the copies of a non-ASCII word with capitals; such a word has no plural."""
    letters = [char for char in word if char.lower() != char.upper()]
    if not letters or not (letters[0].isupper() or letters[0].istitle()):
        return []
    short = len(letters) <= _LONGEST_ACRONYM and all(map(str.isupper, letters))
    return [f" {CAPITAL}{word}", *([f" {CAPITALS}{word}"] if short else [])]


def index_text(text: str) -> str:
    """Return the words of `text` as in the index, without marks, to be split by `TOKENIZER`.

    Every character of a script without blanks is a separate word, so a word in such a script is a phrase in
    the index. A letter before `+` or `#` gets a raised plus, to distinguish C from C++ and C#. Idempotent.
    """
    return index_folded(fold(text))


def index_folded(lower: str) -> str:
    """Do the same as `index_text` for folded text."""
    if not lower.isascii():
        lower = NO_WORD.sub(" ", lower)
        lower = _spread(lower)
    elif "\0" in lower:
        lower = lower.replace("\0", " ")
    if "+" in lower or "#" in lower:
        lower = _LETTER_AND_SIGN.sub("\\1⁺ ", lower)
    return lower


@lru_cache(maxsize=1)  # watches and rules ask for those of an article one after the other
def distinct_words(lower: str) -> Collection[str]:
    """Return the words of `index_folded` in any order; repeated characters of scripts without blanks once."""
    if lower.isascii():
        return words(index_folded(lower))
    lower = NO_WORD.sub(" ", lower)
    glued = "".join(glued_run().findall(lower))
    others = words(index_folded(glued_run().sub(" ", lower)))
    return {*glued, *others} if glued else others


def words(index: str) -> list[str]:
    """Split a text from `index_text` or `indexed` into words as `TOKENIZER` does."""
    return index.translate(_ASCII_WORDS).split() if index.isascii() else _INDEX_WORD.findall(index)


def breaks(signs: str) -> bool:
    """Return whether these signs become a break mark."""
    return any(char not in _IN_PHRASES for char in signs)
