"""Turn the text of a watched page into an article for each change.

The text is compared with the last one and replaces it in the same transaction, so that a change is neither
lost nor reported twice, whenever the program is killed.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from tuireader.dedup import hash64
from tuireader.document.prepare import prepare
from tuireader.model import Keys, ParsedEntry, ParsedFeed
from tuireader.store import Store
from tuireader.store.articles.incoming import Saved
from tuireader.text import page_changes

_LONGEST = 200_000  # maximum characters of a difference
_APART = 100  # number of earlier changes kept out of a new one's story: each is read by itself


def save(store: Store, feed_id: int, parsed: ParsedFeed, settings: str, now: int) -> Saved:
    """Store the text of a page, and its change as an article; needs a transaction.

    The first text, and the first one under another selector, becomes an article that announces the watch. The
    text before a change becomes a version of its article, to show the words that changed.
    """
    known = store.snapshots.get(feed_id)
    if known == (settings, parsed.page_text):
        return Saved()
    store.snapshots.keep(feed_id, settings, parsed.page_text, now)
    lines = parsed.page_text.split("\n")
    if known is None or known[0] != settings:
        return _saved(store, feed_id, parsed, _first(parsed, lines, now), now)
    change = page_changes.compare(known[1].split("\n"), lines, now)
    if not change.hunks:
        return Saved()
    difference = page_changes.difference_html(change, dict(parsed.page_links))[:_LONGEST]
    entry = ParsedEntry(
        guid=f"changed {now} {hash64(parsed.page_text)}",
        title=page_changes.title_of(parsed.title, change),
        url=parsed.site_url,
        published=now,
        content_html=page_changes.paragraphs_html(change.added),
        base_url=parsed.site_url,
        difference=difference,
    )
    saved = _saved(store, feed_id, parsed, entry, now)
    for text in saved.new:
        store.revisions.keep(text.id, now, text.title, page_changes.paragraphs_html(change.removed))
    return saved


def _first(parsed: ParsedFeed, lines: Sequence[str], now: int) -> ParsedEntry:
    shown = page_changes.paragraphs_html(lines)
    return ParsedEntry(
        guid=f"watched {now} {hash64(parsed.page_text)}",
        title=f"{parsed.title} is watched for changes from now on",
        url=parsed.site_url,
        published=now,
        content_html=shown[:_LONGEST],
    )


def _saved(store: Store, feed_id: int, parsed: ParsedFeed, entry: ParsedEntry, now: int) -> Saved:
    """Store an article that is never taken for an earlier one with the same address or text."""
    keys = Keys(guid=hash64(entry.guid), url=0, digest=hash64(entry.content_html))
    prepared = replace(prepare(entry), text_key=0)
    feed = replace(parsed, entries=(entry,), keys=(keys,), prepared=(prepared,), page_text="")
    saved = store.entries.save_feed(feed_id, feed, now, index=False)
    for text in saved.new:
        store.relations.keep_apart(text.id, feed_id, _APART)
    return saved
