"""Watches that follow a story until it ends: since when, and when each last had news."""

from __future__ import annotations

import json
from collections.abc import Collection

from tuireader.store.sql import Part


class Follows(Part):
    """Each followed watch has a fact `follow:NAME` with the time from which quiet days are counted."""

    def is_current(self, names: Collection[str]) -> bool:
        """Return whether exactly these watches are followed."""
        return self._since().keys() == set(names)

    def sync(self, names: Collection[str], now: int) -> None:
        """Follow these watches and no others, new ones from `now` on; needs a transaction."""
        known = self._since().keys()
        self._conn.executemany(
            "DELETE FROM fact WHERE name = ?", [(_fact(name),) for name in known - set(names)]
        )
        self._conn.executemany(
            "INSERT INTO fact (name, value) VALUES (?, ?)",
            [(_fact(name), str(now)) for name in sorted(set(names) - known)],
        )

    def last_news(self) -> dict[str, int]:
        """Return when each followed watch last had news: its newest hit, or the start of following."""
        since = self._since()
        rows = self._conn.execute(
            """SELECT w.name, max(min(a.time, a.arrived)) FROM watch w JOIN match m ON m.watch_id = w.id
               JOIN article a ON a.id = m.article_id
               WHERE w.name IN (SELECT value FROM json_each(?)) GROUP BY w.id""",
            (json.dumps(sorted(since)),),
        )
        newest = dict(rows.fetchall())
        return {name: max(start, newest.get(name, 0)) for name, start in since.items()}

    def _since(self) -> dict[str, int]:
        rows = self._conn.execute("SELECT name, value FROM fact WHERE name GLOB 'follow:*'")
        return {name.removeprefix("follow:"): int(value) for name, value in rows}


def _fact(name: str) -> str:
    return f"follow:{name}"
