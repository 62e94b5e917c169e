"""Records of the match log: a chain of all that happened to matches, each with a hash over the one before.

`match_event` holds one row for each record, in the order of the chain. What a record of a new match or of its
evidence says stands in `match_log`, the text of a note in `match_note`, from which it can be erased.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence

from tuireader.model.cases import CaseState, Record, chained, note_hash
from tuireader.store.sql import Part
from tuireader.text import without_password

RECORDS = (
    "ALTER TABLE match_event ADD COLUMN detail TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE match_event ADD COLUMN hash BLOB",
    "CREATE TABLE match_note (record_id INTEGER PRIMARY KEY, salt TEXT NOT NULL, text TEXT NOT NULL)",
    """INSERT INTO match_event (log_id, kind, at)
       SELECT id, iif(text_hash IS NULL, 'indexed', 'matched'), matched FROM match_log ORDER BY id""",
    "DROP TRIGGER match_event_fixed",
)
"""SQL that turns the events of older versions into records without hashes; see `Records.seal`."""
_FIXED = """CREATE TRIGGER match_event_fixed BEFORE UPDATE ON match_event
            BEGIN SELECT raise(ABORT, 'the match log only grows'); END"""

STATES = ", ".join(f"'{state}'" for state in CaseState)
"""Kinds of records that set the state of a case, for SQL."""
_NUMBERS = " ".join(f"WHEN '{state}' THEN {state.number}" for state in CaseState)
FIRST = -(2**63)
"""A number before that of any record, even of one that somebody has inserted."""
_CHUNK = 2_000
_ADD = "INSERT INTO match_event (log_id, kind, at, channel, detail, hash) VALUES (?, ?, ?, ?, ?, ?)"
_MATCH = ("article_id", "watch", "title", "url", "feed", "published", "fetched")
_EVIDENCE = ("term", "field", "sentence")
_RECORDS = f"""SELECT e.id AS number, e.log_id, e.kind, e.at, e.channel, e.detail, e.hash, l.feed_url,
    l.text_hash, {", ".join(f"l.{name}" for name in (*_MATCH, *_EVIDENCE))}
  FROM match_event e LEFT JOIN match_log l ON l.id = e.log_id AND e.kind IN ('matched', 'indexed', 'evidence')
  WHERE e.id > ? ORDER BY e.id LIMIT {_CHUNK}"""

Event = tuple[int, str, int, str, str]
"""A match, a kind, a time, a channel or a person, and a detail."""


class Records(Part):
    """The chain of records. Methods that write need a transaction."""

    def append(self, events: Iterable[Event]) -> None:
        """Chain records that say all themselves."""
        events = list(events)
        head, rows = self.head() if events else "", []
        for event in events:
            head = chained(head, _content(*event))
            rows.append((*event, bytes.fromhex(head)))
        self._conn.executemany(_ADD, rows)

    def append_matches(self, kind: str, log_ids: Sequence[int] | None, at: int, *, after: int = 0) -> None:
        """Chain records of new matches or of their evidence, of those after a row if no ids are given."""
        which = "id IN (SELECT value FROM json_each(?))" if log_ids is not None else "id > ?"
        columns = ", ".join(("id", "feed_url", "text_hash", "matched", *_MATCH, *_EVIDENCE))
        sql = f"SELECT {columns} FROM match_log WHERE {which} ORDER BY id"
        head, rows = self.head(), []
        for row in self._named(sql, (str(list(log_ids)) if log_ids is not None else after,)):
            event = (row["id"], kind, at if kind == "evidence" else row["matched"], "", "")
            head = chained(head, _content(*event, row=row))
            rows.append((*event, bytes.fromhex(head)))
        self._conn.executemany(_ADD, rows)

    def append_note(self, log_id: int, at: int, by: str, text: str) -> int:
        """Chain the salted hash of a note, keep its text and the salt beside the chain, return its number.

        The empty note takes a note away, and has no hash.
        """
        salt = secrets.token_hex(16)
        self.append([(log_id, "noted", at, by, note_hash(salt, text) if text else "")])
        if not text:
            return 0
        sql = "INSERT INTO match_note VALUES ((SELECT max(id) FROM match_event), ?, ?) RETURNING record_id"
        return int(self._value(sql, (salt, text)))

    def erase_notes(self, log_ids: Sequence[int], at: int, by: str) -> None:
        """Remove the texts and salts of all notes of some matches; the chain stays valid."""
        sql = """DELETE FROM match_note WHERE record_id IN (SELECT id FROM match_event WHERE log_id = ?)"""
        self._conn.executemany(sql, [(log_id,) for log_id in log_ids])
        self.append((log_id, "erased", at, by, "") for log_id in log_ids)

    def head(self) -> str:
        """Return the hash of the last record, `""` without records."""
        value = self._value("SELECT hash FROM match_event ORDER BY id DESC LIMIT 1")
        return value.hex() if value else ""

    def seal(self) -> None:
        """Chain the events of older versions, once, in a migration."""
        head = ""
        for rows in self._chunks():
            hashes = []
            for row in rows:
                head = chained(head, _content_of(row))
                hashes.append((bytes.fromhex(head), row["number"]))
            self._conn.executemany("UPDATE match_event SET hash = ? WHERE id = ?", hashes)
        self._conn.execute(_FIXED)
        if head:
            self.append([(0, "migrated", int(time.time()), "", "")])

    def all(self) -> Iterator[tuple[int, Record]]:
        """Yield all records with their hashes, by their numbers, in the order of the chain."""
        last = FIRST
        while rows := self.some(last):
            yield from rows
            last = rows[-1][0]

    def some(self, after: int) -> list[tuple[int, Record]]:
        """Read the next records after a number."""
        rows = self._named(_RECORDS, (after,))
        return [(row["number"], {**_content_of(row), "hash": (row["hash"] or b"").hex()}) for row in rows]

    def unrecorded(self) -> str:
        """Say what the store holds that no record tells, `""` if there is nothing."""
        sql = """SELECT id FROM match_log l WHERE NOT EXISTS (SELECT 1 FROM match_event e
                 WHERE e.log_id = l.id AND e.kind IN ('matched', 'indexed')) LIMIT 1"""
        if (number := self._value(sql)) is not None:
            return f"match {number} was inserted without a record"
        for number, salt, text, digest in self._conn.execute(
            """SELECT e.log_id, n.salt, n.text, e.detail FROM match_note n
               LEFT JOIN match_event e ON e.id = n.record_id"""
        ):
            if note_hash(salt, text) != digest:
                return f"a note of match {number} was changed"
        sql = f"""SELECT c.log_id FROM match_case c LEFT JOIN match_event e ON e.id =
                    (SELECT max(id) FROM match_event x WHERE x.log_id = c.log_id AND x.kind IN ({STATES}))
                  WHERE c.state != CASE e.kind {_NUMBERS} ELSE 0 END LIMIT 1"""
        number = self._value(sql)
        return "" if number is None else f"the state of match {number} was changed without a record"

    def _chunks(self) -> Iterator[list[sqlite3.Row]]:
        last = FIRST
        while rows := self._named(_RECORDS, (last,)).fetchall():
            yield rows
            last = rows[-1]["number"]


def _content_of(row: sqlite3.Row) -> dict[str, object]:
    return _content(row["log_id"], row["kind"], row["at"], row["channel"], row["detail"], row=row)


def _content(
    log_id: int, kind: str, at: int, channel: str, detail: str, *, row: sqlite3.Row | None = None
) -> dict[str, object]:
    """Say what a record says: its names are those of `matches --format records`."""
    content: dict[str, object] = {"kind": kind, "match": log_id, "at": at}
    if channel:
        content["by"] = channel
    if detail:
        content["detail"] = detail
    if row is not None and kind in ("matched", "indexed"):
        content |= {name: row[name] for name in _MATCH}
        content["feed_url"] = without_password(row["feed_url"] or "")
    if row is not None and kind in ("matched", "evidence"):
        content |= {name: row[name] for name in _EVIDENCE}
        content["sha256"] = row["text_hash"]
    return content
