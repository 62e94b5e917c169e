"""Coverage of feeds and watches: since when they were seen, and what was missed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, moment, say
from tuireader.cli.completion import complete_watches
from tuireader.cli.expression import no_feeds
from tuireader.cli.output import encoded, json_option, print_json
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.wording.coverage import missed, period, result, summary, watch_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tuireader.library import Library
    from tuireader.model import Coverage


async def list_gaps(library: Library, as_json: bool) -> None:
    """Print the coverage of each feed with its gaps, and that of all feeds together."""
    coverages = await library.coverage.of_feeds()
    if not coverages:
        say(f"tuireader: {no_feeds(library)}")
    if as_json:
        for feed_coverage in coverages:
            print_json("FeedCoverage", feed_coverage, url=without_password(feed_coverage.feed.address))
        return
    now = int(time.time())
    for feed_coverage in coverages:
        feed, state = feed_coverage.feed, summary(feed_coverage, now)
        print("\t".join((str(feed.id), state, feed.title, without_password(feed.address))))
        for gap in feed_coverage.gaps:
            print(f"\t{period(gap)}\t{result(gap)}")
    if coverages:
        gaps = sum(len(feed_coverage.open) for feed_coverage in coverages)
        complete = sum(feed_coverage.complete for feed_coverage in coverages)
        lost = f"; {missed(gaps, sum(feed_coverage.unseen for feed_coverage in coverages))}" if gaps else ""
        say(f"{counted(len(coverages), 'feed')}, {complete:,} complete{lost}")


@click.command()
@click.argument("name", shell_complete=complete_watches)
@click.option(
    "--since", metavar="WHEN", help="Period since a day (2026-11-03, monday), or the last time (7d)."
)
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
    seen = await library.coverage.of_watch(name, start, end)
    if as_json:
        print_json("WatchCoverage", seen, feeds=encoded_feeds(seen.feeds))
        return
    now = int(time.time())
    print(f"{seen.watch}: {watch_summary(seen, now)}")
    _print_feeds(seen.feeds, start, now)


def encoded_feeds(feeds: Iterable[Coverage]) -> list[dict[str, object]]:
    """JSON objects of the coverage of feeds."""
    return [encoded("FeedCoverage", seen, url=without_password(seen.feed.address)) for seen in feeds]


def _print_feeds(feeds: Sequence[Coverage], start: int | None, now: int) -> None:
    """Print feeds with gaps or a later start than `start`, and count the others."""
    complete = [seen for seen in feeds if seen.complete and (start is None or seen.since == start)]
    for seen in feeds:
        if seen in complete:
            continue
        print(f"  {seen.feed.title}: {summary(seen, now)}")
        for gap in seen.open:
            print(f"    {period(gap)}: {result(gap)}")
    if complete:
        print(f"  {counted(len(complete), 'feed')} without a gap")
