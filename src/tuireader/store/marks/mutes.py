"""Articles hidden by mutes. Nothing is deleted: when a mute is removed, its articles reappear."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

from tuireader.store.sql import Part, id_list, number_list

WITH_WATCHED, SPARES_WATCHED = "+", "-"
"""Last character of a signature: whether the mute also hides articles that a watch matches."""
_BY_RULES = "rule"
"""Signatures of the two mutes that stand for what rules hide begin with it; the config has no such mute."""
_DIGEST = 16
_COUNTS = "(u.signature LIKE '%+' OR NOT EXISTS (SELECT 1 FROM match m WHERE m.article_id = d.article_id))"
"""SQL: true if row `d` of `muted`, of mute `u`, hides its article, that is, no watch keeps it visible."""


class Mutes(Part):
    """Matches of mutes, which the config defines and a signature identifies, in the table `muted`.

    `article.muted` is 1 if any mute hides the article. It also depends on watches: call `update_hidden` in
    each transaction that changes matches.
    """

    def is_current(self, signatures: Iterable[str]) -> bool:
        return self._ids().keys() == set(signatures)

    def sync(self, signatures: Iterable[str]) -> None:
        """Update the table from the config; needs a transaction.

        Articles hidden only by removed mutes reappear at once; a new mute becomes pending for all stored
        articles. A mute that differs only in whether it spares watched articles is not matched again.
        """
        conn, stored, wanted = self._conn, self._ids(), set(signatures)
        gone = {signature[:_DIGEST]: signature for signature in stored.keys() - wanted}
        for signature in sorted(wanted - stored.keys()):
            known = gone.pop(signature[:_DIGEST], None)
            if known is not None:
                conn.execute("UPDATE mute SET signature = ? WHERE signature = ?", (signature, known))
            else:
                sql = "INSERT INTO mute (signature, pending) SELECT ?, coalesce(max(id), 0) FROM article"
                conn.execute(sql, (signature,))
        for signature in stored.keys() - wanted:
            conn.execute(
                "DELETE FROM muted WHERE mute_id = (SELECT id FROM mute WHERE signature = ?)", (signature,)
            )
            conn.execute("DELETE FROM mute WHERE signature = ?", (signature,))
        self.update_hidden()

    def pending(self) -> dict[str, int]:
        """Map pending mutes to the highest article id that is still to be matched."""
        return self._mapping("SELECT signature, pending FROM mute WHERE pending > 0")

    def states(self, article_ids: Sequence[int]) -> dict[int, int]:
        """Map the articles that exist to 1 if they are muted, else 0."""
        sql = "SELECT id, muted FROM article WHERE id IN (SELECT value FROM json_each(?))"
        return self._mapping(sql, (id_list(article_ids),))

    def record_range(self, first: int, last: int, matches: Mapping[str, Sequence[int]]) -> None:
        """Set the articles from `first` to `last` that mutes match, by signature; needs a transaction."""
        ids = self._ids()
        for signature in matches:
            sql = "DELETE FROM muted WHERE mute_id = ? AND article_id BETWEEN ? AND ?"
            self._conn.execute(sql, (ids[signature], first, last))
            self._conn.execute("UPDATE mute SET pending = ? WHERE id = ?", (first - 1, ids[signature]))
        self._insert(
            ids, ((article_id, signature) for signature, hidden in matches.items() for article_id in hidden)
        )
        self.update_hidden(first, last)

    def record(self, texts: Sequence[int], matches: Iterable[tuple[int, str]]) -> set[int]:
        """Set the (article, signature) matches of new or changed articles; return the hidden ones.

        Needs the transaction that recorded the matches of watches.
        """
        ids, these = self._ids(), json.dumps(list(texts))
        if self._value("SELECT 1 FROM mute LIMIT 1") is None:
            return set()
        inside = "IN (SELECT value FROM json_each(?))"
        numbers = number_list(ids.values())  # rules decide once, when an article arrives
        sql = f"DELETE FROM muted WHERE mute_id IN ({numbers}) AND article_id {inside}"
        self._conn.execute(sql, (these,))
        self._insert(ids, matches)
        self._settle(inside, (these,))
        return set(self._column(f"SELECT id FROM article WHERE muted = 1 AND id {inside}", (these,)))

    def set_by_rule(self, ids: Sequence[int], hidden: bool, watched_too: Collection[int] = ()) -> list[int]:
        """Hide articles by rules, or show them again; return those that changed. Needs a transaction.

        Those in `watched_too` stay hidden if a watch matches them.
        """
        changed: list[int] = []
        for spares, those in (
            (WITH_WATCHED, [article for article in ids if article in watched_too or not hidden]),
            (SPARES_WATCHED, [article for article in ids if article not in watched_too]),
        ):
            signature, these = _BY_RULES + spares, id_list(those)
            self._conn.execute("INSERT OR IGNORE INTO mute (signature) VALUES (?)", (signature,))
            named = "SELECT id FROM mute WHERE signature = ?1"
            change = (
                f"""INSERT OR IGNORE INTO muted (mute_id, article_id)
                    SELECT ({named}), value FROM json_each(?2) RETURNING article_id"""
                if hidden
                else f"""DELETE FROM muted WHERE mute_id = ({named})
                         AND article_id IN (SELECT value FROM json_each(?2)) RETURNING article_id"""
            )
            changed += self._column(change, (signature, these))
        self._settle("IN (SELECT value FROM json_each(?))", (id_list(ids),))
        return changed

    def update_hidden(self, first: int = 0, last: int = (1 << 63) - 1) -> None:
        """Hide and show the articles first..last according to mutes and watches; needs a transaction."""
        self._settle("BETWEEN ? AND ?", (first, last))

    def _settle(self, inside: str, args: Sequence[object]) -> None:
        hidden = f"""SELECT 1 FROM muted d JOIN mute u ON u.id = d.mute_id
                     WHERE d.article_id = article.id AND {_COUNTS}"""
        sql = f"UPDATE article SET muted = 0 WHERE muted = 1 AND id {inside} AND NOT EXISTS ({hidden})"
        self._conn.execute(sql, args)
        self._conn.execute(
            f"""UPDATE article SET muted = 1 WHERE muted = 0
                AND id IN (SELECT article_id FROM muted WHERE article_id {inside}) AND EXISTS ({hidden})""",
            args,
        )

    def counts(self) -> dict[str, int]:
        """Count the articles that each mute hides, by signature."""
        hidden = f"SELECT count(*) FROM muted d WHERE d.mute_id = u.id AND {_COUNTS}"
        return self._mapping(f"SELECT u.signature, ({hidden}) FROM mute u")

    def watched(self, ids: Sequence[int]) -> tuple[set[int], dict[str, int]]:
        """Return the articles that a watch matches, and their number by watch, in config order."""
        these = id_list(ids)
        inside = "m.article_id IN (SELECT value FROM json_each(?))"
        articles = self._column(f"SELECT DISTINCT m.article_id FROM match m WHERE {inside}", (these,))
        sql = f"""SELECT w.name, count(*) FROM match m JOIN watch w ON w.id = m.watch_id WHERE {inside}
                  GROUP BY w.id ORDER BY w.position"""
        return set(articles), self._mapping(sql, (these,))

    def _ids(self) -> dict[str, int]:
        sql = "SELECT signature, id FROM mute WHERE signature NOT IN (?, ?)"
        return self._mapping(sql, (_BY_RULES + WITH_WATCHED, _BY_RULES + SPARES_WATCHED))

    def _insert(self, ids: Mapping[str, int], matches: Iterable[tuple[int, str]]) -> None:
        self._conn.executemany(
            "INSERT OR IGNORE INTO muted (mute_id, article_id) VALUES (?, ?)",
            ((ids[signature], article_id) for article_id, signature in matches if signature in ids),
        )
