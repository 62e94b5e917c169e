"""Values derived from the texts of articles: words in the full-text index, and reading times.

The index is a contentless FTS5 table, which needs the exact indexed words to remove an article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tuireader.document.prepare import words
from tuireader.lexicon.indexing import BREAK
from tuireader.store.articles.articles import Articles, StoredText
from tuireader.store.sql import Part, id_list
from tuireader.text import reading_minutes

_BATCH = 200
_MANY = 20  # minimum articles to add without merging; small refreshes bring fewer, and merge
_HELD = 1 << 22
"""Bytes of words that FTS5 caches before it writes a segment, to be merged later.

Most batches are smaller; FTS5's default is 1 MB.
"""
_MERGING, _NOT_MERGING = 4, 0
"""Values of FTS5's `automerge`: the default, which merges four segments at a time on each write, and off."""
_MOST_SEGMENTS = 128
"""Segments that FTS5 merges at once even without `automerge`; its default is 16.

A first fetch of 1,000 feeds makes 68. Merging 64 of them held its transaction for 0.9 s; searching all of
them takes 1 ms more.
"""
_ADD = "INSERT INTO search (rowid, title, body, author) VALUES (?, ?, ?, ?)"
_REMOVE = "INSERT INTO search (search, rowid, title, body, author) VALUES ('delete', ?, ?, ?, ?)"

_SET_MINUTES = "UPDATE article SET reading_time = ?2 WHERE id = ?1 AND reading_time != ?2"


class Index(Part):
    """The index has one row for each article with content. All writes need a transaction."""

    _articles: Articles

    def add_new(self, texts: Sequence[StoredText]) -> None:
        """Add new articles, which have their reading times, unless they are in the index.

        During a large refresh, FTS5 merges only when it must, which saves a third of the time. Later writes
        merge the rest gradually.
        """
        sql = "SELECT id FROM search_docsize WHERE id IN (SELECT value FROM json_each(?))"
        indexed = set(self._column(sql, (id_list(text.id for text in texts),)))
        texts = [text for text in texts if text.id not in indexed]
        if len(texts) < _MANY:
            self._add_words(texts)
            return
        self._set("hashsize", _HELD)
        self._set("crisismerge", _MOST_SEGMENTS)
        self._set("automerge", _NOT_MERGING)
        self._add_words(texts)
        self._set("automerge", _MERGING)  # FTS5 first flushes its cache, still without merging

    def _set(self, name: str, value: int) -> None:
        """Set an FTS5 option. The database stores it for all connections: reset it after use."""
        self._conn.execute("INSERT INTO search (search, rank) VALUES (?, ?)", (name, value))

    def add(self, texts: Iterable[StoredText]) -> None:
        """Add the words of articles to the index, and store their reading times."""
        texts = list(texts)
        self._add_words(texts)
        self.count_minutes(texts)

    def _add_words(self, texts: Iterable[StoredText]) -> None:
        self._conn.executemany(_ADD, map(_words, texts))

    def remove(self, texts: Iterable[StoredText]) -> None:
        """Remove articles from the index, and their reading times; the texts must equal the indexed ones."""
        texts = list(texts)
        self._conn.executemany(_REMOVE, map(_words, texts))
        self._conn.executemany(_SET_MINUTES, [(text.id, 0) for text in texts])

    def count_minutes(self, texts: Iterable[StoredText]) -> None:
        """Store the reading times of articles."""
        minutes = [(text.id, reading_minutes(text.asked_body)) for text in texts]
        self._conn.executemany(_SET_MINUTES, minutes)

    def exchange(self, texts: Mapping[int, tuple[StoredText | None, StoredText]]) -> None:
        """Replace the words of articles, given as (indexed, new) by id.

        Writes in the order of ids, because FTS5 flushes its cache when an id is less than the previous one.
        """
        for _, (old, new) in sorted(texts.items()):
            if old is not None:
                self.remove([old])
            self.add([new])

    def has(self, article_id: int) -> bool:
        return self._value("SELECT 1 FROM search_docsize WHERE id = ?", (article_id,)) is not None

    def rebuild(self, report: Callable[[float], None] | None = None, *, variants: bool = True) -> int:
        """Rebuild the index from the stored texts; return their number.

        `report` is called with the share done so far. Schemas before version 7 have no table of `variants`.
        """
        self._conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
        ids = self._column("SELECT article_id FROM content ORDER BY article_id")
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            texts = self._articles.texts(batch, labels=False, appearances=variants)
            self._add_words(texts)  # an older schema has no reading times
            if report:
                report(min(1.0, (start + _BATCH) / len(ids)))
        return len(ids)


def _words(text: StoredText) -> tuple[int, str, str, str]:
    prepared = None if text.full else text.words
    columns = prepared or words(text.title, text.asked_summary, text.asked_body, text.author)
    for other in text.appearances:
        if not other.same:
            more = words(other.title, other.summary, other.body, other.author)
            columns = tuple(map(_joined, columns, more))  # type: ignore[assignment]
    title, body, author = columns
    return text.id, title, body, author


def _joined(first: str, second: str) -> str:
    """Join the words of two texts so that no phrase matches across them."""
    return f"{first} {BREAK} {second}" if first and second else first or second
