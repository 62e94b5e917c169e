"""Vectors of articles by the extra `meaning`, and pairs of articles that say the same.

A vector is `subprocesses.encoder`'s of title and lead, half a kilobyte. The pairs are what an opened article
needs, so that it reads no vectors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tuireader.store.sql import Part, id_list

_ENCODER = "encoder of meaning"
_FILLED = "meaning filled up to"


class Alike(Struct, frozen=True):
    """Another article with the cosine of the two vectors, and the sentence of either that says the same.

    The sentence is `""` if none was looked for.
    """

    other: int
    cosine: float
    sentence: str


class Meaning(Part):
    """Vectors and pairs. All writes need a transaction."""

    def use(self, encoder: str) -> None:
        """Forget the vectors of any other encoder or version, so that they are built again."""
        if self._store.fact(_ENCODER) != encoder:
            self._conn.execute("DELETE FROM meaning")
            self._conn.execute("DELETE FROM alike")
            self._store.set_fact(_FILLED, "0")
            self._store.set_fact(_ENCODER, encoder)

    def waiting(self, below: int, limit: int, *, encoded: bool = True) -> list[int]:
        """Return related articles below an id that are to be compared, newest first.

        If not `encoded`, those that have no vector yet.
        """
        sql = f"{_WAITING.format('p.article')} AND p.article < ? AND (? OR m.article IS NULL) {_NEWEST}"
        return self._column(sql, (self._filled(), below, encoded, limit))

    def by_day(self, articles: Sequence[int]) -> list[int]:
        """Sort articles by the days of their vectors, the newest first."""
        sql = "SELECT value FROM json_each(?) LEFT JOIN meaning ON article = value ORDER BY day DESC, 1 DESC"
        return self._column(sql, (id_list(articles),))

    def waiting_count(self) -> int:
        """Return the number of vectors that are missing plus that of articles to compare."""
        sql = _WAITING.format("count(*) + count(*) FILTER (WHERE m.article IS NULL)")
        return int(self._value(sql, (self._filled(),)))

    def set_filled(self, article: int) -> None:
        """Store the id up to which all articles have been compared."""
        self._store.set_fact(_FILLED, str(article))

    def _filled(self) -> int:
        return int(self._store.fact(_FILLED) or 0)

    def forget(self, article: int) -> None:
        """Delete what is stored about a changed article; it is encoded again."""
        self._conn.execute("DELETE FROM meaning WHERE article = ?", (article,))
        self.drop_pairs([article])
        self.set_filled(min(self._filled(), article - 1))

    def drop_pairs(self, articles: Sequence[int]) -> None:
        """Delete the pairs of articles, with the sentences that they quote."""
        pairs = [(other, article) for article in articles for other in self.alike(article)]
        sql = "DELETE FROM alike WHERE article = ? AND other = ?"
        self._conn.executemany(sql, [*pairs, *((article, other) for other, article in pairs)])

    def add(self, vectors: Iterable[tuple[int, int, str, bytes]]) -> None:
        """Store vectors, as (article, days since 1970, language, vector)."""
        sql = "INSERT OR REPLACE INTO meaning (article, day, language, vector) VALUES (?, ?, ?, ?)"
        self._conn.executemany(sql, vectors)

    def set_compared(self, articles: Sequence[int]) -> None:
        """Note that articles need not be compared any more."""
        sql = "UPDATE meaning SET compared = 1 WHERE article IN (SELECT value FROM json_each(?))"
        self._conn.execute(sql, (id_list(articles),))

    def vectors(self, articles: Sequence[int]) -> dict[int, bytes]:
        """Map articles to their vectors, if they have one; `b""` if there is none to compare."""
        sql = f"""SELECT article, CASE WHEN {_WHOLE} THEN vector ELSE x'' END
                  FROM json_each(?) CROSS JOIN meaning ON article = value"""
        return self._mapping(sql, (id_list(articles),))

    def before(self, day: int, limit: int) -> list[int]:
        """Return the latest articles up to the end of a day."""
        return self._column(_AROUND.format("<=", "DESC"), (day, limit))

    def after(self, day: int, limit: int) -> list[int]:
        """Return the first articles after a day."""
        return self._column(_AROUND.format(">", "ASC"), (day, limit))

    def since(self, row: int, most: int, limit: int) -> tuple[int, list[int], bytes]:
        """Return the next vectors after a row of the newest `most` articles: last row, articles, vectors."""
        oldest = "SELECT article FROM meaning ORDER BY article DESC LIMIT 1 OFFSET ?"
        has_more = (self._value("SELECT max(id) FROM meaning") or 0) > most  # counting all takes long
        after = (has_more and self._value(oldest, (most,))) or 0
        sql = f"""SELECT id, article, vector FROM meaning
                  WHERE id > ? AND article > ? AND {_WHOLE} ORDER BY id LIMIT ?"""
        rows = self._conn.execute(sql, (row, after, limit)).fetchall()
        articles, vectors = [article for _, article, _ in rows], b"".join(vector for _, _, vector in rows)
        return (rows[-1][0] if rows else row), articles, vectors

    def missing(self, encoder: str) -> tuple[int, int]:
        """Count the articles that this encoder has not encoded, and all articles."""
        every: int = self._value("SELECT count(*) FROM article")
        encoded = self._value("SELECT count(*) FROM meaning") if self._store.fact(_ENCODER) == encoder else 0
        return max(0, every - encoded), every

    def unknown(self, limit: int) -> list[int]:
        """Return the newest articles that have not been encoded."""
        sql = """SELECT id FROM article a WHERE NOT EXISTS (SELECT 1 FROM meaning WHERE article = a.id)
                 ORDER BY id DESC LIMIT ?"""
        return self._column(sql, (limit,))

    def near(self, day: int, days: int, language: str, limit: int) -> list[int]:
        """Return articles in other languages within some days, nearest first."""
        sql = """SELECT article FROM meaning
                 WHERE day BETWEEN ?1 - ?2 AND ?1 + ?2 AND language NOT IN ('', ?3)
                 ORDER BY abs(day - ?1), article DESC LIMIT ?4"""
        return self._column(sql, (day, days, language, limit))

    def set_alike(self, article: int, alike: Sequence[Alike]) -> None:
        """Store the articles that say the same as one, for both."""
        sql = "INSERT OR REPLACE INTO alike (article, other, cosine, sentence) VALUES (?, ?, ?, ?)"
        pairs = [(pair.other, round(100 * pair.cosine), pair.sentence) for pair in alike]
        self._conn.executemany(sql, [(article, *pair) for pair in pairs])
        # the sentence is looked up in the row above
        self._conn.executemany(sql, [(other, article, cosine, "") for other, cosine, _ in pairs])

    def alike(self, article: int) -> Mapping[int, Alike]:
        """Map the articles that are close to one to what is known of the pair."""
        sql = """SELECT a.other, a.cosine / 100.0 AS cosine,
                   a.sentence || coalesce(b.sentence, '') AS sentence
                 FROM alike a LEFT JOIN alike b ON b.article = a.other AND b.other = a.article
                 WHERE a.article = ?"""
        return {pair.other: pair for pair in self._values(Alike, sql, (article,))}

    def cosines(self, articles: Sequence[int]) -> dict[int, dict[int, float]]:
        """Map articles to those that are close to them, with the cosines."""
        sql = "SELECT article, other, cosine / 100.0 FROM json_each(?) CROSS JOIN alike ON article = value"
        found: dict[int, dict[int, float]] = {}
        for article, other, cosine in self._conn.execute(sql, (id_list(articles),)):
            found.setdefault(article, {})[other] = cosine
        return found


_WHOLE = "typeof(vector) = 'blob' AND length(vector) = 512"
_WAITING = """SELECT {} FROM profile p LEFT JOIN meaning m ON m.article = p.article
  WHERE p.article > ? AND coalesce(m.compared, 0) = 0"""
_AROUND = "SELECT article FROM meaning WHERE day {} ? ORDER BY day {} LIMIT ?"
_NEWEST = "ORDER BY p.article DESC LIMIT ?"
