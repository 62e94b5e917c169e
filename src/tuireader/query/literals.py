"""Find words that every match of a regular expression contains, to search the index first.

Only unambiguous cases count: ASCII words in the pattern that begin a text or follow a blank or sign in the
pattern. The parser is that of `re`; patterns that `regex` may parse differently yield no words, nor does a
parser that `re_parser` does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from tuireader.lexicon import fold, index_folded, words
from tuireader.query import re_parser
from tuireader.query.re_parser import code

OTHER_IN_REGEX = re.compile(r"\{(?!\d*,?\d*\})|\[[^]]*(?:\[|&&|--|~~|\|\|)|\(\?(?!P<\w)[^:imsau]")
"""Syntax that `regex` parses differently from `re`: fuzzy counts, nested sets, its own groups."""
_UNKNOWN = "\0"  # stands for anything but a literal character of the pattern
_WORD = re.compile(r"[0-9A-Za-z]+")


@lru_cache(maxsize=256)
def required_words(pattern: str) -> tuple[tuple[str, bool], ...]:
    """Return the words that every matching text contains, and whether each is only a prefix."""
    tree = None if OTHER_IN_REGEX.search(pattern) else re_parser.parse(pattern)
    if tree is None:
        return ()
    lines = "".join(_read(tree)).split("\n")
    return tuple(dict.fromkeys(word for line in lines for word in _words(line)))


def _read(tree: Iterable[tuple[Any, Any]]) -> Iterator[str]:
    """Yield the characters that every match contains, with repeats on lines of their own."""
    for kind, value in tree:
        if kind is code.LITERAL:
            yield chr(value) if 32 <= value < 127 else _UNKNOWN
        elif kind is code.AT:
            edge = value in (code.AT_BEGINNING, code.AT_BEGINNING_STRING, code.AT_END, code.AT_END_STRING)
            yield " " if edge else ""
        elif kind is code.IN and list(value) == [(code.CATEGORY, code.CATEGORY_SPACE)]:
            yield " "
        elif kind is code.SUBPATTERN:
            yield from _read(value[3])
        elif kind in (code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT) and value[0] > 0:
            inner = "".join(_read(value[2]))
            # The content occurs at least once, between unknown neighbours.
            yield " " if inner == " " else f"{_UNKNOWN}\n{_UNKNOWN}{inner}{_UNKNOWN}\n{_UNKNOWN}"
        else:
            yield _UNKNOWN


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words with a known beginning, and whether their end is unknown, in text from `_read`."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if start == 0 or text[start - 1] == _UNKNOWN:
            continue
        ends = end < len(text) and text[end] not in f"{_UNKNOWN}+#"
        for word in words(index_folded(fold(match[0]))):
            yield word, not ends


def fts(pattern: str, column: str) -> str | None:
    """Write an FTS5 expression that finds all texts of a column that the pattern matches, or None."""
    phrases: Sequence[str] = [f'"{word}"{" *" * prefix}' for word, prefix in required_words(pattern)]
    return f"{column} : ({' AND '.join(phrases)})" if phrases else None
