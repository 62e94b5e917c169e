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
    """Store a failure; needs a transaction."""
    name = f"{PREFIX}{account_id}"
    row = conn.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
    trouble = {"failing_since": now, **(json.loads(row[0]) if row else {})}
    if refusal == Refusal.LOGIN:
        trouble = {"rejected_since": now, **trouble, "rejected_url": url, "rejected_secret": secret}
    conn.execute("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", (name, json.dumps(trouble)))


def forget(conn: sqlite3.Connection, account_id: int) -> None:
    """Forget the failures of an account; needs a transaction."""
    conn.execute("DELETE FROM fact WHERE name = ?", (f"{PREFIX}{account_id}",))
