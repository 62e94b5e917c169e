"""Compare each document with the last one of its feed, and record a gap if entries were missed."""

from __future__ import annotations

from itertools import chain

from tuireader import dedup
from tuireader.model import FeedGap, ParsedFeed
from tuireader.store import Store
from tuireader.store.articles.incoming import Saved
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.timing import gaps

NO_ARCHIVE = "the feed has no archive"


def note_document(
    store: Store, facts: FeedFacts, parsed: ParsedFeed, saved: Saved, now: int
) -> FeedGap | None:
    """Record a saved document and any gap before it; return the gap. Needs a transaction."""
    entries = [] if parsed.partial else listed(parsed, saved)
    if not entries:
        return None
    last = _last_document(store, facts.id)
    document = gaps.seen(entries, last, now)
    if document != last:
        store.gaps.keep_documents(facts.id, document.all, document.mixed)
    visited = facts.last_success
    if visited is None or gaps.is_mostly_known(entries):
        return None
    arrived = store.gaps.arrivals(chain.from_iterable(last.all)) if last else {}
    if gaps.continues(entries, last, visited, now, arrived):
        return None
    before = gaps.Before(last, visited, *store.gaps.times_before(facts.id, now))
    gap = gaps.measure(entries, before, now)
    if gap is None:
        return None
    page = parsed.older or parsed.current
    number = store.gaps.add(facts.id, gap, page, now)
    if not page:
        store.gaps.end(number, NO_ARCHIVE)
    return store.gaps.get(number)


def _last_document(store: Store, feed_id: int) -> gaps.Document | None:
    stored = store.gaps.documents(feed_id)
    if stored is None:
        return None
    (articles, *earlier), mixed = stored
    return gaps.Document(articles, mixed, tuple(earlier))


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
