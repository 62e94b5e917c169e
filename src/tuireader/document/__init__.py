"""Parse any HTML into a flat list of blocks with inline spans and numbered links. Pure, linear, never raises.

Modules are imported on first use, as a refresh needs only the links.
"""

from __future__ import annotations

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
        "blocks": ("Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind"),
        "links": ("links_of",),
        "reader": ("parse",),
    },
)
