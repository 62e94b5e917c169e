"""SQL shared by several parts of the store, and how its rows become values."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tuireader.store.connection import Connection

K = TypeVar("K")
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
        return [value for (value,) in self._conn.execute(sql, args)]

    def _value(self, sql: str, args: Sequence[object] = ()) -> Any:
        """Return the value of a query with one column and at most one row, None without a row."""
        return next((value for (value,) in self._conn.execute(sql, args)), None)

    def _mapping(self, sql: str, args: Sequence[object] = ()) -> dict[Any, Any]:
        """Map the first to the second value of each row of a query with two columns."""
        return dict(self._conn.execute(sql, args))

    def _named(self, sql: str, args: Sequence[object] | dict[str, object] = ()) -> sqlite3.Cursor:
        """Execute a query whose rows are read by column names: `row["title"]`."""
        return named_rows(self._conn, sql, args)

    def _values(
        self,
        of: Callable[..., T],
        sql: str,
        args: Sequence[object] | dict[str, object] = (),
        /,
        **converters: Callable[[Any], Any],
    ) -> list[T]:
        """Pass the columns of each row as keyword arguments; `read=bool` converts the column `read` first.

        It is several times faster if the columns are the first positional fields of a struct, in their order.
        """
        rows = self._conn.execute(sql, args)
        names = tuple([column[0] for column in rows.description])
        steps = [(names.index(name), convert) for name, convert in converters.items()]
        in_order = names == getattr(of, "__match_args__", ())[: len(names)]
        values = []
        for row in rows:
            columns = list(row)
            for place, convert in steps:
                columns[place] = convert(columns[place])
            values.append(of(*columns) if in_order else of(**dict(zip(names, columns, strict=True))))
        return values


def named_rows(
    conn: sqlite3.Connection, sql: str, args: Sequence[object] | dict[str, object] = ()
) -> sqlite3.Cursor:
    """Execute a query whose rows are read by column names: `row["title"]`."""
    cursor = conn.cursor()
    cursor.row_factory = sqlite3.Row
    return cursor.execute(sql, args)


def from_row(of: Callable[..., T], row: sqlite3.Row, /, **converters: Callable[[Any], Any]) -> T:
    """Pass the columns of a row as keyword arguments; `read=bool` converts the column `read` first."""
    return of(**{**row, **{name: convert(row[name]) for name, convert in converters.items()}})


def id_list(ids: Iterable[int]) -> str:
    """Format ids as JSON, the argument of `IN (SELECT value FROM json_each(?))`."""
    return str(list(map(int, ids)))  # several times faster than `json.dumps`


def number_list(numbers: Iterable[int]) -> str:
    """Format numbers for SQL: `1,2,3`."""
    return ",".join(map(str, map(int, numbers)))


def grouped(rows: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    """Group (key, value) rows: map each key to its values, in the order of the rows."""
    groups: dict[K, list[T]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


UNCERTAIN = "m.evidence LIKE '%],1]'"
"""SQL condition for matches `m` only by Chinese terms across word boundaries, by the end of their JSON."""


def watches_of(
    conn: sqlite3.Connection, ids: Iterable[int], condition: str = "1", *args: object
) -> dict[int, tuple[str, ...]]:
    """Map articles to the watches that match them, in config order; articles without any are left out.

    `condition` is SQL that restricts matches `m` and watches `w`.
    """
    sql = f"""SELECT m.article_id, w.name FROM match m JOIN watch w ON w.id = m.watch_id
              WHERE m.article_id IN (SELECT value FROM json_each(?)) AND {condition} ORDER BY w.position"""
    return grouped(conn.execute(sql, (id_list(ids), *args)))


def newest_id(conn: sqlite3.Connection) -> int:
    """Return the highest article id, 0 in an empty store."""
    (newest,) = conn.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()
    return int(newest)
