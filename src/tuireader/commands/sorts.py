"""Sort orders of lists: names for the configuration, the command line, the menu and the store."""

from __future__ import annotations

from collections.abc import Collection

from tuireader.errors import UsageError

LIST_SORTS = {
    "date": "newest first",
    "oldest": "oldest first",
    "feed": "by feed",
    "title": "by title",
    "watch": "by watch",
    "sources": "most sources first",
}
"""Orders of any list, with their labels."""
RELEVANCE = "relevance"
SEARCH_SORTS = LIST_SORTS | {RELEVANCE: "most relevant first"}
"""Orders of search results."""
TO_DO_ORDER = "to-do"
FEED_SORTS = {
    "config": "as in the configuration",
    "unread": "most unread first",
    "name": "by name",
    "date": "latest article first",
}
"""Orders of the feeds in the sidebar."""
ALL_SORTS = SEARCH_SORTS | {TO_DO_ORDER: "by watch, oldest first"}
"""All orders; that of To do is only for that view."""


def check_sort(name: str, allowed: Collection[str] = LIST_SORTS) -> str:
    """Return an allowed name; for any other, raise UsageError with the allowed names."""
    if name not in allowed:
        raise UsageError(f"unknown sort order {name!r}", f"use one of {', '.join(allowed)}")
    return name
