"""Articles that several feeds carry: each feed keeps its own text, and the best one is displayed.

The best text comes from the feed on whose site the article is; otherwise it is the longest one, as long as
the texts are alike. Texts that are unlike are different articles, so the first feed to use an address does
not decide what is displayed. A read article stays read only if the user has seen the displayed text: an
article that had only a title becomes unread when another feed supplies the text.

An article belongs to the feed whose text is displayed (`article.feed_id`, in `article` and `content`). A
further feed whose text differs has a row in `variant`; without one, its text is the displayed one. When
another text is displayed, the two swap places, and revisions and matches keep naming the feed of their text.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from msgspec.structs import replace

from tuireader import dedup
from tuireader.document.prepare import links_in
from tuireader.store.articles.articles import Appearance, Articles, StoredText
from tuireader.store.articles.full_texts import FullTexts
from tuireader.store.articles.incoming import CONTENT, IncomingEntry, Saved, content
from tuireader.store.compression import Compression
from tuireader.store.lists.index import Index
from tuireader.store.sql import Part, id_list, number_list
from tuireader.store.watches.match_log import MatchLog

_TEXT = "title, url, author, summary, html, base_url, extra, url_key, text_key"
"""Columns of a variant after its keys: a feed's stored text of an article."""
_Variant = tuple[Any, ...]


