"""Types of a document: a flat list of blocks with inline spans and numbered links."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class SpanKind(StrEnum):
    """Kind of a span of a block's text."""

    STRONG = "strong"
    EM = "em"
    CODE = "code"
    LINK = "link"
    STRIKE = "strike"
    MARK = "mark"
    SUP = "sup"
    SUB = "sub"
    REFERENCE = "reference"


class Span(Struct, frozen=True):
    """A half-open range of a block's text. `link` is the number of its link or reference, or 0."""

    start: int
    end: int
    kind: SpanKind
    link: int = 0


class Link(Struct, frozen=True):
    """A link in the text: http, https or mailto. `number` counts from 1."""

    number: int
    url: str
    text: str


class Picture(Struct, frozen=True):
    """An image: address, alt text, caption and credit."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


class BlockKind(StrEnum):
    """Kind of a block."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"
    PICTURE = "picture"
    EMBED = "embed"


class Block(Struct, frozen=True):
    """A block of the flat list.

    `level` is 1–6 for headings, `quote` the depth of block quotes, `indent` the depth of lists, and `marker`
    precedes the first line of an item (`•`, `1.`). Code and tables keep their lines (`\n` in `text`); a
    table's text is already laid out in columns. The text of an image is its alt text or caption, that of an
    embed the name of the embedded object.
    """

    kind: BlockKind
    text: str = ""
    spans: tuple[Span, ...] = ()
    level: int = 0
    quote: int = 0
    indent: int = 0
    marker: str = ""
    language: str = ""
    picture: Picture | None = None
    link: int = 0


class Document(Struct, frozen=True):
    """A whole text: blocks in reading order and the links that they refer to."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        """Return the readable text, one line per block: the words of `text.plain`, for ordinary articles.

        Anything outside the running text is left out: alt texts, and the names of embeds.
        """
        return "\n".join(
            block.text
            for block in self.blocks
            if block.text
            and block.kind is not BlockKind.EMBED
            and not (block.picture and not block.picture.caption and not block.picture.credit)
        )
