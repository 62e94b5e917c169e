"""Decode the bytes of a feed: the document's own declaration wins, unless it is plainly wrong.

Order: byte order mark, the pattern of the first bytes (XML 1.0 appendix F), the XML declaration, UTF-8 if
the bytes are valid UTF-8, the charset of the HTTP header, Windows-1252. Labels are read as browsers read them
(WHATWG Encoding): `iso-8859-1` is Windows-1252, `gb2312` is GB18030.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SHAPES = (
    (re.compile(rb"(?:[ \t\r\n]\0\0\0)*<\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\0\0[ \t\r\n])*\0\0\0<"), "utf-32-be"),
    (re.compile(rb"(?:[ \t\r\n]\0)*<\0"), "utf-16-le"),
    (re.compile(rb"(?:\0[ \t\r\n])*\0<"), "utf-16-be"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),  # "<?xm" in EBCDIC
)
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
}
ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "gb_2312": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-x-big5": "cp950",
    "cn-big5": "cp950",
    "windows-949": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "dos-874": "cp874",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "unicode": "utf-16",
}
"""WHATWG encoding labels unknown to Python."""
NOT_FOR_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "utf-7"})
ONE_BYTE = ("cp125", "iso8859-", "koi8", "mac-")
DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
HEAD = 400
META = re.compile(rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_PAGE_HEAD = 4_096


def decode(body: bytes, content_type: str | None = None) -> str:
    """Decode a body and drop its byte order mark. Undecodable bytes become U+FFFD; never raises."""
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace").lstrip("\ufeff")
    for shape, name in SHAPES:
        if shape.match(body):
            return body.decode(name, "replace")
    match = DECLARED.match(body[:HEAD].lstrip())
    declared = _codec(match[1].decode("ascii")) if match else None
    if declared and declared != "utf-8" and not declared.startswith(("utf-16", "utf-32")):
        return _by_declaration(body, declared)
    header = CHARSET.search(content_type or "")
    return _by_looks(body, _codec(header[1]) if header else None)


def decode_page(body: bytes, content_type: str | None = None) -> str:
    """Decode a web page; a `<meta charset>` counts if the header names no charset (HTML Standard §13.2.3)."""
    if not CHARSET.search(content_type or "") and (match := META.search(body[:_PAGE_HEAD])):
        content_type = f"text/html; charset={match[1].decode('ascii')}"
    return decode(body, content_type)


def is_plain_utf8(body: bytes) -> bool:
    """Return whether an XML parser will read the bytes as UTF-8, as `decode` would.

    The parser notices by itself if they are not valid UTF-8 after all.
    """
    if body.startswith((codecs.BOM_UTF8, b"\xff", b"\xfe", b"<\0", b"\0")):
        return body.startswith(codecs.BOM_UTF8)
    match = DECLARED.match(body[:HEAD])
    return match is None or match[1].lower() in (b"utf-8", b"utf8")


def _codec(label: str) -> str | None:
    """Python's name for an encoding label, None for one that no document uses."""
    try:
        name = codecs.lookup(ALIASES.get(label.lower(), label)).name
    except (LookupError, ValueError):
        return None
    return None if name in NOT_FOR_TEXT else WIDER.get(name, name)


def _by_declaration(body: bytes, codec: str) -> str:
    if codec.startswith(ONE_BYTE):
        with suppress(UnicodeDecodeError):
            return body.decode("utf-8")  # text in a one-byte encoding is hardly ever valid UTF-8 by chance
    try:
        return body.decode(codec, "replace")
    except LookupError:  # a codec that is no text encoding, such as zlib
        return _by_looks(body, None)


def _by_looks(body: bytes, header: str | None) -> str:
    for codec in filter(None, ("utf-8", header)):
        with suppress(UnicodeDecodeError, LookupError):
            return body.decode(codec)
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(1 for char in text if char > "\x7f") > 2 * broken:
        return text  # damaged UTF-8, not another encoding
    return body.decode("cp1252", "replace")
