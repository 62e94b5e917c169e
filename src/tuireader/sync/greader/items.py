"""Ids, names and items of the Google Reader API."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Raw, Text
from tuireader.feeds.parse.json_values import objects_of, text_of, texts_of
from tuireader.sync.backend import Body
from tuireader.sync.entries import Odd, Sent, cleaned, parsed
from tuireader.text import clean

STATE = "user/-/state/com.google/"
LABEL = "user/-/label/"
LONG = "tag:google.com,2005:reader/item/"
DECIMAL = re.compile(r"-?[0-9]{1,20}")
HEX = re.compile(r"[0-9a-fA-F]{16}")
TOP = 1 << 64
ENTRY = frozenset(("id", "origin", "categories"))

_WIDE = str.maketrans("＆＜＞", "&<>")
_PUNCTUATION = str.maketrans("？＼／，；", "?\\/,;")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IS_WIDE = re.compile("[＆＜＞]")


def read(raw: bytes) -> Body:
    """Read the entries of a body; unreadable ones are left out. Raises Odd."""
    _, items = parsed(raw, "items", ENTRY)
    kept = []
    for item in items:
        with suppress(Odd):
            kept.append(_sent(item))
    return Body(cleaned(kept), unreadable=len(items) - len(kept))


def literal(text: str, limit: int = 500) -> str:
    """Clean text in which FreshRSS wrote `&`, `<` and `>` as their full-width forms."""
    return clean(text.translate(_WIDE), limit)


def feed_title(text: str) -> str:
    """Clean the title of a feed, in which FreshRSS replaces some punctuation as well.

    In Chinese, Japanese and Korean, these characters are normal and stay.
    """
    title = literal(text, 200)
    return title if _CJK.search(title) else title.translate(_PUNCTUATION)


def item_id(text: str) -> str:
    """Bring the ids of an item to one form: a signed decimal number, other ids as they are.

    Lists have decimal numbers, items 16 hexadecimal digits after a prefix; The Old Reader's ids have 24.
    Raises Odd.
    """
    short = text.removeprefix(LONG)
    if short != text and HEX.fullmatch(short):
        number = int(short, 16)
    elif DECIMAL.fullmatch(text):
        number = int(text) % TOP
    elif re.fullmatch(r"[\w-]{1,100}", short):
        return short
    else:
        raise Odd
    return str(number - TOP if number >= TOP // 2 else number)


def item_name(text: str) -> str:
    """Form of an id in a request."""
    return text if DECIMAL.fullmatch(text) else LONG + text


def label_of(name: str) -> str:
    """Label in `user/…/label/LABEL`, `""` for anything else."""
    match = re.fullmatch(r"user/[^/]*/label/(.+)", name)
    return match[1] if match else ""


def _sent(data: Any) -> Sent:
    """Read an item of an answer. Raises Odd if it has no id, feed or categories."""
    if not isinstance(data, dict):
        raise Odd
    origin = data.get("origin")
    feed_id = text_of(origin, "streamId") if isinstance(origin, dict) else ""
    if not feed_id or not isinstance(data.get("categories"), list):
        raise Odd
    names = texts_of(data, "categories")
    # `user/…/state/com.google/STATE`: the user varies
    states = {name.rpartition("/state/com.google/")[2] for name in names if "/state/com.google/" in name}
    content = _content(data, "content") or _content(data, "summary")
    raw = Raw(
        guid=item_id(text_of(data, "id")),
        title=_title(text_of(data, "title")),
        link=_href(data, "canonical") or _href(data, "alternate"),
        authors=[literal(author)] if (author := text_of(data, "author")) else [],
        published=_seconds(data, "published"),
        updated=_seconds(data, "updated"),
        contents=[Text(content, HTML)] if content else [],
        tags=[name for name in names if not name.startswith("user/")],
        enclosures=[
            Medium(text_of(file, "href"), text_of(file, "type").lower(), length=text_of(file, "length"))
            for file in objects_of(data, "enclosure")
        ],
    )
    return Sent(clean(feed_id), raw, "read" in states, "starred" in states)


def _title(title: str) -> Text:
    """Read a title: HTML, but plain text where FreshRSS replaced what would be markup."""
    return Text(title.translate(_WIDE), PLAIN) if _IS_WIDE.search(title) else Text(title, HTML)


def _content(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return text_of(value, "content") if isinstance(value, dict) else ""


def _href(data: dict[str, Any], key: str) -> str:
    links = objects_of(data, key)
    return text_of(links[0], "href") if links else ""


def _seconds(data: dict[str, Any], key: str) -> int | None:
    value = data.get(key)
    return value if type(value) is int and 0 < value < 1 << 33 else None
