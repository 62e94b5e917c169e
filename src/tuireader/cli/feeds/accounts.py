"""`tuireader account` and `tuireader sync`: accounts on servers that fetch feeds and keep marks."""

from __future__ import annotations

import getpass
import stat
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from tuireader.cli.base import library_command, say
from tuireader.cli.completion import complete_accounts, complete_feeds
from tuireader.cli.feeds.options import setting_options
from tuireader.cli.feeds.refresh import accepting, favour_the_loop, follow
from tuireader.cli.output import feeds_progress, json_option, print_item, print_json
from tuireader.config import AccountConfig, AccountKind
from tuireader.config.kinds import SECRET_PLACES
from tuireader.errors import Exit, TuireaderError, UsageError
from tuireader.model.accounts import AccountState
from tuireader.text import without_password
from tuireader.text.wording import counted
from tuireader.wording.feed_summary import rejection
from tuireader.wording.times import age, until

if TYPE_CHECKING:
    from tuireader.library import Library
    from tuireader.library.accounts.accounts import Preview
    from tuireader.library.accounts.moving import Moved


@click.group()
def account() -> None:
    """Read on several machines: add and check accounts on servers.

    A server such as Miniflux or FreshRSS fetches the feeds and keeps what you read and starred, and each of
    your machines takes part. Local feeds stay beside them.

    \b
    Examples:
      tuireader account list
      tuireader account check
    """


@account.command()
@click.argument("name")
@setting_options(AccountConfig, "kind", "url", "user")
@click.option("--password-env", metavar="VARIABLE", help="Environment variable with the password.")
@click.option("--password-cmd", metavar="COMMAND", help="Command that prints the password.")
@click.option("--token-env", metavar="VARIABLE", help="Environment variable with the API key.")
@click.option("--token-cmd", metavar="COMMAND", help="Command that prints the API key.")
@click.option("--dry-run", is_flag=True, help="Only sign in and show what is there.")
@library_command
async def add(
    library: Library,
    name: str,
    settings: Mapping[str, str],
    password_env: str | None,
    password_cmd: str | None,
    token_env: str | None,
    token_cmd: str | None,
    dry_run: bool,
) -> None:
    """Add an account: sign in, show its feeds, and write it to the configuration.

    The password is never part of the command line. If no option supplies it, tuireader asks for it. It is
    stored in the desktop keyring if tuireader[keyring] is installed and you agree, otherwise in the
    configuration. FreshRSS has an API password of its own, in the settings of your profile.

    \b
    Examples:
      tuireader account add home --kind miniflux --url https://example.org --user alice
      tuireader account add home --kind miniflux --url https://example.org --token-cmd "pass show miniflux"
    """
    kind, url, user = AccountKind(settings["kind"]), settings["url"], settings.get("user", "")
    password = _reference("password", password_env, password_cmd)
    token = _reference("token", token_env, token_cmd)
    if password and token:
        raise UsageError("give a password or an API key, not both")
    if token and not kind.takes_token:
        raise UsageError("only Miniflux has API keys", "use --user and --password-env or --password-cmd")
    if not user and not token and (password or not kind.takes_token):
        raise UsageError("give your user name there with --user")
    account = AccountConfig(
        name=name,
        kind=kind,
        url=url if "://" in url else f"https://{url}",
        user="" if token else user,
        password=password,
        token=token,
    )
    library.accounts.require_new(account)
    asked = not account.secret
    if asked:
        account = _ask(account)
    preview = await library.accounts.preview(account)
    _show(preview)
    if dry_run:
        return
    account = replace(account, url=preview.url)
    if asked and library.accounts.has_keyring() and click.confirm("Keep it in the keyring?", True, err=True):
        kept = await library.accounts.keep_secret(name, account.secret)
        account = account.with_secret(kept, token=bool(account.token))
        asked = False
    await library.accounts.add(account)
    say(f"added: {name} (`tuireader sync {name}` fetches its articles)")
    config = library.paths.config
    if asked and stat.S_IMODE(config.stat().st_mode) & 0o077:
        say(f"tuireader: others can read the password in {config} (`chmod 600` prevents that)")


