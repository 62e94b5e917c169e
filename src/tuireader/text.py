"""Outside text made harmless: cleaning, HTML → plain text, cell widths, addresses. Pure, cheap to import.

Everything that a feed says is hostile until it has passed through here once. Each function is linear in
its input, whatever the input is, and none raises.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """Compile at first use: the list is on the screen before most of them are needed."""
    return re.compile(pattern)


# --------------------------------------------------------------------------- cleaning

_MARKS_PER_BASE = 8

# Control sequences as a terminal reads them (ECMA-48 §5.4, §8.3; xterm's ctlseqs). A string sequence (OSC,
# DCS, APC, PM, SOS) takes its payload with it if something ends it; if nothing does, the payload is text.
# The C1 forms are only taken as sequences where they are no mojibake of UTF-8 ("â\x80\x9d").
_SEQUENCE = (
    r"\x1b(?:[PX\]^_][^\x1b\x07\x9c]*+(?:\x1b\\|[\x07\x9c]|(?=\x1b))|\[[0-?]*+[ -/]*+[@-~]?|[ -/]*+[0-~]?)"
    r"|(?<![\x80-\xff])(?:\x9b[0-?]*+[ -/]*+[@-~]?"
    r"|[\x90\x98\x9d-\x9f][^\x1b\x07\x90\x98\x9c-\x9f\n]*+(?:\x1b\\|[\x07\x9c]))"
)

_EMOJI = "\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\xa9\xae\U0001f000-\U0001faff"
_JOINING_SCRIPTS = (
    "\u0620-\u06d3\u06ee-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
)

# What never reaches a screen: controls that are no white space, format characters, bidi controls, fillers
# and other invisible letters, variation selectors, tags, noncharacters. A joiner stays where it joins.
_UNWANTED = (
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    f"|(?<![{_EMOJI}])(?<![{_EMOJI}]\ufe0f)\u200d|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}#*0-9])\ufe0f|(?<=[#*0-9])\ufe0f(?!\u20e3)"
    f"|(?<![{_JOINING_SCRIPTS}])\u200c|\u200c(?![{_JOINING_SCRIPTS}])"
)
_SURROGATE = "[\ud800-\udfff]"

# Printable and yet worth a look: every combining mark (with the letters of the same blocks), and the few
# invisible ones that `str.isprintable` lets through.
_MARKED = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0700-\u10ff\u135d-\u135f"
    "\u1712-\u18ff\u1900-\u1cff\u1dc0-\u1dff\u200c\u20d0-\u20ff\u2cef-\u2cf1\u2d7f-\u2dff\u302a-\u302f\u3099\u309a"
    "\ua66f-\ua6f1\ua800-\uabff\ufb1e\ufe0f\ufe20-\ufe2f\U000101fd-\U0001e95f"
)
_MARK_RUN = f"[{_MARKED}]{{{_MARKS_PER_BASE + 1},}}"
_INVISIBLE = "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"


def clean(s: str, limit: int = 500) -> str:
    """Return outside text as one line that is safe in any terminal: at most `limit` characters, then "…".

    Control sequences go with their payload, then all other controls, bidi controls, zero-width and tag
    characters; white space of any kind becomes one space, lone surrogates U+FFFD, and a base letter keeps
    eight combining marks. Idempotent.
    """
    if not (s.isascii() and s.isprintable()):
        s = scrub(s)
    if "  " in s or not s.isprintable() or s != s.strip() or not s.isascii():
        s = " ".join(s.split())
    return cut_characters(s, limit)


def clean_multiline(s: str, limit: int | None = None) -> str:
    """Return outside text with its lines and its indentation, and nothing else that is not printable.

    For code: tabs become spaces up to the next multiple of four, space at the ends of lines goes.
    """
    lines = scrub(s).replace("\r\n", "\n").splitlines()
    s = "\n".join(_regex(_WHITE).sub(" ", line.expandtabs(4)).rstrip() for line in lines).strip("\n")
    return s if limit is None else cut_characters(s, limit)


_WHITE = r"[^\S ]"


def scrub(s: str) -> str:
    """Take out all that is unwanted; white space of all kinds stays as it is."""
    if not s.isprintable():
        s = _regex(_SURROGATE).sub("\ufffd", _regex(_UNWANTED).sub("", _regex(_SEQUENCE).sub("", s)))
    elif not s.isascii() and _regex(_INVISIBLE).search(s):
        s = _regex(_UNWANTED).sub("", s)
    return s if s.isascii() else _regex(_MARK_RUN).sub(_cap_marks, s)


def _cap_marks(run: re.Match[str]) -> str:
    """Keep eight marks of each base in a run; the joiners behind the eighth go with the rest."""
    kept = []
    marks = 0
    for character in run[0]:
        if unicodedata.category(character)[0] == "M":
            marks += 1
        elif character != "\u200c":
            marks = 0
        if marks <= _MARKS_PER_BASE:
            kept.append(character)
    return "".join(kept)


def cut_characters(s: str, limit: int) -> str:
    """Return the first characters of `s` and "…", `limit` at most in all, without a torn grapheme."""
    if len(s) <= limit:
        return s
    return s[: _grapheme_start(s, limit - 1)].rstrip(" \u200d\u200c") + "…" if limit > 0 else ""


def _grapheme_start(s: str, at: int) -> int:
    """The start of the grapheme that position `at` is in, if that is near."""
    start = at
    while start > 0 and (_extends(s[start]) or s[start - 1] == "\u200d"):
        start -= 1
    flags = 0
    while start > flags and "\U0001f1e6" <= s[start - flags - 1] <= "\U0001f1ff":
        flags += 1
    if flags % 2 and "\U0001f1e6" <= s[start] <= "\U0001f1ff":
        start -= 1
    return start if at - start <= 64 else at


def _extends(character: str) -> bool:
    return (
        character in "\u200d\u200c"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or unicodedata.category(character)[0] == "M"
    )


# --------------------------------------------------------------------------- HTML → plain text

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
"""Tags, named as `tokens` does, that end a line of text."""

# A tag: its name (with the slash of an end tag) and its attributes. Quotes count behind "=" only, and may
# hold ">" and "<"; a tag whose quotes never close ends at the first ">". Linear if a ">" follows somewhere:
# the states "outside", 'in "' and "in '" map one to one along the text, so that at most three attempts
# from different starts can be alive at any place.
_TAG = r"""<(/?[a-zA-Z][^\s/<>]*+)((?:[^<>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+(?=>)|[^>]*+)>"""
_KNOWN_TAG = "(?i)" + (
    r"<(?=[/a-zA-Z])/?(?:"
    + "|".join(f"{_INLINE_NAMES} {_BLOCK_NAMES} {_HIDDEN_NAMES} {_EMBED_NAMES}".split())
    + r")(?:[\s/][^<>]*)?>|<!--|<!doctype\s|<!\[CDATA\["
)
_ODD_MARKUP = "(?i)" + (
    rf"<(?=[!?a-z])(?:(!--)|[!?]|({'|'.join(f'{_HIDDEN_NAMES} {_EMBED_NAMES}'.split())})(?=[\s/>]))"
)
_COMMENT_END = r"--!?>"
_ODD_NAMES = frozenset(f"{_HIDDEN_NAMES} {_EMBED_NAMES}".split())
_VOID = frozenset(("embed",))
_OPAQUE = frozenset(("script", "style"))
_EMBEDS = frozenset(_EMBED_NAMES.split())
_PROSE = 5_000
_UNCLOSED = r"<(?:/?[a-zA-Z]|[!?])"
_LONG_REFERENCE = r"&#[0-9]{9,};?"
_EMPTY_LINE = r"\n[^\S\n]*\n"
_BREAK = "\x1e"
_TIDY = bytes(range(32, 127)) + b"\t\n\r\x1e"  # looked for in bytes: three times as quick as `isprintable`
_SEAM = "\0"  # where markup was taken out, so that what is left cannot grow together to a tag


def is_html(s: str) -> bool:
    """Tell whether there is markup in `s`: a tag that HTML knows, a comment, a document type."""
    return "<" in s and _regex(_KNOWN_TAG).search(s) is not None


def plain(html: str, pieces: Sequence[str] | None = None) -> str:
    """Return what can be read in a text that may be HTML, one line a block, for the index and the watches.

    Character references are decoded once; scripts, styles, forms, embeds and comments are gone with what
    is in them; tags inside a line vanish without a gap; blocks, items, cells and `<br>` end a line; white
    space is collapsed and there are no empty lines. A text without any tag is read as plain text, its
    empty lines as paragraphs. `pieces` are the `tokens` of the text, where they are at hand.
    """
    if is_html(html):
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
    """A line, whose white space is spaces, with single ones within it only, as most have it anyway."""
    return " ".join(line.split()) if "  " in line or line[:1] == " " or line[-1:] == " " else line


def plain_title(s: str) -> str:
    """Return a title, which may be plain text or HTML whatever its feed says, as one clean line."""
    if "<" in s or "&" in s:
        s = plain(s).replace("\n", " ")
    return clean(s)


def decode(s: str) -> str:
    """Decode character references once, as HTML does; nothing in them can do harm."""
    if "&" not in s:
        return s
    if "&#" in s:
        s = _regex(_LONG_REFERENCE).sub("\ufffd", s)  # int() refuses more than 4,300 digits
    from html import unescape

    return unescape(s)


def paragraphs(s: str) -> list[str]:
    """Split plain text at its empty lines."""
    return _regex(_EMPTY_LINE).split(s.replace("\r\n", "\n").replace(_BREAK, " "))


def tokens(html: str, embeds: bool = False) -> list[str]:
    """Split HTML into text, name, attributes, text, name, attributes, …, text.

    Names are in small letters, end tags with their slash; texts and attributes are as written. Comments,
    scripts, styles, forms and the like are gone, and so are embedded things unless `embeds` asks for them.
    """
    pieces = _split(html)
    names = list(map(str.lower, pieces[1::3]))
    if "<!" in html or "<?" in html or not _ODD_NAMES.isdisjoint(names):
        pieces = [piece.replace(_SEAM, "") for piece in _split(_visible(html, embeds))]
        names = list(map(str.lower, pieces[1::3]))
    pieces[1::3] = names
    return pieces


def _split(html: str) -> list[str]:
    """Cut a text at its tags; a tag that never ends is cut off."""
    html = html.replace(_BREAK, " ")
    end = html.rfind(">") + 1
    pieces = _regex(_TAG).split(html[:end])
    tail = html[end:]
    if unclosed := _regex(_UNCLOSED).search(tail):
        tail = tail[: unclosed.start()]
    pieces[-1] += tail
    return pieces


def _visible(html: str, embeds: bool) -> str:
    """Take comments, declarations, scripts, styles, forms and the like out.

    With `embeds` a frame, video or object is kept and its end tag is put behind it where it is missing.
    An element that never ends hides nothing but itself, script and style excepted.
    """
    if "<![" in html:
        html = html.replace("<![CDATA[", _SEAM).replace("]]>", _SEAM)
    kept: list[str] = []
    endless: set[str] = set()
    at = 0
    found = _regex(_ODD_MARKUP).search(html)
    while found:
        kept.append(html[at : found.start()])
        at, keep = _skip(html, found, endless, embeds)
        kept.append(keep or _SEAM)
        found = _regex(_ODD_MARKUP).search(html, at)
    kept.append(html[at:])
    return "".join(kept)


def _skip(html: str, found: re.Match[str], endless: set[str], embeds: bool) -> tuple[int, str]:
    """Where to go on behind a piece of odd markup, and what to keep of it; `endless` are vain searches."""
    name = (found[2] or "").lower()
    if not name:
        return _skip_comment(html, found), ""
    tag = _regex(_TAG).match(html, found.start())
    if tag is None:
        return len(html), ""
    if name in _VOID:
        return tag.end(), tag[0] if embeds else ""
    end = None
    if not tag[2].endswith("/") and name not in endless:
        end = _regex(rf"(?i)</{name}(?=[\s/>])[^>]*>").search(html, tag.end())
        if end is None:
            endless.add(name)
            if name in _OPAQUE:
                return len(html), ""
    if embeds and name in _EMBEDS:
        within = _regex(_TAG).finditer(html, tag.end(), end.start() if end else tag.end())
        return (end or tag).end(), f"{tag[0]}{''.join(one[0] for one in within)}</{name}>"
    if end is None or (name in ("form", "nav") and end.start() - tag.end() > _PROSE):
        return tag.end(), ""
    return end.end(), ""


def _skip_comment(html: str, found: re.Match[str]) -> int:
    """The end of a comment or a declaration (HTML Standard §13.2.5.43 to 13.2.5.52)."""
    start = found.end()
    if not found[1]:
        return html.find(">", start) + 1 or len(html)
    if html.startswith((">", "->"), start):
        return html.index(">", start) + 1
    end = _regex(_COMMENT_END).search(html, start)
    return end.end() if end else len(html)


# --------------------------------------------------------------------------- widths


def cell_len(s: str) -> int:
    """Return how many terminal cells clean text takes."""
    if s.isascii():
        return len(s)
    from rich.cells import cell_len as measure

    return measure(s)


def cut(s: str, width: int) -> str:
    """Return as much of clean text as fits into `width` cells, with "…" where something is missing."""
    if s.isascii():
        return s if len(s) <= width else s[: width - 1].rstrip() + "…" if width > 0 else ""
    if len(s) <= 4 * width + 256 and cell_len(s) <= width:
        return s
    if width <= 0:
        return ""
    from rich.cells import split_graphemes

    used = 0
    end = 0
    for start, stop, cells in split_graphemes(s[: 4 * width + 256])[0]:
        if used + cells > width - 1:
            end = _grapheme_start(s, start)
            break
        used += cells
        end = stop
    return s[:end].rstrip(" \u200d\u200c") + "…"


def pad(s: str, width: int) -> str:
    """Return clean text cut or filled with spaces to exactly `width` cells."""
    s = cut(s, width)
    return s + " " * (width - cell_len(s))


# --------------------------------------------------------------------------- addresses

_URL_LIMIT = 4_000
_SIMPLE_URL = "(?i)" + (r"https?://[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+(?:[/?#][!#-;=?-\[\]_a-z~]*)?")
_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.-]*:"
_HOST = r"[^\s!\"#$%&'()*+,/;<=>?@\\^`{|}-][^\s!\"#$&'()*+,/;<=>?@\\^`{|}]*"


def safe_url(s: str, base: str = "") -> str:
    """Return the absolute http, https or mailto address that `s` means at `base`, or "" if there is none.

    The address stays as it is written but for white space and invisible characters (RFC 3986 §5;
    WHATWG URL §4.4). Refused: other schemes, hosts that are broken or start with "-", ports out of range,
    more than 4,000 characters.
    """
    if len(s) > _URL_LIMIT:
        return ""
    if _regex(_SIMPLE_URL).fullmatch(s):
        return s
    s = scrub(s.strip("".join(map(chr, range(33))))).strip()
    s = re.sub(r"\s", lambda space: "" if space[0] in "\t\n\r" else "%20", s)
    if not s:
        return ""
    try:
        return _checked(s if _regex(_SCHEME).match(s) else _joined(s, base))
    except ValueError:
        return ""


def _joined(s: str, base: str) -> str:
    if not base:
        return f"https:{s}" if s.startswith("//") else ""
    from urllib.parse import urljoin

    page, origin = _base(base)
    if origin and s[0] == "/" and not s.startswith("//") and "/." not in s:
        return origin + s
    return urljoin(page, s)


@lru_cache(maxsize=16)
def _base(url: str) -> tuple[str, str]:
    """What relative addresses are joined with: the page, and its scheme and host."""
    page = _checked(url)
    return page, "/".join(page.split("/", 3)[:3]) if page.startswith("http") and "?" not in page else ""


def _checked(url: str) -> str:
    """Return `url` with its scheme in small letters, or "" where it is none of ours; ValueError if broken."""
    scheme, _, rest = url.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        return f"mailto:{rest}" if "@" in rest and len(url) <= _URL_LIMIT else ""
    if scheme not in ("http", "https") or not rest.startswith("//") or len(url) > _URL_LIMIT:
        return ""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    host = parts.hostname or ""
    if (
        parts.port == 0
        or "\\" in parts.netloc
        or not (_regex(_HOST).fullmatch(host) or parts.netloc.count("[") == 1)
    ):
        return ""
    return f"{scheme}:{rest}"


def shown_host(url: str) -> str:
    """Return the host of an address as a person must see it before opening it.

    Whoever is named before "@" is left out and marked by "…@", as it is no part of the host; letters
    beyond ASCII are shown with their punycode form, so that a look-alike can be told.
    """
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme == "mailto":
        return clean(parts.path, 80)
    shown = clean(host, 80)
    if not shown.isascii():
        try:
            shown = f"{shown} ({host.encode('idna').decode('ascii')})"
        except UnicodeError:
            shown = f"{shown} (?)"
    return f"{'…@' if '@' in parts.netloc else ''}{shown}{f':{port}' if port is not None else ''}"


_TRACKING = "(?i)" + (
    r"utm_\w*|(?:fb|g|dc|tw|y|ms|ttc|li_fat_)clid|[gw]braid|igshid|igsh|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|[ons]cid|s_cid|"
    r"cmp|cmpid|ref|ref_src|ref_url|referrer|smid|spm|scm|xtor|ftag|at_(?:medium|campaign)|guc\w*|wt\.mc_id|"
    r"__twitter_impression|share_token|amp|"
    r"(?:source|src|from|via|partner|mod|medium|campaign|feature|output|outputtype)="
    r"(?:rss\w*|feed\w*|atom|amp|twitter|facebook|newsletter)"
)
_HOST_PREFIX = r"(?:(?:www|m|mobile|amp)\.)+(?=[^.]+\.)"
_PATH_SUFFIX = "(?i)" + (r"(?:/+(?:(?:index|default)\.(?:html?|php|aspx?)|amp)?)+$")
_ESCAPE = r"%[0-9a-fA-F]{2}"
_AMP_CACHE = (
    r"(?i)(?:https?://)?(?:(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?/amp/|[a-z0-9-]+\.cdn\.ampproject\.org/(?:[a-z]/)?)"
    r"(?:s/)?(?=[^/?#]+\.[^/?#])"
)
_NOT_PLAIN = r"/\.|/amp/|\.ampproject\."
# Most addresses: nothing in them to be escaped, sorted or left out but "www.".
_PLAIN_URL = (
    r"https?://(?:www\.)?((?!(?:www|m|mobile|amp)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"((?:/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*/([A-Za-z0-9._~!$&'()*+,;=:@-]+))/?"
)


def canonical_url(url: str) -> str:
    """Return the key by which two addresses are the same article's: never to be opened, only compared.

    Scheme, `www.`/`m.`/`amp.`, default port, fragment, tracking parameters, `/amp`, `index.html` and the
    last slash do not count; parameters are sorted. What is no http address comes back cleaned. Idempotent.
    """
    plain_url = _regex(_PLAIN_URL).fullmatch(url)
    if (
        plain_url
        and not plain_url[3].lower().startswith(("amp", "index.", "default."))
        and not _regex(_NOT_PLAIN).search(url)
    ):
        return f"https://{plain_url[1]}{plain_url[2]}"
    return _canonical(url)


def _canonical(url: str) -> str:
    """The same for every address."""
    from urllib.parse import urlsplit

    url = scrub(url).strip()
    inner = 0
    while url.startswith("http") and (cache := _regex(_AMP_CACHE).match(url, inner)):
        inner = cache.end()
    try:
        parts = urlsplit(f"https://{url[inner:]}" if inner else url)
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return url
    return f"https://{_host_key(parts.hostname, port)}{_path_key(parts)}"


def _host_key(host: str, port: int | None) -> str:
    host = _regex(_HOST_PREFIX).sub("", _ascii_host(host.rstrip(".").lower()), count=1)
    if ":" in host:
        host = f"[{host}]"
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _ascii_host(host: str) -> str:
    """An international name as name servers know it (RFC 3490), where it is one."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _path_key(parts: SplitResult) -> str:
    path = _regex(_ESCAPE).sub(_plain_escape, _escaped(parts.path))
    if "/." in path:
        path = _without_dots(path)
    path = _regex(_PATH_SUFFIX).sub("", path)
    kept = sorted(pair for pair in _escaped(parts.query).split("&") if pair and not _is_tracking(pair))
    query = f"?{'&'.join(kept)}" if kept else ""
    fragment = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith("!") else ""
    return f"{path}{query}{fragment}"


def _without_dots(path: str) -> str:
    """A path without its segments `.` and `..` (RFC 3986 §5.2.4)."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _escaped(s: str) -> str:
    from urllib.parse import quote

    return quote(s, safe="%/:@!$&'()*+,;=~[]?#")


def _is_tracking(pair: str) -> bool:
    return bool(_regex(_TRACKING).fullmatch(pair.partition("=")[0]) or _regex(_TRACKING).fullmatch(pair))


def _plain_escape(escape: re.Match[str]) -> str:
    """Letters, digits and `-._~` need no escape (RFC 3986 §6.2.2.2)."""
    character = chr(int(escape[0][1:], 16))
    return (
        character
        if character.isascii() and (character.isalnum() or character in "-._~")
        else escape[0].upper()
    )


# --------------------------------------------------------------------------- reading time

_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"


def reading_minutes(s: str) -> int:
    """Return whole minutes for a plain text, at 230 words or 400 Chinese or Japanese characters a minute."""
    rest = s if s.isascii() else _regex(_IDEOGRAPH).sub(" ", s)
    ideographs = sum(len(run) for run in _regex(_IDEOGRAPH_RUN).findall(s)) if rest is not s else 0
    return max(1, round(len(rest.split()) / 230 + ideographs / 400))


_IDEOGRAPH_RUN = _IDEOGRAPH + "+"
