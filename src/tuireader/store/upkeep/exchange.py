"""Import articles from another reader and marks from another machine, and export both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tuireader.model import Keys, MarkedArticle, ParsedEntry, ParsedFeed, Prepared
from tuireader.store.articles.articles import StoredText
from tuireader.store.articles.entries import IMPORTED, Entries
from tuireader.store.articles.incoming import APPEARANCE
from tuireader.store.lists.first_page import labels_of
from tuireader.store.marks.labels import Labels
from tuireader.store.marks.marks import Marks
from tuireader.store.sql import FEED_ADDRESS, Part, from_row, newest_id
from tuireader.text import without_password


class ImportedArticle(Struct, frozen=True):
    """An article of another reader, with its marks there."""

    entry: ParsedEntry
    keys: Keys
    prepared: Prepared
    read: bool = False
    starred: bool = False
    labels: tuple[str, ...] = ()


class ImportResult(Struct):
    """The result of an import: texts to match, and numbers of known and of newly marked articles.

    `carried` is as in `Saved`.
    """

    new: list[StoredText] = field(default_factory=list)
    carried: list[tuple[StoredText, StoredText]] = field(default_factory=list)
    known: int = 0
    marked: int = 0


class ArticleMarks(Struct, frozen=True):
    """The marks of an article in a feed; `sources` counts the feeds that carry it."""

    read: bool
    starred: bool
    sources: int
    labels: tuple[str, ...] = ()


class Exchange(Part):
    """Import and export. An import only adds: no mark and no label is lost."""

    _entries: Entries
    _labels: Labels
    _marks: Marks

    def add_articles(self, feed_id: int, items: Sequence[ImportedArticle], now: int) -> ImportResult:
        """Store another reader's articles of a feed; needs a transaction.

        Known articles only gain marks. New ones count as arrived when they were published, so they are not
        news.
        """
        before = self._appearances(feed_id)
        known = {item.keys.guid for item in items if item.keys.guid in before}
        unknown = [item for item in items if item.keys.guid not in known]
        unknown = [item for item in unknown if not self._same_address(feed_id, item, known)]
        parsed = ParsedFeed(
            entries=tuple(item.entry for item in unknown),
            prepared=tuple(item.prepared for item in unknown),
            keys=tuple(item.keys for item in unknown),
        )
        saved = self._entries.save_feed(feed_id, parsed, now)
        sql = """UPDATE appearance SET digest = ? WHERE feed_id = ?
                 AND guid_key IN (SELECT value FROM json_each(?))"""
        self._conn.execute(sql, (IMPORTED, feed_id, json.dumps([item.keys.guid for item in unknown])))
        ids = self._appearances(feed_id)
        item_of = {ids[item.keys.guid]: item for item in items if item.keys.guid in ids}
        self._labels.add_all({article: item.labels for article, item in item_of.items()})
        new = [(text, item_of.pop(text.id)) for text in saved.new]
        self._conn.executemany(
            "UPDATE article SET read = ?, starred = ?, arrived = time WHERE id = ?",
            [(item.read, item.starred, text.id) for text, item in new],
        )
        marked = self._mark_all(item_of.items(), now)
        texts = [
            replace(text, read=item.read, starred=item.starred, labels=item.labels) for text, item in new
        ]
        return ImportResult(texts, saved.carried, len(known), len(marked))

    def _mark_all(self, items: Iterable[tuple[int, ImportedArticle | MarkedArticle]], now: int) -> set[int]:
        """Set read and starred marks from elsewhere; return the articles that changed."""
        items, changed = list(items), set[int]()
        for name in ("read", "starred"):
            wanted = [article for article, mark in items if getattr(mark, name)]
            changed |= set(self._marks.set(name, wanted, True, now=now, journal=False).ids)
        return changed

    def set_feed_name(self, feed_id: int, title: str, site_url: str) -> None:
        """Store title and website from another reader for a feed that was never fetched."""
        sql = """UPDATE feed SET title = coalesce(nullif(?, ''), title),
                   site_url = coalesce(nullif(site_url, ''), ?)
                 WHERE id = ? AND last_success IS NULL"""
        self._conn.execute(sql, (title, site_url, feed_id))

    def states(self, feed_id: int) -> dict[int, ArticleMarks]:
        """Map guid keys of a feed to the marks of their articles."""
        sql = """SELECT p.guid_key, a.id, a.read, a.starred, a.sources
                 FROM appearance p JOIN article a ON a.id = p.article_id WHERE p.feed_id = ?"""
        rows = self._conn.execute(sql, (feed_id,)).fetchall()
        labels = labels_of(self._conn, [article for _, article, *_ in rows])
        return {
            guid: ArticleMarks(bool(read), bool(starred), sources, labels.get(article, ()))
            for guid, article, read, starred, sources in rows
        }

    def marked_articles(self) -> Iterator[MarkedArticle]:
        """Yield every read, starred or labelled article by feed, once for each feed that carries it."""
        rows = self._named(
            f"""SELECT {FEED_ADDRESS} AS feed, p.guid_key AS guid, a.url, a.url_key, a.title, a.time, a.read,
                      a.starred,
                      (SELECT json_group_array(l.name) FROM article_label x
                       JOIN label l ON l.id = x.label_id WHERE x.article_id = a.id) AS labels
               FROM appearance p JOIN article a ON a.id = p.article_id JOIN feed f ON f.id = p.feed_id
               WHERE a.read = 1 OR a.starred = 1 OR labels != '[]' ORDER BY f.position, f.id, a.id"""
        )
        for row in rows:
            yield from_row(
                MarkedArticle,
                row,
                feed=without_password,
                read=bool,
                starred=bool,
                labels=lambda names: tuple(json.loads(names)),
            )

    def set_marks(self, feed_id: int, marks: Sequence[MarkedArticle], now: int) -> tuple[int, int]:
        """Set marks from another machine on a feed's articles; needs a transaction.

        Returns how many articles changed and how many are missing here; missing ones are recorded and get
        their marks when they arrive.
        """
        ids = self._appearances(feed_id)
        present: list[tuple[int, MarkedArticle]] = []
        absent: list[MarkedArticle] = []
        for mark in marks:
            article = ids.get(mark.guid) or self._at_address(feed_id, mark.url_key, mark.title)
            if article is None:
                absent.append(mark)
            else:
                present.append((article, mark))
        changed = self._mark_all(present, now)
        changed |= self._labels.add_all({article: mark.labels for article, mark in present})
        self._note(feed_id, absent)
        return len(changed), len(absent)

    def _note(self, feed_id: int, marks: Sequence[MarkedArticle]) -> None:
        first = newest_id(self._conn) + 1
        self._conn.executemany(
            """INSERT INTO article (id, feed_id, title, url, author, published, arrived, time, read, starred,
                                    url_key, text_key)
               VALUES (?1, ?2, ?3, ?4, '', ?5, ?5, ?5, ?6, ?7, ?8, 0)""",
            [
                (at, feed_id, mark.title, mark.url, mark.time, mark.read, mark.starred, mark.url_key)
                for at, mark in enumerate(marks, first)
            ],
        )
        self._conn.executemany(
            APPEARANCE, [(feed_id, mark.guid, at, IMPORTED) for at, mark in enumerate(marks, first)]
        )
        self._labels.add_all({at: mark.labels for at, mark in enumerate(marks, first)})

    def _appearances(self, feed_id: int) -> dict[int, int]:
        return self._mapping("SELECT guid_key, article_id FROM appearance WHERE feed_id = ?", (feed_id,))

    def _same_address(self, feed_id: int, item: ImportedArticle, known: set[int]) -> bool:
        """Link an imported article to the feed's one of the same address and title, if there is one."""
        article = self._at_address(feed_id, item.keys.url, item.prepared.title)
        if article is None:
            return False
        self._conn.execute(APPEARANCE, (feed_id, item.keys.guid, article, IMPORTED))
        known.add(item.keys.guid)
        return True

    def _at_address(self, feed_id: int, url_key: int, title: str) -> int | None:
        sql = "SELECT id, title FROM article WHERE url_key = ? AND url_key != 0 AND feed_id = ?"
        rows = self._conn.execute(sql, (url_key, feed_id))
        return next((article for article, known in rows if known.casefold() == title.casefold()), None)
