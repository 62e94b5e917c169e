"""`tuireader matches`: the log of all matches, as proof."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, moment, say
from tuireader.cli.completion import complete_watches
from tuireader.cli.output import format_option, print_json_text
from tuireader.errors import TuireaderError, UsageError
from tuireader.export.matches import BOM, csv_lines
from tuireader.model.cases import Record, canonical, verify
from tuireader.query.identifiers import explained
from tuireader.text.wording import counted
from tuireader.wording.times import by_channels, short_time

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.model import LoggedMatch


@click.command()
@click.option("--since", metavar="WHEN", help="Only matches since a day (monday) or for a time (7d).")
@click.option("--until", metavar="WHEN", help="Only matches up to a day, included, or a time ago.")
@click.option("--watch", metavar="NAME", shell_complete=complete_watches, help="Only matches of this watch.")
@format_option(
    ("table", "csv", "json", "jsonl", "records"),
    "Lines of columns, CSV, one JSON array, JSON with one object a line, or the records of the whole log.",
    json="jsonl",
)
@click.option(
    "--bom", is_flag=True, help="With --format csv: begin with a mark by which spreadsheets see UTF-8."
)
@click.option(
    "--verify",
    "verified",
    is_flag=False,
    flag_value="",
    metavar="[FILE]",
    help="Check the chain of records, of the store or of a file that --format records has written.",
)
@click.option("--head", default="", metavar="HASH", help="With --verify: a record must have this hash.")
@library_command
async def matches(
    library: Library,
    since: str | None,
    until: str | None,
    watch: str | None,
    form: str,
    bom: bool,
    verified: str | None,
    head: str,
) -> None:
    """Print the log of matches: what was found, when you were told, and when you read it.

    One line a match, oldest first, also of watches that were removed and of texts that were edited or
    purged. Columns: when it matched, watch, feed, title, terms with what a pattern found, when and how you
    were told, when you read it, its identifiers such as CVE numbers, its state and note once you have handled
    any (see `tuireader match`), its number.

    Its records are chained: each carries a SHA-256 over what it says and the record before. --verify names
    the first record that was changed, removed or inserted, and prints the head of the chain. Keep that
    elsewhere: whoever owns the database can make a whole new chain, but not one with the head that you kept.

    \b
    Examples:
      tuireader matches --since yesterday
      tuireader matches --watch WeChat --format csv --bom > wechat.csv
      tuireader matches --since 2026-11-01 --until 2026-11-30 --format json
      tuireader matches --format records > log.jsonl
      tuireader matches --verify log.jsonl
    """
    chosen = since is not None or until is not None or watch is not None
    if bom and (form != "csv" or verified is not None):
        raise UsageError("--bom is only for CSV", "add --format csv, or leave out --bom")
    if head and verified is None:
        raise UsageError("--head says nothing without --verify", "tuireader matches --verify --head HASH")
    if chosen and (verified is not None or form == "records"):
        raise UsageError("the chain is written and verified whole", "leave out --since, --until and --watch")
    if verified is not None:
        await _verify(library, verified, head.strip().lower())
        return
    if form == "records":
        async with aclosing(library.matches.records()) as records:
            async for record in records:
                print(canonical(record))
        return
    first = 0 if since is None else moment("--since", since)
    end = None if until is None else moment("--until", until, end=True)
    write = _writer(form, bom=bom)
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


def _writer(form: str, *, bom: bool) -> Callable[[LoggedMatch], object]:
    """Function that prints a match."""
    if form == "table":
        return lambda match: print(_line(match))
    if form == "csv":
        if bom and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(BOM * bom + "".join(csv_lines([])))
        return lambda match: sys.stdout.write("".join(csv_lines([match], head=False)))
    from tuireader.cli.shapes import shapes

    paths = shapes.LoggedMatch.paths

    def write(match: LoggedMatch) -> None:
        # all values are plain: encoding by the shape would take most of the time of a long log
        values = {name: getattr(match, path) for name, path in paths.items()}
        print_json_text(json.dumps(values, ensure_ascii=False))

    return write


async def _verify(library: Library, file: str, head: str) -> None:
    """Print the head of a chain. Raises TuireaderError if a record is not what its hash says."""
    verdict = verify(_read(Path(file)), head) if file else await library.matches.verify(head)
    if verdict.fault:
        raise TuireaderError(verdict.fault, f"the {counted(verdict.records, 'record')} before are as written")
    print(f"{counted(verdict.records, 'record')} in one chain, head {verdict.head or 'none'}")


def _read(path: Path) -> Iterator[Record]:
    """Yield the records of a file. Raises UsageError for what cannot be read."""
    hint = "write it with --format records"
    if not path.is_file():
        raise UsageError(f"{path} cannot be read: it is no file", hint)
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise UsageError(f"line {number} of {path} is no record", hint)
                yield record
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read as records: {error}", hint) from error


def _line(match: LoggedMatch) -> str:
    told = _when("told", match.told)
    told += by_channels(match.told or 0, match.sent)
    read = _when("read", match.read)
    terms, ids = explained(match.term, match.occurrences), ", ".join(match.ids)
    columns = [short_time(match.matched), match.watch, match.feed, match.title, terms, told, read, ids]
    if match.state:
        columns += [match.state, match.note]
    return "\t".join([*columns, str(match.id)])


def _when(what: str, at: int | None) -> str:
    if at is None:
        return f"not {what}"
    return f"{what} {short_time(at)}" if at else what
