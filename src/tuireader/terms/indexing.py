"""What the full-text index is fed with: words, as its tokenizer splits them."""

from __future__ import annotations

import re

from tuireader.terms.folding import GLUED_RUN, NO_WORD, fold

TOKENIZER = "ascii"
"""The FTS5 tokenizer for `index_text`: it splits at ASCII signs and keeps every other character, so that the
words of the index are exactly ours, whatever Unicode version SQLite was built with."""


_LETTER_AND_SIGN = re.compile(r"([^\W\d_])[+#]")
_INDEX_WORD = re.compile(r"[^\x00-/:-@\[-`{-\x7f]+")
_ASCII_WORDS = str.maketrans({chr(i): " " for i in range(128) if not chr(i).isalnum()})


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
        lower = NO_WORD.sub(" ", lower)
        lower = GLUED_RUN.sub(lambda match: f" {' '.join(match[0])} ", lower)
    elif "\0" in lower:
        lower = lower.replace("\0", " ")
    if "+" in lower or "#" in lower:
        lower = _LETTER_AND_SIGN.sub("\\1⁺ ", lower)
    return lower


def words(index: str) -> list[str]:
    """The words that `TOKENIZER` finds in a text from `index_text`."""
    return index.translate(_ASCII_WORDS).split() if index.isascii() else _INDEX_WORD.findall(index)
