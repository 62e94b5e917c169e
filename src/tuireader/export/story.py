"""A story as a page: who reported when, what each added, and the articles around it. Pure values."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from tuireader.export.brief import Report, StoryHit, best_hits, one_line
from tuireader.model import Addition, Surrounding


class StoryReport(Struct, frozen=True):
    """A report of a story, and the facts that no earlier one has."""

    report: Report
    added: Annotated[tuple[Addition, ...], "Facts that no earlier report has."] = ()
    read: Annotated[bool, "True when it is read."] = False


class StoryPage(Struct, frozen=True):
    """A story, or an article without one as its only report. `watches` is the order of the watches."""

    reports: tuple[StoryReport, ...]
    watches: tuple[str, ...] = ()
    background: tuple[Surrounding, ...] = ()
    follow_ups: tuple[Surrounding, ...] = ()
    left_out: Annotated[int, "Number of reports that are left out."] = 0
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
    def new(self) -> tuple[StoryReport, ...]:
        """Reports of the period, all by default."""
        return tuple(entry for entry in self.reports if entry.report.new)

    @property
    def outlets(self) -> int:
        """Number of feeds with a report."""
        return len({entry.report.feed_title for entry in self.reports})

    @property
    def hits(self) -> tuple[StoryHit, ...]:
        """Watches that its new reports match, each with the best of the evidence."""
        reports = [entry.report for entry in self.new]
        names = {evidence.watch for report in reports for evidence in report.evidence}
        return tuple(best_hits(reports, [*self.watches, *sorted(names - set(self.watches))]))
