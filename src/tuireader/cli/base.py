"""What all commands share: the options before them, the library they work on, how faults are told."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tuireader import __version__
from tuireader.config import config_exists, paths
from tuireader.errors import ConfigError, Exit, UsageError
from tuireader.startup.tui import NO_SUCH_FILE, Options, guarded, read, say

if TYPE_CHECKING:
    from tuireader.library import Library

__all__ = ["ARTICLE", "COMPLETE", "Options", "in_library", "main", "run", "say"]

T = TypeVar("T")
COMPLETE = "_TUIREADER_COMPLETE"
"""The variable by which a shell asks for completion."""


class _ArticleNumber(click.types.IntParamType):
    """The number of an article. What no database can hold is the number of none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = int(super().convert(value, param, ctx))
        if not 0 < number < 1 << 63:
            self.fail(f"there is no article {number}", param, ctx)
        return number


ARTICLE = _ArticleNumber()


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    return guarded(lambda: _run(arguments))


def _run(arguments: Sequence[str]) -> int:
    try:
        result = _invoke(list(arguments))
        sys.stdout.flush()  # here, where a reader that has gone is no fault
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
    """What is wrong with the command line, and where it is told how it should be."""
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None or "\n" in message:
        return message
    return f"{message} (`{context.command_path} --help` says more)"


def _invoke(arguments: list[str]) -> int:
    """What `main.main` does, but for its exit code 1 when the reader of a pipe has seen enough."""
    asked = os.environ.get(COMPLETE)
    if asked:
        from click.shell_completion import shell_complete

        return shell_complete(main, {}, "tuireader", COMPLETE, asked)
    with main.make_context("tuireader", arguments) as context:
        return int(main.invoke(context) or Exit.OK)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option("--database", type=click.Path(path_type=Path), help="Use this database file.")
@click.option(
    "--demo", is_flag=True, help="Open the bundled sample feeds, offline, in a database of their own."
)
@click.option("--fresh", is_flag=True, help="With --demo: start over.")
@click.option(
    "-x",
    "--execute",
    multiple=True,
    metavar="COMMAND",
    help="As newsboat has it: reload fetches all feeds silently, print-unread prints a number.",
)
@click.option("-e", "--export-to-opml", "export", is_flag=True, help="As newsboat has it: print OPML.")
@click.option(
    "-i", "--import-from-opml", "source", metavar="FILE", default="", help="As newsboat has it: import OPML."
)
@click.option(
    "-q",
    "--quiet",
    is_flag=True,
    help="As newsboat has it: accepted; nothing is printed at the start anyway.",
)
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
        raise UsageError("--fresh goes with --demo alone", "it never touches a database of your own")
    if demo and database is None:
        where = replace(where, database=where.database.with_name("demo.db"))
    context.obj = Options(where, demo, fresh)
    if fresh:
        for name in (
            where.database,
            *(Path(f"{where.database}{end}") for end in ("-journal", "-wal", "-shm")),
        ):
            name.unlink(missing_ok=True)
    if (
        config_file is not None
        and context.invoked_subcommand not in {"add", "import"}
        and not config_exists(config_file)
        and not source
    ):
        raise ConfigError(f"there is no configuration file {config_file}", NO_SUCH_FILE)
    if execute or export or source:
        from tuireader.cli import newsboat_options

        context.obj.earlier = newsboat_options.run(context.obj, execute, export, source)
        return int(context.obj.earlier)
    if context.invoked_subcommand is None:
        return read(context.obj)
    return Exit.OK


def in_library(options: Options, job: Callable[[Library], Awaitable[T]]) -> T:
    """Open the library, tell the problems of the configuration, do the job, close."""

    async def whole() -> T:
        async with options.library() as library:
            for problem in library.settings.problems:
                say(f"tuireader: {problem}")
            return await job(library)

    return asyncio.run(whole())
