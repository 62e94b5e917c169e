"""`tuireader brief`: new articles, story by story, to print, mail or pipe."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import ARTICLE, library_command, moment, seconds
from tuireader.cli.completion import complete_watches
from tuireader.cli.output import format_option, require_delivery
from tuireader.errors import UsageError
from tuireader.export.brief import FORMATS
from tuireader.wording.moments import named_day

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.option(
    "--since",
    show_default="24h",
    help='Period, such as "24h", "7d", "yesterday" or "monday", or "last" for since the last brief.',
)
@click.option(
    "--watch", "name", shell_complete=complete_watches, help="Only stories that this watch matches."
)
@click.option(
    "--story",
    type=ARTICLE,
    help="Only the story of this article: who reported when, and what each added; with --since, since then.",
)
@format_option(FORMATS, "Markdown, JSON or a web page.")
@library_command
async def brief(library: Library, since: str | None, name: str | None, story: int | None, form: str) -> None:
    """Print new articles by story, with matched sentences.

    With --story, print one story: its reports with what each added, background, follow-ups and watches.
    With --since as well, only what was added to it since then.

    Matches of earlier articles that are still new or open come last, if you handle matches.

    --since last begins where the last such brief ended, or the last page of that story; one counts once it
    is on the disk or, in a pipe, read.

    Fetches nothing. The same articles give the same output, byte for byte (in UTF-8).

    \b
    Examples:
      tuireader brief
      tuireader brief --since last --watch WeChat --format html > brief.html
      tuireader brief --since monday --json
      tuireader brief --story 1
      tuireader brief --story 1 --since last
    """
    from tuireader.export.brief_formats import render

    if story is not None and name is not None:
        raise UsageError("--story goes without --watch", "leave it out")
    watch = "" if name is None else library.watches.named(name).name
    if story is None:
        span, start = period(since or "24h")
        edition, end = await library.briefs.make(span, watch, since=start)
        text = render(edition, form)
    else:
        span, start = (None, 0) if since is None else period(since)
        start = int(time.time()) - span if span else start
        text, end = await library.stories.render(story, form, since=start)
    click.echo(text.encode("utf-8", "replace"), nl=False)
    if since == "last":
        require_delivery(sys.stdout)
        await library.briefs.end(watch, end, story or 0)


def period(since: str) -> tuple[int | None, int | None]:
    """Return the length of a period, or the start of one that a day names; neither for `last`."""
    if since == "last":
        return None, None
    if named_day(since, time.time()):
        return None, moment("--since", since)
    return seconds("--since", since, 60, 3650, "24h or 7d, a day such as yesterday or monday, or last"), None
