"""Digests: where each of them has ended, and what they say until their channels have accepted them."""

from __future__ import annotations

from msgspec import Struct

from tuireader.store.sql import Part

# `due_at`: the moment for which it was put into the outbox, or at which a new one begins. `last_article`: the
# highest id then. `brief`: what it says, as JSON; `''` once it is sent, or without a message.
DIGESTS = (
    """CREATE TABLE digest (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL, due_at INTEGER NOT NULL, last_article INTEGER NOT NULL, brief TEXT NOT NULL
    )""",
    "CREATE INDEX digest_name ON digest (name, id)",
)


class DigestEnd(Struct, frozen=True):
    """The end of a digest: when it was due, and the highest article id. A new one has the id 0."""

    id: int
    due_at: int
    last_article: int


class Digests(Part):
    """Digests by name. Methods that write need a transaction."""

    def last(self, name: str, begin: int) -> DigestEnd:
        """Return the end of the last digest of a name; a new one begins with what arrived since a moment."""
        sql = "SELECT id, due_at, last_article FROM digest WHERE name = ? ORDER BY id DESC LIMIT 1"
        for end in self._values(DigestEnd, sql, (name,)):
            return end
        sql = "SELECT coalesce(max(id), 0) FROM article WHERE arrived < ?"
        return DigestEnd(0, begin, self._value(sql, (begin,)))

    def add(self, name: str, last: DigestEnd, due_at: int, last_article: int, *, brief: str = "") -> int:
        """Keep the digest after the last one, and forget what those that are sent have said.

        Returns its number, 0 if another process was faster.
        """
        self._conn.execute(
            """UPDATE digest SET brief = '' WHERE brief != '' AND NOT EXISTS
                 (SELECT 1 FROM outbox o WHERE o.kind = 'digest' AND o.subject = digest.id
                  AND o.state != 'accepted')"""
        )
        sql = """INSERT INTO digest (name, due_at, last_article, brief) SELECT ?1, ?2, ?3, ?4
                 WHERE NOT EXISTS (SELECT 1 FROM digest WHERE name = ?1 AND id > ?5) RETURNING id"""
        return self._value(sql, (name, due_at, last_article, brief, last.id)) or 0

    def brief(self, number: int) -> str:
        """Return what a digest says, as JSON."""
        return str(self._value("SELECT brief FROM digest WHERE id = ?", (number,)))
