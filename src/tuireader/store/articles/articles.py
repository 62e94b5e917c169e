"""One article with everything that the reading pane shows; texts in bulk for matching and indexing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import Struct

from tuireader.model import (
    Article,
    CaseState,
    EarlierArticle,
    Enclosure,
    Evidence,
    FullText,
    Neighbour,
    OutLink,
    Thread,
)
from tuireader.store.compression import Compression, Stored
from tuireader.store.json_columns import EVIDENCE, evidence_row, thread_of, unpack_extra
from tuireader.store.lists.first_page import COLUMNS, labels_of, subscribed
from tuireader.store.lists.stories import Stories
from tuireader.store.marks.rule_actions import RuleActions
from tuireader.store.relations.references import References
from tuireader.store.sql import FEED_TITLE, Part, from_row, grouped, id_list, watches_of
from tuireader.store.watches.cases import Cases
from tuireader.store.watches.records import Records
from tuireader.text import plain

_COLUMNS = frozenset(Article.__struct_fields__)


class Appearance(Struct, frozen=True):
    """An article in a further feed, with its plain texts there unless they are the `same` as displayed."""

    feed_id: int
    same: bool = True
    title: str = ""
    url: str = ""
    author: str = ""
    summary: str = ""
    body: str = ""
    html: str = ""
    tags: tuple[str, ...] = ()


class StoredText(Struct, frozen=True):
    """An article's columns and plain texts, for matching and relating.

    `body` is the longest text; `summary` is `""` unless the feed also has a shorter one. `full` is the text
    of the article's page, if fetched: watches and searches read it, relating does not. `dated` is False if
    `time` is only the time of arrival. `words` and `links` are only set while an article is being stored, see
    `Prepared`. A `language` of None was not read.
    """

    id: int
    feed_id: int
    title: str
    url: str
    author: str
    time: int
    read: bool
    starred: bool
    summary: str
    body: str
    html: str
    base_url: str
    tags: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    dated: bool = True
    words: tuple[str, str, str] | None = None
    links: tuple[OutLink, ...] | None = None
    muted: bool = False
    full: str = ""
    labels: tuple[str, ...] = ()
    subscribed: bool = True
    appearances: tuple[Appearance, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    picture_url: str = ""
    language: str | None = None
    cases: tuple[tuple[str, CaseState, str], ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def asked_summary(self) -> str:
        """The summary for expressions; with a full text, all that the feed has."""
        return f"{self.summary}\n{self.body}".strip() if self.full else self.summary

    @property
    def asked_body(self) -> str:
        """The body for expressions: the full text, or else the body."""
        return self.full or self.body

    def same_text_as(self, other: StoredText) -> bool:
        """Compare title, author and texts of the feed."""
        mine = (self.feed_id, self.title, self.author, self.summary, self.body)
        return mine == (other.feed_id, other.title, other.author, other.summary, other.body)


class Articles(Part):
    """Heavy reads: texts, and everything that belongs to one article."""

    _cases: Cases
    _compression: Compression
    _records: Records
    _references: References
    _rule_actions: RuleActions
    _stories: Stories

    def get(self, article_id: int, languages: Sequence[str] = ()) -> Article | None:
        """Read everything that the reading pane shows of an article; None if it does not exist.

        The other languages of its story come in the order of `languages`.
        """
        sql = f"""SELECT {COLUMNS}, {FEED_TITLE} AS feed_title, a.published, a.arrived,
                        max(a.place, 0) AS place, coalesce(nullif(c.base_url, ''), a.url) AS base_url,
                        c.article_id IS NULL AS purged, c.html, c.summary, coalesce(c.extra, '{{}}') AS extra
                 FROM article a JOIN feed f ON f.id = a.feed_id LEFT JOIN content c ON c.article_id = a.id
                 WHERE a.id = ?"""
        row = self._named(sql, (article_id,)).fetchone()
        if row is None:
            return None
        columns = {name: value for name, value in dict(row).items() if name in _COLUMNS}
        html, summary = map(self._compression.decompress, (row["html"], row["summary"]))
        columns["html"] = html or summary
        for name in ("read", "starred", "edited", "purged"):
            columns[name] = bool(row[name])
        return Article(
            **columns,
            **unpack_extra(row["extra"]),
            languages=self._stories.languages(article_id, languages),
            full=self._full_text(article_id),
            comments=self._comments(article_id),
            other_feeds=self._other_feeds(article_id),
            evidence=self.evidence([article_id]).get(article_id, ()),
            labels=labels_of(self._conn, [article_id]).get(article_id, ()),
            earlier=self._earlier(article_id),
            cases=tuple(self._cases.of([article_id])),
            rules=self._rule_actions.of([article_id]).get(article_id, ()),
            previous=self._neighbour(row, "<", "DESC"),
            next=self._neighbour(row, ">", "ASC"),
        )

    def evidence(self, ids: Iterable[int]) -> dict[int, tuple[Evidence, ...]]:
        """Map articles to their matches in config order; articles without any are left out."""
        sql = f"""SELECT m.article_id, {EVIDENCE} FROM match m JOIN watch w ON w.id = m.watch_id
                  WHERE m.article_id IN (SELECT value FROM json_each(?)) ORDER BY m.article_id, w.position"""
        rows = self._conn.execute(sql, (id_list(ids),))
        return grouped((article_id, evidence_row(*columns)) for article_id, *columns in rows)

    def texts(
        self,
        ids: Sequence[int],
        *,
        watches: bool = False,
        bodies: bool = True,
        labels: bool = True,
        appearances: bool = True,
        languages: bool = False,
        cases: bool = False,
    ) -> Iterator[StoredText]:
        """Yield the plain texts of many articles, in no particular order.

        Without `bodies`, only columns, tags and labels are read, many times faster; then without `labels`.
        """
        others = self.appearances(ids, bodies=bodies) if appearances else {}
        hit = watches_of(self._conn, ids) if watches else {}
        named = labels_of(self._conn, ids) if labels else {}
        known = self._references.languages(ids) if languages else {}
        handled, logged = (self._cases.by_article(ids), self._records.identifiers(ids)) if cases else ({}, {})
        sql = f"""SELECT a.id, a.feed_id, a.title, a.url, a.author, a.time, a.read, a.starred,
                        iif(?1, c.summary, NULL), iif(?1, c.html, NULL),
                        coalesce(nullif(c.base_url, ''), a.url), coalesce(c.extra, '{{}}'),
                        a.published NOT NULL, a.muted, t.html, {subscribed(self._conn) or "1"}
                 FROM article a LEFT JOIN content c ON c.article_id = iif(?1 OR ?2, a.id, NULL)
                   LEFT JOIN full_text t ON t.article_id = iif(?1, a.id, NULL)
                 WHERE a.id IN (SELECT value FROM json_each(?3))"""
        for (
            article_id, feed_id, title, url, author, time, read, starred,
            packed_summary, packed_html, base_url, packed_extra, dated, muted, packed_page, followed,
        ) in self._conn.execute(sql, (bodies, labels, id_list(ids))):  # fmt: skip
            extra = unpack_extra(packed_extra) if packed_extra != "{}" else {}
            summary, html = map(self._compression.decompress, (packed_summary, packed_html))
            yield StoredText(
                id=article_id,
                feed_id=feed_id,
                title=title,
                url=url,
                author=author,
                time=time,
                read=bool(read),
                starred=bool(starred),
                summary=plain(summary) if html and summary else "",
                body=plain(html or summary) if html or summary else "",
                html=html or summary,
                base_url=base_url,
                tags=extra.get("tags", ()),
                enclosures=extra.get("enclosures", ()),
                picture_url=extra.get("picture_url", ""),
                watches=hit.get(article_id, ()),
                dated=bool(dated),
                muted=bool(muted),
                full=plain(self._compression.decompress(packed_page)) if packed_page else "",
                labels=named.get(article_id, ()),
                language=known.get(article_id),
                subscribed=bool(followed),
                appearances=others.get(article_id, ()),
                cases=handled.get(article_id, ()),
                ids=logged.get(article_id, ()),
            )

    def plain(self, article_id: int) -> str:
        """Read the summary, if any, and the body of an article; much faster than `texts` for one."""
        stored = self._conn.execute("SELECT summary, html FROM content WHERE article_id = ?", (article_id,))
        texts = map(self._compression.decompress, chain.from_iterable(stored))
        return "\n".join([plain(text) for text in texts if text])

    def appearances(self, ids: Sequence[int], *, bodies: bool = True) -> dict[int, tuple[Appearance, ...]]:
        """Map articles to their further feeds, with the texts there if `bodies`."""
        sql = """SELECT p.article_id, p.feed_id, v.title, v.url, v.author, iif(?1, v.summary, NULL),
                        iif(?1, v.html, NULL), v.extra
                 FROM (SELECT DISTINCT article_id, feed_id FROM appearance
                       WHERE secondary = 1 AND article_id IN (SELECT value FROM json_each(?2))) p
                 LEFT JOIN variant v ON v.article_id = p.article_id AND v.feed_id = p.feed_id
                 ORDER BY p.article_id, p.feed_id"""
        rows = self._conn.execute(sql, (bodies, id_list(ids)))
        return grouped((article_id, self._appearance(*columns)) for article_id, *columns in rows)

    def _appearance(
        self,
        feed_id: int,
        title: str | None,
        url: str,
        author: str,
        summary: Stored,
        html: Stored,
        extra: str,
    ) -> Appearance:
        if title is None:
            return Appearance(feed_id)
        short, full = self._compression.decompress(summary), self._compression.decompress(html)
        return Appearance(
            feed_id,
            same=False,
            title=title,
            url=url,
            author=author,
            summary=plain(short) if full and short else "",
            body=plain(full or short),
            html=full or short,
            tags=unpack_extra(extra).get("tags", ()),
        )

    def _full_text(self, article_id: int) -> FullText | None:
        sql = "SELECT html, base_url, at, shown, error FROM full_text WHERE article_id = ?"
        row = self._named(sql, (article_id,)).fetchone()
        if row is None or (row["html"] is None and not row["error"]):
            return None
        return from_row(FullText, row, html=self._compression.decompress, shown=bool)

    def _comments(self, article_id: int) -> Thread | None:
        row = self._named("SELECT at, packed FROM comments WHERE article_id = ?", (article_id,)).fetchone()
        return row and thread_of(row["at"], self._compression.decompress(row["packed"]))

    def carriers(self, article_id: int) -> list[int]:
        """Return the feeds that carry an article, first the one whose text is displayed."""
        sql = """SELECT feed_id FROM article WHERE id = ?1 UNION ALL
                 SELECT feed_id FROM appearance WHERE article_id = ?1 AND secondary = 1"""
        return self._column(sql, (article_id,))

    def _other_feeds(self, article_id: int) -> tuple[str, ...]:
        sql = f"""SELECT DISTINCT {FEED_TITLE} FROM appearance p JOIN feed f ON f.id = p.feed_id
                  WHERE p.secondary = 1 AND p.article_id = ? ORDER BY f.position"""
        return tuple(self._column(sql, (article_id,)))

    def _earlier(self, article_id: int) -> tuple[EarlierArticle, ...]:
        sql = """SELECT a.id AS article_id, a.title, r.sentence, a.story
                 FROM reference r JOIN article a ON a.id = r.other
                 WHERE r.article = ? AND a.muted = 0 ORDER BY r.place"""
        return tuple(self._values(EarlierArticle, sql, (article_id,)))

    def _neighbour(self, article: sqlite3.Row, sign: str, order: str) -> Neighbour | None:
        sql = f"""SELECT id, title FROM article
                  WHERE feed_id = :feed_id AND muted = 0 AND (time, id) {sign} (:time, :id)
                  ORDER BY time {order}, id {order} LIMIT 1"""
        return next(iter(self._values(Neighbour, sql, dict(article))), None)
