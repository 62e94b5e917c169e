"""What articles said before they were edited."""

from __future__ import annotations

import sqlite3

from tuireader.store.packing import Packing
from tuireader.text import plain
from tuireader.values import dataclass

_MOST = 20
"""Versions that are kept of one article; live blogs have hundreds."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article, in plain text. `until` is when the next one was first seen.

    `full` says that it is the text of its page, and not that of its feed.
    """

    until: int
    title: str
    text: str
    full: bool = False


class Revisions:
    """Old versions only: the one that is in force is the article's content."""

    def __init__(self, conn: sqlite3.Connection, packing: Packing) -> None:
        self._conn = conn
        self._packing = packing

    def keep(self, article_id: int, until: int, title: str, html: str, *, full: bool = False) -> None:
        """Keep what is about to be replaced; needs a transaction. `full` for the text of the page."""
        self._conn.execute(
            "INSERT INTO revision (article_id, until, title, html, full_text) VALUES (?, ?, ?, ?, ?)",
            (article_id, until, title, self._packing.pack(html), int(full)),
        )
        self._conn.execute(
            """DELETE FROM revision WHERE article_id = ?1 AND id NOT IN
                 (SELECT id FROM revision WHERE article_id = ?1 ORDER BY id DESC LIMIT ?2)""",
            (article_id, _MOST),
        )

    def of(self, article_id: int, *, full: bool = False) -> list[Version]:
        """All versions of an article, newest first; the first one is that in force, with `until` 0.

        `full` gives those of its page, of which there may be none, else those of its feed.
        """
        now = (
            "SELECT 0, a.title, t.html, 1 << 62 FROM full_text t JOIN article a ON a.id = t.article_id"
            if full
            else """SELECT 0, a.title, coalesce(c.html, c.summary), 1 << 62
                    FROM article a LEFT JOIN content c ON c.article_id = a.id"""
        )
        rows = self._conn.execute(
            f"""{now} WHERE a.id = ?1
                UNION ALL SELECT until, title, html, id FROM revision WHERE article_id = ?1 AND full_text = ?2
                ORDER BY 4 DESC""",
            (article_id, int(full)),
        )
        unpack = self._packing.unpack
        return [Version(until, title, plain(unpack(html)), full) for until, title, html, _ in rows]
