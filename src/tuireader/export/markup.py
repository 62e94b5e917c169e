"""Text of reports and evidence in Markdown and HTML, escaped; times in UTC.

All text is untrusted, and only http(s) addresses become links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from html import escape

from msgspec import Struct

from tuireader.export.brief import OpenMatch, Report, one_line
from tuireader.export.markdown import WEB, markdown_link, markdown_part, markdown_text, safe_start
from tuireader.model import Evidence, Surrounding


def moment(time: int) -> str:
    """Return a time as `2026-03-04 05:06 UTC`."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M UTC")


def moment_and_lag(report: Report) -> str:
    """Return a time with its delay after the first report: `2026-03-04 05:06 UTC (+40 min)`."""
    return f"{moment(report.time)} (+{span(report.lag)})" if report.lag >= 60 else moment(report.time)


def span(seconds: int) -> str:
    """Return `59 min`, `47 h` or `2 d`."""
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def period(first: int, last: int) -> str:
    """Return a period as `2026-03-04 05:06 to 2026-03-06 07:08 UTC`."""
    return f"{moment(first).removesuffix(' UTC')} to {moment(last)}"


class Writing(Struct, frozen=True):
    """Escapes of a format for untrusted text: a line, a link, or a part of a line with `marks` around it."""

    line: Callable[[str], str]
    link: Callable[[str, str], str]
    part: Callable[[str], str]
    marks: tuple[str, str]

    def entry(self, when: str, report: Report | Surrounding | OpenMatch) -> str:
        """Write the time, the feed and the title of a report."""
        return f"{when} · {self.line(report.feed_title)}: {self.link(report.title, report.url)}"

    def quoted(self, evidence: Evidence, *facts: str) -> str:
        """Write a sentence with its matches marked, facts about it, and its origin.

        That is a former version, or another feed, if it is not in the displayed text.
        """
        sentence = re.sub(r"\s", " ", evidence.sentence)
        before, after = self.marks
        pieces: list[str] = []
        at = 0
        for start, end in evidence.spans:
            if at <= start < end <= len(sentence):
                pieces += [self.part(sentence[at:start]), before, self.part(sentence[start:end]), after]
                at = end
        written = "".join([*pieces, self.part(sentence[at:])])
        former = f"matched until edited {moment(evidence.until)}" if evidence.former else ""
        origin = f"in {evidence.feed}" if evidence.feed else ""
        where = " · ".join(filter(None, (*facts, former, origin)))
        return f"{written} ({self.line(where)})" if where else written


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


def markdown_quotation(evidence: Evidence, *facts: str) -> str:
    """Write a sentence and its watches as a quotation: `> It takes **LanternPay**. (LanternPay, Ferries)`."""
    return f"> {safe_start(MARKDOWN.quoted(evidence, evidence.watch, *facts))}"


def _plain_link(title: str, url: str) -> str:
    """Return a title, and below it its address if that is on the web."""
    return f"{one_line(title)}\n  {url}" if title and WEB.match(url) else one_line(title or url)


PLAIN = Writing(one_line, _plain_link, str, ("", ""))
MARKDOWN = Writing(markdown_text, markdown_link, markdown_part, ("**", "**"))
HTML = Writing(html_text, html_link, escape, ("<mark>", "</mark>"))


_FIELD = re.compile(r"\{(\w+)\}")


def fill(
    template: str, values: Mapping[str, str], escape: Callable[[str], str] = str, end: str = "\n"
) -> str:
    """Replace `{name}` in a text; lines, and parts between commas, without a value are left out.

    `escape` is applied to what stands around the values, `end` joins the lines. Values are not looked into.
    """

    def filled(text: str) -> str:
        names = _FIELD.findall(text)
        if names and not any(values.get(name) for name in names):
            return ""
        parts = _FIELD.split(text)  # text and names in turn
        parts[::2] = map(escape, parts[::2])
        parts[1::2] = [values.get(name, f"{{{name}}}") for name in names]
        return "".join(parts)

    lines = [(", ".join(filter(None, map(filled, line.split(", ")))), line) for line in template.split("\n")]
    return end.join(text for text, line in lines if text or not line)
