"""Tables for relating articles: profiles, postings, term counts, neighbours, stories and splits.

The number of a story is the id of one of its articles. `article.story` is 0 for an article without a story,
else the number plus the row (0, 1, …) times `ROW`: a story has several rows if folding it into one would hide
news. Lists only compare these values; other code uses `story_number` and `rows_of`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tuireader.store.sql import FEED_TITLE, Part, id_list, newest_id, number_list
from tuireader.text.durations import DAY

_WINDOW = 12_000  # waiting articles to sort by time at once
RELATED_UP_TO = "related up to"
"""Fact with the id up to which all articles have been related."""
_JUDGED = "stories judged down to"  # fact: the number below which stories may be folded by older rules
LANGUAGES_TOLD = "languages told down to"
"""Fact with the id up to which articles of an older version may have no language yet."""
_NAMED = "names found down to"  # fact: the id below which profiles may be without names, by older rules
_NEW = "NOT EXISTS (SELECT 1 FROM profile p WHERE p.article = a.id)"


@dataclass(frozen=True, slots=True)
class RelativeRow:
    """Columns of a line about a related article."""

    id: int
    title: str
    url: str
    feed_title: str
    time: int
    read: bool


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feed that an article belongs to, and every feed that has it."""

    own: int
    every: set[int]

    def shares(self, other: Feeds) -> bool:
        """Return whether the own feed of one of two articles has the other."""
        return self.own in other.every or other.own in self.every


ROW = 1 << 40
"""Distance between rows of a story in `article.story`: exceeds any article id."""
ROWS = 16
"""Maximum number of rows of a story."""


def story_number(column: str) -> str:
    """Return SQL for the number of a story in any row."""
    return f"({column} & {ROW - 1})"


def rows_of(story: str) -> str:
    """Return SQL for the values of `article.story` in all rows of a story, given as SQL."""
    return ",".join(f"{story}+{row * ROW}" for row in range(ROWS))


_OF_STORY = f"story IN ({rows_of('?1')}) AND story != 0"


