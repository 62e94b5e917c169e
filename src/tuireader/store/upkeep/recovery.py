"""Copy everything that is still readable in a damaged database into a new one.

The rows of a damaged page are lost, and every query that touches the page fails. Therefore each table is read
in the order of its key; after a failure, reading continues from the next readable key. Index, related
articles and stories are rebuilt, not read. Dictionaries are taken from an intact copy.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tuireader import files
from tuireader.errors import DatabaseError
from tuireader.store.dictionaries import Dictionaries, is_damage
from tuireader.store.relations.relations import RELATED_UP_TO
from tuireader.store.sql import named_rows
from tuireader.store.store import Store
from tuireader.store.upkeep.maintenance import (
    SOURCES,
    broken_matches,
    broken_texts,
    new_database,
    open_read_only,
)

_REBUILT = {
    "profile",
    "posting",
    "term_count",
    "neighbour",
    "reference",
    "meaning",
    "alike",
    "alias",
    "dictionary",
}
_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1
_EACH = 2_000  # keys to try one by one between a failure and the next success
_FAILURES = 200_000  # failed queries after which to give up on a table

Row = tuple[Any, ...]


def recover(path: Path, target: Path) -> dict[str, int]:
    """Create a database at `target` from the readable parts of `path`; count the rows by table.

    Raises DatabaseError if not even the list of tables can be read, or the new file cannot be written.
    """
    with new_database(target, beside=path) as new, closing(Store.open(new)) as store:
        try:
            with _openable(path, new) as opened, open_read_only(opened) as damaged, store.transaction():
                damaged.execute("PRAGMA cell_size_check = ON")
                damaged.text_factory = lambda data: data.decode("utf-8", "replace")
                damaged.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                store.conn.execute("PRAGMA defer_foreign_keys = ON")
                for table in _tables(store.conn):
                    _copy(damaged, store.conn, table)
                store.compression.dictionaries.rewrite_copies(Dictionaries(damaged))
                _restore_consistency(store)
            with store.transaction():
                store.index.rebuild()
                store.compression.dictionaries.rewrite_copies()  # separate them from their second copies
            return {
                table: store.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in _tables(store.conn)
            }
        except DatabaseError as error:
            cause = error.__cause__
            if isinstance(cause, sqlite3.Error) and is_damage(cause):
                raise DatabaseError(
                    f"{path} cannot be read at all: it is damaged beyond repair or not a tuireader database",
                    "restore a backup, or move the file away to start with an empty database",
                ) from error
            raise


_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_TABLE_PAGES = (b"\x05", b"\x0d")
"""First bytes of table pages; the first page of a database is a table page after the header."""


@contextmanager
def _openable(path: Path, target: Path) -> Iterator[Path]:
    """Yield the file, or a repaired copy if SQLite refuses to open it.

    SQLite refuses it if its end is missing or its header is destroyed (SQLite file format §1.3). The copy is
    extended to the length in the header, or gets the header of an intact database.
    """
    with path.open("rb") as file:
        head = file.read(_HEADER + 1)
    size = path.stat().st_size
    with target.open("rb") as file:
        good = file.read(_HEADER)
    sound = head.startswith(_MAGIC) and head[16:18] == good[16:18]
    page = int.from_bytes(good[16:18], "big")
    pages = int.from_bytes(head[28:32], "big") if sound else -(-size // page)
    if (sound and pages * page <= size) or head[_HEADER:] not in _TABLE_PAGES:
        yield path
        return
    copy = target.with_name(f"{target.name}-whole")
    log = path.with_name(f"{path.name}-wal")
    try:
        copy.touch(files.PRIVATE)
        shutil.copyfile(path, copy)
        with copy.open("r+b") as file:
            file.truncate(pages * page)
            if not sound:
                no_free_pages = bytes(8)
                file.write(good[:28] + pages.to_bytes(4, "big") + no_free_pages + good[40:])
        if log.exists():
            copied = copy.with_name(f"{copy.name}-wal")
            copied.touch(files.PRIVATE)
            shutil.copyfile(log, copied)
        yield copy
    finally:
        for end in ("", "-wal", "-shm"):
            copy.with_name(copy.name + end).unlink(missing_ok=True)


def _tables(conn: sqlite3.Connection) -> list[str]:
    sql = """SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
             AND name NOT LIKE 'search%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY rowid"""
    return [table for (table,) in conn.execute(sql) if table not in _REBUILT]


