"""Cases: the state, note and handler of each match since the desk was first used.

A case is known by its article and the present name of its watch, so that it outlasts edits, purges and a new
name of the watch. `match_case` says how it stands; the records of the match log say how it came to that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tuireader.model import Case, CaseState
from tuireader.store.sql import Part, grouped, id_list
from tuireader.store.watches.records import Records

OPEN_STATES = f"{CaseState.NEW.number}, {CaseState.OPEN.number}"
OPEN = f"SELECT article_id FROM match_case WHERE state IN ({OPEN_STATES})"
"""SQL for the articles with a match that is still to be handled."""
_DESK = "desk"
"""Fact: when the desk was first used; there are cases from then on."""
_NOTE = "coalesce((SELECT text FROM match_note n WHERE n.record_id = c.note_id), '')"
_CASE = f"c.log_id AS match, c.article_id, c.watch, c.state, {_NOTE} AS note, c.by, c.at"

FIRST_OPEN = f"""SELECT c.article_id, c.watch, min(coalesce(w.position, 1 << 30)) AS first
  FROM match_case c LEFT JOIN watch w ON w.name = c.watch WHERE c.state IN ({OPEN_STATES})
  GROUP BY c.article_id"""
"""SQL for the first watch of each of these articles; those that were removed come last."""

Before = tuple[int, int, int, str, int | None]
"""A match with its state, the number of its note, its handler and the time before a change."""


class Cases(Part):
    """Cases of matches. Methods that write need a transaction."""

    _records: Records

    def begin(self, now: int) -> None:
        """Use the desk from now on: matches that are there already are no cases."""
        if not self.in_use():
            self._store.set_fact(_DESK, str(now))

    def in_use(self) -> bool:
        return bool(self._store.fact(_DESK))

    def add(self, after: int, *, unread: bool = False) -> None:
        """Make new cases of the matches logged after a row; with `unread`, only of unread articles."""
        if self.in_use():
            sql = """INSERT OR IGNORE INTO match_case (log_id, article_id, watch)
                     SELECT l.id, l.article_id, l.watch FROM match_log l JOIN article a ON a.id = l.article_id
                     WHERE l.id > ? AND a.read <= ?"""
            self._conn.execute(sql, (after, int(not unread)))

    def rename(self, old: str, new: str) -> None:
        """Carry the cases of a watch to its new name."""
        self._conn.execute("UPDATE OR IGNORE match_case SET watch = ? WHERE watch = ?", (new, old))

    def of(self, article_ids: Sequence[int]) -> list[Case]:
        """List the cases of articles, in the order of the log."""
        sql = f"""SELECT {_CASE} FROM match_case c
                  WHERE c.article_id IN (SELECT value FROM json_each(?)) ORDER BY c.log_id"""
        return self._values(Case, sql, (id_list(article_ids),), state=case_state)

    def by_article(self, ids: Sequence[int]) -> dict[int, tuple[tuple[str, CaseState, str], ...]]:
        """Map articles to watch, state and note of each of their cases."""
        return grouped((case.article_id, (case.watch, case.state, case.note)) for case in self.of(ids))

    def matches(self, article_ids: Sequence[int], watches: Sequence[str] | None = None) -> list[int]:
        """List the numbers of the present matches of articles, of some watches if given: handled or not."""
        sql = """SELECT coalesce(c.log_id, l.id) FROM match m JOIN watch w ON w.id = m.watch_id
                 JOIN match_log l ON l.article_id = m.article_id AND l.watch = w.name
                 LEFT JOIN match_case c ON c.article_id = m.article_id AND c.watch = w.name
                 WHERE m.article_id IN (SELECT value FROM json_each(?1))
                   AND (?2 IS NULL OR w.name IN (SELECT value FROM json_each(?2))) ORDER BY 1"""
        return self._column(sql, (id_list(article_ids), None if watches is None else json.dumps(watches)))

    def to_handle(
        self, article_ids: Sequence[int], watches: Sequence[str] | None, state: CaseState
    ) -> list[int]:
        """List the matches of articles that are not handled yet, or all others that are not in a state."""
        numbers = self.matches(article_ids, watches)
        states = {case[0]: case[1] for case in self._before(numbers)}
        without = (CaseState.DONE if self.in_use() else CaseState.NEW).number
        unhandled = [number for number in numbers if states.get(number, without) <= CaseState.OPEN.number]
        return [number for number in unhandled or numbers if states.get(number) != state.number]

    def unknown(self, log_ids: Sequence[int]) -> list[int]:
        """Return those numbers that no match has."""
        sql = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM match_log)"
        return self._column(sql, (id_list(log_ids),))

    def ever(self, article_ids: Sequence[int]) -> list[int]:
        """List the numbers of all matches that articles ever had."""
        sql = "SELECT id FROM match_log WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id"
        return self._column(sql, (id_list(article_ids),))

    def set_state(self, log_ids: Sequence[int], state: CaseState, *, by: str, now: int) -> list[Before]:
        """Set the state of matches; return what those that change were before. Begins the desk."""
        self._take_up(log_ids, now)
        changed = [before for before in self._before(log_ids) if before[1] != state.number]
        self._write([case[0] for case in changed], state, by, now)
        return changed

    def set_note(self, log_ids: Sequence[int], note: str, *, by: str, now: int) -> list[Before]:
        """Set the note of matches, `""` for none; return what those that change were before."""
        self._take_up(log_ids, now)
        sql = f"""SELECT c.log_id FROM match_case c
                  WHERE c.log_id IN (SELECT value FROM json_each(?)) AND {_NOTE} != ? ORDER BY c.log_id"""
        changed = self._before(self._column(sql, (id_list(log_ids), note)))
        for log_id, *_ in changed:
            self._note(log_id, note, by, now)
        return changed

    def erase_notes(self, log_ids: Sequence[int], *, by: str, now: int) -> int:
        """Remove all notes of some matches for good, also former ones; return how many matches had any."""
        sql = """SELECT DISTINCT e.log_id FROM match_note n JOIN match_event e ON e.id = n.record_id
                 WHERE e.log_id IN (SELECT value FROM json_each(?))"""
        noted = self._column(sql, (id_list(log_ids),))
        self._conn.execute("PRAGMA secure_delete = ON")
        self._records.erase_notes(noted, now, by)
        self._conn.executemany("UPDATE match_case SET note_id = 0 WHERE log_id = ?", [(id,) for id in noted])
        return len(noted)

    def articles(self, log_ids: Sequence[int]) -> list[int]:
        """List the articles of matches, each once."""
        sql = "SELECT DISTINCT article_id FROM match_log WHERE id IN (SELECT value FROM json_each(?))"
        return self._column(sql, (id_list(log_ids),))

    def restore(self, before: Iterable[Before], *, by: str, now: int) -> None:
        """Give cases back what they were before a change, as records of their own; erased notes stay away."""
        for log_id, state, note_id, handler, at in before:
            for _, state_now, note_now, *_ in self._before([log_id]):
                if state_now != state:
                    self._write([log_id], case_state(state), by, now, "undo")
                if note_now != note_id:
                    text = self._value("SELECT text FROM match_note WHERE record_id = ?", (note_id,)) or ""
                    self._note(log_id, text, by, now)
            self._conn.execute("UPDATE match_case SET by = ?, at = ? WHERE log_id = ?", (handler, at, log_id))

    def counts(self) -> dict[str, dict[str, int]]:
        """Map watches to the numbers of their cases by state, without those of muted articles."""
        counts: dict[str, dict[str, int]] = {}
        sql = """SELECT c.watch, c.state, count(*) FROM match_case c JOIN article a ON a.id = c.article_id
                 WHERE a.muted = 0 GROUP BY 1, 2"""
        for watch, state, number in self._conn.execute(sql):
            counts.setdefault(watch, {})[case_state(state)] = number
        return counts

    def false_alarms(self, watch: str) -> dict[str, tuple[int, int]]:
        """Map the terms of a watch to their false alarms and all their handled cases."""
        sql = """SELECT l.term, sum(c.state = 3), count(*)
                 FROM match_case c JOIN match_log l ON l.id = c.log_id
                 WHERE c.watch = ? AND c.state > 1 AND l.term != '' GROUP BY l.term"""
        sums: dict[str, tuple[int, int]] = {}
        for terms, false, handled in self._conn.execute(sql, (watch,)):
            for term in terms.split(", "):
                before = sums.get(term, (0, 0))
                sums[term] = before[0] + false, before[1] + handled
        return sums

    def _take_up(self, log_ids: Sequence[int], now: int) -> None:
        """Make cases of matches from before: new ones if the desk begins with them, else done."""
        if not log_ids:
            return
        state = CaseState.DONE if self.in_use() else CaseState.NEW
        self.begin(now)
        sql = """INSERT OR IGNORE INTO match_case (log_id, article_id, watch)
                 SELECT id, article_id, watch FROM match_log WHERE id IN (SELECT value FROM json_each(?))
                 RETURNING log_id"""
        taken = sorted(self._column(sql, (id_list(log_ids),)))
        if state is CaseState.DONE:
            self._write(taken, state, "", now, "before")
            sql = "UPDATE match_case SET at = NULL WHERE log_id IN (SELECT value FROM json_each(?))"
            self._conn.execute(sql, (id_list(taken),))

    def _before(self, log_ids: Sequence[int]) -> list[Before]:
        sql = """SELECT c.log_id, c.state, c.note_id, c.by, c.at FROM match_case c
                  WHERE c.log_id IN (SELECT value FROM json_each(?)) ORDER BY c.log_id"""
        return self._conn.execute(sql, (id_list(log_ids),)).fetchall()

    def _write(self, log_ids: Sequence[int], state: CaseState, by: str, now: int, detail: str = "") -> None:
        self._records.append(log_ids, state, now, by, detail)
        sql = """UPDATE match_case SET state = ?, by = ?, at = ?
                 WHERE log_id IN (SELECT value FROM json_each(?))"""
        self._conn.execute(sql, (state.number, by, now, id_list(log_ids)))

    def _note(self, log_id: int, note: str, by: str, now: int) -> None:
        number = self._records.append_note(log_id, now, by, note)
        sql = "UPDATE match_case SET note_id = ?, by = ?, at = ? WHERE log_id = ?"
        self._conn.execute(sql, (number, by, now, log_id))


def case_state(number: int) -> CaseState:
    """Return the state that the database stores as a number."""
    return list(CaseState)[number]
