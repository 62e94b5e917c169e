"""Tables for relating articles: profiles, postings, term counts, neighbours, stories and splits.

The number of a story, `article.story`, is the id of one of its articles; 0 for an article without a story.
A story has several rows if folding it into one would hide news: lists fold the articles with the same
`article.fold`, which is the number of the story plus `_ROW` times the row (0, 1, …), 0 without a story.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain

from msgspec import Struct

from tuireader.store.sql import FEED_TITLE, Part, id_list, newest_id, number_list
from tuireader.text.durations import DAY

_WINDOW = 12_000  # waiting articles to sort by time at once
RELATED_UP_TO = "related up to"
"""Fact with the id up to which all articles have been related."""
_NEW = "NOT EXISTS (SELECT 1 FROM profile p WHERE p.article = a.id)"


class RelativeRow(Struct, frozen=True):
    """Columns of a line about a related article."""

    id: int
    title: str
    url: str
    feed_title: str
    time: int
    read: bool


class Feeds(Struct, frozen=True):
    """The feed that an article belongs to, and every feed that carries it."""

    own: int
    every: set[int]

    def shares(self, other: Feeds) -> bool:
        """Return whether the own feed of one of two articles carries the other."""
        return self.own in other.every or other.own in self.every


ROWS = 16
"""Maximum number of rows of a story."""
_ROW = 1 << 40  # exceeds any article id


class Relations(Part):
    """Queries whose cost is bounded for any number of stored articles. Writing needs a transaction."""

    def article_count(self) -> int:
        """Estimate the number of articles with a profile: ids have no gaps, and few articles wait."""
        return int(self._value("SELECT max(article) FROM profile") or 0)

    def term_counts(self, terms: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Map terms to the number of articles that contain them, at all and in lower case."""
        sql = "SELECT term, articles, lower FROM json_each(?) CROSS JOIN term_count ON term = value"
        rows = self._conn.execute(sql, (id_list(terms),))
        return {term: (articles, lower) for term, articles, lower in rows}

    def newest_day(self) -> int:
        """Return the day of the newest article that has been related, in days since 1970."""
        sql = """SELECT time FROM article a WHERE EXISTS (SELECT 1 FROM profile WHERE article = a.id)
                 ORDER BY time DESC LIMIT 1"""
        return int(self._value(sql) or 0) // DAY

    def postings(
        self, terms: Sequence[int], day: int, limit: int, *, later: bool = True
    ) -> dict[int, list[int]]:
        """Map terms to articles: the latest `limit` up to `day`, and if `later` the first after it.

        Terms without articles are left out.
        """
        posted = self._posted(terms, "day <= ? ORDER BY day DESC, article DESC", day, limit)
        if later:
            for term, articles in self._posted(terms, "day > ? ORDER BY day, article", day, limit).items():
                posted.setdefault(term, []).extend(articles)
        return posted

    def _posted(self, terms: Sequence[int], which: str, day: int, limit: int) -> dict[int, list[int]]:
        sql = f"""SELECT value, (SELECT json_group_array(article) FROM (
                    SELECT article FROM posting WHERE term = value AND {which} LIMIT ?))
                  FROM json_each(?)"""
        rows = self._conn.execute(sql, (day, limit, id_list(terms))).fetchall()
        articles = json.loads(f"[{','.join([articles for _, articles in rows])}]")
        return {term: posted for (term, _), posted in zip(rows, articles, strict=True) if posted}

    def posted_before(self, terms: Sequence[int], days: Sequence[int], limit: int) -> dict[int, set[int]]:
        """Map terms to articles: for each day, the latest `limit` up to it."""
        posted: dict[int, set[int]] = {}
        for day in days:
            for term, articles in self._posted(terms, "day <= ? ORDER BY day DESC", day, limit).items():
                posted.setdefault(term, set()).update(articles)
        return posted

    def packed_profiles(self, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        """List (article, packed profile) of articles that have a profile."""
        sql = "SELECT article, packed FROM json_each(?) CROSS JOIN profile ON article = value"
        return self._conn.execute(sql, (id_list(ids),)).fetchall()

    def neighbours(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """List (article, neighbour) pairs: the articles near each one when it was related."""
        sql = "SELECT article, other FROM json_each(?) CROSS JOIN neighbour ON article = value"
        return self._conn.execute(sql, (id_list(ids),)).fetchall()

    def stories(self, ids: Sequence[int]) -> dict[int, int]:
        """Map articles to their stories; an article without a story counts as its own."""
        sql = "SELECT a.id, iif(story, story, a.id) FROM json_each(?) CROSS JOIN article a ON a.id = value"
        return self._mapping(sql, (id_list(ids),))

    def members(self, story: int, limit: int = -1) -> list[int]:
        """Return the articles of a story, highest ids first."""
        if self._is_alone(story):
            return [story]
        sql = "SELECT id FROM article WHERE story = ? AND story != 0 ORDER BY id DESC LIMIT ?"
        return self._column(sql, (story, limit)) or [story]

    def rows(self, story: int) -> list[list[int]]:
        """Return the articles of each row of a story."""
        if self._is_alone(story):
            return [[story]]
        by_row: list[list[int]] = [[]]
        for row, article in self._conn.execute(
            f"SELECT fold / {_ROW}, id FROM article WHERE story = ? AND story != 0 ORDER BY 1, 2", (story,)
        ):
            by_row += [[] for _ in range(len(by_row), row + 1)]
            by_row[row].append(article)
        return by_row if any(by_row) else [[story]]

    def _is_alone(self, story: int) -> bool:
        """Return whether a story is a single article, as most are: faster than to look for others."""
        return bool(self._value("SELECT story = 0 FROM article WHERE id = ?", (story,)))

    def feeds(self, ids: Sequence[int]) -> dict[int, Feeds]:
        by_article: dict[int, Feeds] = {}
        for article, feed, carries in self._conn.execute(
            """SELECT id, feed_id, 0 FROM article WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL
               SELECT article_id, feed_id, 1 FROM appearance
               WHERE secondary = 1 AND article_id IN (SELECT value FROM json_each(?1)) ORDER BY 3""",
            (id_list(ids),),
        ):
            if carries:
                by_article[article].every.add(feed)
            else:
                by_article[article] = Feeds(feed, {feed})
        return by_article

    def title(self, article: int) -> str:
        return str(self._value("SELECT title FROM article WHERE id = ?", (article,)) or "")

    def split_pairs(self, ids: Sequence[int]) -> set[frozenset[int]]:
        """Return the pairs among some articles that the user has split."""
        sql = """SELECT article, other FROM json_each(?1) CROSS JOIN apart ON article = value
                 WHERE other IN (SELECT value FROM json_each(?1))"""
        return set(map(frozenset, self._conn.execute(sql, (id_list(ids),))))

    def relative_rows(self, ids: Sequence[int]) -> dict[int, RelativeRow]:
        """Map unmuted articles to their rows as related articles."""
        sql = f"""SELECT a.id, a.title, a.url, {FEED_TITLE} AS feed_title, a.time, a.read
                  FROM article a JOIN feed f ON f.id = a.feed_id
                  WHERE a.id IN ({number_list(ids)}) AND a.muted = 0"""
        rows = self._values(RelativeRow, sql, read=bool)
        return {row.id: row for row in rows}

    def waiting(self, limit: int) -> list[int]:
        """Return articles that are still to be related, earliest first; needs a transaction.

        A first refresh stores one feed after another, but relating finds stories best in the order of
        publication.
        """
        floor = self.related_up_to()
        newest = newest_id(self._conn)
        while floor < newest:
            self._store.set_fact(RELATED_UP_TO, str(floor))
            end = min(newest, floor + _WINDOW)
            sql = f"""SELECT a.id FROM article a WHERE a.id > ? AND a.id <= ? AND {_NEW}
                      ORDER BY a.time, a.id LIMIT ?"""
            ids = self._column(sql, (floor, end, limit))
            if ids:
                return ids
            floor = end
        self._store.set_fact(RELATED_UP_TO, str(floor))
        return []

    def waiting_count(self) -> int:
        sql = f"SELECT count(*) FROM article a WHERE a.id > ? AND {_NEW}"
        return int(self._value(sql, (self.related_up_to(),)))

    def related_up_to(self) -> int:
        """Return the id up to which all articles are related; by default, the last one with a profile."""
        return int(self._store.fact(RELATED_UP_TO) or self.article_count())

    def add(self, article: int, packed: bytes, day: int, terms: Sequence[int], near: Sequence[int]) -> None:
        """Store the result of relating a new article, or add to that of an older one."""
        conn = self._conn
        conn.execute("INSERT OR REPLACE INTO profile (article, packed) VALUES (?, ?)", (article, packed))
        sql = "INSERT OR IGNORE INTO posting (term, day, article) VALUES (?, ?, ?)"
        conn.executemany(sql, [(term, day, article) for term in terms])
        conn.executemany(
            "INSERT OR IGNORE INTO neighbour (article, other) VALUES (?, ?)",
            [(article, other) for other in near],
        )

    def set_term_counts(self, counts: Mapping[int, tuple[int, int]]) -> None:
        """Store counts as `term_counts` returns them."""
        sql = "INSERT OR REPLACE INTO term_count (term, articles, lower) VALUES (?, ?, ?)"
        self._conn.executemany(sql, ((term, *count) for term, count in counts.items()))

    def remove(self, article: int, day: int, terms: Sequence[int]) -> None:
        """Delete the rows stored by `add`, before a changed article is added again."""
        conn = self._conn
        conn.execute("DELETE FROM profile WHERE article = ?", (article,))
        sql = "DELETE FROM posting WHERE term = ? AND day = ? AND article = ?"
        conn.executemany(sql, [(term, day, article) for term in terms])
        conn.execute("DELETE FROM neighbour WHERE article = ?", (article,))

    def join(self, article: int, story: int, row: int = 0) -> None:
        """Put an article into a row of a story, which may so far be a single article."""
        self._conn.execute("UPDATE article SET story = id, fold = id WHERE id = ? AND story = 0", (story,))
        sql = "UPDATE article SET story = ?, fold = ? WHERE id = ?"
        self._conn.execute(sql, (story, story + row * _ROW, article))

    def leave(self, article: int) -> list[int]:
        """Remove an article from its story; return the others."""
        story = self._number(article)
        if not story:
            return []
        others = [other for other in self.members(story) if other != article]
        self._take_out([article] if len(others) > 1 else [article, *others])
        if story == article and len(others) > 1:  # a story has the id of one of its articles
            ids = number_list(others)
            moved = f"UPDATE article SET story = ?1, fold = fold - story + ?1 WHERE id IN ({ids})"
            self._conn.execute(moved, (min(others),))
        return others

    def _take_out(self, articles: Sequence[int]) -> None:
        sql = f"UPDATE article SET story = 0, fold = 0 WHERE id IN ({number_list(articles)})"
        self._conn.execute(sql)

    def split(self, article: int) -> list[int]:
        """Remove an article from its story for good, and return the others."""
        others = self.leave(article)
        self._keep_apart(article, others)
        return others

    def keep_apart(self, article: int, feed_id: int, most: int) -> None:
        """Keep an article out of the stories of the newest `most` other articles of its feed."""
        sql = "SELECT id FROM article WHERE feed_id = ? AND id != ? ORDER BY id DESC LIMIT ?"
        self._keep_apart(article, self._column(sql, (feed_id, article, most)))

    def _keep_apart(self, article: int, others: Sequence[int]) -> None:
        sql = "INSERT OR IGNORE INTO apart (article, other) VALUES (?, ?)"
        self._conn.executemany(sql, _pairs(article, others))

    def _number(self, article: int) -> int:
        return int(self._value("SELECT story FROM article WHERE id = ?", (article,)) or 0)

    def unsplit(self, article: int, others: Sequence[int]) -> None:
        self._conn.executemany("DELETE FROM apart WHERE article = ? AND other = ?", _pairs(article, others))
        if others:
            self.leave(article)
            story = self._number(others[0]) or others[0]
            rows = self.rows(story)
            feeds = self.feeds([article, *chain(*rows)])
            mine = feeds[article]
            free = (
                number
                for number, row in enumerate(rows)
                if not any(mine.shares(feeds[other]) for other in row)
            )
            self.join(article, story, next(free, min(len(rows), ROWS - 1)))


def _pairs(article: int, others: Sequence[int]) -> list[tuple[int, int]]:
    return [pair for other in others for pair in ((article, other), (other, article))]
