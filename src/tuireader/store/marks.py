"""Read and starred marks, journalled so that each can be taken back, also after a restart."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Sequence

from tuireader.model import Change

_KEEP = 200
"""Steps of undo that are kept."""


def _words(mark: str, value: bool, count: int) -> str:
    state = {("read", True): "read", ("read", False): "unread", ("starred", True): "starred"}.get(
        (mark, value), "not starred"
    )
    return f"{count:,} marked {state}"


class Marks:
    """What the person did to articles."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def set(self, mark: str, ids: Sequence[int], value: bool, *, now: int, journal: bool = True) -> Change:
        """Set `read` or `starred` on a fixed set of articles; needs a transaction.

        Only the articles that really change are returned and journalled, so undo restores exactly those.
        """
        changed = self._apply(mark, ids, value)
        what = _words(mark, value, len(changed))
        if changed and journal:
            self._conn.execute(
                "INSERT INTO journal (at, what, mark, value, ids) VALUES (?, ?, ?, ?, ?)",
                (now, what, mark, int(value), array("q", changed).tobytes()),
            )
            self._conn.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?", (_KEEP,))
        return Change(what, tuple(changed))

    def undo(self) -> Change | None:
        """Take back the newest step; needs a transaction. None when there is nothing to take back."""
        row = self._conn.execute(
            "SELECT id, what, mark, value, ids FROM journal ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        step, what, mark, value, blob = row
        ids = array("q")
        ids.frombytes(blob)
        changed = self._apply(mark, ids, not value)
        self._conn.execute("DELETE FROM journal WHERE id = ?", (step,))
        return Change(what, tuple(changed))

    def keep_place(self, article_id: int, place: int) -> None:
        """Remember how far an article was read."""
        self._conn.execute(
            "UPDATE article SET place = ? WHERE id = ? AND place != ?", (place, article_id, place)
        )

    def _apply(self, mark: str, ids: Sequence[int], value: bool) -> list[int]:
        column = {"read": "read", "starred": "starred"}[mark]
        rows = self._conn.execute(
            f"""UPDATE article SET {column} = ?1 WHERE {column} != ?1
                AND id IN (SELECT value FROM json_each(?2)) RETURNING id""",
            (int(value), json.dumps(list(ids))),
        )
        return [row[0] for row in rows.fetchall()]
