"""Save the entries of a feed document as new, known or changed articles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from tuireader import dedup
from tuireader.model import ParsedEntry, ParsedFeed
from tuireader.store.articles.appearances import Appearances
from tuireader.store.articles.articles import Articles, StoredText
from tuireader.store.articles.incoming import (
    APPEARANCE,
    CONTENT,
    IncomingEntry,
    Saved,
    content,
    incoming,
    readable,
    stored,
)
from tuireader.store.articles.revisions import Revisions
from tuireader.store.compression import Compression
from tuireader.store.lists.index import Index
from tuireader.store.sql import Part, grouped, newest_id
from tuireader.text import reading_minutes, word_diff

IMPORTED = 1
"""Digest of an imported appearance that the feed itself has not delivered yet."""
_IMPORT = "feed_id = ? AND article_id = ? AND digest = ?"


class Entries(Part):
    """Write articles. Edits never mark an article unread; `Appearances` stores the texts of further feeds."""

    _appearances: Appearances
    _articles: Articles
    _compression: Compression
    _index: Index
    _revisions: Revisions

    def save(self, feed_id: int, entries: Sequence[ParsedEntry], now: int) -> Saved:
        """Store the entries of one feed document, first seen at `now`; needs a transaction."""
        return self.save_feed(feed_id, ParsedFeed(entries=tuple(entries)), now)

    def save_feed(self, feed_id: int, parsed: ParsedFeed, now: int, *, index: bool = True) -> Saved:
        """Store a feed document, which may omit known entries; needs a transaction.

        Without `index`, the caller must pass `Saved.new` to `index.add_new` in the same transaction: each
        savepoint makes FTS5 flush its cache, and many small writes cost more than a large one.
        """
        entries = incoming(parsed)
        known = self._known(feed_id, [*(item.keys.guid for item in entries), *parsed.known])
        saved = Saved(whole=known.keys() >= set(parsed.known))
        unknown: list[IncomingEntry] = []
        for item in entries:
            article_id, digest = known.get(item.keys.guid, (0, 0))
            if not article_id:
                unknown.append(item)
            elif digest != item.keys.digest:
                if self._names_another_article(feed_id, article_id, item):
                    self._appearances.free_guid(feed_id, article_id, item.keys.guid)
                    del known[item.keys.guid]
                    unknown.append(item)
                else:
                    self._change(feed_id, article_id, item, now, saved, digest)
        saved.places = {guid: article_id for guid, (article_id, _) in known.items()}
        present = set(saved.places.values())
        by_url, by_text = self._alike(feed_id, unknown)
        fresh: list[IncomingEntry] = []
        for item in unknown:
            if article_id := self._recognise(feed_id, item, by_url, by_text, present, now, saved):
                present.add(article_id)
                saved.places[item.keys.guid] = article_id
            else:
                fresh.append(item)
        self._insert(feed_id, fresh, now, saved)
        self._index.exchange(saved.reindexed)
        if index:
            self._index.add_new(saved.new)
        return saved

    def digests(self, feed_id: int, most: int = 4000) -> dict[int, int]:
        """Map guid keys of a feed to digests, at most `most`, to recognise known entries."""
        sql = "SELECT guid_key, digest FROM appearance WHERE feed_id = ? LIMIT ?"
        return self._mapping(sql, (feed_id, most))

    def rename(self, feed_id: int, guids: Mapping[int, int]) -> None:
        """Store further guid keys of a feed's articles: it now lists them under other guids."""
        self._conn.executemany(
            f"{APPEARANCE} ON CONFLICT DO NOTHING",
            [(feed_id, guid, article_id, 0) for guid, article_id in guids.items() if article_id],
        )

    def _known(self, feed_id: int, guids: Sequence[int]) -> dict[int, tuple[int, int]]:
        sql = """SELECT guid_key, article_id, digest FROM appearance
                 WHERE feed_id = ? AND guid_key IN (SELECT value FROM json_each(?))"""
        rows = self._conn.execute(sql, (feed_id, json.dumps(guids)))
        return {guid: (article_id, digest) for guid, article_id, digest in rows}

    def _names_another_article(self, feed_id: int, article_id: int, item: IncomingEntry) -> bool:
        """Return whether a feed now uses the guid of a stored article for another one."""
        sql = """SELECT url, EXISTS (SELECT 1 FROM article o WHERE o.url_key = ? AND o.url_key != 0
                   AND o.title = ? AND o.id != a.id) FROM article a WHERE id = ?"""
        url, stored = self._conn.execute(sql, (item.keys.url, item.prepared.title, article_id)).fetchone()
        if dedup.url_key(url) == dedup.url_key(item.entry.url):
            return False
        old, new = self._shown(article_id), (item.prepared.title, item.entry.url, item.prepared.body)
        theirs = (other for other in old.appearances if other.feed_id == feed_id and not other.same)
        before = next(theirs, old)
        return stored or dedup.is_other_article(before.title, url, before.body, *new)

    def _alike(
        self, feed_id: int, items: Sequence[IncomingEntry]
    ) -> tuple[Mapping[int, Sequence[tuple[int, int, str]]], Mapping[int, Sequence[int]]]:
        """Find articles that may equal new entries: (id, feed, title) by address key, ids by text key."""
        sql = """SELECT url_key, id, feed_id, title FROM article
                 WHERE url_key != 0 AND url_key IN (SELECT value FROM json_each(?)) ORDER BY id"""
        by_url = self._conn.execute(sql, (json.dumps([item.keys.url for item in items]),))
        by_text = self._conn.execute(
            """SELECT text_key, id FROM article
               WHERE feed_id = ? AND text_key != 0 AND text_key IN (SELECT value FROM json_each(?))
               ORDER BY id""",
            (feed_id, json.dumps([item.prepared.text_key for item in items])),
        )
        return grouped((url, article) for url, *article in by_url), grouped(by_text)

    def _recognise(
        self,
        feed_id: int,
        item: IncomingEntry,
        by_url: Mapping[int, Sequence[tuple[int, int, str]]],
        by_text: Mapping[int, Sequence[int]],
        present: set[int],
        now: int,
        saved: Saved,
    ) -> int:
        """Recognise a new (feed, guid) as a stored article by its address or text; return it, 0 for none.

        Skips articles that the same document contains under their own guids.
        """
        for article_id, other_feed, title in by_url.get(item.keys.url, ()):
            if article_id in present:
                continue
            if other_feed != feed_id:
                shown = self._shown(article_id)
                if not _is_same(feed_id, item, shown):
                    continue
                if all(feed_id != other.feed_id for other in shown.appearances):
                    saved.first.add(item.keys.guid)
                self._appearances.add(feed_id, shown, item, saved)
            elif dedup.same_by_url(item.prepared.title, title, same_feed=True):
                self._appear(feed_id, article_id, item, now, saved=saved)
            else:
                continue
            return article_id
        for article_id in by_text.get(item.prepared.text_key, ()):
            if article_id not in present:
                self._appear(feed_id, article_id, item, now, saved=saved)
                return article_id
        return 0

    def _appear(self, feed_id: int, article_id: int, item: IncomingEntry, now: int, *, saved: Saved) -> None:
        self._conn.execute(APPEARANCE, (feed_id, item.keys.guid, article_id, item.keys.digest))
        self._change(feed_id, article_id, item, now, saved)

    def _change(
        self, feed_id: int, article_id: int, item: IncomingEntry, now: int, saved: Saved, digest: int = 0
    ) -> None:
        """Store the new text of a known entry, and keep every mark.

        A noticeable edit marks the article as edited and keeps the old version; white space, tracking
        parameters and counters change silently. A purged text returns without mark and version.
        """
        conn, entry, keys = self._conn, item.entry, (item.keys.url, item.prepared.text_key)
        sql = "UPDATE appearance SET digest = ? WHERE feed_id = ? AND guid_key = ?"
        conn.execute(sql, (item.keys.digest, feed_id, item.keys.guid))
        old = self._shown(article_id)
        if old.feed_id != feed_id:
            self._appearances.change(feed_id, old, item, saved)
            return
        kept = conn.execute(
            "SELECT summary, html FROM content WHERE article_id = ?", (article_id,)
        ).fetchone()
        summary, html = map(self._compression.decompress, kept or (None, None))
        new = (item.prepared.title, entry.url, entry.author, entry.summary_html, entry.content_html)
        if new == (old.title, old.url, old.author, summary, html):
            return
        text = stored(article_id, feed_id, old.time, item)
        text = replace(text, read=old.read, starred=old.starred, full=old.full, labels=old.labels)
        text = replace(text, appearances=old.appearances)
        if text.appearances and not text.same_text_as(old):
            text = replace(text, appearances=self._appearances.copy_to_feeds(old).appearances)
        before, after = readable(old), readable(text)
        if not old.html and old.full:  # only the page is stored; the text was purged, or there never was one
            before, after = old.title, text.title
        edited = kept is not None and not word_diff.trivial(before, after)
        if edited and (digest == IMPORTED or self._is_imported(feed_id, article_id)):
            edited = False  # the other reader kept less of the entry
            self._conn.execute(
                f"UPDATE appearance SET digest = 0 WHERE {_IMPORT}", (feed_id, article_id, IMPORTED)
            )
        if edited:
            self._revisions.keep(article_id, now, old.title, old.html)
        conn.execute(
            """UPDATE article SET title = ?, url = ?, author = ?, url_key = ?, text_key = ?,
                 edited = max(edited, ?) WHERE id = ?""",
            (item.prepared.title, entry.url, entry.author, *keys, int(edited), article_id),
        )
        conn.execute(CONTENT, content(article_id, item, self._compression))
        if text.appearances:
            text = self._appearances.settle(text)
        saved.reindex(old if kept else None, text)
        saved.changed.append((old, text))

    def _is_imported(self, feed_id: int, article_id: int) -> bool:
        """Return whether the text came from another reader, because the feed has not delivered it yet."""
        sql = f"SELECT 1 FROM appearance WHERE {_IMPORT}"
        return self._value(sql, (feed_id, article_id, IMPORTED)) is not None

    def _shown(self, article_id: int) -> StoredText:
        (text,) = self._articles.texts([article_id])
        return text

    def _insert(self, feed_id: int, fresh: Sequence[IncomingEntry], now: int, saved: Saved) -> None:
        if not fresh:
            return
        conn = self._conn
        first = newest_id(conn) + 1
        articles, contents, appearances, texts = [], [], [], []
        # feeds list the newest entry first: it gets the highest id
        for article_id, item in enumerate(reversed(fresh), first):
            entry = item.entry
            published = entry.published if entry.published is not None else entry.updated
            time = min(published, now) if published is not None else now
            own = item.prepared
            times, derived = (published, now, time), (item.keys.url, own.text_key, reading_minutes(own.body))
            articles.append((article_id, feed_id, own.title, entry.url, entry.author, *times, *derived))
            contents.append(content(article_id, item, self._compression))
            appearances.append((feed_id, item.keys.guid, article_id, item.keys.digest))
            texts.append(stored(article_id, feed_id, time, item))
            saved.places[item.keys.guid] = article_id
            saved.first.add(item.keys.guid)
        sql = """INSERT INTO article
                   (id, feed_id, title, url, author, published, arrived, time, url_key, text_key,
                    reading_time)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
        conn.executemany(sql, articles)
        conn.executemany(CONTENT, contents)
        conn.executemany(APPEARANCE, appearances)
        saved.new += texts


def _is_same(feed_id: int, item: IncomingEntry, text: StoredText) -> bool:
    """Compare a feed's entry with another feed's article at the same address."""
    titles = {text.feed_id: text.title}
    titles |= {other.feed_id: other.title or text.title for other in text.appearances}
    if feed_id in titles:
        return dedup.same_by_url(item.prepared.title, titles[feed_id], same_feed=True)
    if not any(dedup.same_by_url(item.prepared.title, title, same_feed=False) for title in titles.values()):
        return False
    known = [text.body, *([text.full] if text.full else [])]
    words = f"{item.prepared.title} {text.title}"
    return not all(dedup.are_unlike(body, item.prepared.body, words) for body in known)
