"""Last texts of watched pages, to compare with the next ones."""

from __future__ import annotations

from tuireader.store.compression import Compression
from tuireader.store.sql import Part


class Snapshots(Part):
    """One row for each watched page. Methods that write need a transaction."""

    _compression: Compression

    def get(self, feed_id: int) -> tuple[str, str] | None:
        """Return the settings under which a page was last read, and its text; None for a new one."""
        row = self._conn.execute(
            "SELECT settings, packed FROM snapshot WHERE feed_id = ?", (feed_id,)
        ).fetchone()
        return None if row is None else (row[0], self._compression.decompress(row[1]))

    def keep(self, feed_id: int, settings: str, text: str, now: int) -> None:
        """Store the text of a page, replacing the last one."""
        self._conn.execute(
            "INSERT OR REPLACE INTO snapshot (feed_id, at, settings, packed) VALUES (?, ?, ?, ?)",
            (feed_id, now, settings, self._compression.compress(text)),
        )
