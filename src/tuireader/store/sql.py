"""SQL shared by several parts of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from tuireader.store.connection import Connection

T = TypeVar("T")

FEED_ADDRESS = """coalesce((SELECT substr(f.url, length(account.name) + 2) FROM account
  WHERE account.id = f.account_id), f.url)"""
"""SQL for the web address of feed `f`; in `url`, an account's name precedes that of its feed."""
FEED_TITLE = "coalesce(nullif(f.own_title, ''), nullif(f.title, ''), f.url)"
"""SQL for the title of feed `f`."""


class Part:
    """A part of the store: the queries about one subject.

    A part declares the other parts that it needs: `_labels: Labels`.
    """

    def __init__(self, store: Connection) -> None:
        self._store = store
        self._conn = store.conn

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name == "_store" or name.startswith("__"):
                raise AttributeError(name)
            part = getattr(self._store, name.removeprefix("_"))
            self.__dict__[name] = part
            return part

    def _column(self, sql: str, args: Sequence[object] = ()) -> list[Any]:
        """Return the first column of a query."""
        return [row[0] for row in self._conn.execute(sql, args)]

    def _value(self, sql: str, args: Sequence[object] = ()) -> Any:
        """Return the first value of a query, or None if it has no rows."""
        row = self._conn.execute(sql, args).fetchone()
        return row[0] if row else None


def id_list(ids: Iterable[int]) -> str:
    """Return ids as the argument of `IN (SELECT value FROM json_each(?))`."""
    return str(list(map(int, ids)))  # JSON as well, and several times faster


def number_list(numbers: Iterable[int]) -> str:
    """Return numbers as an SQL list."""
    return ",".join(map(str, map(int, numbers)))


def grouped(rows: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    """Return the values of each id, in the order of the rows."""
    found: dict[int, list[T]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


UNCERTAIN = "m.evidence LIKE '%],1]'"
"""SQL condition for the uncertain ones among matches `m`, by the end of their JSON."""


def uncertain_watches(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the watches that match each article only by Chinese terms across word boundaries."""
    return grouped(
        conn.execute(
            f"""SELECT m.article_id, w.name FROM match m JOIN watch w ON w.id = m.watch_id
                WHERE m.article_id IN ({number_list(ids)}) AND {UNCERTAIN} ORDER BY w.position"""
        )
    )


def watches_of(
    conn: sqlite3.Connection, ids: Iterable[int], condition: str = "1", *args: object
) -> dict[int, tuple[str, ...]]:
    """Return the watches that match each article, in config order; articles without any are left out.

    `condition` restricts matches `m` and watches `w`.
    """
    rows = conn.execute(
        f"""SELECT m.article_id, w.name FROM match m JOIN watch w ON w.id = m.watch_id
            WHERE m.article_id IN (SELECT value FROM json_each(?)) AND {condition} ORDER BY w.position""",
        (id_list(ids), *args),
    )
    return grouped(rows)


def newest_id(conn: sqlite3.Connection) -> int:
    """Return the highest article id, or 0."""
    return int(conn.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()[0])
