"""What articles said before they were edited."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from tuireader.prepare import pack, unpack
from tuireader.text import plain

_MOST = 20
"""Versions that are kept of one article; live blogs have hundreds."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article, in plain text. `until` is when the next one was first seen."""

    until: int
    title: str
    text: str


class Revisions:
    """Old versions only: the one that is in force is the article's content."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def keep(self, article_id: int, until: int, title: str, html: str) -> None:
        """Keep what is about to be replaced; needs a transaction."""
        self._conn.execute(
            "INSERT INTO revision (article_id, until, title, html) VALUES (?, ?, ?, ?)",
            (article_id, until, title, pack(html)),
        )
        self._conn.execute(
            """DELETE FROM revision WHERE article_id = ?1 AND id NOT IN
                 (SELECT id FROM revision WHERE article_id = ?1 ORDER BY id DESC LIMIT ?2)""",
            (article_id, _MOST),
        )

    def of(self, article_id: int) -> list[Version]:
        """All versions of an article, newest first; the first one is that in force, with `until` 0."""
        rows = self._conn.execute(
            """SELECT 0, a.title, coalesce(c.html, c.summary), 1 << 62
                 FROM article a LEFT JOIN content c ON c.article_id = a.id WHERE a.id = ?1
               UNION ALL SELECT until, title, html, id FROM revision WHERE article_id = ?1
               ORDER BY 4 DESC""",
            (article_id,),
        )
        return [Version(until, title, plain(unpack(html))) for until, title, html, _ in rows]
