"""`tuireader alarms`: what may make you miss an article."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.output import json_option, print_item
from tuireader.errors import Exit
from tuireader.model import AlarmKind
from tuireader.wording.times import age

if TYPE_CHECKING:
    from tuireader.library import Library


@click.command()
@click.option("--all", "every", is_flag=True, help="Also list alarms that are over.")
@click.option("--fail-on-alarm", is_flag=True, help="Exit with 8 while any alarm is open.")
@json_option
@library_command
async def alarms(library: Library, every: bool, fail_on_alarm: bool, as_json: bool) -> int:
    """List alarms: feeds and watches gone silent, failing feeds and accounts, moved feeds, gaps.

    Alarms are raised and cleared at the end of each refresh. Columns: when it was raised, kind, feed, watch
    or account, reason, and what helps, or with --all when it was over.

    \b
    Examples:
      tuireader alarms
      tuireader alarms --all --json
      tuireader alarms --fail-on-alarm || echo "look at your feeds"
    """
    now = int(time.time())
    listed = await (library.alarms.all() if every else library.alarms.open())
    for alarm in listed:
        over = f"over {age(alarm.cleared_at, now)}" if alarm.cleared_at is not None else ""
        if alarm.kind is AlarmKind.MOVED and not over:
            over = f"`tuireader feeds accept {alarm.feed_id}` takes it"
        columns = [age(alarm.raised_at, now), alarm.kind, alarm.name, alarm.words, over]
        print_item(as_json, "Alarm", alarm, "\t".join(columns).rstrip("\t"))
    if not listed and not as_json:
        say("no alarms")
    return Exit.ALARM if fail_on_alarm and any(alarm.cleared_at is None for alarm in listed) else Exit.OK
