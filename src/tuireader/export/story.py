"""A story as a page: who reported when, what each added, and the articles around it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from tuireader.export.brief import Report, one_line
from tuireader.model import Addition, Evidence, Surrounding
from tuireader.model.asides import rank


@dataclass(frozen=True, slots=True)
class StoryReport:
    """A report of a story, and the facts that no earlier one has.

    `copy_of` is the article id of the earlier report whose text it repeats, 0 if it has its own.
    """

    report: Report
    added: Annotated[tuple[Addition, ...], "Facts that no earlier report has."] = ()
    read: Annotated[bool, "True when it is read."] = False
    copy_of: int = 0


@dataclass(frozen=True, slots=True)
class StoryHit:
    """A watch that a story matches, with its evidence in the first report that has a sentence."""

    evidence: Evidence
    report: Report


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story, or an article without one as its only report. `watches` is the order of the watches."""

    reports: tuple[StoryReport, ...]
    watches: tuple[str, ...] = ()
    background: tuple[Surrounding, ...] = ()
    follow_ups: tuple[Surrounding, ...] = ()
    left_out: Annotated[int, "Number of later reports that are left out."] = 0
    head: int = 0
    """The report whose title heads the page, as an article id; by default the first one."""

    @property
    def first(self) -> Report:
        """The first report."""
        return self.reports[0].report

    @property
    def title(self) -> str:
        """Title of the page."""
        reports = [entry.report for entry in self.reports]
        head = next((report for report in reports if report.article_id == self.head), self.first)
        return one_line(head.title or head.url) or "(no title)"

    @property
    def outlets(self) -> int:
        """Number of feeds with a report."""
        return len({entry.report.feed_title for entry in self.reports})

    @property
    def hits(self) -> tuple[StoryHit, ...]:
        """Watches that it matches, each with the first of its best evidence."""
        by_watch: dict[str, StoryHit] = {}
        for entry in self.reports:
            for evidence in entry.report.evidence:
                known = by_watch.get(evidence.watch)
                if known is None or rank(evidence) > rank(known.evidence):
                    by_watch[evidence.watch] = StoryHit(evidence, entry.report)
        names = [*self.watches, *sorted(by_watch.keys() - set(self.watches))]
        return tuple(by_watch[name] for name in names if name in by_watch)
