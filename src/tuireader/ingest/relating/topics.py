"""The distinctive words of an article or a story."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from tuireader.ingest.relating.relate import features_of
from tuireader.ingest.relating.stored_profiles import StoredProfiles, article_text
from tuireader.related.reading.features import NAME, TITLE, Profile, Stats, counted, weigh
from tuireader.related.reading.words import apart, is_cjk, phrases, term_hash
from tuireader.store import Store
from tuireader.store.articles.articles import StoredText

_READ = 2000  # maximum characters of a text to search for the phrases of its title


def topics(
    store: Store, text: StoredText, most: int = 3, others: Sequence[StoredText] = ()
) -> tuple[str, ...]:
    """Return the words and phrases that best describe an article, as written in it.

    Names and words of the title rank higher; no result contains another. In scripts without spaces, a phrase
    is text that the title shares with the article's text, or with the titles of `others` on the same story.
    """
    features, profiles = features_of(text), StoredProfiles(store)
    about = Stats(profiles.article_count(), profiles.term_counts(list(counted(features))))
    profile = weigh(text.id, text.time, text.dated, text.feed_id, features, about)
    ranked = []
    for term, value in profile.terms.items():
        shown = profile.shown[term]
        if value >> 8 & (NAME | TITLE) and text.title and not is_cjk(shown):
            ranked.append((-_worth(value), shown.removesuffix("'s").removesuffix("’s")))
    ranked += _phrases(profile, text, others)
    return tuple(islice(apart(shown for _, shown in sorted(ranked)), most))


def _worth(value: int) -> float:
    kind = value >> 8
    return (value & 255) * (2.0 if kind & TITLE else 1.0) * (2.0 if kind & NAME else 1.0)


def _phrases(profile: Profile, text: StoredText, others: Sequence[StoredText]) -> list[tuple[float, str]]:
    title = text.title
    if not any(map(is_cjk, title)):
        return []
    texts = [article_text(text).text[:_READ], *(other.title for other in others if other.id != text.id)]
    weighted = []
    for phrase in phrases(title, texts):
        pairs = [term_hash(phrase[at : at + 2]) for at in range(len(phrase) - 1)]
        worth = max((_worth(profile.terms[pair]) for pair in pairs if pair in profile.terms), default=0.0)
        weighted.append((-worth, phrase))
    return weighted


_REPORTS = 30  # maximum number of reports of a story read for its words


def story_topics(store: Store, article_id: int, most: int = 6) -> list[str]:
    """Return the words that best describe a story: those in most headlines first, then in most reports."""
    story = store.stories.timeline(article_id)
    ids = [article_id] if story is None else [entry.article_id for entry in story.entries[-_REPORTS:]]
    ranks: dict[str, list[int]] = {}
    shown: dict[str, str] = {}
    texts = sorted(store.articles.texts(ids), key=lambda text: text.id)
    titles = [text.title.casefold() for text in texts]
    for text in texts:
        for rank, words in enumerate(topics(store, text, 2 * most, texts)):
            ranks.setdefault(words.casefold(), []).append(rank)
            shown.setdefault(words.casefold(), words)
    shared = [key for key, places in ranks.items() if len(places) >= min(2, len(ids))]
    shared = shared or sorted(ranks, key=lambda key: (min(ranks[key]), key))
    heads = {key: sum(key in title for title in titles) for key in shared}
    shared.sort(key=lambda key: (-heads[key], -len(ranks[key]), sum(ranks[key]), key))
    return [shown[key] for key in shared[:most]]