def _reference(what: str, variable: str | None, command: str | None) -> str:
    """Reference to a secret as in the configuration (`env:NAME`), `""` without one. Raises UsageError."""
    if variable is not None and command is not None:
        raise UsageError(f"give --{what}-env or --{what}-cmd, not both")
    return f"env:{variable}" if variable else f"cmd:{command}" if command else ""


def _ask(account: AccountConfig) -> AccountConfig:
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask for the password", "use --password-env or --password-cmd"
        )
    what = f"Password of {account.user}" if account.user else "API key"
    secret = getpass.getpass(f"{what} (not shown): ")
    if not secret:
        raise UsageError("nothing was entered")
    if secret.startswith(SECRET_PLACES):
        raise UsageError("this would be read as the place of a password", "use --password-cmd")
    return account.with_secret(secret, token=not account.user)


def _show(preview: Preview) -> None:
    feeds = counted(len(preview.feeds), "feed")
    say(f"{preview.software} at {without_password(preview.url)}, signed in as {preview.user}: {feeds}")
    for category, count in preview.categories.items():
        say(f"  {category or 'without a category'}: {count}")
    if preview.is_exposed:
        say("tuireader: others on the way can read the password: use an https address if the server has one")


@account.command("list")
@json_option
@library_command
async def list_(library: Library, as_json: bool) -> None:
    """List accounts with their last sync.

    Columns: name, kind, user and address, last sync, marks to send, error.

    \b
    Examples:
      tuireader account list
      tuireader account list --json
    """
    accounts, now = await library.accounts.all(), int(time.time())
    for state in accounts:
        config = library.accounts.config(state.name)
        url = without_password(config.url)
        who = f"{config.user}@{url}" if config.user else url
        synced = age(state.synced_at, now) if state.synced_at else "never"
        trouble = f"! {'; '.join(filter(None, (state.error, rejection(state))))}" if state.error else ""
        columns = [state.name, config.kind, who, synced, f"{state.pending} to send", trouble]
        line = "\t".join(columns).rstrip()
        print_item(as_json, "Account", state, line, kind=config.kind, user=config.user, url=url)
    if not accounts:
        say(f"tuireader: {NO_ACCOUNTS}")


@account.command()
@click.argument("name", nargs=-1, shell_complete=complete_accounts)
@json_option
@library_command
async def check(library: Library, name: tuple[str, ...], as_json: bool) -> int:
    """Sign in to accounts, and print their state: version, feeds, marks to send, last sync.

    \b
    Examples:
      tuireader account check
      tuireader account check --json
    """
    failed, states = 0, await library.accounts.named(name)
    for state in states:
        preview, error = None, None
        try:
            preview = await library.accounts.preview(library.accounts.config(state.name))
            if state.rejected_since is not None:
                await library.accounts.ask_again(state.name)
        except TuireaderError as refused:
            failed, error = failed + 1, refused
        await _report(library, state, preview, error, as_json=as_json)
    if not states:
        say(f"tuireader: {NO_ACCOUNTS}")
    if failed:
        return Exit.ALL_FAILED if failed == len(states) else Exit.SOME_FAILED
    return Exit.OK


