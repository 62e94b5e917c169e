"""Count the stored articles that contain a term, while articles are related."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tuireader.store.relations.relations import Relations

KEPT = 20_000
"""Maximum number of terms to keep after `save`."""


class TermCounts:
    """Counts of terms, kept in memory, as articles of one day share most of them.

    Each count is the number of articles with the term, and of those that have it in lower case.
    """

    def __init__(self, relations: Relations, kept: int = KEPT) -> None:
        self._relations, self._kept = relations, kept
        self._known: dict[int, tuple[int, int]] = {}
        self._changed: set[int] = set()

    def of(self, terms: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return the counts of terms, (0, 0) for unknown ones."""
        wanted = list(terms)
        known = self._known
        if missing := [term for term in wanted if term not in known]:
            known.update(dict.fromkeys(missing, (0, 0)))
            known.update(self._relations.term_counts(missing))
        return {term: known[term] for term in wanted}

    def add(self, counted: Mapping[int, bool], articles: int = 1) -> None:
        """Count an article with some terms, true if in lower case; `articles=-1` removes it."""
        for term, (seen, lower) in self.of(counted).items():
            self._known[term] = max(seen + articles, 0), max(lower + articles * counted[term], 0)
        self._changed.update(counted)

    def save(self) -> None:
        """Store the changed counts. Needs the transaction of the changes."""
        self._relations.set_term_counts({term: self._known[term] for term in sorted(self._changed)})
        self._changed.clear()
        if len(self._known) > self._kept:
            self._known.clear()
