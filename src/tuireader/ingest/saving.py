"""Save a document, and match what is new or changed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tuireader import ingest
from tuireader.ingest.attempts import Setting
from tuireader.ingest.pages import plan_pages
from tuireader.model import Action, ActionKind, Evidence, NewMatch, OutboxKind, ParsedFeed, Source
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText
from tuireader.store.articles.incoming import Saved
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.store.watches.outbox import Draft
from tuireader.watch import Decided


def save_and_match(
    store: Store,
    feed: FeedFacts,
    parsed: ParsedFeed,
    setting: Setting,
    now: int,
    source: Source | None = None,
) -> tuple[Saved, Sequence[tuple[StoredText, Evidence]]]:
    """Save a document of a feed; return what was saved, and new matches. Needs a transaction.

    The caller has to index the new articles. Their pages are fetched later (`plan_pages`).
    """
    if source is not None and source.watched:
        from tuireader.ingest import page_watch  # few people watch pages

        saved = page_watch.save(store, feed.id, parsed, source.select, now)
    else:
        saved = store.entries.save_feed(feed.id, parsed, now, index=False)
    rules = setting.rules
    decided: dict[int, Decided] | None = None if feed.last_success is None else {}
    matches = ingest.record_new(store, saved.new, rules, now, decided)
    matches += ingest.record_changed(store, saved.changed, rules, now)
    matches += ingest.record_carried(store, saved.carried, rules, now)
    act(store, decided or {}, rules, now)
    config = setting.of(feed.url)
    if config.read_older_than is not None:
        _read_older(store, saved.new, now - config.read_older_than, now)
    plan_pages(store, feed, parsed, saved, config, now)
    return saved, matches


def act(store: Store, decided: Mapping[int, Decided], rules: ingest.Rules, now: int) -> None:
    """Do what rules have decided about articles that have just arrived; needs their transaction.

    What they save, send and run waits in the outbox.
    """
    taken = [(number, *each) for number, actions in decided.items() for each in actions]
    if not taken or not rules.book:
        return
    new = store.rule_actions.record(taken)
    muting = ((number, rule) for number, action, rule in new if action == ActionKind.MUTE)
    watched_too = {number for number, rule in muting if rule in rules.book.watched_too}
    store.marks.act(new, watched_too=watched_too, now=now)
    store.full_texts.expect([number for number, action, _ in new if action == ActionKind.FULL_TEXT], now)
    queues = [(Action.parse(action).queue, number) for number, action, _ in new]
    store.outbox.add([Draft(queue, OutboxKind.RULE, number) for queue, number in queues if queue], now)


def _read_older(store: Store, texts: Sequence[StoredText], before: int, now: int) -> None:
    """Mark new articles from before a time as read, unless a watch matches them."""
    old = [text.id for text in texts if text.time < before]
    watched = store.articles.evidence(old)
    store.marks.set("read", [number for number in old if number not in watched], True, now=now, journal=False)


def new_match(text: StoredText, feed_title: str, evidence: Evidence) -> NewMatch:
    """Build the event of a new match in a feed's document."""
    if evidence.feed_id:  # the text of this feed matched, but that of another feed is displayed
        evidence = replace(evidence, feed=feed_title)
    return NewMatch(
        article_id=text.id, title=text.title, feed_title=feed_title, url=text.url, evidence=evidence
    )
