"""Feeds in trouble, as refreshes would have left them."""

from __future__ import annotations

from tests.ui.shelf import NOW
from tuireader.model import Fault
from tuireader.schedule import SEEN_TO_MOVE
from tuireader.store import Store


def trouble(store: Store, *, failing: int, gone: int, moved: int, to: str) -> None:
    """All were asked; one feed fails, one is gone, one has moved."""
    execute = store.conn.execute
    execute("UPDATE feed SET last_try = ?, last_success = ?, next_try = ?", (NOW, NOW - 300, NOW + 3600))
    execute(
        "UPDATE feed SET last_error = ?, error_streak = 4, fault = ?, last_success = ? WHERE id = ?",
        ("the server said 503: busy", Fault.HTTP.value, NOW - 3 * 86400, failing),
    )
    execute(
        "UPDATE feed SET state = 'gone', last_error = ?, error_streak = 1 WHERE id = ?",
        ("the feed is gone for good (410)", gone),
    )
    execute("UPDATE feed SET moved_to = ?, moved_seen = ? WHERE id = ?", (to, SEEN_TO_MOVE, moved))