def _copy(damaged: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    """Copy the valid rows of a table; a table missing from the damaged file stays empty."""
    stored = {row["name"] for row in named_rows(damaged, f"PRAGMA table_info({table})")}
    info = [row for row in named_rows(new, f"PRAGMA table_info({table})") if row["name"] in stored]
    if not info:
        return
    types = {row["name"]: row["type"] for row in info}
    columns = list(types)
    keys = [row["name"] for row in sorted(info, key=lambda row: row["pk"]) if row["pk"]]
    if any(types[key] != "INTEGER" for key in keys):
        keys = []
    readable = _Table(damaged, table, columns, [columns.index(key) for key in keys])
    firsts = _firsts(new, table, keys[0]) if len(keys) > 1 else []
    marks = ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    new.executemany(sql, (row for row in readable.rows(firsts) if all(map(_fits, row, types.values()))))


def _firsts(new: sqlite3.Connection, table: str, key: str) -> list[int]:
    """Return the possible first parts of a two-part key: the copied ids to which it refers."""
    parents = {row["from"]: row["table"] for row in named_rows(new, f"PRAGMA foreign_key_list({table})")}
    ids = f"SELECT id FROM {parents.get(key, 'article')}"
    if key == "feed_id":  # not declared as a reference everywhere; feeds may be lost themselves
        ids = "SELECT id FROM feed UNION SELECT feed_id FROM article"
    return [number for (number,) in new.execute(f"{ids} ORDER BY 1")]


def _fits(value: object, declared: str) -> bool:
    """Return whether a value is valid for its column: damaged pages may yield any value."""
    kinds = {"INTEGER": int, "TEXT": str}.get(declared, str | bytes)
    return value is None or isinstance(value, kinds)


class _Table:
    """The readable rows of one table. `places` are the positions of its key columns."""

    def __init__(
        self, conn: sqlite3.Connection, name: str, columns: Sequence[str], places: Sequence[int]
    ) -> None:
        self._conn = conn
        self._select = f"SELECT {', '.join(columns)} FROM {name}"
        self._keys = [columns[place] for place in places]
        self._places = places
        self._failures = 0

    def rows(self, firsts: Sequence[int]) -> Iterator[Row]:
        """Yield every readable row, some of them twice. `firsts` are the first parts of two-part keys."""
        if len(self._keys) == 1:
            yield from self._from((), _LEAST)
            return
        try:
            yield from self._conn.execute(self._select)
        except sqlite3.DatabaseError:
            for first in firsts:
                yield from self._from((first,), _LEAST)

    def _from(self, prefix: tuple[int, ...], start: int) -> Iterator[Row]:
        """Yield the rows whose key is `prefix` followed by `start` or more."""
        place = self._places[-1]
        while start <= _GREATEST and self._failures <= _FAILURES:
            last: int | None = None
            try:
                for row in self._conn.execute(self._sql(">="), (*prefix, start)):
                    if isinstance(row[place], int) and (last is None or row[place] > last):
                        last = row[place]
                        yield row
                return
            except sqlite3.DatabaseError:
                self._failures += 1
            if last is not None:
                start = last + 1
            if start > _GREATEST:
                return
            # the sqlite3 module reads one row ahead, so the last good row is still missing
            rows = self._read(f"{self._sql('>=')} LIMIT 1", (*prefix, start))
            if rows is not None:
                if not rows:
                    return
                yield rows[0]
                key = rows[0][place]
                start = (key if isinstance(key, int) else start) + 1
            next_start = self._next(prefix, start)
            for key in self._between(start, next_start):
                yield from self._read(self._sql("="), (*prefix, key)) or ()
            start = next_start

    def _between(self, start: int, next_start: int) -> range:
        """Return the keys of a gap to try one by one: all of a small gap, else only those next to rows."""
        if next_start - start <= _EACH:
            return range(start, next_start)
        if next_start > _GREATEST:
            return range(start, start + _EACH)
        return range(next_start - _EACH, next_start) if start == _LEAST else range(0)

    def _next(self, prefix: tuple[int, ...], start: int) -> int:
        """Find the next key, not before `start`, from which reading works, by galloping and bisection."""
        fails, leap = start - 1, 1
        while fails + leap <= _GREATEST and not self._works(prefix, fails + leap):
            fails, leap = fails + leap, leap * 2
        works = min(fails + leap, _GREATEST + 1)
        while works - fails > 1:
            middle = (works + fails) // 2
            if self._works(prefix, middle):
                works = middle
            else:
                fails = middle
        return works

    def _works(self, prefix: tuple[int, ...], start: int) -> bool:
        return self._read(f"{self._sql('>=')} LIMIT 1", (*prefix, start)) is not None

    def _read(self, sql: str, key: tuple[int, ...]) -> list[Row] | None:
        """Return the rows of a query, or None if it fails."""
        try:
            return self._conn.execute(sql, key).fetchall()
        except sqlite3.DatabaseError:
            self._failures += 1
            return None

    def _sql(self, sign: str) -> str:
        *others, last = self._keys
        where = "".join(f"{key} = ? AND " for key in others)
        return f"{self._select} WHERE {where}{last} {sign} ? ORDER BY {last}"


def _restore_consistency(store: Store) -> None:
    store.conn.execute("DELETE FROM fact WHERE name = ?", (RELATED_UP_TO,))  # relate all articles again
    conn = store.conn
    # create substitutes for lost feeds that still have articles
    sql = """INSERT INTO feed (id, url, title, subscribed)
             SELECT DISTINCT feed_id, 'lost:' || feed_id, 'lost feed ' || feed_id, 0 FROM article
             WHERE feed_id NOT IN (SELECT id FROM feed)"""
    conn.execute(sql)
    conn.execute(
        """INSERT INTO label (id, key, name)
           SELECT DISTINCT label_id, 'lost label ' || label_id, 'lost label ' || label_id FROM article_label
           WHERE label_id NOT IN (SELECT id FROM label)"""
    )
    for table in _tables(conn):
        for row in named_rows(conn, f"PRAGMA foreign_key_list({table})").fetchall():
            referred = f"SELECT {row['to']} FROM {row['table']}"
            conn.execute(f"DELETE FROM {table} WHERE {row['from']} NOT IN ({referred})")
    store.labels.migrate_flags()  # needed if the file predates labels
    store.records.repaired()
    broken = [(article_id,) for article_id in broken_texts(conn)]
    for table in ("content", "revision", "variant"):
        conn.executemany(f"DELETE FROM {table} WHERE article_id = ?", broken)
    # these can be fetched again, and are useless without the content
    for table in ("full_text", "comments", "variant"):
        conn.execute(f"DELETE FROM {table} WHERE article_id NOT IN (SELECT article_id FROM content)")
    conn.executemany("DELETE FROM match WHERE watch_id = ? AND article_id = ?", broken_matches(conn))
    conn.execute("DELETE FROM outbox WHERE kind = 'digest' AND subject NOT IN (SELECT id FROM digest)")
    # decide again about matches whose messages are lost
    sql = """UPDATE notice SET state = 0 WHERE state = 3 AND id NOT IN
               (SELECT n.value FROM outbox o, json_each(o.notices) n WHERE json_valid(o.notices))"""
    conn.execute(sql)
    # fetch again the lost texts that feeds still contain
    conn.execute("UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL")
    conn.execute("UPDATE appearance SET digest = 0 WHERE article_id NOT IN (SELECT article_id FROM content)")
    conn.execute("UPDATE appearance SET digest = 0 WHERE secondary = 1")
    conn.execute("UPDATE account SET progress = ''")  # pull everything again
    conn.execute(
        "UPDATE feed SET subscribed = 0 WHERE account_id != 0 AND account_id NOT IN (SELECT id FROM account)"
    )
    conn.execute("UPDATE watch SET pending = (SELECT coalesce(max(id), 0) FROM article)")
    conn.execute("UPDATE article SET story = 0, fold = 0")
    conn.execute(f"UPDATE article SET sources = {SOURCES} WHERE sources != {SOURCES}")
