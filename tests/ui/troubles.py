"""Feeds in trouble, as refreshes would have left them."""

from __future__ import annotations

from tests.ui.shelf import NOW, written
from tuireader.library import Library
from tuireader.model import Fault
from tuireader.timing.schedule import SEEN_TO_MOVE


async def trouble(library: Library, *, failing: str, gone: str, moved: str, to: str) -> None:
    """All feeds were asked; the one of a title fails, another is gone, another has moved."""
    ids = {feed.title: feed.id for feed in await library.feeds.all()}
    with written(library) as store:
        execute = store.conn.execute
        execute("UPDATE feed SET last_try = ?, last_success = ?, next_try = ?", (NOW, NOW - 300, NOW + 3600))
        execute(
            "UPDATE feed SET last_error = ?, error_streak = 4, fault = ?, last_success = ? WHERE id = ?",
            ("the server said 503: busy", Fault.HTTP.value, NOW - 3 * 86400, ids[failing]),
        )
        execute(
            "UPDATE feed SET state = 'gone', last_error = ?, error_streak = 1 WHERE id = ?",
            ("the feed is gone for good (410)", ids[gone]),
        )
        execute("UPDATE feed SET moved_to = ?, moved_seen = ? WHERE id = ?", (to, SEEN_TO_MOVE, ids[moved]))
