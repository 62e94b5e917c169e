"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); any value may have the wrong type."""

from __future__ import annotations

import json
import re
from typing import Any

from tuireader.feeds import dates
from tuireader.feeds.entry import HTML, PLAIN, Medium, Raw, RawFeed, Text

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DIGITS = 40


def parse(text: str, url: str) -> RawFeed | None:
    """Return the feed in a JSON text, if any. Never raises."""
    try:
        data = json.loads(text, parse_int=_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not _is_feed(data):
        return None
    items = data.get("items")
    entries = [_entry(item) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return RawFeed(
        url=url,
        title=Text(_text(data, "title"), PLAIN),
        link=_text(data, "home_page_url"),
        authors=_authors(data),
        atom=True,  # as in Atom, plain text is literal
        entries=entries,
        links={"next": next_url} if (next_url := _text(data, "next_url")) else {},
    )


def _number(digits: str) -> int | str:
    """Parse a number; return a very long one as text, as Python would refuse it and the feed be lost."""
    return int(digits) if len(digits) <= _DIGITS else digits[:_DIGITS]


def _is_feed(data: dict[str, Any]) -> bool:
    version = data.get("version")
    if isinstance(version, str) and "jsonfeed.org/version" in version:
        return True
    return isinstance(data.get("items"), list) and isinstance(data.get("title"), str)


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if isinstance(value, str):
        return _ILLEGAL.sub("\ufffd", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _authors(data: dict[str, Any]) -> list[str]:
    people = [*_list(data, "authors"), data.get("author")]
    return [_text(person, "name") for person in people if isinstance(person, dict)]


def _entry(item: dict[str, Any]) -> Raw:
    kinds = (("content_html", HTML), ("content_text", PLAIN))
    contents = [Text(content, kind) for key, kind in kinds if (content := _text(item, key))]
    summary = _text(item, "summary")
    return Raw(
        guid=_text(item, "id"),
        title=Text(_text(item, "title"), PLAIN),
        link=_text(item, "url") or _text(item, "external_url"),
        authors=_authors(item),
        published=dates.parse(_text(item, "date_published")),
        updated=dates.parse(_text(item, "date_modified")),
        summary=Text(summary, PLAIN) if summary else None,
        contents=contents[:1],
        tags=[tag for tag in _list(item, "tags") if isinstance(tag, str)],
        enclosures=[_attachment(one) for one in _list(item, "attachments") if isinstance(one, dict)],
        picture=_text(item, "image") or _text(item, "banner_image"),
    )


def _attachment(data: dict[str, Any]) -> Medium:
    return Medium(
        url=_text(data, "url"),
        type=_text(data, "mime_type").lower(),
        length=_text(data, "size_in_bytes"),
        title=_text(data, "title"),
        duration=_text(data, "duration_in_seconds").partition(".")[0],
    )
