"""Watches as the database knows them, and which articles they hit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tuireader.model import Evidence
from tuireader.store.reading import evidence_json


@dataclass(frozen=True, slots=True)
class Pending:
    """A watch that is new or has changed: articles with ids up to `up_to` are still to be matched."""

    name: str
    up_to: int


class Watches:
    """The config defines watches; here stand their matches, and how far a changed one was re-applied."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def in_line(self, signatures: Sequence[tuple[str, str]]) -> bool:
        """Whether the table already knows these (name, signature) pairs in this order."""
        return self._stored() == _wanted(signatures)

    def sync(self, signatures: Sequence[tuple[str, str]]) -> None:
        """Bring the table in line with (name, signature) pairs in config order; needs a transaction.

        A new or changed watch becomes pending for all articles that are stored now; its old matches stay
        until they are matched again, so that nothing vanishes meanwhile.
        """
        conn = self._conn
        stored, wanted = self._stored(), _wanted(signatures)
        for name in stored.keys() - wanted.keys():
            conn.execute("DELETE FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?)", (name,))
            conn.execute("DELETE FROM watch WHERE name = ?", (name,))
        newest = int(conn.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()[0])
        for name, (signature, position) in wanted.items():
            conn.execute(
                """INSERT INTO watch (name, signature, position, pending) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (name) DO UPDATE SET position = ?3, signature = ?2,
                     pending = iif(signature = ?2, pending, ?4)""",
                (name, signature, position, newest),
            )

    def pending(self) -> list[Pending]:
        """The watches that have not seen all articles yet."""
        rows = self._conn.execute("SELECT name, pending FROM watch WHERE pending > 0 ORDER BY position")
        return [Pending(*row) for row in rows]

    def replace(
        self, names: Sequence[str], first: int, last: int, found: Iterable[tuple[int, Evidence]]
    ) -> None:
        """Set the matches of some watches for the articles first..last anew; needs a transaction."""
        ids = self._ids()
        these = ",".join(str(ids[name]) for name in names if name in ids)
        self._conn.execute(
            f"DELETE FROM match WHERE watch_id IN ({these}) AND article_id BETWEEN ? AND ?", (first, last)
        )
        self._conn.execute(f"UPDATE watch SET pending = ? WHERE id IN ({these})", (first - 1,))
        self._insert(ids, found)

    def record(self, found: Iterable[tuple[int, Evidence]]) -> None:
        """Keep the matches of articles that have just arrived; needs a transaction."""
        self._insert(self._ids(), found)

    def rematch(self, article_id: int, evidence: Sequence[Evidence]) -> list[Evidence]:
        """Set the matches of a changed article anew, and tell which watches it did not hit before."""
        before = {
            row[0]
            for row in self._conn.execute(
                "SELECT w.name FROM match m JOIN watch w ON w.id = m.watch_id WHERE m.article_id = ?",
                (article_id,),
            )
        }
        self._conn.execute("DELETE FROM match WHERE article_id = ?", (article_id,))
        self.record((article_id, item) for item in evidence)
        return [item for item in evidence if item.watch not in before]

    def _stored(self) -> dict[str, tuple[str, int]]:
        rows = self._conn.execute("SELECT name, signature, position FROM watch")
        return {name: (signature, position) for name, signature, position in rows}

    def _ids(self) -> dict[str, int]:
        return dict(self._conn.execute("SELECT name, id FROM watch"))

    def _insert(self, ids: dict[str, int], found: Iterable[tuple[int, Evidence]]) -> None:
        self._conn.executemany(
            "INSERT OR REPLACE INTO match (watch_id, article_id, evidence) VALUES (?, ?, ?)",
            (
                (ids[evidence.watch], article_id, evidence_json(evidence))
                for article_id, evidence in found
                if evidence.watch in ids
            ),
        )


def _wanted(signatures: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    return {name: (signature, position) for position, (name, signature) in enumerate(signatures)}
