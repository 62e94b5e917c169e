"""`tuireader channel`: ways for notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_channels
from tuireader.cli.output import json_option, print_item
from tuireader.errors import Exit

if TYPE_CHECKING:
    from tuireader.library import Library


@click.group()
def channel() -> None:
    """List and try the channels by which watches notify.

    \b
    Examples:
      tuireader channel list
      tuireader channel test phone
    """


@channel.command("list")
@json_option
@library_command
async def list_(library: Library, as_json: bool) -> None:
    """List channels.

    Columns: name, kind, where it leads, who uses it, quiet hours, limit. Secrets are not shown.

    \b
    Examples:
      tuireader channel list
      tuireader channel list --json
    """
    channels = library.channels.all()
    for item in channels:
        config = item.config
        quiet = f"quiet {config.quiet}" if config.quiet else ""
        limit = f"{config.limit} an hour" if config.limit else ""
        line = "\t".join((config.name, config.kind, config.target, item.users, quiet, limit)).rstrip()
        print_item(as_json, "Channel", item, line)
    if not channels and not as_json:
        say("tuireader: no channels; a [[channel]] in the configuration adds one")


@channel.command()
@click.argument("name", shell_complete=complete_channels)
@json_option
@library_command
async def test(library: Library, name: str, as_json: bool) -> int:
    """Send a test message by a channel, also in its quiet hours.

    A channel with `share` only signs in, and saves nothing.

    Exits with 7 if the channel does not accept it.

    \b
    Examples:
      tuireader channel test phone
      tuireader channel test phone --json
    """
    receipt = await library.channels.test(name)
    words = f"accepted by {name}" if receipt.accepted else f"not accepted by {name}"
    if receipt.accepted and library.channels.require(name).share:
        words = f"{name} answers; nothing was saved"
    line = f"{words}: {receipt.error}" if receipt.error else words
    print_item(as_json, "ChannelTest", receipt, line, channel=name)
    return Exit.OK if receipt.accepted else Exit.NOT_NOTIFIED
