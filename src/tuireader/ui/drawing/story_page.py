"""Build the page of a story as parts: watches, reports on a rail of times, what came after and before."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tuireader.export.brief import StoryHit
from tuireader.export.story import StoryPage, StoryReport
from tuireader.export.story_formats import BACKGROUND, FOLLOW_UPS
from tuireader.model import AddedKind, Article, Evidence, Surrounding
from tuireader.text import cell_len
from tuireader.text.wording import counted
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, TailBuilder, Target
from tuireader.wording.times import clock_time, period, span, week_day

_COLUMN = 10  # cells for the time and the rail
_REST = " " * _COLUMN
_RAIL = f"{'│':>7}   "


def facts(page: StoryPage, now: int) -> str:
    """Facts of a story for the header: `5 reports · 4 sources · 24 Nov 09:55 – 13:10`."""
    reports = counted(len(page.reports) + page.left_out, "report")
    when = period(page.first.time, page.reports[-1].report.time, now)
    return f"{reports} · {counted(page.outlets, 'source')} · {when}"


def build_story(page: StoryPage, article: Article, unfolded: Collection[int] = ()) -> tuple[Page, int]:
    """Build the page; also return the index of the target for the newest unread report.

    If all are read, it is that of `article`, or of the first report. Copies of a report share a line, unless
    the report is in `unfolded`.
    """
    tail = TailBuilder()
    copies: dict[int, list[StoryReport]] = {}
    for entry in page.reports:
        copies.setdefault(entry.report.copy_of or entry.report.article_id, []).append(entry)
    days = {week_day(entry.report.time) for entry in page.reports}
    shown_day = "" if len(days) > 1 else days.pop()
    start = newest = 0
    for entry, *others in copies.values():
        if any(each.report.article_id == article.id for each in (entry, *others)):
            start = len(tail.targets)
        if not all(each.read for each in (entry, *others)):
            newest = len(tail.targets) + 1 + entry.read
        if (day := week_day(entry.report.time)) != shown_day:
            shown_day = day
            tail.add(Part(day, "dim", gap=int(bool(tail.targets))))
        elif tail.targets:
            tail.add(Part(first=_RAIL))
        _add_report(tail, entry)
        _add_copies(tail, others, unfolded=entry.report.article_id in unfolded)
    if page.left_out:
        tail.add(Part(f"{page.left_out:,} later reports are left out", "dim", first=_REST, rest=_REST))
    _add_others(tail, FOLLOW_UPS, page.follow_ups, page)
    _add_others(tail, BACKGROUND, page.background, page)
    head = (Part(page.title, "strong", gap=1), *_evidence(page.hits), Part())
    built = Page(article, head=head, hits=(), links=(), text_links=0, tail=tail.build())
    return built, newest - 1 if newest else start


def _evidence(hits: Sequence[StoryHit]) -> list[Part]:
    """One card for each sentence, with the names and terms of all its watches."""
    cards: dict[str, list[Evidence]] = {}
    feeds = {hit.evidence.watch: hit.evidence.feed or hit.report.feed_title for hit in hits}
    for hit in hits:
        cards.setdefault(hit.evidence.sentence or hit.evidence.watch, []).append(hit.evidence)
    column = min(12, max(map(cell_len, feeds), default=0))
    parts: list[Part] = []
    for card in cards.values():
        text, marks = "", []
        for match in card:
            marks.append(StyleRange(len(text), len(text) + len(match.watch), f"watch:{match.watch}"))
            state = " (uncertain)" if match.uncertain else " (until edited)" if match.former else ""
            text += f"{match.watch}{state}{' ' * (column - cell_len(match.watch))}  "
        marks += [
            StyleRange(len(text) + 1 + start, len(text) + 1 + end, f"hit:{match.watch}")
            for match in card
            for start, end in match.spans
        ]
        if card[0].sentence:
            text += f"“{card[0].sentence}”"
        bars = ("▌ ", f"▌ {' ' * (column + 2)}", f"watch:{card[0].watch}")
        side, gap = feeds[card[0].watch], int(not parts)
        parts.append(Part(text.rstrip(), "text", tuple(marks), *bars, gap=gap, most=3, side=side))
    return parts


def _add_report(tail: TailBuilder, entry: StoryReport) -> None:
    """Add a report with its time, its feed, and what it added."""
    report = entry.report
    title = report.title or report.url
    own, other = ("dim", "dim") if entry.read else ("strong", "quote")
    lead = f"{clock_time(report.time):>5} {'○' if entry.read else '●'}   "
    parts = [Part(title, own, first=lead, rest=_RAIL, most=2, side=report.feed_title)]
    chips = [fact.text for fact in entry.added if fact.kind is not AddedKind.QUOTATION]
    if chips:
        style = "dim" if entry.read else "text"
        parts.append(Part(" · ".join(chips), style, first=_RAIL, rest=_RAIL))
    for fact in entry.added:
        if fact.kind is AddedKind.QUOTATION:
            text = f"{fact.speaker}: “{fact.text}”" if fact.speaker else f"“{fact.text}”"
            parts.append(Part(text, other, first=_RAIL, rest=_RAIL, most=1))
    tail.add(*parts, opens=Target(title, report.article_id, report.url))


def _add_copies(tail: TailBuilder, copies: Sequence[StoryReport], *, unfolded: bool) -> None:
    """Name the feeds with the same text in one line, or in a line each."""
    groups = [[copy] for copy in copies] if unfolded or len(copies) < 2 else [copies]
    for group in groups:
        feeds = dict.fromkeys(copy.report.feed_title for copy in group)
        report = group[0].report
        first = f"{'○' if all(copy.read for copy in group) else '●':>7}   "
        part = Part(f"also {', '.join(feeds)} (same text)", "dim", first=first, rest=_RAIL, most=2)
        tail.add(part, opens=Target(report.title or report.url, report.article_id, report.url))


def _add_others(tail: TailBuilder, heading: str, others: Sequence[Surrounding], page: StoryPage) -> None:
    """Add the articles before or after a story, each sentence that refers to the earlier one only once."""
    shown = {""}
    if others:
        tail.add(Part(heading, "strong", gap=1))
    for article in others:
        lead = f"{span(abs(article.time - page.first.time)):>8}  "[:_COLUMN]
        title = article.title or article.url
        style = "dim" if article.read else "text"
        several = article.other_reports
        side = f"{len(several) + 1} reports" if several else article.feed_title
        part = Part(title, style, first=lead, rest=_REST, most=1, side=side)
        tail.add(part, opens=Target(title, article.article_id, article.url))
        if article.sentence not in shown:
            shown.add(article.sentence)
            sentence = f"“{article.sentence}” – {article.said_by}"
            tail.add(Part(sentence, "quote", first=_REST, rest=_REST, most=2))
