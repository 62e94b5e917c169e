"""Links from articles, through which articles refer to each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

from tuireader.dedup import url_key
from tuireader.model import OutLink
from tuireader.store.sql import FEED_TITLE, Part, id_list, number_list


class LinkedArticle(Struct, frozen=True):
    """A link with the stored article at its address; `article_id` is None without one."""

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


_LINKED = f"""l.kind, l.url, l.label, a.id AS article_id, coalesce(a.title, '') AS title,
  coalesce({FEED_TITLE}, '') AS feed_title, a.time, a.read"""
"""Fields of `LinkedArticle` from link `l`, article `a` and feed `f`."""
_BEHIND = """(SELECT max(id) FROM article t
              WHERE t.url_key = l.url_key AND t.url_key != 0 AND t.id != l.article_id AND t.muted = 0)"""
"""SQL for the newest article at the address of link `l`."""


class Links(Part):
    """Links by address, so that a link finds its article whichever of the two arrives first."""

    def record(self, links_of: Iterable[tuple[int, Sequence[OutLink]]]) -> None:
        """Replace the stored links of articles; needs a transaction."""
        links = list(links_of)
        sql = "DELETE FROM link WHERE article_id IN (SELECT value FROM json_each(?))"
        self._conn.execute(sql, (json.dumps([article_id for article_id, _ in links]),))
        self.add(links)

    def add(self, links_of: Iterable[tuple[int, Sequence[OutLink]]]) -> None:
        """Store the links of new articles; needs a transaction."""
        self._conn.executemany(
            "INSERT INTO link (article_id, position, url_key, url, label, kind) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (article_id, position, url_key(link.url), link.url, link.label, link.kind)
                for article_id, out in links_of
                for position, link in enumerate(out)
            ),
        )

    def of(self, article_id: int) -> list[OutLink]:
        """List the links of an article, in reading order."""
        sql = "SELECT url, label, kind FROM link WHERE article_id = ? ORDER BY position"
        return self._values(OutLink, sql, (article_id,))

    def outgoing(self, article_id: int) -> list[LinkedArticle]:
        """List the links of an article in reading order, each with the newest article at its address."""
        return self._values(
            LinkedArticle,
            f"""SELECT {_LINKED} FROM link l LEFT JOIN article a ON a.id = {_BEHIND}
                LEFT JOIN feed f ON f.id = a.feed_id
                WHERE l.article_id = ? ORDER BY l.position""",
            (article_id,),
            read=bool,
        )

    def stored(self, ids: Sequence[int]) -> list[tuple[int, LinkedArticle]]:
        """List (article, link) for links of some articles to stored articles."""
        sql = f"""SELECT {_LINKED}, l.article_id AS linking
                  FROM link l JOIN article a ON a.id = {_BEHIND} JOIN feed f ON f.id = a.feed_id
                  WHERE l.article_id IN (SELECT value FROM json_each(?)) ORDER BY l.article_id, l.position"""
        links: list[tuple[int, LinkedArticle]] = []
        for row in map(dict, self._named(sql, (id_list(ids),))):
            linking = row.pop("linking")
            links.append((linking, LinkedArticle(**row | {"read": bool(row["read"])})))
        return links

    def incoming(self, article_id: int) -> list[LinkedArticle]:
        """List the articles that link to this one, newest first."""
        return self._values(
            LinkedArticle,
            f"""SELECT {_LINKED}
                FROM article me JOIN link l ON l.url_key = me.url_key JOIN article a ON a.id = l.article_id
                JOIN feed f ON f.id = a.feed_id
                WHERE me.id = ? AND me.url_key != 0 AND a.id != me.id AND a.muted = 0
                GROUP BY a.id ORDER BY a.time DESC LIMIT 20""",
            (article_id,),
            read=bool,
        )

    def cited(self, article_id: int) -> list[tuple[str, int]]:
        """List address and key of an article's links in reading order, without further reading."""
        sql = """SELECT url, url_key FROM link
                 WHERE article_id = ? AND kind != 'also' AND url_key != 0 ORDER BY position"""
        return self._conn.execute(sql, (article_id,)).fetchall()

    def linking(self, url_key: int, limit: int) -> list[int]:
        """Return at most `limit` articles that link to a page, in any order."""
        sql = "SELECT DISTINCT article_id FROM link WHERE url_key = ? LIMIT ?"
        return self._column(sql, (url_key, limit))

    def holders(self, ids: Sequence[int]) -> list[Holder]:
        """Read feed, time and address of articles."""
        sql = f"SELECT id, feed_id, time, url FROM article WHERE id IN ({number_list(ids)})"
        return list(map(Holder._make, self._conn.execute(sql)))

    def at_url(self, url: str) -> int | None:
        """Return the newest article at an address, None without one."""
        sql = "SELECT max(id) FROM article WHERE url_key = ? AND url_key != 0"
        article_id: int | None = self._value(sql, (url_key(url),))
        return article_id
