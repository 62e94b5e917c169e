"""Render a brief as Markdown, JSON or a web page.

Times are in UTC and the creation time is left out, so the same articles give the same bytes. All text is
untrusted: it is escaped for each format, and only http(s) addresses become links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from tuireader.export import shapes
from tuireader.export.brief import Brief, BriefStory, Report, Section, one_line
from tuireader.export.formats import markdown_address
from tuireader.model import Evidence
from tuireader.text.wording import counted


def render(brief: Brief, form: str) -> str:
    """Render the brief in one of `brief.FORMATS`, ending in a line feed."""
    return {"md": markdown, "json": as_json, "html": html}[form](brief)


# --------------------------------------------------------------------------- words


def _summary(brief: Brief) -> str:
    """Return `12 articles in 9 stories, the last 24 hours (… to … UTC). 3 muted articles are left out`."""
    summary = f"{counted(brief.articles, 'article')} in {counted(brief.stories, 'story', 'stories')}"
    summary += f", {_period(brief.seconds)}"
    if brief.first is not None and brief.last is not None:
        summary += f" ({_moment(brief.first).removesuffix(' UTC')} to {_moment(brief.last)})"
    if brief.muted:
        verb = "is" if brief.muted == 1 else "are"
        summary += f". {counted(brief.muted, 'muted article')} {verb} left out"
    return summary


def _period(seconds: int | None) -> str:
    if seconds is None:
        return "since the last brief"
    for unit, name in ((86_400, "day"), (3600, "hour")):
        if seconds % unit == 0 and seconds > unit:
            return f"the last {counted(seconds // unit, name)}"
    return f"the last {counted(-(-seconds // 60), 'minute')}"


def _heading(section: Section, alone: bool) -> str:
    return section.watch or ("" if alone else "Other news")


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _lag(report: Report, first: Report) -> str:
    """Return the time of a report: absolute for the first one, otherwise the delay after it."""
    minutes = report.lag // 60
    if report is first:
        return _moment(report.time)
    if minutes < 60:
        return f"+{minutes} min"
    return f"+{minutes // 60} h" if minutes < 48 * 60 else f"+{minutes // 1440} d"


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _quoted(evidence: Evidence, safe: Callable[[str], str], before: str, after: str) -> str:
    """Return the sentence with its matches marked; `safe` escapes the text between them."""
    sentence = re.sub(r"\s", " ", evidence.sentence)
    pieces: list[str] = []
    at = 0
    for start, end in evidence.spans:
        if at <= start < end <= len(sentence):
            pieces += [safe(sentence[at:start]), before, safe(sentence[start:end]), after]
            at = end
    return "".join([*pieces, safe(sentence[at:])])


def _origin(evidence: Evidence, safe: Callable[[str], str]) -> str:
    """Describe the origin of a sentence that is not in the displayed text: a former version, another feed."""
    former = f"matched until edited {_moment(evidence.until)}" if evidence.former else ""
    where = " · ".join(part for part in (former, f"in {evidence.feed}" if evidence.feed else "") if part)
    return f" ({safe(where)})" if where else ""


# --------------------------------------------------------------------------- Markdown

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&!$^{}]")
_LINE_START = re.compile(r"^(\s*\d{1,9})?([-+=.)])")


def markdown(brief: Brief) -> str:
    """Render as CommonMark 0.31; every character that may have a meaning is escaped (section 2.4)."""
    lines = ["# Brief", "", _summary(brief) + "."]
    for section in brief.sections:
        heading = _heading(section, len(brief.sections) == 1)
        if heading:
            lines += ["", f"## {_md(heading)}"]
        for story in section.stories:
            lines += ["", f"### {_md(story.title)}", *_md_story(story, section)]
    return "\n".join(lines) + "\n"


def _md_story(story: BriefStory, section: Section) -> list[str]:
    lines = []
    others = [name for name in story.watches if name != section.watch]
    if others:
        lines += ["", f"Also on {_md(', '.join(others))}."]
    for evidence in story.evidence:
        sentence = _md_start(_quoted(evidence, _md_part, "**", "**"))
        lines += ["", f"> {sentence}{_origin(evidence, _md)}"]
    lines.append("")
    for report in story.reports:
        when = _lag(report, story.reports[0])
        title = _md(report.title or report.url)
        link = f"[{title}](<{markdown_address(report.url)}>)" if _is_web(report.url) else title
        lines.append(f"- {when} · {_md(report.feed_title)}: {link}")
    return lines


def _md(text: str) -> str:
    return _md_start(_md_part(one_line(text)))


def _md_part(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _md_start(text: str) -> str:
    """Escape characters that begin a list or underline a heading at the start of a line."""
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\{match[2]}", text)


# --------------------------------------------------------------------------- JSON


def as_json(brief: Brief) -> str:
    """Render as one object. `lag` is in seconds after the first report, `time` in seconds since 1970 UTC."""
    return json.dumps(shapes.Brief.encode(brief), ensure_ascii=False, indent=1) + "\n"


# --------------------------------------------------------------------------- HTML


def html(brief: Brief) -> str:
    """Render a self-contained page, without scripts or external resources."""
    lines = [
        '<!DOCTYPE html>\n<html lang="mul">\n<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">',
        f"<title>Brief</title>\n<h1>Brief</h1>\n<p>{_summary(brief)}.</p>",
    ]
    for section in brief.sections:
        heading = _heading(section, len(brief.sections) == 1)
        if heading:
            lines.append(f"<h2>{_html(heading)}</h2>")
        for story in section.stories:
            lines += [f"<h3>{_html(story.title)}</h3>", *_html_story(story, section)]
    return "\n".join([*lines, "</html>"]) + "\n"


def _html_story(story: BriefStory, section: Section) -> list[str]:
    others = [name for name in story.watches if name != section.watch]
    lines = [f"<p>Also on {_html(', '.join(others))}.</p>"] if others else []
    for evidence in story.evidence:
        sentence = _quoted(evidence, escape, "<mark>", "</mark>")
        lines.append(f"<blockquote><p>{sentence}{_origin(evidence, _html)}</p></blockquote>")
    lines.append("<ul>")
    for report in story.reports:
        title = _html(report.title or report.url)
        if _is_web(report.url):
            title = f'<a href="{escape(report.url)}" rel="noreferrer">{title}</a>'
        lines.append(f"<li>{_lag(report, story.reports[0])} · {_html(report.feed_title)}: {title}</li>")
    return [*lines, "</ul>"]


def _html(text: str) -> str:
    return escape(one_line(text))
