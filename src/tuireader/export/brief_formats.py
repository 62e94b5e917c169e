"""Render a brief as Markdown, JSON or a web page.

Times are in UTC and the creation time is left out, so the same articles give the same bytes. All text is
untrusted: it is escaped for each format, and only http(s) addresses become links.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tuireader.export import shapes
from tuireader.export.brief import Brief, BriefStory, Report, Section, StoryHit, same_text
from tuireader.export.markdown import safe_start
from tuireader.export.markup import (
    HTML,
    MARKDOWN,
    Writing,
    html_page,
    html_text,
    moment,
    moment_and_lag,
    period,
    span,
)
from tuireader.text.durations import DAY, HOUR
from tuireader.text.wording import counted

_TITLE, _STILL_OPEN = "Brief", "Still open"
_MOST_OPEN = 50  # lines of matches that are still open


def render(brief: Brief, form: str) -> str:
    """Render the brief in one of `brief.FORMATS`, ending in a line feed."""
    return {"md": markdown, "json": as_json, "html": html}[form](brief)


def _summary(brief: Brief) -> str:
    """Return `12 articles in 9 stories, the last 24 hours (… to … UTC). 3 muted articles are left out`."""
    summary = f"{counted(brief.articles, 'article')} in {counted(brief.stories, 'story', 'stories')}"
    summary += f", {_period(brief)}"
    if brief.first is not None and brief.last is not None:
        summary += f" ({period(brief.first, brief.last)})"
    if brief.muted:
        verb = "is" if brief.muted == 1 else "are"
        summary += f". {counted(brief.muted, 'muted article')} {verb} left out"
    return summary


def _period(brief: Brief) -> str:
    seconds = brief.seconds
    if brief.since is not None:
        return f"since {moment(brief.since)}"
    if seconds is None:
        return "since the last brief"
    for unit, name in ((DAY, "day"), (HOUR, "hour")):
        if seconds % unit == 0 and seconds > unit:
            return f"the last {counted(seconds // unit, name)}"
    return f"the last {counted(-(-seconds // 60), 'minute')}"


def _heading(section: Section, alone: bool) -> str:
    return section.watch or ("" if alone else "Other news")


def markdown(brief: Brief, writing: Writing = MARKDOWN) -> str:
    """Render as CommonMark 0.31; text that would be read as markup is escaped (section 2.4).

    As `PLAIN`, the same lines are plain text.
    """
    lines = [f"# {writing.line(brief.name or _TITLE)}", "", _summary(brief) + "."]
    for section in brief.sections:
        heading = _heading(section, len(brief.sections) == 1)
        if heading:
            lines += ["", f"## {writing.line(heading)}"]
        for story in section.stories:
            lines += ["", f"### {writing.line(story.title)}", *_md_story(story, section, writing)]
    if brief.still_open:
        lines += ["", f"## {_STILL_OPEN}", "", *(f"- {match}" for match in _still_open(brief, writing))]
    return "\n".join(lines) + "\n"


def _md_story(story: BriefStory, section: Section, writing: Writing) -> list[str]:
    lines = []
    others = [name for name in story.watches if name != section.watch]
    if others:
        lines += ["", f"Also on {writing.line(', '.join(others))}."]
    for hit in story.quotations:
        quotation = writing.quoted(hit.evidence, hit.evidence.watch, _age(hit))
        lines.append(f"\n> {safe_start(quotation) if writing is MARKDOWN else quotation}")
    for heading, reports in _by_period(story):
        lines += ["", f"{heading}:", ""] if heading else [""]
        lines += [f"- {_entry(report, story, writing)}" for report in reports]
    return lines


def _by_period(story: BriefStory) -> Iterator[tuple[str, list[Report]]]:
    """Yield the reports of the period and then, under a heading, those before it."""
    for new, heading in ((True, ""), (False, "Earlier reports")):
        reports = [report for report in story.reports if report.new is new]
        if reports:
            yield heading, reports


def _still_open(brief: Brief, writing: Writing) -> Iterator[str]:
    """Yield a line for each match; its age counts up to the last new article of the brief."""
    for match in brief.still_open[:_MOST_OPEN]:
        age = "" if brief.last is None else f" ({span(max(0, brief.last - match.time))})"
        facts = f"Match {match.match} · {writing.line(match.watch)} · {match.state}"
        yield writing.entry(f"{facts} · {moment(match.time)}{age}", match)
    if (more := len(brief.still_open) - _MOST_OPEN) > 0:
        yield f"{more:,} more, see To do"


def _age(hit: StoryHit) -> str:
    return "" if hit.report.new else "earlier report"


def _entry(report: Report, story: BriefStory, writing: Writing) -> str:
    copied = same_text(report, story.reports)
    return writing.entry(moment_and_lag(report), report) + (copied and f" ({writing.line(copied)})")


def as_json(brief: Brief) -> str:
    """Render as one object. `lag` is in seconds after the first report, `time` in seconds since 1970 UTC."""
    return json.dumps(shapes.Brief.encode(brief), ensure_ascii=False, indent=1) + "\n"


def html(brief: Brief) -> str:
    """Render a self-contained page, without scripts or external resources."""
    return html_page(html_text(brief.name or _TITLE), f"{_summary(brief)}.", _html_lines(brief))


def html_part(brief: Brief) -> str:
    """Render as part of a page, such as of a mail."""
    head = [f"<h1>{html_text(brief.name or _TITLE)}</h1>", f"<p>{_summary(brief)}.</p>"]
    return "\n".join([*head, *_html_lines(brief)])


def _html_lines(brief: Brief) -> list[str]:
    lines: list[str] = []
    for section in brief.sections:
        heading = _heading(section, len(brief.sections) == 1)
        if heading:
            lines.append(f"<h2>{html_text(heading)}</h2>")
        for story in section.stories:
            lines += [f"<h3>{html_text(story.title)}</h3>", *_html_story(story, section)]
    if brief.still_open:
        items = (f"<li>{match}</li>" for match in _still_open(brief, HTML))
        lines += [f"<h2>{_STILL_OPEN}</h2>", "<ul>", *items, "</ul>"]
    return lines


def _html_story(story: BriefStory, section: Section) -> list[str]:
    others = [name for name in story.watches if name != section.watch]
    lines = [f"<p>Also on {html_text(', '.join(others))}.</p>"] if others else []
    lines += [
        f"<blockquote><p>{HTML.quoted(hit.evidence, hit.evidence.watch, _age(hit))}</p></blockquote>"
        for hit in story.quotations
    ]
    for heading, reports in _by_period(story):
        lines += [f"<p>{heading}:</p>"] if heading else []
        lines += ["<ul>", *(f"<li>{_entry(report, story, HTML)}</li>" for report in reports), "</ul>"]
    return lines
