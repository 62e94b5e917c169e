"""Since when accounts fail and what their servers rejected: the last fields of AccountState, as facts."""

from __future__ import annotations

import json
import sqlite3

from tuireader.model.accounts import Refusal

PREFIX = "trouble of account "
"""Prefix of the names of these facts, which end in the number of the account; their values are JSON."""


def after_failure(
    conn: sqlite3.Connection, account_id: int, now: int, *, refusal: str, url: str, secret: str
) -> None:
    """Record a failed sync; needs a transaction. A rejected password also keeps its `url` and `secret`."""
    name = f"{PREFIX}{account_id}"
    trouble: dict[str, object] = {"failing_since": now}
    for (stored,) in conn.execute("SELECT value FROM fact WHERE name = ?", (name,)):
        trouble |= json.loads(stored)
    if refusal == Refusal.LOGIN:
        trouble = {"rejected_since": now, **trouble, "rejected_url": url, "rejected_secret": secret}
    conn.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, json.dumps(trouble)))


def forget(conn: sqlite3.Connection, account_id: int) -> None:
    """Delete the record of an account's failures; needs a transaction."""
    conn.execute("DELETE FROM fact WHERE name = ?", (f"{PREFIX}{account_id}",))
