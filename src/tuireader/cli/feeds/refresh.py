"""`tuireader refresh`: fetch without the screen, for users, cron and the screen itself."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

import click
from msgspec import Struct, field

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_feeds
from tuireader.cli.expression import NO_FEEDS
from tuireader.cli.outbox import say_undelivered
from tuireader.cli.output import print_json_text
from tuireader.errors import Exit
from tuireader.model import (
    AccountSynced,
    Event,
    FeedDone,
    GapNoted,
    HostWaits,
    NewMatch,
    NotPublished,
    RefreshDone,
    Relating,
    TextFetched,
    Told,
    Undelivered,
)
from tuireader.text import cut, feed_name
from tuireader.text.wording import counted, followed, left_out, waiting
from tuireader.wording.feed_summary import rejection
from tuireader.wording.times import list_time

if TYPE_CHECKING:
    from tuireader.config import NotifyConfig
    from tuireader.library import Library


@click.command()
@click.argument("feeds", nargs=-1, shell_complete=complete_feeds)
@click.option("--due", is_flag=True, help="Fetch only feeds that are due.")
@click.option("--no-relate", is_flag=True, help="Do not relate new articles now.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as JSON, one a line.")
@click.option("--matches", is_flag=True, help="Print each new match of a watch as JSON, one a line.")
@click.option("-q", "--quiet", is_flag=True, help="Do not report failing feeds; use the exit code.")
@click.option("--fail-on-alarm", is_flag=True, help="Exit with 8 when an alarm is open.")
@library_command
async def refresh(
    library: Library,
    feeds: tuple[str, ...],
    due: bool,
    no_relate: bool,
    as_json: bool,
    matches: bool,
    quiet: bool,
    fail_on_alarm: bool,
) -> int:
    """Fetch feeds, sync accounts and store new articles; send messages and digests that are due.

    FEED is an address, a number from `tuireader feeds`, or part of a title.

    \b
    Examples:
      tuireader refresh
      tuireader refresh "Example News"
      tuireader refresh --due --quiet --fail-on-alarm
      tuireader refresh --matches >> matches.jsonl
    """
    favour_the_loop()
    if not (library.config.feeds or library.config.accounts):
        say(f"tuireader: {NO_FEEDS}")
        return Exit.OK
    ids = [await library.feeds.find(feed) for feed in feeds] or None
    events = library.refresh.run(ids, force=not due, relate=not no_relate)
    code = await follow(library, events, as_json=as_json, matches=matches, quiet=quiet)
    if fail_on_alarm and code in (Exit.OK, Exit.SOME_FAILED) and await library.alarms.count():
        return Exit.ALARM
    return code


def favour_the_loop() -> None:
    """Tune a process that stores much."""
    # The writer thread releases the GIL after each row; it must reacquire it quickly.
    sys.setswitchinterval(0.0005)


async def follow(
    library: Library,
    refreshing: AsyncGenerator[Event, None],
    *,
    as_json: bool,
    matches: bool = False,
    quiet: bool = False,
) -> int:
    """Report the events of a refresh, and return its exit code."""
    from tuireader.model.events import encode

    live = sys.stderr.isatty() and not (as_json or quiet)
    said = _Said()
    async with aclosing(refreshing) as events:
        async for event in events:
            if as_json:
                print_json_text(encode(event), flush=True)
            elif live:
                _show(event)
            if matches and isinstance(event, NewMatch):
                from tuireader.cli.articles.watches import print_match

                await print_match(library, event.article_id, event.evidence, as_json=True)
            said.note(event)
            if isinstance(event, Undelivered):
                say_undelivered(event)
            if isinstance(event, NotPublished):
                say(f"tuireader: {event.error}")
            if isinstance(event, Told):
                for channel in _tell(event, library.config.notify, silent=as_json or quiet):
                    await library.refresh.shown(event.articles, channel)
    if live:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    await library.watches.catch_up()
    if not (as_json or quiet):
        said.sum_up()
    return said.exit_code()


class _Said(Struct):
    """Events that the summary and the exit code depend on."""

    done: RefreshDone = field(default_factory=lambda: RefreshDone(0, failed=0, new=0, changed=0, seconds=0.0))
    remarks: list[FeedDone] = field(default_factory=list)
    gaps: list[GapNoted] = field(default_factory=list)
    waits: list[HostWaits] = field(default_factory=list)
    accounts: list[AccountSynced] = field(default_factory=list)
    given_up: bool = False

    def note(self, event: Event) -> None:
        match event:
            case FeedDone() if event.error or event.left_out or event.followed:
                self.remarks.append(event)
            case GapNoted() if not event.closed:
                self.gaps.append(event)
            case AccountSynced() if event.done:
                self.accounts.append(event)
            case HostWaits():
                self.waits.append(event)
            case RefreshDone():
                self.done = event
            case Undelivered(retry_at=None):
                self.given_up = True

    def exit_code(self) -> int:
        """Exit code of a refresh or sync.

        A message that was given up ranks above the failure of some feeds, which is common among many. An
        account whose password or token is rejected has the same code whether its server was asked or not.
        """
        tried = [account for account in self.accounts if account.rejected_since is None]
        failed = self.done.failed + sum(bool(account.error) for account in tried)
        if failed and failed == self.done.feeds + len(tried):
            return Exit.ALL_FAILED
        if self.given_up:
            return Exit.NOT_NOTIFIED
        return Exit.SOME_FAILED if failed or len(tried) < len(self.accounts) else Exit.OK

    def sum_up(self) -> None:
        """Print remarks on feeds, then a line for each account and one for all local feeds."""
        for feed in self.remarks:
            said = feed.error or (followed(feed.followed) if feed.followed else left_out(feed.left_out))
            say(f"tuireader: {feed.title}: {said}")
        for gap in self.gaps:
            why = f": {gap.reason}" if gap.reason else ""
            say(f"tuireader: {gap.title}: about {counted(gap.unseen, 'article')} not seen{why}")
        for account in self.accounts:
            _sum_up_account(account)
        done = self.done
        if done.feeds or not self.accounts:
            numbers = f"{done.new} new, {done.changed} changed, {done.failed} failed, {done.seconds:.1f} s"
            say(f"{counted(done.feeds, 'feed')}, {numbers}")
        say_waiting(self.waits)


def say_waiting(hosts: Iterable[HostWaits]) -> None:
    """Print how many feeds wait because their hosts have asked to, and until when."""
    for host in hosts:
        say(waiting(host.feeds, host.host, list_time(host.until, int(time.time()))))


def _sum_up_account(account: AccountSynced) -> None:
    if account.error:
        advice = "; ".join(filter(None, (account.hint, rejection(account))))
        say(f"tuireader: {account.account}: {account.error}" + (f" ({advice})" if advice else ""))
    if account.asks:
        say(f"tuireader: {account.account}: {account.asks} ({accepting(account.account)})")
    if account.unreadable:
        left = counted(account.unreadable, "entry", "entries")
        say(f"tuireader: {account.account}: {left} of the server cannot be read and were left out")
    say(
        f"{account.account}: {account.new} new, {account.changed} changed,"
        f" {counted(account.taken, 'mark')} received, {account.sent} sent, {account.pending} to send"
    )


def _show(event: Event) -> None:
    """Show progress on one line of the terminal, erased at the end."""
    line = ""
    if isinstance(event, FeedDone):
        name = feed_name(event.title)
        line = cut(f"{event.done}/{event.total}  {name}", shutil.get_terminal_size().columns - 1)
    elif isinstance(event, Relating) and event.done < event.total:
        line = event.progress
    elif isinstance(event, TextFetched) and event.done < event.total:
        line = f"full texts {event.done:,}/{event.total:,}"
    elif isinstance(event, AccountSynced) and not event.done:
        line = f"{event.account}  {event.new:,} new"
        if event.total:
            line = f"{event.account}  {event.arrived:,} of {event.total:,}"
    print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _tell(event: Told, config: NotifyConfig, *, silent: bool) -> list[str]:
    """Print a notification, and send it to the terminal unless the desktop showed it; return the channels."""
    for trouble in event.troubles:
        say(f"tuireader: {trouble}")
    if silent or not event.screen:
        return []
    channels = ["output"]
    live = sys.stderr.isatty()
    say(f"\r\x1b[K{event.title}" if live else event.title)
    if live and (event.channel or config.desktop) and not event.desktop:
        from tuireader.delivery import terminal

        kind = terminal.detect(os.environ, config.terminal)
        number = max(event.articles, default=0)
        written = terminal.escape_sequence(event.title, event.body, kind, os.environ, number)
        sys.stderr.write(written)
        channels += ["terminal"] if written else []
    if live and config.bell:
        sys.stderr.write("\a")
        channels.append("bell")
    return channels


def accepting(name: str) -> str:
    """Command that accepts that a server lists fewer feeds or articles."""
    return f"`tuireader sync --accept-removals {name}` accepts it"
