"""Print new matches of watches as they arrive, for pipes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command
from tuireader.cli.completion import complete_watches
from tuireader.cli.output import json_option, print_json

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.model import Evidence

_PAUSE = 0.5
"""Seconds between two looks at whether somebody has written to the database."""


@click.command()
@click.argument("name", nargs=-1, shell_complete=complete_watches)
@json_option
@library_command
async def follow(library: Library, name: tuple[str, ...], as_json: bool) -> None:
    """Print new matches of watches as they arrive.

    Runs until interrupted. NAME is a watch; without it, all watches. Fetches nothing: the articles come from
    the reader, cron or another `tuireader refresh`. Muted articles are left out.

    \b
    Examples:
      tuireader watch follow
      tuireader watch follow --json WeChat >> matches.jsonl
    """
    wanted = {library.watches.named(one).name for one in name}
    _, last = await library.watches.matches_after(None)
    while True:
        await asyncio.sleep(_PAUSE)
        if not await library.database.changed_elsewhere():
            continue
        found, last = await library.watches.matches_after(last)
        for article_id, evidence in found:
            if not wanted or evidence.watch in wanted:
                await print_match(library, article_id, evidence, as_json=as_json)


async def print_match(library: Library, article_id: int, evidence: Evidence, *, as_json: bool) -> None:
    """Print a match at once, as JSON or in columns: watch, title, feed, address."""
    for row in await library.lists.rows([article_id]):
        feed = library.feeds.title(row.feed_id)
        if not as_json:
            print("\t".join((evidence.watch, row.title, feed, row.url)), flush=True)
            continue
        terms = list(dict.fromkeys(hit.term for hit in evidence.hits))
        known = {"id": row.id, "title": row.title, "url": row.url, "feed": feed, "time": row.time}
        print_json("Match", evidence, flush=True, terms=terms, **known)
