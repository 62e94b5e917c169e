"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); any value may have the wrong type."""

from __future__ import annotations

import json
from typing import Any

from tuireader.feeds.parse import dates
from tuireader.feeds.parse.entry import HTML, PLAIN, Medium, Raw, RawFeed, Text
from tuireader.feeds.parse.json_values import objects_of, text_of, texts_of

_DIGITS = 40


def parse(text: str, url: str) -> RawFeed | None:
    """Read the feed in a JSON text; None if it is no JSON Feed. Never raises."""
    try:
        data = json.loads(text, parse_int=_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not _is_feed(data):
        return None
    return RawFeed(
        url=url,
        title=Text(text_of(data, "title"), PLAIN),
        link=text_of(data, "home_page_url"),
        authors=_authors(data),
        atom=True,  # as in Atom, plain text is literal
        entries=[_entry(item) for item in objects_of(data, "items")],
        links={"next": next_url} if (next_url := text_of(data, "next_url")) else {},
    )


def _number(digits: str) -> int | str:
    """Parse a number; keep a very long one as text: Python would refuse it, and the feed would be lost."""
    return int(digits) if len(digits) <= _DIGITS else digits[:_DIGITS]


def _is_feed(data: dict[str, Any]) -> bool:
    version = data.get("version")
    if isinstance(version, str) and "jsonfeed.org/version" in version:
        return True
    return isinstance(data.get("items"), list) and isinstance(data.get("title"), str)


def _authors(data: dict[str, Any]) -> list[str]:
    author = data.get("author")
    people = [*objects_of(data, "authors"), *([author] if isinstance(author, dict) else [])]
    return [text_of(person, "name") for person in people]


def _entry(item: dict[str, Any]) -> Raw:
    kinds = (("content_html", HTML), ("content_text", PLAIN))
    contents = [Text(content, kind) for key, kind in kinds if (content := text_of(item, key))]
    summary = text_of(item, "summary")
    return Raw(
        guid=text_of(item, "id"),
        title=Text(text_of(item, "title"), PLAIN),
        link=text_of(item, "url") or text_of(item, "external_url"),
        authors=_authors(item),
        published=dates.parse(text_of(item, "date_published")),
        updated=dates.parse(text_of(item, "date_modified")),
        summary=Text(summary, PLAIN) if summary else None,
        contents=contents[:1],
        tags=texts_of(item, "tags"),
        enclosures=[_attachment(attachment) for attachment in objects_of(item, "attachments")],
        picture=text_of(item, "image") or text_of(item, "banner_image"),
    )


def _attachment(data: dict[str, Any]) -> Medium:
    return Medium(
        url=text_of(data, "url"),
        type=text_of(data, "mime_type").lower(),
        length=text_of(data, "size_in_bytes"),
        title=text_of(data, "title"),
        duration=text_of(data, "duration_in_seconds").partition(".")[0],
    )
