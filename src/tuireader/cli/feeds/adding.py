"""Subscribe to feeds, pages, programs and mail folders."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_accounts
from tuireader.cli.feeds.adding_pages import add_page, chosen_page, propose_page, say_added
from tuireader.cli.feeds.options import option_of, option_words, read_options, setting_options
from tuireader.cli.output import json_option, print_json
from tuireader.config import FeedConfig
from tuireader.config.kinds import MAIL_SCHEMES, command_address
from tuireader.config.selectors import SELECTOR_KEYS
from tuireader.errors import TuireaderError, UsageError
from tuireader.model import FoundFeed
from tuireader.text import without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.argument("url", required=False, default="")
@setting_options(FeedConfig, "command", "filter", "password")
@click.option("--watch-page", is_flag=True, help="Watch the page: each change is an article.")
@setting_options(FeedConfig, *SELECTOR_KEYS, "folder")
@click.option(
    "--account",
    default="",
    help="Let the server of this account fetch the feed.",
    shell_complete=complete_accounts,
)
@setting_options(FeedConfig, "title")
@click.option(
    "--feed", "number", type=click.IntRange(min=1), help="Number of the feed, on a page with several."
)
@click.option("--dry-run", is_flag=True, help="Only show what was found and its content.")
@json_option
@library_command
async def add(
    library: Library,
    url: str,
    account: str,
    number: int | None,
    dry_run: bool,
    as_json: bool,
    watch_page: bool,
    settings: Mapping[str, str],
) -> None:
    """Subscribe to a feed, the feed of a web page, a program or a mail folder.

    Writes the feed to the configuration. If a page has several feeds, you are asked to choose; without a
    terminal they are listed, and --feed chooses one. For a page without a feed, selectors of its articles
    are proposed, with what they find; --watch-page reports changes of a page instead. Programs run without a
    shell, each time the feed is fetched. A mail folder is maildir:PATH, mbox:PATH or
    imaps://USER@HOST/FOLDER. With --account, the server of an account fetches the feed; there, --folder is a
    category.

    \b
    Examples:
      tuireader add https://example.org/feed.xml
      tuireader add https://example.org/ --folder Tech --title "Example News"
      tuireader add --dry-run https://example.org/
      tuireader add --feed 1 https://example.org/
      tuireader add --dry-run --command "cat my-feed.xml"
      tuireader add https://example.org/feed.xml --filter "sed s/Advert/Ad/"
      tuireader add --dry-run maildir:~/Mail/news
      tuireader add --dry-run https://example.org/news.html --items "li.news"
      tuireader add --dry-run https://example.org/status.html --watch-page --select "#main"
    """
    own = [name for name, text in settings.items() if text and name not in ("title", "folder")]
    if account:
        account = library.accounts.config(account).name
        if watch_page or own:
            raise UsageError("servers of accounts only fetch feeds from the web", "leave out --account")
    if page := chosen_page(url, watch_page, settings):
        await add_page(library, page, dry_run, as_json)
        return
    for name in ("command", "filter"):
        if name in settings and not settings[name].strip():
            raise UsageError(f"{option_of(name)} names no program")
    wanted = FeedConfig(url, **read_options(FeedConfig, settings))
    if own:
        await _add_source(library, wanted, dry_run, as_json)
        return
    if not url:
        raise UsageError("give the address of a feed, or --command")
    feeds = await library.feeds.discover(url)
    if feeds:
        await _add_found(library, feeds, wanted, number, dry_run, as_json, account=account)
    elif account:
        raise UsageError(f"no feed was found at {without_password(url)}")
    else:
        await propose_page(library, wanted, dry_run, as_json)


async def _add_found(
    library: Library,
    feeds: Sequence[FoundFeed],
    wanted: FeedConfig,
    number: int | None,
    dry_run: bool,
    as_json: bool,
    *,
    account: str,
) -> None:
    url, title = wanted.url, wanted.title
    if number is not None and number > len(feeds):
        raise UsageError(f"{url} has no feed {number}", f"{counted(len(feeds), 'feed')} were found there")
    if dry_run:
        await _tell_found(library, feeds, number or 1, as_json)
        return
    several = number is None and len(feeds) > 1
    at = await _which(library, feeds, wanted) if several else number or 1
    feed = feeds[at - 1]
    address, name = feed.url, feed.title
    try:
        name = (await library.feeds.preview(feed)).title or name
    except TuireaderError as error:
        say(f"tuireader: it cannot be read yet: {error.message}")
    if account:
        new = await library.accounts.add_feed(account, address, wanted.folder, title)
    else:
        new = bool(await library.feeds.add([(address, title, wanted.folder)]))
    say_added(address, title, name, new, as_json)


async def _add_source(library: Library, feed: FeedConfig, dry_run: bool, as_json: bool) -> None:
    from tuireader.feeds.find.discover import with_scheme

    if feed.command and feed.url:
        raise UsageError("a feed has an address or --command, not both")
    if not (feed.command or feed.url):
        raise UsageError("--filter needs the address of a feed, or --command")
    if feed.command:
        feed = replace(feed, url=command_address(feed.command))
    elif not feed.url.startswith(MAIL_SCHEMES):
        feed = replace(feed, url=with_scheme(feed.url))
    name = ""
    try:
        preview = await library.feeds.preview_source(feed)
        name = preview.title
    except TuireaderError as error:
        if dry_run:
            raise
        say(f"tuireader: it cannot be read yet: {error.message}")
    if dry_run:
        await _tell_found(library, [FoundFeed(feed.url, name, preview=preview)], 1, as_json)
        return
    say_added(feed.url, feed.title, name, bool(await library.feeds.add_configs([feed])), as_json)


async def _which(library: Library, feeds: Sequence[FoundFeed], wanted: FeedConfig) -> int:
    """Ask which of several feeds to add; without a terminal, raise UsageError with the commands for each."""
    asks, url = sys.stdin.isatty() and sys.stderr.isatty(), without_password(wanted.url)
    more = option_words(wanted, "folder", "title")
    lines = []
    for number, feed in enumerate(await library.feeds.with_titles(feeds), 1):
        address = without_password(feed.url)
        known = " · already subscribed" if library.feeds.is_subscribed(feed.url) else ""
        told = f"{feed.title or 'Untitled'} ({address}){known}"
        command = shlex.join(["tuireader", "add", "--feed", str(number), *more, url])
        lines.append(f"  {number}  {told}" if asks else f"  {command}   # {told}")
    heading = f"{len(feeds)} feeds were found at {url}"
    if not asks:
        raise UsageError("\n".join([f"{heading}, choose one:", *lines]))
    say("\n".join([f"{heading}:", *lines]))
    return int(click.prompt("Which one", type=click.IntRange(1, len(feeds)), default=1, err=True))


async def _tell_found(library: Library, feeds: Sequence[FoundFeed], number: int, as_json: bool) -> None:
    """Preview the feed to be added, and list the other feeds."""
    chosen = feeds[number - 1]
    others = {at: feed for at, feed in enumerate(feeds, 1) if at != number}
    preview, followed = await library.feeds.preview(chosen), library.feeds.is_subscribed(chosen.url)
    if as_json:
        print_json(
            "FeedPreview",
            preview,
            url=without_password(chosen.url),
            samples=[{"title": title, "time": when} for title, when in preview.samples],
            followed=followed,
            others=[without_password(other.url) for other in others.values()],
        )
        return
    from tuireader.wording.feed_summary import facts

    told = facts(preview, chosen.url, int(time.time()), followed=followed)
    lines = ["".join(text for text, _ in line) for line in told]
    print("\n".join([lines[0], without_password(chosen.url), *lines[1:]]))
    for at, other in others.items():
        print(f"also there (--feed {at}): {other.title or 'Untitled'} ({without_password(other.url)})")
