"""What an article or a story is about, in the words that tell it from others."""

from __future__ import annotations

from tuireader.related.features import NAME, TITLE, Stats, weigh
from tuireader.relating.placing import Shelf, features_of, incoming
from tuireader.store import Store
from tuireader.store.reading import StoredText


def topics(store: Store, text: StoredText, most: int = 3) -> tuple[str, ...]:
    """The words and phrases that say best what an article is about, in their readable forms.

    Names before other words, those of the title first; none that stands inside another one.
    """
    features, shelf = features_of(text), Shelf(store)
    about = Stats(shelf.articles(), shelf.counts(list(features.counted())))
    profile = weigh(text.id, text.time, text.dated, text.feed_id, features, about)
    ranked = []
    for term, value in profile.terms.items():
        kind = value >> 8
        worth = (value & 255) * (2.0 if kind & TITLE else 1.0) * (2.0 if kind & NAME else 1.0)
        if kind & (NAME | TITLE) and incoming(text).title:
            ranked.append((-worth, profile.shown[term].removesuffix("'s").removesuffix("’s")))
    chosen: list[str] = []
    for _, shown in sorted(ranked):
        folded = shown.casefold()
        if any(folded in other.casefold() or other.casefold() in folded for other in chosen):
            continue
        chosen.append(shown)
        if len(chosen) == most:
            break
    return tuple(chosen)


_TOLD = 30
"""Reports of a story that are looked at for its words."""


def story_topics(store: Store, article_id: int, most: int = 6) -> list[str]:
    """The words and phrases that say best what a story is about: those that most of its headlines share, then
    those that most of its reports share."""
    story = store.stories.timeline(article_id)
    ids = [article_id] if story is None else [entry.article_id for entry in story.entries[-_TOLD:]]
    ranks: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    titles = []
    for text in sorted(store.reading.texts(ids), key=lambda text: text.id):
        titles.append(text.title.casefold())
        for rank, words in enumerate(topics(store, text, 2 * most)):
            ranks.setdefault(words.casefold(), []).append(rank)
            shown.setdefault(words.casefold(), words)
    shared = [key for key, found in ranks.items() if len(found) >= min(2, len(ids))]
    heads = {key: sum(key in title for title in titles) for key in shared}
    shared.sort(key=lambda key: (-heads[key], -len(ranks[key]), sum(ranks[key]), key))
    return [shown[key] for key in shared[:most]]
