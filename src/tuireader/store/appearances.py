"""Articles that several feeds carry: each feed keeps its own text, and the best one is displayed.

An article belongs to the feed on whose site it is, or else to the one with the longest text, as long as the
texts are alike; texts that differ are different articles. The first feed to use an address does not decide
what is shown there. A read article stays read only if the user has seen the text: one that had only a title,
and now gets its text from another feed, becomes unread.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from tuireader import dedup
from tuireader.document.prepare import links_in
from tuireader.store.articles import Appearance, StoredText
from tuireader.store.incoming import IncomingEntry, Saved, StoredArticle, content
from tuireader.store.sql import Part
from tuireader.store.variants import Variant


class Appearances(Part):
    """Store articles of further feeds; every method needs a transaction."""

    def add(
        self, feed_id: int, article_id: int, item: IncomingEntry, saved: Saved, shown: StoredArticle
    ) -> None:
        """Store that a further feed carries an article, with its own text of it."""
        self._conn.execute(
            """INSERT INTO appearance (feed_id, guid_key, article_id, digest, secondary)
               VALUES (?, ?, ?, ?, 1)""",
            (feed_id, item.keys.guid, article_id, item.keys.digest),
        )
        self._conn.execute(
            """UPDATE article SET sources = 1 + (SELECT count(DISTINCT feed_id) FROM appearance
               WHERE article_id = ?1 AND secondary = 1 AND feed_id != article.feed_id) WHERE id = ?1""",
            (article_id,),
        )
        self.change(feed_id, shown, item, saved)

    def change(self, feed_id: int, shown: StoredArticle, item: IncomingEntry, saved: Saved) -> None:
        """Store the text that a feed now has of an article that belongs to another feed."""
        old, article_id = shown.text, shown.text.id
        before = next((one for one in old.appearances if one.feed_id == feed_id), None)
        now = _appearance(feed_id, item, old)
        if not now.same:
            self._store.variants.keep(article_id, feed_id, self._variant(article_id, item))
        elif before is not None and not before.same:
            self._store.variants.drop(article_id, feed_id)
        if before is not None and _words(before) == _words(now):
            return
        others = [one for one in old.appearances if one.feed_id != feed_id]
        text = replace(old, appearances=tuple(sorted([*others, now], key=lambda one: one.feed_id)))
        best = self._store.variants.choose(text) if shown.kept else None if now.same else now
        if best is not None:
            text = self._display(text, best, unread=shown.kept)
        says_more = not now.same or (before is not None and not before.same)
        if best is not None or (shown.kept and says_more):
            saved.reindex(old if self._store.index.has(article_id) else None, text)
        saved.carried.append((old, text))

    def settle(self, text: StoredText) -> StoredText:
        """Update an article's variants after its own feed has changed the text.

        Returns the text that is displayed now: that of another feed if hardly any is left.
        """
        kept: list[Appearance] = []
        for other in text.appearances:
            if not other.same and _words(other) == _words(_said(other.feed_id, text)):
                self._store.variants.drop(text.id, other.feed_id)
                other = Appearance(other.feed_id)
            kept.append(other)
        text = replace(text, appearances=tuple(kept))
        best = self._store.variants.choose(text) if dedup.has_few_words(text.body, text.title) else None
        return text if best is None else self._display(text, best, unread=False)

    def copy_to_feeds(self, text: StoredText) -> StoredText:
        """Give further feeds that say the same a copy of the text before it is replaced."""
        if all(not other.same for other in text.appearances):
            return text
        self._store.variants.copy_to_feeds(text.id)
        appearances = self._store.articles.appearances([text.id]).get(text.id, ())
        return replace(text, appearances=appearances)

    def reassign(self, feed_ids: Collection[int]) -> None:
        """Give articles of unsubscribed feeds to other feeds that carry them."""
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
            (old,) = self._store.articles.texts([article_id])
            best = self._store.variants.choose(old) or self._store.variants.subscribed(old)
            if best is not None:
                text = self._display(old, best, unread=False)
                if self._store.index.has(article_id):
                    saved.reindex(old, text)
        self._store.index.exchange(saved.reindexed)

    def _display(self, text: StoredText, best: Appearance, *, unread: bool) -> StoredText:
        """Display another text, as unread if `unread` and there was nothing of it to read before."""
        self._store.variants.show(text.id, best.feed_id)
        if unread and text.read and not text.full and not _was_seen(text, best):
            self._conn.execute("UPDATE article SET read = 0 WHERE id = ?", (text.id,))
        (text,) = self._store.articles.texts([text.id])
        return replace(text, links=links_in(text.html, text.base_url))

    def _variant(self, article_id: int, item: IncomingEntry) -> Variant:
        entry = item.entry
        _, summary, html, base, extra = content(article_id, item, self._store.compression.compressor())
        url_key, text_key = item.keys.url, item.text_key
        return Variant(item.title, entry.url, entry.author, summary, html, base, extra, url_key, text_key)


def _appearance(feed_id: int, item: IncomingEntry, shown: StoredText) -> Appearance:
    entry = item.entry
    said = Appearance(
        feed_id,
        same=False,
        title=item.title,
        url=entry.url,
        author=entry.author,
        summary=item.prepared.summary,
        body=item.prepared.body,
        html=entry.content_html or entry.summary_html,
        tags=entry.tags,
    )
    return Appearance(feed_id) if _words(said) == _words(_said(feed_id, shown)) else said


def _said(feed_id: int, text: StoredText) -> Appearance:
    return Appearance(
        feed_id, same=False, title=text.title, author=text.author, summary=text.summary, body=text.body
    )


def _words(said: Appearance) -> tuple[bool, str, str, str, str]:
    """Return all that is searched and matched of an appearance: no links, no marks."""
    return said.same, said.title, said.author, said.summary, said.body


def _was_seen(text: StoredText, best: Appearance) -> bool:
    """Return whether a newly displayed text was seen, or most of it, or its beginning."""
    titles = f"{text.title} {best.title}"
    return dedup.contains(best.body, text.body, titles) or dedup.contains(text.body, best.body, titles)
