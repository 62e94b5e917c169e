"""Decide when an account is synced. Pure: `now` is an argument; times are seconds since 1970.

A server that is away is asked again within half an hour. One that rejects the password or token is asked
after an hour and then daily: servers lock accounts after a few wrong passwords.
"""

from __future__ import annotations

from tuireader.model.accounts import AccountState, Refusal
from tuireader.text.durations import DAY, HOUR

_SOONEST, _LATEST = 30, 30 * 60
"""Seconds from a failed sync to the next one: doubled each time, within these bounds."""
_LONG_AGO = 60  # seconds after a failure; then the server may be back


def after_failure(account: AccountState, refusal: Refusal, retry_after: int | None, now: int) -> int:
    """Return the time of the next sync after a failure; `account` is its state before.

    `retry_after` is the wait in seconds that the server asks for.
    """
    since = account.rejected_since
    if refusal is Refusal.LOGIN:
        return now + (HOUR if since is None or now - since < HOUR else DAY)
    if refusal is Refusal.SECRET:  # by then the keyring may be unlocked or the environment different
        return now + _LATEST
    wait = retry_after or min(_SOONEST << min(account.streak, 10), _LATEST)
    return now + (wait if since is None else max(wait, HOUR))


def is_locked_out(account: AccountState, now: int) -> bool:
    """Return whether an account waits because its server rejects the password or token."""
    return account.rejected_since is not None and waits(account, now, 0)


def waits(account: AccountState, now: int, interval: int) -> bool:
    """Return whether an account is not due yet; a time far in the future comes from a wrong clock."""
    if account.next_try is not None:  # after a failure, sooner than usual or later
        return now < account.next_try <= now + interval + DAY
    return account.tried_at is not None and now - interval < account.tried_at <= now


def may_push(account: AccountState, now: int, *, last: bool) -> bool:
    """Return whether marks may be sent now; `last` if the program is about to end."""
    if account.next_try is None or account.next_try <= now:
        return True
    if account.rejected_since is not None or account.tried_at is None:
        return False
    return last and account.tried_at < now - _LONG_AGO


def alarming_since(account: AccountState) -> int | None:
    """Return the start of a failure that is an alarm: a day long, and more than once; else None."""
    since, tries = (account.rejected_since, 2) if account.rejected_since else (account.failing_since, 3)
    if since is None or account.tried_at is None or account.streak < tries:
        return None
    return since if account.tried_at - since >= DAY else None
