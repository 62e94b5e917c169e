"""`tuireader matches`: the log of all matches, as proof."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from tuireader.cli.base import library_command, moment, say
from tuireader.cli.completion import complete_watches
from tuireader.cli.output import format_option, print_json_text
from tuireader.wording.times import short_time

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.model import LoggedMatch

_TIMES = ("published", "fetched", "matched", "told", "read", "ended")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell as a formula."""


@click.command()
@click.option("--since", metavar="WHEN", help="Only matches since a day (monday) or for a time (7d).")
@click.option(
    "--until", metavar="WHEN", help="Only matches up to a day (2026-11-30), included, or a time ago."
)
@click.option("--watch", metavar="NAME", shell_complete=complete_watches, help="Only matches of this watch.")
@format_option(
    ("table", "csv", "json", "jsonl"),
    "Lines of columns, CSV, one JSON array, or JSON with one object a line.",
    json="jsonl",
)
@library_command
async def matches(
    library: Library, since: str | None, until: str | None, watch: str | None, form: str
) -> None:
    """Print the log of matches: what was found, when you were told, and when you read it.

    One line a match, oldest first, also of watches that were removed and of texts that were edited or
    purged. Columns: when it matched, watch, feed, title, terms, when and how you were told, when you read it.

    \b
    Examples:
      tuireader matches --since yesterday
      tuireader matches --watch WeChat --format csv > wechat.csv
      tuireader matches --since 2026-11-01 --until 2026-11-30 --format json
    """
    first = 0 if since is None else moment("--since", since)
    end = None if until is None else moment("--until", until, end=True)
    write = _writer(form)
    count = 0
    async with aclosing(library.matches.log(since=first, until=end, watch=watch)) as log:
        async for match in log:
            if form == "json":
                print("," if count else "[")
            write(match)
            count += 1
    if form == "json":
        print("]" if count else "[]")
    if not count:
        say("no matches")


def _writer(form: str) -> Callable[[LoggedMatch], None]:
    """Function that prints a match; CSV (RFC 4180) has times in ISO 8601, below the names of the columns."""
    if form == "table":
        return lambda match: print(_line(match))
    from tuireader.cli.shapes import shapes

    paths = shapes.LoggedMatch.paths
    if form == "csv":
        out = csv.writer(sys.stdout, lineterminator="\r\n")
        out.writerow(paths)
        return lambda match: out.writerow([_cell(name, getattr(match, path)) for name, path in paths.items()])

    def write(match: LoggedMatch) -> None:
        # all values are plain: encoding by the shape would take most of the time of a long log
        values = {name: getattr(match, path) for name, path in paths.items()}
        print_json_text(json.dumps(values, ensure_ascii=False))

    return write


def _cell(name: str, value: Any) -> str:
    if name in _TIMES:
        return "" if value is None else _iso(value)
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _iso(at: int) -> str:
    if not at:
        return "unknown"
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return str(at)


def _line(match: LoggedMatch) -> str:
    told = _when("told", match.told)
    if told and match.channels:
        told += f" by {', '.join(match.channels)}"
    read = _when("read", match.read)
    columns = [short_time(match.matched), match.watch, match.feed, match.title, match.term, told, read]
    return "\t".join(columns).rstrip("\t")


def _when(what: str, at: int | None) -> str:
    if at is None:
        return f"not {what}"
    return f"{what} {short_time(at)}" if at else what
