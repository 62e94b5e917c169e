"""`tuireader brief`: new articles, story by story, to print, mail or pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, seconds
from tuireader.cli.completion import complete_watches
from tuireader.cli.output import format_option
from tuireader.export.brief import FORMATS

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.option(
    "--since",
    default="24h",
    show_default=True,
    help='Period, such as "24h" or "7d", or "last" for since the last brief.',
)
@click.option(
    "--watch", "name", shell_complete=complete_watches, help="Only stories that this watch matches."
)
@format_option(FORMATS, "Markdown, JSON or a web page.")
@library_command
async def brief(library: Library, since: str, name: str | None, form: str) -> None:
    """Print new articles by story, with matched sentences.

    Fetches nothing. The same articles give the same output, byte for byte (in UTF-8).

    \b
    Examples:
      tuireader brief
      tuireader brief --since last --watch WeChat --format html > brief.html
      tuireader brief --since 7d --json
    """
    from tuireader.export.brief_formats import render

    span = None if since == "last" else seconds("--since", since, 60, 3650, "24h or 7d, or last")
    watch = "" if name is None else library.watches.named(name).name
    made, end = await library.briefs.make(span, watch)
    click.echo(render(made, form).encode("utf-8", "replace"), nl=False)
    if span is None:
        await library.briefs.end(watch, end)  # only once it is printed
