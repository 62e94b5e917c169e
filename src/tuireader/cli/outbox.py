"""`tuireader outbox`: messages that channels have not accepted yet."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.output import json_option, print_item
from tuireader.errors import Exit
from tuireader.model import OutboxState, Told, Undelivered
from tuireader.text.wording import undelivered
from tuireader.wording.times import age, list_time

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.option("--retry", type=int, metavar="ID", help="Send a message now, also one given up or dropped.")
@click.option("--drop", type=int, metavar="ID", help="Never send a message; --retry takes it back.")
@json_option
@library_command
async def outbox(library: Library, retry: int | None, drop: int | None, as_json: bool) -> int:
    """List messages that wait for their channel, or were given up.

    Columns: number, channel, state, age, title, and the last error or why it waits. A channel that fails is
    tried again after a minute, later after half an hour at most; after three days in vain its messages are
    given up.

    \b
    Examples:
      tuireader outbox
      tuireader outbox --json
      tuireader outbox --retry 17
      tuireader outbox --drop 17
    """
    code = Exit.OK
    if retry is not None:
        code = say_events(await library.outbox.retry(retry))
    if drop is not None:
        await library.outbox.drop(drop)
        say(f"dropped; `tuireader outbox --retry {drop}` sends it after all")
    messages, now = await library.outbox.unsent(), int(time.time())
    for item in messages:
        state: str = item.state
        if item.state is OutboxState.WAITING and item.due_at > now:
            state = f"waiting until {list_time(item.due_at, now)}"
        columns = [str(item.id), item.channel or "notify", state, age(item.created_at, now), item.title]
        why = item.error if item.state is OutboxState.SENDING else library.outbox.reason(item)
        print_item(as_json, "OutboxMessage", item, "\t".join([*columns, why]).rstrip())
    if not messages and not as_json:
        say("the outbox is empty")
    return code


def say_events(events: Iterable[Told | Undelivered]) -> Exit:
    """Print what was not accepted; return the exit code, which says whether something was given up."""
    code = Exit.OK
    for event in events:
        if isinstance(event, Undelivered):
            say_undelivered(event)
            code = code if event.retry_at else Exit.NOT_NOTIFIED
    return code


def say_undelivered(event: Undelivered) -> None:
    """Print why messages were not accepted, and what becomes of them."""
    until = "" if event.retry_at is None else list_time(event.retry_at, int(time.time()))
    say(f"tuireader: {undelivered(event.channel, event.error, event.messages, until)}")
