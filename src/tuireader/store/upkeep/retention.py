"""Purge the texts of old articles.

The articles themselves stay, so that they are recognised and still read if they return.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from msgspec import Struct

from tuireader.model import Purged
from tuireader.store.articles.articles import Articles
from tuireader.store.compression import Compression
from tuireader.store.lists.index import Index
from tuireader.store.relations.meaning import Meaning
from tuireader.store.sql import Part, id_list

_WORTH = 0.25  # minimum share of empty pages to shrink the file

_FREE = """a.starred = 0 AND NOT EXISTS (SELECT 1 FROM match m WHERE m.article_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM article_label x WHERE x.article_id = a.id)"""
"""SQL for articles that may be purged: neither starred nor labelled nor matched by a watch."""


class PurgeRule(Struct, frozen=True):
    """Selects articles older than the time `before` and not among the newest `keep` of their feed.

    A condition that is None does not apply. Unread articles are selected only with `unread`.
    """

    before: int | None = None
    keep: int | None = None
    unread: bool = False

    @property
    def condition(self) -> str:
        """SQL for the part of the rule that does not depend on other articles."""
        return _FREE if self.unread else f"{_FREE} AND a.read = 1"


class Retention(Part):
    """Preview and execute a purge."""

    _articles: Articles
    _compression: Compression
    _index: Index
    _meaning: Meaning

    def candidates(self, rule: PurgeRule) -> list[int]:
        """Return the articles that the rule selects, oldest first."""
        sql = f"""SELECT a.id FROM
                    (SELECT *, row_number() OVER (PARTITION BY feed_id ORDER BY time DESC, id DESC) AS nth
                     FROM article) a
                  JOIN content c ON c.article_id = a.id
                  WHERE {rule.condition} AND (?1 IS NULL OR a.time < ?1) AND (?2 IS NULL OR a.nth > ?2)
                  ORDER BY a.time, a.id"""
        return self._column(sql, (rule.before, rule.keep))

    def measure(self, ids: Sequence[int]) -> Purged:
        """Count affected articles and feeds, and the bytes of all texts and old versions."""
        wanted = id_list(ids)
        sql = """SELECT count(*), count(DISTINCT a.feed_id),
                   total(coalesce(length(c.summary), 0) + coalesce(length(c.html), 0) + length(c.extra)
                     + coalesce(length(t.html), 0) + coalesce(length(k.packed), 0))
                 FROM content c JOIN article a ON a.id = c.article_id
                   LEFT JOIN full_text t ON t.article_id = a.id LEFT JOIN comments k ON k.article_id = a.id
                 WHERE c.article_id IN (SELECT value FROM json_each(?))"""
        articles, feeds, size = self._conn.execute(sql, (wanted,)).fetchone()
        (old,) = self._conn.execute(
            """SELECT (SELECT total(length(html)) FROM revision
                       WHERE article_id IN (SELECT value FROM json_each(?1)))
                 + (SELECT total(coalesce(length(summary), 0) + coalesce(length(html), 0)) FROM variant
                    WHERE article_id IN (SELECT value FROM json_each(?1)))""",
            (wanted,),
        ).fetchone()
        return Purged(articles, feeds, int(size + old))

    def drop(self, ids: Sequence[int], rule: PurgeRule) -> int:
        """Delete all texts of articles that the rule still selects; return how many. Needs a transaction."""
        conn = self._conn
        sql = f"""SELECT a.id FROM article a JOIN content c ON c.article_id = a.id
                  WHERE a.id IN (SELECT value FROM json_each(?)) AND {rule.condition}"""
        purged = self._column(sql, (id_list(ids),))
        self._index.remove(self._articles.texts(purged, labels=False))
        wanted = (json.dumps(purged),)
        for table in ("revision", "variant", "content", "full_text", "comments"):
            conn.execute(f"DELETE FROM {table} WHERE article_id IN (SELECT value FROM json_each(?))", wanted)
        conn.execute("DELETE FROM reference WHERE article IN (SELECT value FROM json_each(?))", wanted)
        self._meaning.drop_pairs(purged)
        return len(purged)

    def shrink(self) -> bool:
        """Return empty pages to the disk if it is worth the time; not within a transaction.

        Also returns False if another program is writing or the disk is full; the pages are then reused.
        """
        if self._value("PRAGMA freelist_count") < _WORTH * self._value("PRAGMA page_count"):
            return False
        try:
            self._conn.execute("INSERT INTO search (search) VALUES ('optimize')")
            self._conn.execute("VACUUM")
            self._compression.dictionaries.separate_copies()
            self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            return False
        return True
