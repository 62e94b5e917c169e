"""Texts about the sync of an account."""

from __future__ import annotations

from tuireader.model import AccountSynced
from tuireader.model.accounts import AccountState
from tuireader.wording.times import short_time


def rejection(account: AccountState | AccountSynced) -> str:
    """Since when a server rejects the password or token, and when the next try is due; else `""`."""
    if account.rejected_since is None:
        return ""
    again = f", next try {short_time(account.next_try)}" if account.next_try is not None else ""
    return f"rejected since {short_time(account.rejected_since)}{again}, with another one at once"
