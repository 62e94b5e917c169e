"""Matches to notify of, each once; the only helper that writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuireader import ingest
from tuireader.delivery import notify
from tuireader.library.watching.new_facts import new_facts
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.store.notices import ArticleIdentity, Waiting
from tuireader.watch import Matcher

_SOON = 43_200  # seconds within which the same title and text in a feed are one post, not a daily one


def claim(
    store: Store, wanted: Mapping[str, str], feeds: ingest.FeedNames, matcher: Matcher, now: int
) -> tuple[list[notify.Item], list[int]]:
    """Return the waiting matches to notify of, and mark them as notified; needs a transaction.

    `wanted` has the mode of each watch: with `article`, every article; with `story`, later articles of a
    story only if they add new facts. Reposts are left out. Returns the articles, and the marked notices.
    """
    told: dict[int, set[str]] = {}
    adds: dict[int, tuple[str, ...]] = {}
    marked: dict[int, tuple[int, str]] = {}
    known: list[int] = []
    spoken: dict[tuple[str, int], list[int]] = {}
    waiting = store.notices.waiting()
    reposts = _Reposts(store, waiting)
    for item in waiting:
        mode = "never" if item.muted else wanted.get(item.watch, "never")
        if mode == "never" or reposts.known(item):
            known.append(item.id)
            continue
        place = (item.watch, item.story)
        before = spoken.setdefault(place, store.notices.notified_in_story(*place)) if mode == "story" else []
        new = _new_facts(store, item.article_id, before) if before else ()
        if before and not new:
            known.append(item.id)
            continue
        marked[item.id] = item.article_id, item.watch
        reposts.add(item)
        before.append(item.article_id)
        told.setdefault(item.article_id, set()).add(item.watch)
        adds[item.article_id] = new or adds.get(item.article_id, ())
    store.watches.add_evidence(ingest.explain(store, matcher, feeds, list(told)))
    stored = store.articles.evidence(told)
    evidence = {
        article: {one.watch: one for one in stored.get(article, ()) if one.watch in watches}
        for article, watches in told.items()
    }
    notes = {
        notice: _note(evidence[article].get(watch, Evidence(watch)))
        for notice, (article, watch) in marked.items()
    }
    store.notices.mark_notified(notes, known, now)
    texts = {text.id: text for text in store.articles.texts(list(told))}
    items = [
        notify.Item(
            article,
            texts[article].title,
            texts[article].url,
            feeds.get(texts[article].feed_id, ("",))[0],
            texts[article].time,
            tuple(evidence[article].values()),
            adds[article],
        )
        for article in told
    ]
    return items, list(marked)


def _note(evidence: Evidence) -> tuple[str, str]:
    """Return the terms and the sentence for the record."""
    return ", ".join(dict.fromkeys(hit.term for hit in evidence.hits)), evidence.sentence


class _Reposts:
    """Finds articles that a feed has posted twice, so that each watch notifies once."""

    def __init__(self, store: Store, waiting: Sequence[Waiting]) -> None:
        self._store = store
        self._said = store.notices.identities(sorted({item.article_id for item in waiting}))
        self._keys: set[tuple[str, tuple[object, ...]]] = set()
        self._titles: dict[tuple[str, int, str], list[ArticleIdentity]] = {}
        for watch in dict.fromkeys(item.watch for item in waiting):
            said = [self._said[item.article_id] for item in waiting if item.watch == watch]
            for one in store.notices.notified_like(watch, said):
                self._add(watch, one)

    def add(self, item: Waiting) -> None:
        """Note that an article is being notified of."""
        self._add(item.watch, self._said[item.article_id])

    def known(self, item: Waiting) -> bool:
        """Return whether its watch has notified of the same text."""
        said = self._said[item.article_id]
        if any((item.watch, key) in self._keys for key in said.keys):
            return True
        near = [
            one.article_id
            for one in self._titles.get((item.watch, said.feed_id, said.title), ())
            if abs(one.time - said.time) <= _SOON and one.article_id != item.article_id
        ]
        if not near:
            return False
        texts = {
            text.id: (text.summary, text.body)
            for text in self._store.articles.texts([item.article_id, *near])
        }
        mine = texts.pop(item.article_id, None)
        return mine in texts.values()

    def _add(self, watch: str, said: ArticleIdentity) -> None:
        self._keys.update((watch, key) for key in said.keys)
        self._titles.setdefault((watch, said.feed_id, said.title), []).append(said)


def _new_facts(store: Store, article_id: int, told: Sequence[int]) -> tuple[str, ...]:
    texts = {
        text.id: f"{text.title}\n{text.summary}\n{text.body}"
        for text in store.articles.texts([article_id, *told])
    }
    return new_facts(texts.pop(article_id, ""), texts.values())
