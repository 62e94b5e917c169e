"""Parse HTML into blocks in one pass over the tags."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from tuireader.document import lists, media, tables
from tuireader.document.blocks import Block, BlockKind, Document, Span, SpanKind
from tuireader.document.elements import Elements, End, Start, attributes, language
from tuireader.document.plain import read_plain
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


def parse(html: str, base_url: str = "", *, width: int = tables.WIDEST) -> Document:
    """Parse any text, HTML or plain, into a document; never raises, linear in its length.

    Relative addresses are resolved against `base_url`; lines of tables have at most `width` cells. Texts of
    more than two million characters or 20,000 blocks are cut, with a note at the end.
    """
    page = Elements(base_url, width, _ENDS, media.is_caption)
    if is_html(html[:_LONGEST_HTML]):
        _read(page, tokens(html[:_LONGEST_HTML], embeds=True))
    else:
        _read_plain(page, html[:_LONGEST_HTML])
    return _document(page, cut=len(html) > _LONGEST_HTML)


def _document(page: Elements, cut: bool) -> Document:
    page.pop_to(0)
    page.flush()
    while page.out and page.out[-1].kind is BlockKind.RULE:
        page.out.pop()
    if cut or page.is_full():
        page.out.append(Block(BlockKind.PARAGRAPH, _LEFT_OUT, (Span(0, len(_LEFT_OUT), SpanKind.EM),)))
    return Document(tuple(page.out), tuple(page.line.links.values()))


def _read(page: Elements, pieces: list[str]) -> None:
    for at in range(0, len(pieces) - 1, 3):
        text, name, raw = pieces[at : at + 3]
        if text:
            _text(page, text)
        if page.embed is not None or page.noscript:
            media.read_aside(page, name, raw)
        elif name[0] == "/":
            _end(page, name[1:])
        else:
            _start(page, name, raw)
        if page.is_full():
            return
    _text(page, pieces[-1])


def _read_plain(page: Elements, s: str) -> None:
    for text, spans in read_plain(s, page.line):
        if text:
            page.emit_text(text, spans)
        if page.is_full():
            return


def _text(page: Elements, raw: str) -> None:
    s = decode(raw)
    if page.code is not None:
        page.code.append(s)
    else:
        page.line.add(s if s.isascii() and s.isprintable() else scrub(s))


def _start(page: Elements, name: str, raw: str) -> None:
    if kind := _INLINE_KINDS.get(name):
        if name == "a":
            page.line.close(name)
            page.line.open(name, kind, _link_url(page, raw))
        else:
            if name == "code" and raw and page.code is not None:
                page.language = language(raw) or page.language
            page.line.open(name, kind)
    elif name == "br":
        _break(page)
    elif name in BREAKS:
        _break_code_line(page)
        page.flush()
        if handler := _STARTS.get(name):
            handler(page, name, raw)
        else:
            page.note_class(raw)
            if name in _CONTAINERS:
                page.push(name)
    elif handler := _STARTS.get(name):
        handler(page, name, raw)


def _link_url(page: Elements, raw: str) -> str:
    address = attributes(raw).get("href", "").strip()
    if not address or address.startswith("#"):
        return ""
    url = safe_url(address, page.base_url)
    target, _, place = url.partition("#")
    return "" if place and target == page.page_url else url


def _end(page: Elements, name: str) -> None:
    if name in _INLINE_KINDS:
        page.line.close(name)
    elif name == "q":
        page.line.add("”")
    elif name in BREAKS:
        _break_code_line(page)
        page.flush()
        if name == "table":
            tables.end_table(page)
        elif name in ("td", "th", "tr"):
            tables.close_within_table(page, "td", "th", *(("tr",) if name == "tr" else ()))
        elif name in _HEADINGS:
            _close_heading(page)
        else:
            page.close(name)


def _start_heading(page: Elements, name: str, _raw: str) -> None:
    _close_heading(page)
    page.headings.append(int(name[1]))
    page.push(name)


def _close_heading(page: Elements) -> None:
    if page.headings:
        page.close(f"h{page.headings[-1]}")


def _end_heading(page: Elements) -> None:
    page.headings.pop()


def _break(page: Elements) -> None:
    """Handle a break: one ends a line, two end the paragraph."""
    if page.code is not None:
        page.code.append("\n")
    elif page.deferred or page.line.at_start:
        page.flush()
    else:
        page.line.break_line()


def _add_rule(page: Elements, _name: str, _raw: str) -> None:
    if page.code is None and page.out and page.out[-1].kind is not BlockKind.RULE:
        page.emit(page.placed(BlockKind.RULE))


def _start_code(page: Elements, name: str, raw: str) -> None:
    if page.code is not None:
        return
    page.push(name)
    page.language = language(raw) or page.language
    page.code = []


def _end_code(page: Elements) -> None:
    text = clean_multiline("".join(page.code or ()), _LONGEST_CODE)
    page.code = None
    page.unheeded_tables = 0
    if text:
        page.emit(replace(page.placed(BlockKind.CODE, text), language=page.language))
    page.language = ""


def _break_code_line(page: Elements) -> None:
    if page.code and not page.code[-1].endswith("\n"):
        page.code.append("\n")


_STARTS: Mapping[str, Start] = {
    **lists.STARTS,
    **media.STARTS,
    **tables.STARTS,
    **dict.fromkeys(_HEADINGS, _start_heading),
    **dict.fromkeys(("blockquote", "figcaption", "summary"), lambda page, name, _raw: page.push(name)),
    "hr": _add_rule,
    "pre": _start_code,
    "q": lambda page, _name, _raw: page.line.add("“"),
}
_ENDS: Mapping[str, End] = {
    **lists.ENDS,
    **media.ENDS,
    **tables.ENDS,
    **dict.fromkeys(_HEADINGS, _end_heading),
    "pre": _end_code,
}
