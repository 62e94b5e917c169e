"""The full-text index: a contentless FTS5 table, which needs the very words of what it is to remove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tuireader.document.prepare import words
from tuireader.lexicon.indexing import BREAK
from tuireader.store.articles import Articles, StoredText
from tuireader.store.sql import Part, id_list

_BATCH = 200
_MANY = 20  # Articles from which a batch is added without merging. Small refreshes bring fewer, and merge
_HELD = 1 << 22
"""Bytes of words that FTS5 caches before it writes a segment, which will be merged some day.

Most batches have less; FTS5's default is 1 MB.
"""
_MERGING, _NOT_MERGING = 4, 0
"""FTS5's `automerge`: the default, which merges segments by fours with each write, and off."""
_ADD = "INSERT INTO search (rowid, title, body, author) VALUES (?, ?, ?, ?)"
_REMOVE = "INSERT INTO search (search, rowid, title, body, author) VALUES ('delete', ?, ?, ?, ?)"

_Row = tuple[int, str, str, str]


class Index(Part):
    """Every article with content has one row; all of this needs a transaction."""

    _articles: Articles

    def add_new(self, texts: Sequence[StoredText]) -> None:
        """Add new articles, unless they are in the index.

        Of a large refresh, FTS5 merges only where it must, by sixteens. That takes a third less time. Later
        writes merge the rest bit by bit.
        """
        there = set(
            self._column(
                "SELECT id FROM search_docsize WHERE id IN (SELECT value FROM json_each(?))",
                (id_list(text.id for text in texts),),
            )
        )
        texts = [text for text in texts if text.id not in there]
        if len(texts) < _MANY:
            self.add(texts)
            return
        self._set("hashsize", _HELD)
        self._set("automerge", _NOT_MERGING)
        self.add(texts)
        self._set("automerge", _MERGING)  # FTS5 writes out its cache first, still without merging

    def _set(self, name: str, value: int) -> None:
        """Set an option, which the database stores: one that others must not have is to be set back."""
        self._conn.execute("INSERT INTO search (search, rank) VALUES (?, ?)", (name, value))

    def add(self, texts: Iterable[StoredText]) -> None:
        """Add the words of articles to the index."""
        self._conn.executemany(_ADD, map(_words, texts))

    def remove(self, texts: Iterable[StoredText]) -> None:
        """Remove articles from the index; the texts must be those that were added."""
        self._conn.executemany(_REMOVE, map(_words, texts))

    def exchange(self, texts: Mapping[int, tuple[StoredText | None, StoredText]]) -> None:
        """Replace the words of articles, given as (indexed, new) by id.

        In the order of the ids: FTS5 writes out its cache whenever an id is less than the one before.
        """
        for _, (old, new) in sorted(texts.items()):
            if old is not None:
                self.remove([old])
            self.add([new])

    def has(self, article_id: int) -> bool:
        """Return whether an article is in the index."""
        return self._value("SELECT 1 FROM search_docsize WHERE id = ?", (article_id,)) is not None

    def rebuild(self, report: Callable[[float], None] | None = None, *, variants: bool = True) -> int:
        """Rebuild the index from the stored texts; return how many there were.

        `report` is called with the share that is done. Versions before 7 lack the table of `variants`.
        """
        self._conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
        ids = self._column("SELECT article_id FROM content ORDER BY article_id")
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            self.add(self._articles.texts(batch, labels=False, appearances=variants))
            if report:
                report(min(1.0, (start + _BATCH) / len(ids)))
        return len(ids)


def _words(text: StoredText) -> _Row:
    made = text.words if not text.full else None
    columns = made or words(text.title, text.asked_summary, text.asked_body, text.author)
    for other in text.appearances:
        if not other.same:
            more = words(other.title, other.summary, other.body, other.author)
            columns = tuple(map(_joined, columns, more))  # type: ignore[assignment]
    title, body, author = columns
    return text.id, title, body, author


def _joined(one: str, other: str) -> str:
    """Join the words of two texts so that no phrase is found across them."""
    return f"{one} {BREAK} {other}" if one and other else one or other
