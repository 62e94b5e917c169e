"""Frequencies of words in tech news, for a library that is too young to have counted them.

`frequencies.txt` has lines `<articles of 10,000> <language>[ names]: <stems>`, the most frequent first, after
one that names its source. Stems are as `words.fold` returns them, and CJK bigrams as they are, because
folding 29,000 words takes 25 ms. Words that are not listed occur in about 2 of 10,000 articles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

_CAPITALISED = frozenset(("de", "zh", "ja", "ko"))
"""Languages that capitalise every noun or have no capitals, so that a capital marks no name."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Articles of 10,000 that contain a term, by its hash, and the terms that are words, not names."""

    articles: Mapping[int, int]
    words: frozenset[int]


@cache
def frequencies() -> Frequencies:
    """Load the bundled table; takes about 10 ms the first time."""
    articles: dict[int, int] = {}
    words: set[int] = set()
    _, *lines = files(__package__).joinpath("frequencies.txt").read_bytes().splitlines()
    for line in reversed(lines):  # a term in several languages has the highest frequency
        head, _, stems = line.partition(b": ")
        often, language, *names = head.decode().split()
        hashes = [crc32(stem) for stem in stems.split()]
        articles.update(dict.fromkeys(hashes, int(often)))
        if not names and language not in _CAPITALISED:
            words.update(hashes)
    return Frequencies(articles, frozenset(words))
