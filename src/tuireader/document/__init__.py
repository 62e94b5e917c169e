"""Tolerant HTML → a flat list of blocks with inline spans and numbered links. Pure, linear, never raises."""

from tuireader.document.blocks import Block, BlockKind, Document, Link, Picture, Span, SpanKind
from tuireader.document.links import links_of
from tuireader.document.reader import parse

__all__ = ["Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind", "links_of", "parse"]
