"""newsboat: import its profile, and the options of its command line that scripts and cron use."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from tuireader.cli.base import Options, in_library, say
from tuireader.cli.exchange import import_from
from tuireader.cli.feeds.refresh import follow
from tuireader.cli.output import feeds_progress, json_option, print_json
from tuireader.errors import Exit, UsageError
from tuireader.newsboat.outcomes import ASKED, Consent, Fate, Outcome, reported, tallies, told
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.newsboat.profile import Comparison, Moved

_LABELS = {"view": "views", "watch": "watches", "mute": "mutes", "macro": "macros", "account": "accounts"}
_SETTINGS = ("fetch", "ui", "notify", "save", "keys")


def _consents(context: click.Context, param: click.Parameter, given: Sequence[str]) -> set[Consent]:
    """Parse `--accept programs,proxy`."""
    names = [name.strip() for value in given for name in value.split(",") if name.strip()]
    for name in names:
        if name not in list(Consent):
            raise click.BadParameter(f"{name!r} is none of {', '.join(Consent)}", context, param)
    return set(map(Consent, names))


def _complete_consents(context: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    given, comma, last = typed.rpartition(",")
    names = [name for name in Consent if name not in given.split(",") and name.startswith(last)]
    return [CompletionItem(f"{given}{comma}{name}", help=ASKED[name]) for name in names]


@click.command("newsboat")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Only report what would change.")
@click.option("--compare", is_flag=True, help="Only compare, and list the differences.")
@click.option(
    "--accept",
    multiple=True,
    callback=_consents,
    shell_complete=_complete_consents,
    metavar="GROUPS",
    help="Also import `programs`, `proxy` or `folders`; separate several by commas.",
)
@click.option(
    "--unfold", is_flag=True, help="List each report of a story in a row of its own, as newsboat does."
)
@click.option("--quiet", "-q", is_flag=True, help="Do not list the lines that change or are dropped.")
@json_option
@click.pass_obj
def import_newsboat(
    options: Options,
    folder: Path | None,
    dry_run: bool,
    compare: bool,
    accept: set[Consent],
    unfold: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Import a newsboat profile: feeds, searches, settings, keys and articles.

    FOLDER has newsboat's `urls`, `config` and `cache.db`; by default newsboat's own folders are searched.
    Tags, read articles and flags are imported, too. newsboat's files are never changed, nothing that you have
    here is lost, and importing twice is the same as importing once. Lines that change or are dropped are
    listed, losses first.

    Lines that start programs, set a proxy or choose folders for files need your consent; without a terminal
    they are left out unless --accept names them. With --compare the exit code is 1 when feeds, searches,
    articles or marks differ.

    \b
    Examples:
      tuireader import newsboat --dry-run
      tuireader import newsboat ~/.newsboat
      tuireader import newsboat --accept programs,folders --unfold
      tuireader import newsboat --compare
    """
    from tuireader.newsboat.profile import places

    sources = places(os.environ, folder)
    if not (compare or dry_run or as_json) and sys.stdin.isatty() and sys.stderr.isatty():
        from tuireader.library.newsboat import files as newsboat_files

        asked = newsboat_files.asks(sources, newsboat_files.text_of(options.paths.config))
        accept |= {consent for consent in asked if consent not in accept and _ask(consent, asked)}

    async def job(library: Library) -> int:
        if compare:
            return _print_comparison(await library.newsboat.compare(sources), as_json)
        moved = await library.newsboat.import_profile(
            sources, accept=accept, dry_run=dry_run, unfold=unfold, progress=feeds_progress
        )
        _print_moved(moved, dry_run, quiet, as_json)
        if moved.trouble:
            say(f"tuireader: not all articles were imported: {moved.trouble}")
        return Exit.FAILURE if moved.trouble else Exit.OK

    return in_library(options, job)


def _ask(consent: Consent, asked: Mapping[Consent, Sequence[Outcome]]) -> bool:
    """Show the lines of a group and ask whether to import them; Enter means no."""
    say(f"This profile {ASKED[consent]}:")
    for outcome in asked[consent]:
        say(f"  {outcome.file}:{outcome.line}: {outcome.text}")
    return click.confirm("Import this?", default=False, err=True)


