"""Subscriptions, their health and statistics."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tuireader.cli.base import days_of, in_library, library_command, say
from tuireader.cli.completion import complete_feeds
from tuireader.cli.expression import no_feeds, since_option
from tuireader.cli.feeds.coverage import list_gaps
from tuireader.cli.feeds.refresh import follow, say_waiting
from tuireader.cli.output import json_option, print_item, print_json
from tuireader.errors import Exit
from tuireader.model import Coverage, Feed, FeedHealth, Trouble
from tuireader.text import pad, without_password
from tuireader.text.wording import counted
from tuireader.wording.coverage import summary
from tuireader.wording.feed_summary import texts_note, waiting_note
from tuireader.wording.statistics import BARS, ORDERS, columns, in_order
from tuireader.wording.times import age, full_time, until

if TYPE_CHECKING:
    from tuireader.library import Library


@click.group(invoke_without_command=True)
@json_option
@click.option(
    "--sort",
    type=click.Choice(["config", "trouble", "pace", "title"]),
    default="config",
    show_default=True,
    help="Order: as configured, worst first, busiest first, or by title.",
)
@click.option(
    "--requests", is_flag=True, help="List how often each feed was asked over the last week, most first."
)
@click.option("--gaps", is_flag=True, help="List since when each feed was seen, and what was missed.")
@click.pass_context
def feeds(context: click.Context, as_json: bool, sort: str, requests: bool, gaps: bool) -> None:
    """List feeds with their health, or manage them.

    Columns: number, unread/all articles, articles a week, last success, title, address, error or note. With
    --requests: number, requests a day, share of "unchanged" (304), title, address. With --gaps: number,
    coverage, title, address, and below each feed its gaps. For feeds of FreshRSS, which does not say when it
    fetches them, the last success is the time of the newest article.

    \b
    Examples:
      tuireader feeds
      tuireader feeds --sort trouble
      tuireader feeds --requests
      tuireader feeds --gaps
      tuireader feeds --json
    """
    if context.invoked_subcommand is None:
        if gaps:
            in_library(context.obj, partial(list_gaps, as_json=as_json))
            return
        listing = _list_requests if requests and not as_json else partial(_list, as_json=as_json, sort=sort)
        in_library(context.obj, listing)


async def _list_requests(library: Library) -> None:
    asked = [
        (health.requests, health.not_modified or 0, health.feed)
        for health in await library.feeds.health()
        if health.requests is not None
    ]
    asked.sort(key=lambda entry: -entry[0])
    for requests, share, feed in asked:
        address = without_password(feed.address)
        print("\t".join([str(feed.id), f"{requests:.3g}/day", f"{share:.0%}", feed.title, address]))
    total = sum(requests for requests, *_ in asked)
    if not total:
        say("no feed was asked in the last week")
        return
    unchanged = sum(requests * share for requests, share, _ in asked) / total
    each = f"{total / len(asked):.3g} requests each a day, {unchanged:.0%} unchanged (304)"
    say(f"{counted(len(asked), 'feed')}: {each}")


async def _list(library: Library, as_json: bool, sort: str) -> None:
    now = int(time.time())
    listed = await library.feeds.health()
    if not listed:
        say(f"tuireader: {no_feeds(library)}")
    gaps = {coverage.feed.id: coverage for coverage in await library.coverage.of_feeds() if coverage.open}
    from tuireader.library.due import Waiting

    waiting = Waiting()
    for health in sorted(listed, key=_ORDERS[sort]):
        if health.waits_until is not None:
            waiting.note(health.feed.address, health.waits_until)
        line = _as_line(health, gaps.get(health.feed.id), now)
        address, trouble = without_password(health.feed.address), health.trouble.name.lower()
        print_item(as_json, "FeedHealth", health, line, url=address, trouble=trouble)
    if not as_json:
        say_waiting(waiting.events())


_ORDERS: Mapping[str, Callable[[FeedHealth], Any]] = {
    "config": lambda health: 0,
    "trouble": lambda health: health.order,
    "pace": lambda health: -health.per_week,
    "title": lambda health: health.feed.title.casefold(),
}


def _as_line(health: FeedHealth, coverage: Coverage | None, now: int) -> str:
    feed = health.feed
    unknown = "by server" if feed.account else "never"
    success = unknown if health.succeeded_at is None else age(health.succeeded_at, now)
    notes = (waiting_note(health, now), summary(coverage, now) if coverage else "", texts_note(health))
    columns = [
        str(feed.id),
        f"{health.unread}/{health.total}",
        f"{health.per_week:,.0f}/week" if health.per_week >= 100 else f"{health.per_week:.3g}/week",
        success,
        feed.title,
        without_password(feed.address),
        _trouble(health, now) or " · ".join(filter(None, notes)),
    ]
    return "\t".join(columns).rstrip("\t")


def _trouble(health: FeedHealth, now: int) -> str:
    feed = health.feed
    match health.trouble:
        case Trouble.GONE:
            return f"! gone: {feed.last_error} (`tuireader feeds retry {feed.id}` asks again)"
        case Trouble.PAUSED:
            return "paused"
        case Trouble.FAILING | Trouble.BLOCKED:
            sign = "! blocked:" if health.trouble is Trouble.BLOCKED else "!"
            wait = max(0, (feed.next_try or now) - now)
            again = f"next try in {until(wait)}" if wait else "next try now"
            named = f"; its page names {health.named}" if health.named not in feed.last_error else ""
            take = f"{named}; `tuireader feeds accept {feed.id}` takes it" if health.page_names_feed else ""
            return f"{sign} {feed.last_error} (×{feed.error_streak}, {again}{take})"
        case Trouble.ALARM:
            return f"! {health.alarm}"
        case Trouble.MOVED:
            moved = f"{_MOVED[health.moved_why]} {health.moved_to}"
            when = f" since {full_time(health.moved_at)}" if health.moved_at is not None else ""
            return f"{moved} (`tuireader feeds accept {feed.id}` keeps that){when}"
        case Trouble.NONE:
            return ""


_MOVED = {
    "": "moved to",
    "page": "now a web page, followed to its feed",
    "site": "dead, followed to the feed of its home page",
}


async def _change(
    library: Library,
    wanted: Sequence[str],
    change: Callable[[int], Awaitable[object]],
    done: str,
    as_json: bool,
) -> None:
    """Change the named feeds once all of them are known to exist."""
    for feed in await _feeds(library, wanted):
        await change(feed.id)
        _tell(feed, feed.address, done, as_json)


async def _feeds(library: Library, wanted: Sequence[str]) -> list[Feed]:
    ids = [await library.feeds.find(name) for name in wanted]
    known = {feed.id: feed for feed in await library.feeds.all()}
    return [known[feed_id] for feed_id in ids]


def _tell(feed: Feed, url: str, done: str, as_json: bool) -> None:
    if as_json:
        print_json("ChangedFeed", feed, url=without_password(url), done=done)
    else:
        say(f"{done}: {feed.title}" + (f" ({without_password(url)})" if url != feed.address else ""))


@feeds.command()
@click.argument("feed", nargs=-1, required=True, shell_complete=complete_feeds)
@json_option
@library_command
async def pause(library: Library, feed: tuple[str, ...], as_json: bool) -> None:
    """Stop fetching feeds, but keep them and their articles.

    FEED is an address, a number from `tuireader feeds`, or part of a title.

    \b
    Examples:
      tuireader feeds pause "Example News"
      tuireader feeds pause --json 1 2
    """
    await _change(library, feed, library.feeds.pause, "paused", as_json)


@feeds.command()
@click.argument("feed", nargs=-1, required=True, shell_complete=complete_feeds)
@json_option
@library_command
async def resume(library: Library, feed: tuple[str, ...], as_json: bool) -> None:
    """Fetch paused feeds again.

    \b
    Example:
      tuireader feeds resume 1
    """
    await _change(library, feed, library.feeds.resume, "resumed", as_json)


@feeds.command()
@click.argument("feed", nargs=-1, required=True, shell_complete=complete_feeds)
@json_option
@library_command
async def remove(library: Library, feed: tuple[str, ...], as_json: bool) -> None:
    """Unsubscribe from feeds, but keep their articles.

    FEED is an address, a number from `tuireader feeds`, or part of a title.

    \b
    Examples:
      tuireader remove https://example.org/feed.xml
      tuireader feeds remove 2
    """
    await _change(library, feed, library.feeds.remove, "removed", as_json)


@feeds.command()
@click.argument("feed", nargs=-1, shell_complete=complete_feeds)
@json_option
@library_command
async def accept(library: Library, feed: tuple[str, ...], as_json: bool) -> None:
    """Write the new addresses of moved feeds to the configuration.

    Without FEED, for all moved feeds. If the address of a FEED is now a web page, or its home page names
    another one, takes the feed that the page names. A password and headers are not taken to another server.

    \b
    Examples:
      tuireader feeds accept
      tuireader feeds accept 2
    """
    moved = await _feeds(library, feed)
    if not moved:
        moved = [health.feed for health in await library.feeds.health() if health.moved_to]
    for moved_feed in moved:
        _tell(moved_feed, await library.feeds.accept_move(moved_feed.id), "moved", as_json)
    if not moved:
        say("no feed has moved")


@feeds.command()
@click.argument("feed", nargs=-1, shell_complete=complete_feeds)
@click.option("--json", "as_json", is_flag=True, help="Print each event as JSON, one a line.")
@library_command
async def retry(library: Library, feed: tuple[str, ...], as_json: bool) -> int:
    """Fetch failing feeds now, or the given ones even if gone or paused.

    \b
    Examples:
      tuireader feeds retry
      tuireader feeds retry "Example News"
    """
    ids = [await library.feeds.find(name) for name in feed]
    if not ids:
        failing = (Trouble.FAILING, Trouble.BLOCKED, Trouble.GONE)
        ids = [health.feed.id for health in await library.feeds.health() if health.trouble in failing]
    if not ids:
        say("no feed is failing")
        return Exit.OK
    return await follow(library, library.refresh.run(ids), as_json=as_json)


@click.command()
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="The last N days.")
@since_option
@click.option("--sort", type=click.Choice([*ORDERS]), default="opened", show_default=True, help="Order.")
@json_option
@library_command
async def stats(library: Library, days: int, since: str | None, sort: str, as_json: bool) -> None:
    """Show how much each feed publishes and each watch matches, and how much of it you open.

    Columns: name, articles a day, articles over time, share opened ("never" if nothing ever was), and how
    many of the stories that other feeds have too the feed reported first. Opened are read articles that were
    opened or are starred or labelled, but not those that were only marked as read.

    \b
    Examples:
      tuireader stats
      tuireader stats --days 365 --sort articles
      tuireader stats --json
    """
    await library.watches.catch_up()  # match new rules against stored articles
    days = min(max(1, math.ceil(days_of(days, since) - 0.001)), 3650)  # those of the calendar
    items = in_order(await library.lists.activity(days), sort)
    if not items:
        say(f"tuireader: {no_feeds(library)}")
    elif not as_json:
        title = f"Last {counted(days, 'day')}"
        print(_columns({"name": "", "a_day": "A day", "days": title, "opened": "Opened", "first": "First"}))
    for item in items:
        print_item(as_json, "Activity", item, _columns(columns(item)))


def _columns(texts: Mapping[str, str]) -> str:
    name, bars = pad(texts["name"], 25), texts["days"].ljust(BARS)
    return f"{name}{texts['a_day']:>6}  {bars}  {texts['opened']:>6} {texts['first']:>8}".rstrip()
