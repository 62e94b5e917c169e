"""Read the first rows of the list before anything else is imported, without structs and the model."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tuireader.store.sql import FEED_TITLE, UNCERTAIN, grouped, id_list, named_rows, number_list, watches_of
from tuireader.text.languages import in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tuireader.model import ArticleRow
    from tuireader.model.articles import Detail
    from tuireader.store.compression import Stored

    class FirstRow(ArticleRow, frozen=True, kw_only=True):
        """An `ArticleRow` and its feed's title, at run time without the class: its import takes too long."""

        feed_title: str

else:
    FirstRow = SimpleNamespace

_NO_DETAIL = ("", (), "")  # as in the model
_IN_TEXT = ("title", "summary", "body", "full text")  # places of hits, not those in credits and the like
_TEASER, _LONGEST = 3000, 400  # characters that a teaser is made from, and its own
_AHEAD = 4  # articles to read for each line, because stories fold some of them

COLUMNS = """a.id, a.feed_id, a.title, a.time, a.read, a.starred, a.edited, a.sources, a.url, a.author,
  a.story, a.fold, a.language, a.reading_time"""
"""Columns of `article a` that `line_values` reads: fields of `ArticleRow`."""


def first_rows(
    path: str,
    version: int,
    *,
    unread: bool,
    folds: bool,
    lines: int,
    languages: Sequence[str] = (),
    details: bool = False,
) -> list[FirstRow] | None:
    """Read the first lines of the unread articles, or of all; None if they cannot be read immediately.

    `languages` are those that the user reads, best first; `details` are the second lines of rows. The
    database may be missing, damaged, busy or of a `version` other than the caller's.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", timeout=0.02, uri=True)) as conn:
            is_current = conn.execute("PRAGMA user_version").fetchone()[0] == version
            if not is_current:
                return None
            rows = _rows(conn, unread, folds, lines, languages)
            stored = details_of(conn, [row["id"] for row in rows], _beginning) if details else {}
            return [FirstRow(**row, detail=stored.get(row["id"], _NO_DETAIL)) for row in rows]
    except sqlite3.Error:
        return None


def _rows(
    conn: sqlite3.Connection, unread: bool, folds: bool, lines: int, languages: Sequence[str]
) -> list[dict[str, Any]]:
    where = "a.muted = 0"
    if unread:
        where += " AND a.read = 0"
        if followed := subscribed(conn):
            where += f" AND {followed}"
    order = "ORDER BY a.time DESC, a.id DESC"
    rows = named_rows(
        conn,
        f"""SELECT {COLUMNS}, {FEED_TITLE} AS feed_title
            FROM (SELECT * FROM article a WHERE {where} {order} LIMIT {lines * (_AHEAD if folds else 1)}) a
            JOIN feed f ON f.id = a.feed_id {order}""",
    ).fetchall()
    if folds:
        folds_seen = {row["fold"] for row in rows if row["fold"]}
        best = {code: number for number, code in enumerate(reversed(languages), 1)}
        leads: dict[int, tuple[int, int, int]] = {}
        for fold, article_id, language, rank in conn.execute(  # the same choice as `Stories.fold`
            f"""SELECT a.fold, a.id, a.language, (a.read = 0)
                       + (a.read = 0 AND EXISTS (SELECT 1 FROM match m WHERE m.article_id = a.id))
                FROM article a
                WHERE a.fold != 0 AND a.fold IN ({number_list(folds_seen)}) AND {where} {order}"""
        ):
            rank = rank, best.get(language, 0)
            if fold not in leads or leads[fold][:2] < rank:
                leads[fold] = *rank, article_id
        rows = [row for row in rows if not row["fold"] or leads[row["fold"]][2] == row["id"]]
    return [*line_values(conn, rows[:lines], languages)]


def line_values(
    conn: sqlite3.Connection, rows: Sequence[sqlite3.Row], languages: Sequence[str], *, sized: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the columns of `rows` and the other fields of `ArticleRow`, except `former`.

    The languages of a row come in the order of `languages`. Only if `sized`, stories are counted.
    """
    ids = [row["id"] for row in rows]
    folds = {row["fold"] for row in rows if row["fold"]}
    watches, labels = watches_of(conn, ids), labels_of(conn, ids)
    uncertain = watches_of(conn, ids, UNCERTAIN)
    sizes, of_folds = _fold_sizes(conn, folds, languages), fold_watches(conn, folds)
    stories = _story_sizes(conn, {row["story"] for row in rows if row["story"]}) if sized else {}
    for row in rows:
        article_id, fold, story_size = row["id"], row["fold"], stories.get(row["story"], 1)
        size, spoken, read = sizes.get(fold, (1, (), 0))
        yield {
            **row,
            "read": bool(row["read"]),
            "starred": bool(row["starred"]),
            "edited": bool(row["edited"]),
            "watches": watches.get(article_id, ()),
            "labels": labels.get(article_id, ()),
            "uncertain": uncertain.get(article_id, ()),
            "story": row["story"] if story_size > 1 else 0,
            "story_size": story_size,
            "fold": fold if size > 1 else 0,
            "fold_size": size,
            "fold_read": read,
            "fold_languages": spoken,
            "fold_watches": of_folds.get(fold, ()),
        }


