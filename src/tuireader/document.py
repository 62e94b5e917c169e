"""Tolerant HTML → a flat list of blocks with inline spans; links numbered."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tuireader.text import (
    cell_len,
    clean,
    clean_multiline,
    decode,
    is_break,
    is_html,
    paragraphs,
    safe_url,
    scrub,
    shown_host,
    split_tags,
    visible,
)


class SpanKind(StrEnum):
    """What a stretch of a block's text is."""

    STRONG = "strong"
    EM = "em"
    CODE = "code"
    LINK = "link"
    STRIKE = "strike"
    MARK = "mark"
    SUP = "sup"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of a block's text. `link` is the number of the link (1-based), 0 for none."""

    start: int
    end: int
    kind: SpanKind
    link: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the text. Only http, https and mailto are ever links; `number` counts from 1."""

    number: int
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's place: what it shows, who made it, and where it is."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CODE = "code"
    TABLE = "table"
    RULE = "rule"
    PICTURE = "picture"
    EMBED = "embed"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the flat list that a document is.

    `level` is 1–6 for headings; `quote` the depth of block quotes around it; `indent` the depth of lists
    around it; `marker` stands before the first line of an item (`•`, `1.`). Code and tables keep their
    lines (`\\n` in `text`); a table's text is already laid out in columns. A picture's text is its alt
    text and caption, an embed's the name of what is embedded.
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


@dataclass(frozen=True, slots=True)
class Document:
    """A whole text: blocks in reading order and the links that they name."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        """What can be read, one line a block: the words that `text.plain` gives, for ordinary articles.

        Left out are what is not in the running text: alt texts, and the names of embedded things.
        """
        return "\n".join(
            block.text
            for block in self.blocks
            if block.text
            and block.kind is not BlockKind.EMBED
            and not (block.picture and not block.picture.caption and not block.picture.credit)
        )


# --------------------------------------------------------------------------- what is known of HTML

_LONGEST_HTML = 2_000_000
_LONGEST_BLOCK = 20_000
_LONGEST_ATTRIBUTES = 20_000
_LONGEST_CREDIT = 200
_LONGEST_FIELD = 400
_MOST_BLOCKS = 20_000
_MOST_ARRIVING_LINKS = 500
_MOST_COLUMNS = 50
_DEEPEST = 20
_WIDEST = 100
_NARROWEST = 10
_BAR = " │ "
_LEFT_OUT = "The rest of this text is left out: it is too long to be shown here."
_FIELD_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING))
_OPENING = {")": "(", "]": "[", "}": "{"}
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
_CONTAINERS = frozenset(
    [
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
    ]
)
_WALLS = frozenset(("td", "th", "table"))
_ADDRESSED = frozenset(("source", "embed", "iframe", "a", "img"))
_EMBED_NAMES = {
    "twitter.com": "Post on X",
    "x.com": "Post on X",
    "open.spotify.com": "Spotify",
    "soundcloud.com": "SoundCloud",
    "player.bilibili.com": "Bilibili video",
    "dailymotion.com": "Dailymotion video",
    "twitch.tv": "Twitch video",
    "tiktok.com": "TikTok video",
    "instagram.com": "Instagram post",
    "facebook.com": "Facebook post",
    "bsky.app": "Bluesky post",
    "apple.com": "Apple Podcasts",
    "codepen.io": "CodePen",
    "datawrapper.de": "Datawrapper chart",
    "dwcdn.net": "Datawrapper chart",
    "flourish.studio": "Flourish chart",
    "google.com": "Google page",
    "scribd.com": "Scribd document",
}

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]++))?+""")
_SIMPLE_HREF = re.compile(r"""\s+href="([^"]*)\"""")
_SPACE_AT_END = re.compile(r" (?=\n)")
_SMALL_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`“”‘’「」『』（）《》，。；：！？、]+", re.IGNORECASE)
_LIST_LINE = re.compile(r"\s*(?:[-*•–]|[0-9]{1,3}[.)])\s")
_LANGUAGE = re.compile(r"(?:^|\s)(?:highlight-source-|language-|lang-|brush:\s*|sourceCode\s+)([\w+#.-]+)")
_EMOJI_CLASS = re.compile(r"\b(?:emoji|wp-smiley|smiley)\b")
_PICTURE_FILE = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)(?:\?[^/]*)?$", re.IGNORECASE)
_SRCSET = re.compile(r"([^\s,]\S*[^\s,])(?:\s+([0-9]{1,6}(?:\.[0-9]{1,4})?)[wx])?\s*(?:,|$)")
_TRACKER = re.compile(
    r"^https?://(?:[^/]*\.)?(?:feedburner\.com|feedsportal\.com|doubleclick\.net|pixel\.wp\.com|stats\.wordpress\.com"
    r"|feeds\.wordpress\.com|google-analytics\.com|scorecardresearch\.com|quantserve\.com|statcounter\.com"
    r"|googlesyndication\.com|counter\.theconversation\.com|feedpress\.me/link|pixel\.[^/]+)(?:[/:?]|$)"
    r"|/(?:pixel|tracking|beacon|1x1|spacer|blank)\.(?:gif|png)(?:\?|$)",
    re.IGNORECASE,
)
_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|watch\?v=)|youtu\.be/)([\w-]{6,20})"
)
_VIMEO = re.compile(r"https?://(?:player\.)?vimeo\.com/(?:video/)?([0-9]+)")
_NUMERIC = re.compile(
    r"[-+−~≈<>]?\s?[$€£¥]?\s?[0-9][0-9.,\s]*\s?(?:%|[a-zA-Z]{1,3}|[$€£¥])?|[-–—]|n/a", re.IGNORECASE
)

_CREDIT_WORDS = (
    r"(?:(?:image|photo(?:graph)?|picture|illustration|graphic|screenshot|video|cover|featured image)\s*)?"
    r"(?:source|credits?|courtesy(?:\s+of)?)\s*[:：]"
    r"|(?:images?|photo(?:graph)?s?|pictures?|illustrations?|graphics?)"
    r"(?:\s*[:：]|\s+(?:by|via|credits?|courtesy\s+of)\b\s*[:：]?)"
    r"|(?:图片来源|图源|图片|圖片來源|圖源|圖片|来源|來源|摄影|攝影|撮影|出典|画像|写真|사진|출처|bild(?:quelle)?|foto|crédits?)\s*[:：]"
)
_CREDIT = re.compile(
    rf"(?:^|(?<=[\s.。;；,，|·–—(（\[])) ?[(（\[]?(?:{_CREDIT_WORDS})"
    r"\s*(?P<who>[^\s].{0,150}?)[)）\].]?\s*$",
    re.IGNORECASE,
)
_CREDIT_LINE = re.compile(rf"[(（\[]?(?:{_CREDIT_WORDS})\s*\S", re.IGNORECASE)


# --------------------------------------------------------------------------- from outside


def parse(html: str, base_url: str = "") -> Document:
    """Read any text whatever, HTML or plain, into a document; never raises, linear in its length.

    Relative addresses are resolved by `base_url`. Texts of more than two million characters, and of more
    than 20,000 blocks, are cut, and the last paragraph says so.
    """
    cut = len(html) > _LONGEST_HTML
    html = html[:_LONGEST_HTML]
    reader = _Reader(base_url)
    if is_html(html):
        reader.read(split_tags(visible(html, embeds=True)))
    else:
        reader.read_plain(html)
    return reader.document(cut)


def links_of(html: str, base_url: str) -> list[tuple[str, str, str]]:
    """Return each link as its address, its label, and the up to 60 characters before it on its line.

    Fast enough for every arriving article: it is by the words before them ("Also read:") that an editor's
    own references are known. At most 500.
    """
    if "<a" not in html and "<A" not in html:
        return []
    found: list[tuple[str, str, str]] = []
    pieces = split_tags(visible(html, embeds=False))
    line: list[str] = []
    url = context = ""
    label_from = 0
    for at in range(0, len(pieces) - 1, 3):
        text, name, attributes = pieces[at : at + 3]
        line.append(text)
        if name in ("a", "A", "/a", "/A"):
            if url and (label := _one_line(line[label_from:])):
                found.append((url, label, context))
                if len(found) >= _MOST_ARRIVING_LINKS:
                    break
            url = ""
            if name[0] != "/" and (address := _href(attributes)):
                url = safe_url(address, base_url)
                context = _one_line(line[-12:])[-60:].lstrip() if url else ""
                label_from = len(line)
        elif is_break(name):
            if url:
                line.append(" ")
            else:
                line.clear()
    return found


def _one_line(parts: list[str]) -> str:
    return clean(decode("".join(parts)))


def _href(attributes: str) -> str:
    """The address that the attributes of an `<a>` name, unless it is a place in the same text."""
    simple = _SIMPLE_HREF.match(attributes)
    address = decode(simple[1]) if simple else _attributes(attributes).get("href", "")
    return "" if address.startswith("#") else address


def _attributes(raw: str) -> dict[str, str]:
    """Attributes by their names in small letters, decoded; the first of a name counts, as in HTML."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(raw[:_LONGEST_ATTRIBUTES]):
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        found.setdefault(name.lower(), decode(value))
    return found


# --------------------------------------------------------------------------- running text


class _Line:
    """The text of the block under way: white space collapsed, spans in place."""

    __slots__ = ("last", "length", "parts", "spans")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.length = 0
        self.last = "\n"

    def add(self, s: str) -> None:
        words = " ".join(s.split())
        if not words:
            if s and self.last not in " \n":
                self._put(" ")
            return
        if s[0].isspace() and self.last not in " \n":
            words = f" {words}"
        self._put(f"{words} " if s[-1].isspace() else words)

    def _put(self, s: str) -> None:
        self.parts.append(s)
        self.length += len(s)
        self.last = s[-1]

    def break_line(self) -> None:
        if self.length:
            self._put("\n")

    def take(self) -> tuple[str, tuple[Span, ...]]:
        """Give away the text and its spans, trimmed, and start again."""
        raw = "".join(self.parts)
        text = raw.rstrip()
        spans = self.spans
        if not text.isascii() and (safe := scrub(text)) != text:
            text, spans = safe, []  # marks piled up across tags
        if " \n" in text:
            text, spans = _without_trailing_spaces(text, spans)
        trimmed = [span for span in (_trimmed(text, span) for span in spans) if span.start < span.end]
        self.parts.clear()
        self.spans = []
        self.length = 0
        self.last = "\n"
        return text, tuple(sorted(trimmed, key=_span_order))


def _span_order(span: Span) -> tuple[int, int, str]:
    return span.start, -span.end, span.kind


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, min(span.end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return span if (start, end) == (span.start, span.end) else Span(start, end, span.kind, span.link)


def _without_trailing_spaces(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Take the space before each line break out, and move the spans along."""
    gone = [found.start() for found in _SPACE_AT_END.finditer(text)]
    moved = [
        Span(
            span.start - bisect_left(gone, span.start),
            span.end - bisect_left(gone, span.end),
            span.kind,
            span.link,
        )
        for span in spans
    ]
    return text.replace(" \n", "\n"), moved


@dataclass(slots=True)
class _Open:
    """An inline element that is open: where its text starts in the block under way."""

    name: str
    kind: SpanKind | None
    start: int
    url: str = ""


@dataclass(slots=True)
class _Figure:
    """A `<figure>` that is open: where its blocks start, and where its caption went if that came first."""

    out: list[Block]
    start: int
    caption_at: int = -1


@dataclass(slots=True)
class _List:
    """A list that is open. Unordered lists do not count."""

    ordered: bool
    number: int = 1
    letters: str = "1"


@dataclass(slots=True)
class _Cell:
    """A cell of a table under way, or a place that a neighbour spans over."""

    blocks: list[Block]
    header: bool = False
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class _Table:
    """A table under way; `out` is where blocks went before it began."""

    out: list[Block]
    rows: list[list[_Cell]] = field(default_factory=list)


@dataclass(slots=True)
class _Embed:
    """A frame, video or object that is open."""

    name: str
    url: str
    title: str


# --------------------------------------------------------------------------- reading


class _Reader:
    """Goes once over the tags of a text and puts its blocks down one after the other.

    There is no tree: a stack of open elements is kept for what an end tag closes (HTML Standard §13.2.4.2,
    simplified: an end tag closes up to its start tag, unless a table cell stands between), and what the
    blocks need to know (depth of quotes, lists, …) is counted along.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.page_url = base_url.partition("#")[0]
        self.out: list[Block] = []
        self.count = 0
        self.links: list[Link] = []
        self.numbers: dict[str, int] = {}
        self.line = _Line()
        self.inline: list[_Open] = []
        self.unheeded: dict[str, int] = {}  # inline elements too deep to be heeded, by name
        self.open: list[str] = []
        self.places: dict[str, list[int]] = {}  # where in `open` each name stands
        self.walls: list[int] = []  # where in `open` cells and tables stand
        self.quote = 0
        self.definitions = 0
        self.headings: list[int] = []
        self.lists: list[_List] = []
        self.marker = ""
        self.figures: list[_Figure] = []
        self.tables: list[_Table] = []
        self.unheeded_tables = 0
        self.captioned = False
        self.strong = False
        self.deferred: list[Block] = []
        self.code: list[str] | None = None
        self.language = ""
        self.embed: _Embed | None = None
        self.noscript = False
        self.source = ""

    def document(self, cut: bool) -> Document:
        """All that has been read."""
        while self.open:
            self._pop()
        self._flush()
        while self.out and self.out[-1].kind is BlockKind.RULE:
            self.out.pop()
        if cut or self.count > _MOST_BLOCKS:
            self.out.append(Block(BlockKind.PARAGRAPH, _LEFT_OUT, (Span(0, len(_LEFT_OUT), SpanKind.EM),)))
        return Document(tuple(self.out), tuple(self.links))

    def read(self, pieces: list[str]) -> None:
        """Read pieces as `split_tags` gives them."""
        for at in range(0, len(pieces) - 1, 3):
            if pieces[at]:
                self._text(pieces[at])
            name = pieces[at + 1].lower()
            if self.embed is not None or self.noscript:
                self._aside(name, pieces[at + 2])
            elif name[0] == "/":
                self._end(name[1:])
            else:
                self._start(name, pieces[at + 2])
            if self.count > _MOST_BLOCKS:
                return
        self._text(pieces[-1])

    def read_plain(self, s: str) -> None:
        """Read a text without markup: empty lines part paragraphs, addresses are links."""
        for paragraph in paragraphs(s):
            for number, line in enumerate(_lines(decode(paragraph))):
                if number:
                    self.line.break_line()
                self._plain_line(scrub(line))
            self._flush()
            if self.count > _MOST_BLOCKS:
                return

    def _plain_line(self, line: str) -> None:
        at = 0
        for found in _ADDRESS.finditer(line):
            address = _bare_address(found[0])
            self.line.add(line[at : found.start()])
            start = self.line.length
            self.line.add(address)
            if url := safe_url(address):
                number = self._number(url, address)
                self.line.spans.append(Span(start, self.line.length, SpanKind.LINK, number))
            at = found.start() + len(address)
        self.line.add(line[at:])

    def _text(self, raw: str) -> None:
        if self.embed is not None or self.noscript:
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
                self._image(_attributes(raw))
            self.noscript = name != "/noscript"
        elif name == f"/{embed.name}":
            self.embed = None
            self._finish_embed(embed)
        elif not embed.url and name in _ADDRESSED:
            attributes = _attributes(raw)
            embed.url = safe_url(attributes.get("src") or attributes.get("href") or "", self.base_url)

    # ----------------------------------------------------------------- tags

    def _start(self, name: str, raw: str) -> None:
        if name in _INLINE_KINDS:
            self._open_inline(name, _INLINE_KINDS[name], raw)
        elif handler := _STARTS.get(name):
            handler(self, name, raw)
        elif is_break(name):
            self._flush()
            self._note_class(raw)
            if name in _CONTAINERS:
                self._push(name)

    def _end(self, name: str) -> None:
        if name in _INLINE_KINDS:
            self._close_inline(name)
        elif name == "q":
            self.line.add("”")
        elif name == "table":
            self._end_table()
        elif name in ("td", "th", "tr"):
            if self.tables and not self.unheeded_tables:
                self._close_within_table("td", "th", *(("tr",) if name == "tr" else ()))
        elif is_break(name):
            self._break_code_line()
            self._flush()
            self._close(name)

    def _push(self, name: str) -> None:
        if name in _WALLS:
            self.walls.append(len(self.open))
        self.places.setdefault(name, []).append(len(self.open))
        self.open.append(name)

    def _close(self, name: str) -> None:
        """Close elements up to the nearest one of that name, if it is on this side of the nearest wall."""
        places = self.places.get(name)
        if places and places[-1] >= (self.walls[-1] if self.walls else 0):
            self._pop_to(places[-1])

    def _pop_to(self, place: int) -> None:
        while len(self.open) > place:
            self._pop()

    def _pop(self) -> None:
        name = self.open.pop()
        self.places[name].pop()
        if name in _WALLS:
            self.walls.pop()
        if ending := _ENDS.get(name):
            self._flush()
            ending(self)

    def _note_class(self, raw: str) -> None:
        """See from the attributes of a block whether it is a caption, or holds code of some language."""
        if "caption" in raw:
            self.captioned = "caption" in _attributes(raw).get("class", "")
        elif "lang" in raw or "highlight" in raw:
            self._note_language(raw)

    def _note_language(self, raw: str) -> None:
        attributes = _attributes(raw)
        found = _LANGUAGE.search(attributes.get("class", ""))
        language = (
            attributes.get("data-lang") or attributes.get("data-language") or (found[1] if found else "")
        )
        self.language = clean(language, 40).lower() or self.language

    # ----------------------------------------------------------------- inline

    def _open_inline(self, name: str, kind: SpanKind, raw: str) -> None:
        if name == "code" and self.code is not None and raw:
            self._note_language(raw)
        url = ""
        if name == "a":
            self._close_inline(name)
            url = self._link_address(raw)
        if len(self.inline) >= _DEEPEST:
            self.unheeded[name] = self.unheeded.get(name, 0) + 1
            return
        heeded = url if kind is SpanKind.LINK else all(one.kind is not kind for one in self.inline)
        self.inline.append(_Open(name, kind if heeded else None, self.line.length, url))

    def _link_address(self, raw: str) -> str:
        address = _attributes(raw).get("href", "").strip()
        if not address or address.startswith("#"):
            return ""
        url = safe_url(address, self.base_url)
        within, _, place = url.partition("#")
        return "" if place and within == self.page_url else url

    def _close_inline(self, name: str) -> None:
        if self.unheeded.get(name):
            self.unheeded[name] -= 1
            return
        for at in range(len(self.inline) - 1, -1, -1):
            if self.inline[at].name == name:
                self._mark(self.inline.pop(at))
                return

    def _mark(self, one: _Open) -> None:
        """Put the span of an inline element down, up to the end of the text so far."""
        if one.kind is None or self.code is not None or one.start >= self.line.length:
            return
        number = 0
        if one.kind is SpanKind.LINK:
            if not (label := self._since(one.start)):
                return
            number = self._number(one.url, label)
        self.line.spans.append(Span(one.start, self.line.length, one.kind, number))

    def _since(self, start: int) -> str:
        """The text of the line from a place on, as one short line."""
        parts: list[str] = []
        at = self.line.length
        for part in reversed(self.line.parts):
            at -= len(part)
            parts.append(part[max(0, start - at) :])
            if at <= start:
                break
        return clean("".join(reversed(parts)), 200)

    def _number(self, url: str, label: str) -> int:
        """The number of an address: a new one at its first time."""
        if url not in self.numbers:
            self.numbers[url] = len(self.links) + 1
            self.links.append(Link(len(self.links) + 1, url, label))
        return self.numbers[url]

    # ----------------------------------------------------------------- blocks

    def _flush(self) -> None:
        """End the block under way and put it down, then the pictures that were met inside of it."""
        if self.code is not None:
            return
        if self.line.length:
            for one in self.inline:
                self._mark(one)
                one.start = 0
            text, spans = self.line.take()
            if text:
                self._emit_text(text, spans)
        else:
            for one in self.inline:
                one.start = 0
        self.captioned = False
        if self.deferred:
            deferred, self.deferred = self.deferred, []
            for block in deferred:
                self._emit(block)

    def _emit_text(self, text: str, spans: tuple[Span, ...]) -> None:
        last = self.out[-1] if self.out else None
        captioned = self.captioned or bool(self.places.get("figcaption"))
        if captioned and self._caption(text, spans):
            return
        if (
            last is not None
            and last.picture is not None
            and not last.picture.credit
            and len(text) <= _LONGEST_CREDIT
            and _CREDIT_LINE.match(text)
        ):
            self.out[-1] = _with_caption(last, text, spans)
            return
        if self.strong:
            spans = (Span(0, len(text), SpanKind.STRONG), *spans)
        kind, level = BlockKind.PARAGRAPH, 0
        if self.marker:
            kind = BlockKind.ITEM
            if self.headings:
                spans = (Span(0, len(text), SpanKind.STRONG), *spans)
        elif self.headings:
            kind, level = BlockKind.HEADING, self.headings[-1]
        for start, end in _portions(text):
            self._emit(self._placed(kind, text[start:end], _within(spans, start, end), level))
            kind, self.marker = BlockKind.PARAGRAPH if kind is BlockKind.ITEM else kind, ""

    def _placed(self, kind: BlockKind, text: str, spans: tuple[Span, ...], level: int = 0) -> Block:
        indent = 0 if level else min(len(self.lists) + self.definitions, _DEEPEST)
        if self.marker:
            indent = max(1, indent)
        quote = min(self.quote, _DEEPEST)
        return Block(kind, text, spans, level=level, quote=quote, indent=indent, marker=self.marker)

    def _emit(self, block: Block) -> None:
        self.count += 1
        if self.count <= _MOST_BLOCKS:
            self.out.append(block)

    def _block(self, name: str, _raw: str) -> None:
        self._flush()
        self._push(name)

    def _heading(self, name: str, _raw: str) -> None:
        self._flush()
        if self.headings:
            self._close(self.open_heading())
        self.headings.append(int(name[1]))
        self._push(name)

    def open_heading(self) -> str:
        """The name of the heading that is open."""
        return f"h{self.headings[-1]}"

    def _end_heading(self) -> None:
        self.headings.pop()

    def _blockquote(self, name: str, _raw: str) -> None:
        self._flush()
        self.quote += 1
        self._push(name)

    def _end_blockquote(self) -> None:
        self.quote -= 1

    def _break(self, _name: str, _raw: str) -> None:
        if self.code is not None:
            self.code.append("\n")
        elif self.deferred or self.line.last == "\n":
            self._flush()
        else:
            self.line.break_line()

    def _rule(self, _name: str, _raw: str) -> None:
        self._flush()
        if self.code is None and self.out and self.out[-1].kind is not BlockKind.RULE:
            self._emit(Block(BlockKind.RULE, quote=min(self.quote, _DEEPEST)))

    def _quotation(self, _name: str, _raw: str) -> None:
        self.line.add("“")

    def _summary(self, name: str, _raw: str) -> None:
        self._flush()
        self.strong = True
        self._push(name)

    def _end_strong(self) -> None:
        self.strong = False

    # ----------------------------------------------------------------- lists

    def _list(self, name: str, raw: str) -> None:
        self._flush()
        attributes = _attributes(raw) if raw else {}
        letters = attributes.get("type", "1")
        self.lists.append(_List(name == "ol", _whole(attributes.get("start", ""), 1), letters))
        self._push(name)

    def _end_list(self) -> None:
        self.lists.pop()
        self.marker = ""

    def _item(self, name: str, raw: str) -> None:
        self._break_code_line()
        self._flush()
        self._close_item()
        self._push(name)
        if not self.lists:
            self.marker = "•"
            return
        here = self.lists[-1]
        if here.ordered:
            here.number = _whole(_attributes(raw).get("value", "") if raw else "", here.number)
            self.marker = _ordinal(here.number, here.letters)
            here.number += 1
        else:
            self.marker = "•◦▪"[min(len(self.lists), 3) - 1]

    def _close_item(self) -> None:
        """A new item ends the one before it in the same list."""
        places = self.places.get("li")
        if places and places[-1] >= max(
            self.walls[-1] if self.walls else 0,
            *(self.places[name][-1] if self.places.get(name) else 0 for name in ("ul", "ol", "menu")),
        ):
            self._pop_to(places[-1])

    def _end_item(self) -> None:
        self.marker = ""

    def _term(self, name: str, _raw: str) -> None:
        self._flush()
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
        self._flush()
        self._push(name)
        if "lang" in raw or "brush" in raw or "class" in raw:
            self._note_language(raw)
        self.code = []

    def _end_preformatted(self) -> None:
        text = clean_multiline("".join(self.code or ()))
        self.code = None
        for one in self.inline:
            one.start = 0
        if text:
            self._emit(
                Block(
                    BlockKind.CODE,
                    text,
                    quote=min(self.quote, _DEEPEST),
                    indent=min(len(self.lists), _DEEPEST),
                    language=self.language,
                )
            )
        self.language = ""

    def _break_code_line(self) -> None:
        if self.code and not self.code[-1].endswith("\n"):
            self.code.append("\n")

    # ----------------------------------------------------------------- pictures and embeds

    def _image(self, attributes: dict[str, str]) -> None:
        alt = clean(attributes.get("alt") or "")
        if _EMOJI_CLASS.search(attributes.get("class", "")) or (alt and not alt.isascii() and len(alt) <= 2):
            self.line.add(alt)
            return
        url = self._image_address(attributes)
        if _is_pixel(attributes, url) or not (url or alt):
            return
        link = self._picture_link(alt, url)
        block = Block(
            BlockKind.PICTURE, alt, quote=min(self.quote, _DEEPEST), picture=Picture(url, alt), link=link
        )
        if self.code is not None or self.line.last != "\n":
            self.deferred.append(block)
            return
        self._flush()
        last = self.out[-1].picture if self.out else None
        if last is None or (last.url != url and not (self.noscript and last.alt == alt)):
            self._emit(block)
        elif url and not last.url:
            self.out[-1] = replace(self.out[-1], picture=replace(last, url=url))

    def _image_address(self, attributes: dict[str, str]) -> str:
        candidates = [attributes.get(name, "") for name in ("data-src", "data-lazy-src", "data-original")]
        candidates += [_largest(attributes.get(name, "")) for name in ("data-srcset", "data-lazy-srcset")]
        candidates += [attributes.get("src", ""), _largest(attributes.get("srcset", "")), self.source]
        for candidate in candidates:
            if candidate and (url := safe_url(candidate, self.base_url)):
                return url
        return ""

    def _picture_link(self, alt: str, url: str) -> int:
        """The number of the link around a picture, unless it only leads to the picture itself."""
        for one in reversed(self.inline):
            if one.kind is SpanKind.LINK:
                if one.url == url or _PICTURE_FILE.search(one.url):
                    return 0
                return self._number(one.url, alt or "picture")
        return 0

    def _img(self, _name: str, raw: str) -> None:
        self._image(_attributes(raw))

    def _picture(self, _name: str, _raw: str) -> None:
        self.source = ""

    def _source(self, _name: str, raw: str) -> None:
        self.source = self.source or _largest(_attributes(raw).get("srcset", ""))

    def _noscript(self, _name: str, _raw: str) -> None:
        self.noscript = True

    def _embedded(self, name: str, raw: str) -> None:
        attributes = _attributes(raw)
        address = attributes.get("src") or attributes.get("data") or attributes.get("data-src") or ""
        embed = _Embed(name, safe_url(address, self.base_url), clean(attributes.get("title") or "", 200))
        if name == "embed":
            self._finish_embed(embed)
        else:
            self.embed = embed

    def _finish_embed(self, embed: _Embed) -> None:
        if not embed.url or _TRACKER.search(embed.url):
            return
        name, url = _embed_name(embed)
        label = f"{name}: {embed.title}" if embed.title and embed.title != name else name
        block = Block(BlockKind.EMBED, label, quote=min(self.quote, _DEEPEST), link=self._number(url, label))
        if self.code is not None or self.line.last != "\n":
            self.deferred.append(block)
        else:
            self._flush()
            self._emit(block)

    def _figure(self, name: str, raw: str) -> None:
        self._flush()
        self._note_class(raw)
        self.captioned = False
        self.figures.append(_Figure(self.out, len(self.out)))
        self._push(name)

    def _end_figure(self) -> None:
        figure = self.figures.pop()
        at = figure.caption_at
        if 0 <= at < len(figure.out) - 1 and (picture := figure.out[at + 1].picture) and not picture.caption:
            caption = figure.out.pop(at)
            figure.out[at] = _with_caption(figure.out[at], caption.text, caption.spans)

    def _caption(self, text: str, spans: tuple[Span, ...]) -> bool:
        """Give a caption to the picture before it in the same figure; False if there is none."""
        figure = self.figures[-1] if self.figures else None
        start = figure.start if figure is not None and figure.out is self.out else len(self.out) - 1
        for at in range(len(self.out) - 1, max(start, len(self.out) - 4, 0) - 1, -1):
            if self.out[at].picture is not None:
                self.out[at] = _with_caption(self.out[at], text, spans)
                return True
        if figure is not None and figure.out is self.out and figure.caption_at < 0:
            figure.caption_at = len(self.out)
        return False

    # ----------------------------------------------------------------- tables

    def _table(self, name: str, _raw: str) -> None:
        self._flush()
        if len(self.tables) >= _DEEPEST or self.code is not None:
            self.unheeded_tables += 1
            return
        self.tables.append(_Table(self.out))
        self._push(name)

    def _end_table(self) -> None:
        self._break_code_line()
        self._flush()
        if self.unheeded_tables:
            self.unheeded_tables -= 1
        elif self.tables:
            self._pop_to(self.places["table"][-1])

    def _row(self, name: str, _raw: str) -> None:
        self._break_code_line()
        self._flush()
        if self.tables and not self.unheeded_tables:
            self._close_within_table("td", "th", "tr")
            self.tables[-1].rows.append([])
            self._push(name)

    def _cell(self, name: str, raw: str) -> None:
        self._flush()
        if not self.tables or self.unheeded_tables:
            return
        self._close_within_table("td", "th")
        table = self.tables[-1]
        if not table.rows:
            table.rows.append([])
        cell = _Cell([], name == "th")
        if "span" in raw:
            attributes = _attributes(raw)
            cell.columns = min(max(_whole(attributes.get("colspan", ""), 1), 1), _MOST_COLUMNS)
            cell.rows = min(max(_whole(attributes.get("rowspan", ""), 1), 1), 100)
        table.rows[-1].append(cell)
        self.out = cell.blocks
        self._push(name)

    def _close_within_table(self, *names: str) -> None:
        """Close the cell, or the cell and the row, that is open in the innermost table."""
        table = self.places["table"][-1]
        places = [self.places[name][-1] for name in names if self.places.get(name)]
        inner = [place for place in places if place > table]
        if inner:
            self._flush()
            self._pop_to(min(inner))

    def _end_cell(self) -> None:
        self.out = self.tables[-1].out
        self.marker = ""

    def _finish_table(self) -> None:
        table = self.tables.pop()
        self.out = table.out
        rows = [row for row in table.rows if any(cell.blocks for cell in row)]
        laid = _lay_out(rows, min(self.quote, _DEEPEST), min(len(self.lists), _DEEPEST))
        if laid is None:
            laid = [block for row in rows for cell in row for block in cell.blocks]
        else:
            self.count -= sum(len(cell.blocks) for row in rows for cell in row) - len(laid)
        self.out.extend(laid)


_Start = Callable[[_Reader, str, str], None]
_STARTS: dict[str, _Start] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Reader._heading),
    **dict.fromkeys(("ul", "ol", "menu"), _Reader._list),
    **dict.fromkeys(("dt", "dd"), _Reader._term),
    **dict.fromkeys(("td", "th"), _Reader._cell),
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), _Reader._embedded),
    "amp-img": _Reader._img,
    "blockquote": _Reader._blockquote,
    "br": _Reader._break,
    "figcaption": _Reader._block,
    "figure": _Reader._figure,
    "hr": _Reader._rule,
    "img": _Reader._img,
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
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _Reader._end_heading),
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


def _whole(s: str, otherwise: int) -> int:
    s = s.strip()
    return int(s) if _SMALL_NUMBER.fullmatch(s) else otherwise


def _ordinal(number: int, letters: str) -> str:
    """The mark of an item of an ordered list (HTML Standard §4.4.5, `type`)."""
    if letters in ("a", "A") and 1 <= number <= 26:
        return f"{chr(ord(letters) + number - 1)}."
    if letters in ("i", "I") and 1 <= number <= 3999:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return f"{roman if letters == 'I' else roman.lower()}."
    return f"{number}."


def _portions(text: str) -> Iterator[tuple[int, int]]:
    """Parts of a text that are short enough for a block, cut at spaces where there are any."""
    start = 0
    while len(text) - start > _LONGEST_BLOCK:
        limit = start + _LONGEST_BLOCK
        space = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
        end = space if space > start else limit
        yield start, end
        start = end + 1 if space > start else end
    yield start, len(text)


def _within(spans: tuple[Span, ...], start: int, end: int) -> tuple[Span, ...]:
    """The parts of spans that lie between two places, counted from the first."""
    if start == 0 and all(span.end <= end for span in spans):
        return spans
    return tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.link)
        for span in spans
        if span.start < end and span.end > start
    )


def _lines(paragraph: str) -> list[str]:
    """The lines of a plain-text paragraph if they are meant: a list, or too long for a wrapped text."""
    lines = paragraph.strip("\n").split("\n")
    if len(lines) > 1 and (max(map(len, lines)) > 100 or any(_LIST_LINE.match(line) for line in lines)):
        return lines
    return [paragraph]


def _bare_address(found: str) -> str:
    """An address from plain text without the punctuation behind it."""
    found = found.rstrip(".,;:!?'\"*_")
    while found.endswith((")", "]", "}")) and found.count(found[-1]) > found.count(_OPENING[found[-1]]):
        found = found[:-1].rstrip(".,;:!?'\"*_")
    return found


# --------------------------------------------------------------------------- pictures and embeds


def _with_caption(block: Block, text: str, spans: tuple[Span, ...]) -> Block:
    """The picture with words below it, the name of who made it told apart."""
    picture = block.picture or Picture("")
    if picture.caption or picture.credit:
        shift = len(block.text) + 1
        moved = (Span(one.start + shift, one.end + shift, one.kind, one.link) for one in spans)
        text, spans = f"{block.text} {text}", (*block.spans, *moved)
    caption, credit = text, picture.credit
    tail = max(0, len(text) - _LONGEST_CREDIT)
    if found := _CREDIT.search(text, tail):
        caption, credit = text[: found.start()].rstrip(" \n|·–—-("), found["who"].strip()
    return replace(block, text=text, spans=spans, picture=replace(picture, caption=caption, credit=credit))


def _largest(srcset: str) -> str:
    """The address of the widest picture of a `srcset`."""
    best, width = "", -1.0
    for candidate in _SRCSET.finditer(srcset[:8_000]):
        size = float(candidate[2] or 0)
        if size > width:
            best, width = candidate[1], size
    return best


def _is_pixel(attributes: dict[str, str], url: str) -> bool:
    """Tell a picture that counts readers from one that shows something."""
    sizes = [_whole(attributes.get(name, "").removesuffix("px"), 99) for name in ("width", "height")]
    return min(sizes) <= 2 or bool(url and _TRACKER.search(url))


def _embed_name(embed: _Embed) -> tuple[str, str]:
    """What an embedded thing is called, and the address that a person would open for it."""
    if embed.name in ("video", "audio"):
        return embed.name.capitalize(), embed.url
    if found := _YOUTUBE.match(embed.url):
        return "YouTube video", f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.match(embed.url):
        return "Vimeo video", f"https://vimeo.com/{found[1]}"
    host = shown_host(embed.url).removeprefix("www.")
    for ending, name in _EMBED_NAMES.items():
        if host == ending or host.endswith(f".{ending}"):
            return name, embed.url
    return f"Embedded page from {host}", embed.url


# --------------------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class _Field:
    """The text of one place in the grid of a table."""

    text: str = ""
    spans: tuple[Span, ...] = ()
    header: bool = False


_EMPTY = _Field()


def _lay_out(rows: list[list[_Cell]], quote: int, indent: int) -> list[Block] | None:
    """A table as blocks: in columns, or row by row where it is too wide; None if it only holds a layout."""
    if len(rows) < 2 or not all(_is_field(cell.blocks) for row in rows for cell in row):
        return None
    grid = _grid(rows)
    columns = len(grid[0])
    if columns < 2:
        return None
    widths = _widths(grid)
    if widths is None:
        return _records(grid, quote, indent)
    text, spans = _columns(grid, widths)
    return [Block(BlockKind.TABLE, text, spans, quote=quote, indent=indent)]


def _is_field(blocks: list[Block]) -> bool:
    return (
        len(blocks) <= 3
        and all(block.kind in _FIELD_KINDS for block in blocks)
        and sum(len(block.text) for block in blocks) <= _LONGEST_FIELD
    )


def _grid(rows: list[list[_Cell]]) -> list[list[_Field]]:
    """Every place of the table, also those that a cell of another place spans."""
    grid: list[list[_Field]] = []
    covered: dict[int, int] = {}  # column → rows still covered by a cell above
    for row in rows:
        places: list[_Field] = []
        for cell in row:
            while covered.get(len(places), 0) and len(places) < _MOST_COLUMNS:
                places.append(_EMPTY)
            start = len(places)
            places.append(_field(cell))
            places += [_EMPTY] * (cell.columns - 1)
            if cell.rows > 1:
                covered.update(dict.fromkeys(range(start, len(places)), cell.rows))
        covered = {column: left - 1 for column, left in covered.items() if left > 1}
        grid.append(places[:_MOST_COLUMNS])
    used = max((at + 1 for places in grid for at, place in enumerate(places) if place.text), default=0)
    return [(places + [_EMPTY] * used)[:used] for places in grid]


def _field(cell: _Cell) -> _Field:
    text, spans = "", []
    for block in cell.blocks:
        if text:
            text += "\n"
        if block.marker:
            text += f"{block.marker} "
        spans += [Span(one.start + len(text), one.end + len(text), one.kind, one.link) for one in block.spans]
        text += block.text
    header = cell.header or (
        bool(text) and any(one.kind is SpanKind.STRONG and one.end - one.start == len(text) for one in spans)
    )
    return _Field(text, tuple(spans), header)


def _widths(grid: list[list[_Field]]) -> list[int] | None:
    """Cells for each column, so that a line has 100 at most; None if the columns would be too narrow."""
    widths = [
        max(max(map(cell_len, one.text.split("\n"))) for one in column) for column in zip(*grid, strict=True)
    ]
    room = _WIDEST - len(_BAR) * (len(widths) - 1)
    if sum(widths) <= room:
        return widths
    left, narrow = room, sorted(range(len(widths)), key=lambda column: widths[column])
    for done, column in enumerate(narrow):
        share = left // (len(widths) - done)
        if share < min(widths[column], _NARROWEST):
            return None
        widths[column] = min(widths[column], share)
        left -= widths[column]
    return widths


def _columns(grid: list[list[_Field]], widths: list[int]) -> tuple[str, tuple[Span, ...]]:
    """The lines of a table in columns, and where the spans of its fields have come to."""
    headed = all(one.header or not one.text for one in grid[0])
    right = [_is_numeric(column[1:] if headed else column) for column in zip(*grid, strict=True)]
    lines: list[str] = []
    spans: list[Span] = []
    offset = 0
    for number, row in enumerate(grid):
        folded = [_fold(one.text, width) for one, width in zip(row, widths, strict=True)]
        for at in range(max(map(len, folded))):
            line = ""
            for column, one in enumerate(row):
                if column:
                    line += _BAR
                start, end = folded[column][at] if at < len(folded[column]) else (0, 0)
                shown = one.text[start:end]
                gap = " " * (widths[column] - cell_len(shown))
                line += gap if right[column] else ""
                place = offset + len(line)
                spans += (
                    [
                        Span(span.start + place, span.end + place, span.kind, span.link)
                        for span in _within(one.spans, start, end)
                    ]
                    if shown
                    else []
                )
                line += shown if right[column] else shown + gap
            lines.append(line.rstrip())
            offset += len(lines[-1]) + 1
        if headed and number == 0:
            lines.append("─┼─".join("─" * width for width in widths))
            offset += len(lines[-1]) + 1
    return "\n".join(lines), tuple(sorted(spans, key=_span_order))


def _is_numeric(column: Sequence[_Field]) -> bool:
    texts = [one.text for one in column if one.text]
    return bool(texts) and all(_NUMERIC.fullmatch(text) for text in texts)


def _fold(text: str, width: int) -> list[tuple[int, int]]:
    """Where the lines of a field start and end in `width` cells; words are torn where they must."""
    lines: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        if cell_len(line) <= width:
            lines.append((at, at + len(line)))
        else:
            lines += _fold_line(line, width, at)
        at += len(line) + 1
    return lines


def _fold_line(line: str, width: int, offset: int) -> Iterator[tuple[int, int]]:
    start = space = used = 0
    for at, character in enumerate(line):
        cells = cell_len(character)
        if used + cells > width and at > start:
            end = space if space > start else at
            yield offset + start, offset + end
            start = end + (line[end] == " ")
            used = cell_len(line[start:at])
        if character == " ":
            space = at
        used += cells
    yield offset + start, offset + len(line)


def _records(grid: list[list[_Field]], quote: int, indent: int) -> list[Block]:
    """A wide table row by row: a paragraph each, the heads of the columns before the fields."""
    heads = [one.text.replace("\n", " ") for one in grid[0]]
    blocks = []
    for row in grid[1:]:
        text = ""
        spans: list[Span] = []
        for head, one in zip(heads, row, strict=True):
            if not one.text:
                continue
            if text:
                text += "\n"
            if head:
                spans.append(Span(len(text), len(text) + len(head), SpanKind.STRONG))
                text += f"{head}: "
            spans += [
                Span(span.start + len(text), span.end + len(text), span.kind, span.link) for span in one.spans
            ]
            text += one.text
        if text:
            blocks.append(
                Block(
                    BlockKind.PARAGRAPH,
                    text,
                    tuple(sorted(spans, key=_span_order)),
                    quote=quote,
                    indent=indent,
                )
            )
    return blocks
