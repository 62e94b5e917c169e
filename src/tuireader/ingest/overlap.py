"""Compare each document with the last one of its feed, and record a gap if entries were missed."""

from __future__ import annotations

from tuireader import dedup
from tuireader.model import FeedGap, ParsedFeed
from tuireader.store import Store
from tuireader.store.feeds import FeedFacts
from tuireader.store.gaps import NewGap
from tuireader.store.incoming import Saved
from tuireader.timing import gaps

NO_ARCHIVE = "the feed has no archive"


def note_document(
    store: Store, facts: FeedFacts, parsed: ParsedFeed, saved: Saved, now: int
) -> FeedGap | None:
    """Record a saved document and the gap in front of it, if any; return the gap. Needs a transaction."""
    entries = [] if parsed.partial else listed(parsed, saved)
    if not entries:
        return None
    stored = store.gaps.document(facts.id)
    last = gaps.Document(*stored) if stored else None
    document = gaps.seen(entries, last, now)
    if document != last:
        store.gaps.keep_document(facts.id, document.articles, document.mixed)
    visited = facts.last_success
    if visited is None or gaps.continues(entries, last, visited, now):
        return None
    before = gaps.Before(last, visited, *store.gaps.times_before(facts.id, now))
    gap = gaps.measure(entries, before, now)
    if gap is None:
        return None
    page = parsed.older or parsed.current
    found = NewGap(gap.after, gap.before, gap.missing, gap.known, gap.dated)
    number = store.gaps.add(facts.id, found, page, now)
    if not page:
        store.gaps.leave_open(number, NO_ARCHIVE)
    return store.gaps.get(number)


def listed(parsed: ParsedFeed, saved: Saved) -> list[gaps.Listed]:
    """Return the entries of a saved document in its order, with their articles."""
    outline = parsed.outline or [
        (guid, entry.published, entry.updated)
        for guid, (entry, _) in dedup.unique_entries(parsed.entries).items()
    ]
    return [
        gaps.Listed(saved.places[guid], published, updated, guid in saved.first)
        for guid, published, updated in outline
        if guid in saved.places
    ]
