"""Saving what a feed said: which entries are new articles, which are known, which have changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import field, replace

from tuireader import diff, identity
from tuireader.model import Keys, ParsedEntry, ParsedFeed, Prepared
from tuireader.prepare import prepare
from tuireader.store.glance import labels_of
from tuireader.store.index import Index
from tuireader.store.packing import Packer, Packing
from tuireader.store.reading import StoredText
from tuireader.store.revisions import Revisions
from tuireader.store.texts import pack_extra
from tuireader.text import plain
from tuireader.values import dataclass

IMPORTED = 1
"""The digest of an appearance that came from another reader and that the feed itself has not told yet."""


@dataclass(slots=True)
class Saved:
    """What `save` did, with the texts of the articles that are to be matched and related now.

    `before` has what the `changed` articles said until now. It is not `whole` when entries were left out as
    known that are not stored any more: the document has to be asked for again.
    """

    new: list[StoredText] = field(default_factory=list)
    changed: list[StoredText] = field(default_factory=list)
    before: list[StoredText] = field(default_factory=list)
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Incoming:
    entry: ParsedEntry
    keys: Keys
    prepared: Prepared

    @classmethod
    def of(cls, entry: ParsedEntry, keys: Keys, prepared: Prepared | None) -> _Incoming:
        """The entry with its plain texts, which are made only for what is new or changed."""
        return cls(entry, keys, prepared or prepare(entry))

    @property
    def title(self) -> str:
        """The title, or what stands in for one that is missing."""
        return self.prepared.title

    @property
    def text_key(self) -> int:
        """The fingerprint of title and text."""
        return self.prepared.text_key


@dataclass(frozen=True, slots=True)
class _Known:
    article_id: int
    digest: int
    secondary: bool


@dataclass(frozen=True, slots=True)
class _Alike:
    """Stored articles by keys of new entries: (id, feed, title) by address, ids of the same feed by text."""

    by_url: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    by_text: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is stored of an article: `kept` is False when its content was purged."""

    text: StoredText
    summary: str
    html: str
    kept: bool


