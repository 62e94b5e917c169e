"""Text of a block as runs of one style each, opened and closed in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from tuireader.document import Block, Span, SpanKind

Tag = tuple[str, int]
"""Kind of a span, and the number of its link."""


def with_marks(
    block: Block,
    escape: Callable[[str, bool], str],
    opening: Callable[[Tag], str],
    closing: Callable[[Tag], str],
) -> str:
    """Return the text of a block with marks around each of its spans, properly nested.

    `escape` is passed whether a stretch of text is code, in which nothing else is marked.
    """
    made: list[str] = []
    open_now: list[Tag] = []
    for start, end, tags in _runs(block):
        same = 0
        while same < min(len(open_now), len(tags)) and open_now[same] == tags[same]:
            same += 1
        made += [closing(tag) for tag in reversed(open_now[same:])]
        made += [opening(tag) for tag in tags[same:]]
        open_now = tags
        made.append(escape(block.text[start:end], bool(tags) and tags[-1][0] == SpanKind.CODE))
    made += [closing(tag) for tag in reversed(open_now)]
    return "".join(made)


def _runs(block: Block) -> Iterator[tuple[int, int, list[Tag]]]:
    spans = [span for span in block.spans if 0 <= span.start < span.end <= len(block.text)]
    edges = sorted({0, len(block.text), *(edge for span in spans for edge in (span.start, span.end))})
    for start, end in pairwise(edges):
        yield start, end, _tags(spans, start)


def _tags(spans: Sequence[Span], at: int) -> list[Tag]:
    """Return the spans around a position, the widest outside; within code nothing else is marked."""
    around = sorted(
        (span for span in spans if span.start <= at < span.end), key=lambda span: span.start - span.end
    )
    tags: list[Tag] = []
    for span in around:
        tag = (span.kind.value, span.link)
        if tag not in tags:
            tags.append(tag)
        if span.kind is SpanKind.CODE:
            break
    return tags
