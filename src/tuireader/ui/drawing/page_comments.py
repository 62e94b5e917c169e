"""Comments of an article as parts of its page."""

from __future__ import annotations

from dataclasses import replace

from tuireader.document import Block, Link, parse
from tuireader.model import Comment, Thread
from tuireader.ui.drawing.page_blocks import block_part
from tuireader.ui.drawing.page_parts import Part, StyleRange
from tuireader.ui.drawing.times import age, full_time

_MOST_BLOCKS = 4_000
_INDENT = "  "


def comment_parts(thread: Thread | None, known: int, now: int) -> tuple[tuple[Part, ...], tuple[Link, ...]]:
    """Return comments in reading order with author and age; their links are numbered from `known` + 1 on."""
    parts: list[Part] = []
    links: list[Link] = []
    for comment in thread.comments if thread is not None else ():
        parts.append(_head(comment, now))
        document = parse(comment.html, comment.base_url)
        first = known + len(links)
        links += [replace(link, number=link.number + first) for link in document.links]
        previous: Block | None = None
        for block in document.blocks:
            part = _placed(block_part(_renumbered(block, first), previous, -1, _nothing, 0, []))
            parts.append(part if previous is not None else replace(part, gap=0))
            previous = block
        if len(parts) > _MOST_BLOCKS:
            parts.append(Part("Further comments are left out: there are too many", "dim", gap=1))
            break
    return tuple(parts), tuple(links)


def _head(comment: Comment, now: int) -> Part:
    author = comment.author or "unknown"
    when = "" if comment.time is None else f"  {age(comment.time, now)} · {full_time(comment.time)}"
    marks = (StyleRange(0, len(author), "strong"), StyleRange(len(author), len(author) + len(when), "dim"))
    return Part(author + when, "text", marks, gap=1)


def _placed(part: Part) -> Part:
    """Indent a part below its author; name an image instead of showing it."""
    if part.frame == "picture":
        return Part(f"picture: {part.text}", "dim", first=_INDENT, rest=_INDENT, gap=part.gap)
    return replace(part, first=_INDENT + part.first, rest=_INDENT + part.rest)


def _renumbered(block: Block, by: int) -> Block:
    """Shift the link numbers of a block."""
    spans = tuple(replace(span, link=span.link + by) if span.link else span for span in block.spans)
    return replace(block, spans=spans, link=block.link + by if block.link else 0)


def _nothing(_text: str) -> list[tuple[int, int, str]]:
    """Find nothing: watches do not cover comments."""
    return []
