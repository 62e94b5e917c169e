"""HTML → blocks: one pass over the tags of a text, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tuireader.document.attributes import attributes, language, whole
from tuireader.document.blocks import Block, BlockKind, Document, Picture, Span, SpanKind
from tuireader.document.embeds import Embed, embed_name
from tuireader.document.line import Line, Links, portions, within
from tuireader.document.pictures import (
    is_credit,
    is_emoji,
    is_picture_file,
    is_pixel,
    is_tracker,
    largest,
    picture_url,
    with_caption,
)
from tuireader.document.plain import read_plain
from tuireader.document.tables import MOST_COLUMNS, MOST_ROWS_SPANNED, Cell, Table, lay_out
from tuireader.text import BREAKS, clean, clean_multiline, decode, is_html, safe_url, scrub, tokens

_LONGEST_HTML = 2_000_000
_LONGEST_CODE = 200_000
_MOST_BLOCKS = 20_000
_DEEPEST = 20
_LEFT_OUT = "The rest of this text is left out: it is too long to be shown here."
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_INLINE_KINDS = {
    "a": SpanKind.LINK,
    "b": SpanKind.STRONG,
    "strong": SpanKind.STRONG,
    "i": SpanKind.EM,
    "em": SpanKind.EM,
    "cite": SpanKind.EM,
    "dfn": SpanKind.EM,
    "code": SpanKind.CODE,
    "kbd": SpanKind.CODE,
    "samp": SpanKind.CODE,
    "tt": SpanKind.CODE,
    "var": SpanKind.CODE,
    "del": SpanKind.STRIKE,
    "s": SpanKind.STRIKE,
    "strike": SpanKind.STRIKE,
    "mark": SpanKind.MARK,
    "sup": SpanKind.SUP,
    "sub": SpanKind.SUB,
}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = frozenset(
    (
        "article",
        "aside",
        "center",
        "details",
        "div",
        "dl",
        "fieldset",
        "footer",
        "header",
        "main",
        "search",
        "section",
    )
)
_ADDRESSED = frozenset(("source", "embed", "iframe", "a", "img"))


def parse(html: str, base_url: str = "") -> Document:
    """Read any text whatever, HTML or plain, into a document; never raises, linear in its length.

    Relative addresses are resolved by `base_url`. Texts of more than two million characters, and of more
    than 20,000 blocks, are cut, and the last paragraph says so.
    """
    reader = _Reader(base_url)
    if is_html(html[:_LONGEST_HTML]):
        reader.read(tokens(html[:_LONGEST_HTML], embeds=True))
    else:
        reader.read_plain(html[:_LONGEST_HTML])
    return reader.document(cut=len(html) > _LONGEST_HTML)


@dataclass(slots=True)
class _Figure:
    """A `<figure>` that is open: where its blocks start, and where its caption went if that came first."""

    out: list[Block]
    start: int
    caption_at: int = -1


@dataclass(slots=True)
class _List:
    """A list that is open: the number of its next item, and how it is written."""

    ordered: bool
    number: int
    style: str


class _Reader:
    """Goes once over the tags of a text and puts its blocks down one after the other.

    There is no tree: a stack of open elements is kept for what an end tag closes (HTML Standard §13.2.6.4.7,
    simplified: an end tag closes up to its start tag, unless a table cell stands between), and what the
    blocks need to know (depth of quotes, lists, …) is counted along.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.page_url = base_url.partition("#")[0]
        self.out: list[Block] = []
        self.count = 0
        self.line = Line(Links())
        self.open: list[str] = []
        self.places: dict[str, list[int]] = {}  # where in `open` each name stands
        self.quote = 0
        self.definitions = 0
        self.headings: list[int] = []
        self.lists: list[_List] = []
        self.marker = ""
        self.figures: list[_Figure] = []
        self.tables: list[Table] = []
        self.unheeded_tables = 0
        self.captioned = False
        self.strong = False
        self.deferred: list[Block] = []
        self.code: list[str] | None = None
        self.language = ""
        self.embed: Embed | None = None
        self.noscript = False
        self.source = ""

    def document(self, cut: bool) -> Document:
        """All that has been read."""
        self._pop_to(0)
        self._flush()
        while self.out and self.out[-1].kind is BlockKind.RULE:
            self.out.pop()
        if cut or self._is_full():
            self.out.append(Block(BlockKind.PARAGRAPH, _LEFT_OUT, (Span(0, len(_LEFT_OUT), SpanKind.EM),)))
        return Document(tuple(self.out), tuple(self.line.links.found))

    def read(self, pieces: list[str]) -> None:
        """Read pieces as `text.tokens` gives them."""
        for at in range(0, len(pieces) - 1, 3):
            text, name, raw = pieces[at : at + 3]
            if text:
                self._text(text)
            if self.embed is not None or self.noscript:
                self._aside(name, raw)
            elif name[0] == "/":
                self._end(name[1:])
            else:
                self._start(name, raw)
            if self._is_full():
                return
        self._text(pieces[-1])

    def read_plain(self, s: str) -> None:
        """Read a text without markup."""
        for text, spans in read_plain(s, self.line):
            if text:
                self._emit_text(text, spans)
            if self._is_full():
                return

    def _is_full(self) -> bool:
        return self.count + len(self.deferred) > _MOST_BLOCKS

    def _text(self, raw: str) -> None:
        if self.embed is not None or self.noscript:  # pragma: no cover (`tokens` leaves them out)
            return
        s = decode(raw)
        if self.code is not None:
            self.code.append(s)
        else:
            self.line.add(s if s.isascii() and s.isprintable() else scrub(s))

    def _aside(self, name: str, raw: str) -> None:
        """A tag inside of an embedded thing or of `<noscript>`: only addresses are of use."""
        embed = self.embed
        if embed is None:
            if name == "img":
                self._image(name, raw)
            self.noscript = name != "/noscript"
        elif name == f"/{embed.name}":
            self.embed = None
            self._finish_embed(embed)
        elif not embed.url and name in _ADDRESSED:
            found = attributes(raw)
            embed.url = safe_url(found.get("src") or found.get("href") or "", self.base_url)

    # ----------------------------------------------------------------- tags

    def _start(self, name: str, raw: str) -> None:
        if kind := _INLINE_KINDS.get(name):
            if name == "a":
                self.line.close(name)
                self.line.open(name, kind, self._link_url(raw))
            else:
                if name == "code" and raw and self.code is not None:
                    self.language = language(raw) or self.language
                self.line.open(name, kind)
        elif name == "br":
            self._break()
        elif name in BREAKS:
            self._break_code_line()
            self._flush()
            if handler := _STARTS.get(name):
                handler(self, name, raw)
            else:
                self._note_class(raw)
                if name in _CONTAINERS:
                    self._push(name)
        elif handler := _STARTS.get(name):
            handler(self, name, raw)

    def _link_url(self, raw: str) -> str:
        """Where a link leads, unless that is a place in this text."""
        address = attributes(raw).get("href", "").strip()
        if not address or address.startswith("#"):
            return ""
        url = safe_url(address, self.base_url)
        page, _, place = url.partition("#")
        return "" if place and page == self.page_url else url

    def _end(self, name: str) -> None:
        if name in _INLINE_KINDS:
            self.line.close(name)
        elif name == "q":
            self.line.add("”")
        elif name in BREAKS:
            self._break_code_line()
            self._flush()
            if name == "table":
                self._end_table()
            elif name in ("td", "th", "tr"):
                self._close_within_table("td", "th", *(("tr",) if name == "tr" else ()))
            elif name in _HEADINGS:
                self._close_heading()
            else:
                self._close(name)

    def _push(self, name: str) -> None:
        self.places.setdefault(name, []).append(len(self.open))
        self.open.append(name)

    def _close(self, name: str) -> None:
        """Close elements up to the nearest one of that name, if it is on this side of the nearest wall."""
        places = self.places.get(name)
        if places and places[-1] >= self._last("td", "th", "table"):
            self._pop_to(places[-1])

    def _last(self, *names: str) -> int:
        """Where in the stack the innermost element of some names is; -1 if there is none."""
        return max(self.places[name][-1] if self.places.get(name) else -1 for name in names)

    def _pop_to(self, place: int) -> None:
        while len(self.open) > place:
            name = self.open.pop()
            self.places[name].pop()
            if ending := _ENDS.get(name):
                self._flush()
                ending(self)

    def _note_class(self, raw: str) -> None:
        """See from the attributes of a block whether it is a caption, or holds code of some language."""
        if "caption" in raw:
            self.captioned = "caption" in attributes(raw).get("class", "")
        elif "lang" in raw or "highlight" in raw:
            self.language = language(raw) or self.language

    # ----------------------------------------------------------------- blocks

    def _flush(self) -> None:
        """End the block under way and put it down, then the pictures that were met inside of it."""
        if self.code is not None:
            return
        text, spans = self.line.take()
        if text:
            self._emit_text(text, spans)
        self.captioned = False
        if self.deferred:
            deferred, self.deferred = self.deferred, []
            for block in deferred:
                self._emit(block)

    def _emit_text(self, text: str, spans: tuple[Span, ...]) -> None:
        if self._is_caption(text, spans):
            return
        if self.strong or (self.headings and self.marker):
            spans = (Span(0, len(text), SpanKind.STRONG), *spans)
        kind, level = BlockKind.PARAGRAPH, 0
        if self.marker:
            kind = BlockKind.ITEM
        elif self.headings:
            kind, level = BlockKind.HEADING, self.headings[-1]
        for start, end in portions(text):
            block = self._placed(kind, text[start:end], within(spans, start, end))
            self._emit(replace(block, level=level, marker=self.marker) if level or self.marker else block)
            self.marker = ""
            kind = BlockKind.PARAGRAPH if kind is BlockKind.ITEM else kind

    def _placed(self, kind: BlockKind, text: str = "", spans: tuple[Span, ...] = ()) -> Block:
        """A block at the present depth of quotes and lists."""
        indent = max(len(self.lists) + self.definitions, 1 if self.marker else 0)
        return Block(kind, text, spans, quote=min(self.quote, _DEEPEST), indent=min(indent, _DEEPEST))

    def _emit(self, block: Block) -> None:
        self.count += 1
        if self.count <= _MOST_BLOCKS:
            self.out.append(block)

    def _block(self, name: str, _raw: str) -> None:
        self._push(name)

    def _heading(self, name: str, _raw: str) -> None:
        self._close_heading()
        self.headings.append(int(name[1]))
        self._push(name)

    def _close_heading(self) -> None:
        """Any heading, and the end of any, ends the one that is open."""
        if self.headings:
            self._close(f"h{self.headings[-1]}")

    def _end_heading(self) -> None:
        self.headings.pop()

    def _blockquote(self, name: str, _raw: str) -> None:
        self.quote += 1
        self._push(name)

    def _end_blockquote(self) -> None:
        self.quote -= 1

    def _break(self) -> None:
        """One break ends a line, two end the paragraph."""
        if self.code is not None:
            self.code.append("\n")
        elif self.deferred or self.line.at_start:
            self._flush()
        else:
            self.line.break_line()

    def _rule(self, _name: str, _raw: str) -> None:
        if self.code is None and self.out and self.out[-1].kind is not BlockKind.RULE:
            self._emit(self._placed(BlockKind.RULE))

    def _quotation(self, _name: str, _raw: str) -> None:
        self.line.add("“")

    def _summary(self, name: str, _raw: str) -> None:
        self.strong = True
        self._push(name)

    def _end_strong(self) -> None:
        self.strong = False

    # ----------------------------------------------------------------- lists

    def _list(self, name: str, raw: str) -> None:
        found = attributes(raw)
        self.lists.append(_List(name == "ol", whole(found.get("start", ""), 1), found.get("type", "1")))
        self._push(name)

    def _end_list(self) -> None:
        self.lists.pop()
        self.marker = ""

    def _item(self, name: str, raw: str) -> None:
        self._close_item()
        self._push(name)
        if not self.lists:
            self.marker = "•"
            return
        here = self.lists[-1]
        if here.ordered:
            here.number = whole(attributes(raw).get("value", ""), here.number)
            self.marker = _ordinal(here.number, here.style)
            here.number += 1
        else:
            self.marker = "•◦▪"[min(len(self.lists), 3) - 1]

    def _close_item(self) -> None:
        """A new item ends the one before it in the same list."""
        item = self._last("li")
        if item > self._last("td", "th", "table", "ul", "ol", "menu"):
            self._pop_to(item)

    def _end_item(self) -> None:
        self.marker = ""

    def _term(self, name: str, _raw: str) -> None:
        self._close("dd")
        self._close("dt")
        if name == "dd":
            self.definitions += 1
        else:
            self.strong = True
        self._push(name)

    def _end_definition(self) -> None:
        self.definitions -= 1

    # ----------------------------------------------------------------- code

    def _preformatted(self, name: str, raw: str) -> None:
        if self.code is not None:
            return
        self._push(name)
        self.language = language(raw) or self.language
        self.code = []

    def _end_preformatted(self) -> None:
        text = clean_multiline("".join(self.code or ()), _LONGEST_CODE)
        self.code = None
        self.unheeded_tables = 0
        if text:
            self._emit(replace(self._placed(BlockKind.CODE, text), language=self.language))
        self.language = ""

    def _break_code_line(self) -> None:
        if self.code and not self.code[-1].endswith("\n"):
            self.code.append("\n")

    # ----------------------------------------------------------------- pictures and embeds

    def _image(self, _name: str, raw: str) -> None:
        found = attributes(raw)
        alt = clean(found.get("alt", ""))
        if is_emoji(found, alt):
            self.line.add(alt)
            return
        url = picture_url(found, self.base_url, self.source)
        if is_pixel(found, url) or not (url or alt):
            return
        block = replace(self._placed(BlockKind.PICTURE, alt), picture=Picture(url, alt), indent=0)
        if self.noscript and self._is_repeated(block):
            return
        around = self.line.open_link
        if around and around != url and not is_picture_file(around):
            block = replace(block, link=self.line.links.number(around, alt or "picture"))
        self._put_between(block)

    def _is_repeated(self, block: Block) -> bool:
        """Whether a picture for browsers without scripts is the one before it, whose place it then takes."""
        before = self.deferred or self.out
        last = before[-1].picture if before else None
        new = block.picture
        if last is None or new is None or (last.url and last.url != new.url and last.alt != new.alt):
            return False
        if not last.url:
            before[-1] = replace(before[-1], picture=replace(last, url=new.url, alt=new.alt or last.alt))
        return True

    def _put_between(self, block: Block) -> None:
        """Put down a block that stands in the middle of a text: at once, or when the line has ended."""
        if self.code is not None or not self.line.at_start:
            self.deferred.append(block)
        else:
            self._flush()
            self._emit(block)

    def _picture(self, _name: str, _raw: str) -> None:
        self.source = ""

    def _source(self, _name: str, raw: str) -> None:
        self.source = self.source or largest(attributes(raw).get("srcset", ""))

    def _noscript(self, _name: str, _raw: str) -> None:
        self.noscript = True

    def _embedded(self, name: str, raw: str) -> None:
        found = attributes(raw)
        address = found.get("src") or found.get("data") or found.get("data-src") or ""
        embed = Embed(name, safe_url(address, self.base_url), clean(found.get("title", ""), 200))
        if name == "embed":
            self._finish_embed(embed)
        else:
            self.embed = embed

    def _finish_embed(self, embed: Embed) -> None:
        if not embed.url or is_tracker(embed.url):
            return
        name, url = embed_name(embed)
        label = f"{name}: {embed.title}" if embed.title else name
        link = self.line.links.number(url, label)
        self._put_between(replace(self._placed(BlockKind.EMBED, label), link=link, indent=0))

    def _figure(self, name: str, raw: str) -> None:
        self._note_class(raw)
        self.captioned = False
        self.figures.append(_Figure(self.out, len(self.out)))
        self._push(name)

    def _end_figure(self) -> None:
        figure = self.figures.pop()
        at = figure.caption_at
        if 0 <= at < len(figure.out) - 1 and (picture := figure.out[at + 1].picture) and not picture.caption:
            caption = figure.out[at]
            figure.out[at : at + 2] = [
                with_caption(figure.out[at + 1], caption.text, caption.spans) or caption
            ]

    def _is_caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        """Give a text to the picture that it stands under, if it does: as caption, or as its credit line."""
        if self.captioned or self.places.get("figcaption"):
            return self._give_caption(text, spans)
        last = self.out[-1].picture if self.out else None
        if last is None or last.credit or not is_credit(text):
            return False
        return self._caption(len(self.out) - 1, text, spans)

    def _give_caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        figure = self.figures[-1] if self.figures and self.figures[-1].out is self.out else None
        first = figure.start if figure else len(self.out) - 1
        for at in range(len(self.out) - 1, max(first, len(self.out) - 4, 0) - 1, -1):
            if self.out[at].picture is not None:
                return self._caption(at, text, spans)
        if figure and figure.caption_at < 0:
            figure.caption_at = len(self.out)
        return False

    def _caption(self, at: int, text: str, spans: tuple[Span, ...]) -> bool:
        captioned = with_caption(self.out[at], text, spans)
        if captioned is not None:
            self.out[at] = captioned
        return captioned is not None

    # ----------------------------------------------------------------- tables

    def _table(self, name: str, _raw: str) -> None:
        if len(self.tables) >= _DEEPEST or self.code is not None:
            self.unheeded_tables += 1
            return
        self.tables.append(Table(self.out))
        self._push(name)

    def _end_table(self) -> None:
        if self.unheeded_tables:
            self.unheeded_tables -= 1
        elif self.tables:
            self._pop_to(self.places["table"][-1])

    def _row(self, name: str, _raw: str) -> None:
        if self.tables and not self.unheeded_tables:
            self._close_within_table("td", "th", "tr")
            self.tables[-1].rows.append([])
            self._push(name)

    def _cell(self, name: str, raw: str) -> None:
        self._close_within_table("td", "th")
        if not self.tables or self.unheeded_tables:
            return
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        cell = Cell([], name == "th")
        if "span" in raw:
            found = attributes(raw)
            cell.columns = min(max(whole(found.get("colspan", ""), 1), 1), MOST_COLUMNS)
            cell.rows = min(max(whole(found.get("rowspan", ""), 1), 1), MOST_ROWS_SPANNED)
        table.rows[-1].append(cell)
        self.out = cell.blocks
        self._push(name)

    def _close_within_table(self, *names: str) -> None:
        """Close the cell, or the cell and the row, that is open in the innermost table."""
        if self.unheeded_tables:
            return
        table = self._last("table")
        inner = [place for name in names if (place := self._last(name)) > table]
        if inner:
            self._pop_to(min(inner))

    def _end_cell(self) -> None:
        self.out = self.tables[-1].out
        self.marker = ""

    def _finish_table(self) -> None:
        table = self.tables.pop()
        self.out = table.out
        rows = [row for row in table.rows if any(cell.blocks for cell in row)]
        laid = lay_out(rows, min(self.quote, _DEEPEST), min(len(self.lists), _DEEPEST))
        if laid is None:
            laid = [block for row in rows for cell in row for block in cell.blocks]
        else:
            self.count -= sum(len(cell.blocks) for row in rows for cell in row) - len(laid)
        self.out.extend(laid)


