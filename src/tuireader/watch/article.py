"""One article under the eyes of a matcher."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence

from tuireader import query
from tuireader.lexicon import Folded, Term
from tuireader.query import FoldedArticle, Regex, Subject
from tuireader.watch.items import Item
from tuireader.watch.sentences import line_around, sentences_in, span_of_sentences

Spans = Sequence[tuple[int, int]]


class SearchedArticle:
    """One article under the eyes of a matcher: its fields as one text, each term looked for at most once."""

    def __init__(self, subject: Subject, items: Sequence[Item], fields: Sequence[str]) -> None:
        self.subject = subject
        self._reading: FoldedArticle | None = None
        self._items = items
        self._found: dict[int, Spans] = {}
        self._sentences: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self.names: list[str] = []
        self.starts: list[int] = []
        texts: list[str] = []
        at = 0
        for name in fields:
            text = "\n".join(subject.labels) if name == "label" else str(getattr(subject, name))
            if text:
                self.names.append(name)
                self.starts.append(at)
                texts.append(text)
                at += len(text) + 1
        self.folded = Folded("\n".join(texts))

    @property
    def reading(self) -> FoldedArticle:
        """The article for the questions of expressions."""
        if self._reading is None:
            self._reading = FoldedArticle(self.subject)
        return self._reading

    def field_at(self, place: int) -> str:
        """The field that a place of the text belongs to."""
        return self.names[bisect_right(self.starts, place) - 1]

    def spans(self, number: int) -> Spans:
        """Where a term stands in all fields. Raises SlowRegex."""
        found = self._found.get(number)
        if found is None:
            item = self._items[number]
            found = item.find(self.folded) if isinstance(item, Term) else self._regex_spans(item)
            self._found[number] = found
        return found

    def by_field(self, spans: Spans) -> list[tuple[str, Spans]]:
        """Places in order, parted by field."""
        field = self.field_at(spans[0][0])
        if field == self.field_at(spans[-1][0]):
            return [(field, spans)]
        parts: dict[str, list[tuple[int, int]]] = {}
        for span in spans:
            parts.setdefault(self.field_at(span[0]), []).append(span)
        return list(parts.items())

    def _regex_spans(self, item: Regex) -> Spans:
        """A regular expression sees each field by itself, so that its anchors mean the field's ends."""
        text = self.folded.original
        ends = [*(start - 1 for start in self.starts[1:]), len(text)][: len(self.starts)]
        return [
            (start + begin, start + end)
            for start, stop in zip(self.starts, ends, strict=True)
            for begin, end in query.regex_spans(item.pattern, text[start:stop])
        ]

    def hits(self, numbers: Iterable[int], fields: Collection[str]) -> dict[int, Spans]:
        """Those of the terms that stand in one of the fields, with the places."""
        everywhere = set(self.names) <= set(fields)
        found: dict[int, Spans] = {}
        for number in numbers:
            spans = self.spans(number)
            if spans and not everywhere:
                spans = [span for span in spans if self.field_at(span[0]) in fields]
            if spans:
                found[number] = spans
        return found

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The sentence around a place; its line is taken apart only once."""
        text = self.folded.original
        line = line_around(text, start, end)
        sentences = self._sentences.get(line)
        if sentences is None:
            sentences = self._sentences[line] = sentences_in(text, *line)
        return span_of_sentences(sentences, start, end)
