"""Earlier versions of edited articles."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tuireader.store.compression import Compression
from tuireader.store.sql import Part, id_list
from tuireader.text import plain

_MOST = 20  # maximum versions of an article; live blogs have hundreds


class Version(Struct, frozen=True):
    """A version of an article in plain text. `until` is when the next version was first seen.

    `full` marks the text of its page, not of its feed. An earlier version has an `id`; `feed_id` is the
    further feed of its text, 0 if the text was displayed.
    """

    until: int
    title: str
    text: str
    full: bool = False
    id: int = 0
    feed_id: int = 0


class Revisions(Part):
    """Earlier versions of articles; the current one is in `content`."""

    _compression: Compression

    def keep(
        self, article_id: int, until: int, title: str, html: str, *, full: bool = False, feed_id: int = 0
    ) -> int:
        """Store a text that is about to be replaced and return its id; needs a transaction.

        `full` marks the text of the page, `feed_id` the text of a further feed. Versions with a match are
        always kept.
        """
        (revision,) = self._conn.execute(
            """INSERT INTO revision (article_id, until, title, html, full_text, feed_id)
               VALUES (?, ?, ?, ?, ?, ?) RETURNING id""",
            (article_id, until, title, self._compression.compress(html), int(full), feed_id),
        ).fetchone()
        sql = """DELETE FROM revision WHERE article_id = ?1 AND id NOT IN
                   (SELECT id FROM revision WHERE article_id = ?1 ORDER BY id DESC LIMIT ?2)
                   AND id NOT IN (SELECT revision FROM match WHERE article_id = ?1)"""
        self._conn.execute(sql, (article_id, _MOST))
        return int(revision)

    def replaced_at(self, article_id: int, until: int, *, full: bool, feed_id: int) -> int:
        """Return the id of the version that was replaced at a time, 0 if it was not kept."""
        sql = """SELECT max(id) FROM revision
                 WHERE article_id = ? AND until = ? AND full_text = ? AND feed_id = ?"""
        return self._value(sql, (article_id, until, int(full), feed_id)) or 0

    def by_article(self, ids: Sequence[int]) -> dict[int, list[Version]]:
        """Map articles to their earlier versions, newest first; articles without any are left out."""
        versions: dict[int, list[Version]] = {}
        decompress = self._compression.decompress
        for article_id, number, until, title, html, feed_id, full in self._conn.execute(
            """SELECT article_id, id, until, title, html, feed_id, full_text FROM revision
               WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC""",
            (id_list(ids),),
        ):
            versions.setdefault(article_id, []).append(
                Version(until, title, plain(decompress(html)), full=bool(full), id=number, feed_id=feed_id)
            )
        return versions

    def feeds(self, article_id: int) -> list[int]:
        """Return the further feeds with versions that were kept because of a match."""
        sql = "SELECT DISTINCT feed_id FROM revision WHERE article_id = ? AND feed_id != 0 ORDER BY feed_id"
        return self._column(sql, (article_id,))

    def versions(self, article_id: int, *, full: bool = False, feed_id: int = 0) -> list[Version]:
        """List all versions of an article, newest first: the current one, with `until` 0, then earlier ones.

        `full` selects versions of its page; otherwise they are of its feed, or of the further feed `feed_id`.
        """
        now = (
            "SELECT 0, a.title, t.html, 1 << 62 FROM full_text t JOIN article a ON a.id = t.article_id"
            if full
            else """SELECT 0, coalesce(v.title, a.title), iif(v.title IS NULL, coalesce(c.html, c.summary),
                      coalesce(v.html, v.summary)), 1 << 62
                    FROM article a LEFT JOIN content c ON c.article_id = a.id
                    LEFT JOIN variant v ON v.article_id = a.id AND v.feed_id = ?3"""
        )
        sql = f"""{now} WHERE a.id = ?1
                  UNION ALL SELECT until, title, html, id FROM revision
                  WHERE article_id = ?1 AND full_text = ?2 AND feed_id = ?3
                  ORDER BY 4 DESC"""
        rows = self._conn.execute(sql, (article_id, int(full), feed_id))
        decompress = self._compression.decompress
        return [Version(until, title, plain(decompress(html)), full) for until, title, html, _ in rows]

    def updated(self, article_ids: Sequence[int]) -> dict[int, int]:
        """Map articles to the time of their last edit, or else of their arrival."""
        sql = """SELECT a.id, max(a.arrived, coalesce((SELECT max(r.until) FROM revision r
                   WHERE r.article_id = a.id AND r.feed_id = 0), 0))
                 FROM article a WHERE a.id IN (SELECT value FROM json_each(?))"""
        return self._mapping(sql, (id_list(article_ids),))
