"""Fill in what older versions did not store about their articles: a function for each value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tuireader.ingest.relating.older_names import find_older_names
from tuireader.ingest.relating.own_forms import Groups
from tuireader.ingest.relating.relate import refold_stories, tell_languages
from tuireader.store import Store
from tuireader.store.upkeep.older_versions import Missing


def fill_in(store: Store, missing: Missing, *, up_to: int, size: int, since: int, groups: Groups = ()) -> int:
    """Fill in a value for about `size` ids down from `up_to`; return the next id, 0 at the end.

    Names are only found in articles not older than `since`. Needs a transaction.
    """
    steps: dict[Missing, Callable[..., int]] = {
        Missing.LANGUAGES: tell_languages,
        Missing.STORIES: refold_stories,
        Missing.NAMES: partial(find_older_names, since=since, groups=groups),
        Missing.READING_TIMES: count_reading_times,
    }
    left = steps[missing](store, up_to=up_to, size=size)
    store.older_versions.set_left(missing, left)
    return left


def count_reading_times(store: Store, *, up_to: int, size: int) -> int:
    """Count the reading times of `size` articles that an older version stored; return the next id."""
    first = max(1, up_to - size + 1)
    store.index.count_minutes(store.articles.texts(range(first, up_to + 1), labels=False, appearances=False))
    return first - 1
