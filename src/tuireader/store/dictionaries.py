"""Dictionaries with which earlier versions compressed texts. Without its dictionary a text cannot be read.

Therefore the file holds each dictionary twice, with its hash: as a row of `dictionary`, and as a fact in
another place of the file, so that one damaged stretch cannot destroy both. They are never changed or deleted.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from tuireader.store.connection import Connection

_HASH = 16
_FACT = "dictionary "  # prefix of the names of facts that hold second copies


class Dictionaries:
    """Both copies of all dictionaries. Methods that write need a transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def find(self, number: int) -> bytes | None:
        """Read a dictionary from its first intact copy; None without one."""
        return next((data for data in self._copies(number) if data is not None), None)

    def damaged(self, number: int) -> int:
        """Count the copies of a dictionary that cannot be read; a second one may never have been written."""
        first, second = self._copies(number)
        name = f"{_FACT}{number}"
        never_written = self._read("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM fact WHERE name = ?)", name)
        return (first is None) + (second is None and not never_written)

    def numbers(self) -> set[int]:
        """Return the numbers of all dictionaries, including those with damaged copies."""
        rows = self._read("SELECT DISTINCT id FROM dictionary")
        names = self._read("SELECT name FROM fact WHERE name GLOB ?", f"{_FACT}*")
        in_facts = [name.removeprefix(_FACT) for (name,) in names if isinstance(name, str)]
        return {number for (number,) in rows} | {int(number) for number in in_facts if number.isdecimal()}

    def rewrite_copies(self, source: Dictionaries | None = None) -> None:
        """Write the first copies to the end of the file, as far from the second ones as possible.

        Damaged copies are replaced by their intact twins. A `source` provides all of them instead.
        """
        for number in sorted((source or self).numbers()):
            data = (source or self).find(number)
            if data is None:
                continue
            (last,) = self._conn.execute("SELECT coalesce(max(number), 0) FROM dictionary").fetchone()
            sql = "INSERT INTO dictionary (id, articles, packed) VALUES (?, 0, ?)"
            self._conn.execute(sql, (number, _sealed(data)))
            self._conn.execute("DELETE FROM dictionary WHERE id = ? AND number <= ?", (number, last))
            if self._copies(number)[1] is None:
                sql = "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)"
                self._conn.execute(sql, (f"{_FACT}{number}", _sealed(data)))

    def separate_copies(self) -> None:
        """Move one copy of each dictionary to the end, in a transaction: VACUUM puts both side by side."""
        with Connection(self._conn, Path()).transaction():
            self.rewrite_copies()

    def _copies(self, number: int) -> list[bytes | None]:
        """Read both copies of a dictionary, each None if damaged or missing."""
        first = self._read("SELECT packed FROM dictionary WHERE id = ? ORDER BY number DESC", number)
        second = self._read("SELECT value FROM fact WHERE name = ?", f"{_FACT}{number}")
        return [next((_opened(sealed) for (sealed,) in rows), None) for rows in (first, second)]

    def _read(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        """Read rows; none if the file is damaged or older than dictionaries."""
        try:
            return self._conn.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            if is_damage(error) or "no such table" in str(error):
                return []
            raise


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error means a damaged file, not a lock or a full disk."""
    name = getattr(error, "sqlite_errorname", None) or ""
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _sealed(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_HASH).digest() + data


def _opened(sealed: object) -> bytes | None:
    if not isinstance(sealed, bytes) or _sealed(sealed[_HASH:]) != sealed:
        return None
    return sealed[_HASH:]
