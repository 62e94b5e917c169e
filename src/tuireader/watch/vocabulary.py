"""All terms of all watches, and which of them may stand in a text."""

from __future__ import annotations

from itertools import pairwise, product
from operator import itemgetter

from tuireader.query import Regex
from tuireader.terms import MARKS, Run, Term, index_folded, words
from tuireader.watch.rules import Item


class Vocabulary:
    """All terms, with tables that tell quickly which of them may stand in a text."""

    _PREFIX = 5
    _MOST_FEW = 64  # up to here, looking for each in the text costs less than taking the text apart

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.written: list[str] = []
        self._numbers: dict[Item, int] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_pair: dict[tuple[str, str], list[int]] = {}
        self._by_prefix: dict[int, dict[str, list[tuple[str, int]]]] = {}
        self._by_literal: list[tuple[str, int]] = []
        self._always: list[int] = []
        self._few: list[tuple[tuple[str, ...], int]] | None = []

    def add(self, item: Item) -> int:
        """The number of a term, the same for the same term."""
        number = self._numbers.get(item)
        if number is None:
            number = self._numbers[item] = len(self.items)
            self.items.append(item)
            self.written.append(item.text if isinstance(item, Term) else f"/{item.pattern}/")
            self._enter(item, number)
        return number

    def _enter(self, item: Item, number: int) -> None:
        """Put a term under what is rarest of it: two words that follow each other, a word, a prefix."""
        if isinstance(item, Regex):
            self._always.append(number)
            return
        runs = [
            Run(tuple(word for word in run.words if word not in MARKS), run.last, run.prefix)
            for run in item.runs
        ]
        runs = [run for run in runs if len(run.words) + (not run.prefix) > 0]
        if runs:
            run = max(runs, key=lambda run: len(run.words))
            links = [(word,) for word in run.words] + ([] if run.prefix else [run.last])
            if len(links) > 1:
                for pair in product(links[-2], links[-1]):
                    self._by_pair.setdefault(pair, []).append(number)
                    self._need(pair, number)
            else:
                for word in links[0]:
                    self._by_word.setdefault(word, []).append(number)
                    self._need((word,), number)
        elif item.runs:
            prefix = item.runs[0].last[0]
            head = prefix[: self._PREFIX]
            self._by_prefix.setdefault(len(head), {}).setdefault(head, []).append((prefix, number))
            self._need((prefix,), number)
        else:
            self._by_literal.append((item.literal, number))
            self._need((item.literal,), number)

    def _need(self, words: tuple[str, ...], number: int) -> None:
        """Remember what a text must hold for a term, as long as there are few of them."""
        if self._few is not None:
            self._few.append((tuple(word.replace("⁺", "") for word in words), number))
            if len(self._few) > self._MOST_FEW:
                self._few = None

    def candidates(self, lower: str) -> set[int]:
        """The numbers of all terms that stand in a folded text, and of some that do not."""
        found = set(self._always)
        if self._few is not None:
            for needed, number in self._few:
                for word in needed:
                    if word not in lower:
                        break
                else:
                    found.add(number)
            return found
        known = words(index_folded(lower))
        for word in self._by_word.keys() & known:
            found.update(self._by_word[word])
        if self._by_pair:
            for pair in self._by_pair.keys() & pairwise(known):
                found.update(self._by_pair[pair])
        for length, heads in self._by_prefix.items():
            for head in heads.keys() & map(itemgetter(slice(length)), known):
                found.update([number for prefix, number in heads[head] if prefix in lower])
        found.update([number for literal, number in self._by_literal if literal in lower])
        return found