class Saving:
    """Writes articles. A change of content never makes an article unread."""

    def __init__(
        self, conn: sqlite3.Connection, packing: Packing, index: Index, revisions: Revisions
    ) -> None:
        self._conn = conn
        self._packing = packing
        self._index = index
        self._revisions = revisions

    def save(self, feed_id: int, entries: Sequence[ParsedEntry], now: int) -> Saved:
        """Store the entries of one feed document; needs a transaction. `now` is when they were first seen."""
        return self.save_feed(feed_id, ParsedFeed(entries=tuple(entries)), now)

    def save_feed(self, feed_id: int, parsed: ParsedFeed, now: int, *, index: bool = True) -> Saved:
        """The same for a feed document that may have been sifted.

        Without `index` the caller has to put `Saved.new` into the index in the same transaction: a savepoint
        makes FTS5 write out what it holds, and small pieces cost it more than one large one.
        """
        incoming = _incoming(parsed)
        known = self._known(feed_id, [*(keys.guid for _, keys, _ in incoming), *parsed.known])
        saved = Saved(whole=known.keys() >= set(parsed.known))
        unknown: list[_Incoming] = []
        for entry, keys, made in incoming:
            before = known.get(keys.guid)
            if before is None:
                unknown.append(_Incoming.of(entry, keys, made))
            elif before.digest != keys.digest:
                item = _Incoming.of(entry, keys, made)
                if self._freed(feed_id, before, item):
                    del known[keys.guid]
                    unknown.append(item)
                else:
                    self._change(feed_id, before, item, now, saved)
        present = {before.article_id for before in known.values()}
        alike = self._alike(feed_id, unknown)
        fresh = [item for item in unknown if not self._adopt(feed_id, item, alike, present, now, saved)]
        self._insert(feed_id, fresh, now, saved)
        if index:
            self.index(saved.new)
        return saved

    def digests(self, feed_id: int, most: int = 4000) -> dict[int, int]:
        """The guid keys of a feed's entries with what they said, to sift by; of very long feeds not all."""
        rows = self._conn.execute(
            "SELECT guid_key, digest FROM appearance WHERE feed_id = ? LIMIT ?", (feed_id, most)
        )
        return dict(rows.fetchall())

    def index(self, texts: Sequence[StoredText]) -> None:
        """Put new articles into the full-text index."""
        self._index.add_many(texts)

    def _known(self, feed_id: int, guids: Sequence[int]) -> dict[int, _Known]:
        rows = self._conn.execute(
            """SELECT guid_key, article_id, digest, secondary FROM appearance
               WHERE feed_id = ? AND guid_key IN (SELECT value FROM json_each(?))""",
            (feed_id, json.dumps(guids)),
        )
        return {row[0]: _Known(row[1], row[2], bool(row[3])) for row in rows}

    def _freed(self, feed_id: int, before: _Known, item: _Incoming) -> bool:
        """Whether a known guid now names another article; the old one then stands under a guid of its own."""
        url, stored = self._conn.execute(
            """SELECT url, EXISTS (SELECT 1 FROM article o WHERE o.url_key = ? AND o.url_key != 0
                 AND o.title = ? AND o.id != a.id) FROM article a WHERE id = ?""",
            (item.keys.url, item.title, before.article_id),
        ).fetchone()
        if identity.url_key(url) == identity.url_key(item.entry.url):
            return False
        old, new = self._shown(before.article_id).text, (item.title, item.entry.url, item.prepared.body)
        if not stored and not identity.another(old.title, url, old.body, *new):
            return False
        self._conn.execute(
            "UPDATE OR REPLACE appearance SET guid_key = ? WHERE feed_id = ? AND guid_key = ?",
            (identity.hash64(f"freed {item.keys.guid} {before.article_id}"), feed_id, item.keys.guid),
        )
        return True

    def _alike(self, feed_id: int, items: Sequence[_Incoming]) -> _Alike:
        """The stored articles that may be those of new entries."""
        alike = _Alike()
        if urls := [item.keys.url for item in items if item.keys.url]:
            for url, *found in self._conn.execute(
                """SELECT url_key, id, feed_id, title FROM article
                   WHERE url_key != 0 AND url_key IN (SELECT value FROM json_each(?)) ORDER BY id""",
                (json.dumps(urls),),
            ):
                alike.by_url.setdefault(url, []).append(tuple(found))
        if texts := [item.text_key for item in items if item.text_key]:
            for text, article_id in self._conn.execute(
                """SELECT text_key, id FROM article
                   WHERE feed_id = ? AND text_key != 0 AND text_key IN (SELECT value FROM json_each(?))
                   ORDER BY id""",
                (feed_id, json.dumps(texts)),
            ):
                alike.by_text.setdefault(text, []).append(article_id)
        return alike

    def _adopt(
        self, feed_id: int, item: _Incoming, alike: _Alike, present: set[int], now: int, saved: Saved
    ) -> bool:
        """Recognise a new (feed, guid) as an article that is stored: by address, or by its text.

        An article that stands in this very document under its own guid is another one.
        """
        for article_id, other_feed, title in alike.by_url.get(item.keys.url, ()):
            own = other_feed == feed_id
            if article_id not in present and identity.same_by_url(item.title, title, same_feed=own):
                self._appear(feed_id, article_id, item, now, own=own, saved=saved)
                present.add(article_id)
                return True
        for article_id in alike.by_text.get(item.text_key, ()):
            if article_id not in present:
                self._appear(feed_id, article_id, item, now, own=True, saved=saved)
                present.add(article_id)
                return True
        return False

    def _appear(
        self, feed_id: int, article_id: int, item: _Incoming, now: int, *, own: bool, saved: Saved
    ) -> None:
        self._conn.execute(
            """INSERT INTO appearance (feed_id, guid_key, article_id, digest, secondary)
               VALUES (?, ?, ?, ?, ?)""",
            (feed_id, item.keys.guid, article_id, item.keys.digest, int(not own)),
        )
        if own:
            self._change(feed_id, _Known(article_id, 0, False), item, now, saved)
        else:
            self._conn.execute(
                """UPDATE article SET sources = 1 + (SELECT count(DISTINCT feed_id) FROM appearance
                   WHERE article_id = ?1 AND secondary = 1 AND feed_id != article.feed_id) WHERE id = ?1""",
                (article_id,),
            )

    def _change(self, feed_id: int, before: _Known, item: _Incoming, now: int, saved: Saved) -> None:
        """An entry that is known says something else now: keep the new text, and every mark as it is.

        What a person would see as an edit is told by a mark and keeps the old version; white space, tracking
        parameters and counters change silently. A text that was purged comes back without either.
        """
        conn, entry, article_id = self._conn, item.entry, before.article_id
        conn.execute(
            "UPDATE appearance SET digest = ? WHERE feed_id = ? AND guid_key = ?",
            (item.keys.digest, feed_id, item.keys.guid),
        )
        if before.secondary:
            return  # the article shows the words of the feed that had it first
        old = self._shown(article_id)
        said = (item.title, entry.url, entry.author, entry.summary_html, entry.content_html)
        if said == (old.text.title, old.text.url, old.text.author, old.summary, old.html):
            return
        text = _stored(article_id, feed_id, old.text.time, item, read=old.text.read, starred=old.text.starred)
        text = replace(text, full=old.text.full, labels=old.text.labels)
        told = bool(old.html or old.summary) or not old.text.full  # else purged, and only its page is known
        edited = old.kept and told and not diff.trivial(_readable(old.text), _readable(text))
        edited = edited and not self._came_otherwise(feed_id, before)
        if edited:
            self._revisions.keep(article_id, now, old.text.title, old.html or old.summary)
        if old.kept:
            self._index.remove([old.text])
        conn.execute(
            """UPDATE article SET title = ?, url = ?, author = ?, url_key = ?, text_key = ?,
                 edited = max(edited, ?) WHERE id = ?""",
            (item.title, entry.url, entry.author, item.keys.url, item.text_key, int(edited), article_id),
        )
        conn.execute("DELETE FROM content WHERE article_id = ?", (article_id,))
        conn.execute(_CONTENT, _content(article_id, item, self._packing.packer()))
        self._index.add([text])
        saved.changed.append(text)
        saved.before.append(old.text)

    def _came_otherwise(self, feed_id: int, before: _Known) -> bool:
        """Whether what is stored of an article came from another reader, which keeps less than a feed says.

        That is so until the feed has said it once.
        """
        rows = self._conn.execute(
            "UPDATE appearance SET digest = 0 WHERE feed_id = ? AND article_id = ? AND digest = ?",
            (feed_id, before.article_id, IMPORTED),
        )
        return before.digest == IMPORTED or rows.rowcount > 0

    def _shown(self, article_id: int) -> _Shown:
        row = self._conn.execute(
            """SELECT a.feed_id, a.title, a.url, a.author, a.time, a.read, a.starred,
                      c.article_id IS NOT NULL, c.summary, c.html, t.html
               FROM article a LEFT JOIN content c ON c.article_id = a.id
                 LEFT JOIN full_text t ON t.article_id = a.id WHERE a.id = ?""",
            (article_id,),
        ).fetchone()
        unpack = self._packing.unpack
        summary, html = unpack(row[8]), unpack(row[9])
        text = StoredText(
            id=article_id,
            feed_id=row[0],
            title=row[1],
            url=row[2],
            author=row[3],
            time=row[4],
            read=bool(row[5]),
            starred=bool(row[6]),
            summary=plain(summary) if html and summary else "",
            body=plain(html or summary),
            html=html or summary,
            base_url="",
            full=plain(unpack(row[10])) if row[10] else "",
            labels=labels_of(self._conn, [article_id]).get(article_id, ()),
        )
        return _Shown(text, summary, html, bool(row[7]))

    def _insert(self, feed_id: int, fresh: Sequence[_Incoming], now: int, saved: Saved) -> None:
        if not fresh:
            return
        conn = self._conn
        first = int(conn.execute("SELECT coalesce(max(id), 0) + 1 FROM article").fetchone()[0])
        packer = self._packing.packer()
        articles, contents, appearances, texts = [], [], [], []
        # feeds put the newest on top: it gets the highest id
        for article_id, item in enumerate(reversed(fresh), first):
            entry = item.entry
            published = entry.published if entry.published is not None else entry.updated
            time = min(published, now) if published is not None else now
            articles.append(
                (
                    article_id,
                    feed_id,
                    item.title,
                    entry.url,
                    entry.author,
                    published,
                    now,
                    time,
                    item.keys.url,
                    item.text_key,
                )
            )
            contents.append(_content(article_id, item, packer))
            appearances.append((feed_id, item.keys.guid, article_id, item.keys.digest))
            texts.append(_stored(article_id, feed_id, time, item))
        conn.executemany(
            """INSERT INTO article
                 (id, feed_id, title, url, author, published, arrived, time, url_key, text_key)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            articles,
        )
        conn.executemany(_CONTENT, contents)
        conn.executemany(
            "INSERT INTO appearance (feed_id, guid_key, article_id, digest) VALUES (?, ?, ?, ?)", appearances
        )
        saved.new += texts


def _incoming(parsed: ParsedFeed) -> list[tuple[ParsedEntry, Keys, Prepared | None]]:
    """The entries of a document with their keys, and what was made of them already, if it was."""
    if parsed.keys:
        return list(zip(parsed.entries, parsed.keys, parsed.prepared, strict=True))
    return [(entry, keys, None) for entry, keys in identity.distinct(parsed.entries).values()]


_CONTENT = "INSERT INTO content (article_id, summary, html, base_url, extra) VALUES (?, ?, ?, ?, ?)"


def _stored(
    article_id: int, feed_id: int, time: int, item: _Incoming, *, read: bool = False, starred: bool = False
) -> StoredText:
    entry = item.entry
    return StoredText(
        article_id,
        feed_id,
        item.title,
        entry.url,
        entry.author,
        time,
        read,
        starred,
        item.prepared.summary,
        item.prepared.body,
        entry.content_html or entry.summary_html,
        entry.base_url,
        entry.tags,
        words=item.prepared.words,
        links=item.prepared.links,
        dated=entry.published is not None or entry.updated is not None,
    )


def _content(article_id: int, item: _Incoming, packer: Packer) -> tuple[int, object, object, str, str]:
    entry = item.entry
    base = "" if entry.base_url == entry.url else entry.base_url  # most are, and "" is read as the address
    summary, html = packer.pack(entry.summary_html), packer.pack(entry.content_html)
    return article_id, summary, html, base, pack_extra(entry)


def _readable(text: StoredText) -> str:
    return f"{text.title}\n{text.summary}\n{text.body}"
