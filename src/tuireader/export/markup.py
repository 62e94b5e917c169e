"""Text of reports and evidence in HTML, escaped; times in UTC.

All text is untrusted, and only http(s) addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from html import escape

from tuireader.export.brief import Report, one_line
from tuireader.export.markdown import WEB
from tuireader.model import Evidence


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


def html_text(text: str) -> str:
    """Return text in one line of HTML."""
    return escape(one_line(text))


def html_link(title: str, url: str) -> str:
    """Return a title in HTML, as a link if it has an http(s) address."""
    text = html_text(title or url)
    return f'<a href="{escape(url)}" rel="noreferrer">{text}</a>' if WEB.match(url) else text


def html_page(title: str, summary: str, lines: Iterable[str]) -> str:
    """Write a self-contained page, without scripts or external resources."""
    head = [
        '<!DOCTYPE html>\n<html lang="mul">\n<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">',
        f"<title>{title}</title>\n<h1>{title}</h1>\n<p>{summary}</p>",
    ]
    return "\n".join([*head, *lines, "</html>"]) + "\n"
