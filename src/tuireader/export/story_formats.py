"""Render the page of a story as Markdown, JSON or a web page.

Times are in UTC, so the same articles give the same bytes. All text is untrusted: it is escaped for each
format, and only http(s) addresses become links.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain

from tuireader.export import shapes
from tuireader.export.markdown import markdown_line, markdown_link, markdown_part, safe_start
from tuireader.export.markup import html_link, html_page, html_text, lag, moment, origin, quoted
from tuireader.export.story import StoryHit, StoryPage, StoryReport
from tuireader.model import AddedKind, Addition, Surrounding
from tuireader.text.wording import counted

BACKGROUND, REPORTS, FOLLOW_UPS, WATCHES = "Before", "Reports", "After", "Watches"
"""Headings of a page."""
NOTHING_NEW = "no new numbers, names or quotations"
"""Fact of a later report that adds nothing."""


def render(page: StoryPage, form: str) -> str:
    """Render the page in one of `story.FORMATS`, ending in a line feed."""
    return {"md": markdown, "json": as_json, "html": html}[form](page)


def summary(page: StoryPage) -> str:
    """Return `4 reports by 3 feeds`, with the number of reports that are left out."""
    text = f"{counted(len(page.reports), 'report')} by {counted(page.outlets, 'feed')}"
    return f"{text}, {page.left_out:,} later ones left out" if page.left_out else text


def facts_of(entry: StoryReport, page: StoryPage) -> list[str]:
    """Return the facts that a report adds; for a later one without any, a note that it adds nothing."""
    added = list(map(added_text, entry.added))
    return added or ([] if entry.report is page.first else [NOTHING_NEW])


def added_text(fact: Addition) -> str:
    """Write a fact as text: a quotation in quotation marks, with its speaker."""
    if fact.kind is not AddedKind.QUOTATION:
        return fact.text
    return f"“{fact.text}” – {fact.speaker}" if fact.speaker else f"“{fact.text}”"


def _period(page: StoryPage) -> str:
    first, last = page.first.time, page.reports[-1].report.time
    if first == last:
        return moment(first)
    return f"{moment(first).removesuffix(' UTC')} to {moment(last)}"


def markdown(page: StoryPage) -> str:
    """Render as CommonMark 0.31; every character that may have a meaning is escaped."""
    lines = [f"# {markdown_line(page.title)}", "", f"{summary(page)}, {_period(page)}."]
    lines += _md_section(WATCHES, map(_md_hit, page.hits))
    lines += _md_section(BACKGROUND, map(_md_other, page.background))
    lines += _md_section(REPORTS, [_md_report(entry, page) for entry in page.reports])
    lines += _md_section(FOLLOW_UPS, map(_md_other, page.follow_ups))
    return "\n".join(lines) + "\n"


def _md_section(heading: str, items: Iterable[Sequence[str]]) -> list[str]:
    lines = list(chain.from_iterable(items))
    return ["", f"## {heading}", "", *lines] if lines else []


def _md_hit(hit: StoryHit) -> list[str]:
    lines = [f"- {markdown_line(hit.evidence.watch)} · {markdown_line(hit.report.feed_title)}"]
    if hit.evidence.sentence:
        sentence = safe_start(quoted(hit.evidence, markdown_part, "**", "**"))
        lines.append(f"  > {sentence}{origin(hit.evidence, markdown_line)}")
    return lines


def _md_report(entry: StoryReport, page: StoryPage) -> list[str]:
    report = entry.report
    link = markdown_link(report.title, report.url)
    facts = [f"  - {markdown_line(fact)}" for fact in facts_of(entry, page)]
    return [f"- {lag(report, page.first)} · {markdown_line(report.feed_title)}: {link}", *facts]


def _md_other(article: Surrounding) -> list[str]:
    link = markdown_link(article.title, article.url)
    lines = [f"- {moment(article.time)} · {markdown_line(article.feed_title)}: {link}"]
    if article.sentence:
        lines.append(f"  > {markdown_line(article.sentence)} ({markdown_line(article.said_by)})")
    return lines


def as_json(page: StoryPage) -> str:
    """Render as one object. `lag` is in seconds after the first report, `time` in seconds since 1970 UTC."""
    return json.dumps(shapes.StoryPage.encode(page), ensure_ascii=False, indent=1) + "\n"


def html(page: StoryPage) -> str:
    """Render a self-contained page, without scripts or external resources."""
    lines = _html_section(WATCHES, map(_html_hit, page.hits))
    lines += _html_section(BACKGROUND, map(_html_other, page.background))
    lines += _html_section(REPORTS, [_html_report(entry, page) for entry in page.reports])
    lines += _html_section(FOLLOW_UPS, map(_html_other, page.follow_ups))
    return html_page(html_text(page.title), f"{summary(page)}, {_period(page)}.", lines)


def _html_section(heading: str, items: Iterable[str]) -> list[str]:
    entries = [f"<li>{item}</li>" for item in items]
    return [f"<h2>{heading}</h2>\n<ul>", *entries, "</ul>"] if entries else []


def _html_hit(hit: StoryHit) -> str:
    text = f"{html_text(hit.evidence.watch)} · {html_text(hit.report.feed_title)}"
    if not hit.evidence.sentence:
        return text
    sentence = quoted(hit.evidence, escape, "<mark>", "</mark>")
    return f"{text}<blockquote><p>{sentence}{origin(hit.evidence, html_text)}</p></blockquote>"


def _html_report(entry: StoryReport, page: StoryPage) -> str:
    report = entry.report
    text = (
        f"{lag(report, page.first)} · {html_text(report.feed_title)}: {html_link(report.title, report.url)}"
    )
    facts = "".join(f"<li>{html_text(fact)}</li>" for fact in facts_of(entry, page))
    return f"{text}<ul>{facts}</ul>" if facts else text


def _html_other(article: Surrounding) -> str:
    text = (
        f"{moment(article.time)} · {html_text(article.feed_title)}: {html_link(article.title, article.url)}"
    )
    if not article.sentence:
        return text
    said_by = html_text(article.said_by)
    return f"{text}<blockquote><p>{html_text(article.sentence)} ({said_by})</p></blockquote>"
