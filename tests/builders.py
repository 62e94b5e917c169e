"""Small builders for tests: entries, feeds and an open store, with sensible words in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tuireader.model import ParsedEntry
from tuireader.store import Store
from tuireader.store.feeds import Subscription

NOW = 1_700_000_000


def entry(number: int = 1, **changes: object) -> ParsedEntry:
    """An entry that differs from those of other numbers in guid, title, address and text."""
    plain = ParsedEntry(
        guid=f"guid-{number}",
        title=f"Title number {number}",
        url=f"https://news.example.org/{number}",
        author="A. Writer",
        published=NOW - 60 * number,
        content_html=f"<p>The text of article {number}.</p>",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def open_store(folder: Path, feeds: int = 2) -> Store:
    """A new store with some subscribed feeds, ids from 1."""
    store = Store.open(folder / "test.db")
    with store.transaction():
        store.feeds.sync(
            [
                Subscription(f"https://feed{n}.example.org/rss", f"Feed {n}", "News")
                for n in range(1, feeds + 1)
            ]
        )
    return store


def save(store: Store, feed_id: int, *entries: ParsedEntry, now: int = NOW) -> tuple[list[int], list[int]]:
    """Save entries; the ids of the new and of the changed articles."""
    with store.transaction():
        saved = store.entries.save(feed_id, entries, now)
    return [text.id for text in saved.new], [text.id for text in saved.changed]
