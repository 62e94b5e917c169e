"""`tuireader publish`: feeds for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_published
from tuireader.cli.output import json_option, print_item

if TYPE_CHECKING:
    from tuireader.library import Library


@click.group()
def publish() -> None:
    """List published feeds with their addresses, or give them other addresses.

    \b
    Examples:
      tuireader publish list
      tuireader publish revoke wechat
    """


@publish.command("list")
@json_option
@library_command
async def list_(library: Library, as_json: bool) -> None:
    """List what each [[publish]] of the configuration publishes, and where.

    Columns: name, file, addresses. An address continues that of `tuireader serve`, and needs nothing else:
    whoever knows it can read the feed.

    \b
    Examples:
      tuireader publish list
      tuireader publish list --json
    """
    items = await library.publishing.all()
    for item in items:
        print_item(as_json, "Published", item, "\t".join([item.config.name, item.file, *item.paths]))
    if not items and not as_json:
        say("tuireader: nothing is published; a [[publish]] in the configuration does")


@publish.command()
@click.argument("name", shell_complete=complete_published)
@library_command
async def revoke(library: Library, name: str) -> None:
    """Make the addresses of a published feed invalid, at once; `publish list` shows the new ones.

    \b
    Example:
      tuireader publish revoke wechat
    """
    await library.publishing.revoke(name)
    say(f"the addresses of {name} are no longer valid; `tuireader publish list` shows the new ones")