async def _report(
    library: Library,
    state: AccountState,
    preview: Preview | None,
    error: TuireaderError | None,
    *,
    as_json: bool,
) -> None:
    config, now = library.accounts.config(state.name), int(time.time())
    here = sum(feed.account == state.name for feed in await library.feeds.all())
    refused = await library.accounts.refusals(state)
    if as_json:
        print_json(
            "AccountCheck",
            state,
            kind=config.kind,
            url=without_password(preview.url if preview else config.url),
            user=preview.user if preview else config.user,
            software=preview.software if preview else state.software,
            ok=preview is not None,
            error=error.message if error else "",
            hint=error.hint if error else "",
            feeds=len(preview.feeds) if preview else None,
            here=here,
            refused=refused,
        )
        return
    if preview:
        print(f"{state.name}: {preview.software} at {without_password(preview.url)}, user {preview.user}")
    else:
        print(f"{state.name}: {error}")
    feeds = f"{len(preview.feeds)} on the server, {here} here" if preview else f"{here} here"
    print(f"  feeds      {feeds}")
    print(f"  marks      {state.pending} to send, {len(refused)} refused")
    print(f"  last sync  {_last(state, now)}")
    if state.asks:
        print(f"  {state.asks} ({accepting(state.name)})")
    for mark in refused:
        print(f"  refused    {mark.article_id} {mark.title}: {mark.reason}")
    if refused:
        print(f"  `tuireader sync --retry {state.name}` sends refused marks again")


def _last(state: AccountState, now: int) -> str:
    synced = age(state.synced_at, now) if state.synced_at else "never"
    if not state.error:
        return synced
    if rejected := rejection(state):
        return f"{synced}; since then: {state.error} ({rejected})"
    wait = max(0, (state.next_try or now) - now)
    return f"{synced}; since then: {state.error}" + (f", next try in {until(wait)}" if wait else "")


@account.command()
@click.argument("name", shell_complete=complete_accounts)
@click.argument("feeds", nargs=-1, metavar="[FEED]...", shell_complete=complete_feeds)
@library_command
async def push(library: Library, name: str, feeds: tuple[str, ...]) -> int:
    """Move local feeds to the server of an account, with what you read and starred.

    Subscribes there, with folders as categories, syncs, and then removes the feeds here from the
    configuration; articles stay. Without FEED, all local feeds that a server can fetch are moved. If it is
    interrupted, run it again.

    \b
    Examples:
      tuireader account push home
      tuireader account push home "Example News"
    """
    ids = [await library.feeds.find(feed) for feed in feeds]
    moved = await library.moving.push(name, ids, progress=feeds_progress)
    _tell_moved(moved)
    say(f"{counted(len(moved.feeds), 'feed')} moved to {name}, {counted(moved.sent, 'mark')} sent")
    if moved.refused:
        return Exit.SOME_FAILED if moved.feeds else Exit.ALL_FAILED
    return Exit.OK


def _tell_moved(moved: Moved) -> None:
    for title, reason in (*moved.kept, *moved.refused):
        say(f"tuireader: {title}: {reason}")
    for remark in moved.remarks:
        say(f"tuireader: {remark}")


@account.command()
@click.argument("name", shell_complete=complete_accounts)
@library_command
async def pull(library: Library, name: str) -> int:
    """Make the feeds of an account local feeds, and offer to remove the account.

    Categories become folders; articles and marks stay. Nothing is changed on the server.

    \b
    Example:
      tuireader account pull home
    """
    moved = await library.moving.pull(name)
    _tell_moved(moved)
    say(f"{counted(len(moved.feeds), 'feed')} of {name} are local feeds now")
    if not moved.refused:
        if sys.stdin.isatty() and click.confirm(
            f"Remove the account {name} from the configuration?", err=True
        ):
            await library.accounts.remove(name)
            say(f"removed: {name}")
        else:
            say(f"`tuireader account remove {name}` leaves the account")
    return Exit.SOME_FAILED if moved.refused else Exit.OK


@account.command()
@click.argument("name", shell_complete=complete_accounts)
@library_command
async def remove(library: Library, name: str) -> None:
    """Remove an account from the configuration.

    Its articles and marks stay, here and on the server; its feeds are no longer listed here.
    `tuireader undo` brings it back.

    \b
    Example:
      tuireader account remove home
    """
    state = (await library.accounts.named([name]))[0]
    await library.accounts.remove(state.name)
    say(f"removed: {state.name} (its articles and marks stay, here and on the server)")
    if state.pending:
        say(f"tuireader: {counted(state.pending, 'mark')} not sent yet; they are if you add it again")


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
