"""Vocabulary: all terms of all watches, to find the candidates in a text quickly."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter

from tuireader.lexicon import MARKS, Run, Term, distinct_words
from tuireader.query import Regex
from tuireader.watch.rules import Item

_HEADS = (3, 5, 8)  # prefixes are filed under their longest head of one of these lengths
_FEW = 32  # up to so many words, searching for each is faster than splitting the text: 25 instead of 42 µs

Words = tuple[str, ...]


class Vocabulary:
    """All terms, with tables to find those that may occur in a text.

    A term is filed under one of its words, or the head of its prefix, along with other text that must occur.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.written: list[str] = []
        self._numbers: dict[Item, int] = {}
        self._by_word: dict[str, list[tuple[str, int]]] = {}
        self._plain: dict[str, str] = {}  # the same words as they stand in texts
        self._by_head: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._by_literal: list[tuple[str, int]] = []
        self._always: list[int] = []

    def add(self, item: Item) -> int:
        """Add a term if it is new; return its number."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
            self.written.append(item.text if isinstance(item, Term) else f"/{item.pattern}/")
            self._enter(item, number)
            if isinstance(item, Term):
                for other in item.others:
                    self._enter(other, number, item.text)
        return number

    def _enter(self, item: Item, number: int, written: str = "") -> None:
        if isinstance(item, Regex):
            self._always.append(number)
            return
        chain = max(map(_chain, item.runs), key=len, default=[])
        if chain:
            # The longest word is likely to be the rarest; the literal is the first word, or a run of Han.
            # A text has few of the characters by which another spelling differs from what is written.
            forms = max(
                chain if written else chain[1:] or chain,
                key=lambda forms: (forms[-1] not in written, len(forms[-1])),
            )
            other = item.literal if len(chain) > 1 else ""
            for form in forms:
                self._by_word.setdefault(form, []).append((other, number))
                self._plain[form] = form.replace("⁺", "")
        elif item.runs:
            prefix = item.runs[0].last[0]
            length = max((length for length in _HEADS if length <= len(prefix)), default=len(prefix))
            heads = self._by_head.setdefault(length, {})
            heads.setdefault(prefix[:length], []).append((prefix, number))
        else:
            self._by_literal.append((item.literal, number))

    def candidates(self, lower: str) -> set[int]:
        """Return the numbers of the terms that may occur in a folded text."""
        numbers = set(self._always)
        words: Collection[str]
        if len(self._by_word) <= _FEW:
            words = [word for word, plain in self._plain.items() if plain in lower]
            filed = [prefixes for heads in self._by_head.values() for prefixes in heads.values()]
        else:
            known = distinct_words(lower)
            words = self._by_word.keys() & known
            filed = [
                heads[head]
                for length, heads in self._by_head.items()
                for head in heads.keys() & map(itemgetter(slice(length)), known)
            ]
        for word in words:
            for other, number in self._by_word[word]:
                if other in lower:
                    numbers.add(number)
        for prefixes in filed:
            numbers.update([number for prefix, number in prefixes if prefix in lower])
        numbers.update([number for literal, number in self._by_literal if literal in lower])
        return numbers


def _chain(run: Run) -> list[Words]:
    chain: list[Words] = [(word,) for word in run.words if word not in MARKS]
    return chain if run.prefix else [*chain, run.last]
