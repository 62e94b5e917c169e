"""The full-text index: a contentless FTS5 table, so it must be told the very words it is to forget."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from tuireader.prepare import words
from tuireader.store.reading import Reading, StoredText

_BATCH = 200
_MANY = 20
"""Articles from which a batch is put in without merging. Small refreshes bring fewer, and go on merging."""
_MERGING, _NOT_MERGING = 4, 0
"""FTS5's `automerge`: its default, under which it merges segments by fours with each write, and none."""


class Index:
    """Every article with content has one row; all of this needs a transaction."""

    def __init__(self, conn: sqlite3.Connection, reading: Reading) -> None:
        self._conn = conn
        self._reading = reading

    def add_many(self, texts: Sequence[StoredText]) -> None:
        """The same as `add`, for a batch of a large refresh: FTS5 merges only where it has to, by sixteens.

        That takes a third less time. What is left unmerged, later writes merge bit by bit.
        """
        if len(texts) < _MANY:
            self.add(texts)
            return
        self._merge(_NOT_MERGING)
        self.add(texts)
        self._merge(_MERGING)  # FTS5 first writes out what it holds, so without merging

    def _merge(self, automerge: int) -> None:
        """The setting is kept in the database, so it is to be set back in the same transaction."""
        self._conn.execute("INSERT INTO search (search, rank) VALUES ('automerge', ?)", (automerge,))

    def add(self, texts: Iterable[StoredText]) -> None:
        """Put the words of articles into the index."""
        self._conn.executemany(
            "INSERT INTO search (rowid, title, body, author) VALUES (?, ?, ?, ?)", map(_words, texts)
        )

    def remove(self, texts: Iterable[StoredText]) -> None:
        """Take articles out; the texts must be those that were put in."""
        self._conn.executemany(
            "INSERT INTO search (search, rowid, title, body, author) VALUES ('delete', ?, ?, ?, ?)",
            map(_words, texts),
        )

    def rebuild(self) -> int:
        """Empty the index and fill it from the stored texts; returns how many there were."""
        self._conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
        ids = [row[0] for row in self._conn.execute("SELECT article_id FROM content ORDER BY article_id")]
        for batch in _batches(ids):
            self.add(self._reading.texts(batch))
        return len(ids)


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _words(text: StoredText) -> tuple[int, str, str, str]:
    made = text.words if not text.full else None
    title, body, author = made or words(text.title, text.asked_summary, text.asked_body, text.author)
    return text.id, title, body, author
