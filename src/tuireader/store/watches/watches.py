"""Watches in the database, and the articles that they match."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from tuireader.model import Evidence
from tuireader.store.json_columns import evidence_json, evidence_of
from tuireader.store.sql import Part, id_list, newest_id, number_list, watches_of
from tuireader.store.watches.match_log import MatchLog

Feeds = Collection[int] | None
"""Some feeds, None for all."""


class Watches(Part):
    """Matches of the watches that the config defines, and the progress of matching stored articles."""

    _match_log: MatchLog

    def is_current(self, signatures: Sequence[tuple[str, str]]) -> bool:
        """Return whether the table has exactly these (name, signature) pairs in this order."""
        return self._stored() == _wanted(signatures)

    def sync(self, signatures: Sequence[tuple[str, str]]) -> None:
        """Update the table from (name, signature) pairs in config order; needs a transaction.

        A new or changed watch becomes pending for all stored articles; its old matches stay until their
        articles are matched again, so that nothing disappears meanwhile.
        """
        conn = self._conn
        stored, wanted = self._stored(), _wanted(signatures)
        for name in stored.keys() - wanted.keys():
            conn.execute("DELETE FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?)", (name,))
            conn.execute("DELETE FROM watch WHERE name = ?", (name,))
        newest = newest_id(conn)
        for name, (signature, position) in wanted.items():
            conn.execute(
                """INSERT INTO watch (name, signature, position, pending) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (name) DO UPDATE SET position = ?3, signature = ?2,
                     pending = iif(signature = ?2, pending, ?4), changed = (signature != ?2 OR changed)""",
                (name, signature, position, newest),
            )

    def match_again(self, name: str) -> None:
        """Make a watch pending for all stored articles; needs a transaction."""
        self._conn.execute("UPDATE watch SET pending = ? WHERE name = ?", (newest_id(self._conn), name))

    def pending(self) -> dict[str, int]:
        """Return the pending watches, each with the highest article id that is still to be matched."""
        return dict(self._conn.execute("SELECT name, pending FROM watch WHERE pending > 0 ORDER BY position"))

    def matches_after(self, article_id: int) -> list[tuple[int, Evidence]]:
        """Return the matches of unmuted articles with higher ids, oldest first."""
        rows = self._conn.execute(
            """SELECT m.article_id, w.name, m.evidence FROM match m JOIN watch w ON w.id = m.watch_id
               JOIN article a ON a.id = m.article_id
               WHERE m.article_id > ? AND a.muted = 0 ORDER BY m.article_id, w.position""",
            (article_id,),
        )
        return [(article, evidence_of(name, stored)) for article, name, stored in rows]

    def articles_on(self, name: str) -> list[int]:
        """Return the articles that a watch matches."""
        return self._column(
            "SELECT m.article_id FROM watch w JOIN match m ON m.watch_id = w.id WHERE w.name = ?", (name,)
        )

    def has_many(self, name: str, many: int) -> bool:
        """Return whether a watch has at least `many` matches."""
        sql = """SELECT count(*) >= ?2 FROM
                 (SELECT 1 FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?1) LIMIT ?2)"""
        return bool(self._value(sql, (name, many)))

    def fill_from_index(
        self, name: str, expression: str, feeds: Feeds, first: int, last: int, now: int = 0
    ) -> None:
        """Match a range of articles in some feeds by a generated FTS5 expression; needs a transaction.

        Stores the hits as matches without evidence. Existing matches keep their time, and the articles of
        `left_to_texts` are not changed.
        """
        watch = self._ids().get(name)
        if watch is None:
            return
        hit = _hit(feeds)
        self._conn.execute(
            f"""DELETE FROM match WHERE watch_id = ?1 AND article_id BETWEEN ?3 AND ?4
                AND article_id NOT IN ({hit}) AND article_id NOT IN ({_SEVERAL})""",
            (watch, expression, first, last),
        )
        self._conn.execute(
            f"""INSERT INTO match (watch_id, article_id, evidence, at) SELECT ?1, rowid, '', ?5 FROM ({hit})
                WHERE true ON CONFLICT DO UPDATE SET evidence = '', until = 0, revision = 0, feed_id = 0""",
            (watch, expression, first, last, now),
        )

    def left_to_texts(
        self, name: str, expression: str, prefilter: str, feeds: Feeds, first: int, last: int
    ) -> list[int]:
        """Return the articles that `fill_from_index` skips because their texts must be read.

        These are articles with different texts in several feeds that `prefilter` hits, and matched articles
        with such texts or earlier versions that the index does not hit.
        """
        return self._column(
            f"""SELECT article_id FROM variant WHERE article_id BETWEEN ?3 AND ?4
                  AND article_id IN (SELECT rowid FROM search WHERE search MATCH ?5)
                UNION SELECT article_id FROM match WHERE article_id BETWEEN ?3 AND ?4
                  AND watch_id = (SELECT id FROM watch WHERE name = ?1)
                  AND article_id IN ({_SEVERAL}) AND article_id NOT IN ({_hit(feeds)})""",
            (name, expression, first, last, prefilter),
        )

    def with_variants(self, first: int, last: int) -> list[int]:
        """Return the articles in a range that have different texts in several feeds."""
        return self._column(
            "SELECT DISTINCT article_id FROM variant WHERE article_id BETWEEN ? AND ?", (first, last)
        )

    def without_evidence(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return the watches without evidence of each article that has any."""
        return watches_of(self._conn, ids, "m.evidence = ''")

    def without_evidence_on(self, name: str, limit: int) -> list[int]:
        """Return articles whose match with a watch has no evidence yet."""
        return self._column(
            """SELECT article_id FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?)
               AND evidence = '' LIMIT ?""",
            (name, limit),
        )

    def add_evidence(self, found: Mapping[int, Sequence[Evidence]]) -> None:
        """Add evidence to matches without it, or else empty evidence; needs a transaction."""
        ids = self._ids()
        self._conn.executemany(
            "UPDATE match SET evidence = ? WHERE watch_id = ? AND article_id = ? AND evidence = ''",
            [
                (evidence_json(item), ids[item.watch], article)
                for article, items in found.items()
                for item in items
                if item.watch in ids
            ],
        )
        self._conn.executemany(
            "UPDATE match SET evidence = ? WHERE article_id = ? AND evidence = ''",
            [(evidence_json(Evidence("")), article) for article in found],
        )

    def watches_of(self, names: Sequence[str], ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Return which of some watches match each of some articles, including former matches."""
        named = "w.name IN (SELECT value FROM json_each(?))"
        return watches_of(self._conn, ids, named, json.dumps(list(names)))

    def lasting_matches(self, ids: Sequence[int]) -> set[tuple[str, int]]:
        """Return the former matches of some articles whose watches have not changed since."""
        rows = self._conn.execute(
            """SELECT w.name, m.article_id FROM match m JOIN watch w ON w.id = m.watch_id
               WHERE m.until != 0 AND w.changed = 0 AND m.article_id IN (SELECT value FROM json_each(?))""",
            (id_list(ids),),
        )
        return set(rows.fetchall())

    def forget(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Delete the matches of (watch, article) pairs; needs a transaction."""
        ids = self._ids()
        self._conn.executemany(
            "DELETE FROM match WHERE watch_id = ? AND article_id = ?",
            [(ids[name], article) for name, article in pairs if name in ids],
        )

    def end_matches(self, found: Iterable[tuple[int, Evidence]]) -> None:
        """Turn matches that an edit removed into former ones; needs a transaction.

        `until` is the time of the edit, `revision` the version that matched. Evidence without hits does not
        replace existing evidence.
        """
        ids, found = self._ids(), list(found)
        for article, item in found:
            self._match_log.note("ended", [(article, item.watch)], item.until)
        self._conn.executemany(
            """UPDATE match SET evidence = coalesce(?3, evidence), until = ?4, revision = ?5, feed_id = ?6
               WHERE watch_id = ?1 AND article_id = ?2""",
            (
                (
                    ids[item.watch],
                    article,
                    evidence_json(item) if item.hits else None,
                    item.until,
                    item.revision,
                    item.feed_id,
                )
                for article, item in found
                if item.watch in ids
            ),
        )

    def set_pending(self, names: Sequence[str], pending: int) -> None:
        """Store the highest article id that some watches are still to match; needs a transaction."""
        self._conn.execute(
            """UPDATE watch SET pending = ?1, changed = (changed AND ?1 > 0)
               WHERE name IN (SELECT value FROM json_each(?2))""",
            (pending, json.dumps(list(names))),
        )

    def record(self, found: Iterable[tuple[int, Evidence]], now: int = 0) -> None:
        """Store current matches; needs a transaction.

        `now` is the time of new matches, 0 if unknown.
        """
        ids = self._ids()
        self._conn.executemany(
            """INSERT INTO match (watch_id, article_id, evidence, feed_id, at) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET evidence = excluded.evidence, feed_id = excluded.feed_id,
                 until = 0, revision = 0""",
            (
                (ids[evidence.watch], article_id, evidence_json(evidence), evidence.feed_id, now)
                for article_id, evidence in found
                if evidence.watch in ids
            ),
        )

    def rematch(
        self, article_id: int, evidence: Sequence[Evidence], now: int = 0
    ) -> tuple[list[Evidence], list[str]]:
        """Set the matches of a changed article; needs a transaction.

        Returns the matches that it never had before, and the watches that no longer match: the caller turns
        these into former matches (`end_matches`).
        """
        before = dict(
            self._conn.execute(
                """SELECT w.name, m.until FROM match m JOIN watch w ON w.id = m.watch_id
                   WHERE m.article_id = ? ORDER BY w.position""",
                (article_id,),
            ).fetchall()
        )
        self.record(((article_id, item) for item in evidence), now)
        hit = {item.watch for item in evidence}
        again = [(article_id, name) for name, until in before.items() if until and name in hit]
        self._match_log.note("again", again, now)
        lost = [name for name, until in before.items() if not until and name not in hit]
        return [item for item in evidence if item.watch not in before], lost

    def follows_exactly(self, names: Collection[str]) -> bool:
        """Return whether exactly these watches follow a story until it ends.

        Each has a fact `follow:NAME` with the time at which counting quiet days starts.
        """
        return self._since().keys() == set(names)

    def follow(self, names: Collection[str], now: int) -> None:
        """Set the watches that follow a story; new ones start at `now`. Needs a transaction."""
        known = self._since().keys()
        self._conn.executemany(
            "DELETE FROM fact WHERE name = ?", [(f"follow:{name}",) for name in known - set(names)]
        )
        self._conn.executemany(
            "INSERT INTO fact (name, value) VALUES (?, ?)",
            [(f"follow:{name}", str(now)) for name in sorted(set(names) - known)],
        )

    def last_news(self) -> dict[str, int]:
        """Return the latest news of each watch that follows a story: its newest match, or the start."""
        since = self._since()
        rows = self._conn.execute(
            """SELECT w.name, max(min(a.time, a.arrived)) FROM watch w JOIN match m ON m.watch_id = w.id
               JOIN article a ON a.id = m.article_id
               WHERE w.name IN (SELECT value FROM json_each(?)) GROUP BY w.id""",
            (json.dumps(sorted(since)),),
        )
        newest = dict(rows.fetchall())
        return {name: max(start, newest.get(name, 0)) for name, start in since.items()}

    def _since(self) -> dict[str, int]:
        rows = self._conn.execute("SELECT name, value FROM fact WHERE name GLOB 'follow:*'")
        return {name.removeprefix("follow:"): int(value) for name, value in rows}

    def _stored(self) -> dict[str, tuple[str, int]]:
        rows = self._conn.execute("SELECT name, signature, position FROM watch")
        return {name: (signature, position) for name, signature, position in rows}

    def _ids(self) -> dict[str, int]:
        return dict(self._conn.execute("SELECT name, id FROM watch"))


_SEVERAL = "SELECT article_id FROM variant UNION ALL SELECT article_id FROM revision"
"""SQL for articles with several texts: of further feeds, or earlier versions."""


def _hit(feeds: Feeds) -> str:
    """Return SQL for articles from `?3` to `?4` in `feeds` with a single text that expression `?2` hits."""
    inside = ""
    if feeds is not None:
        numbers = number_list(feeds)
        inside = f"""AND ((SELECT feed_id FROM article a WHERE a.id = search.rowid) IN ({numbers})
          OR rowid IN (SELECT article_id FROM appearance WHERE secondary = 1 AND feed_id IN ({numbers})))"""
    return f"""SELECT rowid FROM search WHERE search MATCH ?2 AND rowid BETWEEN ?3 AND ?4 {inside}
      AND rowid NOT IN (SELECT article_id FROM variant)"""


def _wanted(signatures: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    return {name: (signature, position) for position, (name, signature) in enumerate(signatures)}
