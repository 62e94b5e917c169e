"""Preview the matches of a watch before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from tuireader import ingest, watch
from tuireader.model import Evidence, WatchPreview
from tuireader.store import Store
from tuireader.watch import Matcher, WatchRule

_SAMPLES = 5
HITS = 20
"""Newest matches of a watch, which propose what it may be missing."""
_COUNTED = 2000  # number of matches at which a preview stops
_LOOKED_AT = 6000  # maximum number of articles that a preview searches: about two seconds


@dataclass(slots=True)
class WatchPreviewer:
    """Match a watch against stored articles, a batch at a time, newest first.

    Call `begin` once, `step` until it returns False, then `preview`. `replaces` is the watch to compare with.
    """

    rule: WatchRule
    replaces: str
    feeds: ingest.FeedNames
    found: dict[int, Evidence] = field(default_factory=dict)
    _matcher: Matcher = field(init=False)
    _candidates: list[tuple[int, int]] = field(default_factory=list)
    _before: list[tuple[int, int]] = field(default_factory=list)
    _at: int = 0

    def __post_init__(self) -> None:
        self._matcher = Matcher([self.rule])

    @property
    def problem(self) -> str:
        """Error in the rule, or `""`."""
        return "; ".join(problem.message for problem in self._matcher.problems)

    def begin(self, store: Store) -> None:
        expression = watch.prefilter(self.rule)
        self._candidates = store.search.newest(expression)
        self._before = store.stats.matched(self.replaces) if self.replaces else []

    def step(self, store: Store, size: int = 100) -> bool:
        """Match the next `size` articles; return False when done or when enough have matched."""
        batch = [article for article, _ in self._candidates[self._at : self._at + size]]
        self._at += len(batch)
        for text in store.articles.texts(batch, watches=True):
            for evidence in ingest.hits(self._matcher, text, self.feeds):
                self.found[text.id] = evidence
        return self._at < len(self._candidates) and len(self.found) < _COUNTED and self._at < _LOOKED_AT

    def preview(self, store: Store) -> WatchPreview:
        looked_at = self._candidates[: self._at]
        complete = self._at >= len(self._candidates)
        before = self._before
        if not complete:
            last, time = looked_at[-1]
            before = [(article, at) for article, at in before if (at, article) >= (time, last)]
        old = {article for article, _ in before}
        newest = [article for article, _ in looked_at if article in self.found][:HITS]
        samples = store.lists.rows(newest[:_SAMPLES])
        return WatchPreview(
            matches=len(self.found),
            added=len(self.found.keys() - old),
            removed=len(old - self.found.keys()),
            samples=tuple(samples),
            sentences=tuple(self.found[row.id].sentence for row in samples),
            problem=self.problem,
            complete=complete,
            hits=tuple(newest),
        )
