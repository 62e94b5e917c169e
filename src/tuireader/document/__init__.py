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
    from tuireader.document.references import Referring, mark_references, reference_label

__all__ = [
    "Block", "BlockKind", "Document", "Link", "Picture", "Referring", "Span", "SpanKind", "links_of",
    "mark_references", "parse", "reference_label",
]  # fmt: skip

__getattr__ = lazy.names(
    __name__,
    {
        "blocks": ("Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind"),
        "links": ("links_of",),
        "reader": ("parse",),
        "references": ("Referring", "mark_references", "reference_label"),
    },
)
