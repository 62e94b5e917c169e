"""Articles that stay listed though they fit the view no more."""

from __future__ import annotations

from array import array
from collections.abc import Collection


def with_kept(fresh: array[int], old: array[int], kept: Collection[int]) -> array[int]:
    """`fresh` with those of `kept` that it lacks put back after the articles they stood behind in `old`."""
    lost = set(kept) - set(fresh) if kept else ()
    if not lost:
        return fresh
    merged = array("q", fresh)
    for number, article_id in enumerate(old):
        if article_id in lost:
            try:
                at = merged.index(old[number - 1]) + 1 if number else 0
            except ValueError:
                at = min(number, len(merged))
            merged.insert(at, article_id)
    return merged
