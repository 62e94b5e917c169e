"""The user's labels, as opposed to the tags that feeds give their entries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tuireader.dedup import is_flag, label_key, label_name
from tuireader.model import Label
from tuireader.store.json_columns import unpack_extra
from tuireader.store.sql import Part, grouped, id_list


class Labels(Part):
    """A label exists as long as an article has it; names are compared by their `label_key`."""

    _tags: tuple[tuple[int, int], frozenset[str]] | None = None

    def all(self, ids: Sequence[int] = ()) -> list[Label]:
        """List the labels, most used first, each with the number of its articles among `ids`."""
        sql = """SELECT label_id, count(*) FROM article_label
                 WHERE article_id IN (SELECT value FROM json_each(?)) GROUP BY label_id"""
        chosen = self._mapping(sql, (id_list(ids),))
        rows = self._conn.execute(
            """SELECT l.id, l.name, count(*) FROM label l JOIN article_label x ON x.label_id = l.id
               GROUP BY l.id ORDER BY count(*) DESC, l.key"""
        )
        return [Label(name, count, chosen.get(label, 0)) for label, name, count in rows]

    def tags(self) -> frozenset[str]:
        """Collect the tags that feeds give their entries, cached until the next write."""
        state = self._store.change_state()
        if self._tags is None or self._tags[0] != state:
            stored = self._column("SELECT extra FROM content WHERE instr(extra, '\"tags\"')")
            self._tags = state, frozenset(tag for extra in stored for tag in unpack_extra(extra)["tags"])
        return self._tags[1]

    def canonical_name(self, name: str) -> str:
        """Return the spelling of an existing label, or else the name in its stored form."""
        name = label_name(name)
        return self._value("SELECT name FROM label WHERE key = ?", (label_key(name),)) or name

    def articles_with(self, name: str) -> list[int]:
        sql = "SELECT article_id FROM article_label WHERE label_id = (SELECT id FROM label WHERE key = ?)"
        return self._column(sql, (label_key(name),))

    def respell(self, name: str) -> None:
        """Change the spelling of a label; needs a transaction."""
        self._conn.execute("UPDATE label SET name = ? WHERE key = ?", (name, label_key(name)))

    def apply(self, name: str, ids: Sequence[int], value: bool) -> list[int]:
        """Add a label to articles, or remove it; return those that changed. Needs a transaction.

        An existing label keeps its spelling; a label without articles disappears.
        """
        conn, name = self._conn, label_name(name)
        if value:
            sql = "INSERT INTO label (key, name) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
            conn.execute(sql, (label_key(name), name))
        label = self._value("SELECT id FROM label WHERE key = ?", (label_key(name),))
        if label is None:
            return []
        change = (
            """INSERT OR IGNORE INTO article_label (label_id, article_id)
               SELECT ?, id FROM article WHERE id IN (SELECT value FROM json_each(?)) RETURNING article_id"""
            if value
            else """DELETE FROM article_label WHERE label_id = ?
                    AND article_id IN (SELECT value FROM json_each(?)) RETURNING article_id"""
        )
        changed = self._column(change, (label, id_list(ids)))
        conn.execute(
            """DELETE FROM label WHERE id = ?
               AND NOT EXISTS (SELECT 1 FROM article_label WHERE label_id = label.id)""",
            (label,),
        )
        return changed

    def add_all(self, labels: Mapping[int, Sequence[str]]) -> set[int]:
        """Add labels from elsewhere to articles; return those that changed. Needs a transaction."""
        holders = grouped((name, article_id) for article_id, names in labels.items() for name in names)
        return {changed for name, ids in holders.items() for changed in self.apply(name, ids, True)}

    def migrate_flags(self) -> None:
        """Turn flags that schemas before version 6 stored as tags into labels; needs a transaction."""
        sql = "SELECT article_id, extra FROM content WHERE instr(extra, '\"flag-')"
        rows = self._conn.execute(sql).fetchall()
        for article_id, stored in rows:
            tags = unpack_extra(stored).get("tags", ())
            flags = [tag for tag in tags if is_flag(tag)]
            self.add_all({article_id: flags})
            kept = json.loads(stored) | {"tags": [tag for tag in tags if tag not in flags]}
            if not kept["tags"]:
                del kept["tags"]
            self._conn.execute(
                "UPDATE content SET extra = ? WHERE article_id = ?",
                (json.dumps(kept, ensure_ascii=True, separators=(",", ":")), article_id),
            )
