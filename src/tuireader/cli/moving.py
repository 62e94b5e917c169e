"""Moving in and out: feeds, searches, articles and marks, to and from files of this and of other readers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader import files
from tuireader.cli.base import Options, in_library, main, say
from tuireader.cli.output import json_option, print_json
from tuireader.errors import Exit, TuireaderError
from tuireader.wording import counted

if TYPE_CHECKING:
    from tuireader.cli import shapes
    from tuireader.library import Library
    from tuireader.library.exchange import Imported
    from tuireader.library.moving import Comparison, Moved


class _Sources(click.Group):
    """A group whose command `file` need not be named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


@main.group("import", cls=_Sources)
def import_() -> None:
    """Take in feeds from files and web pages, or all of a newsboat.

    `tuireader import SOURCE` is short for `tuireader import file SOURCE`.

    \b
    Examples:
      tuireader import feeds.opml
      tuireader import newsboat --dry-run
    """


@import_.command("file")
@click.argument("source")
@json_option
@click.pass_obj
def import_file(options: Options, source: str, as_json: bool) -> int:
    """Subscribe to the feeds of a file, of standard input (-) or of a web page, or take in a read state.

    A file is OPML, what `tuireader export` writes, or a list of addresses, one a line; tags behind an
    address, as newsboat has them, are its folder and labels. A web page gives the feeds that it names.

    \b
    Examples:
      tuireader import feeds.opml
      tuireader import https://example.org/
      printf 'https://example.org/feed.xml tech\\n' | tuireader import -
      tuireader import read-state.json
    """

    async def job(library: Library) -> int:
        if source == "-":
            done = await library.import_data(sys.stdin.buffer.read(), "standard input")
        elif source.startswith(("http://", "https://")):
            done = await library.import_page(source)
        else:
            done = await library.import_file(Path(source))
        _tell_import(done)
        if as_json:
            shape: shapes.Import = {
                "feeds": done.feeds,
                "new": done.new,
                "views": done.views,
                "marked": done.marked,
                "noted": done.noted,
                "skipped": list(done.skipped),
            }
            print_json(shape)
        return Exit.OK

    return in_library(options, job)


def _tell_import(done: Imported) -> None:
    for line in done.skipped:
        say(f"tuireader: skipped {line}")
    if done.marked or done.noted:
        say(f"{counted(done.marked, 'article')} marked, {done.noted} noted for when they come")
    else:
        views = ", " + counted(done.views, "new view") if done.views else ""
        say(counted(done.new, "new feed") + views)


@import_.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--compare", is_flag=True, help="Only count both sides and name what differs.")
@click.option("--quiet", "-q", is_flag=True, help="Do not name the lines that do not move over.")
@json_option
@click.pass_obj
def newsboat(
    options: Options, folder: Path | None, dry_run: bool, compare: bool, quiet: bool, as_json: bool
) -> int:
    """Take over a newsboat: feeds with tags, searches, settings, keys, articles, what is read and flagged.

    FOLDER has newsboat's `urls`, `config` and `cache.db`; without it they are looked for where newsboat has
    them. Nothing of newsboat is changed, and nothing that you have here is lost: what is there already stays
    as it is. Done twice it is the same as done once. Each line that does not move over is named. With
    --compare the exit code is 1 when the two sides differ.

    \b
    Examples:
      tuireader import newsboat --dry-run
      tuireader import newsboat ~/.newsboat
      tuireader import newsboat --compare
    """
    from tuireader.moving.profile import places

    found = places(os.environ, folder)

    async def job(library: Library) -> int:
        if compare:
            return _print_comparison(await library.compare_newsboat(found), as_json)
        moved = await library.import_newsboat(
            found, dry_run=dry_run, progress=_progress if sys.stderr.isatty() else None
        )
        _print_moved(moved, dry_run, quiet, as_json)
        return Exit.OK

    return in_library(options, job)


def _progress(done: int, total: int) -> None:
    end = "\r\x1b[K" if done == total else ""
    print(f"\r\x1b[K{done}/{total} feeds{end}", end="", file=sys.stderr, flush=True)


def _print_moved(moved: Moved, dry_run: bool, quiet: bool, as_json: bool) -> None:
    if not quiet:
        for remark in moved.remarks:
            say(f"tuireader: {remark}")
        for line in moved.kept:
            say(f"tuireader: {line}")
    if as_json:
        shape: shapes.NewsboatImport = {
            "dry_run": dry_run,
            "feeds": moved.feeds,
            "articles": moved.articles,
            "new": moved.new,
            "read": moved.read,
            "starred": moved.starred,
            "deleted": moved.deleted,
            "marked": moved.marked,
            "others": moved.others,
            "added": moved.added,
            "kept": list(moved.kept),
            "not_moved": [
                {"file": one.file, "line": one.line, "text": one.text, "reason": one.reason}
                for one in moved.remarks
            ],
        }
        print_json(shape)
        return
    new = "would be new" if dry_run else "new"
    print(f"feeds\t{moved.feeds}\t{moved.added.get('feeds', 0)} {new}")
    print(f"articles\t{moved.articles}\t{moved.new} {new}")
    print(f"read\t{moved.read}")
    print(f"starred\t{moved.starred}")
    for what, label in (("view", "views"), ("watch", "watches"), ("mute", "mutes"), ("macro", "macros")):
        print(f"{label}\t{moved.added.get(what, 0)} {new}")
    settings = sum(moved.added.get(table, 0) for table in ("fetch", "ui", "notify", "save", "keys"))
    print(f"settings\t{settings} {new}")
    print(f"lines that do not move over\t{len(moved.remarks)}")
    if moved.others:
        others = counted(moved.others, "article is", "articles are")
        say(f"{others} of feeds that are left out, or that newsboat follows no more")


def _print_comparison(found: Comparison, as_json: bool) -> int:
    if as_json:
        shape: shapes.NewsboatComparison = {
            "equal": found.equal,
            "sides": [{"what": one.what, "there": one.there, "here": one.here} for one in found.sides],
            "differences": list(found.differences),
            "more": found.more,
        }
        print_json(shape)
    else:
        print("what\tnewsboat\ttuireader")
        for one in found.sides:
            print(f"{one.what}\t{one.there}\t{one.here}")
        for line in found.differences:
            say(f"tuireader: {line}")
        if found.more:
            say(f"tuireader: and {found.more} more")
        say("both sides are equal" if found.equal else "the two sides differ")
    return Exit.OK if found.equal else Exit.FAILURE


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["opml", "json", "newsboat", "state"]),
    default="opml",
    show_default=True,
    help="OPML, JSON, a newsboat `urls` file, or what is read, starred and labelled as JSON.",
)
@click.option("--json", "form", flag_value="json", help="Short for --format json.")
@click.pass_obj
def export(options: Options, file: Path | None, form: str) -> int:
    """Write the subscriptions, or what is read, starred and labelled, to FILE or to stdout.

    `tuireader import` reads all of them again, the read state once its feeds are subscribed to. Passwords
    and headers of feeds stay in the configuration.

    \b
    Examples:
      tuireader export feeds.opml
      tuireader export --json | python3 -m json.tool
      tuireader export --format newsboat urls
      tuireader export --format state read-state.json
    """

    async def job(library: Library) -> int:
        pieces = await library.export(form)
        encoded = (piece.encode("utf-8", "replace") for piece in pieces)
        if file is None or str(file) == "-":
            for piece in encoded:
                click.echo(piece, nl=False)
            return Exit.OK
        try:
            files.write(file, encoded)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise TuireaderError(f"{file} cannot be written: {error.strerror}", "check the path") from None
        return Exit.OK

    return in_library(options, job)
