"""Which matches are to be told, and which have been.

A match waits from the transaction that stored it, and is marked before anything is told of it. So whatever
is killed when, nothing is told twice, and what waits is told by the next refresh.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from tuireader.store.relations import rows_of, story_number
from tuireader.values import dataclass

_WAITS, _TOLD, _KNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """A match that is to be told. `story` is the article's own id when it is alone."""

    id: int
    watch: str
    article_id: int
    story: int
    muted: bool


class Notices:
    """All of its changes need a transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def add(self, found: Iterable[tuple[str, int]]) -> None:
        """Let (watch, article) pairs wait, each once for all time."""
        self._conn.executemany("INSERT OR IGNORE INTO notice (watch, article_id) VALUES (?, ?)", found)

    def any_waiting(self) -> bool:
        """Whether there is anything to tell."""
        return self._conn.execute("SELECT 1 FROM notice WHERE state = 0 LIMIT 1").fetchone() is not None

    def waiting(self) -> list[Waiting]:
        """All that waits, in the order of the articles' times."""
        rows = self._conn.execute(
            f"""SELECT n.id, n.watch, a.id, iif(a.story, {story_number("a.story")}, a.id), a.muted
               FROM notice n JOIN article a ON a.id = n.article_id
               WHERE n.state = 0 ORDER BY a.time, a.id, n.id"""
        )
        return [Waiting(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]

    def told_of(self, watch: str, story: int) -> list[int]:
        """The articles of a story that were told for a watch, oldest first."""
        rows = self._conn.execute(
            f"""SELECT n.article_id FROM article a JOIN notice n ON n.article_id = a.id
               WHERE n.watch = ?1 AND n.state = 1
                 AND (a.id = ?2 OR (a.story IN ({rows_of(story)}) AND a.story != 0))
               ORDER BY n.article_id""",
            (watch, story),
        )
        return [row[0] for row in rows]

    def settle(self, told: Sequence[int], known: Sequence[int]) -> None:
        """Mark what is told now, and what needs no telling."""
        for state, ids in ((_TOLD, told), (_KNOWN, known)):
            self._set(state, ids)

    def take_back(self, ids: Sequence[int]) -> None:
        """Let wait again what could not be told at all."""
        self._set(_WAITS, ids)

    def _set(self, state: int, ids: Sequence[int]) -> None:
        self._conn.execute(
            "UPDATE notice SET state = ? WHERE id IN (SELECT value FROM json_each(?))",
            (state, json.dumps(list(ids))),
        )