def _story_sizes(conn: sqlite3.Connection, stories: Iterable[int]) -> dict[int, int]:
    """Map stories to the number of their unmuted articles."""
    sql = f"""SELECT story, count(*) FROM article WHERE story != 0 AND story IN ({number_list(stories)})
              AND muted = 0 GROUP BY story"""
    return dict(conn.execute(sql).fetchall())


def _fold_sizes(
    conn: sqlite3.Connection, folds: Iterable[int], languages: Sequence[str]
) -> dict[int, tuple[int, tuple[str, ...], int]]:
    """Map rows of lists to the number of their unmuted articles, their languages, the best first, and how
    many of the articles are read."""
    sql = f"""SELECT fold, count(*), group_concat(DISTINCT language), sum(read) FROM article
              WHERE fold != 0 AND fold IN ({number_list(folds)}) AND muted = 0 GROUP BY fold"""
    rows = conn.execute(sql)
    return {fold: (size, in_order(codes.split(","), languages), read) for fold, size, codes, read in rows}


def subscribed(conn: sqlite3.Connection) -> str:
    """Write SQL for the articles of subscribed feeds; `""` if all feeds are subscribed.

    Articles of other feeds are kept and searched, but no longer listed as unread.
    """
    gone, carried = _gone(conn)
    return f"(a.feed_id NOT IN ({gone}) OR a.id IN ({carried}))" if gone else ""


def unsubscribed(conn: sqlite3.Connection) -> str:
    """Write SQL for the articles that no subscribed feed has."""
    gone, carried = _gone(conn)
    return f"(a.feed_id IN ({gone}) AND a.id NOT IN ({carried}))" if gone else "0"


def _gone(conn: sqlite3.Connection) -> tuple[str, str]:
    """Return the ids of unsubscribed feeds, and SQL for the articles that other feeds carry, too."""
    gone = number_list(number for (number,) in conn.execute("SELECT id FROM feed WHERE subscribed = 0"))
    return gone, f"SELECT article_id FROM appearance WHERE secondary = 1 AND feed_id NOT IN ({gone})"


def fold_watches(conn: sqlite3.Connection, folds: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Map rows of lists to the watches that match any of their articles, in config order."""
    sql = f"""SELECT DISTINCT a.fold, w.name FROM article a JOIN match m ON m.article_id = a.id
              JOIN watch w ON w.id = m.watch_id WHERE a.fold != 0 AND a.muted = 0
                AND a.fold IN ({number_list(folds)}) ORDER BY w.position"""
    return grouped(conn.execute(sql))


def labels_of(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Map articles to their labels in alphabetical order; articles without any are left out."""
    sql = """SELECT x.article_id, l.name FROM article_label x JOIN label l ON l.id = x.label_id
             WHERE x.article_id IN (SELECT value FROM json_each(?)) ORDER BY l.key"""
    return grouped(conn.execute(sql, (id_list(ids),)))


def details_of(
    conn: sqlite3.Connection, ids: Sequence[int], unpack: Callable[[Stored], str]
) -> dict[int, Detail]:
    """Map articles to the second lines of their rows: the sentence that a watch matches, else a teaser.

    Of several watches, that which matches the title is chosen, and the one with most matches in the text.
    `unpack` decompresses at least the beginning of a stored text.
    """
    import json

    details: dict[int, Detail] = {}
    chosen = number_list(ids)
    best: dict[int, tuple[bool, int]] = {}
    sql = f"""SELECT m.article_id, w.name, m.evidence, a.title FROM match m JOIN watch w ON w.id = m.watch_id
              JOIN article a ON a.id = m.article_id
              WHERE m.article_id IN ({chosen}) AND m.evidence != '' AND m.until = 0 ORDER BY w.position"""
    for article_id, watch, evidence, title in conn.execute(sql):
        hits, sentence, spans, *_ = json.loads(evidence)
        in_text = [(field, count) for _, field, count, *_ in hits if field in _IN_TEXT]
        rank = any(field == "title" for field, _ in in_text), sum(count for _, count in in_text)
        if spans and sentence != title and rank > best.get(article_id, (False, -1)):
            best[article_id] = rank
            details[article_id] = sentence, tuple((start, end) for start, end in spans), watch
    sql = f"""SELECT c.article_id, coalesce(c.summary, c.html), a.title FROM content c
              JOIN article a ON a.id = c.article_id WHERE c.article_id IN ({chosen})"""
    for article_id, stored, title in conn.execute(sql):
        if article_id not in details:
            details[article_id] = _teaser(unpack(stored), title), (), ""
    return details


def _teaser(html: str, title: str) -> str:
    """Beginning of a text on one line, without the title if it begins with that."""
    from tuireader.text import plain

    html = html[:_TEASER]
    if html.rfind("<") > html.rfind(">"):
        html = html[: html.rfind("<")]  # a tag that is cut
    lines = plain(html).split("\n")
    return " ".join(lines[lines[0] == title :])[:_LONGEST]


def _beginning(stored: Stored) -> str:
    """Decompress the beginning of a text; `""` if it needs a dictionary, as in earlier versions."""
    if not isinstance(stored, bytes):
        return stored or ""
    from tuireader.text import zstd

    try:
        return zstd.ZstdDecompressor().decompress(stored, 4 * _TEASER).decode(errors="ignore")
    except zstd.ZstdError:
        return ""
