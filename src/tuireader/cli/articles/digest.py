"""`tuireader digest`: messages with all that is new, at set times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, moment, say
from tuireader.cli.completion import complete_digests
from tuireader.cli.outbox import say_events
from tuireader.cli.output import format_option, print_item
from tuireader.errors import Exit, UsageError
from tuireader.export.brief import FORMATS
from tuireader.model import Told
from tuireader.wording.times import full_time

if TYPE_CHECKING:
    from tuireader.config import DigestConfig
    from tuireader.library import Library


@click.command()
@click.argument("name", required=False, shell_complete=complete_digests)
@click.option("--send/--print", "send", help="Send it now by its channels, or print it, the default.")
@click.option("--since", help='Start, such as "24h", "yesterday" or "monday", instead of the last digest.')
@format_option(FORMATS, "Markdown, JSON or a web page, to print.")
@library_command
async def digest(library: Library, name: str | None, send: bool, since: str | None, form: str) -> int:
    """List digests, print one, or send one now.

    Columns: name, next time, channels, what it is limited to.

    A digest has what has arrived since the last one of its name. Printing one changes nothing; the next one
    begins where one was sent. `tuireader refresh --due` and the reader send those that are due.

    \b
    Examples:
      tuireader digest
      tuireader digest morning
      tuireader digest morning --since monday --format html > digest.html
      tuireader digest morning --send
    """
    if name is None:
        if send or since:
            raise UsageError("--send and --since need the name of a digest", "`tuireader digest` lists all")
        await _list(library, as_json=form == "json")
        return Exit.OK
    chosen = library.digests.named(name)
    start = None if since is None else moment("--since", since)
    if send:
        return await _send(library, chosen, start)
    from tuireader.export.brief_formats import render

    text = render(await library.digests.build(chosen, start), form)
    click.echo(text.encode("utf-8", "replace"), nl=False)
    return Exit.OK


async def _list(library: Library, *, as_json: bool) -> None:
    digests = await library.digests.all()
    for item in digests:
        config = item.config
        limited = config.query or ", ".join(config.watches)
        columns = (config.name, full_time(item.next), ", ".join(config.channels) or "notify", limited)
        print_item(as_json, "Digest", item, "\t".join(columns).rstrip())
    if not digests and not as_json:
        say("tuireader: no digests; a [[digest]] in the configuration adds one")


async def _send(library: Library, digest: DigestConfig, since: int | None) -> int:
    if not await library.digests.put(digest, since):
        say(f"nothing new for {digest.name}; not sent")
        return Exit.OK
    events = await library.outbox.send()
    for event in events:
        if isinstance(event, Told):
            say(f"accepted by {event.channel or 'notify'}: {event.title}")
    return say_events(events)
