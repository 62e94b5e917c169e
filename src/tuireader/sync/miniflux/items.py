"""Read entries in answers of Miniflux."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tuireader.feeds.parse import dates
from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Raw, Text
from tuireader.feeds.parse.json_values import objects_of, text_of, texts_of
from tuireader.sync.backend import Body
from tuireader.sync.entries import Odd, Sent, cleaned, parsed

ENTRY = frozenset(("id", "feed_id", "status", "starred"))


def read(raw: bytes) -> Body:
    """Read the entries of a body; unreadable ones are left out. Raises Odd."""
    value, items = parsed(raw, "entries", ENTRY)
    total = number(value, "total")
    kept: list[Sent] = []
    gone: list[str] = []
    last = 0
    for item in items:
        with suppress(Odd):
            last = number(item, "id")
            if item.get("status") == "removed":
                gone.append(str(last))
            else:
                kept.append(_sent(item))
    more = bool(items) and len(items) < total
    if more and not last:
        raise Odd  # nobody knows where the next page starts
    unreadable = len(items) - len(kept) - len(gone)
    return Body(cleaned(kept), tuple(gone), last, more, unreadable=unreadable, total=total)


def number(data: Any, name: str) -> int:
    """Read a whole number of an object. Raises Odd."""
    value = data.get(name) if isinstance(data, dict) else None
    if type(value) is not int:
        raise Odd
    return value


def _sent(data: dict[str, Any]) -> Sent:
    status, starred = data.get("status"), data.get("starred")
    if status not in ("read", "unread") or not isinstance(starred, bool):
        raise Odd
    content = text_of(data, "content")
    raw = Raw(
        guid=str(number(data, "id")),
        title=Text(text_of(data, "title"), PLAIN),
        link=text_of(data, "url"),
        authors=[author] if (author := text_of(data, "author")) else [],
        published=dates.parse(text_of(data, "published_at")),
        contents=[Text(content, HTML)] if content else [],
        comments_url=text_of(data, "comments_url"),
        tags=texts_of(data, "tags"),
        enclosures=[
            Medium(text_of(file, "url"), text_of(file, "mime_type").lower(), length=text_of(file, "size"))
            for file in objects_of(data, "enclosures")
        ],
    )
    return Sent(str(number(data, "feed_id")), raw, status == "read", starred)
