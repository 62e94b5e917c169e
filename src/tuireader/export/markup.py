"""Text of reports and evidence in Markdown and HTML, escaped; times in UTC.

All text is untrusted, and only http(s) addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

from tuireader.export.brief import Report, one_line
from tuireader.export.formats import markdown_address
from tuireader.model import Evidence

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~&!$^{}]")
_LINE_START = re.compile(r"^(\s*\d{1,9})?([-+=.)])")


def moment(time: int) -> str:
    """Return a time as `2026-03-04 05:06 UTC`."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M UTC")


def lag(report: Report, first: Report) -> str:
    """Return the time of a report: absolute for the first one, otherwise the delay after it."""
    minutes = report.lag // 60
    if report is first:
        return moment(report.time)
    if minutes < 60:
        return f"+{minutes} min"
    return f"+{minutes // 60} h" if minutes < 48 * 60 else f"+{minutes // 1440} d"


def is_web(url: str) -> bool:
    """Return whether an address becomes a link."""
    return url.startswith(("http://", "https://"))


def quoted(evidence: Evidence, safe: Callable[[str], str], before: str, after: str) -> str:
    """Return the sentence with its matches marked; `safe` escapes the text between them."""
    sentence = re.sub(r"\s", " ", evidence.sentence)
    pieces: list[str] = []
    at = 0
    for start, end in evidence.spans:
        if at <= start < end <= len(sentence):
            pieces += [safe(sentence[at:start]), before, safe(sentence[start:end]), after]
            at = end
    return "".join([*pieces, safe(sentence[at:])])


def origin(evidence: Evidence, safe: Callable[[str], str]) -> str:
    """Describe the origin of a sentence that is not in the displayed text: a former version, another feed."""
    former = f"matched until edited {moment(evidence.until)}" if evidence.former else ""
    where = " · ".join(part for part in (former, f"in {evidence.feed}" if evidence.feed else "") if part)
    return f" ({safe(where)})" if where else ""


def md(text: str) -> str:
    """Return text in one line of Markdown with all special characters escaped."""
    return md_start(md_part(one_line(text)))


def md_part(text: str) -> str:
    """Return text with special characters escaped, to stand within a line."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def md_start(text: str) -> str:
    """Escape characters that begin a list or underline a heading at the start of a line."""
    return _LINE_START.sub(lambda match: f"{match[1] or ''}\\{match[2]}", text)


def md_link(title: str, url: str) -> str:
    """Return a title in Markdown, as a link if it has an http(s) address."""
    text = md(title or url)
    return f"[{text}](<{markdown_address(url)}>)" if is_web(url) else text


def html_text(text: str) -> str:
    """Return text in one line of HTML."""
    return escape(one_line(text))


def html_link(title: str, url: str) -> str:
    """Return a title in HTML, as a link if it has an http(s) address."""
    text = html_text(title or url)
    return f'<a href="{escape(url)}" rel="noreferrer">{text}</a>' if is_web(url) else text
