"""Import and export feeds, searches and marks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader import files
from tuireader.cli.base import Commands, library_command, say
from tuireader.cli.output import format_option, json_option, print_json
from tuireader.errors import TuireaderError
from tuireader.text import without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.exchange import Imported


class _Sources(Commands):
    """A group whose command `file` is the default."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.list_commands(ctx) and args[0] not in ("-h", "--help"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=_Sources, places={"newsboat": "newsboat.import_newsboat"})
def import_() -> None:
    """Import feeds from files, web pages or a newsboat profile.

    `tuireader import SOURCE` is short for `tuireader import file SOURCE`.

    \b
    Examples:
      tuireader import feeds.opml
      tuireader import newsboat --dry-run
    """


@import_.command("file")
@click.argument("source")
@click.option(
    "--accept",
    type=click.Choice(["programs"]),
    multiple=True,
    help="Also import feeds that run programs: check them first.",
)
@json_option
@library_command
async def import_file(library: Library, source: str, accept: tuple[str, ...], as_json: bool) -> None:
    """Import feeds, or a read state, from a file, standard input (-) or a web page.

    A file is OPML, what `tuireader export` writes, or a list of addresses, one a line; tags after an address,
    as in newsboat, are its folder and labels. Of a web page, the feeds that it names are imported.

    \b
    Examples:
      tuireader import feeds.opml
      tuireader import https://example.org/
      printf 'https://example.org/feed.xml tech\\n' | tuireader import -
      tuireader import read-state.json
    """
    done = await import_from(library, source, programs="programs" in accept)
    if as_json:
        print_json("Import", done)


async def import_from(library: Library, source: str, *, programs: bool = False) -> Imported:
    """Import a file, standard input or a web page, and report what is new."""
    if source in ("-", "/dev/stdin"):
        done = await library.exchange.import_data(
            sys.stdin.buffer.read(), "standard input", programs=programs
        )
    elif source.startswith(("http://", "https://")):
        done = await library.exchange.import_page(source)
    else:
        done = await library.exchange.import_file(Path(source), programs=programs)
    for line in done.skipped:
        say(f"tuireader: skipped {line}")
    if done.marked or done.noted:
        say(f"{counted(done.marked, 'article')} marked, {done.noted} noted for when they arrive")
    else:
        views = ", " + counted(done.views, "new view") if done.views else ""
        rules = ", " + counted(done.rules, "new rule") if done.rules else ""
        say(counted(done.new, "new feed") + views + rules)
    return done


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@format_option(
    ("opml", "json", "newsboat", "state"), "OPML, JSON, a newsboat `urls` file, or the read state as JSON."
)
@library_command
async def export(library: Library, file: Path | None, form: str) -> None:
    """Export subscriptions, or read, starred and labelled articles.

    Writes to FILE or to stdout. `tuireader import` reads all formats; import subscriptions before the read
    state. Passwords and headers of feeds are not exported.

    \b
    Examples:
      tuireader export feeds.opml
      tuireader export --json | python3 -m json.tool
      tuireader export --format newsboat urls
      tuireader export --format state read-state.json
    """
    for feed in library.exchange.left_out(form):
        name = feed.title or without_password(feed.url)
        say(f"tuireader: left out {name}: only tuireader can fetch it; --json keeps it")
    pieces = await library.exchange.export(form)
    encoded = (piece.encode("utf-8", "replace") for piece in pieces)
    if file is None or str(file) == "-":
        for piece in encoded:
            click.echo(piece, nl=False)
        return
    with TuireaderError.from_os(f"{file} cannot be written", "check the path"):
        files.write(file, encoded)
