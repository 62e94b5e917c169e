"""Store the entries that a server sent as articles, with their marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuireader import dedup, ingest
from tuireader.ingest.attempts import Setting
from tuireader.ingest.pages import plan_pages
from tuireader.ingest.saving import act
from tuireader.model import ParsedFeed
from tuireader.model.accounts import Mark, RemoteEntry
from tuireader.store import Store
from tuireader.store.accounts.remote import RemoteRow
from tuireader.store.articles.incoming import Saved
from tuireader.store.sql import grouped
from tuireader.sync.states import Stored, merge_marks
from tuireader.watch import Decided


def store_entries(
    store: Store,
    account_id: int,
    feeds: Mapping[str, int],
    entries: Sequence[RemoteEntry],
    setting: Setting,
    now: int,
    *,
    pages: bool,
) -> Stored:
    """Store a page of entries with their marks; needs a transaction.

    `feeds` has the stored feeds by their ids on the server; entries of others are left out: the next list
    of feeds will have them. `pages` plans to fetch the pages of teasers, and lets rules act, which the first
    pull does not.
    """
    by_feed = grouped((entry.feed_id, entry) for entry in entries if entry.feed_id in feeds)
    store.remote.recall(account_id, [entry.id for entry in entries])
    store.remote.confirm(account_id, {entry.id for entry in entries})
    known = store.remote.rows(account_id, (entry.id for entry in entries))
    places: dict[str, tuple[int, int]] = {}
    every = Saved()
    for remote_id, page in by_feed.items():
        feed_id = feeds[remote_id]
        parsed = ParsedFeed(
            entries=tuple([entry.entry for entry in page]),
            prepared=tuple([entry.prepared for entry in page if entry.prepared]),
            keys=tuple([entry.keys for entry in page if entry.keys]),
            partial=True,
        )
        saved = store.entries.save_feed(feed_id, parsed, now, index=False)
        for entry in page:
            if article_id := saved.places.get(dedup.guid_key(entry.id)):
                places[entry.id] = article_id, feed_id
        if pages and (saved.new or saved.carried):
            facts = store.feeds.facts_of(feed_id)
            plan_pages(store, facts, parsed, saved, setting.of(facts.url), now)
        every.new += saved.new
        every.changed += saved.changed
        every.carried += saved.carried
    store.index.add_new(every.new)
    decided: dict[int, Decided] | None = {} if pages else None
    matches = ingest.record_new(store, every.new, setting.rules, now, decided)
    matches += ingest.record_changed(store, every.changed, setting.rules, now)
    matches += ingest.record_carried(store, every.carried, setting.rules, now)
    placed = [entry for entry in entries if entry.id in places]
    marks = _store_marks(store, account_id, placed, known, places, now)
    read = store.notices.skip_read([text.id for text, _ in matches], now)
    if decided:
        arrived = store.rule_actions.arrived(decided)
        act(store, {number: decided[number] for number in arrived}, setting.rules, now)
    unread = [(text, item) for text, item in matches if text.id not in read]
    return Stored(len(every.new), len(every.changed), marks, unread)


def _store_marks(
    store: Store,
    account_id: int,
    entries: Sequence[RemoteEntry],
    known: Mapping[str, RemoteRow],
    places: Mapping[str, tuple[int, int]],
    now: int,
) -> int:
    """Merge the marks of entries, and record their articles; return how many marks changed on the server."""
    met = [
        entry
        for entry in entries
        if entry.id not in known or known[entry.id].article_id != places[entry.id][0]
    ]
    strangers = {entry.id for entry in met}
    articles = {places[entry.id][0] for entry in met}
    taken = 0
    for mark in Mark:
        marks = {entry.id: entry.has(mark) for entry in entries if entry.id not in strangers}
        taken += merge_marks(store, account_id, mark, marks, known, now)
        # unless changed here, either side may have changed the mark: read and starred win
        changed_here = store.remote.changed_here(account_id, mark, articles)
        marked = {places[entry.id][0] for entry in met if entry.has(mark)} - changed_here
        store.marks.set(mark, sorted(marked), True, now=now, journal=False)
    store.remote.forget(account_id, strangers & known.keys(), renumbered=True)
    store.remote.met_again(account_id, articles)
    store.remote.add(account_id, [(entry.id, *places[entry.id], entry.read, entry.starred) for entry in met])
    return taken
