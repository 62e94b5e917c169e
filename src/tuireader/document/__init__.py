"""Tolerant HTML → a flat list of blocks with inline spans; links numbered. Pure, linear, never raises."""

from typing import TYPE_CHECKING

from tuireader import later

if TYPE_CHECKING:
    from tuireader.document.arriving import links_of
    from tuireader.document.blocks import Block, BlockKind, Document, Link, Picture, Span, SpanKind
    from tuireader.document.reader import parse

__all__ = ["Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind", "links_of", "parse"]

__getattr__ = later.names(
    __name__,
    {
        "arriving": ("links_of",),
        "blocks": ("Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind"),
        "reader": ("parse",),
    },
)
