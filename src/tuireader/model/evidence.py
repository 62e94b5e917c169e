"""The evidence of a match: terms, sentence, history."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TermHit:
    """How often one term of a watch stands in one field (`title`, `summary`, `body`, …)."""

    term: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article is on a watch: the terms that hit, and the best sentence with the hits in it.

    `spans` are half-open character ranges in `sentence`. A watch that matched without any term (such as
    `is:starred`) has no hits and an empty sentence.

    `feed_id` and `feed` (its title) name the feed whose text has the sentence where that is not the text on
    display. A match that was edited away held `until` a time; `revision` is the id of the text that it hit.
    """

    watch: str
    hits: tuple[TermHit, ...] = ()
    sentence: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    feed_id: int = 0
    feed: str = ""
    revision: int = 0
    until: int = 0

    @property
    def former(self) -> bool:
        """Whether an edit has removed what was hit."""
        return self.until > 0

    @property
    def count(self) -> int:
        """All hits in all fields."""
        return sum(hit.count for hit in self.hits)
