"""Watches: their matches, what an expression would match, terms that never match."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
from msgspec.structs import asdict

from tuireader.cli.articles.articles import until_edited
from tuireader.cli.base import days_of, library_command, say
from tuireader.cli.completion import complete_watches
from tuireader.cli.expression import (
    NO_WATCHES,
    ExpressionCommand,
    expression_argument,
    require_names,
    say_advice,
    since_option,
)
from tuireader.cli.feeds.coverage import coverage, encoded_feeds
from tuireader.cli.feeds.options import read_options, setting_options
from tuireader.cli.outbox import say_events
from tuireader.cli.output import encoded, json_option, print_item, print_json
from tuireader.config import WatchConfig
from tuireader.errors import Exit, TuireaderError, UsageError
from tuireader.text import clean
from tuireader.text.durations import DAY
from tuireader.text.wording import counted
from tuireader.wording.coverage import watch_summary
from tuireader.wording.times import until

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.watching.reports import Report
    from tuireader.model import ArticleRow, Evidence, WatchCoverage

_days = click.option("--days", type=click.IntRange(1, 3650), help="Only the last N days.")
_BAR = 40


@click.group()
def watch() -> None:
    """Inspect watches and try out new ones.

    \b
    Examples:
      tuireader watch list
      tuireader watch test 'fine NEAR/8 Tencent' --days 30
    """


watch.add_command(coverage)


@watch.command("list")
@json_option
@library_command
async def list_(library: Library, as_json: bool) -> None:
    """List watches with their matches of the last 1, 7 and 30 days.

    Columns: name, unread/all articles, matches of the last 1 · 7 · 30 days.

    \b
    Examples:
      tuireader watch list
      tuireader watch list --json
    """
    await library.watches.catch_up()  # match new rules against stored articles
    if not library.config.watches:
        say(f"tuireader: {NO_WATCHES}")
    for stats in await library.watches.stats():
        if as_json:
            print_json("WatchNumbers", stats, newest=stats.newest and _article(library, stats.newest))
            continue
        former = f"{counted(stats.former, 'match', 'matches')} until edited" if stats.former else ""
        alarm = f"! {stats.alarm}" if stats.alarm else ""
        advice = [note for note in stats.advice if note not in stats.quiet]
        notes = "".join(
            f"  ({note})"
            for note in (stats.place, former, alarm, stats.quiet, stats.problem, *advice)
            if note
        )
        hits = f"{stats.today} · {stats.week} · {stats.month}"
        print(f"{stats.name}\t{stats.count.unread}/{stats.count.total}\t{hits}{notes}")


@watch.command()
@click.argument("terms", nargs=-1)
@click.option("--name", default="", help="Name of the watch, by default made from the terms.")
@setting_options(WatchConfig, "none", "query", "feeds", "group", "priority", "color", "notify")
@library_command
async def add(library: Library, terms: tuple[str, ...], name: str, settings: Mapping[str, str]) -> None:
    """Create a watch on words and phrases; at least one of them must occur.

    Writes it to the configuration and matches the stored articles.

    \b
    Examples:
      tuireader watch add "Data Security Law" DSL --group Law --priority high
      tuireader watch add --name Fines --query "fine NEAR/8 Tencent" --notify story
    """
    from tuireader.library.watching import rule_of
    from tuireader.library.watching.proper_names import watch_name
    from tuireader.watch import Matcher

    terms = tuple(filter(None, map(clean, terms)))
    given = asdict(library.config.watch_defaults) | read_options(WatchConfig, settings)
    if not (terms or given.get("query")):
        raise UsageError("give a word or a phrase to watch, or --query")
    name = clean(name) or watch_name(terms or (given["query"],), list(library.watches.colors))
    item = WatchConfig(name, terms, **given)
    for problem in Matcher([rule_of(item)]).problems:
        raise UsageError(problem.message)
    await library.watches.save(item)
    await library.watches.catch_up()
    counts = await library.lists.counts()
    say(f"added: {name} ({counted(counts.watches[name].total, 'match', 'matches')})")
    for note in await library.watches.advice(name):
        say(f"tuireader: {note}")


@watch.command(cls=ExpressionCommand)
@expression_argument(required=True)
@_days
@since_option
@click.option("--exit-status", is_flag=True, help="Exit with 1 when nothing matches.")
@json_option
@library_command
async def test(library: Library, expression: str, days: int | None, exit_status: bool, as_json: bool) -> int:
    """Show what an expression would have matched.

    \b
    Examples:
      tuireader watch test 'fine NEAR/8 Tencent' --days 30
      tuireader watch test --json WeChat
    """
    await require_names(library, expression)
    report = await library.searches.try_out(expression, days)
    _print_report(library, report, as_json)
    if not report.hits:
        await say_advice(library, expression)
    return Exit.FAILURE if exit_status and not report.hits else Exit.OK


@watch.command()
@click.argument("name", shell_complete=complete_watches)
@click.option("--add", "numbers", type=int, multiple=True, metavar="N", help="Subscribe to proposal N.")
@json_option
@library_command
async def sources(library: Library, name: str, numbers: tuple[int, ...], as_json: bool) -> None:
    """Propose feeds that search the web for the terms of a watch.

    Google News, Bing News, Hacker News, arXiv, Reddit and Mastodon; GitHub for terms such as owner/project.
    Nothing is asked until you add a feed. Columns: number, title, note, address.

    \b
    Examples:
      tuireader watch sources WeChat
      tuireader watch sources WeChat --json
      tuireader watch sources WeChat --add 1 --add 3
    """
    from tuireader.library.watching.sources import FOLDER

    proposals = library.watches.search_feeds(name)
    if not proposals:
        raise TuireaderError(f"the watch {name} has no terms to search for", "only words and phrases are")
    if wrong := [number for number in numbers if not 1 <= number <= len(proposals)]:
        raise UsageError(f"there is no proposal {wrong[0]}", f"choose from 1 to {len(proposals)}")
    for number in numbers:
        feed = proposals[number - 1]
        new = await library.feeds.add([(feed.url, feed.title, FOLDER)])
        if as_json:
            print_json("Added", url=feed.url, title=feed.title, new=bool(new))
        else:
            say(f"{'added' if new else 'already there'}: {feed.title} ({feed.url})")
    for number, feed in enumerate(() if numbers else proposals, 1):
        note = "already subscribed" if feed.followed else feed.note
        print_item(as_json, "SearchFeed", feed, f"{number}\t{feed.title}\t{note}\t{feed.url}")


@watch.command()
@click.argument("name", shell_complete=complete_watches)
@_days
@since_option
@json_option
@library_command
async def report(library: Library, name: str, days: int | None, since: str | None, as_json: bool) -> None:
    """Show the matches of a watch by day, feed and term.

    Also shows the coverage of its feeds, those that report first, and aliases found in the articles, as in
    "Some Long Name (SLN)".

    \b
    Examples:
      tuireader watch report WeChat
      tuireader watch report PIPL --days 7 --json
    """
    await library.watches.catch_up()  # match new rules against stored articles
    period, now = days_of(days, since), int(time.time())
    matches = await library.watches.report(name, period)
    seen = await library.coverage.of_watch(name, None if period is None else now - int(period * DAY))
    _print_report(library, matches, as_json, seen)
    if as_json:
        return
    print(f"\nCoverage: {watch_summary(seen, now)}")
    _print_table("Terms", matches.terms)
    if matches.aliases:
        print("\nOther names in its articles")
    for other, sentence in matches.aliases:
        print(f"  {other}: {sentence}")
    unknown = "" if matches.leads else ": no story of this watch was told by several feeds yet"
    print(f"\nFirst to report{unknown}")
    for title, lead in matches.leads:
        lag = f", else {until(lead.lag)} later" if lead.lag else ""
        print(f"  {title}: first in {lead.first} of {lead.stories} stories{lag}")


@watch.command()
@json_option
@library_command
async def lint(library: Library, as_json: bool) -> None:
    """Find mistakes in watches.

    Reports rules that cannot match, unknown names, and terms that never match or make most of the matches
    alone.

    \b
    Example:
      tuireader watch lint
    """
    await library.watches.catch_up()  # match new rules against stored articles
    remarks = await library.watches.lint()
    for remark in remarks:
        line = ": ".join(part for part in (remark.watch, remark.term, remark.message) if part)
        print_item(as_json, "Remark", remark, line)
    if not remarks and not as_json:
        say("nothing to report")


def _print_report(library: Library, report: Report, as_json: bool, seen: WatchCoverage | None = None) -> None:
    if as_json:
        print_json(
            "WatchReport",
            report,
            samples=[_article(library, row) for row in report.samples],
            coverage=seen and encoded("WatchCoverage", seen, feeds=encoded_feeds(seen.feeds)),
            first=[encoded("First", lead, feed=title) for title, lead in report.leads],
        )
        return
    former = f", {report.former:,} until edited" if report.former else ""
    print(counted(report.hits, "match", "matches") + former)
    if report.hits:
        print(f"{report.a_day:,.3g} a day")
    most = max((count for _, count in report.days), default=1)
    for day, count in report.days[-30:]:
        print(f"  {day} {count:>5} {'#' * max(1, count * _BAR // most)}")
    _print_table("Feeds", report.feeds)
    if report.samples:
        print("\nNewest")
    for row in report.samples:
        until = max((until for _, until in row.former), default=0)
        former = f"  (matched {until_edited(until)})" if until else ""
        print(f"  {row.id}\t{library.feeds.title(row.feed_id)}  {row.title}{former}")


def _print_table(title: str, lines: tuple[tuple[str, int], ...]) -> None:
    if lines:
        print(f"\n{title}")
    for name, count in lines:
        print(f"  {count:>6}  {name}")


def _article(library: Library, row: ArticleRow) -> object:
    """Encode an article as `list --json` does."""
    return encoded("Article", row, feed=library.feeds.title(row.feed_id))


_PAUSE = 0.5
_SEND_EVERY = 60.0
"""Seconds between two checks for changes of the database."""


@watch.command()
@click.argument("name", nargs=-1, shell_complete=complete_watches)
@json_option
@library_command
async def follow(library: Library, name: tuple[str, ...], as_json: bool) -> None:
    """Print new matches of watches as they arrive.

    Runs until interrupted. NAME is a watch; without it, all watches. Fetches nothing: the articles come from
    the reader, cron or another `tuireader refresh`. Muted articles are left out. Sends what waits in the
    outbox, and digests that are due.

    \b
    Examples:
      tuireader watch follow
      tuireader watch follow --json WeChat >> matches.jsonl
    """
    wanted = {library.watches.named(watch_name).name for watch_name in name}
    _, last = await library.watches.matches_after(None)
    sent_at = -_SEND_EVERY
    while True:
        await asyncio.sleep(_PAUSE)
        if time.monotonic() - sent_at >= _SEND_EVERY:
            say_events(await library.outbox.send())
            sent_at = time.monotonic()
        if not await library.database.changed_elsewhere():
            continue
        matches, last = await library.watches.matches_after(last)
        for article_id, evidence in matches:
            if not wanted or evidence.watch in wanted:
                await print_match(library, article_id, evidence, as_json=as_json)


async def print_match(library: Library, article_id: int, evidence: Evidence, *, as_json: bool) -> None:
    """Print a match at once, as JSON or in columns: watch, title, feed, address."""
    for row in await library.lists.rows([article_id]):
        feed = library.feeds.title(row.feed_id)
        if not as_json:
            name = f"{evidence.watch} (uncertain)" if evidence.uncertain else evidence.watch
            print("\t".join((name, row.title, feed, row.url)), flush=True)
            continue
        terms = list(dict.fromkeys(hit.term for hit in evidence.hits))
        known = {"id": row.id, "title": row.title, "url": row.url, "feed": feed, "time": row.time}
        print_json("Match", evidence, flush=True, terms=terms, where=list(evidence.fields), **known)
