"""Subscriptions and their health."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from tuireader.cli.base import in_library, library_command, say
from tuireader.cli.completion import complete_feeds
from tuireader.cli.expression import NO_FEEDS
from tuireader.cli.output import json_option, print_json
from tuireader.cli.refresh import follow
from tuireader.errors import Exit, TuireaderError, UsageError
from tuireader.model import Feed, FeedHealth, FoundFeed, Trouble
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.ui.drawing.feed_summary import texts_note
from tuireader.ui.drawing.times import age, until

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
@click.pass_context
def feeds(context: click.Context, as_json: bool, sort: str, requests: bool) -> None:
    """List feeds with their health, or manage them.

    Columns: number, unread/all articles, articles a week, last success, title, address, error or note. With
    --requests: number, requests a day, share of "unchanged" (304), title, address.

    \b
    Examples:
      tuireader feeds
      tuireader feeds --sort trouble
      tuireader feeds --requests
      tuireader feeds --json
    """
    if context.invoked_subcommand is None:
        listing = _list_requests if requests and not as_json else partial(_list, as_json=as_json, sort=sort)
        in_library(context.obj, listing)


async def _list_requests(library: Library) -> None:
    """Print requests a day and the share of 304 for each feed, and of all feeds together."""
    asked = [
        (health.requests, health.not_modified or 0, health.feed)
        for health in await library.feeds.health()
        if health.requests is not None
    ]
    asked.sort(key=lambda one: -one[0])
    for requests, share, feed in asked:
        address = without_password(feed.url)
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
    found = await library.feeds.health()
    if not found:
        say(f"tuireader: {NO_FEEDS}")
    for health in sorted(found, key=_ORDERS[sort]):
        if as_json:
            address, trouble = without_password(health.feed.url), health.trouble.name.lower()
            print_json("FeedHealth", health, url=address, trouble=trouble)
        else:
            print(_as_line(health, now))


_ORDERS: Mapping[str, Callable[[FeedHealth], Any]] = {
    "config": lambda health: 0,
    "trouble": lambda health: health.order,
    "pace": lambda health: -health.per_week,
    "title": lambda health: health.feed.title.casefold(),
}


def _as_line(health: FeedHealth, now: int) -> str:
    feed = health.feed
    success = age(feed.last_success, now) if feed.last_success else "never"
    columns = [
        str(feed.id),
        f"{health.unread}/{health.total}",
        f"{health.per_week:,.0f}/week" if health.per_week >= 100 else f"{health.per_week:.3g}/week",
        success,
        feed.title,
        without_password(feed.url),
        _trouble(health, now),
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
            take = f"; `tuireader feeds accept {feed.id}` takes it" if _names_feeds(health) else ""
            return f"{sign} {feed.last_error} (×{feed.error_streak}, {again}{take})"
        case Trouble.ALARM:
            return f"! {health.alarm}"
        case Trouble.MOVED:
            moved = f"{_MOVED[health.moved_why]} {health.moved_to}"
            return f"{moved} (`tuireader feeds accept {feed.id}` keeps that)"
        case Trouble.NONE:
            return texts_note(health)


_MOVED = {
    "": "moved to",
    "page": "now a web page, followed to its feed",
    "site": "dead, followed to the feed of its home page",
}


def _names_feeds(health: FeedHealth) -> bool:
    """Return whether the address of a feed has a web page that may lead to it."""
    return health.names_feed and "names these feeds" in health.feed.last_error


async def _change(
    library: Library,
    wanted: Sequence[str],
    change: Callable[[int], Awaitable[object]],
    done: str,
    as_json: bool,
) -> None:
    """Change each named feed, once all were found."""
    for feed in await _feeds(library, wanted):
        await change(feed.id)
        _tell(feed, feed.url, done, as_json)


async def _feeds(library: Library, wanted: Sequence[str]) -> list[Feed]:
    ids = [await library.feeds.find(one) for one in wanted]
    known = {feed.id: feed for feed in await library.feeds.all()}
    return [known[feed_id] for feed_id in ids]


def _tell(feed: Feed, url: str, done: str, as_json: bool) -> None:
    """Report a change of a feed whose address is now `url`."""
    if as_json:
        print_json("ChangedFeed", feed, url=without_password(url), done=done)
    else:
        say(f"{done}: {feed.title}" + (f" ({without_password(url)})" if url != feed.url else ""))


@feeds.command()
@click.argument("feed", nargs=-1, required=True, shell_complete=complete_feeds)
@json_option
@library_command
async def pause(library: Library, feed: tuple[str, ...], as_json: bool) -> None:
    """Stop fetching feeds, but keep them and their articles.

    FEED is an address, a number that `tuireader feeds` prints, or a part of a title.

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

    FEED is an address, a number that `tuireader feeds` prints, or a part of a title.

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

    Without FEED, for all moved feeds. If the address of a FEED is now a web page, takes the feed linked on
    the page.

    \b
    Examples:
      tuireader feeds accept
      tuireader feeds accept 2
    """
    moved = await _feeds(library, feed)
    if not moved:
        moved = [health.feed for health in await library.feeds.health() if health.moved_to]
    for one in moved:
        _tell(one, await library.feeds.accept_move(one.id), "moved", as_json)
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
    ids = [await library.feeds.find(one) for one in feed]
    if not ids:
        failing = (Trouble.FAILING, Trouble.BLOCKED, Trouble.GONE)
        ids = [health.feed.id for health in await library.feeds.health() if health.trouble in failing]
    if not ids:
        say("no feed is failing")
        return Exit.OK
    return await follow(library, library.refresh.run(ids), as_json=as_json)


@click.command()
@click.argument("url")
@click.option("--folder", default="", help="Folder for the feed.")
@click.option("--title", default="", help="Title to use instead of the feed's own.")
@click.option(
    "--feed", "number", type=click.IntRange(min=1), help="Number of the feed, on a page with several."
)
@click.option("--dry-run", is_flag=True, help="Only show what was found and its content.")
@json_option
@library_command
async def add(
    library: Library, url: str, folder: str, title: str, number: int | None, dry_run: bool, as_json: bool
) -> None:
    """Subscribe to a feed, or to the feed of a web page.

    Writes the feed to the configuration. If a page has several feeds, you are asked to choose; without a
    terminal they are listed, and --feed chooses one.

    \b
    Examples:
      tuireader add https://example.org/feed.xml
      tuireader add https://example.org/ --folder Tech --title "Example News"
      tuireader add --dry-run https://example.org/
      tuireader add --feed 1 https://example.org/
    """
    found = await library.feeds.discover(url)
    if not found:
        raise TuireaderError(f"no feed was found at {url}", "give the address of the feed itself")
    if number is not None and number > len(found):
        raise UsageError(f"{url} has no feed {number}", f"{counted(len(found), 'feed')} were found there")
    if dry_run:
        await _tell_found(library, found, number or 1, as_json)
        return
    several = number is None and len(found) > 1
    at = await _which(library, found, url, folder, title) if several else number or 1
    feed = found[at - 1]
    address, name = feed.url, feed.title
    try:
        name = (await library.feeds.preview(feed)).title or name
    except TuireaderError as error:
        say(f"tuireader: it cannot be read yet: {error.message}")
    new = await library.feeds.add([(address, title, folder)])
    if as_json:
        print_json("Added", url=without_password(address), title=title or name, new=bool(new))
    shown = without_password(address)
    say(f"{'added' if new else 'already there'}: {name or shown} ({shown})")


async def _which(library: Library, found: Sequence[FoundFeed], url: str, folder: str, title: str) -> int:
    """Ask which of several feeds to add.

    Raises UsageError, with the commands to choose from, without a terminal.
    """
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    lines = []
    for number, feed in enumerate(await library.feeds.with_titles(found), 1):
        address = without_password(feed.url)
        known = " · already subscribed" if library.feeds.is_subscribed(feed.url) else ""
        told = f"{feed.title or 'Untitled'} ({address}){known}"
        more = [*(("--folder", folder) if folder else ()), *(("--title", title) if title else ())]
        command = shlex.join(["tuireader", "add", "--feed", str(number), *more, without_password(url)])
        lines.append(f"  {number}  {told}" if asks else f"  {command}   # {told}")
    heading = f"{len(found)} feeds were found at {without_password(url)}"
    if not asks:
        raise UsageError("\n".join([f"{heading}, choose one:", *lines]))
    say("\n".join([f"{heading}:", *lines]))
    return int(click.prompt("Which one", type=click.IntRange(1, len(found)), default=1, err=True))


async def _tell_found(library: Library, found: Sequence[FoundFeed], number: int, as_json: bool) -> None:
    """Print the content of the feed to be added, and the other feeds."""
    feed = found[number - 1]
    others = {at: one for at, one in enumerate(found, 1) if at != number}
    preview, followed = await library.feeds.preview(feed), library.feeds.is_subscribed(feed.url)
    if as_json:
        print_json(
            "FeedPreview",
            preview,
            url=without_password(feed.url),
            samples=[{"title": title, "time": when} for title, when in preview.samples],
            followed=followed,
            others=[without_password(other.url) for other in others.values()],
        )
        return
    from tuireader.ui.drawing.feed_summary import facts

    told = facts(preview, feed.url, int(time.time()), followed=followed)
    lines = ["".join(text for text, _ in line) for line in told]
    print("\n".join([lines[0], without_password(feed.url), *lines[1:]]))
    for at, other in others.items():
        print(f"also there (--feed {at}): {other.title or 'Untitled'} ({without_password(other.url)})")