class Appearances(Part):
    """Texts that further feeds have of an article; every method needs a transaction.

    Callers update the full-text index themselves, except after `reassign`.
    """

    _articles: Articles
    _compression: Compression
    _full_texts: FullTexts
    _index: Index
    _match_log: MatchLog

    def add(self, feed_id: int, shown: StoredText, item: IncomingEntry, saved: Saved) -> None:
        """Record that a further feed carries an article, with the feed's own text."""
        sql = """INSERT INTO appearance (feed_id, guid_key, article_id, digest, secondary)
                 VALUES (?, ?, ?, ?, 1)"""
        self._conn.execute(sql, (feed_id, item.keys.guid, shown.id, item.keys.digest))
        self._conn.execute(
            """UPDATE article SET sources = 1 + (SELECT count(DISTINCT feed_id) FROM appearance
               WHERE article_id = ?1 AND secondary = 1 AND feed_id != article.feed_id) WHERE id = ?1""",
            (shown.id,),
        )
        self.change(feed_id, shown, item, saved)

    def change(self, feed_id: int, old: StoredText, item: IncomingEntry, saved: Saved) -> None:
        """Store a feed's new text of an article that belongs to another feed."""
        article_id, kept = old.id, self._full_texts.has_content(old.id)
        before = next((other for other in old.appearances if other.feed_id == feed_id), None)
        now = _appearance(feed_id, item, old)
        if not now.same:
            self._keep(article_id, feed_id, self._incoming(article_id, item))
        elif before is not None and not before.same:
            self._drop(article_id, feed_id)
        if before is not None and _words(before) == _words(now):
            return
        others = [other for other in old.appearances if other.feed_id != feed_id]
        text = replace(old, appearances=tuple(sorted([*others, now], key=lambda other: other.feed_id)))
        best = self._choose(text) if kept else None if now.same else now
        if best is not None:
            text = self._display(text, best, unread=kept)
        says_more = not now.same or (before is not None and not before.same)
        if best is not None or (kept and says_more):
            saved.reindex(old if self._index.has(article_id) else None, text)
        saved.carried.append((old, text))

    def settle(self, text: StoredText) -> StoredText:
        """Drop variants that equal the new text of an article's own feed.

        Returns the displayed text, which comes from another feed if hardly any text is left.
        """
        kept: list[Appearance] = []
        for other in text.appearances:
            if not other.same and _words(other) == _words(_displayed(other.feed_id, text)):
                self._drop(text.id, other.feed_id)
                other = Appearance(other.feed_id)
            kept.append(other)
        text = replace(text, appearances=tuple(kept))
        best = self._choose(text) if dedup.has_few_words(text.body, text.title) else None
        return text if best is None else self._display(text, best, unread=False)

    def copy_to_feeds(self, text: StoredText) -> StoredText:
        """Keep the displayed text for further feeds that share it, before it is replaced."""
        if all(not other.same for other in text.appearances):
            return text
        self._copy_to_feeds(text.id)
        appearances = self._articles.appearances([text.id]).get(text.id, ())
        return replace(text, appearances=appearances)

    def reassign(self, feed_ids: Collection[int]) -> None:
        """Move articles of unsubscribed feeds to other feeds that carry them."""
        if not feed_ids:
            return
        rows = self._conn.execute(
            """SELECT DISTINCT a.id FROM feed f JOIN appearance p ON p.feed_id = f.id AND p.secondary = 1
               JOIN article a ON a.id = p.article_id
               WHERE f.subscribed = 1 AND a.feed_id IN (SELECT value FROM json_each(?))""",
            (json.dumps(list(feed_ids)),),
        ).fetchall()
        saved = Saved()
        for (article_id,) in rows:
            (old,) = self._articles.texts([article_id])
            best = self._choose(old) or self._any_subscribed(old)
            if best is not None:
                text = self._display(old, best, unread=False)
                if self._index.has(article_id):
                    saved.reindex(old, text)
        self._index.exchange(saved.reindexed)

    def free_guids(self, account_id: int) -> None:
        """Free the guids of an account's feeds: another server may use them for other articles."""
        sql = """SELECT p.feed_id, p.article_id, p.guid_key FROM appearance p
                 JOIN feed f ON f.id = p.feed_id WHERE f.account_id = ?"""
        for row in self._conn.execute(sql, (account_id,)).fetchall():
            self.free_guid(*row)

    def free_guid(self, feed_id: int, article_id: int, guid: int) -> None:
        """Store an article under a guid that no feed uses."""
        sql = "UPDATE OR REPLACE appearance SET guid_key = ? WHERE feed_id = ? AND guid_key = ?"
        self._conn.execute(sql, (dedup.freed_guid(guid, article_id), feed_id, guid))

    def transfer(self, old: int, new: int) -> None:
        """Move a feed's articles to the feed that it became, except those that both have."""
        sql = """SELECT DISTINCT article_id FROM appearance WHERE feed_id = ?1
                 AND article_id NOT IN (SELECT article_id FROM appearance WHERE feed_id = ?2)"""
        ids = self._column(sql, (old, new))
        given = "article_id IN (SELECT value FROM json_each(?))"
        self._conn.execute(
            f"UPDATE OR IGNORE appearance SET feed_id = ? WHERE feed_id = ? AND {given}",
            (new, old, id_list(ids)),
        )
        left = set(self._column("SELECT article_id FROM appearance WHERE feed_id = ?", (old,)))
        moved = id_list(set(ids) - left)
        for table in ("variant", "match", "revision"):
            self._conn.execute(
                f"UPDATE {table} SET feed_id = ? WHERE feed_id = ? AND {given}", (new, old, moved)
            )
        self._conn.execute(
            "UPDATE article SET feed_id = ? WHERE feed_id = ? AND id IN (SELECT value FROM json_each(?))",
            (new, old, moved),
        )

    def _display(self, text: StoredText, best: Appearance, *, unread: bool) -> StoredText:
        """Display another text; with `unread`, an article becomes unread if the user has not seen it."""
        self._show(text.id, best.feed_id)
        if unread and text.read and not text.full and not _was_seen(text, best):
            self._conn.execute("UPDATE article SET read = 0 WHERE id = ?", (text.id,))
            self._match_log.note_read([text.id], False, 0)
        (text,) = self._articles.texts([text.id])
        return replace(text, links=links_in(text.html, text.base_url, text.url))

    def _incoming(self, article_id: int, item: IncomingEntry) -> _Variant:
        entry, prepared = item.entry, item.prepared
        _, *texts = content(article_id, item, self._compression)
        return prepared.title, entry.url, entry.author, *texts, item.keys.url, prepared.text_key

    def _keep(self, article_id: int, feed_id: int, variant: _Variant) -> None:
        sql = "INSERT OR REPLACE INTO variant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._conn.execute(sql, (article_id, feed_id, *variant))

    def _drop(self, article_id: int, feed_id: int) -> None:
        """Delete a feed's variant: its text is the displayed one."""
        self._conn.execute("DELETE FROM variant WHERE article_id = ? AND feed_id = ?", (article_id, feed_id))

    def _copy_to_feeds(self, article_id: int) -> None:
        """Store the displayed text for the further feeds without a variant."""
        sql = """SELECT DISTINCT feed_id FROM appearance WHERE article_id = ?1 AND secondary = 1
                 EXCEPT SELECT feed_id FROM variant WHERE article_id = ?1"""
        feeds = self._conn.execute(sql, (article_id,)).fetchall()
        shown = self._shown(article_id) if feeds else None
        if shown is not None:
            for (feed_id,) in feeds:
                self._keep(article_id, feed_id, shown)

    def _choose(self, text: StoredText) -> Appearance | None:
        """Choose a better text to display, None if the present one is the best."""
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

    def _any_subscribed(self, text: StoredText) -> Appearance | None:
        urls = self._subscribed(tuple(other.feed_id for other in text.appearances))
        return next((other for other in text.appearances if other.feed_id in urls), None)

    def _show(self, article_id: int, feed_id: int) -> None:
        """Move an article to a feed that carries it, and display its text."""
        conn = self._conn
        (before,) = conn.execute("SELECT feed_id FROM article WHERE id = ?", (article_id,)).fetchone()
        self._copy_to_feeds(article_id)
        shown = self._shown(article_id)
        sql = f"SELECT {_TEXT} FROM variant WHERE article_id = ? AND feed_id = ?"
        variant: _Variant | None = conn.execute(sql, (article_id, feed_id)).fetchone() or shown
        sql = "UPDATE appearance SET secondary = (feed_id != ?2) WHERE article_id = ?1"
        conn.execute(sql, (article_id, feed_id))
        conn.execute("UPDATE article SET feed_id = ? WHERE id = ?", (feed_id, article_id))
        for table, where in (("revision", " AND full_text = 0"), ("match", "")):
            conn.execute(
                f"""UPDATE {table} SET feed_id = CASE feed_id WHEN 0 THEN ?2 ELSE 0 END
                    WHERE article_id = ?1 AND feed_id IN (0, ?3){where}""",
                (article_id, before, feed_id),
            )
        self._drop(article_id, feed_id)
        if shown is not None and shown != variant:
            self._keep(article_id, before, shown)
        if variant is not None:
            title, url, author, *texts, url_key, text_key = variant
            conn.execute(
                "UPDATE article SET title = ?, url = ?, author = ?, url_key = ?, text_key = ? WHERE id = ?",
                (title, url, author, url_key, text_key, article_id),
            )
            conn.execute(CONTENT, (article_id, *texts))

    def _shown(self, article_id: int) -> _Variant | None:
        sql = f"SELECT {_TEXT} FROM article a JOIN content c ON c.article_id = a.id WHERE a.id = ?"
        row: _Variant | None = self._conn.execute(sql, (article_id,)).fetchone()
        return row

    def _subscribed(self, feed_ids: tuple[int, ...]) -> dict[int, str]:
        """Map the subscribed ones among some feeds to their addresses."""
        sql = f"SELECT id, url FROM feed WHERE subscribed = 1 AND id IN ({number_list(feed_ids)})"
        return self._mapping(sql)


def _appearance(feed_id: int, item: IncomingEntry, shown: StoredText) -> Appearance:
    entry = item.entry
    theirs = Appearance(
        feed_id,
        same=False,
        title=item.prepared.title,
        url=entry.url,
        author=entry.author,
        summary=item.prepared.summary,
        body=item.prepared.body,
        html=entry.content_html or entry.summary_html,
        tags=entry.tags,
    )
    return Appearance(feed_id) if _words(theirs) == _words(_displayed(feed_id, shown)) else theirs


def _displayed(feed_id: int, text: StoredText) -> Appearance:
    return Appearance(
        feed_id, same=False, title=text.title, author=text.author, summary=text.summary, body=text.body
    )


def _words(appearance: Appearance) -> tuple[bool, str, str, str, str]:
    """Return what searches and watches read of an appearance."""
    return appearance.same, appearance.title, appearance.author, appearance.summary, appearance.body


def _was_seen(text: StoredText, best: Appearance) -> bool:
    """Return whether the user knows most of a newly displayed text, or its beginning."""
    titles = f"{text.title} {best.title}"
    return dedup.contains(best.body, text.body, titles) or dedup.contains(text.body, best.body, titles)
