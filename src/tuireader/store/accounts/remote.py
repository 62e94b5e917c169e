"""Entries of accounts, and the marks that their servers do not have yet.

A mark is pending as long as the article and the entry on its server differ in it. Triggers on `article` keep
`pending` current: however a mark is set or undone, the same transaction queues it for sending.

An entry that its server no longer has becomes a lost entry, with the marks last seen there: if it comes back,
what the user changed in between is still known to be the user's change.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from msgspec import Struct

from tuireader.model.accounts import Mark, RefusedMark
from tuireader.store.sql import Part, id_list
from tuireader.text.durations import DAY

_BITS = {Mark.READ: 1, Mark.STARRED: 2}
_GIVEN = "SELECT value FROM json_each(?)"
_BY_ARTICLE = "'article ' || r.article_id"
"""SQL for the id of a lost entry whose own id may come back as that of another article."""
_IN_LISTED_FEED = "EXISTS (SELECT 1 FROM feed f WHERE f.id = r.feed_id AND f.vanished_at IS NULL)"
_ONLY_SENT = "pending = pending | accepted, accepted = 0, " + ", ".join(
    f"{mark}_sent = iif(accepted & {bit}, {mark}, {mark}_sent)" for mark, bit in _BITS.items()
)
"""SQL that makes accepted marks those that were sent without an answer."""
MISSES, MISSED_FOR = 3, DAY
"""Lists in a row, and seconds between the first and the last, after which a missing entry is gone."""


class RemoteRow(Struct, frozen=True):
    """A stored entry of a server with the marks of its article, each as (article, server, sent)."""

    article_id: int
    marks: Mapping[Mark, tuple[bool, bool, bool | None]]


class Remote(Part):
    """Entries on the servers of accounts. Methods that write need a transaction."""

    def unknown(self, account_id: int, ids: Sequence[str]) -> list[str]:
        """Filter ids of entries: keep those that are not stored."""
        sql = f"SELECT remote_id FROM remote_entry WHERE account_id = ? AND remote_id IN ({_GIVEN})"
        known = set(self._column(sql, (account_id, json.dumps(ids))))
        return [remote_id for remote_id in ids if remote_id not in known]

    def counts(self, account_id: int) -> dict[str, tuple[int, int]]:
        """Count the read and the unread entries of each feed, by the marks last seen on the server."""
        sql = """SELECT f.remote_id, coalesce(sum(r.read), 0), count(r.read) - coalesce(sum(r.read), 0)
                 FROM feed f LEFT JOIN remote_entry r ON r.feed_id = f.id
                 WHERE f.account_id = ? AND f.subscribed GROUP BY f.id"""
        rows = self._conn.execute(sql, (account_id,))
        return {remote_id: (read, unread) for remote_id, read, unread in rows}

    def rows(self, account_id: int, ids: Iterable[str]) -> dict[str, RemoteRow]:
        """Look up entries of an account by id; unknown ids are left out."""
        sql = f"""SELECT r.remote_id, r.article_id, a.read, a.starred,
                    r.read AS server_read, r.read_sent, r.starred AS server_starred, r.starred_sent
                  FROM remote_entry r JOIN article a ON a.id = r.article_id
                  WHERE r.account_id = ? AND r.remote_id IN ({_GIVEN})"""
        rows = self._named(sql, (account_id, json.dumps(list(ids))))
        return {
            row["remote_id"]: RemoteRow(row["article_id"], {mark: _states(row, mark) for mark in Mark})
            for row in rows
        }

    def compare(
        self, account_id: int, mark: Mark, value: bool, entries: Collection[str]
    ) -> tuple[list[str], list[str]]:
        """Compare a server's list of entries whose `mark` is `value` with the marks last seen there.

        Returns the stored entries in the list that had another value or are pending, and those that had this
        value but are not in the list. Leaves out feeds that vanished.
        """
        self._conn.execute("CREATE TEMP TABLE IF NOT EXISTS named (remote_id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._conn.execute("DELETE FROM named")
        self._conn.executemany(
            "INSERT OR IGNORE INTO named VALUES (?)", ((remote_id,) for remote_id in entries)
        )
        sql = f"""SELECT r.remote_id, n.remote_id IS NOT NULL AS is_listed
                  FROM remote_entry r LEFT JOIN named n ON n.remote_id = r.remote_id
                  WHERE r.account_id = ?2 AND {_IN_LISTED_FEED} AND iif(n.remote_id IS NULL,
                    r.{mark} = ?1 AND NOT r.pending & {_BITS[mark]},
                    r.{mark} != ?1 OR r.pending & {_BITS[mark]})"""
        rows = self._conn.execute(sql, (int(value), account_id)).fetchall()
        listed = [remote_id for remote_id, is_listed in rows if is_listed]
        return listed, [remote_id for remote_id, is_listed in rows if not is_listed]

    def add(self, account_id: int, rows: Iterable[tuple[str, int, int, bool, bool]]) -> None:
        """Store (id, article, feed, read, starred) with the marks on the server; others become pending."""
        sql = """INSERT OR REPLACE INTO remote_entry
                   (account_id, remote_id, article_id, feed_id, read, starred, pending)
                 SELECT ?1, ?2, id, ?4, ?5, ?6, (read != ?5) + 2 * (starred != ?6)
                 FROM article WHERE id = ?3"""
        self._conn.executemany(sql, [(account_id, *row) for row in rows])

    def seen(self, account_id: int, mark: Mark, states: Iterable[tuple[str, bool, bool | None]]) -> None:
        """Store marks of a server as (entry, value there, value sent but not confirmed)."""
        self._conn.executemany(
            f"""UPDATE remote_entry SET {mark} = ?1, {mark}_sent = ?2, pending =
                  iif(?2 IS NULL AND (SELECT {mark} FROM article WHERE id = article_id) = ?1,
                      pending & ~{_BITS[mark]}, pending | {_BITS[mark]})
                WHERE account_id = ?3 AND remote_id = ?4""",
            [(value, sent, account_id, remote_id) for remote_id, value, sent in states],
        )

    def pending_marks(self, account_id: int) -> list[Mark]:
        """Return the kinds of marks that can be sent now."""
        sql = f"""SELECT max(r.pending & 1) + max(r.pending & 2) FROM remote_entry r
                  WHERE r.account_id = ? AND r.pending != 0 AND r.refused = '' AND r.misses = 0
                    AND {_IN_LISTED_FEED}"""
        bits = self._value(sql, (account_id,))
        return [mark for mark in Mark if (bits or 0) & _BITS[mark]]

    def take(self, account_id: int, mark: Mark, value: bool, limit: int) -> list[str]:
        """Take at most `limit` pending marks of one value, and record that they are being sent.

        Missing entries and those of vanished feeds have to wait.
        """
        sql = f"""UPDATE remote_entry SET {mark}_sent = ?3 WHERE account_id = ?1 AND remote_id IN (
                    SELECT r.remote_id FROM remote_entry r JOIN article a ON a.id = r.article_id
                    JOIN feed f ON f.id = r.feed_id
                    WHERE r.account_id = ?1 AND r.pending != 0 AND r.pending & ?2 AND r.refused = ''
                      AND a.{mark} = ?3 AND f.vanished_at IS NULL AND r.misses = 0 LIMIT ?4)
                  RETURNING remote_id"""
        return self._column(sql, (account_id, _BITS[mark], value, limit))

    def delivered(self, account_id: int, mark: Mark, value: bool, ids: Sequence[str]) -> None:
        """Record that the server accepted a mark; what the user changed meanwhile stays pending."""
        self.seen(account_id, mark, [(remote_id, value, None) for remote_id in ids])
        sql = f"""UPDATE remote_entry SET accepted = accepted | {_BITS[mark]}
                  WHERE account_id = ? AND remote_id IN ({_GIVEN})"""
        self._conn.execute(sql, (account_id, json.dumps(ids)))

    def confirm(self, account_id: int, ids: Set[str]) -> None:
        """Record that the server lists entries, so that their marks have arrived."""
        sql = "SELECT remote_id FROM remote_entry WHERE account_id = ? AND accepted != 0"
        accepted = self._column(sql, (account_id,))
        self._conn.execute(
            f"UPDATE remote_entry SET accepted = 0 WHERE account_id = ? AND remote_id IN ({_GIVEN})",
            (account_id, json.dumps([remote_id for remote_id in accepted if remote_id in ids])),
        )

    def send_again(self, feed_ids: Collection[int]) -> None:
        """Queue the accepted marks of feeds that are gone: they may have been gone before."""
        sql = f"""UPDATE remote_entry SET {_ONLY_SENT}
                  WHERE accepted != 0 AND feed_id IN ({_GIVEN})"""
        self._conn.execute(sql, (id_list(feed_ids),))

    def refuse(self, account_id: int, mark: Mark, ids: Sequence[str], reason: str = "") -> None:
        """Record that the server did not accept a mark; with a reason, it is not sent again."""
        sql = f"""UPDATE remote_entry SET {mark}_sent = NULL, refused = ?
                  WHERE account_id = ? AND remote_id = ?"""
        self._conn.executemany(sql, [(reason, account_id, remote_id) for remote_id in ids])

    def refusals(self, account_id: int) -> list[RefusedMark]:
        sql = """SELECT r.article_id, a.title, r.refused AS reason
                 FROM remote_entry r JOIN article a ON a.id = r.article_id
                 WHERE r.account_id = ? AND r.pending != 0 AND r.refused != '' ORDER BY a.id"""
        return self._values(RefusedMark, sql, (account_id,))

    def retry_refused(self, account_ids: Iterable[int]) -> None:
        sql = f"UPDATE remote_entry SET refused = '' WHERE account_id IN ({_GIVEN}) AND refused != ''"
        self._conn.execute(sql, (id_list(account_ids),))

    def forget(self, account_id: int, ids: Collection[str], *, renumbered: bool = False) -> None:
        """Drop entries that their server no longer has; their articles keep their marks.

        A `renumbered` server may use the ids again for other articles.
        """
        given = f"r.account_id = ? AND r.remote_id IN ({_GIVEN})"
        self._lose(given, (account_id, json.dumps(list(ids))), renumbered)

    def forget_feed(self, feed_id: int) -> None:
        self._lose("r.feed_id = ?", (feed_id,))

    def forget_account(self, account_id: int) -> None:
        """Drop all entries of an account: its ids mean nothing on another server."""
        sql = f"UPDATE OR REPLACE lost_entry AS r SET remote_id = {_BY_ARTICLE} WHERE account_id = ?"
        self._conn.execute(sql, (account_id,))
        self._lose("r.account_id = ?", (account_id,), renumbered=True)

    def _lose(self, condition: str, args: tuple[object, ...], renumbered: bool = False) -> None:
        """Move entries to the lost ones; a mark that may not have arrived becomes NULL."""
        self._conn.execute(
            f"""INSERT OR REPLACE INTO lost_entry (account_id, remote_id, article_id, feed_id, read, starred)
                SELECT r.account_id, {_BY_ARTICLE if renumbered else "r.remote_id"}, r.article_id, r.feed_id,
                  iif((r.pending | r.accepted) & 1, NULL, r.read),
                  iif((r.pending | r.accepted) & 2, NULL, r.starred)
                FROM remote_entry r WHERE {condition}""",
            args,
        )
        self._conn.execute(f"DELETE FROM remote_entry AS r WHERE {condition}", args)

    def recall(self, account_id: int, ids: Sequence[str]) -> None:
        """Restore lost entries that came back under their ids."""
        given = (account_id, json.dumps(ids))
        sql = f"""INSERT OR IGNORE INTO remote_entry
                    (account_id, remote_id, article_id, feed_id, read, starred, pending)
                  SELECT l.account_id, l.remote_id, l.article_id, l.feed_id,
                    coalesce(l.read, 1 - a.read), coalesce(l.starred, 1 - a.starred),
                    (a.read IS NOT l.read) + 2 * (a.starred IS NOT l.starred)
                  FROM lost_entry l JOIN article a ON a.id = l.article_id
                  WHERE l.account_id = ? AND l.remote_id IN ({_GIVEN})"""
        self._conn.execute(sql, given)
        self._conn.execute(f"DELETE FROM lost_entry WHERE account_id = ? AND remote_id IN ({_GIVEN})", given)

    def changed_here(self, account_id: int, mark: Mark, articles: Collection[int]) -> set[int]:
        """Filter articles: keep those with a mark of the user's that the server does not have."""
        sql = f"""SELECT r.article_id FROM remote_entry r WHERE r.account_id = ?1
                    AND r.article_id IN (SELECT value FROM json_each(?2)) AND r.pending & {_BITS[mark]}
                  UNION SELECT l.article_id FROM lost_entry l JOIN article a ON a.id = l.article_id
                    WHERE l.account_id = ?1 AND l.article_id IN (SELECT value FROM json_each(?2))
                      AND l.{mark} IS NOT a.{mark}"""
        return set(self._column(sql, (account_id, id_list(articles))))

    def met_again(self, account_id: int, articles: Collection[int]) -> None:
        """Drop the lost entries of articles that have an entry again."""
        sql = f"DELETE FROM lost_entry WHERE account_id = ? AND article_id IN ({_GIVEN})"
        self._conn.execute(sql, (account_id, id_list(articles)))

    def all(self, account_id: int) -> set[str]:
        """Return the ids of an account's entries, without those of vanished feeds."""
        sql = f"SELECT r.remote_id FROM remote_entry r WHERE r.account_id = ? AND {_IN_LISTED_FEED}"
        return set(self._column(sql, (account_id,)))

    def set_missing(self, account_id: int, ids: Collection[str], now: int) -> None:
        """Record the entries that a list lacked; all others of the account are not missing."""
        sql = f"""UPDATE remote_entry SET missing_since = NULL, misses = 0
                  WHERE account_id = ? AND missing_since IS NOT NULL AND remote_id NOT IN ({_GIVEN})"""
        self._conn.execute(sql, (account_id, json.dumps(list(ids))))
        self._conn.execute(
            f"""UPDATE remote_entry SET {_ONLY_SENT}, misses = misses + 1,
                  missing_since = coalesce(missing_since, ?)
                WHERE account_id = ? AND remote_id IN ({_GIVEN})""",
            (now, account_id, json.dumps(list(ids))),
        )

    def doubt_feeds(self, feed_ids: Collection[int], now: int) -> None:
        """Count the entries of feeds that came back as missing until a list shows them."""
        self._conn.execute(
            f"UPDATE remote_entry SET missing_since = coalesce(missing_since, ?) WHERE feed_id IN ({_GIVEN})",
            (now, id_list(feed_ids)),
        )

    def missing_for_long(self, account_id: int, now: int) -> list[str]:
        """Return the entries that enough lists lacked to be gone."""
        sql = """SELECT remote_id FROM remote_entry
                 WHERE account_id = ? AND missing_since <= ? AND misses >= ?"""
        return self._column(sql, (account_id, now - MISSED_FOR, MISSES))

    def replaced(self, account_id: int, ids: Collection[str]) -> set[str]:
        """Filter entries: keep those whose article has another entry of the account, not among `ids`."""
        sql = """WITH given AS MATERIALIZED (SELECT value AS remote_id FROM json_each(?2))
                 SELECT r.remote_id FROM remote_entry r JOIN remote_entry o ON o.article_id = r.article_id
                 WHERE r.account_id = ?1 AND r.remote_id IN (SELECT remote_id FROM given)
                   AND o.account_id = ?1 AND o.remote_id NOT IN (SELECT remote_id FROM given)"""
        return set(self._column(sql, (account_id, json.dumps(list(ids)))))

    def feeds_with_missing(self, account_id: int) -> set[str]:
        """Return the ids of feeds with missing entries."""
        sql = """SELECT DISTINCT f.remote_id FROM remote_entry r JOIN feed f ON f.id = r.feed_id
                 WHERE r.account_id = ? AND r.missing_since IS NOT NULL"""
        return set(self._column(sql, (account_id,)))

    def addresses(self, account_id: int, ids: Collection[str]) -> dict[str, tuple[str, str]]:
        """Map entries to the address and the title of their articles."""
        sql = f"""SELECT r.remote_id, a.url, a.title FROM remote_entry r JOIN article a ON a.id = r.article_id
                  WHERE r.account_id = ? AND r.remote_id IN ({_GIVEN})"""
        rows = self._conn.execute(sql, (account_id, json.dumps(list(ids))))
        return {remote_id: (url, title) for remote_id, url, title in rows}

    def sample(self, account_id: int, number: int, *, pending: bool = False) -> list[str]:
        """Pick at most `number` entries evenly, by ascending id; with `pending`, those with marks to send."""
        condition = "AND r.pending != 0 AND r.misses = 0" if pending else ""
        sql = f"""SELECT remote_id FROM (
                    SELECT remote_id, row_number() OVER w AS place, count(*) OVER () AS total
                    FROM remote_entry r
                    WHERE account_id = ?1 {condition} AND {_IN_LISTED_FEED}
                    WINDOW w AS (ORDER BY length(remote_id), remote_id))
                  WHERE total <= ?2 OR (place - 1) * (?2 - 1) % (total - 1) < ?2 - 1"""
        return self._column(sql, (account_id, number))

    def of_feed(self, feed_id: int) -> list[str]:
        return self._column("SELECT remote_id FROM remote_entry WHERE feed_id = ?", (feed_id,))

    def places(self, article_id: int) -> list[tuple[int, str]]:
        """Return (account, id) of each entry of an article."""
        sql = "SELECT account_id, remote_id FROM remote_entry WHERE article_id = ?"
        return self._conn.execute(sql, (article_id,)).fetchall()


def _states(row: sqlite3.Row, mark: Mark) -> tuple[bool, bool, bool | None]:
    sent = row[f"{mark}_sent"]
    return bool(row[mark]), bool(row[f"server_{mark}"]), None if sent is None else bool(sent)
