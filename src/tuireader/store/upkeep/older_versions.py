"""Values that older versions did not store, or stored in another form, as far as no migration adds them.

Values that need the texts of articles are filled in while the program runs, in small steps from the newest
article to the oldest. To fill in another one, add a member to `Missing` with its SQL in `_HIGHEST`, and a
function to `ingest.relating.older_versions`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tuireader.model import StepKind
from tuireader.store.sql import Part
from tuireader.text import split_password

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tuireader.store.articles.appearances import Appearances
    from tuireader.store.watches.match_log import MatchLog

_FILE_NAME = 32  # length of the name of a file that describes a change of the configuration


class Missing(StrEnum):
    """A value to fill in, as the name of a fact: the highest id that may still lack it, 0 for none."""

    LANGUAGES = "languages told down to"
    READING_TIMES = "reading times counted down to"
    IDENTIFIERS = "identifiers logged down to"
    """CVE numbers of logged matches."""


_HIGHEST = {
    Missing.LANGUAGES: "SELECT max(article) FROM profile",
    Missing.IDENTIFIERS: "SELECT max(article_id) FROM match_log",
}
"""SQL for the highest id that may lack a value that relating adds, in a database that has no such fact."""


class OlderVersions(Part):
    """Steps that bring a database of an older version up to date. Writing needs a transaction."""

    _appearances: Appearances
    _match_log: MatchLog

    def left(self, missing: Missing) -> int:
        """Return the highest id that may lack a value, 0 if none does."""
        return int(self._store.fact(missing) or self._value(_HIGHEST.get(missing, "SELECT 0")) or 0)

    def set_left(self, missing: Missing, up_to: int) -> None:
        """Record that only ids up to `up_to` may still lack a value."""
        self._store.set_fact(missing, str(up_to))

    def stored_passwords(self) -> list[tuple[int, int, str, str]]:
        """List (id, account, address, new address) of feeds with a password in an address."""
        sql = "SELECT id, account_id, url, moved_to FROM feed WHERE instr(url || moved_to, '@')"
        return [
            (feed_id, account, url, moved_to)
            for feed_id, account, url, moved_to in self._conn.execute(sql).fetchall()
            if any(split_password(address)[0] != address for address in (url, moved_to))
        ]

    def drop_passwords(self) -> None:
        """Delete the passwords in addresses; local feeds that are equal without become one."""
        self._conn.execute("PRAGMA secure_delete = ON")  # nothing of them stays in the file
        for feed_id, account, url, moved_to in self.stored_passwords():
            bare, target = split_password(url)[0], split_password(moved_to)[0]
            other = self._value("SELECT id FROM feed WHERE url = ? AND id != ?", (bare, feed_id))
            if other and not account:
                self._appearances.transfer(other, feed_id)
                self._conn.execute("UPDATE feed SET subscribed = 0 WHERE id = ?", (other,))
            self._conn.execute("UPDATE feed SET url = url || '#' || id WHERE id = ?", (other,))
            self._conn.execute("UPDATE feed SET url = ?, moved_to = ? WHERE id = ?", (bare, target, feed_id))
        self._match_log.drop_passwords()

    def packed_config_steps(self) -> list[tuple[int, bytes]]:
        """List (step, change) of changes of the configuration that the journal itself holds."""
        sql = "SELECT id, ids FROM journal WHERE mark = ? AND length(ids) != ?"
        return self._conn.execute(sql, (StepKind.CONFIG, _FILE_NAME)).fetchall()

    def replace_config_steps(self, names: Sequence[tuple[bytes, int]]) -> None:
        """Overwrite such changes by the names of files, given as (name, step)."""
        self._conn.execute("PRAGMA secure_delete = ON")
        self._conn.executemany("UPDATE journal SET ids = ? WHERE id = ?", names)
