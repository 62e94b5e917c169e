"""Record how a sync ended, and report it."""

from __future__ import annotations

from msgspec.structs import replace

from tuireader.errors import TuireaderError
from tuireader.model import AccountSynced
from tuireader.model.accounts import AccountState, Refusal
from tuireader.store import Store
from tuireader.sync.backend import AccountError
from tuireader.timing import accounts


def record(store: Store, account: AccountState, error: TuireaderError | None, now: int) -> AccountState:
    """Store the outcome of a sync and plan the next one; return the new state. Needs a transaction.

    An error that is no AccountError means that the password or token could not be read.
    """
    if error is None:
        store.accounts.record(account.id, now)
    else:
        known = error if isinstance(error, AccountError) else AccountError(Refusal.SECRET, error.message)
        again = accounts.after_failure(account, known.refusal, known.retry_after, now)
        store.accounts.record(
            account.id,
            now,
            error=error.message,
            hint=error.hint,
            refusal=known.refusal,
            next_try=again,
            url=known.url,
            secret=account.rejected_secret,
        )
    return store.accounts.get(account.name)


def outcome(account: AccountState, done: AccountSynced | None = None) -> AccountSynced:
    """Compose the last event of a sync from the state of its account and the totals so far."""
    return replace(
        done or AccountSynced(account.name),
        pending=account.pending,
        error=account.error,
        hint=account.hint,
        refusal=account.refusal,
        asks=account.asks,
        rejected_since=account.rejected_since,
        next_try=account.next_try,
        done=True,
    )
