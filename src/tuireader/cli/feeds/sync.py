"""`tuireader sync`: exchange articles and marks with the servers of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_accounts
from tuireader.cli.feeds.refresh import favour_the_loop, follow
from tuireader.errors import Exit

if TYPE_CHECKING:
    from tuireader.library import Library

NO_ACCOUNTS = "there are no accounts yet (`tuireader account add --help` says how to add one)"


@click.command()
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...", shell_complete=complete_accounts)
@click.option("--marks", is_flag=True, help="Only send marks.")
@click.option("--accept-removals", is_flag=True, help="Accept lists that lack many feeds or articles.")
@click.option("--retry", is_flag=True, help="Send marks again that the server has refused.")
@click.option("--no-relate", is_flag=True, help="Do not relate new articles now.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as JSON, one a line.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing; use the exit code.")
@library_command
async def sync(
    library: Library,
    accounts: tuple[str, ...],
    marks: bool,
    accept_removals: bool,
    retry: bool,
    no_relate: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Send marks to the servers of accounts, and fetch articles and marks from them.

    Without ACCOUNT, all accounts are synced; `tuireader refresh` fetches local feeds as well. What you read
    or starred while a server was away is sent as soon as it answers.

    \b
    Examples:
      tuireader sync
      tuireader sync --marks --quiet
    """
    favour_the_loop()
    states = await library.accounts.named(accounts)
    if not states:
        say(f"tuireader: {NO_ACCOUNTS}")
        return Exit.OK
    if retry:
        await library.accounts.retry_refused(states)
    events = library.refresh.sync(states, pull=not marks, believed=accept_removals, relate=not no_relate)
    return await follow(library, events, as_json=as_json, quiet=quiet)
