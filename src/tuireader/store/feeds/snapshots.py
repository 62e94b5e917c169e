"""Last texts of watched pages, and the entries of last documents, to compare with the next ones."""

from __future__ import annotations

from tuireader.store.compression import Compression
from tuireader.store.sql import Part

_SEEN = "<entries>"
"""`settings` of what was seen of a feed's document; no selector."""


class Snapshots(Part):
    """The last text of each watched page or document. Methods that write need a transaction."""

    _compression: Compression

    def get(self, feed_id: int) -> tuple[str, str] | None:
        """Return the settings under which a page was last read, and its text; None for a new page."""
        sql = "SELECT settings, packed FROM snapshot WHERE feed_id = ? AND settings != ?"
        row = self._named(sql, (feed_id, _SEEN)).fetchone()
        return row and (row["settings"], self._compression.decompress(row["packed"]))

    def keep(self, feed_id: int, settings: str, text: str, now: int) -> None:
        """Store the text of a page in place of the last one."""
        sql = "INSERT OR REPLACE INTO snapshot (feed_id, at, settings, packed) VALUES (?, ?, ?, ?)"
        self._conn.execute(sql, (feed_id, now, settings, self._compression.compress(text)))

    def seen(self, feed_id: int) -> bytes:
        """Return `ParsedFeed.seen` of a feed's last document, empty for none."""
        sql = "SELECT packed FROM snapshot WHERE feed_id = ? AND settings = ?"
        return self._value(sql, (feed_id, _SEEN)) or b""

    def keep_seen(self, feed_id: int, seen: bytes, now: int) -> None:
        sql = "INSERT OR REPLACE INTO snapshot (feed_id, at, settings, packed) VALUES (?, ?, ?, ?)"
        self._conn.execute(sql, (feed_id, now, _SEEN, seen))
