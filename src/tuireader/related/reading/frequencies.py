"""Frequencies of words in tech news, for a library that is too young to have counted them.

`frequencies.txt` has lines `<articles of 10,000> <language>[ names]: <stems>`, the most frequent first, after
one that names its source. Stems are as `words.fold` returns them, and CJK bigrams as `variants.simplified`,
because folding 27,000 words takes 25 ms. Words that are not listed occur in about 2 of 10,000 articles.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zlib import crc32

from msgspec import Struct

from tuireader.related.reading.table import Table

_CAPITALISED = frozenset(("de", "zh", "ja", "ko"))
"""Languages that capitalise every noun or have no capitals, so that a capital marks no name."""


class Frequencies(Struct, frozen=True):
    """Articles of 10,000 that contain a term, by its hash, and the terms that are words, not names."""

    articles: Table
    words: Table


@cache
def frequencies() -> Frequencies:
    """Load the bundled table; takes about 10 ms the first time."""
    table = Frequencies(Table(), Table())
    _, *lines = files(__package__).joinpath("frequencies.txt").read_bytes().splitlines()
    for line in lines:
        head, _, stems = line.partition(b": ")
        often, language, *names = head.decode().split()
        hashes = [crc32(stem) for stem in stems.split()]
        table.articles.add(hashes, int(often))
        if not names and language not in _CAPITALISED:
            table.words.add(hashes, 1)
    return table
