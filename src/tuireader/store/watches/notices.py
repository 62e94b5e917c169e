"""Notices of matches: waiting for a decision, put into the outbox, notified, or not to be notified.

The transaction that stores a match also queues its notice; the one that decides about it writes the messages
of the outbox. Therefore no match is lost or notified twice, even after a kill. Notices are never deleted,
whatever happens to the article and the watch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tuireader.store.sql import Part, id_list, number_list
from tuireader.store.watches.records import Records

_WAITS, _NOTIFIED, _KNOWN, _DECIDED = 0, 1, 2, 3
_REPORTED = f"n.state IN ({_NOTIFIED}, {_DECIDED})"
_IDENTITY = "a.id AS article_id, a.feed_id, a.title, a.time, a.url_key, a.text_key"


class Waiting(Struct, frozen=True):
    """A match to notify about. `story` is the article's own id if it has no story."""

    id: int
    watch: str
    article_id: int
    story: int
    muted: bool


class ArticleIdentity(Struct, frozen=True):
    """Values that identify reposts of an article."""

    article_id: int
    feed_id: int
    title: str
    time: int
    url_key: int
    text_key: int

    @property
    def keys(self) -> frozenset[tuple[object, ...]]:
        """Keys that only reposts share: the same text, or the same title at the same address of a feed."""
        by_text = [("text", self.text_key)] if self.text_key else []
        by_address = [("address", self.feed_id, self.url_key, self.title)] if self.url_key else []
        return frozenset([*by_text, *by_address])