class Relations(Part):
    """Queries whose cost is bounded for any number of stored articles."""

    # ------------------------------------------------------------------ reading

    def article_count(self) -> int:
        """Estimate the number of articles with a profile: ids have no gaps, and few articles wait."""
        return int(self._value("SELECT max(article) FROM profile") or 0)

    def term_counts(self, terms: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return the number of articles that contain each term, and of those that have it in lower case."""
        rows = self._conn.execute(
            "SELECT term, articles, lower FROM json_each(?) CROSS JOIN term_count ON term = value",
            (id_list(terms),),
        )
        return {term: (articles, lower) for term, articles, lower in rows}

    def newest_day(self) -> int:
        """Return the day of the newest article, in days since 1970."""
        return int(self._value("SELECT max(time) FROM article") or 0) // DAY

    def postings(
        self, terms: Sequence[int], day: int, limit: int, *, later: bool = True
    ) -> dict[int, list[int]]:
        """Return the articles posted under each term: the latest `limit` up to `day`, and the first after it.

        Without `later`, there are none after it. Terms without articles are left out.
        """
        found = self._posted(terms, "day <= ? ORDER BY day DESC, article DESC", day, limit)
        if later:
            for term, articles in self._posted(terms, "day > ? ORDER BY day, article", day, limit).items():
                found.setdefault(term, []).extend(articles)
        return found

    def _posted(self, terms: Sequence[int], which: str, day: int, limit: int) -> dict[int, list[int]]:
        rows = self._conn.execute(
            f"""SELECT value, (SELECT json_group_array(article) FROM (
                  SELECT article FROM posting WHERE term = value AND {which} LIMIT ?))
                FROM json_each(?)""",
            (day, limit, id_list(terms)),
        ).fetchall()
        articles = json.loads(f"[{','.join([articles for _, articles in rows])}]")
        return {term: found for (term, _), found in zip(rows, articles, strict=True) if found}

    def posted_before(self, terms: Sequence[int], days: Sequence[int], limit: int) -> dict[int, set[int]]:
        """Return the articles posted under each term: for each day, the latest `limit` up to it."""
        found: dict[int, set[int]] = {}
        for day in days:
            for term, articles in self._posted(terms, "day <= ? ORDER BY day DESC", day, limit).items():
                found.setdefault(term, set()).update(articles)
        return found

    def packed_profiles(self, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        """Return (article, packed profile) of each article that has a profile."""
        return self._conn.execute(
            "SELECT article, packed FROM json_each(?) CROSS JOIN profile ON article = value", (id_list(ids),)
        ).fetchall()

    def neighbours(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Return (article, neighbour) pairs of some articles: those near each of them when it was related."""
        return self._conn.execute(
            "SELECT article, other FROM json_each(?) CROSS JOIN neighbour ON article = value", (id_list(ids),)
        ).fetchall()

    def stories(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the story of each article; an article without a story counts as its own."""
        rows = self._conn.execute(
            f"""SELECT a.id, iif(story, {story_number("story")}, a.id)
                FROM json_each(?) CROSS JOIN article a ON a.id = value""",
            (id_list(ids),),
        )
        return dict(rows.fetchall())

    def members(self, story: int, limit: int = -1) -> list[int]:
        """Return the articles of a story, highest ids first."""
        if self._is_alone(story):
            return [story]
        return self._column(
            f"SELECT id FROM article WHERE {_OF_STORY} ORDER BY id DESC LIMIT ?2", (story, limit)
        ) or [story]

    def rows(self, story: int) -> list[list[int]]:
        """Return the articles of each row of a story."""
        if self._is_alone(story):
            return [[story]]
        found: list[list[int]] = [[]]
        for row, article in self._conn.execute(
            f"SELECT story / {ROW}, id FROM article WHERE {_OF_STORY} ORDER BY 1, 2", (story,)
        ):
            found += [[] for _ in range(len(found), row + 1)]
            found[row].append(article)
        return found if any(found) else [[story]]

    def _is_alone(self, story: int) -> bool:
        """Return whether a story is an article without others, as most are: faster than to look for them."""
        return bool(self._value("SELECT story = 0 FROM article WHERE id = ?", (story,)))

    def feeds(self, ids: Sequence[int]) -> dict[int, Feeds]:
        """Return the feeds of articles."""
        found: dict[int, Feeds] = {}
        for article, feed, carries in self._conn.execute(
            """SELECT id, feed_id, 0 FROM article WHERE id IN (SELECT value FROM json_each(?1)) UNION ALL
               SELECT article_id, feed_id, 1 FROM appearance
               WHERE secondary = 1 AND article_id IN (SELECT value FROM json_each(?1)) ORDER BY 3""",
            (id_list(ids),),
        ):
            if carries:
                found[article].every.add(feed)
            else:
                found[article] = Feeds(feed, {feed})
        return found

    def title(self, article: int) -> str:
        """Return the title of an article."""
        return str(self._value("SELECT title FROM article WHERE id = ?", (article,)) or "")

    def split_pairs(self, ids: Sequence[int]) -> set[frozenset[int]]:
        """Return the pairs among some articles that the user has split."""
        rows = self._conn.execute(
            """SELECT article, other FROM json_each(?1) CROSS JOIN apart ON article = value
               WHERE other IN (SELECT value FROM json_each(?1))""",
            (id_list(ids),),
        )
        return {frozenset(row) for row in rows}

    def relative_rows(self, ids: Sequence[int]) -> dict[int, RelativeRow]:
        """Return the displayed columns of related articles, without muted ones."""
        rows = self._conn.execute(
            f"""SELECT a.id, a.title, a.url, {FEED_TITLE},
                       a.time, a.read
                FROM article a JOIN feed f ON f.id = a.feed_id
                WHERE a.id IN ({number_list(ids)}) AND a.muted = 0"""
        )
        return {row[0]: RelativeRow(*[*row[:5], bool(row[5])]) for row in rows}

    def waiting(self, limit: int) -> list[int]:
        """Return articles that are still to be related, earliest first; needs a transaction.

        A first refresh stores one feed after another, but relating finds stories best in the order of
        publication.
        """
        floor = self._floor()
        if not floor:  # the database has no older articles
            for done in (_JUDGED, LANGUAGES_TOLD, _NAMED):
                self._store.set_fact(done, self._store.fact(done) or "0")
        newest = newest_id(self._conn)
        while floor < newest:
            self._store.set_fact(RELATED_UP_TO, str(floor))
            end = min(newest, floor + _WINDOW)
            ids = self._column(
                f"""SELECT a.id FROM article a WHERE a.id > ? AND a.id <= ? AND {_NEW}
                    ORDER BY a.time, a.id LIMIT ?""",
                (floor, end, limit),
            )
            if ids:
                return ids
            floor = end
        self._store.set_fact(RELATED_UP_TO, str(floor))
        return []

    def refold_from(self) -> int:
        """Return the highest number of a story that may be folded by older rules, or 0."""
        if judged := self._store.fact(_JUDGED):
            return int(judged)
        folded = self._value("SELECT 1 FROM article WHERE story != 0 LIMIT 1")
        return newest_id(self._conn) if folded else 0

    def name_from(self) -> int:
        """Return the highest id of an article whose profile may have no names, or 0."""
        named = self._store.fact(_NAMED)
        return int(named) if named else self.article_count()

    def recent(self, first: int, last: int, since: int, limit: int) -> list[int]:
        """Return the articles of a range of ids that are not older than `since`, highest ids first."""
        return self._column(
            "SELECT id FROM article WHERE id BETWEEN ? AND ? AND time >= ? ORDER BY id DESC LIMIT ?",
            (first, last, since, limit),
        )

    def story_numbers(self, first: int, last: int) -> list[int]:
        """Return the numbers of stories in a range."""
        return self._column(
            "SELECT DISTINCT story FROM article WHERE story != 0 AND story BETWEEN ? AND ?", (first, last)
        )

    def waiting_count(self) -> int:
        """Return how many articles wait to be related."""
        sql = f"SELECT count(*) FROM article a WHERE a.id > ? AND {_NEW}"
        return int(self._value(sql, (self._floor(),)))

    def _floor(self) -> int:
        """Return the id up to which all articles are related; by default, the last one with a profile."""
        return int(self._store.fact(RELATED_UP_TO) or self.article_count())

    # ------------------------------------------------------------------ writing (all need a transaction)

    def add(
        self,
        article: int,
        packed: bytes,
        day: int,
        terms: Sequence[int],
        near: Sequence[int],
    ) -> None:
        """Store the result of relating a new article, or add to that of an older one."""
        conn = self._conn
        conn.execute("INSERT OR REPLACE INTO profile (article, packed) VALUES (?, ?)", (article, packed))
        conn.executemany(
            "INSERT OR IGNORE INTO posting (term, day, article) VALUES (?, ?, ?)",
            [(term, day, article) for term in terms],
        )
        conn.executemany(
            "INSERT OR IGNORE INTO neighbour (article, other) VALUES (?, ?)",
            [(article, other) for other in near],
        )

    def set_term_counts(self, counts: Mapping[int, tuple[int, int]]) -> None:
        """Store counts as `term_counts` returns them."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO term_count (term, articles, lower) VALUES (?, ?, ?)",
            ((term, *count) for term, count in counts.items()),
        )

    def remove(self, article: int, day: int, terms: Sequence[int]) -> None:
        """Delete the rows stored by `add`, before a changed article is added again."""
        conn = self._conn
        conn.execute("DELETE FROM profile WHERE article = ?", (article,))
        conn.executemany(
            "DELETE FROM posting WHERE term = ? AND day = ? AND article = ?",
            [(term, day, article) for term in terms],
        )
        conn.execute("DELETE FROM neighbour WHERE article = ?", (article,))

    def join(self, article: int, story: int, row: int = 0) -> None:
        """Put an article into a row of a story, which may so far be a single article."""
        self._conn.execute("UPDATE article SET story = id WHERE id = ? AND story = 0", (story,))
        self._conn.execute("UPDATE article SET story = ? WHERE id = ?", (story + row * ROW, article))

    def leave(self, article: int) -> list[int]:
        """Remove an article from its story; return the others."""
        story = self._number(article)
        if not story:
            return []
        rest = [other for other in self.members(story) if other != article]
        self._conn.execute("UPDATE article SET story = 0 WHERE id = ?", (article,))
        if len(rest) < 2:
            self._conn.execute(f"UPDATE article SET story = 0 WHERE id IN ({number_list(rest)})")
        elif story == article:  # a story has the id of one of its articles
            moved = f"UPDATE article SET story = story + ? WHERE id IN ({number_list(rest)})"
            self._conn.execute(moved, (min(rest) - article,))
        return rest

    def dissolve(self, story: int) -> list[int]:
        """Dissolve a story; return its articles."""
        members = self.members(story)
        self._conn.execute(f"UPDATE article SET story = 0 WHERE id IN ({number_list(members)})")
        return members

    def set_refolded(self, down_to: int) -> None:
        """Store the number down to which stories have been folded by the current rules."""
        self._store.set_fact(_JUDGED, str(down_to))

    def set_named(self, down_to: int) -> None:
        """Store the id down to which profiles have the names of their articles."""
        self._store.set_fact(_NAMED, str(down_to))

    def split(self, article: int) -> list[int]:
        """Remove an article from its story for good: it will never be folded with the others again.

        Returns the others.
        """
        others = self.leave(article)
        self._conn.executemany(
            "INSERT OR IGNORE INTO apart (article, other) VALUES (?, ?)", _pairs(article, others)
        )
        return others

    def keep_apart(self, article: int, feed_id: int, most: int) -> None:
        """Keep an article out of the stories of the newest `most` other articles of its feed."""
        others = self._column(
            "SELECT id FROM article WHERE feed_id = ? AND id != ? ORDER BY id DESC LIMIT ?",
            (feed_id, article, most),
        )
        self._conn.executemany(
            "INSERT OR IGNORE INTO apart (article, other) VALUES (?, ?)", _pairs(article, others)
        )

    def _number(self, article: int) -> int:
        return int(self._value(f"SELECT {story_number('story')} FROM article WHERE id = ?", (article,)) or 0)

    def unsplit(self, article: int, others: Sequence[int]) -> None:
        """Undo a split."""
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
