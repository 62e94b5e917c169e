"""The options of newsboat that scripts and cron use: `-x reload`, `-x print-unread`, `-e`, `-i`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, in_library
from tuireader.cli.exchange import import_from
from tuireader.cli.refresh import follow
from tuireader.errors import Exit, UsageError

if TYPE_CHECKING:
    from tuireader.library import Library


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
    """Fetch all feeds silently, for cron; the exit code reports failures."""
    return await follow(library, library.refresh.run(), as_json=False, quiet=True)


async def _print_unread(library: Library) -> int:
    counts = await library.lists.counts()
    print(f"{counts.unread.unread} unread articles")  # to the letter: scripts cut it
    return Exit.OK


async def _export(library: Library) -> None:
    for piece in await library.exchange.export("opml"):
        click.echo(piece.encode("utf-8", "replace"), nl=False)


_COMMANDS = {"reload": _reload, "print-unread": _print_unread}


def _hidden(name: str) -> click.Command:
    """Return a hidden command, so that several can follow one `-x`, as newsboat takes them."""

    @click.command(name, hidden=True)
    @click.argument("more", nargs=-1)
    @click.pass_obj
    def further(options: Options, more: tuple[str, ...]) -> int:
        return max(options.earlier, run(options, (name, *more), export=False, source=""))

    return further


HIDDEN = [_hidden(name) for name in _COMMANDS]
