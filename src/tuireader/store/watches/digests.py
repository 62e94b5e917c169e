"""Digests: where each of them has ended, and what they say until their channels have accepted them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec import Struct

from tuireader.store.sql import Part, newest_id


class DigestEnd(Struct, frozen=True):
    """The end of a digest: when it was due, and the highest ids of an article and of a notice.

    A new one has the id 0.
    """

    id: int
    due_at: int
    last_article: int
    last_notice: int = 0


class Digests(Part):
    """Digests by name. Methods that write need a transaction."""

    def last(self, name: str, begin: int) -> DigestEnd:
        """Return the end of the last digest of a name; a new one begins with what arrived since a moment."""
        sql = (
            "SELECT id, due_at, last_article, last_notice FROM digest WHERE name = ? ORDER BY id DESC LIMIT 1"
        )
        for end in self._values(DigestEnd, sql, (name,)):
            return end
        sql = "SELECT coalesce(max(id), 0) FROM article WHERE arrived < ?"
        return DigestEnd(0, begin, self._value(sql, (begin,)), self._newest_notice())

    def now(self, due_at: int) -> DigestEnd:
        """Return the end of a digest made now."""
        return DigestEnd(0, due_at, newest_id(self._conn), self._newest_notice())

    def late(self, watches: Sequence[str], last: DigestEnd, end: DigestEnd) -> list[int]:
        """List the articles of the last digest or before that watches have matched only since then."""
        sql = """SELECT DISTINCT article_id FROM notice WHERE id > ? AND id <= ? AND article_id <= ?
                 AND watch IN (SELECT value FROM json_each(?))"""
        args = (last.last_notice, end.last_notice, last.last_article, json.dumps(watches))
        return self._column(sql, args)

    def _newest_notice(self) -> int:
        return int(self._value("SELECT coalesce(max(id), 0) FROM notice"))

    def add(self, name: str, last: DigestEnd, end: DigestEnd, *, brief: str = "") -> int:
        """Keep the end of the digest after the last one, and forget what those that are sent have said.

        Returns its number, 0 if another process was faster.
        """
        self._conn.execute(
            """UPDATE digest SET brief = '' WHERE brief != '' AND NOT EXISTS
                 (SELECT 1 FROM outbox o WHERE o.kind = 'digest' AND o.subject = digest.id
                  AND o.state != 'accepted')"""
        )
        sql = """INSERT INTO digest (name, due_at, last_article, last_notice, brief) SELECT ?1, ?2, ?3, ?4, ?5
                 WHERE NOT EXISTS (SELECT 1 FROM digest WHERE name = ?1 AND id > ?6) RETURNING id"""
        args = (name, end.due_at, end.last_article, end.last_notice, brief, last.id)
        return self._value(sql, args) or 0

    def brief(self, number: int) -> str:
        """Return what a digest says, as JSON."""
        return str(self._value("SELECT brief FROM digest WHERE id = ?", (number,)))
