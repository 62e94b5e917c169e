"""Fill in what older versions did not store about their articles: a function for each value."""

from __future__ import annotations

import time
from collections.abc import Callable

from tuireader.ingest.relating.relate import tell_languages
from tuireader.model import Evidence
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing
from tuireader.store.watches.match_log import matched_texts, text_hash

_READ = 50  # articles at a time


def fill_in(store: Store, missing: Missing, *, up_to: int, size: int) -> int:
    """Fill in a value for about `size` ids down from `up_to`; return the next id, 0 at the end.

    Needs a transaction.
    """
    steps: dict[Missing, Callable[..., int]] = {
        Missing.LANGUAGES: tell_languages,
        Missing.READING_TIMES: _count_reading_times,
        Missing.IDENTIFIERS: _identify,
    }
    left = steps[missing](store, up_to=up_to, size=size)
    store.older_versions.set_left(missing, left)
    return left


def _count_reading_times(store: Store, *, up_to: int, size: int) -> int:
    first = max(1, up_to - size + 1)
    store.index.count_minutes(store.articles.texts(range(first, up_to + 1), labels=False, appearances=False))
    return first - 1


def _identify(store: Store, *, up_to: int, size: int) -> int:
    """Log the CVE numbers of matches: those of title and sentence if the text is gone or changed."""
    first = max(1, up_to - min(size, _READ) + 1)
    logged = store.match_log.unidentified(first, up_to)
    texts = {text.id: text for text in store.articles.texts([match.article_id for match in logged])}
    now = int(time.time())
    for match in logged:
        matched = [match.title, "" if match.sentence == match.title else match.sentence]
        text = texts.get(match.article_id)
        if text is not None and text_hash(text) == match.sha256:
            matched = matched_texts(text)
        store.match_log.identify(match.article_id, matched, Evidence(match.watch), now)
    return first - 1
