"""Read and starred marks and labels, with a journal for undo that survives a restart.

Changes of the configuration share the journal, so that undo reverts everything in order.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from tuireader.dedup import label_key, label_name
from tuireader.model import LABEL_MARK, Change
from tuireader.store.feeds.feeds import Feeds
from tuireader.store.marks.labels import Labels
from tuireader.store.relations.relations import Relations
from tuireader.store.sql import Part, id_list
from tuireader.store.watches.match_log import MatchLog

_KEEP = 200  # number of undo steps to store
_COLUMNS = {"read": "read", "starred": "starred"}
_STATES = {"read": ("unread", "read"), "starred": ("not starred", "starred")}
_SPLIT = "an article removed from its story"
_FOLLOWED = "followed:"  # mark of a step that follows a feed to another address, before the feed's number
_CONFIG = "config"  # mark of a step that changed the configuration; its `ids` name a file of `config.edit`
_NAME = 32  # length of such a name


def _identity(step: Change) -> tuple[object, ...]:
    return step.step, step.what, step.ids


class Marks(Part):
    """The user's changes to articles."""

    _feeds: Feeds
    _labels: Labels
    _match_log: MatchLog
    _relations: Relations

    def set(self, mark: str, ids: Sequence[int], value: bool, *, now: int, journal: bool = True) -> Change:
        """Set `read` or `starred` on some articles; needs a transaction.

        Returns and journals only articles that really change, so that undo restores exactly these.
        """
        changed = self._apply(mark, ids, value, now)
        what = f"{len(changed):,} marked {_STATES[mark][value]}"
        step = self._note(now, what, mark, value, changed) if changed and journal else 0
        return Change(what, tuple(changed), mark, value, step)

    def label(self, name: str, ids: Sequence[int], value: bool, *, now: int) -> Change:
        """Add a label to some articles, or remove it; needs a transaction."""
        name = self._labels.canonical_name(name)
        changed = self._labels.apply(name, ids, value)
        what = f"{len(changed):,} {'labelled' if value else 'no longer labelled'} {name}"
        step = self._note(now, what, f"{LABEL_MARK}{name}", value, changed) if changed else 0
        return Change(what, tuple(changed), step=step)

    def rename_label(self, old: str, new: str, *, now: int) -> Change:
        """Replace a label by another one, in two undo steps; needs a transaction.

        Returns the second step.
        """
        if label_key(old) == label_key(label_name(new)):
            self._labels.respell(label_name(new))
            return Change(f"{old} respelled", ())
        ids = self._labels.articles_with(old)
        self.label(new, ids, True, now=now)
        return self.label(old, ids, False, now=now)

    def split(self, article_id: int, *, now: int) -> Change:
        """Remove an article from its story for good; needs a transaction. Returns no ids without a story."""
        others = self._relations.split(article_id)
        if not others:
            return Change("nothing removed", ())
        step = self._note(now, _SPLIT, "apart", True, [article_id, *others])
        return Change(_SPLIT, (article_id, *others), step=step)

    def add_config_step(self, what: str, stored: bytes, *, now: int) -> None:
        """Store a change of the configuration for undo; needs a transaction."""
        self._keep(now, what, _CONFIG, True, stored)

    def packed_config_steps(self) -> list[tuple[int, bytes]]:
        """Return the changes of the configuration that older versions stored here, by step."""
        sql = "SELECT id, ids FROM journal WHERE mark = ? AND length(ids) != ?"
        return self._conn.execute(sql, (_CONFIG, _NAME)).fetchall()

    def replace_config_steps(self, stored: Sequence[tuple[bytes, int]]) -> None:
        """Store names of files in place of changes, which are overwritten; needs a transaction."""
        self._conn.execute("PRAGMA secure_delete = ON")
        self._conn.executemany("UPDATE journal SET ids = ? WHERE id = ?", stored)

    def add_followed(self, feed_id: int, what: str, *, now: int) -> None:
        """Store for undo that a feed was followed to another address automatically; needs a transaction."""
        self._keep(now, what, f"{_FOLLOWED}{feed_id}", True, b"")

    def drop_config_steps(self, step: int | None = None) -> None:
        """Delete one change of the configuration from the journal, or all of them; needs a transaction."""
        self._conn.execute("DELETE FROM journal WHERE mark = ? AND id = coalesce(?, id)", (_CONFIG, step))

    def _note(self, now: int, what: str, mark: str, value: bool, ids: Sequence[int]) -> int:
        return self._keep(now, what, mark, value, array("q", ids).tobytes())

    def _keep(self, now: int, what: str, mark: str, value: bool, blob: bytes) -> int:
        added = self._conn.execute(
            "INSERT INTO journal (at, what, mark, value, ids) VALUES (?, ?, ?, ?, ?)",
            (now, what, mark, int(value), blob),
        ).lastrowid
        self._conn.execute("DELETE FROM journal WHERE id <= (SELECT max(id) FROM journal) - ?", (_KEEP,))
        return added or 0

    def newest(self, before: int = 0) -> Change | None:
        """Return the newest step of the journal, or the newest one before another."""
        row = self._conn.execute(
            "SELECT what, ids, mark, value, id FROM journal WHERE id < ? ORDER BY id DESC LIMIT 1",
            (before or 1 << 62,),
        ).fetchone()
        if row is None:
            return None
        if row[2] == _CONFIG:
            return Change(row[0], (), _CONFIG, True, row[4], row[1])
        ids = array("q")
        ids.frombytes(row[1])
        return Change(row[0], tuple(ids), row[2], bool(row[3]), row[4])

    def undo(self, expected: Change | None = None, *, now: int = 0) -> Change | None:
        """Undo the newest step; needs a transaction. Returns None without one or if another is expected.

        Numbers alone do not identify steps: numbers of undone steps are reused. A change of the configuration
        is only returned: the caller reverts it and calls `drop_config_steps`.
        """
        found = self.newest()
        if found is None or (expected is not None and _identity(expected) != _identity(found)):
            return None
        if found.config is not None:
            return found
        step, what, mark, value, ids = found.step, found.what, found.mark, found.value, found.ids
        if mark.startswith(_FOLLOWED):
            self._feeds.refuse_move(int(mark.removeprefix(_FOLLOWED)))
            changed, mark = [], ""
        elif mark == "apart":
            self._relations.unsplit(ids[0], ids[1:])
            changed, mark = list(ids), ""
        elif mark.startswith(LABEL_MARK):
            changed, mark = self._labels.apply(mark.removeprefix(LABEL_MARK), ids, not value), ""
        else:
            changed = self._apply(mark, ids, not value, now)
        self._conn.execute("DELETE FROM journal WHERE id = ?", (step,))
        return Change(what, tuple(changed), mark, bool(mark) and not value)

    def any_differs(self, mark: str, ids: Sequence[int], value: bool) -> bool:
        """Return whether any of some articles has another value of a mark."""
        column = _COLUMNS[mark]
        sql = f"SELECT 1 FROM article WHERE {column} != ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1"
        return self._value(sql, (int(value), id_list(ids))) is not None

    def set_place(self, article_id: int, place: int) -> None:
        """Store the reading position in an article."""
        self._conn.execute(
            "UPDATE article SET place = ? WHERE id = ? AND place != ?", (place, article_id, place)
        )

    def _apply(self, mark: str, ids: Sequence[int], value: bool, now: int) -> list[int]:
        column = _COLUMNS[mark]
        # the statement cannot fail half-way, and OR ROLLBACK saves SQLite a copy of all pages
        changed = self._column(
            f"""UPDATE OR ROLLBACK article SET {column} = ?1 WHERE {column} != ?1
                AND id IN (SELECT value FROM json_each(?2)) RETURNING id""",
            (int(value), id_list(ids)),
        )
        if mark == "read" and changed:
            self._match_log.note_read(changed, value, now)
        return changed
