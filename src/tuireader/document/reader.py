"""Parse HTML into blocks in one pass over the tags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tuireader.document.attributes import attributes, language
from tuireader.document.blocks import Block, BlockKind, Document, Span, SpanKind
from tuireader.document.lists import Lists
from tuireader.document.media import Media
from tuireader.document.plain import read_plain
from tuireader.document.tables import WIDEST, TableTags
from tuireader.text import BREAKS, clean_multiline, decode, is_html, safe_url, scrub, tokens

_LONGEST_HTML = 2_000_000
_LONGEST_CODE = 200_000
_LEFT_OUT = "The rest of this text is too long to show."
_INLINE_KINDS = {
    "a": SpanKind.LINK,
    **dict.fromkeys(("b", "strong"), SpanKind.STRONG),
    **dict.fromkeys(("i", "em", "cite", "dfn"), SpanKind.EM),
    **dict.fromkeys(("code", "kbd", "samp", "tt", "var"), SpanKind.CODE),
    **dict.fromkeys(("del", "s", "strike"), SpanKind.STRIKE),
    "mark": SpanKind.MARK,
    "sup": SpanKind.SUP,
    "sub": SpanKind.SUB,
}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = frozenset(
    "article aside center details div dl fieldset footer header main search section".split()  # noqa: SIM905
)


def parse(html: str, base_url: str = "", *, width: int = WIDEST) -> Document:
    """Parse any text, HTML or plain, into a document; never raises, linear in its length.

    Relative addresses are resolved against `base_url`; lines of tables have at most `width` cells. Texts of
    more than two million characters or 20,000 blocks are cut, with a note at the end.
    """
    reader = _Reader(base_url, width)
    if is_html(html[:_LONGEST_HTML]):
        reader.read(tokens(html[:_LONGEST_HTML], embeds=True))
    else:
        reader.read_plain(html[:_LONGEST_HTML])
    return reader.document(cut=len(html) > _LONGEST_HTML)


class _Reader(Lists, Media, TableTags):
    """Handlers for all tags of a text, in one pass."""

    def document(self, cut: bool) -> Document:
        """Finish all blocks and return the document."""
        self._pop_to(0)
        self._flush()
        while self.out and self.out[-1].kind is BlockKind.RULE:
            self.out.pop()
        if cut or self._is_full():
            self.out.append(Block(BlockKind.PARAGRAPH, _LEFT_OUT, (Span(0, len(_LEFT_OUT), SpanKind.EM),)))
        return Document(tuple(self.out), tuple(self.line.links.values()))

    def read(self, pieces: list[str]) -> None:
        """Read pieces from `text.tokens`."""
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

    def _text(self, raw: str) -> None:
        if self.embed is not None or self.noscript:  # pragma: no cover (`tokens` leaves them out)
            return
        s = decode(raw)
        if self.code is not None:
            self.code.append(s)
        else:
            self.line.add(s if s.isascii() and s.isprintable() else scrub(s))

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
        """Return the address of a link, unless it points into this text."""
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

    # ----------------------------------------------------------------- blocks

    def _block(self, name: str, _raw: str) -> None:
        self._push(name)

    def _heading(self, name: str, _raw: str) -> None:
        self._close_heading()
        self.headings.append(int(name[1]))
        self._push(name)

    def _close_heading(self) -> None:
        """Close the open heading, at the start or end of any heading."""
        if self.headings:
            self._close(f"h{self.headings[-1]}")

    def _end_heading(self) -> None:
        self.headings.pop()

    def _break(self) -> None:
        """Handle a break: one ends a line, two end the paragraph."""
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


_Start = Callable[[_Reader, str, str], None]
_STARTS: dict[str, _Start] = {
    **dict.fromkeys(_HEADINGS, _Reader._heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Reader._list),
    **dict.fromkeys(("dt", "dd"), _Reader._term),
    **dict.fromkeys(("td", "th"), _Reader._cell),
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), _Reader._embedded),
    "amp-img": _Reader._image,
    **dict.fromkeys(("blockquote", "figcaption", "summary"), _Reader._block),
    "figure": _Reader._figure,
    "hr": _Reader._rule,
    "img": _Reader._image,
    "li": _Reader._item,
    "noscript": _Reader._noscript,
    "picture": _Reader._picture,
    "pre": _Reader._preformatted,
    "q": _Reader._quotation,
    "source": _Reader._source,
    "table": _Reader._table,
    "tr": _Reader._row,
}
_Reader.ENDS = {
    **dict.fromkeys(_HEADINGS, _Reader._end_heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Reader._end_list),
    **dict.fromkeys(("td", "th"), _Reader._end_cell),
    "figure": _Reader._end_figure,
    "li": _Reader._end_item,
    "pre": _Reader._end_preformatted,
    "table": _Reader._finish_table,
}
