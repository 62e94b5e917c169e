"""Tolerant HTML → a flat list of blocks with inline spans; links numbered. Pure, linear, never raises."""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.document.blocks import Block, BlockKind, Document, Link, Picture, Span, SpanKind
    from tuireader.document.links import links_of
    from tuireader.document.reader import parse

__all__ = ["Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind", "links_of", "parse"]

__getattr__ = lazy.names(
    __name__,
    {
        "links": ("links_of",),
        "blocks": ("Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind"),
        "reader": ("parse",),
    },
)
