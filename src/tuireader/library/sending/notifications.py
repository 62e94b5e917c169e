"""Decide which matches to notify about, each once, and read what a message says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from tuireader import ingest
from tuireader.config import WatchConfig
from tuireader.config.watch_keys import PRIORITIES
from tuireader.delivery import letters
from tuireader.export.brief import Brief
from tuireader.model import Evidence, OutboxKind, OutboxMessage
from tuireader.model.rules import RUNS, SAVES
from tuireader.store import Store
from tuireader.store.watches.match_log import NEVER
from tuireader.store.watches.notices import ArticleIdentity, Waiting
from tuireader.store.watches.outbox import Draft
from tuireader.watch import Matcher

_EARLIER = 100  # reports of a story to compare with, the last ones
_SOON = 43_200  # seconds within which a feed's articles with equal title and text are one post


def claim(
    store: Store,
    watches: Iterable[WatchConfig],
    feeds: ingest.FeedNames,
    matcher: Matcher,
    now: int,
    waits: Mapping[str, int] | None = None,
) -> list[Draft]:
    """Decide about waiting matches, and put them into the outbox; needs a transaction.

    A watch of `story` notifies of later articles of a story only if they add new facts. Reposts are left out.
    Returns the messages: one for each article and channel, `""` for that of `[notify]`. `waits` are the times
    of the digests that have the matches of watches of low priority.
    """
    wanted, waits = {watch.name: watch for watch in watches}, waits or {}
    drafts: dict[tuple[str, int], Draft] = {}
    marked: dict[int, tuple[int, str]] = {}
    skipped: dict[int, str] = {}
    notified: dict[tuple[str, int], list[int]] = {}
    reposts = _Reposts(store, waiting := store.notices.waiting())
    for item in waiting:
        watch = wanted.get(item.watch)
        if watch is None or item.muted or watch.notify == "never":
            skipped[item.id] = "muted" if item.muted else NEVER
            continue
        if (known := reposts.known(item)) is not None:
            skipped[item.id] = _told_with(store, known, item.watch)
            continue
        place = (item.watch, item.story)
        before = (
            notified.setdefault(place, store.notices.notified_in_story(*place))
            if watch.notify == "story"
            else []
        )
        new = _added(store, item.article_id, before, feeds) if before else ()
        if before and not new:
            skipped[item.id] = _told_with(store, before[-1], item.watch)
            continue
        marked[item.id] = item.article_id, item.watch
        reposts.add(item)
        before.append(item.article_id)
        priority = PRIORITIES.index(watch.priority)
        due_at = 0 if priority else waits.get(item.watch, 0)
        for channel in watch.channels or ("",):
            draft = Draft(channel, OutboxKind.MATCH, item.article_id, (item.id,), new, priority, due_at)
            other = drafts.get((channel, item.article_id))
            drafts[channel, item.article_id] = _merged(other, draft) if other else draft
    articles = list(dict.fromkeys(article for article, _ in marked.values()))
    store.watches.add_evidence(ingest.explain(store, matcher, feeds, articles))
    evidence = _evidence(store, articles)
    notes = {notice: _note(evidence.get(match, Evidence(match[1]))) for notice, match in marked.items()}
    store.notices.decide(notes, skipped, now)
    sent = list(drafts.values())
    store.outbox.add(sent, now)
    return sent


def _merged(first: Draft, second: Draft) -> Draft:
    """Combine two messages about one article; it waits for a digest only if both do."""
    priority = max(first.priority, second.priority)
    return replace(
        first,
        notices=first.notices + second.notices,
        adds=second.adds or first.adds,
        priority=priority,
        due_at=0 if priority else max(first.due_at, second.due_at),
    )


def unwanted(
    store: Store, messages: Sequence[OutboxMessage], watches: Iterable[WatchConfig]
) -> dict[int, str]:
    """Map the messages that are no longer to be sent to the reasons."""
    about = (OutboxKind.MATCH, OutboxKind.RULE, OutboxKind.SHARE)
    articles = [message.subject for message in messages if message.kind in about]
    alarms = [message.subject for message in messages if message.kind is OutboxKind.ALARM]
    muted = store.mutes.states(articles)
    over = {alarm.id for alarm in store.alarms.some(alarms) if alarm.cleared_at is not None} if alarms else ()
    silent = {watch.name for watch in watches if watch.notify == "never"}

    def reason(message: OutboxMessage) -> str:
        if message.kind is OutboxKind.ALARM:
            return "over" if message.subject in over else ""
        if message.kind is OutboxKind.DIGEST:
            return "" if stored_brief(store, message.subject) else "the digest was lost"
        if message.watches and silent.issuperset(message.watches):
            return NEVER
        by_hand = message.kind is OutboxKind.SHARE
        if by_hand or (message.kind is OutboxKind.RULE and message.channel.startswith((RUNS, SAVES))):
            return "" if message.subject in muted else "the article was lost"
        if message.kind in about and muted.get(message.subject, True):
            return "muted" if message.subject in muted else "the article was lost"
        return ""

    return {message.id: why for message in messages if (why := reason(message))}


def stored_brief(store: Store, number: int) -> Brief | None:
    """Return what a digest says, None if that cannot be read."""
    try:
        return msgspec.json.decode(store.digests.brief(number), type=Brief)
    except msgspec.MsgspecError:
        return None


def items_of(
    store: Store,
    messages: Sequence[OutboxMessage],
    feeds: ingest.FeedNames,
    known: dict[tuple[object, ...], letters.Item],
) -> tuple[letters.Item, ...]:
    """Read the articles of messages, each with the evidence of the watches that it is for, unless `known`."""
    new = {key: message for message in messages if (key := _item_key(message)) not in known}
    if articles := [message.subject for message in new.values()]:
        evidence = _evidence(store, articles)
        columns = store.articles.texts(articles, bodies=False, labels=False, appearances=False)
        texts = {text.id: text for text in columns}
        matches = [(message.subject, watch) for message in new.values() for watch in message.watches]
        lost = [match for match in matches if match not in evidence]
        sentences = store.notices.sentences([article for article, _ in lost]) if lost else {}
        evidence |= {match: Evidence(match[1], sentence=sentences.get(match, "")) for match in lost}
    for key, message in new.items():
        text = texts[message.subject]
        known[key] = letters.Item(
            text.id,
            title=text.title,
            url=text.url,
            feed=feeds.get(text.feed_id, ("",))[0],
            time=text.time,
            evidence=tuple([evidence[text.id, watch] for watch in message.watches]),
            adds=message.adds,
        )
    return tuple({message.subject: known[_item_key(message)] for message in messages}.values())


def _item_key(message: OutboxMessage) -> tuple[object, ...]:
    return message.subject, message.watches, message.adds


def _evidence(store: Store, articles: Sequence[int]) -> dict[tuple[int, str], Evidence]:
    """Map articles and watches to the evidence of their matches, in the order of the watches."""
    stored = store.articles.evidence(articles)
    return {(article, match.watch): match for article in articles for match in stored.get(article, ())}


def _told_with(store: Store, article_id: int, watch: str) -> str:
    number = store.match_log.number(article_id, watch)
    return f"already told with match {number}" if number else "already told"


def _note(evidence: Evidence) -> tuple[str, str]:
    """Terms and sentence to record with a notice."""
    return ", ".join(evidence.terms), evidence.sentence


class _Reposts:
    """Recognise articles that a feed has posted twice, so that each watch notifies once."""

    def __init__(self, store: Store, waiting: Sequence[Waiting]) -> None:
        self._store = store
        ids = sorted({item.article_id for item in waiting})
        self._identities = store.notices.identities(ids)
        self._keys: dict[tuple[str, tuple[object, ...]], int] = {}
        self._titles: dict[tuple[str, int, str], list[ArticleIdentity]] = {}
        for watch, identity in store.notices.notified_like(ids, _SOON):
            self._add(watch, identity)

    def add(self, item: Waiting) -> None:
        self._add(item.watch, self._identities[item.article_id])

    def known(self, item: Waiting) -> int | None:
        """Return the article with the same text about which the watch has already notified, if any."""
        identity = self._identities[item.article_id]
        for key in identity.keys:
            if (article_id := self._keys.get((item.watch, key))) is not None:
                return article_id
        near = [
            other.article_id
            for other in self._titles.get((item.watch, identity.feed_id, identity.title), ())
            if abs(other.time - identity.time) <= _SOON and other.article_id != item.article_id
        ]
        if not near:
            return None
        texts = {
            text.id: (text.summary, text.body)
            for text in self._store.articles.texts([item.article_id, *near])
        }
        mine = texts.pop(item.article_id, None)
        return next((article_id for article_id, text in texts.items() if text == mine), None)

    def _add(self, watch: str, identity: ArticleIdentity) -> None:
        for key in identity.keys:
            self._keys.setdefault((watch, key), identity.article_id)
        self._titles.setdefault((watch, identity.feed_id, identity.title), []).append(identity)


def _added(store: Store, article_id: int, earlier: Sequence[int], feeds: ingest.FeedNames) -> tuple[str, ...]:
    """Write what an article adds to the reports of its story that the watch has notified about."""
    rows = store.lists.rows([*(other for other in earlier[-_EARLIER:] if other != article_id), article_id])
    titles = {row.id: feeds.get(row.feed_id, ("",))[0] for row in rows}
    return tuple(fact.written for fact in ingest.additions_of(store, titles, titled=False)[-1])
