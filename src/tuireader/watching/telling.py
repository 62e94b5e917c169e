"""Which matches are told, each once; the only part of this package that writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tuireader import notify, relating
from tuireader.store import Store
from tuireader.watching.additions import additions

if TYPE_CHECKING:
    from tuireader.watch import Matcher


def claim(
    store: Store, wanted: Mapping[str, str], feeds: relating.FeedNames, matcher: Matcher
) -> tuple[list[notify.Item], list[int]]:
    """Take what waits to be told, and mark it as told; needs a transaction.

    `wanted` has for each watch whether it tells each `article`, or a `story`: then a later article of the
    same story is told only if it adds something. Returns the articles, and the notices that were marked.
    """
    told: dict[int, set[str]] = {}
    adds: dict[int, tuple[str, ...]] = {}
    marked: list[int] = []
    known: list[int] = []
    spoken: dict[tuple[str, int], list[int]] = {}
    for item in store.notices.waiting():
        mode = "never" if item.muted else wanted.get(item.watch, "never")
        place = (item.watch, item.story)
        before = spoken.setdefault(place, store.notices.told_of(*place)) if mode == "story" else []
        new = _additions(store, item.article_id, before) if before else ()
        if mode == "never" or (before and not new):
            known.append(item.id)
            continue
        marked.append(item.id)
        before.append(item.article_id)
        told.setdefault(item.article_id, set()).add(item.watch)
        adds[item.article_id] = new or adds.get(item.article_id, ())
    store.notices.settle(marked, known)
    store.watches.explain(relating.explain(store, matcher, feeds, list(told)))
    texts = {text.id: text for text in store.reading.texts(list(told))}
    items = [
        notify.Item(
            article,
            texts[article].title,
            texts[article].url,
            feeds.get(texts[article].feed_id, ("",))[0],
            texts[article].time,
            tuple(one for one in store.reading.evidence(article) if one.watch in watches),
            adds[article],
        )
        for article, watches in told.items()
    ]
    return items, marked


def _additions(store: Store, article_id: int, told: Sequence[int]) -> tuple[str, ...]:
    texts = {
        text.id: f"{text.title}\n{text.summary}\n{text.body}"
        for text in store.reading.texts([article_id, *told])
    }
    return additions(texts.pop(article_id, ""), texts.values())
