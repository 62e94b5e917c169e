"""Entries of accounts, and the marks that their servers do not have yet.

A mark is pending as long as the article and the entry on its server differ in it. Triggers on `article` keep
`pending` current: however a mark is set or undone, the same transaction queues it for sending.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tuireader.model.accounts import Mark, RefusedMark
from tuireader.store.sql import Part

_BITS = {Mark.READ: 1, Mark.STARRED: 2}
_GIVEN = "SELECT value FROM json_each(?)"


@dataclass(frozen=True, slots=True)
class RemoteRow:
    """A stored entry of a server with the marks of its article, each as (article, server, sent)."""

    remote_id: str
    article_id: int
    read: tuple[bool, bool, bool | None]
    starred: tuple[bool, bool, bool | None]

    def mark(self, mark: Mark) -> tuple[bool, bool, bool | None]:
        """Return one of the marks."""
        return self.read if mark is Mark.READ else self.starred


class Remote(Part):
    """The table of entries of accounts. Methods that write need a transaction."""

    def unknown(self, account_id: int, ids: Sequence[str]) -> list[str]:
        """Return the entries that are not stored, in the given order."""
        known = set(
            self._column(
                f"SELECT remote_id FROM remote_entry WHERE account_id = ? AND remote_id IN ({_GIVEN})",
                (account_id, json.dumps(ids)),
            )
        )
        return [remote_id for remote_id in ids if remote_id not in known]

    def counts(self, account_id: int) -> dict[str, tuple[int, int]]:
        """Return each feed's numbers of read and unread entries, by the marks last seen on the server."""
        rows = self._conn.execute(
            """SELECT f.remote_id, coalesce(sum(r.read), 0), count(r.read) - coalesce(sum(r.read), 0)
               FROM feed f LEFT JOIN remote_entry r ON r.feed_id = f.id
               WHERE f.account_id = ? AND f.subscribed GROUP BY f.id""",
            (account_id,),
        )
        return {remote_id: (read, unread) for remote_id, read, unread in rows}

    def rows(self, account_id: int, ids: Iterable[str]) -> dict[str, RemoteRow]:
        """Return some stored entries of an account by their ids."""
        rows = self._conn.execute(
            f"""SELECT r.remote_id, r.article_id, a.read, r.read, r.read_sent, a.starred, r.starred,
                  r.starred_sent
                FROM remote_entry r JOIN article a ON a.id = r.article_id
                WHERE r.account_id = ? AND r.remote_id IN ({_GIVEN})""",
            (account_id, json.dumps(list(ids))),
        )
        return {row[0]: RemoteRow(row[0], row[1], _mark(*row[2:5]), _mark(*row[5:])) for row in rows}

    def differing(
        self, account_id: int, mark: Mark, value: bool, entries: Collection[str]
    ) -> dict[str, bool]:
        """Return the server's marks that differ from those last seen there, or are pending.

        `entries` are all entries of the account whose `mark` is `value`.
        """
        self._conn.execute("CREATE TEMP TABLE IF NOT EXISTS named (remote_id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._conn.execute("DELETE FROM named")
        self._conn.executemany("INSERT OR IGNORE INTO named VALUES (?)", ((one,) for one in entries))
        rows = self._conn.execute(
            f"""SELECT * FROM (
                  SELECT r.remote_id, iif(n.remote_id IS NULL, 1 - ?1, ?1) AS value, r.{mark} AS before,
                    r.pending
                  FROM remote_entry r LEFT JOIN named n ON n.remote_id = r.remote_id WHERE r.account_id = ?2)
                WHERE value != before OR pending & {_BITS[mark]}""",
            (int(value), account_id),
        )
        return {remote_id: bool(now) for remote_id, now, *_ in rows}

    def add(self, account_id: int, rows: Iterable[tuple[str, int, int, bool, bool]]) -> None:
        """Store entries as (id, article, feed, read, starred), with their marks on the server.

        Marks in which an article differs are pending.
        """
        self._conn.executemany(
            """INSERT OR REPLACE INTO remote_entry
                 (account_id, remote_id, article_id, feed_id, read, starred, pending)
               SELECT ?1, ?2, id, ?4, ?5, ?6, (read != ?5) + 2 * (starred != ?6)
               FROM article WHERE id = ?3""",
            [(account_id, *row) for row in rows],
        )

    def seen(self, account_id: int, mark: Mark, found: Iterable[tuple[str, bool, bool | None]]) -> None:
        """Store marks from a server as (entry, value, sent): its value, and one sent but not confirmed."""
        self._conn.executemany(
            f"""UPDATE remote_entry SET {mark} = ?1, {mark}_sent = ?2, pending =
                  iif(?2 IS NULL AND (SELECT {mark} FROM article WHERE id = article_id) = ?1,
                      pending & ~{_BITS[mark]}, pending | {_BITS[mark]})
                WHERE account_id = ?3 AND remote_id = ?4""",
            [(value, sent, account_id, remote_id) for remote_id, value, sent in found],
        )

    def pending_marks(self, account_id: int) -> list[Mark]:
        """Return the kinds of marks of which any are pending."""
        found = self._value(
            """SELECT max(pending & 1) + max(pending & 2) FROM remote_entry
                WHERE account_id = ? AND pending != 0 AND refused = ''""",
            (account_id,),
        )
        return [mark for mark in Mark if (found or 0) & _BITS[mark]]

    def take(self, account_id: int, mark: Mark, value: bool, limit: int) -> list[str]:
        """Return at most `limit` pending marks of one value to send, and record that they are being sent.

        Entries of vanished feeds have to wait.
        """
        return self._column(
            f"""UPDATE remote_entry SET {mark}_sent = ?3 WHERE account_id = ?1 AND remote_id IN (
                  SELECT r.remote_id FROM remote_entry r JOIN article a ON a.id = r.article_id
                  JOIN feed f ON f.id = r.feed_id
                  WHERE r.account_id = ?1 AND r.pending != 0 AND r.pending & ?2 AND r.refused = ''
                    AND a.{mark} = ?3 AND f.vanished_at IS NULL LIMIT ?4)
                RETURNING remote_id""",
            (account_id, _BITS[mark], value, limit),
        )

    def delivered(self, account_id: int, mark: Mark, value: bool, ids: Sequence[str]) -> None:
        """Record that the server has accepted a mark; changes the user made since stay pending."""
        self.seen(account_id, mark, [(remote_id, value, None) for remote_id in ids])

    def refuse(self, account_id: int, mark: Mark, ids: Sequence[str], reason: str = "") -> None:
        """Record that the server did not accept a mark; with a reason, it is not sent again."""
        self._conn.executemany(
            f"""UPDATE remote_entry SET {mark}_sent = NULL, refused = ?
                WHERE account_id = ? AND remote_id = ?""",
            [(reason, account_id, remote_id) for remote_id in ids],
        )

    def refusals(self, account_id: int) -> list[RefusedMark]:
        """Return the articles whose marks the server has refused."""
        rows = self._conn.execute(
            """SELECT a.id, a.title, r.refused FROM remote_entry r JOIN article a ON a.id = r.article_id
               WHERE r.account_id = ? AND r.pending != 0 AND r.refused != '' ORDER BY a.id""",
            (account_id,),
        )
        return [RefusedMark(*row) for row in rows]

    def retry_refused(self, account_id: int) -> None:
        """Allow refused marks to be sent again."""
        self._conn.execute(
            "UPDATE remote_entry SET refused = '' WHERE account_id = ? AND refused != ''",
            (account_id,),
        )

    def forget(self, account_id: int, ids: Collection[str]) -> None:
        """Forget entries that no longer exist on the server; their articles stay."""
        self._conn.execute(
            f"DELETE FROM remote_entry WHERE account_id = ? AND remote_id IN ({_GIVEN})",
            (account_id, json.dumps(list(ids))),
        )

    def all(self, account_id: int) -> set[str]:
        """Return all entries of an account."""
        return set(self._column("SELECT remote_id FROM remote_entry WHERE account_id = ?", (account_id,)))

    def of_feed(self, feed_id: int) -> list[str]:
        """Return the entries of a feed."""
        return self._column("SELECT remote_id FROM remote_entry WHERE feed_id = ?", (feed_id,))

    def places(self, article_id: int) -> list[tuple[int, str]]:
        """Return the account and the id of each entry of an article."""
        return self._conn.execute(
            "SELECT account_id, remote_id FROM remote_entry WHERE article_id = ?", (article_id,)
        ).fetchall()


def _mark(local: int, server: int, sent: int | None) -> tuple[bool, bool, bool | None]:
    return bool(local), bool(server), None if sent is None else bool(sent)
