"""The database: check, back up, repair, reindex, and drop old texts."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader import files
from tuireader.cli.base import Options, library_command, say, seconds
from tuireader.cli.output import json_option, print_json
from tuireader.errors import Exit, UsageError
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.model import Purged
    from tuireader.store.upkeep.maintenance import Finding


@click.command()
@click.option("--older-than", metavar="TIME", help="Drop only articles older than this, such as 90d or 26w.")
@click.option("--keep", metavar="N", type=click.IntRange(min=0), help="Keep the newest N of each feed.")
@click.option("--unread", is_flag=True, help="Also drop unread articles.")
@click.option("--dry-run", is_flag=True, help="Only print what would be dropped.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@library_command
async def purge(
    library: Library,
    older_than: str | None,
    keep: int | None,
    unread: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Drop the texts of old articles to save space.

    Starred, labelled and watched articles keep theirs, and so do unread ones without --unread. The articles
    stay in the lists with their marks, so nothing returns as new.

    \b
    Examples:
      tuireader purge --older-than 90d --dry-run
      tuireader purge --older-than 52w --keep 100 --yes
    """
    if older_than is None and keep is None:
        raise UsageError("choose what to drop", "with --older-than 90d, --keep 100, or both")
    age = None if older_than is None else seconds("--older-than", older_than, 0, 36500, "90d or 26w")
    purge = partial(library.database.purge, older_than=age, keep=keep, unread=unread)
    purged = await purge(dry_run=True)
    drops = bool(purged.articles) and not dry_run
    if drops:
        if not yes and not sys.stdin.isatty():
            raise UsageError("this needs --yes without a terminal", "--dry-run shows what would be dropped")
        if not yes and not click.confirm(f"Drop {_texts(purged)}?", err=True):
            return Exit.FAILURE
        purged = await purge()  # may differ from the plan
    if as_json:
        print_json("Purged", purged, dropped=drops)
    else:
        print(f"{'dropped' if drops else 'would drop'} {_texts(purged)}")
    return Exit.OK


def _texts(purged: Purged) -> str:
    from rich.filesize import decimal

    articles, feeds = counted(purged.articles, "article"), counted(purged.feeds, "feed")
    return f"the texts of {articles} of {feeds}, {decimal(purged.bytes)}"


@click.group()
def db() -> None:
    """Check, back up or repair the database.

    \b
    Examples:
      tuireader db check
      tuireader db backup
    """


@db.command()
@json_option
@click.pass_obj
def check(options: Options, as_json: bool) -> int:
    """Check that the database is sound, without changing it.

    Prints one line for each check.

    \b
    Examples:
      tuireader db check
      tuireader db check --json
    """
    from tuireader.store.upkeep import maintenance

    path = _database(options)
    findings = maintenance.check(path)
    if as_json:
        for finding in findings:
            said = finding.problem or finding.said
            print_json("Finding", finding, path=str(path), ok=not finding.problem, said=said)
    else:
        _print(path, findings)
    if all(not finding.problem for finding in findings):
        return Exit.OK
    say(f"tuireader: the database {path} is damaged (`tuireader db repair` saves what can be read)")
    return Exit.DATABASE


@db.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def backup(options: Options, file: Path | None) -> None:
    """Back up the database, even while tuireader runs.

    Copies it to FILE, or to a file with today's date beside it, and prints the name of the copy.

    \b
    Examples:
      tuireader db backup
      tuireader db backup news-of-today.db
    """
    from rich.filesize import decimal

    from tuireader.store.upkeep import maintenance

    path = _database(options)
    target = file or path.with_name(f"{path.stem}-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    size = maintenance.backup(path, target)
    if not files.is_stream(target):
        print(target)
    say(f"copied {decimal(size)}")


@db.command()
@click.option("--yes", is_flag=True, help="Replace the damaged database, which is kept under another name.")
@click.pass_obj
def repair(options: Options, yes: bool) -> None:
    """Save what can be read of a damaged database to a new file.

    The damaged file is never written to. With --yes it is renamed to end in .damaged, and the new file takes
    its place.

    \b
    Example:
      tuireader db repair
    """
    from tuireader.store.upkeep import maintenance
    from tuireader.store.upkeep.recovery import recover

    path = _database(options)
    findings = maintenance.check(path)
    broken = {finding.name for finding in findings if finding.problem}
    if not broken:
        say("there is nothing to repair")
        return
    _print(path, findings)
    if broken == {"search"}:
        _reindex(path)
        return
    new = maintenance.free_name(path, "repaired")
    kept = recover(path, new)
    for table in ("feed", "article", "content", "match"):
        print(f"saved  {table}: {kept[table]:,}")
    if not yes:
        say(f"the repaired database is {new} (`tuireader db repair --yes` puts one in place)")
        return
    damaged = maintenance.replace(path, new)
    say(f"repaired {path}; the damaged one is kept as {damaged}")


@db.command()
@click.pass_obj
def reindex(options: Options) -> None:
    """Rebuild the search index.

    \b
    Example:
      tuireader db reindex
    """
    _reindex(_database(options))


def _reindex(path: Path) -> None:
    from tuireader.store.upkeep import maintenance

    say(f"indexed {counted(maintenance.reindex(path), 'article')}")


def _database(options: Options) -> Path:
    config, _ = options.config()
    return options.places(config).database


def _print(path: Path, findings: list[Finding]) -> None:
    for finding in findings:
        name = f"file {path}" if finding.name == "file" else finding.name
        print(f"BAD  {name}: {finding.problem}" if finding.problem else f"ok   {name}: {finding.said}")
