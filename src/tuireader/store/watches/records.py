"""Records of the match log: a chain of all that happened to matches, each with a hash over the one before.

`match_event` holds one row for each record, in the order of the chain. What a record of a new match or of its
evidence says stands in `match_log`, the text of a note in `match_note`, from which it can be erased.
"""

from __future__ import annotations

import secrets
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tuireader.model.cases import CaseState, Record, chained, note_hash
from tuireader.store.sql import Part, grouped, id_list
from tuireader.text import without_password

_OLDER = """INSERT INTO match_event (log_id, kind, at)
  SELECT id, iif(text_hash IS NULL, 'indexed', 'matched'), matched FROM match_log ORDER BY id"""
_FIXED = """CREATE TRIGGER match_event_fixed BEFORE UPDATE ON match_event
            BEGIN SELECT raise(ABORT, 'the match log only grows'); END"""

STATES = ", ".join(f"'{state}'" for state in CaseState)
"""Kinds of records that set the state of a case, for SQL."""
_NUMBERS = " ".join(f"WHEN '{state}' THEN {state.number}" for state in CaseState)
IDENTIFIED = "identified"  # kind of records of what patterns found, and of identifiers
FIRST = -(2**63)
"""A number before that of any record, even of one inserted by SQL."""
_TOGETHER = 500  # maximum number of matches of one record
_CHUNK = 2_000
_ADD = "INSERT INTO match_event (log_id, kind, at, channel, detail, hash) VALUES (?, ?, ?, ?, ?, ?)"
_ADD_ALL = """INSERT INTO match_event (log_id, kind, at, channel, detail)
  SELECT value, ?2, ?3, ?4, ?5 FROM json_each(?1)"""
_LISTED = "SELECT id, article_id, watch FROM match_log WHERE id BETWEEN ? AND ? ORDER BY id"
_MATCH = ("article_id", "watch", "title", "url", "feed", "feed_url", "published", "fetched")
_EVIDENCE = ("term", "field", "sentence", "text_hash")
_COLUMNS = {"matched": (*_MATCH, *_EVIDENCE), "indexed": _MATCH, "evidence": _EVIDENCE}
"""What the records of these kinds say of each match, beside its number."""
IDENTIFIERS = f"""SELECT e.log_id, i.key FROM match_event e, json_each(e.detail, '$.ids') i
  WHERE e.kind = '{IDENTIFIED}'"""
"""SQL for the identifiers of matches."""
_RECORDS = f"""SELECT e.id, e.hash, e.log_id, e.kind, e.at, e.channel, e.detail,
    {", ".join(f"l.{name}" for name in _COLUMNS["matched"])}
  FROM match_event e LEFT JOIN match_log l ON l.id = e.log_id AND e.kind IN ('matched', 'indexed', 'evidence')
  WHERE e.id > ? ORDER BY e.id LIMIT ?"""
_PLACES = {kind: [_COLUMNS["matched"].index(name) for name in names] for kind, names in _COLUMNS.items()}
_ADDRESS = _COLUMNS["matched"].index("feed_url")

Head = tuple[str, int, str, str]
"""A kind, a time, a channel or a name, and a detail: what the matches of one record share."""


