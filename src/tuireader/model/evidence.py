"""The evidence of a match: terms, sentence, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class TermHit:
    """The count of one term of a watch in one field (`title`, `summary`, `body`, …)."""

    term: Annotated[str, "The term as written in the configuration."]
    field: Annotated[str, "Where it was found: `title`, `summary`, `body`, …"]
    count: Annotated[int, "Number of times."]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence of a match: the terms that hit, and the best sentence with its hits.

    `spans` are half-open. A watch without terms (such as `is:starred`) has no hits and an empty sentence.
    """

    watch: Annotated[str, "Name of the watch."]
    hits: Annotated[tuple[TermHit, ...], "The terms that were found."] = ()
    sentence: Annotated[str, 'The best sentence, `""` when there is none.'] = ""
    spans: Annotated[
        tuple[tuple[int, int], ...], "Positions of the terms in the sentence: first character, end."
    ] = ()
    feed_id: Annotated[int, "Number of the feed whose text has the sentence, 0 for the text on display."] = 0
    feed: Annotated[str, 'Its title, `""` for the text on display.'] = ""
    revision: Annotated[
        int, "Number of the earlier version that has the sentence, 0 for the current one."
    ] = 0
    until: Annotated[int, "When an edit removed the match, 0 while it stands."] = 0

    @property
    def former(self) -> bool:
        """True if an edit has removed what was hit."""
        return self.until > 0

    @property
    def count(self) -> int:
        """The number of hits in all fields."""
        return sum(hit.count for hit in self.hits)
