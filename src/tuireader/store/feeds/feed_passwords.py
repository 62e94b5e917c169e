"""Passwords inside stored addresses, which older versions did not take out."""

from __future__ import annotations

from tuireader.store.articles.appearances import Appearances
from tuireader.store.sql import Part
from tuireader.store.watches.match_log import MatchLog
from tuireader.text import split_password


class FeedPasswords(Part):
    """Take passwords out of the addresses of feeds."""

    _appearances: Appearances
    _match_log: MatchLog

    def stored(self) -> list[tuple[int, int, str, str]]:
        """Return (id, account, address, new address) of feeds with a password in one of their addresses."""
        rows = self._conn.execute(
            "SELECT id, account_id, url, moved_to FROM feed WHERE instr(url || moved_to, '@')"
        ).fetchall()
        return [
            (feed_id, account, url, moved_to)
            for feed_id, account, url, moved_to in rows
            if any(split_password(address)[0] != address for address in (url, moved_to))
        ]

    def drop(self) -> None:
        """Drop the passwords; local feeds that are equal without become one. Needs a transaction."""
        self._conn.execute("PRAGMA secure_delete = ON")  # nothing of them stays in the file
        for feed_id, account, url, moved_to in self.stored():
            bare, target = split_password(url)[0], split_password(moved_to)[0]
            other = self._value("SELECT id FROM feed WHERE url = ? AND id != ?", (bare, feed_id))
            if other and not account:
                self._appearances.transfer(other, feed_id)
                self._conn.execute("UPDATE feed SET subscribed = 0 WHERE id = ?", (other,))
            self._conn.execute("UPDATE feed SET url = url || '#' || id WHERE id = ?", (other,))
            self._conn.execute("UPDATE feed SET url = ?, moved_to = ? WHERE id = ?", (bare, target, feed_id))
        self._match_log.drop_passwords()
