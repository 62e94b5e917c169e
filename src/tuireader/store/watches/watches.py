"""Watches in the database, and the articles that they match."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tuireader.model import Evidence
from tuireader.store.json_columns import evidence_json, evidence_of
from tuireader.store.sql import Part, grouped, id_list, newest_id, number_list, watches_of
from tuireader.store.watches.cases import Cases
from tuireader.store.watches.match_log import MatchLog

Feeds = Collection[int] | None
"""Some feeds, None for all."""


class Watches(Part):
    """Matches of the config's watches, and the progress of matching stored articles."""

    _cases: Cases
    _match_log: MatchLog

    def is_current(self, signatures: Sequence[tuple[str, str]]) -> bool:
        """Compare the table with the (name, signature) pairs of the config, in order."""
        return self._stored() == _wanted(signatures)

    def sync(self, signatures: Sequence[tuple[str, str]]) -> None:
        """Update the table from (name, signature) pairs in config order; needs a transaction.

        A new or changed watch becomes pending for all stored articles; its old matches stay until their
        articles are matched again, so that nothing disappears meanwhile.
        """
        conn = self._conn
        stored, wanted = self._stored(), _wanted(signatures)
        for old, new in _renamed(stored, wanted):
            self._cases.rename(old, new)
        for name in stored.keys() - wanted.keys():
            conn.execute("DELETE FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?)", (name,))
            conn.execute("DELETE FROM watch WHERE name = ?", (name,))
        newest = newest_id(conn)
        for name, (signature, position) in wanted.items():
            sql = """INSERT INTO watch (name, signature, position, pending) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (name) DO UPDATE SET position = ?3, signature = ?2,
                       pending = iif(signature = ?2, pending, ?4), changed = (signature != ?2 OR changed)"""
            conn.execute(sql, (name, signature, position, newest))

    def match_again(self, name: str) -> None:
        """Make a watch pending for all stored articles; needs a transaction."""
        self._conn.execute("UPDATE watch SET pending = ? WHERE name = ?", (newest_id(self._conn), name))

    def pending(self) -> dict[str, int]:
        """Map pending watches to the highest article id that is still to be matched."""
        return self._mapping("SELECT name, pending FROM watch WHERE pending > 0 ORDER BY position")

    def matches_after(self, article_id: int) -> list[tuple[int, Evidence]]:
        """List the matches of unmuted articles with higher ids, oldest first."""
        sql = """SELECT m.article_id, w.name, m.evidence FROM match m JOIN watch w ON w.id = m.watch_id
                 JOIN article a ON a.id = m.article_id
                 WHERE m.article_id > ? AND a.muted = 0 ORDER BY m.article_id, w.position"""
        rows = self._conn.execute(sql, (article_id,))
        return [(article, evidence_of(name, stored)) for article, name, stored in rows]

    def articles_on(self, name: str) -> list[int]:
        sql = "SELECT m.article_id FROM watch w JOIN match m ON m.watch_id = w.id WHERE w.name = ?"
        return self._column(sql, (name,))

    def has_many(self, name: str, many: int) -> bool:
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
        sql = f"""DELETE FROM match WHERE watch_id = ?1 AND article_id BETWEEN ?3 AND ?4
                  AND article_id NOT IN ({hit}) AND article_id NOT IN ({_SEVERAL})"""
        self._conn.execute(sql, (watch, expression, first, last))
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
        sql = f"""SELECT article_id FROM variant WHERE article_id BETWEEN ?3 AND ?4
                    AND article_id IN (SELECT rowid FROM search WHERE search MATCH ?5)
                  UNION SELECT article_id FROM match WHERE article_id BETWEEN ?3 AND ?4
                    AND watch_id = (SELECT id FROM watch WHERE name = ?1)
                    AND article_id IN ({_SEVERAL}) AND article_id NOT IN ({_hit(feeds)})"""
        return self._column(sql, (name, expression, first, last, prefilter))

    def with_variants(self, first: int, last: int) -> list[int]:
        """Return the articles from `first` to `last` that have different texts in several feeds."""
        sql = "SELECT DISTINCT article_id FROM variant WHERE article_id BETWEEN ? AND ?"
        return self._column(sql, (first, last))

    def without_evidence(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        return watches_of(self._conn, ids, "m.evidence = ''")

    def without_evidence_on(self, name: str, limit: int) -> list[int]:
        """Return at most `limit` articles whose match with a watch has no evidence yet."""
        sql = """SELECT article_id FROM match WHERE watch_id = (SELECT id FROM watch WHERE name = ?)
                 AND evidence = '' LIMIT ?"""
        return self._column(sql, (name, limit))

    def add_evidence(self, evidence: Mapping[int, Sequence[Evidence]]) -> None:
        """Add the evidence of articles to matches without it, or else empty evidence; needs a transaction."""
        ids = self._ids()
        self._conn.executemany(
            "UPDATE match SET evidence = ? WHERE watch_id = ? AND article_id = ? AND evidence = ''",
            [
                (evidence_json(item), ids[item.watch], article)
                for article, items in evidence.items()
                for item in items
                if item.watch in ids
            ],
        )
        sql = "UPDATE match SET evidence = ? WHERE article_id = ? AND evidence = ''"
        self._conn.executemany(sql, [(evidence_json(Evidence("")), article) for article in evidence])

    def watches_of(self, names: Sequence[str], ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Map articles to those of the watches `names` that match them, now or formerly."""
        named = "w.name IN (SELECT value FROM json_each(?))"
        return watches_of(self._conn, ids, named, json.dumps(list(names)))

    def lasting_matches(self, ids: Sequence[int]) -> set[tuple[str, int]]:
        """Return (watch, article) of former matches whose watches have not changed since."""
        sql = """SELECT w.name, m.article_id FROM match m JOIN watch w ON w.id = m.watch_id
                 WHERE m.until != 0 AND w.changed = 0 AND m.article_id IN (SELECT value FROM json_each(?))"""
        return set(self._conn.execute(sql, (id_list(ids),)))

    def forget(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Delete the matches of (watch, article) pairs; needs a transaction."""
        ids = self._ids()
        sql = "DELETE FROM match WHERE watch_id = ? AND article_id = ?"
        self._conn.executemany(sql, [(ids[name], article) for name, article in pairs if name in ids])

    def end_matches(self, matches: Iterable[tuple[int, Evidence]]) -> None:
        """Turn matches that an edit removed into former ones; needs a transaction.

        `until` is the time of the edit, `revision` the version that matched. Evidence without hits does not
        replace existing evidence.
        """
        ids, matches = self._ids(), list(matches)
        for article, item in matches:
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
                for article, item in matches
                if item.watch in ids
            ),
        )

    def set_pending(self, names: Sequence[str], pending: int) -> None:
        """Store the highest article id that watches are still to match; needs a transaction."""
        sql = """UPDATE watch SET pending = ?1, changed = (changed AND ?1 > 0)
                 WHERE name IN (SELECT value FROM json_each(?2))"""
        self._conn.execute(sql, (pending, json.dumps(list(names))))

    def record(self, matches: Iterable[tuple[int, Evidence]], now: int = 0) -> None:
        """Store current matches, new ones with the time `now` (0: unknown); needs a transaction."""
        if not (listed := list(matches)):
            return
        ids = self._ids()
        self._conn.executemany(
            """INSERT INTO match (watch_id, article_id, evidence, feed_id, at) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET evidence = excluded.evidence, feed_id = excluded.feed_id,
                 until = 0, revision = 0""",
            (
                (ids[evidence.watch], article_id, evidence_json(evidence), evidence.feed_id, now)
                for article_id, evidence in listed
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
        sql = """SELECT w.name, m.until FROM match m JOIN watch w ON w.id = m.watch_id
                 WHERE m.article_id = ? ORDER BY w.position"""
        before = self._mapping(sql, (article_id,))
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
        sql = "INSERT INTO fact (name, value) VALUES (?, ?)"
        self._conn.executemany(sql, [(f"follow:{name}", str(now)) for name in sorted(set(names) - known)])

    def last_news(self) -> dict[str, int]:
        """Map watches that follow a story to the time of their newest match, or else of their start."""
        since = self._since()
        newest = self._mapping(
            """SELECT w.name, max(min(a.time, a.arrived)) FROM watch w JOIN match m ON m.watch_id = w.id
               JOIN article a ON a.id = m.article_id
               WHERE w.name IN (SELECT value FROM json_each(?)) GROUP BY w.id""",
            (json.dumps(sorted(since)),),
        )
        return {name: max(start, newest.get(name, 0)) for name, start in since.items()}

    def _since(self) -> dict[str, int]:
        rows = self._conn.execute("SELECT name, value FROM fact WHERE name GLOB 'follow:*'")
        return {name.removeprefix("follow:"): int(value) for name, value in rows}

    def _stored(self) -> dict[str, tuple[str, int]]:
        rows = self._conn.execute("SELECT name, signature, position FROM watch")
        return {name: (signature, position) for name, signature, position in rows}

    def _ids(self) -> dict[str, int]:
        return self._mapping("SELECT name, id FROM watch")


_SEVERAL = "SELECT article_id FROM variant UNION ALL SELECT article_id FROM revision"
"""SQL for articles with several texts: of further feeds, or earlier versions."""


def _hit(feeds: Feeds) -> str:
    """Write SQL for articles from `?3` to `?4` in `feeds` with a single text that expression `?2` hits."""
    inside = ""
    if feeds is not None:
        numbers = number_list(feeds)
        inside = f"""AND ((SELECT feed_id FROM article a WHERE a.id = search.rowid) IN ({numbers})
          OR rowid IN (SELECT article_id FROM appearance WHERE secondary = 1 AND feed_id IN ({numbers})))"""
    return f"""SELECT rowid FROM search WHERE search MATCH ?2 AND rowid BETWEEN ?3 AND ?4 {inside}
      AND rowid NOT IN (SELECT article_id FROM variant)"""


def _renamed(
    stored: Mapping[str, tuple[str, int]], wanted: Mapping[str, tuple[str, int]]
) -> Iterator[tuple[str, str]]:
    """Yield old and new names of watches that changed nothing but their name, as far as that is certain."""
    gone = grouped((stored[name][0], name) for name in stored.keys() - wanted.keys())
    new = grouped((wanted[name][0], name) for name in wanted.keys() - stored.keys())
    for signature, names in new.items():
        before = gone.get(signature, ())
        if len(names) == len(before) == 1:
            yield before[0], names[0]


def _wanted(signatures: Sequence[tuple[str, str]]) -> dict[str, tuple[str, int]]:
    return {name: (signature, position) for position, (name, signature) in enumerate(signatures)}
