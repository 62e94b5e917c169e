"""The options of newsboat that scripts and cron use: `-x reload`, `-x print-unread`, `-e`, `-i`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, in_library, say
from tuireader.cli.refresh import exit_code
from tuireader.errors import Exit, UsageError
from tuireader.model import RefreshDone, Told
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library


def run(options: Options, execute: Sequence[str], export: bool, source: str) -> int:
    """Run newsboat's options; return the worst exit code."""
    for name in execute:
        if name not in _COMMANDS:
            raise UsageError(f"unknown command for -x: {name!r}", f"use {' or '.join(_COMMANDS)}")
    codes = [_COMMANDS[name](options) for name in execute]
    if source:
        codes.append(_import(options, source))
    if export:
        codes.append(_export(options))
    return max(codes, default=Exit.OK)


def _reload(options: Options) -> int:
    """Fetch all feeds silently, for cron; the exit code reports failures."""

    async def job(library: Library) -> int:
        done, untold = RefreshDone(0, 0, 0, 0, 0.0), False
        async with aclosing(library.refresh.run()) as events:
            async for event in events:
                if isinstance(event, RefreshDone):
                    done = event
                elif isinstance(event, Told):
                    untold = untold or bool(event.troubles)
                    for trouble in event.troubles:
                        say(f"tuireader: {trouble}")
        async for _ in library.watches.apply():
            pass
        return exit_code(done, untold=untold)

    return in_library(options, job)


def _print_unread(options: Options) -> int:
    async def job(library: Library) -> int:
        counts = await library.lists.counts()
        print(f"{counts.unread.unread} unread articles")  # to the letter: scripts cut it
        return Exit.OK

    return in_library(options, job)


def _export(options: Options) -> int:
    opml = in_library(options, lambda library: library.exchange.export_opml())
    click.echo(opml.encode("utf-8", "replace"), nl=False)
    return Exit.OK


def _import(options: Options, source: str) -> int:
    async def job(library: Library) -> int:
        done = await library.exchange.import_file(Path(source))
        for line in done.skipped:
            say(f"tuireader: skipped {line}")
        say(counted(done.new, "new feed"))
        return Exit.OK

    return in_library(options, job)


_COMMANDS: Mapping[str, Callable[[Options], int]] = {"reload": _reload, "print-unread": _print_unread}


def _hidden(name: str) -> click.Command:
    """Return a hidden command, so that several can follow one `-x`, as newsboat takes them."""

    @click.command(name, hidden=True)
    @click.argument("more", nargs=-1)
    @click.pass_obj
    def further(options: Options, more: tuple[str, ...]) -> int:
        return max(options.earlier, run(options, (name, *more), export=False, source=""))

    return further


HIDDEN = [_hidden(name) for name in _COMMANDS]
