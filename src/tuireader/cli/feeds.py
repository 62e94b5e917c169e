"""Subscriptions and their health."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import Options, in_library, main, say
from tuireader.errors import Exit, TuireaderError, UsageError

if TYPE_CHECKING:
    from tuireader.library import Library


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def feeds(options: Options, as_json: bool) -> int:
    """List the feeds with their health: last success, last error, next try."""

    async def job(library: Library) -> int:
        counts = await library.counts()
        for feed in await library.feeds():
            count = counts.feeds.get(feed.id)
            unread, total = (count.unread, count.total) if count else (0, 0)
            if as_json:
                print(
                    json.dumps(
                        {
                            "id": feed.id,
                            "url": feed.url,
                            "title": feed.title,
                            "folder": feed.folder,
                            "state": feed.state,
                            "unread": unread,
                            "total": total,
                            "last_success": feed.last_success,
                            "last_error": feed.last_error,
                            "error_streak": feed.error_streak,
                            "next_try": feed.next_try,
                        },
                        ensure_ascii=False,
                    )
                )
            else:
                trouble = f"  ! {feed.last_error} (×{feed.error_streak})" if feed.last_error else ""
                print(f"{feed.id}\t{unread}/{total}\t{feed.title}\t{feed.url}{trouble}")
        return Exit.OK

    return in_library(options, job)


@main.command()
@click.argument("url")
@click.option("--folder", default="", help="The folder to put it in.")
@click.option("--title", default="", help="A title of your own.")
@click.pass_obj
def add(options: Options, url: str, folder: str, title: str) -> int:
    """Subscribe to a feed, or to the feed of a web page, and write it to the configuration."""

    async def job(library: Library) -> int:
        found = await library.discover(url)
        if not found:
            raise TuireaderError(f"no feed was found at {url}", "give the address of the feed itself")
        address, name = found[0]
        new = await library.add_feeds([(address, title, folder)])
        say(f"{'added' if new else 'already there'}: {name or address} ({address})")
        return Exit.OK

    return in_library(options, job)


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def import_(options: Options, file: Path) -> int:
    """Subscribe to the feeds of an OPML file."""

    async def job(library: Library) -> int:
        new, skipped = await library.import_opml(file)
        for line in skipped:
            say(f"tuireader: skipped {line}")
        say(f"{new} new feeds")
        return Exit.OK

    return in_library(options, job)


@main.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def export(options: Options, file: Path | None) -> int:
    """Write the subscriptions as OPML to FILE, or to stdout."""

    text = in_library(options, lambda library: library.export_opml())
    if file is None or str(file) == "-":
        print(text)
    else:
        file.write_text(text, encoding="utf-8")
    return Exit.OK


async def find_feed(library: Library, wanted: str) -> int:
    """The feed that an address, a number or a part of a title means. Raises UsageError."""
    feeds = await library.feeds()
    for feed in feeds:
        if wanted in {feed.url, str(feed.id)}:
            return feed.id
    near = [feed.id for feed in feeds if wanted.casefold() in feed.title.casefold()]
    if len(near) == 1:
        return near[0]
    if near:
        raise UsageError(
            f"{len(near)} feeds have {wanted!r} in their title", "say more of it, or the address"
        )
    raise UsageError(f"there is no feed {wanted!r}", "`tuireader feeds` lists them")
