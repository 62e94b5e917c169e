"""Links from articles, through which articles refer to each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tuireader.dedup import url_key
from tuireader.store.sql import FEED_TITLE, Part, id_list, number_list


@dataclass(frozen=True, slots=True)
class OutLink:
    """A link in an article's text. `kind` is `also` (set by the editor), `source` or `cite`."""

    url: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """A link with the stored article at its address (`article_id` is None if there is none)."""

    kind: str
    url: str
    label: str
    article_id: int | None
    title: str
    feed_title: str
    time: int | None
    read: bool


class Holder(NamedTuple):
    """An article that has a link or a picture."""

    article_id: int
    feed_id: int
    time: int
    url: str


_LINKED = f"l.kind, l.url, l.label, a.id, a.title, {FEED_TITLE}, a.time, a.read"
"""Columns of link `l`, article `a` and feed `f` that `_linked` reads."""
_BEHIND = """(SELECT max(id) FROM article t
              WHERE t.url_key = l.url_key AND t.url_key != 0 AND t.id != l.article_id AND t.muted = 0)"""
"""SQL for the newest article at the address of link `l`."""


class Links(Part):
    """Links by address, so that a link finds its article whichever of the two arrives first."""

    def record(self, found: Iterable[tuple[int, Sequence[OutLink]]]) -> None:
        """Store the links of articles, replacing earlier ones; needs a transaction."""
        links = list(found)
        self._conn.execute(
            "DELETE FROM link WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps([article_id for article_id, _ in links]),),
        )
        self._conn.executemany(
            "INSERT INTO link (article_id, position, url_key, url, label, kind) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (article_id, position, url_key(link.url), link.url, link.label, link.kind)
                for article_id, out in links
                for position, link in enumerate(out)
            ),
        )

    def of(self, article_id: int) -> list[OutLink]:
        """Return the stored links of an article, in reading order."""
        rows = self._conn.execute(
            "SELECT url, label, kind FROM link WHERE article_id = ? ORDER BY position", (article_id,)
        )
        return [OutLink(*row) for row in rows]

    def outgoing(self, article_id: int) -> list[LinkedArticle]:
        """Return the links of an article in reading order, each with the newest article at that address."""
        rows = self._conn.execute(
            f"""SELECT {_LINKED} FROM link l LEFT JOIN article a ON a.id = {_BEHIND}
                LEFT JOIN feed f ON f.id = a.feed_id
                WHERE l.article_id = ? ORDER BY l.position""",
            (article_id,),
        )
        return [_linked(row) for row in rows]

    def stored(self, ids: Sequence[int]) -> list[tuple[int, LinkedArticle]]:
        """Return (article, link) for links of some articles to stored articles."""
        rows = self._conn.execute(
            f"""SELECT {_LINKED}, l.article_id
                FROM link l JOIN article a ON a.id = {_BEHIND} JOIN feed f ON f.id = a.feed_id
                WHERE l.article_id IN (SELECT value FROM json_each(?)) ORDER BY l.article_id, l.position""",
            (id_list(ids),),
        )
        return [(row[8], _linked(row)) for row in rows]

    def incoming(self, article_id: int) -> list[LinkedArticle]:
        """Return the articles that link to this one, newest first."""
        rows = self._conn.execute(
            f"""SELECT {_LINKED}
                FROM article me JOIN link l ON l.url_key = me.url_key JOIN article a ON a.id = l.article_id
                JOIN feed f ON f.id = a.feed_id
                WHERE me.id = ? AND me.url_key != 0 AND a.id != me.id AND a.muted = 0
                GROUP BY a.id ORDER BY a.time DESC LIMIT 20""",
            (article_id,),
        )
        return [_linked(row) for row in rows]

    def cited(self, article_id: int) -> list[tuple[str, int]]:
        """Return address and key of an article's links, in reading order, without further reading."""
        return self._conn.execute(
            """SELECT url, url_key FROM link
               WHERE article_id = ? AND kind != 'also' AND url_key != 0 ORDER BY position""",
            (article_id,),
        ).fetchall()

    def linking(self, url_key: int, limit: int) -> list[int]:
        """Return the articles that link to a page, in any order."""
        return self._column(
            "SELECT DISTINCT article_id FROM link WHERE url_key = ? LIMIT ?", (url_key, limit)
        )

    def holders(self, ids: Sequence[int]) -> list[Holder]:
        """Return the feeds, times and addresses of some articles."""
        rows = self._conn.execute(
            f"SELECT id, feed_id, time, url FROM article WHERE id IN ({number_list(ids)})"
        )
        return [Holder(*row) for row in rows]

    def at_url(self, url: str) -> int | None:
        """Return the newest stored article at an address."""
        sql = "SELECT max(id) FROM article WHERE url_key = ? AND url_key != 0"
        article_id: int | None = self._value(sql, (url_key(url),))
        return article_id


def _linked(row: tuple[Any, ...]) -> LinkedArticle:
    kind, url, label, article_id, title, feed, time, read, *_ = row
    return LinkedArticle(kind, url, label, article_id, title or "", feed or "", time, bool(read))
