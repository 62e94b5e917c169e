"""Build the page of a story as parts: watches, background, reports with what each added, follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tuireader.export.story import StoryPage, StoryReport
from tuireader.export.story_formats import BACKGROUND, FOLLOW_UPS, NOTHING_NEW, REPORTS, added_text, summary
from tuireader.model import AddedKind, Article, Surrounding
from tuireader.ui.drawing.page import evidence_parts
from tuireader.ui.drawing.page_parts import Page, Part, StyleRange, TailBuilder, Target
from tuireader.wording.times import full_time, short_time, span

_COLUMN = 10  # cells for the time from the first report
_REST = " " * (_COLUMN + 2)
_ADDED = f"{'+':>{_COLUMN}}  "


def build_story(page: StoryPage, article: Article) -> tuple[Page, int]:
    """Build the page; also return the index of the target for `article`, or of the first report."""
    tail = TailBuilder([Part(rule=True)])
    _add_others(tail, BACKGROUND, page.background, page)
    start = len(tail.targets)
    tail.add(Part(REPORTS, "strong", gap=1))
    for number, entry in enumerate(page.reports):
        if entry.report.article_id == article.id:
            start = len(tail.targets)
        _add_report(tail, entry, page, gap=int(number > 0))
    if page.left_out:
        tail.add(Part(f"{page.left_out:,} later reports are left out", "dim", first=_REST, rest=_REST))
    _add_others(tail, FOLLOW_UPS, page.follow_ups, page)
    return Page(article, head=_head(page), hits=(), links=(), text_links=0, tail=tail.build()), start


def _head(page: StoryPage) -> tuple[Part, ...]:
    last = page.reports[-1].report
    within = f" within {span(last.lag)}" if last.lag else ""
    facts = f"{summary(page)}{within} · first: {page.first.feed_title}, {full_time(page.first.time)}"
    parts = [Part(page.title, "strong", gap=1), Part(facts, "dim")]
    for hit in page.hits:
        feed = hit.evidence.feed or hit.report.feed_title
        parts += evidence_parts(replace(hit.evidence, feed=feed))
    return tuple(parts)


def _add_report(tail: TailBuilder, entry: StoryReport, page: StoryPage, gap: int) -> None:
    """Add a report with its delay after the first one, and what it added."""
    report = entry.report
    when = "first" if report is page.first else f"+{span(report.lag)}" if report.lag else "same time"
    feed, title = report.feed_title, report.title or report.url
    head = f"{feed} · {short_time(report.time)}"
    marks = (StyleRange(0, len(feed), "strong"), StyleRange(len(feed), len(head), "dim"))
    lead = f"{when:>{_COLUMN}}  "
    part = Part(f"{head}\n{title}", "text", marks, first=lead, rest=_REST, gap=gap)
    tail.add(part, opens=Target(title, report.article_id, report.url))
    short = [added_text(fact) for fact in entry.added if fact.kind is not AddedKind.QUOTATION]
    if short:
        tail.add(Part(" · ".join(short), "text", first=_ADDED, rest=_REST))
    for fact in entry.added:
        if fact.kind is AddedKind.QUOTATION:
            tail.add(Part(added_text(fact), "quote", first=_ADDED, rest=_REST))
    if not entry.added and report is not page.first:
        tail.add(Part(NOTHING_NEW, "dim", first=_REST, rest=_REST))


def _add_others(tail: TailBuilder, heading: str, others: Sequence[Surrounding], page: StoryPage) -> None:
    """Add the articles before or after a story, each sentence that refers to the earlier one only once."""
    shown = {""}
    if others:
        tail.add(Part(heading, "strong", gap=1))
    for article in others:
        apart = article.time - page.first.time
        when = f"{'−' if apart < 0 else '+'}{span(abs(apart))}"
        title = article.title or article.url
        marks = (StyleRange(len(title), len(title) + 3 + len(article.feed_title), "dim"),)
        lead = f"{when:>{_COLUMN}}  "
        part = Part(f"{title} · {article.feed_title}", "text", marks, first=lead, rest=_REST)
        tail.add(part, opens=Target(title, article.article_id, article.url))
        if article.sentence not in shown:
            shown.add(article.sentence)
            tail.add(Part(f"“{article.sentence}” – {article.said_by}", "quote", first=_REST, rest=_REST))
