"""Full texts from the pages of articles, and comments."""

from __future__ import annotations

from collections.abc import Sequence

from tuireader.model import Thread
from tuireader.store.compression import Compression
from tuireader.store.json_columns import thread_text
from tuireader.store.revisions import Revisions
from tuireader.store.sql import Part, id_list
from tuireader.text import plain, word_diff

_TRIES = 3  # automatic attempts to fetch a page


class FullTexts(Part):
    """One row for each article whose page was requested. Methods that write need a transaction."""

    _compression: Compression
    _revisions: Revisions

    def keep(self, article_id: int, html: str, base_url: str, now: int) -> None:
        """Store the text of a page; keep the previous one as a version if their words differ.

        Restores the content row of a purged article.
        """
        conn = self._conn
        title, old = conn.execute(
            """SELECT a.title, t.html FROM article a LEFT JOIN full_text t ON t.article_id = a.id
               WHERE a.id = ?""",
            (article_id,),
        ).fetchone()
        before = self._compression.decompress(old)
        if before and not word_diff.trivial(plain(before), plain(html)):
            self._revisions.keep(article_id, now, title, before, full=True)
        conn.execute(
            """INSERT OR REPLACE INTO full_text (article_id, at, html, base_url) VALUES (?, ?, ?, ?)""",
            (article_id, now, self._compression.compress(html), base_url),
        )
        conn.execute(
            "INSERT OR IGNORE INTO content (article_id, base_url, extra) VALUES (?, '', '{}')", (article_id,)
        )

    def page(self, article_id: int) -> tuple[str, str]:
        """Return the HTML of an article's page, if it was fetched, and the base address of its links."""
        row = self._conn.execute(
            "SELECT html, base_url FROM full_text WHERE article_id = ?", (article_id,)
        ).fetchone()
        return ("", "") if row is None else (self._compression.decompress(row[0]), row[1])

    def has_content(self, article_id: int) -> bool:
        """Return whether an article is in the index, that is, has not been purged."""
        return self._value("SELECT 1 FROM content WHERE article_id = ?", (article_id,)) is not None

    def fail(self, article_id: int, reason: str, now: int) -> None:
        """Store why a page could not be fetched; keep an earlier text."""
        self._conn.execute(
            """INSERT INTO full_text (article_id, at, error, tries) VALUES (?1, ?2, ?3, 1)
               ON CONFLICT (article_id) DO UPDATE SET error = ?3, tries = tries + 1,
                 at = CASE WHEN html IS NULL THEN ?2 ELSE at END""",
            (article_id, now, reason),
        )

    def show(self, article_id: int, shown: bool) -> None:
        """Choose whether to display the full text or the feed's text."""
        self._conn.execute("UPDATE full_text SET shown = ? WHERE article_id = ?", (int(shown), article_id))

    def missing(self, feed_ids: Sequence[int], each: int) -> list[tuple[int, str]]:
        """Return (article, title) of the articles whose pages are missing, among the newest `each` of a feed.

        Leaves out muted and read articles, and pages that failed three times.
        """
        found: list[tuple[int, str]] = []
        for feed_id in feed_ids:
            rows = self._conn.execute(
                """SELECT n.id, n.title, t.html IS NULL AND coalesce(t.tries, 0) < ?
                   FROM (SELECT id, title, url, read FROM article WHERE feed_id = ? AND muted = 0
                         ORDER BY time DESC, id DESC LIMIT ?) n
                   LEFT JOIN full_text t ON t.article_id = n.id WHERE n.url != '' AND n.read = 0""",
                (_TRIES, feed_id, each),
            )
            found += [(article_id, title) for article_id, title, wanted in rows if wanted]
        return found

    def keep_comments(self, article_id: int, thread: Thread) -> None:
        """Store the comments of an article, replacing earlier ones."""
        self._conn.execute(
            "INSERT OR REPLACE INTO comments (article_id, at, packed) VALUES (?, ?, ?)",
            (article_id, thread.at, self._compression.compress(thread_text(thread))),
        )

    def drop(self, ids: Sequence[int]) -> None:
        """Delete the full texts and comments of articles."""
        wanted = (id_list(ids),)
        for table in ("full_text", "comments"):
            self._conn.execute(
                f"DELETE FROM {table} WHERE article_id IN (SELECT value FROM json_each(?))", wanted
            )
