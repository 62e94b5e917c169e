"""Convert HTML to plain text, and split it into text and tags."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuireader.text.cleaning import clean, scrub
from tuireader.text.regex import regex

_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark math "
    "nobr picture q rp rt ruby s samp small source span strike strong sub sup time tt u var wbr"
)
_BLOCK_NAMES = (
    "address article aside blockquote body br caption center colgroup col dd details dialog dir "
    "div dl dt fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 head header hgroup hr html "
    "legend li link main menu meta ol p pre search section summary table tbody td tfoot th "
    "thead tr ul"
)
_HIDDEN_NAMES = "script style title template textarea noembed noframes svg nav form button select canvas"
_EMBED_NAMES = "iframe video audio object embed noscript"

BREAKS = frozenset(slash + name for name in _BLOCK_NAMES.split() for slash in ("", "/"))
"""Tags, as in `tokens`, that end a line of text."""

# A tag: its name (with the slash of an end tag) and its attributes. Quotes count only after "=" and may
# contain ">" and "<"; a tag with an unclosed quote ends at the first ">". Matching is linear if a ">"
# follows: the states "outside", 'in "' and "in '" map one to one along the text, so at most three attempts
# from different starts can be active at any position.
_TAG = r"""<(/?[a-zA-Z][^\s/<>]*+)((?:[^<>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+(?=>)|[^>]*+)>"""
_KNOWN_TAG = "(?i)" + (
    r"<(?=[/a-zA-Z])/?(?:"
    + "|".join(f"{_INLINE_NAMES} {_BLOCK_NAMES} {_HIDDEN_NAMES} {_EMBED_NAMES}".split())
    + r")(?:[\s/][^<>]*)?>|<!--|<!doctype\s|<!\[CDATA\["
)
_ODD_MARKUP = "(?i)" + (
    rf"<(?=[!?a-z])(?:(!--)|[!?]|({'|'.join(f'{_HIDDEN_NAMES} {_EMBED_NAMES}'.split())})(?=[\s/>]))"
)
_ODD_NAMES = frozenset(f"{_HIDDEN_NAMES} {_EMBED_NAMES}".split())
_EMBEDS = frozenset(_EMBED_NAMES.split())
_PROSE = 5_000
_UNCLOSED = r"<(?:/?[a-zA-Z]|[!?])"
_LONG_REFERENCE = r"&#[0-9]{9,};?"
_EMPTY_LINE = r"\n[^\S\n]*\n"
_BREAK = "\x1e"
_TIDY = bytes(range(32, 127)) + b"\t\n\r\x1e"  # as bytes: three times as fast as `isprintable`
_SEAM = "\0"  # replaces removed markup, so that the rest cannot form a new tag


def is_html(s: str) -> bool:
    """Return whether `s` contains markup: a known HTML tag, a comment, a document type."""
    return "<" in s and regex(_KNOWN_TAG).search(s) is not None


def plain(html: str, pieces: Sequence[str] | None = None) -> str:
    """Return the readable text of plain text or HTML, one line per block, for index and watches.

    Character references are decoded once; scripts, styles, forms, embeds and comments are removed with
    their content; inline tags are removed without a gap; blocks, items, cells and `<br>` end a line; white
    space is collapsed and empty lines are removed. In plain text, empty lines separate paragraphs. `pieces`
    are the `tokens` of the text, if available.
    """
    if pieces is not None or is_html(html):
        if pieces is None:
            pieces = tokens(html)
        parts = [
            text + _BREAK if name in BREAKS else text
            for text, name in zip(pieces[0::3], pieces[1::3], strict=False)
        ]
        s = "".join(parts) + pieces[-1]
    else:
        s = _BREAK.join(paragraphs(html))
    s = decode(s)
    if s.isascii() and not s.encode().translate(None, _TIDY):
        s = s.replace("\n", " ").replace("\t", " ").replace("\r", " ")
        return "\n".join(filter(None, map(_collapsed, s.split(_BREAK))))
    lines = [" ".join(line.split()) for line in s.split(_BREAK)]
    if not ("".join(lines).isprintable() and s.isascii()):
        lines = [" ".join(scrub(line).split()) for line in lines]
    return "\n".join(filter(None, lines))


def _collapsed(line: str) -> str:
    return " ".join(line.split()) if "  " in line or line[:1] == " " or line[-1:] == " " else line


def plain_title(s: str) -> str:
    """Return a title as one clean line; it may be HTML, whatever type the feed declares."""
    if "<" in s or "&" in s:
        s = plain(s).replace("\n", " ")
    return clean(s)


def decode(s: str) -> str:
    """Decode character references once, as in HTML."""
    if "&" not in s:
        return s
    if "&#" in s:
        s = regex(_LONG_REFERENCE).sub("\ufffd", s)  # int() refuses more than 4,300 digits
    from html import unescape

    return unescape(s)


def paragraphs(s: str) -> list[str]:
    """Split plain text at its empty lines."""
    return regex(_EMPTY_LINE).split(s.replace("\r\n", "\n").replace(_BREAK, " "))


def tokens(html: str, embeds: bool = False) -> list[str]:
    """Split HTML into text, name, attributes, text, name, attributes, …, text.

    Names are in lower case, end tags with their slash; texts and attributes are unchanged. Comments,
    scripts, styles, forms and the like are removed, and so are embeds unless `embeds` is set.
    """
    pieces = _split(html)
    names = list(map(str.lower, pieces[1::3]))
    if "<!" in html or "<?" in html or not _ODD_NAMES.isdisjoint(names):
        pieces = [piece.replace(_SEAM, "") for piece in _split(_visible(html, embeds))]
        names = list(map(str.lower, pieces[1::3]))
    pieces[1::3] = names
    return pieces


def _split(html: str) -> list[str]:
    html = html.replace(_BREAK, " ")
    end = html.rfind(">") + 1
    pieces = regex(_TAG).split(html[:end])
    tail = html[end:]
    if unclosed := regex(_UNCLOSED).search(tail):
        tail = tail[: unclosed.start()]
    pieces[-1] += tail
    return pieces


def _visible(html: str, embeds: bool) -> str:
    """Remove comments, declarations, scripts, styles, forms and the like.

    With `embeds`, frames, videos and objects are kept, and missing end tags are added. An unclosed element
    hides only its own tag, except script and style.
    """
    if "<![" in html:
        html = html.replace("<![CDATA[", _SEAM).replace("]]>", _SEAM)
    kept: list[str] = []
    endless: set[str] = set()
    at = 0
    markup = regex(_ODD_MARKUP).search(html)
    while markup:
        kept.append(html[at : markup.start()])
        at, keep = _skip(html, markup, endless, embeds)
        kept.append(keep or _SEAM)
        markup = regex(_ODD_MARKUP).search(html, at)
    kept.append(html[at:])
    return "".join(kept)


def _skip(html: str, markup: re.Match[str], endless: set[str], embeds: bool) -> tuple[int, str]:
    """Return the end of markup to remove, and the part to keep; `endless` are names without an end tag."""
    name = (markup[2] or "").lower()
    if not name:
        return _skip_comment(html, markup), ""
    tag = regex(_TAG).match(html, markup.start())
    if tag is None:
        return len(html), ""
    if name == "embed":
        return tag.end(), tag[0] if embeds else ""
    end = None
    if not tag[2].endswith("/") and name not in endless:
        end = regex(rf"(?i)</{name}(?=[\s/>])[^>]*>").search(html, tag.end())
        if end is None:
            endless.add(name)
            if name in ("script", "style"):
                return len(html), ""
    if embeds and name in _EMBEDS:
        within = regex(_TAG).finditer(html, tag.end(), end.start() if end else tag.end())
        return (end or tag).end(), f"{tag[0]}{''.join(inner[0] for inner in within)}</{name}>"
    if end is None or (name in ("form", "nav") and end.start() - tag.end() > _PROSE):
        return tag.end(), ""
    return end.end(), ""


def _skip_comment(html: str, markup: re.Match[str]) -> int:
    """Return the end of a comment or a declaration (HTML Standard §13.2.5.43 to 13.2.5.52)."""
    start = markup.end()
    if not markup[1]:
        return html.find(">", start) + 1 or len(html)
    if html.startswith((">", "->"), start):
        return html.index(">", start) + 1
    end = regex(r"--!?>").search(html, start)
    return end.end() if end else len(html)
