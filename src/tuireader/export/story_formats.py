"""Render the page of a story as Markdown, JSON or a web page.

Times are in UTC, so the same articles give the same bytes. All text is untrusted: it is escaped for each
format, and only http(s) addresses become links.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tuireader.export import shapes
from tuireader.export.brief import StoryHit, same_text
from tuireader.export.markdown import markdown_text, safe_start
from tuireader.export.markup import (
    HTML,
    MARKDOWN,
    Writing,
    html_page,
    html_text,
    moment,
    moment_and_lag,
    period,
)
from tuireader.export.story import StoryPage, StoryReport
from tuireader.model import Surrounding
from tuireader.text.wording import counted

BACKGROUND, REPORTS, FOLLOW_UPS, WATCHES = "Before", "Reports", "After", "Watches"
"""Headings of a page."""


def render(page: StoryPage, form: str) -> str:
    """Render the page in one of `brief.FORMATS`, ending in a line feed."""
    return {"md": markdown, "json": as_json, "html": html}[form](page)


def summary(page: StoryPage) -> str:
    """Return `4 reports by 3 feeds`, with the number of reports that are left out."""
    text = f"{counted(len(page.reports), 'report')} by {counted(page.outlets, 'feed')}"
    return f"{text}, {page.left_out:,} others left out" if page.left_out else text


def facts_of(entry: StoryReport, page: StoryPage) -> list[str]:
    """Return the facts that a report adds; for a copy, a note that says of what."""
    if copied := same_text(entry.report, (other.report for other in page.reports)):
        return [copied]
    return [fact.written for fact in entry.added]


def _summary(page: StoryPage) -> str:
    new, text = page.new, summary(page)
    if len(new) < len(page.reports):
        text = f"{len(new)} new of {text}"
    if not new:
        return f"{text}."
    first, last = new[0].report.time, new[-1].report.time
    return f"{text}, {moment(first) if first == last else period(first, last)}."


class _Item(Struct, frozen=True):
    """An item of a list, written; below it is a quotation or a list of facts."""

    line: str
    quotation: str = ""
    facts: Sequence[str] = ()


def _sections(page: StoryPage, writing: Writing) -> Iterator[tuple[str, list[_Item]]]:
    """Yield the sections that are not empty, with their headings."""
    sections = {
        WATCHES: [_hit(hit, writing) for hit in page.hits],
        BACKGROUND: [_other(article, writing) for article in page.background],
        REPORTS: [_report(entry, page, writing) for entry in page.new],
        FOLLOW_UPS: [_other(article, writing) for article in page.follow_ups],
    }
    return ((heading, items) for heading, items in sections.items() if items)


def _hit(hit: StoryHit, writing: Writing) -> _Item:
    line = f"{writing.line(hit.evidence.watch)} · {writing.line(hit.report.feed_title)}"
    return _Item(line, writing.quoted(hit.evidence) if hit.evidence.sentence else "")


def _report(entry: StoryReport, page: StoryPage, writing: Writing) -> _Item:
    line = writing.entry(moment_and_lag(entry.report), entry.report)
    return _Item(line, facts=list(map(writing.line, facts_of(entry, page))))


def _other(article: Surrounding, writing: Writing) -> _Item:
    line = writing.entry(moment(article.time), article)
    if article.other_reports:
        line += f" ({len(article.other_reports) + 1} reports)"
    if not article.sentence:
        return _Item(line)
    return _Item(line, f"{writing.line(article.sentence)} ({writing.line(article.said_by)})")


def markdown(page: StoryPage) -> str:
    """Render as CommonMark 0.31; text that would be read as markup is escaped."""
    lines = [f"# {markdown_text(page.title)}", "", _summary(page)]
    for heading, items in _sections(page, MARKDOWN):
        lines += ["", f"## {heading}", ""]
        for item in items:
            lines.append(f"- {safe_start(item.line)}")
            if item.quotation:
                lines.append(f"  > {safe_start(item.quotation)}")
            lines += [f"  - {safe_start(fact)}" for fact in item.facts]
    return "\n".join(lines) + "\n"


def as_json(page: StoryPage) -> str:
    """Render as one object. `lag` is in seconds after the first report, `time` in seconds since 1970 UTC."""
    return json.dumps(shapes.StoryPage.encode(page), ensure_ascii=False, indent=1) + "\n"


def html(page: StoryPage) -> str:
    """Render a self-contained page, without scripts or external resources."""
    lines: list[str] = []
    for heading, items in _sections(page, HTML):
        lines.append(f"<h2>{heading}</h2>\n<ul>")
        for item in items:
            quotation = f"<blockquote><p>{item.quotation}</p></blockquote>" if item.quotation else ""
            facts = "".join(f"<li>{fact}</li>" for fact in item.facts)
            lines.append(f"<li>{item.line}{quotation}{facts and f'<ul>{facts}</ul>'}</li>")
        lines.append("</ul>")
    return html_page(html_text(page.title), _summary(page), lines)