class Notices(Part):
    """Notifications by watch and article. Methods that write need a transaction."""

    _records: Records

    def add(self, matches: Iterable[tuple[str, int]]) -> None:
        """Queue (watch, article) pairs that were never queued before."""
        sql = """INSERT OR IGNORE INTO notice (watch, article_id, text_key)
                 SELECT ?, id, text_key FROM article WHERE id = ?"""
        self._conn.executemany(sql, matches)

    def skip_read(self, ids: Sequence[int], now: int) -> set[int]:
        """Cancel the waiting notices of articles that are read, and return these."""
        read = set(self._column(f"SELECT id FROM article WHERE read = 1 AND id IN ({number_list(ids)})"))
        sql = f"SELECT id FROM notice WHERE state = {_WAITS} AND article_id IN ({number_list(read)})"
        self._skip(dict.fromkeys(self._column(sql), "read already"), now)
        return read

    def any_waiting(self) -> bool:
        return self._value("SELECT 1 FROM notice WHERE state = 0 LIMIT 1") is not None

    def waiting(self) -> list[Waiting]:
        """List all waiting matches, oldest article first."""
        sql = """SELECT n.id, n.watch, n.article_id, iif(a.story, a.story, a.id) AS story,
                   a.muted
                 FROM notice n JOIN article a ON a.id = n.article_id
                 WHERE n.state = 0 ORDER BY a.time, a.id, n.id"""
        return self._values(Waiting, sql, muted=bool)

    def notified_in_story(self, watch: str, story: int) -> list[int]:
        """Return the articles of a story that a watch has decided to notify about, lowest id first."""
        sql = f"""SELECT n.article_id FROM article a JOIN notice n ON n.article_id = a.id
                 WHERE n.watch = ?1 AND {_REPORTED}
                   AND (a.id = ?2 OR (a.story = ?2 AND a.story != 0))
                 ORDER BY n.article_id"""
        return self._column(sql, (watch, story))

    def identities(self, ids: Sequence[int]) -> dict[int, ArticleIdentity]:
        sql = f"SELECT {_IDENTITY} FROM article a WHERE a.id IN (SELECT value FROM json_each(?))"
        identities = self._values(ArticleIdentity, sql, (id_list(ids),))
        return {identity.article_id: identity for identity in identities}

    def notified_like(self, ids: Sequence[int], within: int) -> list[tuple[str, ArticleIdentity]]:
        """List what some articles may repost, each with a watch that has decided to notify about it.

        That is the same text, or the same title in the same feed: at the same address, or `within` seconds.
        """
        wanted = "json_each(?1) w CROSS JOIN article b ON b.id = w.value"
        feed = "a.feed_id = b.feed_id AND a.title = b.title"
        told = "CROSS JOIN notice n ON n.article_id = a.id"
        alike = (
            """CROSS JOIN notice n ON n.text_key = b.text_key AND n.text_key != 0
               CROSS JOIN article a ON a.id = n.article_id""",
            f"CROSS JOIN article a ON a.url_key = b.url_key AND a.url_key != 0 AND {feed} {told}",
            f"CROSS JOIN article a ON {feed} AND a.time BETWEEN b.time - ?2 AND b.time + ?2 {told}",
        )
        sql = " UNION ".join(
            f"SELECT n.watch, {_IDENTITY} FROM {wanted} {joined} WHERE {_REPORTED}" for joined in alike
        )
        rows = self._conn.execute(f"{sql} ORDER BY 1, 2", (id_list(ids), within))
        return [(watch, ArticleIdentity(*columns)) for watch, *columns in rows]

    def decide(self, notes: Mapping[int, tuple[str, str]], known: Mapping[int, str], now: int) -> None:
        """Mark notices as in the outbox, each with its terms and sentence; skip `known` ones for a reason."""
        self._skip(known, now)
        self._conn.executemany(
            "UPDATE notice SET state = ?, term = ?, sentence = ? WHERE id = ?",
            [(_DECIDED, term, sentence, notice) for notice, (term, sentence) in notes.items()],
        )

    def mark_told(self, ids: Sequence[int], now: int) -> None:
        """Mark notices as notified, unless they are."""
        sql = f"""UPDATE notice SET state = {_NOTIFIED}, told_at = ? WHERE state != {_NOTIFIED}
                  AND id IN (SELECT value FROM json_each(?)) RETURNING id"""
        self.log("told", self._column(sql, (now, id_list(ids))), now)

    def settle(self, ids: Sequence[int]) -> list[int]:
        """Mark notices as not needed that no message has told or will tell, and return them."""
        sql = f"""UPDATE notice SET state = {_KNOWN}
                  WHERE id IN (SELECT value FROM json_each(?)) AND state = {_DECIDED} AND id NOT IN
                    (SELECT m.value FROM outbox o, json_each(o.notices) m
                     WHERE o.state IN ('waiting', 'sending')) RETURNING id"""
        return self._column(sql, (id_list(ids),))

    def sentences(self, article_ids: Sequence[int]) -> dict[tuple[int, str], str]:
        """Map (article, watch) to the sentence that matched when it was decided."""
        sql = """SELECT article_id, watch, sentence FROM notice
                 WHERE article_id IN (SELECT value FROM json_each(?))"""
        rows = self._conn.execute(sql, (id_list(article_ids),))
        return {(article_id, watch): sentence for article_id, watch, sentence in rows}

    def log(self, kind: str, ids: Sequence[int], at: int, channel: str = "", *, detail: str = "") -> None:
        """Log an event of the matches of notices."""
        if not ids:
            return
        sql = """SELECT l.id FROM notice n CROSS JOIN match_log l USING (article_id, watch)
                 WHERE n.id IN (SELECT value FROM json_each(?)) ORDER BY n.id"""
        self._records.append(self._column(sql, (id_list(ids),)), kind, at, channel, detail)

    def _skip(self, reasons: Mapping[int, str], now: int) -> None:
        """Mark notices as not needed, and log why."""
        sql = f"UPDATE notice SET state = {_KNOWN}, told_at = NULL WHERE id = ?"
        self._conn.executemany(sql, [(notice,) for notice in reasons])
        for notice, reason in reasons.items():
            self.log("not told", [notice], now, detail=reason)
