"""Notices of matches: waiting to be notified, or notified.

The transaction that stores a match also queues its notice, which is marked before the notification goes out.
Therefore no match is notified twice, even after a kill, and the next refresh notifies about those that still
wait. Notices are never deleted, whatever happens to the article and the watch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tuireader.store.sql import Part, id_list, number_list
from tuireader.store.watches.match_log import MatchLog

_WAITS, _NOTIFIED, _KNOWN = 0, 1, 2
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

    _match_log: MatchLog

    def add(self, matches: Iterable[tuple[str, int]]) -> None:
        """Queue (watch, article) pairs that were never queued before."""
        self._conn.executemany("INSERT OR IGNORE INTO notice (watch, article_id) VALUES (?, ?)", matches)

    def skip_read(self, ids: Sequence[int], now: int) -> set[int]:
        """Cancel the waiting notices of articles that are read, and return these."""
        read = set(self._column(f"SELECT id FROM article WHERE read = 1 AND id IN ({number_list(ids)})"))
        sql = f"SELECT id FROM notice WHERE state = {_WAITS} AND article_id IN ({number_list(read)})"
        self._skip(dict.fromkeys(self._column(sql), "read already"), now)
        return read

    def _skip(self, reasons: Mapping[int, str], now: int) -> None:
        """Mark notices as not needed, and log why."""
        self._set(_KNOWN, list(reasons))
        for notice, reason in reasons.items():
            self._match_log.note("not told", self._matches([notice]), now, detail=reason)

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
        """Return the articles of a story that a watch has notified about, lowest id first."""
        sql = """SELECT n.article_id FROM article a JOIN notice n ON n.article_id = a.id
                 WHERE n.watch = ?1 AND n.state = 1
                   AND (a.id = ?2 OR (a.story = ?2 AND a.story != 0))
                 ORDER BY n.article_id"""
        return self._column(sql, (watch, story))

    def identities(self, ids: Sequence[int]) -> dict[int, ArticleIdentity]:
        sql = f"SELECT {_IDENTITY} FROM article a WHERE a.id IN (SELECT value FROM json_each(?))"
        identities = self._values(ArticleIdentity, sql, (id_list(ids),))
        return {identity.article_id: identity for identity in identities}

    def notified_like(self, watch: str, wanted: Sequence[ArticleIdentity]) -> list[ArticleIdentity]:
        """List the articles that a watch has notified about and that `wanted` ones may repost."""
        texts, titles = [item.text_key for item in wanted], [item.title for item in wanted]
        sql = f"""SELECT {_IDENTITY} FROM notice n JOIN article a ON a.id = n.article_id
                  WHERE n.watch = ?1 AND n.state = 1 AND (
                    (a.text_key != 0 AND a.text_key IN (SELECT value FROM json_each(?2)))
                    OR a.title IN (SELECT value FROM json_each(?3)))"""
        return self._values(ArticleIdentity, sql, (watch, json.dumps(texts), json.dumps(titles)))

    def mark_notified(self, notes: Mapping[int, tuple[str, str]], known: Mapping[int, str], now: int) -> None:
        """Mark notices as notified, each with its terms and sentence; `known` ones not, for a reason."""
        self._skip(known, now)
        self._conn.executemany(
            "UPDATE notice SET state = ?, told_at = ?, term = ?, sentence = ? WHERE id = ?",
            [(_NOTIFIED, now, term, sentence, notice) for notice, (term, sentence) in notes.items()],
        )
        self._match_log.note("told", self._matches(list(notes)), now)

    def wait_again(self, ids: Sequence[int], now: int, trouble: str = "") -> None:
        """Requeue notices that could not be delivered at all, because of a trouble."""
        self._set(_WAITS, ids)
        self._match_log.note("untold", self._matches(ids), now, detail=trouble)

    def _matches(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """Return (article, watch) of notices."""
        sql = "SELECT article_id, watch FROM notice WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self._conn.execute(sql, (id_list(ids),)).fetchall()

    def _set(self, state: int, ids: Sequence[int]) -> None:
        sql = "UPDATE notice SET state = ?, told_at = NULL WHERE id IN (SELECT value FROM json_each(?))"
        self._conn.execute(sql, (state, id_list(ids)))
