"""Text of the current block: collapse white space, add inline spans, number links."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from tuireader.document.blocks import Link, Span, SpanKind
from tuireader.text import clean, scrub

_DEEPEST = 20
_LONGEST_BLOCK = 20_000
_LONGEST_LABEL = 200
_SPACE_AT_END = re.compile(r" (?=\n)")


class _Open(Struct):
    name: str
    kind: SpanKind | None
    start: int
    url: str = ""


class Line:
    """Text and inline elements of a block.

    Elements still open at its end continue in the next block, as in HTML. At most 20 are tracked at once.
    """

    __slots__ = ("_last", "_open", "_parts", "_spans", "_unheeded", "length", "links")

    def __init__(self) -> None:
        self.links: dict[str, Link] = {}  # by address
        self.length = 0
        self._last = "\n"
        self._parts: list[str] = []
        self._spans: list[Span] = []
        self._open: list[_Open] = []
        self._unheeded: dict[str, int] = {}

    @property
    def at_start(self) -> bool:
        return self._last == "\n"

    def add(self, s: str) -> None:
        """Add scrubbed text."""
        words = " ".join(s.split())
        if not words:
            if s and self._last not in " \n":
                self._put(" ")
            return
        if s[0].isspace() and self._last not in " \n":
            words = f" {words}"
        self._put(f"{words} " if s[-1].isspace() else words)

    def _put(self, s: str) -> None:
        self._parts.append(s)
        self.length += len(s)
        self._last = s[-1]

    def break_line(self) -> None:
        if self.length:
            self._put("\n")

    def open(self, name: str, kind: SpanKind, url: str = "") -> None:
        """Begin an inline element. A link without an address, or a kind nested in itself, gets no span."""
        if len(self._open) >= _DEEPEST:
            self._unheeded[name] = self._unheeded.get(name, 0) + 1
            return
        heeded = (
            bool(url) if kind is SpanKind.LINK else all(element.kind is not kind for element in self._open)
        )
        self._open.append(_Open(name, kind if heeded else None, self.length, url))

    def close(self, name: str) -> None:
        """End the innermost element of that name, if any."""
        if self._unheeded.get(name):
            self._unheeded[name] -= 1
            return
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].name == name:
                self._mark(self._open.pop(at))
                return

    def link(self, start: int, url: str, label: str) -> None:
        """Link the text from a position up to the current end."""
        self._spans.append(Span(start, self.length, SpanKind.LINK, self.number(url, label)))

    def number(self, url: str, label: str) -> int:
        """Return the number of a link, counted from 1 in order of first occurrence."""
        return self.links.setdefault(url, Link(len(self.links) + 1, url, label)).number

    @property
    def open_link(self) -> str:
        """Address of the open link, or ""."""
        return next((element.url for element in reversed(self._open) if element.kind is SpanKind.LINK), "")

    def _mark(self, element: _Open) -> None:
        if element.kind is None or element.start >= self.length:
            return
        if element.kind is not SpanKind.LINK:
            self._spans.append(Span(element.start, self.length, element.kind))
        elif label := self._since(element.start):
            self.link(element.start, element.url, label)

    def _since(self, start: int) -> str:
        """Return the text from a position to the end as one short line."""
        parts: list[str] = []
        at = self.length
        for part in reversed(self._parts):  # pragma: no branch (the part at `start` ends the loop)
            at -= len(part)
            parts.append(part[max(0, start - at) :])
            if at <= start:
                break
        return clean("".join(reversed(parts)), _LONGEST_LABEL)

    def take(self) -> tuple[str, tuple[Span, ...]]:
        """Return the trimmed text with its sorted spans, and reset."""
        for element in self._open:
            self._mark(element)
            element.start = 0
        text = "".join(self._parts).rstrip()
        spans = self._spans
        if not text.isascii() and (safe := scrub(text)) != text:
            text, spans = safe, []  # combining marks had accumulated across tags
        if " \n" in text:
            text, spans = _without_trailing_spaces(text, spans)
        trimmed = [_trimmed(text, span) for span in spans]
        self._parts = []
        self._spans = []
        self.length = 0
        self._last = "\n"
        return text, sort_spans([span for span in trimmed if span.start < span.end])


def sort_spans(spans: list[Span]) -> tuple[Span, ...]:
    """Sort spans by their start, longer ones first."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, span.kind)))


def shift_spans(spans: tuple[Span, ...], by: int) -> list[Span]:
    """Move spans by an offset."""
    return [Span(span.start + by, span.end + by, span.kind, span.link) for span in spans]


def clip_spans(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """Cut spans to the text between two positions, relative to the first one."""
    if start == 0 and all(span.end <= end for span in spans):
        return spans
    return tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.link)
        for span in spans
        if span.start < end and span.end > start
    )


def split_long(text: str) -> Iterator[tuple[int, int]]:
    """Yield parts of a text that are short enough for a block, cut at spaces where possible."""
    start = 0
    while len(text) - start > _LONGEST_BLOCK:
        limit = start + _LONGEST_BLOCK
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        end = space if space > start else limit
        yield start, end
        start = end + 1 if space > start else end
    yield start, len(text)


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, min(span.end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return span if (start, end) == (span.start, span.end) else Span(start, end, span.kind, span.link)


def _without_trailing_spaces(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    gone = [space.start() for space in _SPACE_AT_END.finditer(text)]

    def place(old: int) -> int:
        return old - bisect_left(gone, old)

    moved = [Span(place(span.start), place(span.end), span.kind, span.link) for span in spans]
    return text.replace(" \n", "\n"), moved
