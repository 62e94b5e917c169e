"""Read and starred marks and labels, journalled so that each can be taken back, also after a restart.

Changes of the configuration stand in the same journal, so that all is taken back in its order.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Sequence

from tuireader.identity import label_key, label_name
from tuireader.model import Change, ConfigStep
from tuireader.store.labels import Labels
from tuireader.store.relations import Relations

_KEEP = 200
"""Steps of undo that are kept."""
_SPLIT = "an article split from its story"
_LABEL = "label:"
"""How the marks of the journal begin that are labels; the name follows."""
_CONFIG = "config"
"""The mark of a step that changed the configuration; its `ids` are what `config_edit` packed."""


def _words(mark: str, value: bool, count: int) -> str:
    state = {("read", True): "read", ("read", False): "unread", ("starred", True): "starred"}.get(
        (mark, value), "not starred"
    )
    return f"{count:,} marked {state}"


class Marks:
    """What the person did to articles."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._relations = Relations(conn)
        self._labels = Labels(conn)

    def set(self, mark: str, ids: Sequence[int], value: bool, *, now: int, journal: bool = True) -> Change:
        """Set `read` or `starred` on a fixed set of articles; needs a transaction.

        Only the articles that really change are returned and journalled, so undo restores exactly those.
        """
        changed = self._apply(mark, ids, value)
        what = _words(mark, value, len(changed))
        if changed and journal:
            self._note(now, what, mark, value, changed)
        return Change(what, tuple(changed), mark, value)

    def label(self, name: str, ids: Sequence[int], value: bool, *, now: int) -> Change:
        """Give a fixed set of articles a label, or take it away; needs a transaction."""
        name = self._labels.spelled(name)
        changed = self._labels.apply(name, ids, value)
        what = f"{len(changed):,} {'labelled' if value else 'no longer labelled'} {name}"
        if changed:
            self._note(now, what, f"{_LABEL}{name}", value, changed)
        return Change(what, tuple(changed))

    def rename_label(self, old: str, new: str, *, now: int) -> None:
        """Give all that have a label another one in its place, in two steps of undo; needs a transaction."""
        if label_key(old) == label_key(label_name(new)):
            self._labels.respell(label_name(new))
            return
        ids = self._labels.holders(old)
        self.label(new, ids, True, now=now)
        self.label(old, ids, False, now=now)

    def split(self, article_id: int, *, now: int) -> Change:
        """Take an article out of its story for good; needs a transaction. No ids where it is alone."""
        others = self._relations.split(article_id)
        if not others:
            return Change("nothing split", ())
        self._note(now, _SPLIT, "apart", True, [article_id, *others])
        return Change(_SPLIT, (article_id, *others))

    def note_config(self, what: str, packed: bytes, *, now: int) -> None:
        """Remember a change of the configuration for undo; needs a transaction."""
        self._keep(now, what, _CONFIG, True, packed)

    def forget_config(self, step: int | None = None) -> None:
        """Drop one change of the configuration from the journal, or all of them; needs a transaction."""
        self._conn.execute("DELETE FROM journal WHERE mark = ? AND id = coalesce(?, id)", (_CONFIG, step))

    def _note(self, now: int, what: str, mark: str, value: bool, ids: Sequence[int]) -> None:
        self._keep(now, what, mark, value, array("q", ids).tobytes())

    def _keep(self, now: int, what: str, mark: str, value: bool, blob: bytes) -> None:
        self._conn.execute(
            "INSERT INTO journal (at, what, mark, value, ids) VALUES (?, ?, ?, ?, ?)",
            (now, what, mark, int(value), blob),
        )
        self._conn.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?", (_KEEP,))

    def undo(self) -> Change | None:
        """Take back the newest step; needs a transaction. None when there is nothing to take back.

        A change of the configuration is only found here: who has taken it back calls `forget_config`.
        """
        row = self._conn.execute(
            "SELECT id, what, mark, value, ids FROM journal ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        step, what, mark, value, blob = row
        if mark == _CONFIG:
            return Change(what, (), config=ConfigStep(step, blob))
        ids = array("q")
        ids.frombytes(blob)
        if mark == "apart":
            self._relations.unsplit(ids[0], ids[1:])
            changed, mark = list(ids), ""
        elif mark.startswith(_LABEL):
            changed, mark = self._labels.apply(mark.removeprefix(_LABEL), ids, not value), ""
        else:
            changed = self._apply(mark, ids, not value)
        self._conn.execute("DELETE FROM journal WHERE id = ?", (step,))
        return Change(what, tuple(changed), mark, bool(mark) and not value)

    def keep_place(self, article_id: int, place: int) -> None:
        """Remember how far an article was read."""
        self._conn.execute(
            "UPDATE article SET place = ? WHERE id = ? AND place != ?", (place, article_id, place)
        )

    def _apply(self, mark: str, ids: Sequence[int], value: bool) -> list[int]:
        column = {"read": "read", "starred": "starred"}[mark]
        # nothing here can fail half-way, and with OR ROLLBACK SQLite keeps no copy of all pages for that
        rows = self._conn.execute(
            f"""UPDATE OR ROLLBACK article SET {column} = ?1 WHERE {column} != ?1
                AND id IN (SELECT value FROM json_each(?2)) RETURNING id""",
            (int(value), json.dumps(list(ids))),
        )
        return [row[0] for row in rows.fetchall()]
