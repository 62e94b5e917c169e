"""JSON in columns: the rarer facts of an entry, and comments."""

from __future__ import annotations

import json
from typing import Any

from tuireader.model import Comment, Enclosure, ParsedEntry, Thread


def pack_extra(entry: ParsedEntry) -> str:
    """Return the rarer facts of an entry as one JSON object without the empty ones."""
    extra: dict[str, Any] = {
        "comments_url": entry.comments_url,
        "comments_feed": entry.comments_feed,
        "comments_count": entry.comments_count,
        "tags": entry.tags,
        "enclosures": [
            [item.url, item.type, item.length, item.title, item.duration] for item in entry.enclosures
        ],
        "picture_url": entry.picture_url,
        "picture_credit": entry.picture_credit,
    }
    kept = {name: value for name, value in extra.items() if value not in ("", None, (), [])}
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":")) if kept else "{}"


def thread_text(thread: Thread) -> str:
    """Return comments as a text, which is compressed like any other."""
    rows = [[one.author, one.time, one.html, one.base_url] for one in thread.comments]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def thread_of(at: int, text: str) -> Thread:
    """Return the comments that `thread_text` wrote, loaded at a time."""
    return Thread(at, tuple(Comment(*row) for row in json.loads(text)))


def unpack_extra(stored: str) -> dict[str, Any]:
    """Return the keyword arguments for `Article` that `pack_extra` stored."""
    extra: dict[str, Any] = json.loads(stored)
    if "tags" in extra:
        extra["tags"] = tuple(extra["tags"])
    if "enclosures" in extra:
        extra["enclosures"] = tuple(Enclosure(*item) for item in extra["enclosures"])
    return extra