_Start = Callable[[_Reader, str, str], None]
_STARTS: dict[str, _Start] = {
    **dict.fromkeys(_HEADINGS, _Reader._heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Reader._list),
    **dict.fromkeys(("dt", "dd"), _Reader._term),
    **dict.fromkeys(("td", "th"), _Reader._cell),
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), _Reader._embedded),
    "amp-img": _Reader._image,
    "blockquote": _Reader._blockquote,
    "figcaption": _Reader._block,
    "figure": _Reader._figure,
    "hr": _Reader._rule,
    "img": _Reader._image,
    "li": _Reader._item,
    "noscript": _Reader._noscript,
    "picture": _Reader._picture,
    "pre": _Reader._preformatted,
    "q": _Reader._quotation,
    "source": _Reader._source,
    "summary": _Reader._summary,
    "table": _Reader._table,
    "tr": _Reader._row,
}
_ENDS: dict[str, Callable[[_Reader], None]] = {
    **dict.fromkeys(_HEADINGS, _Reader._end_heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Reader._end_list),
    **dict.fromkeys(("td", "th"), _Reader._end_cell),
    **dict.fromkeys(("dt", "summary"), _Reader._end_strong),
    "blockquote": _Reader._end_blockquote,
    "dd": _Reader._end_definition,
    "figure": _Reader._end_figure,
    "li": _Reader._end_item,
    "pre": _Reader._end_preformatted,
    "table": _Reader._finish_table,
}


def _ordinal(number: int, style: str) -> str:
    """The mark of an item of an ordered list (HTML Standard §4.4.5, `type`)."""
    if style in ("a", "A") and 1 <= number <= 26:
        return f"{chr(ord(style) + number - 1)}."
    if style in ("i", "I") and 1 <= number <= 3999:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return f"{roman if style == 'I' else roman.lower()}."
    return f"{number}."
