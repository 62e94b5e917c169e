"""Build a brief: new articles grouped by story. Pure and reproducible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from tuireader.model import CaseState, Evidence
from tuireader.model.asides import is_aside, rank
from tuireader.query import merge_spans

FORMATS = ("md", "json", "html")


class Report(Struct, frozen=True):
    """An article in a brief. `story` is 0 if it has none; `evidence` is in the order of the watches."""

    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed_title: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]
    story: int = 0
    evidence: tuple[Evidence, ...] = ()
    new: Annotated[bool, "False if it is older than the period of the brief."] = True
    copy_of: Annotated[int, "Number of the earlier report whose text it repeats, 0 if it has its own."] = 0
    lag: Annotated[int, "Seconds after the first report of the story."] = 0
    language: Annotated[str, 'Its language as ISO 639-1 code, `""` when unknown.'] = ""


def same_text(report: Report, reports: Iterable[Report]) -> str:
    """Return `same text as The Quay` for a copy of one of some reports, else `""`."""
    feeds = (other.feed_title for other in reports if other.article_id == report.copy_of)
    return next((f"same text as {one_line(feed)}" for feed in feeds), "")


class StoryHit(Struct, frozen=True):
    """A watch that a story matches, with its evidence and the report that has it."""

    evidence: Evidence
    report: Report


def best_hits(reports: Iterable[Report], watches: Iterable[str]) -> list[StoryHit]:
    """Find the first of the best evidence of each of some watches (see `rank`)."""
    hits: dict[str, StoryHit] = {}
    for report in reports:
        for evidence in report.evidence:
            known = hits.get(evidence.watch)
            if known is None or rank(evidence) > rank(known.evidence):
                hits[evidence.watch] = StoryHit(evidence, report)
    return [hits[name] for name in watches if name in hits]


def sentences(evidence: Iterable[Evidence]) -> list[Evidence]:
    """List the sentences that watches match, each once, with all its watches; asides come last."""
    return sorted(_each_once(item for item in evidence if item.sentence), key=is_aside)


def _each_once(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Join what has the same sentence: the names of the watches, and the spans."""
    shared: dict[tuple[str, str, int], Evidence] = {}
    for item in evidence:
        if first := shared.get(_place(item)):
            spans = tuple(merge_spans([*first.spans, *item.spans]))
            item = replace(first, watch=f"{first.watch}, {item.watch}", spans=spans)
        shared[_place(item)] = item
    return list(shared.values())


def _place(evidence: Evidence) -> tuple[str, str, int]:
    return one_line(evidence.sentence), evidence.feed, evidence.until


class BriefStory(Struct, frozen=True):
    """A story: its reports and its watches. `languages` come best first, the sentence of `asked` first.

    The reports of the period come first, then those before it, both newest first.
    """

    reports: tuple[Report, ...]
    watches: Annotated[tuple[str, ...], "Watches that match it."] = ()
    languages: tuple[str, ...] = ()
    asked: str = ""

    @property
    def title(self) -> str:
        """Title of the newest report of the period in the best of the languages, or else in any."""
        rank = {code: number for number, code in enumerate(self.languages)}
        reports = [report for report in self.reports if report.new] or self.reports
        report = min(reports, key=lambda report: rank.get(report.language, len(rank)))
        return one_line(report.title or report.url)

    @property
    def hits(self) -> tuple[StoryHit, ...]:
        """Newest evidence with a sentence for each watch, preferably current; newest report first."""
        order = [report.article_id for report in self.reports]
        hits = [hit for hit in best_hits(self.reports, self.watches) if hit.evidence.sentence]
        hits.sort(key=lambda hit: (hit.evidence.watch != self.asked, order.index(hit.report.article_id)))
        return tuple(hits)

    @property
    def quotations(self) -> tuple[StoryHit, ...]:
        """The `hits`, but each sentence once, with the names and the spans of all its watches."""
        reports: dict[tuple[str, str, int], Report] = {}
        for hit in self.hits:
            reports.setdefault(_place(hit.evidence), hit.report)
        each = _each_once(hit.evidence for hit in self.hits)
        return tuple(StoryHit(evidence, reports[_place(evidence)]) for evidence in each)


class OpenMatch(Struct, frozen=True):
    """A match of an earlier article that is not handled yet."""

    match: Annotated[int, "Number of the match."]
    watch: Annotated[str, "Name of the watch."]
    state: Annotated[CaseState, "`new` or `open`."]
    article_id: Annotated[int, "Number of the article."]
    title: Annotated[str, "Its title."]
    url: Annotated[str, "Its address."]
    feed_title: Annotated[str, "Title of its feed."]
    time: Annotated[int, "When it was published."]


class Section(Struct, frozen=True):
    """The stories under one heading."""

    watch: Annotated[str | None, "Name of the watch, `null` for stories that no watch matches."]
    stories: tuple[BriefStory, ...]


class Brief(Struct, frozen=True):
    """The whole brief; each story is in one section. A digest has a `name`."""

    articles: Annotated[int, "Number of new articles."]
    sections: tuple[Section, ...]
    seconds: Annotated[
        int | None, "Length of the period, `null` for the time since a day or the last brief."
    ] = None
    since: Annotated[
        int | None, "Start of the day that the period begins with, or of a digest; `null` without one."
    ] = None
    first: Annotated[int | None, "Time of the first new article, `null` if there is none."] = None
    last: Annotated[int | None, "Time of the last new article."] = None
    muted: Annotated[int, "Number of articles left out because they are muted."] = 0
    still_open: tuple[OpenMatch, ...] = ()
    name: str = ""

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
    asked: str = "",
    still_open: Iterable[OpenMatch] = (),
) -> Brief:
    """Group reports into stories, and stories by the first of `watches` that they match.

    Within a section, the stories with the most new reports come first, then the latest. A story has the title
    of its newest report in the best of `languages`, or else in the language of most reports of the brief.
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
        timed = [replace(report, lag=report.time - group[0].time) for report in group]
        newest = sorted(timed, key=lambda report: (not report.new, -report.time, -report.article_id))
        by_watch[on[0] if on else ""].append(BriefStory(tuple(newest), on, best, asked))
        times += [report.time for report in group if report.new]
    sections = [
        Section(name or None, tuple(sorted(stories, key=_order)))
        for name, stories in by_watch.items()
        if stories
    ]
    first, last = min(times, default=None), max(times, default=None)
    place = {name: number for number, name in enumerate(watches)}
    to_do = sorted(still_open, key=lambda match: (place.get(match.watch, len(place)), match.time))
    return Brief(
        articles=len(times),
        sections=tuple(sections),
        seconds=seconds,
        first=first,
        last=last,
        muted=muted,
        still_open=tuple(to_do),
    )


def _order(story: BriefStory) -> tuple[int, int, int]:
    newest = story.reports[0]
    return -sum(report.new for report in story.reports), -newest.time, newest.article_id


def one_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return " ".join(text.split())
