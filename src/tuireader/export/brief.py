"""Build a brief: new articles grouped by story. Pure and reproducible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from tuireader.model import Evidence
from tuireader.model.asides import rank

FORMATS = ("md", "json", "html")


@dataclass(frozen=True, slots=True)
class Report:
    """An article in a brief. `story` is 0 if it has none; `evidence` is in the order of the watches."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed_title: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    story: int = 0
    evidence: tuple[Evidence, ...] = ()
    new: Annotated[bool, "False if it is older than the period of the brief."] = True
    lag: Annotated[int, "Seconds after the first report of the story."] = 0
    language: Annotated[str, 'Its language as ISO 639-1 code, `""` when unknown.'] = ""


@dataclass(frozen=True, slots=True)
class BriefStory:
    """A story: its reports, oldest first, and its watches. `languages` come best first."""

    reports: tuple[Report, ...]
    watches: Annotated[tuple[str, ...], "Watches that match it."] = ()
    languages: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Title of the first report in the best of the languages, or else of the first report."""
        rank = {code: number for number, code in enumerate(self.languages)}
        report = min(self.reports, key=lambda report: rank.get(report.language, len(rank)))
        return one_line(report.title or report.url)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """First evidence with a sentence for each watch, preferably current and of the text."""
        by_watch: dict[str, Evidence] = {}
        for report in self.reports:
            for evidence in report.evidence:
                known = by_watch.get(evidence.watch)
                if evidence.sentence and (known is None or rank(evidence) > rank(known)):
                    by_watch[evidence.watch] = evidence
        return tuple(by_watch[watch] for watch in self.watches if watch in by_watch)


@dataclass(frozen=True, slots=True)
class Section:
    """The stories under one heading."""

    watch: Annotated[str | None, "Name of the watch, `null` for stories that no watch matches."]
    stories: tuple[BriefStory, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole brief; each story is in one section."""

    articles: Annotated[int, "Number of new articles."]
    sections: tuple[Section, ...]
    seconds: Annotated[int | None, "Length of the period, `null` for the time since the last brief."] = None
    first: Annotated[int | None, "Time of the first new article, `null` if there is none."] = None
    last: Annotated[int | None, "Time of the last new article."] = None
    muted: Annotated[int, "Number of articles left out because they are muted."] = 0

    @property
    def stories(self) -> int:
        """Number of stories."""
        return sum(len(section.stories) for section in self.sections)


def build(
    reports: Iterable[Report],
    watches: Sequence[str],
    *,
    seconds: int | None = None,
    muted: int = 0,
    languages: Sequence[str] = (),
) -> Brief:
    """Group reports into stories, and stories by the first of `watches` that they match.

    Within a section, the stories with the most reports come first, then the latest. A story has the title of
    its first report in the best of `languages`, or else in the language of most reports of the brief.
    """
    reports = sorted(reports, key=lambda report: (report.time, report.article_id))
    known = Counter(report.language for report in reports if report.language)
    best = (*languages, *(code for code, _ in known.most_common(1) if code not in languages))
    groups: dict[tuple[bool, int], list[Report]] = {}
    for report in reports:
        key = (True, report.story) if report.story else (False, report.article_id)
        groups.setdefault(key, []).append(report)
    by_watch: dict[str, list[BriefStory]] = {name: [] for name in (*watches, "")}
    times: list[int] = []
    for group in groups.values():
        hit = {evidence.watch for report in group for evidence in report.evidence}
        on = tuple(name for name in watches if name in hit)
        told = tuple(replace(report, lag=report.time - group[0].time) for report in group)
        by_watch[on[0] if on else ""].append(BriefStory(told, on, best))
        times += [report.time for report in group if report.new]
    sections = [
        Section(name or None, tuple(sorted(stories, key=_order)))
        for name, stories in by_watch.items()
        if stories
    ]
    first, last = min(times, default=None), max(times, default=None)
    return Brief(
        articles=len(times), sections=tuple(sections), seconds=seconds, first=first, last=last, muted=muted
    )


def _order(story: BriefStory) -> tuple[int, int, int]:
    last = story.reports[-1]
    return -len(story.reports), -last.time, last.article_id


def one_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return " ".join(text.split())
