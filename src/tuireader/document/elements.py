"""Parse attributes, track open elements, and turn their text into blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.document.blocks import Block, BlockKind, Span, SpanKind
from tuireader.document.line import Line, clip_spans, split_long
from tuireader.text import clean, decode

MOST_BLOCKS = 20_000
DEEPEST = 20


class Figure(Struct):
    """An open `<figure>`: the start of its blocks, and the position of a caption before the image."""

    out: list[Block]
    start: int
    caption_at: int = -1


class OpenList(Struct):
    """An open list: its style and the number of its next item."""

    ordered: bool
    number: int
    style: str


class Embed(Struct):
    """An embedded frame, video, sound or object: element name, address and title."""

    name: str
    url: str
    title: str


class Cell(Struct):
    """A table cell: its blocks and spans in the grid."""

    blocks: list[Block]
    header: bool = False
    columns: int = 1
    rows: int = 1


class Table(Struct):
    """An open table; `out` is the list of blocks around it."""

    out: list[Block]
    rows: list[list[Cell]] = field(default_factory=list)


class Elements:
    """Stack of open elements and the state of the current block.

    There is no tree: an end tag closes up to its start tag, unless a table cell is in between (HTML
    Standard §13.2.6.4.7, simplified).
    """

    def __init__(self, base_url: str, width: int, ends: Mapping[str, End], is_caption: IsCaption) -> None:
        self._ends = ends
        self._is_caption = is_caption
        self.base_url = base_url
        self.width = width
        self.page_url = base_url.partition("#")[0]
        self.out: list[Block] = []
        self.count = 0
        self.line = Line()
        self.open: list[str] = []
        self.places: dict[str, list[int]] = {}  # positions in `open` by name
        self.headings: list[int] = []
        self.lists: list[OpenList] = []
        self.marker = ""
        self.figures: list[Figure] = []
        self.tables: list[Table] = []
        self.unheeded_tables = 0
        self.captioned = False
        self.deferred: list[Block] = []
        self.code: list[str] | None = None
        self.language = ""
        self.embed: Embed | None = None
        self.noscript = False
        self.source = ""

    def is_full(self) -> bool:
        return self.count + len(self.deferred) > MOST_BLOCKS

    def push(self, name: str) -> None:
        self.places.setdefault(name, []).append(len(self.open))
        self.open.append(name)

    def close(self, name: str) -> None:
        """Close elements up to the nearest one of that name, unless a table or cell is in between."""
        places = self.places.get(name)
        if places and places[-1] >= self.last("td", "th", "table"):
            self.pop_to(places[-1])

    def last(self, *names: str) -> int:
        """Return the position of the innermost element with one of the names; -1 if there is none."""
        return max(self.places[name][-1] if self.places.get(name) else -1 for name in names)

    def count_open(self, *names: str) -> int:
        return sum(len(self.places.get(name, ())) for name in names)

    def pop_to(self, place: int) -> None:
        while len(self.open) > place:
            self.flush()
            name = self.open.pop()
            self.places[name].pop()
            if ending := self._ends.get(name):
                ending(self)

    def note_class(self, raw: str) -> None:
        if "caption" in raw:
            self.captioned = "caption" in attributes(raw).get("class", "")
        elif "lang" in raw or "highlight" in raw:
            self.language = language(raw) or self.language

    def flush(self) -> None:
        if self.code is not None:
            return
        text, spans = self.line.take()
        if text:
            self.emit_text(text, spans)
        self.captioned = False
        if self.deferred:
            deferred, self.deferred = self.deferred, []
            for block in deferred:
                self.emit(block)

    def emit_text(self, text: str, spans: tuple[Span, ...]) -> None:
        if self._is_caption(self, text, spans):
            return
        if self.count_open("dt", "summary") or (self.headings and self.marker):
            spans = (Span(0, len(text), SpanKind.STRONG), *spans)
        kind, level = BlockKind.PARAGRAPH, 0
        if self.marker:
            kind = BlockKind.ITEM
        elif self.headings:
            kind, level = BlockKind.HEADING, self.headings[-1]
        for start, end in split_long(text):
            block = self.placed(kind, text[start:end], clip_spans(spans, start, end))
            self.emit(replace(block, level=level, marker=self.marker) if level or self.marker else block)
            self.marker = ""
            kind = BlockKind.PARAGRAPH if kind is BlockKind.ITEM else kind

    def placed(self, kind: BlockKind, text: str = "", spans: tuple[Span, ...] = ()) -> Block:
        """Return a block at the current depth of quotes and lists."""
        indent = max(len(self.lists) + self.count_open("dd"), 1 if self.marker else 0)
        quote = min(self.count_open("blockquote"), DEEPEST)
        return Block(kind, text, spans, quote=quote, indent=min(indent, DEEPEST))

    def emit(self, block: Block) -> None:
        self.count += 1
        if self.count <= MOST_BLOCKS:
            self.out.append(block)


Start = Callable[[Elements, str, str], None]
"""Handler for a start tag, called with its name and attributes."""
End = Callable[[Elements], None]
"""Handler for the end of an element."""
IsCaption = Callable[[Elements, str, tuple[Span, ...]], bool]
"""Adds a text to an image if it is the caption, and returns whether it is."""


_LONGEST = 20_000
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+""")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_LANGUAGE = re.compile(r"(?:^|\s)(?:highlight-source-|language-|lang-|brush:\s*|sourceCode\s)([\w+#.-]+)")


def attributes(raw: str) -> dict[str, str]:
    """Parse the attributes of a tag: decoded values by lower-case names.

    The first of several with one name wins (HTML Standard §13.2.5.33); anything beyond 20,000 characters is
    ignored.
    """
    values: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(raw[:_LONGEST]):
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        values.setdefault(name.lower(), decode(value))
    return values


def whole_number(s: str, otherwise: int) -> int:
    """Read the whole number in an attribute; `otherwise` if there is none."""
    s = s.strip()
    return int(s) if _SMALL_NUMBER.fullmatch(s) else otherwise


def language(raw: str) -> str:
    """Read the language of code, which several conventions put into different attributes; "" if unknown."""
    values = attributes(raw)
    named = values.get("data-lang") or values.get("data-language")
    if not named and (match := _LANGUAGE.search(values.get("class", ""))):
        named = match[1]
    return clean(named or "", 40).lower()
