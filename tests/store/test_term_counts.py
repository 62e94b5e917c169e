"""Counts of terms while articles are related."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import open_store
from tuireader.ingest.relating.term_counts import TermCounts
from tuireader.store import Store

ARTICLES = st.lists(st.dictionaries(st.integers(1, 9), st.booleans(), max_size=5), max_size=8)


def test_what_is_counted_is_stored_when_saved(store: Store) -> None:
    counts = TermCounts(store.relations)
    assert counts.of([1]) == {1: (0, 0)}
    with store.transaction():
        counts.add({1: True, 2: False})
        counts.add({1: False})
        assert counts.of([1, 2, 3]) == {1: (2, 1), 2: (1, 0), 3: (0, 0)}
        assert store.relations.term_counts([1, 2]) == {}
        counts.save()
    assert store.relations.term_counts([1, 2, 3]) == {1: (2, 1), 2: (1, 0)}


def test_no_more_counts_stay_in_memory_than_are_to_be_kept(store: Store) -> None:
    few, many = TermCounts(store.relations, 1), TermCounts(store.relations, 2)
    with store.transaction():
        for counts in (few, many):
            counts.add({1: True, 2: False})
            counts.save()
        store.relations.set_term_counts({1: (7, 7)})
    assert (few.of([1]), many.of([1])) == ({1: (7, 7)}, {1: (2, 2)})


def test_no_count_falls_below_zero(store: Store) -> None:
    counts = TermCounts(store.relations)
    with store.transaction():
        counts.add({1: True})
        for _ in range(2):
            counts.add({1: True}, -1)
        counts.save()
    assert store.relations.term_counts([1]) == {1: (0, 0)}


@settings(max_examples=25)
@given(st.lists(ARTICLES, max_size=4), st.integers(0, 6))
def test_counts_are_those_of_all_articles(batches: list[list[dict[int, bool]]], kept: int) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        counts = TermCounts(store.relations, kept)
        with store.transaction():
            for batch in batches:
                for article in batch:
                    counts.add(article)
                counts.save()
        stored = store.relations.term_counts(range(1, 10))
        store.close()
    every = [article for batch in batches for article in batch]
    seen = Counter(term for article in every for term in article)
    lower = Counter(term for article in every for term, is_lower in article.items() if is_lower)
    assert stored == {term: (seen[term], lower[term]) for term in seen}