class Records(Part):
    """The chain of records. Methods that write need a transaction.

    A record of several matches has a row for each, of which only the last one has the hash.
    """

    def append(self, log_ids: Sequence[int], kind: str, at: int, by: str = "", detail: str = "") -> None:
        """Chain records of a kind about some matches."""
        self._add((kind, at, by, detail), list(log_ids), list(log_ids))

    def append_listed(self, at: int, after: int) -> None:
        """Chain records of what a new watch matches among stored articles: all after a row.

        Each has one row: the last match, with the first one as detail.
        """
        last, newest = self.head(), self._value("SELECT max(id) FROM match_log") or 0
        for first in range(after + 1, newest + 1, _TOGETHER):
            final = min(newest, first + _TOGETHER - 1)
            last = chained(last, self._listed(first, final, at))
            self._conn.execute(_ADD, (final, "listed", at, "", str(first), bytes.fromhex(last)))

    def _listed(self, first: int, final: int, at: int) -> Record:
        said = self._conn.execute(_LISTED, (first, final)).fetchall()
        return _content(("listed", at, "", ""), said)

    def append_matches(self, at: int, *, after: int = 0, ids: Sequence[int] | None = None) -> None:
        """Chain records of matches with their evidence: of some, or of all after a row."""
        which = "id > ?" if ids is None else "id IN (SELECT value FROM json_each(?))"
        sql = f"SELECT id, {', '.join(_COLUMNS['matched'])} FROM match_log WHERE {which} ORDER BY id"
        rows = self._conn.execute(sql, (after if ids is None else id_list(ids),)).fetchall()
        said = [_said("matched", *row) for row in rows]
        self._add(("matched", at, "", ""), [row[0] for row in rows], said)

    def _add(self, head: Head, log_ids: list[int], said: Sequence[object]) -> None:
        last = self.head() if log_ids else ""
        for start in range(0, len(log_ids), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            last = chained(last, _content(head, said[part]))
            *others, final = log_ids[part]
            if others:
                self._conn.execute(_ADD_ALL, (id_list(others), *head))
            self._conn.execute(_ADD, (final, *head, bytes.fromhex(last)))

    def append_note(self, log_id: int, at: int, by: str, text: str) -> int:
        """Chain the salted hash of a note, keep its text and the salt beside the chain, return its number.

        The empty note takes a note away, and has no hash.
        """
        salt = secrets.token_hex(16)
        self.append([log_id], "noted", at, by, note_hash(salt, text) if text else "")
        if not text:
            return 0
        sql = "INSERT INTO match_note VALUES ((SELECT max(id) FROM match_event), ?, ?) RETURNING record_id"
        return int(self._value(sql, (salt, text)))

    def identifiers(self, article_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Map articles to the identifiers that their matches logged."""
        sql = f"""SELECT article_id, key FROM ({IDENTIFIERS}) JOIN match_log l ON l.id = log_id
                  WHERE article_id IN (SELECT value FROM json_each(?))"""
        return grouped(self._conn.execute(sql, (id_list(article_ids),)))

    def erase_notes(self, log_ids: Sequence[int], at: int, by: str) -> None:
        """Remove the texts and salts of all notes of some matches; the chain stays valid."""
        sql = """DELETE FROM match_note WHERE record_id IN (SELECT id FROM match_event WHERE log_id = ?)"""
        self._conn.executemany(sql, [(log_id,) for log_id in log_ids])
        self.append(log_ids, "erased", at, by)

    def head(self) -> str:
        """Return the hash of the last record, `""` without records."""
        value = self._value("SELECT hash FROM match_event ORDER BY id DESC LIMIT 1")
        return value.hex() if value else ""

    def seal(self, why: str = "migrated") -> None:
        """Chain the events of older versions, once."""
        self._conn.execute("DROP TRIGGER IF EXISTS match_event_fixed")
        self._conn.execute(_OLDER)
        last, after = "", FIRST
        while rows := self._conn.execute(_RECORDS, (after, _CHUNK)).fetchall():
            hashes = []
            for row in rows:
                last = chained(last, _content_of([row]))
                hashes.append((bytes.fromhex(last), row[0]))
            self._conn.executemany("UPDATE match_event SET hash = ? WHERE id = ?", hashes)
            after = rows[-1][0]
        self._conn.execute(_FIXED)
        if last:
            self.append([0], why, int(time.time()))

    def repaired(self) -> None:
        """Note that the database was repaired; what is lost stays a gap in the chain."""
        if self.head():
            self.append([0], "repaired", int(time.time()))
        else:
            self.seal("repaired")

    def all(self) -> Iterator[tuple[int, Record]]:
        """Yield all records with their hashes in the order of the chain, by their last rows."""
        last = FIRST
        while records := self.some(last):
            yield from records
            last = records[-1][0]

    def some(self, after: int) -> list[tuple[int, Record]]:
        """Read the next records after a row."""
        records: list[tuple[int, Record]] = []
        group: list[tuple[Any, ...]] = []
        rows = self._conn.execute(_RECORDS, (after, _CHUNK)).fetchall()
        for row in rows:
            group.append(row)
            if row[1] is not None:
                is_listed = row[3] == "listed" and row[6].isdecimal() and len(group) == 1
                content = self._listed(int(row[6]), row[2], row[4]) if is_listed else _content_of(group)
                records.append((row[0], {**content, "hash": row[1].hex()}))
                group = []
        if group and (len(rows) < _CHUNK or not records):  # rows at the end that no record has
            records.append((group[-1][0], {**_content_of(group), "hash": ""}))
        return records

    def unrecorded(self) -> str:
        """Say what the store holds that no record tells, `""` if there is nothing."""
        sql = """SELECT id FROM match_log l WHERE NOT EXISTS (SELECT 1 FROM match_event e
                 WHERE e.log_id = l.id AND e.kind IN ('matched', 'indexed'))"""
        listed = "SELECT CAST(detail AS INTEGER), log_id FROM match_event WHERE kind = 'listed' ORDER BY 1"
        ranges = dict(self._conn.execute(listed))
        starts = list(ranges)
        for (number,) in self._conn.execute(sql):
            start = bisect_right(starts, number)
            if not start or ranges[starts[start - 1]] < number:
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


def _said(kind: str, log_id: int, *values: object) -> list[object]:
    """Return what a record says of a match."""
    said = [log_id, *(values[place] for place in _PLACES[kind])]
    if kind != "evidence":
        said[1 + _ADDRESS] = without_password(str(said[1 + _ADDRESS] or ""))
    return said


def _content_of(rows: Sequence[tuple[Any, ...]]) -> dict[str, object]:
    """Return the content of a record from its rows."""
    heads = [row[3:7] for row in rows]
    said = [_said(row[3], row[2], *row[7:]) if row[3] in _COLUMNS else row[2] for row in rows]
    content = _content(heads[0], said)
    return content if all(head == heads[0] for head in heads) else {**content, "mixed": heads}


def _content(head: Head, said: Sequence[object]) -> dict[str, object]:
    """Return the content of a record, with the names of `matches --format records`."""
    kind, at, by, detail = head
    content: dict[str, object] = {"kind": kind, "at": at, "matches": said}
    if by:
        content["by"] = by
    if detail:
        content["detail"] = detail
    return content
