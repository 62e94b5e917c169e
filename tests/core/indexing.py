"""A full-text index as the store has it, for one article at a time."""

from __future__ import annotations

import sqlite3

from tuireader.lexicon import TOKENIZER, indexed
from tuireader.query import Subject


class Index:
    """An index in memory."""

    def __init__(self) -> None:
        self._conn = sqlite3.connect(":memory:", isolation_level=None)
        columns = "title, body, author"
        self._conn.execute(
            f"CREATE VIRTUAL TABLE search USING fts5({columns}, content='', tokenize='{TOKENIZER}')"
        )

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *about: object) -> None:
        self._conn.close()

    def hit(self, expression: str, subject: Subject) -> bool:
        """Whether the index hits an article that is stored as the store does it."""
        texts = (subject.title, f"{subject.summary}\n{subject.body}", subject.author)
        self._conn.execute("BEGIN")
        self._conn.execute(
            "INSERT INTO search(rowid, title, body, author) VALUES (1, ?, ?, ?)", [*map(indexed, texts)]
        )
        found = self._conn.execute("SELECT 1 FROM search WHERE search MATCH ?", (expression,)).fetchall()
        self._conn.execute("ROLLBACK")
        return bool(found)
