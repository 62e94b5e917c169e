"""Coverage of feeds and watches: since when they were seen, and what was missed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, moment, say
from tuireader.cli.completion import complete_watches
from tuireader.cli.expression import no_feeds
from tuireader.cli.output import json_option, print_json
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.wording.coverage import missed, period, result, summary, watch_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuireader.library import Library
    from tuireader.model import Coverage, WatchCoverage


async def list_gaps(library: Library, as_json: bool) -> None:
    """Print the coverage of each feed with its gaps, and that of all feeds together."""
    found = await library.coverage.of_feeds()
    if not found:
        say(f"tuireader: {no_feeds(library)}")
    if as_json:
        for one in found:
            print_json("FeedCoverage", one, url=without_password(one.feed.address))
        return
    now = int(time.time())
    for one in found:
        print(
            "\t".join(
                (str(one.feed.id), summary(one, now), one.feed.title, without_password(one.feed.address))
            )
        )
        for gap in one.gaps:
            print(f"\t{period(gap)}\t{result(gap)}")
    if found:
        gaps = sum(len(one.open) for one in found)
        whole = sum(one.complete for one in found)
        lost = f"; {missed(gaps, sum(one.unseen for one in found))}" if gaps else ""
        say(f"{counted(len(found), 'feed')}, {whole:,} complete{lost}")


@click.command()
@click.argument("name", shell_complete=complete_watches)
@click.option("--since", metavar="WHEN", help="Period since a day (2026-11-03), or the last time (7d).")
@click.option("--until", metavar="WHEN", help="Period up to a day, included, or a time ago.")
@json_option
@library_command
async def coverage(library: Library, name: str, since: str | None, until: str | None, as_json: bool) -> None:
    """Show for which time the feeds of a watch were seen without a gap.

    A gap is a time of which articles came and went between two visits to a feed. Feeds that were seen
    without a gap are only counted.

    \b
    Examples:
      tuireader watch coverage WeChat
      tuireader watch coverage WeChat --since 2026-11-01 --until 2026-11-30
      tuireader watch coverage WeChat --json
    """
    start = None if since is None else moment("--since", since)
    end = None if until is None else moment("--until", until, end=True)
    found = await library.coverage.of_watch(name, start, end)
    if as_json:
        print_json("WatchCoverage", found, feeds=encoded_feeds(found))
        return
    now = int(time.time())
    print(f"{found.watch}: {watch_summary(found, now)}")
    _print_feeds(found.feeds, start, now)


def encoded_feeds(found: WatchCoverage) -> list[dict[str, object]]:
    """Return the JSON objects of the feeds of a watch."""
    from tuireader.cli.shapes import shapes

    return [shapes.FeedCoverage.encode(one, url=without_password(one.feed.address)) for one in found.feeds]


def _print_feeds(feeds: Sequence[Coverage], start: int | None, now: int) -> None:
    """Print feeds with gaps or a later start than asked for, and the number of the others."""
    whole = [one for one in feeds if one.complete and (start is None or one.since == start)]
    for one in feeds:
        if one in whole:
            continue
        print(f"  {one.feed.title}: {summary(one, now)}")
        for gap in one.open:
            print(f"    {period(gap)}: {result(gap)}")
    if whole:
        print(f"  {counted(len(whole), 'feed')} without a gap")
