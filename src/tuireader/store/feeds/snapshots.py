"""Last texts of watched pages, to compare with the next ones."""

from __future__ import annotations

from tuireader.store.compression import Compression
from tuireader.store.sql import Part


class Snapshots(Part):
    """The last text of each watched page. Methods that write need a transaction."""

    _compression: Compression

    def get(self, feed_id: int) -> tuple[str, str] | None:
        """Return the settings under which a page was last read, and its text; None for a new page."""
        row = self._named("SELECT settings, packed FROM snapshot WHERE feed_id = ?", (feed_id,)).fetchone()
        return row and (row["settings"], self._compression.decompress(row["packed"]))

    def keep(self, feed_id: int, settings: str, text: str, now: int) -> None:
        """Store the text of a page in place of the last one."""
        sql = "INSERT OR REPLACE INTO snapshot (feed_id, at, settings, packed) VALUES (?, ?, ?, ?)"
        self._conn.execute(sql, (feed_id, now, settings, self._compression.compress(text)))
