"""Claim matches to notify about, each once. No other module of this package writes to the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuireader import ingest
from tuireader.delivery import notify
from tuireader.export.story_formats import added_text
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.store.watches.match_log import NEVER
from tuireader.store.watches.notices import ArticleIdentity, Waiting
from tuireader.watch import Matcher

_EARLIER = 100  # reports of a story to compare with, the last ones
_SOON = 43_200  # seconds within which a feed's articles with equal title and text are one post


def claim(
    store: Store, wanted: Mapping[str, str], feeds: ingest.FeedNames, matcher: Matcher, now: int
) -> tuple[list[notify.Item], list[int]]:
    """Mark waiting matches as notified; return their articles and notices. Needs a transaction.

    `wanted` maps each watch to its mode: `article` for every article, `story` for later articles of a story
    only if they add new facts. Reposts are left out.
    """
    watches_of: dict[int, set[str]] = {}
    adds: dict[int, tuple[str, ...]] = {}
    marked: dict[int, tuple[int, str]] = {}
    skipped: dict[int, str] = {}
    notified: dict[tuple[str, int], list[int]] = {}
    reposts = _Reposts(store, waiting := store.notices.waiting())
    for item in waiting:
        mode = "never" if item.muted else wanted.get(item.watch, "never")
        if mode == "never":
            skipped[item.id] = "muted" if item.muted else NEVER
            continue
        if (known := reposts.known(item)) is not None:
            skipped[item.id] = _told_with(store, known, item.watch)
            continue
        place = (item.watch, item.story)
        before = (
            notified.setdefault(place, store.notices.notified_in_story(*place)) if mode == "story" else []
        )
        new = _added(store, item.article_id, before, feeds) if before else ()
        if before and not new:
            skipped[item.id] = _told_with(store, before[-1], item.watch)
            continue
        marked[item.id] = item.article_id, item.watch
        reposts.add(item)
        before.append(item.article_id)
        watches_of.setdefault(item.article_id, set()).add(item.watch)
        adds[item.article_id] = new or adds.get(item.article_id, ())
    store.watches.add_evidence(ingest.explain(store, matcher, feeds, list(watches_of)))
    stored = store.articles.evidence(watches_of)
    evidence = {
        article: {match.watch: match for match in stored.get(article, ()) if match.watch in watches}
        for article, watches in watches_of.items()
    }
    notes = {
        notice: _note(evidence[article].get(watch, Evidence(watch)))
        for notice, (article, watch) in marked.items()
    }
    store.notices.mark_notified(notes, skipped, now)
    texts = {text.id: text for text in store.articles.texts(list(watches_of))}
    items = [
        notify.Item(
            article,
            title=texts[article].title,
            url=texts[article].url,
            feed=feeds.get(texts[article].feed_id, ("",))[0],
            time=texts[article].time,
            evidence=tuple(evidence[article].values()),
            adds=adds[article],
        )
        for article in watches_of
    ]
    return items, list(marked)


def _told_with(store: Store, article_id: int, watch: str) -> str:
    number = store.match_log.number(article_id, watch)
    return f"already told with match {number}" if number else "already told"


def _note(evidence: Evidence) -> tuple[str, str]:
    """Terms and sentence to record with a notice."""
    return ", ".join(dict.fromkeys(hit.term for hit in evidence.hits)), evidence.sentence


class _Reposts:
    """Recognise articles that a feed has posted twice, so that each watch notifies once."""

    def __init__(self, store: Store, waiting: Sequence[Waiting]) -> None:
        self._store = store
        self._identities = store.notices.identities(sorted({item.article_id for item in waiting}))
        self._keys: dict[tuple[str, tuple[object, ...]], int] = {}
        self._titles: dict[tuple[str, int, str], list[ArticleIdentity]] = {}
        for watch in dict.fromkeys(item.watch for item in waiting):
            identities = [self._identities[item.article_id] for item in waiting if item.watch == watch]
            for identity in store.notices.notified_like(watch, identities):
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
    return tuple(map(added_text, ingest.additions_of(store, titles, titled=False)[-1]))
