"""Which articles are hidden by which mute. Nothing is deleted: unmuted, all is as before."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence


class Mutes:
    """The config defines mutes; a signature stands for one. `article.muted` says whether any hides it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def in_line(self, signatures: Iterable[str]) -> bool:
        """Whether the table knows just these signatures."""
        return self._ids().keys() == set(signatures)

    def sync(self, signatures: Iterable[str]) -> None:
        """Bring the table in line; needs a transaction.

        What only mutes that are gone have hidden is shown again at once; a new mute becomes pending for all
        articles that are stored now.
        """
        conn, stored, wanted = self._conn, self._ids(), set(signatures)
        for signature in stored.keys() - wanted:
            mute = stored[signature]
            conn.execute(
                """UPDATE article SET muted = 0 WHERE id IN (SELECT article_id FROM muted WHERE mute_id = ?1)
                   AND NOT EXISTS (SELECT 1 FROM muted other
                     WHERE other.article_id = article.id AND other.mute_id != ?1)""",
                (mute,),
            )
            conn.execute("DELETE FROM muted WHERE mute_id = ?", (mute,))
            conn.execute("DELETE FROM mute WHERE id = ?", (mute,))
        conn.executemany(
            "INSERT INTO mute (signature, pending) SELECT ?, coalesce(max(id), 0) FROM article",
            [(signature,) for signature in sorted(wanted - stored.keys())],
        )

    def pending(self) -> dict[str, int]:
        """The mutes that have not seen all articles yet: up to which id they still have to look."""
        return dict(self._conn.execute("SELECT signature, pending FROM mute WHERE pending > 0"))

    def replace(self, first: int, last: int, found: Mapping[str, Sequence[int]]) -> None:
        """Say what some mutes hide of the articles first..last; needs a transaction."""
        ids = self._ids()
        for signature in found:
            self._conn.execute(
                "DELETE FROM muted WHERE mute_id = ? AND article_id BETWEEN ? AND ?",
                (ids[signature], first, last),
            )
            self._conn.execute("UPDATE mute SET pending = ? WHERE id = ?", (first - 1, ids[signature]))
        self._insert(ids, ((article_id, sign) for sign, hidden in found.items() for article_id in hidden))
        self._conn.execute(
            """UPDATE article SET muted = NOT muted WHERE id BETWEEN ?1 AND ?2
               AND muted != (id IN (SELECT article_id FROM muted WHERE article_id BETWEEN ?1 AND ?2))""",
            (first, last),
        )

    def record(self, texts: Sequence[int], found: Iterable[tuple[int, str]]) -> None:
        """Say which mutes hide articles that have arrived or changed; needs a transaction."""
        ids, these = self._ids(), json.dumps(list(texts))
        if not ids:
            return
        self._conn.execute("DELETE FROM muted WHERE article_id IN (SELECT value FROM json_each(?))", (these,))
        self._insert(ids, found)
        self._conn.execute(
            """UPDATE article SET muted = id IN (SELECT article_id FROM muted WHERE article_id = article.id)
               WHERE id IN (SELECT value FROM json_each(?))""",
            (these,),
        )

    def counts(self) -> dict[str, int]:
        """How many articles each mute hides, by signature."""
        return dict(
            self._conn.execute(
                """SELECT u.signature, count(m.article_id) FROM mute u
                   LEFT JOIN muted m ON m.mute_id = u.id GROUP BY u.id"""
            )
        )

    def _ids(self) -> dict[str, int]:
        return dict(self._conn.execute("SELECT signature, id FROM mute"))

    def _insert(self, ids: Mapping[str, int], found: Iterable[tuple[int, str]]) -> None:
        self._conn.executemany(
            "INSERT OR IGNORE INTO muted (mute_id, article_id) VALUES (?, ?)",
            ((ids[signature], article_id) for article_id, signature in found if signature in ids),
        )
