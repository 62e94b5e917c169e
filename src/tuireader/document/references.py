"""Mark the sentences of a text that refer to earlier articles: `… ordered a ban.‹1›`."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from msgspec import Struct
from msgspec.structs import replace

from tuireader.document.blocks import Block, BlockKind, Document, Span, SpanKind
from tuireader.document.line import sort_spans

_RUNNING = frozenset({BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM})
"""Blocks of running text. A mark in code or a table would shift its columns."""
_CLOSING = frozenset("”’\"')]}»›）］」』】》〉")
_LABEL = "‹{}›"
_MOST = 99  # maximum number of references
_TRIES = 100  # maximum number of occurrences of a sentence that are compared


class Referring(Struct, frozen=True):
    """A document with its marks; `articles` has the article of each mark in the order of the text."""

    document: Document
    articles: tuple[int, ...] = ()

    @property
    def numbers(self) -> dict[int, int]:
        """Numbers of the articles, counted from 1 in the order of their first marks."""
        return {article: number for number, article in enumerate(dict.fromkeys(self.articles), 1)}


def reference_label(number: int) -> str:
    """Format the mark of a reference, unlike the number of a link: `‹1›`."""
    return _LABEL.format(number)


def mark_references(document: Document, references: Iterable[tuple[int, str]], label: str = "") -> Referring:
    """Add a mark at the end of each sentence, for pairs of an article and the sentence that refers to it.

    A mark is `label` with the number in place of `{}`, by default `‹1›`.

    Sentences are found by their characters; white space, borders of blocks and spans do not matter. A
    sentence that is not found is left out. Articles are numbered in the order of the text.
    """
    places: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    text: _Squeezed | None = None
    for article, sentence in islice(references, _MOST):
        text = text or _Squeezed(document.blocks)
        if place := text.end_of(sentence):
            block, offset = place
            if article not in places[block][offset]:
                places[block][offset].append(article)
    order: list[int] = []
    for _, by_offset in sorted(places.items()):
        for _, articles in sorted(by_offset.items()):
            order += articles
    marked = Referring(document, tuple(order))
    numbers = marked.numbers
    blocks = list(document.blocks)
    for number, by_offset in places.items():
        labels = [(at, numbers[article]) for at in sorted(by_offset) for article in by_offset[at]]
        blocks[number] = _with_labels(blocks[number], labels, label or _LABEL)
    return replace(marked, document=replace(document, blocks=tuple(blocks)))


class _Squeezed:
    """The running text of blocks without any white space."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._texts = [block.text if block.kind in _RUNNING else "" for block in blocks]
        lines = ["".join(text.split()) for text in self._texts]
        self._starts = list(accumulate(map(len, lines), initial=0))
        self._first = set(self._starts)
        self._text = "".join(lines)

    def end_of(self, sentence: str) -> tuple[int, int] | None:
        """Return the block in which a sentence ends, and the offset after it; None if it is not found."""
        sought = "".join(sentence.split())
        places = list(islice(self._occurrences(sought), _TRIES)) if sought else []
        if not places:
            return None
        start = next(filter(self._is_start, places), places[0])
        end = start + len(sought)
        block = bisect_right(self._starts, end - 1) - 1
        return block, _after(self._texts[block], end - self._starts[block])

    def _occurrences(self, sought: str) -> Iterator[int]:
        at = self._text.find(sought)
        while at >= 0:
            yield at
            at = self._text.find(sought, at + 1)

    def _is_start(self, at: int) -> bool:
        """Return whether a sentence can start here: not in the middle of another one."""
        before = self._text[at - 1 : at]
        return at in self._first or not (before.isalnum() or before in ",;，、；")


def _after(text: str, count: int) -> int:
    """Return the offset after `count` visible characters, the marks on the last one and closing quotes."""
    offset = 0
    while count:
        count -= not text[offset].isspace()
        offset += 1
    while offset < len(text) and (text[offset] in _CLOSING or unicodedata.category(text[offset])[0] == "M"):
        offset += 1
    return offset


def _with_labels(block: Block, labels: Sequence[tuple[int, int]], form: str) -> Block:
    """Insert labels, given by offset and number in ascending order; spans do not grow at their borders."""
    pieces: list[str] = []
    spans: list[Span] = []
    cuts: list[tuple[int, int]] = []
    at = length = 0
    for offset, number in labels:
        label = form.format(number)
        pieces += [block.text[at:offset], label]
        length += offset - at
        spans.append(Span(length, length + len(label), SpanKind.REFERENCE, number))
        cuts.append((offset, len(label)))
        length += len(label)
        at = offset
    for span in block.spans:
        start = span.start + sum(size for offset, size in cuts if offset <= span.start)
        end = span.end + sum(size for offset, size in cuts if offset < span.end)
        spans.append(replace(span, start=start, end=end))
    return replace(block, text="".join(pieces) + block.text[at:], spans=sort_spans(spans))
