"""Subscribe to pages without a feed: by selectors, or watched for changes."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from tuireader.cli.base import say
from tuireader.cli.feeds.options import option_words
from tuireader.cli.output import print_json
from tuireader.config import FeedConfig
from tuireader.config.selectors import SELECTOR_KEYS
from tuireader.errors import TuireaderError, UsageError
from tuireader.model import FoundOnPage
from tuireader.text import without_password
from tuireader.text.wording import counted

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.feeds.page_sources import WebPage

_SHOWN = 10  # maximum lines of a preview before a page is added
_WATCH = "w"


def chosen_page(url: str, watch_page: bool, settings: Mapping[str, str]) -> FeedConfig | None:
    """Build the page that the options describe; None without any. Raises UsageError."""
    selectors: dict[str, Any] = {name: settings[name] for name in SELECTOR_KEYS if settings.get(name)}
    if not (selectors or watch_page):
        return None
    if not url:
        raise UsageError("give the address of the page")
    if "select" in selectors and not watch_page:
        raise UsageError("--select needs --watch-page; --items selects articles")
    if watch_page and set(selectors) - {"select"}:
        raise UsageError("--watch-page takes no selectors of articles, only --select")
    if not watch_page and "items" not in selectors:
        raise UsageError("selectors within articles need --items")
    page = FeedConfig(url, settings.get("title", ""), settings.get("folder", ""))
    return replace(page, kind="page" if watch_page else "feed", **selectors)


async def add_page(library: Library, feed: FeedConfig, dry_run: bool, as_json: bool) -> None:
    """Add a page with given selectors, or only show what they find. Raises TuireaderError."""
    page = await library.pages.fetch(feed.url)
    feed = replace(feed, url=page.address)
    matches = await library.pages.look(page, feed)
    if matches.error:
        raise TuireaderError(matches.error, "correct the selectors; --dry-run shows what they find")
    if dry_run:
        _tell(library, feed, matches, as_json)
    else:
        await _subscribe(library, feed, matches, as_json)


async def propose_page(library: Library, wanted: FeedConfig, dry_run: bool, as_json: bool) -> None:
    """Show what proposed selectors find and ask whether to add it; without a terminal, raise UsageError."""
    page = await library.pages.fetch(wanted.url)
    proposals = await library.pages.propose(page)
    if not proposals:
        raise TuireaderError(
            f"no feed and no list of articles was found at {without_password(wanted.url)}",
            "--items selects articles, --watch-page reports changes of the page",
        )
    feeds = [replace(feed, folder=wanted.folder, title=wanted.title) for feed in proposals]
    if dry_run:
        matches = await library.pages.look(page, feeds[0])
        _tell(library, feeds[0], matches, as_json, others=[other.items for other in feeds[1:]])
        return
    feed = await _asked(library, page, feeds)
    if feed is None:
        say("nothing was added")
        return
    await _subscribe(library, feed, await library.pages.look(page, feed), as_json)


async def _asked(library: Library, page: WebPage, feeds: Sequence[FeedConfig]) -> FeedConfig | None:
    """Show the articles of each proposal and ask which one to add; None for none of them."""
    heading = f"no feed was found at {without_password(page.address)}"
    watched = FeedConfig(page.address, feeds[0].title, feeds[0].folder, kind="page")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        lines = [f"  {_command(feed)}   # {await _summary(library, page, feed)}" for feed in feeds]
        lines.append(f"  {_command(watched)}   # report its changes")
        raise UsageError("\n".join([f"{heading}; choose what to add:", *lines]))
    say(f"{heading}, but articles by these selectors:")
    for number, feed in enumerate(feeds, 1):
        matches = await library.pages.look(page, feed)
        say(f"\n{number}  {_selectors(feed)}")
        say("\n".join(f"   {line}" for line in _lines(matches, page.address)))
    say(f"\n{_WATCH}  report changes of the page instead")
    numbers = [str(number) for number in range(1, len(feeds) + 1)]
    choice = click.prompt(
        "Which one (0: none)", type=click.Choice([*numbers, _WATCH, "0"]), show_choices=False, err=True
    )
    return watched if choice == _WATCH else feeds[int(choice) - 1] if choice != "0" else None


async def _subscribe(library: Library, feed: FeedConfig, matches: FoundOnPage, as_json: bool) -> None:
    new = await library.pages.add(feed)
    what = counted(len(matches.articles), "article") if matches.articles else "watched for changes"
    say_added(feed.url, feed.title, feed.title or matches.title, new, as_json, f", {what}")


def say_added(url: str, title: str, name: str, new: bool, as_json: bool, what: str = "") -> None:
    """Report a new subscription by its name; JSON has the configured title, or the name without one."""
    shown = without_password(url)
    if as_json:
        print_json("Added", url=shown, title=title or name, new=new)
    say(f"{'added' if new else 'already there'}: {name or shown} ({shown}){what}")


def _tell(
    library: Library, feed: FeedConfig, matches: FoundOnPage, as_json: bool, others: Sequence[str] = ()
) -> None:
    if matches.error:
        raise TuireaderError(matches.error)
    if as_json:
        print_json(
            "PagePreview",
            matches,
            url=without_password(feed.url),
            kind=feed.kind,
            followed=library.feeds.is_subscribed(feed.url),
            others=list(others),
            **{name: getattr(feed, name) for name in SELECTOR_KEYS},
        )
        return
    print("\n".join(_lines(matches, feed.url, None)))
    print(_selectors(feed))
    for other in others:
        print(f"also there: --items {shlex.quote(other)}")


def _lines(matches: FoundOnPage, address: str, most: int | None = _SHOWN) -> list[str]:
    from tuireader.wording.page_summary import found_lines

    lines = ["".join(text for text, _ in line) for line in found_lines(matches, address, int(time.time()))]
    return lines if most is None or len(lines) <= most else [*lines[:most], "…"]


async def _summary(library: Library, page: WebPage, feed: FeedConfig) -> str:
    matches = await library.pages.look(page, feed)
    first = f": {matches.articles[0].title}, …" if matches.articles else ""
    return f"{counted(len(matches.articles), 'article')}{first}"


def _command(feed: FeedConfig) -> str:
    more = option_words(feed, "folder", "title")
    return shlex.join(["tuireader", "add", without_password(feed.url), *_words(feed), *more])


def _selectors(feed: FeedConfig) -> str:
    return shlex.join(_words(feed))


def _words(feed: FeedConfig) -> list[str]:
    return [*(["--watch-page"] if feed.kind == "page" else []), *option_words(feed, *SELECTOR_KEYS)]
