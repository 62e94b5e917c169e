"""Dictionaries for compression. Without its dictionary a text cannot be read.

Therefore the file holds each dictionary twice, with its hash: as a row of `dictionary` and as a fact. The
fact is written hundreds of articles later, so that one damaged stretch of the file cannot destroy both; only
then is the dictionary used. It is never changed or deleted: older texts still need it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from tuireader.store.connection import Connection
from tuireader.store.sql import newest_id

FROM = 1_000
"""Minimum number of articles to train a dictionary."""
_BETWEEN = 200  # articles stored between the first and the second copy of a dictionary
GROWN = 10  # factor by which the number of articles grows before the next dictionary
_BYTES = 1 << 16  # size of a dictionary; half of it makes texts 5 % larger
_SAMPLES, _FEWEST, _SAMPLE_BYTES = 300, 100, 1 << 12
_HASH = 16
_FACT = "dictionary "  # prefix of the names of facts that hold second copies
_BOTH = f"EXISTS (SELECT 1 FROM fact WHERE name = '{_FACT}' || d.id)"  # dictionary `d` has both copies


class Dictionaries:
    """Both copies of all dictionaries. Methods that write need a transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._failed_at = 0  # number of articles when training failed

    def newest(self) -> int:
        """Return the number of the newest dictionary with both copies, or 0."""
        return self._last(f"WHERE {_BOTH}")

    def _last(self, where: str = "") -> int:
        """Return the number of the last dictionary that was trained, or 0."""
        sql = f"SELECT id FROM dictionary d {where} ORDER BY articles DESC LIMIT 1"
        return next((number for (number,) in self._conn.execute(sql)), 0)

    def find(self, number: int) -> bytes | None:
        """Read a dictionary from its first intact copy; None without one."""
        return next((data for data in self._copies(number) if data is not None), None)

    def damaged(self, number: int) -> int:
        """Count the copies of a dictionary that cannot be read."""
        return self._copies(number).count(None)

    def numbers(self) -> set[int]:
        """Return the numbers of all dictionaries, including those with damaged copies."""
        rows = self._read("SELECT DISTINCT id FROM dictionary")
        names = self._read("SELECT name FROM fact WHERE name GLOB ?", f"{_FACT}*")
        in_facts = [name.removeprefix(_FACT) for (name,) in names if isinstance(name, str)]
        return {number for (number,) in rows} | {int(number) for number in in_facts if number.isdecimal()}

    def waiting(self) -> int:
        """Return the number of the dictionary that still needs its second copy, or 0."""
        rows = self._read(
            f"""SELECT id FROM dictionary d WHERE articles = (SELECT max(articles) FROM dictionary)
                AND NOT {_BOTH}"""
        )
        return next((number for (number,) in rows), 0)

    def add(self, number: int, articles: int, data: bytes) -> None:
        """Write the first copy of a dictionary, trained when the store had this many articles."""
        sql = "INSERT INTO dictionary (id, articles, packed) VALUES (?, ?, ?)"
        self._conn.execute(sql, (number, articles, _sealed(data)))

    def complete(self, number: int, data: bytes) -> None:
        """Write the second copy of a dictionary, which puts it into use."""
        sql = "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)"
        self._conn.execute(sql, (f"{_FACT}{number}", _sealed(data)))

    def rewrite_copies(self, source: Dictionaries | None = None) -> None:
        """Write the first copies to the end of the file, as far from the second ones as possible.

        Damaged copies are replaced by their intact twins. A `source` provides all of them instead.
        """
        for number in sorted((source or self).numbers()):
            data = (source or self).find(number)
            if data is None:
                continue
            articles = (source or self)._read("SELECT max(articles) FROM dictionary WHERE id = ?", number)
            (last,) = self._conn.execute("SELECT coalesce(max(number), 0) FROM dictionary").fetchone()
            self.add(number, next((count for (count,) in articles if count), FROM), data)
            self._conn.execute("DELETE FROM dictionary WHERE id = ? AND number <= ?", (number, last))
            if self._copies(number)[1] is None:
                self.complete(number, data)

    def separate_copies(self) -> None:
        """Move one copy of each dictionary to the end, in a transaction: VACUUM puts both side by side."""
        with Connection(self._conn, Path()).transaction():
            self.rewrite_copies()

    def next_step(self, decompress: Callable[[str | bytes | None], str]) -> Callable[[], None] | None:
        """Train a dictionary if one is due; return the next write, to be called in a transaction."""
        last = newest_id(self._conn)
        if last < FROM:
            return None
        sql = f"SELECT id, articles, {_BOTH} FROM dictionary d ORDER BY articles DESC LIMIT 1"
        newest, articles, complete = self._conn.execute(sql).fetchone() or (0, 0, True)
        if not complete:
            data = self.find(newest) if last >= articles + _BETWEEN else None
            return None if data is None else partial(self.complete, newest, data)
        if last < articles * GROWN or last < self._failed_at * 2:
            return None
        trained = _train(self._samples(last, decompress))
        if trained is None:
            self._failed_at = last
            return None
        number, data = trained
        return partial(self._add_first, number, last, data, newest)

    def _add_first(self, number: int, articles: int, data: bytes, before: int) -> None:
        if self._last() == before:
            self.add(number, articles, data)

    def _samples(self, last: int, decompress: Callable[[str | bytes | None], str]) -> list[bytes]:
        """Read texts from the whole range of articles, except damaged ones."""
        wanted = json.dumps(list(range(1, last + 1, max(1, last // _SAMPLES))))
        rows = self._read(
            "SELECT summary, html FROM content WHERE article_id IN (SELECT value FROM json_each(?))", wanted
        )
        samples: list[bytes] = []
        for stored in chain.from_iterable(rows):
            with contextlib.suppress(sqlite3.DatabaseError):  # skip damaged texts
                text = decompress(stored)
                if text:
                    samples.append(text[:_SAMPLE_BYTES].encode("utf-8", "replace"))
        return samples

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


def _train(samples: Sequence[bytes]) -> tuple[int, bytes] | None:
    """Train a dictionary; return its number, which depends on its content, or None without enough texts."""
    if len(samples) < _FEWEST:
        return None
    from tuireader.text import zstd

    try:
        trained = zstd.train_dict(samples, _BYTES)
    except (zstd.ZstdError, ValueError):
        return None
    return (trained.dict_id, trained.dict_content) if trained.dict_id else None


def _sealed(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_HASH).digest() + data


def _opened(sealed: object) -> bytes | None:
    if not isinstance(sealed, bytes) or _sealed(sealed[_HASH:]) != sealed:
        return None
    return sealed[_HASH:]
