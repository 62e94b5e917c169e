"""The program as a command: its options, its subcommands, exit codes of usage errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from tuireader import __version__
from tuireader.cli.base import COMPLETE, Commands, Options, say
from tuireader.config import paths
from tuireader.errors import Exit, UsageError
from tuireader.startup.tui import guarded, read, require_config


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code."""
    return guarded(lambda: _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    try:
        result = _invoke(list(arguments))
        sys.stdout.flush()  # flush here, where a closed pipe is not an error
        return result
    except click.exceptions.Abort:
        return Exit.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        say(f"tuireader: {_with_hint(error)}")
        return Exit.USAGE
    except click.exceptions.Exit as leave:
        return leave.exit_code


def _with_hint(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None or "\n" in message:
        return message
    return f"{message} (`{context.command_path} --help` says more)"


def _invoke(arguments: list[str]) -> int:
    """Run `main`; when the reader of a pipe is gone, do not exit with 1 as click does."""
    asked = os.environ.get(COMPLETE)
    if asked:
        from tuireader.cli.completion import complete

        return complete(main, asked)
    with main.make_context("tuireader", arguments) as context:
        return int(main.invoke(context) or Exit.OK)


_MODULES = {
    "articles.articles": ("count", "list_", "search", "show"),
    "articles.brief": ("brief",),
    "articles.digest": ("digest",),
    "articles.marks": ("label", "read", "star", "undo", "unread"),
    "articles.match": ("match",),
    "articles.matches": ("matches",),
    "articles.publish": ("publish",),
    "articles.pages": ("comments", "fulltext", "pipe", "save", "share"),
    "articles.watches": ("watch",),
    "channel": ("channel",),
    "completion": ("completion",),
    "database": ("db", "purge"),
    "exchange": ("export", "import_"),
    "feeds.accounts": ("account", "sync"),
    "feeds.adding": ("add",),
    "feeds.alarms": ("alarms",),
    "feeds.downloads": ("download",),
    "feeds.feeds": ("feeds", "remove", "stats"),
    "feeds.refresh": ("refresh",),
    "manual": ("man",),
    "mcp.server": ("mcp",),
    "newsboat": ("print_unread", "reload"),
    "outbox": ("outbox",),
    "program": ("config_", "keys", "paths_"),
    "rule": ("rule",),
    "serve": ("serve",),
    "service": ("service",),
}
"""Functions of commands by module; `list_` is the command `list`."""
_COMMANDS = {
    name.strip("_").replace("_", "-"): f"{module}.{name}"
    for module, names in _MODULES.items()
    for name in names
}


@click.group(
    cls=Commands,
    places=_COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option("--database", type=click.Path(path_type=Path), help="Use this database file.")
@click.option("--demo", is_flag=True, help="Open the bundled sample feeds, offline, in a separate database.")
@click.option("--fresh", is_flag=True, help="With --demo: start over.")
@click.option(
    "-x",
    "--execute",
    multiple=True,
    metavar="COMMAND",
    help="newsboat-compatible: `reload` fetches all feeds silently, `print-unread` prints a number.",
)
@click.option("-e", "--export-to-opml", "export", is_flag=True, help="Print OPML (newsboat-compatible).")
@click.option(
    "-i",
    "--import-from-opml",
    "source",
    metavar="FILE",
    default="",
    help="Import OPML (newsboat-compatible).",
)
@click.option("-q", "--quiet", is_flag=True, help="Do nothing (newsboat-compatible).")
@click.version_option(__version__, prog_name="tuireader", message="%(prog)s %(version)s")
@click.pass_context
def main(
    context: click.Context,
    config_file: Path | None,
    database: Path | None,
    demo: bool,
    fresh: bool,
    execute: tuple[str, ...],
    export: bool,
    source: str,
    quiet: bool,
) -> int:
    """Follow the tech news that matters to you in a terminal. Without a command, the reader opens.

    \b
    Examples:
      tuireader --demo
      tuireader add https://example.org/
      tuireader refresh && tuireader list is:unread
      tuireader -x reload print-unread
    """
    where = paths(os.environ, config=config_file, database=database)
    if fresh and (not demo or database is not None):
        raise UsageError("--fresh only works with --demo", "it never deletes your own database")
    if demo and database is None:
        where = replace(where, database=where.database.with_name("demo.db"))
    context.obj = Options(where, demo, fresh)
    if fresh:
        for end in ("", "-journal", "-wal", "-shm"):
            Path(f"{where.database}{end}").unlink(missing_ok=True)
    if context.invoked_subcommand not in {"account", "add", "import"} and not source:
        require_config(config_file)
    if execute or export or source:
        from tuireader.cli import newsboat

        context.obj.earlier = newsboat.run(context.obj, execute, export, source)
        return int(context.obj.earlier)
    if context.invoked_subcommand is None:
        return read(context.obj)
    return Exit.OK
