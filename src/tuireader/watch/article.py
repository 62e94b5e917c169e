"""Prepare an article for a matcher."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from msgspec.structs import replace

from tuireader import query
from tuireader.lexicon import Folded, Term, borders
from tuireader.model import TermHit
from tuireader.query import FoldedArticle, Regex, Subject
from tuireader.query.identifiers import MOST_IDENTIFIERS, MOST_TEXTS, count_texts
from tuireader.text.asides import aside, running_text
from tuireader.watch.rules import Item
from tuireader.watch.sentences import line_around, sentences_in, span_of_sentences

Spans = Sequence[tuple[int, int]]
TEXTS = ("summary", "body")


class SearchedArticle:
    """An article prepared for a matcher: its fields joined to one text, each term searched for only once."""

    def __init__(self, subject: Subject, items: Sequence[Item], fields: Sequence[str]) -> None:
        self.subject = subject
        self._readings: dict[tuple[bool, bool], FoldedArticle] = {}
        self._items = items
        self._found: dict[int, Spans] = {}
        self._doubtful: dict[int, frozenset[tuple[int, int]]] = {}
        self._captured: dict[int, dict[int, list[str]]] = {}  # by the starts of a pattern's matches
        self._sentences: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._line = (0, -1, -1, "")  # the last line looked at: its bounds, and where it stops being text
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

    def reading(self, *, certain: bool, running: bool) -> FoldedArticle:
        """Prepare the article for an expression, with only its `running` text if set."""
        if (certain, running) not in self._readings:
            subject = self.subject
            if running:
                summary, body = running_text(subject.summary), running_text(subject.body)
                subject = replace(subject, summary=summary, body=body)
            self._readings[certain, running] = FoldedArticle(subject, certain=certain)
        return self._readings[certain, running]

    def field_at(self, place: int) -> str:
        """Return the field at a position of the joined text."""
        return self.names[bisect_right(self.starts, place) - 1]

    def place(self, at: int) -> str:
        """Return the field at a position, or one of `ASIDES` outside the running text."""
        field = self.field_at(at)
        if field not in TEXTS:
            return field
        start, end, aside_from, kind = self._line
        if not start <= at <= end:
            text = self.folded.original
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = len(text) if end < 0 else end
            aside_from, kind = aside(text, start, end)
            self._line = start, end, aside_from, kind
        return kind if at >= aside_from and kind else field

    def _is_in(self, span: tuple[int, int], fields: Collection[str]) -> bool:
        return self.field_at(span[0]) in fields or ("text" in fields and self.place(span[0]) in TEXTS)

    def spans(self, number: int) -> Spans:
        """Return the matches of a term in all fields. Raises SlowRegex."""
        spans = self._found.get(number)
        if spans is None:
            item = self._items[number]
            spans = item.find(self.folded) if isinstance(item, Term) else self._regex_spans(number, item)
            self._found[number] = spans
        return spans

    def doubtful(self, number: int) -> frozenset[tuple[int, int]]:
        """Return the matches of a term that lie across Chinese word boundaries."""
        item = self._items[number]
        if not isinstance(item, Term) or not item.crosses:
            return frozenset()
        if number not in self._doubtful:
            text = self.folded.original
            self._doubtful[number] = frozenset(
                span for span in self.spans(number) if borders.uncertain(text, *span)
            )
        return self._doubtful[number]

    def by_place(self, spans: Spans) -> list[tuple[str, Spans]]:
        """Group spans by `place`."""
        parts: dict[str, list[tuple[int, int]]] = {}
        for span in spans:
            parts.setdefault(self.place(span[0]), []).append(span)
        return list(parts.items())

    def with_occurrences(self, hit: TermHit, number: int, spans: Spans) -> TermHit:
        """Add what a pattern found at some of its `spans`, or its group `id` captured there."""
        item, text = self._items[number], self.folded.original
        if isinstance(item, Term):
            return hit
        if captured := self._captured[number]:
            every = chain.from_iterable(captured.get(start, ()) for start, _ in spans)
            return replace(hit, occurrences=count_texts(every, MOST_IDENTIFIERS), identifies=True)
        return replace(hit, occurrences=count_texts((text[start:end] for start, end in spans), MOST_TEXTS))

    def _regex_spans(self, number: int, item: Regex) -> Spans:
        """Search each field separately, so that anchors match at the ends of the field."""
        text, spans = self.folded.original, list[tuple[int, int]]()
        captured = self._captured[number] = {}
        ends = [*(start - 1 for start in self.starts[1:]), len(text)][: len(self.starts)]
        for start, stop in zip(self.starts, ends, strict=True):
            for (begin, end), ids in query.regex_matches(item.pattern, text[start:stop]):
                spans.append((start + begin, start + end))
                if ids:
                    captured[start + begin] = ids
        return spans

    def hits(
        self, numbers: Iterable[int], fields: Collection[str], *, certain: bool = False
    ) -> dict[int, Spans]:
        """Return the terms that occur in one of `fields`, with their spans; only `certain` ones if set."""
        everywhere = set(self.names) <= set(fields)
        by_term: dict[int, Spans] = {}
        for number in numbers:
            spans = self.spans(number)
            if spans and not everywhere:
                spans = [span for span in spans if self._is_in(span, fields)]
            if spans and certain and (doubtful := self.doubtful(number)):
                spans = [span for span in spans if span not in doubtful]
            if spans:
                by_term[number] = spans
        return by_term

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Return the sentence around a span; each line is split only once."""
        text = self.folded.original
        line = line_around(text, start, end)
        sentences = self._sentences.get(line)
        if sentences is None:
            sentences = self._sentences[line] = sentences_in(text, *line)
        return span_of_sentences(sentences, start, end)
