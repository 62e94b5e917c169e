"""The log of matches as CSV, and a match with its evidence as text to hand over."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from tuireader.export.markdown import WEB
from tuireader.export.markup import fill
from tuireader.model import LoggedMatch
from tuireader.query.identifiers import explained
from tuireader.wording.times import full_time

COLUMNS = (
    "id article=article_id watch title url feed feed_url published fetched matched told not_told channels"
    " sent read ended term field sentence sha256 state note by at occurrences ids"
)
"""Columns of CSV and keys of JSON; some have the name of another attribute."""
BOM = "\ufeff"
"""Mark at the beginning of a file by which spreadsheets read it as UTF-8."""
TIMES = ("published", "fetched", "matched", "told", "read", "ended", "at")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell as a formula."""


def csv_lines(matches: Iterable[LoggedMatch], *, head: bool = True) -> Iterator[str]:
    """Yield lines of CSV (RFC 4180) with times in ISO 8601, below the names of the columns."""
    pairs = [(name, path or name) for name, _, path in (column.partition("=") for column in COLUMNS.split())]
    if head:
        yield _csv([name for name, _ in pairs])
    for match in matches:
        yield _csv([_cell(name, getattr(match, path)) for name, path in pairs])


def handed_over(match: LoggedMatch, author: str, template: str) -> str:
    """Write a match as text to hand over; lines, and parts between commas, without a value are left out."""
    values = {name: getattr(match, name) for name in ("watch", "sentence", "feed", "state", "note", "by")}
    values |= {
        "terms": explained(match.term, match.occurrences),
        "ids": ", ".join(match.ids),
        "title": match.title or match.url,
        "author": author,
        "published": "" if match.published is None else full_time(match.published),
        "matched": full_time(match.matched),
        "url": match.url if WEB.match(match.url) else "",
        "match": str(match.id),
    }

    return fill(template, values)


def _csv(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _cell(name: str, value: Any) -> str:
    if name in TIMES:
        return "" if value is None else iso(value)
    if name == "sent":
        value = tuple([f"{channel} {iso(at)}" for channel, at in value.items()])
    text = explained("", value) if name == "occurrences" else value
    text = ", ".join(text) if isinstance(text, tuple | dict) else str(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def iso(at: int) -> str:
    """Write a time in UTC: `2026-11-03T09:12:00Z`, `unknown` for 0."""
    if not at:
        return "unknown"
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return str(at)
