"""The texts of further feeds, and which feed's text is displayed.

An article belongs to the feed whose text it shows (`article.feed_id`, in `article` and `content`). A feed
with another text has a `variant`; one without says the same. When another text is displayed, the two change
places, and revisions and matches keep naming the feed of their text.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuireader import dedup
from tuireader.store.articles import Appearance, StoredText
from tuireader.store.compression import Stored
from tuireader.store.sql import Part


@dataclass(frozen=True, slots=True)
class Variant:
    """A feed's text of an article, as it is stored."""

    title: str
    url: str
    author: str
    summary: Stored
    html: Stored
    base_url: str
    extra: str
    url_key: int
    text_key: int


class Variants(Part):
    """All that writes needs a transaction, and leaves the full-text index to the caller."""

    def keep(self, article_id: int, feed_id: int, variant: Variant) -> None:
        """Store a feed's text in place of its previous one."""
        self._conn.execute(
            "INSERT OR REPLACE INTO variant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article_id, feed_id, *_row(variant)),
        )

    def drop(self, article_id: int, feed_id: int) -> None:
        """Delete a variant: the feed says what is displayed."""
        self._conn.execute("DELETE FROM variant WHERE article_id = ? AND feed_id = ?", (article_id, feed_id))

    def copy_to_feeds(self, article_id: int) -> None:
        """Give the further feeds that say what is displayed a copy of it, before it changes."""
        feeds = self._conn.execute(
            """SELECT DISTINCT feed_id FROM appearance WHERE article_id = ?1 AND secondary = 1
               EXCEPT SELECT feed_id FROM variant WHERE article_id = ?1""",
            (article_id,),
        ).fetchall()
        shown = self._shown(article_id) if feeds else None
        if shown is not None:
            for (feed_id,) in feeds:
                self.keep(article_id, feed_id, shown)

    def choose(self, text: StoredText) -> Appearance | None:
        """Return the appearance to display in place of a text, None if the text is the best one."""
        others = [other for other in text.appearances if not other.same]
        if not others:
            return None
        urls = self._subscribed((text.feed_id, *(other.feed_id for other in others)))
        best: Appearance | None = None
        feed_id, url, body, title = text.feed_id, text.url, text.body, text.title
        for other in others:
            if other.feed_id not in urls:
                continue
            titles = f"{title} {other.title}"
            gone = feed_id not in urls and not dedup.has_few_words(other.body, titles)
            home = dedup.is_home(urls.get(feed_id, ""), url)
            other_home = dedup.is_home(urls[other.feed_id], other.url)
            if gone or dedup.is_better(body, other.body, titles, home=home, other_home=other_home):
                best, feed_id, url, body, title = other, other.feed_id, other.url, other.body, other.title
        return best

    def subscribed(self, text: StoredText) -> Appearance | None:
        """Return an appearance of an article in a subscribed feed."""
        urls = self._subscribed(tuple(other.feed_id for other in text.appearances))
        return next((other for other in text.appearances if other.feed_id in urls), None)

    def show(self, article_id: int, feed_id: int) -> None:
        """Make an article belong to a feed that carries it, and display its text."""
        conn = self._conn
        (before,) = conn.execute("SELECT feed_id FROM article WHERE id = ?", (article_id,)).fetchone()
        self.copy_to_feeds(article_id)
        shown = self._shown(article_id)
        variant = self._variant(article_id, feed_id) or shown
        conn.execute(
            "UPDATE appearance SET secondary = (feed_id != ?2) WHERE article_id = ?1", (article_id, feed_id)
        )
        conn.execute("UPDATE article SET feed_id = ? WHERE id = ?", (feed_id, article_id))
        for table, where in (("revision", " AND full_text = 0"), ("match", "")):
            conn.execute(
                f"""UPDATE {table} SET feed_id = CASE feed_id WHEN 0 THEN ?2 ELSE 0 END
                    WHERE article_id = ?1 AND feed_id IN (0, ?3){where}""",
                (article_id, before, feed_id),
            )
        self.drop(article_id, feed_id)
        if shown is not None and shown != variant:
            self.keep(article_id, before, shown)
        if variant is not None:
            self._put(article_id, variant)

    def _put(self, article_id: int, variant: Variant) -> None:
        title, url, author, summary, html, base_url, extra, url_key, text_key = _row(variant)
        self._conn.execute(
            "UPDATE article SET title = ?, url = ?, author = ?, url_key = ?, text_key = ? WHERE id = ?",
            (title, url, author, url_key, text_key, article_id),
        )
        self._conn.execute(
            """INSERT OR REPLACE INTO content (article_id, summary, html, base_url, extra)
               VALUES (?, ?, ?, ?, ?)""",
            (article_id, summary, html, base_url, extra),
        )

    def _shown(self, article_id: int) -> Variant | None:
        """Return the displayed text, None if it was purged."""
        row = self._conn.execute(
            """SELECT a.title, a.url, a.author, c.summary, c.html, c.base_url, c.extra, a.url_key, a.text_key
               FROM article a JOIN content c ON c.article_id = a.id WHERE a.id = ?""",
            (article_id,),
        ).fetchone()
        return Variant(*row) if row else None

    def _variant(self, article_id: int, feed_id: int) -> Variant | None:
        row = self._conn.execute(
            """SELECT title, url, author, summary, html, base_url, extra, url_key, text_key
               FROM variant WHERE article_id = ? AND feed_id = ?""",
            (article_id, feed_id),
        ).fetchone()
        return Variant(*row) if row else None

    def _subscribed(self, feed_ids: tuple[int, ...]) -> dict[int, str]:
        """Return the addresses of those feeds that are subscribed."""
        marks = ",".join("?" * len(feed_ids))
        rows = self._conn.execute(
            f"SELECT id, url FROM feed WHERE subscribed = 1 AND id IN ({marks})", feed_ids
        )
        return dict(rows.fetchall())


def _row(variant: Variant) -> tuple[object, ...]:
    return (
        variant.title, variant.url, variant.author, variant.summary, variant.html, variant.base_url,
        variant.extra, variant.url_key, variant.text_key,
    )  # fmt: skip