def _print_moved(moved: Moved, dry_run: bool, quiet: bool, as_json: bool) -> None:
    lines = tallies(moved.outcomes)
    if not quiet:
        for heading, outcomes in reported(moved.outcomes):
            say(f"{heading} ({len(outcomes)})")
            for line in told(outcomes):
                say(f"  {line}")
        for reason in moved.kept:
            say(f"tuireader: {reason}")
        if moved.folded:
            say("Lists fold the reports of a story into one row; --unfold lists each, as newsboat does")
    if as_json:
        left = [outcome for outcome in moved.outcomes if outcome.fate is not Fate.MOVED]
        print_json("NewsboatImport", moved, dry_run=dry_run, files=lines, not_moved=left)
        return
    new = "would be new" if dry_run else "new"
    print(f"feeds\t{moved.feeds}\t{moved.added.get('feeds', 0)} {new}")
    print(f"articles\t{moved.articles}\t{moved.new} {new}")
    print(f"read\t{moved.read}")
    print(f"starred\t{moved.starred}")
    for what, label in _LABELS.items():
        print(f"{label}\t{moved.added.get(what, 0)} {new}")
    print(f"settings\t{sum(moved.added.get(table, 0) for table in _SETTINGS)} {new}")
    for file in lines:
        fates = f"{file.moved} moved\t{file.changed} changed\t{file.dropped} dropped"
        print(f"lines of {file.file}\t{file.total}\t{fates}")
    if moved.others:
        others = counted(moved.others, "article is", "articles are")
        say(f"{others} not imported: their feeds are left out, or urls no longer lists them")
    if moved.too_large:
        say(f"{counted(moved.too_large, 'article is', 'articles are')} not imported: over 10 MB each")


def _print_comparison(comparison: Comparison, as_json: bool) -> int:
    asked = [outcome for lines in comparison.asked.values() for outcome in lines]
    if as_json:
        print_json("NewsboatComparison", comparison, asked=asked)
        return Exit.OK if comparison.equal else Exit.FAILURE
    print("what\tnewsboat\ttuireader")
    for side in comparison.sides:
        print(f"{side.what}\t{side.there}\t{side.here}")
    more = [f"and {comparison.more:,} more"] if comparison.more else []
    sections = [("Left out", comparison.left_out), ("Different", [*comparison.differences, *more])]
    for heading, lines in (*sections, *((heading, told(lines)) for heading, lines in reported(asked))):
        if lines:
            say(f"{heading} ({len(lines)})")
        for line in lines:
            say(f"  {line}")
    same = "feeds, searches, articles and marks are the same on both sides"
    say(same if comparison.equal else "the two sides differ")
    return Exit.OK if comparison.equal else Exit.FAILURE


def run(options: Options, execute: Sequence[str], export: bool, source: str) -> int:
    """Run newsboat's options; return the worst exit code."""
    for name in execute:
        if name not in _COMMANDS:
            raise UsageError(f"unknown command for -x: {name!r}", f"use {' or '.join(_COMMANDS)}")
    codes = [in_library(options, _COMMANDS[name]) for name in execute]
    if source:
        in_library(options, lambda library: import_from(library, source))
    if export:
        in_library(options, _export)
    return max(codes, default=Exit.OK)


async def _reload(library: Library) -> int:
    return await follow(library, library.refresh.run(), as_json=False, quiet=True)


async def _print_unread(library: Library) -> int:
    counts = await library.lists.counts()
    print(f"{counts.unread.unread} unread articles")  # scripts parse this exact wording
    return Exit.OK


async def _export(library: Library) -> None:
    for piece in await library.exchange.export("opml"):
        click.echo(piece.encode("utf-8", "replace"), nl=False)


_COMMANDS = {"reload": _reload, "print-unread": _print_unread}


def _hidden(name: str) -> click.Command:
    """Create a hidden command, so that several can follow one `-x`, as in newsboat."""

    @click.command(name, hidden=True)
    @click.argument("more", nargs=-1)
    @click.pass_obj
    def further(options: Options, more: tuple[str, ...]) -> int:
        return max(options.earlier, run(options, (name, *more), export=False, source=""))

    return further


reload, print_unread = (_hidden(name) for name in _COMMANDS)
