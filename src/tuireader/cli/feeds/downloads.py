"""`tuireader download`: fetch the files of articles, such as podcast episodes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.expression import ExpressionCommand, expression_argument, matching, no_articles
from tuireader.cli.output import json_option, print_json
from tuireader.errors import Exit, UsageError
from tuireader.model import Download, DownloadState
from tuireader.text import cut
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library

_BAR = 20
_MOST = 200


@click.command(cls=ExpressionCommand)
@expression_argument()
@click.option("--queued", is_flag=True, help="Only download what is in the queue.")
@click.option("--list", "listed", is_flag=True, help="Only list the queue.")
@json_option
@library_command
async def download(library: Library, expression: str, queued: bool, listed: bool, as_json: bool) -> int:
    """Download the files of articles, such as podcast episodes.

    Takes numbers of articles or an expression, and their sound and video files, or all files if there are
    neither. Continues files of which a part is there. `[download]` in the configuration says where to.

    \b
    Examples:
      tuireader download 12
      tuireader download has:audio feed:Podcast is:unread
      tuireader download --list
      tuireader download --queued
    """
    if listed:
        for file in await library.downloads.all():
            _print(file, as_json)
        return Exit.OK
    wanted: list[int] = []
    if not queued:
        if not expression:
            raise UsageError("say which articles", "such as `tuireader download has:audio is:unread`")
        ids = await _articles(library, expression)
        if not ids:
            say(f"tuireader: {await no_articles(library, expression)}")
            return Exit.OK
        if len(ids) > _MOST:
            raise UsageError(f"{counted(len(ids), 'article')} match", f"narrow it down to {_MOST}")
        added = await library.downloads.add(ids)
        if not added:
            say(f"tuireader: no files belong to {'it' if len(ids) == 1 else 'them'}")
            return Exit.OK
        wanted = [file.id for file in added]
    ended = await _follow(library, as_json)
    if wanted and not ended:  # all done, or another program downloads them
        for file in await library.downloads.all(wanted):
            ended[file.id] = file
            _print(file, as_json)
    failed = sum(file.state is DownloadState.FAILED for file in ended.values())
    return Exit.FAILURE if failed else Exit.OK


async def _articles(library: Library, expression: str) -> Sequence[int]:
    words = expression.split()
    if all(word.isascii() and word.isdigit() for word in words):
        numbers = [int(word) for word in words]
        known = {row.id for row in await library.lists.rows([id for id in numbers if id < 1 << 63])}
        for number in numbers:
            if number not in known:
                raise UsageError(f"there is no article {number}", "`tuireader list` shows the numbers")
        return numbers
    return await matching(library, expression)


async def _follow(library: Library, as_json: bool) -> dict[int, Download]:
    """Download waiting files and report progress; return the ended downloads by number."""
    ended: dict[int, Download] = {}
    running: dict[int, Download] = {}
    drawn = False
    async with aclosing(library.downloads.run()) as changes:
        async for file in changes:
            running[file.id] = file
            done = file.state not in (DownloadState.RUNNING, DownloadState.WAITING)
            if done:
                del running[file.id]
                ended[file.id] = file
            if sys.stderr.isatty():
                if drawn:
                    click.echo("\r\x1b[K", err=True, nl=False)
                if done:
                    _print(file, as_json)
                drawn = bool(running)
                if running:
                    width = shutil.get_terminal_size().columns - 1
                    click.echo(progress_line(list(running.values()), width), err=True, nl=False)
            elif done:
                _print(file, as_json)
    return ended


def progress_line(running: Sequence[Download], width: int) -> str:
    """One line on running downloads: a bar, sizes, and the titles."""
    received = sum(file.received for file in running)
    lengths = [file.length for file in running]
    total = sum(length for length in lengths if length is not None)
    share = min(1.0, received / total) if total and None not in lengths else None
    bar = "" if share is None else f"[{'#' * round(share * _BAR):<{_BAR}}] {share:4.0%} "
    of = f" of {total / 1e6:,.1f}" if share is not None else ""
    return cut(f"{bar}{received / 1e6:,.1f}{of} MB  {', '.join(file.title for file in running)}", width)


def _print(file: Download, as_json: bool) -> None:
    if as_json:
        print_json("Download", file, flush=True)
    elif file.state is DownloadState.DONE:
        print(file.path, flush=True)
    else:
        why = f": {file.error}" if file.error else ""
        say(f"tuireader: {file.state}: {file.title} ({file.url}){why}")
