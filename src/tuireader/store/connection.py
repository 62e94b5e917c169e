"""One connection to the database: transactions, facts, checkpoints, and its parts by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

PATIENCE = 15.0
"""Seconds to wait for another program that is writing."""
_ROOMS = {file.stem: file.parent.name for file in Path(__file__).parent.glob("*/*.py")}
"""Rooms of the store by the modules in them."""
_ATTEMPT = 0.1  # seconds of one attempt to take the write lock; `patience` may change between attempts


class Connection:
    """Plain, synchronous access over one SQLite connection, for one thread at a time.

    Each part is a class in a module of the same name, imported on first use: listing articles at the start
    needs only a few, and importing all takes a fifth of a second.
    """

    broken_input = (
        sqlite3.DataError,
        sqlite3.IntegrityError,
        sqlite3.InterfaceError,
        OverflowError,
        UnicodeError,
    )
    """Errors caused by a bad row, not a bad database: a number too large, a lone surrogate."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self.conn = conn
        self.path = path
        self.patience = PATIENCE  # seconds to wait for the write lock; any thread may set it

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            place = f"{_ROOMS[name]}.{name}" if name in _ROOMS else name
            module = import_module(f"{__package__}.{place}")
            part = getattr(module, name.title().replace("_", ""))(self)
            self.__dict__[name] = part
            return part

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block as a transaction; take the write lock at once, so that it cannot fail half-way."""
        self._begin()
        try:
            yield
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:  # a commit that fails for lack of space leaves it open
                self.conn.execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only this part of a transaction if it raises; cannot be nested."""
        self.conn.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self.conn.in_transaction:  # a full disk rolls back the whole transaction
                self.conn.execute("ROLLBACK TO part")
                self.conn.execute("RELEASE part")
            raise
        self.conn.execute("RELEASE part")

    def _begin(self) -> None:
        """Take the write lock in short attempts, so that a lower `patience` can end the wait."""
        began = monotonic()
        try:
            while True:
                left = self.patience - (monotonic() - began)
                self.conn.execute(f"PRAGMA busy_timeout = {max(1, int(1000 * min(left, _ATTEMPT)))}")
                try:
                    self.conn.execute("BEGIN IMMEDIATE")
                    return
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or left <= 0:
                        raise
        finally:
            self.conn.execute(f"PRAGMA busy_timeout = {int(1000 * PATIENCE)}")

    def set_cache(self, kibibytes: int, *, checkpoint: int | None = None) -> None:
        """Set the page cache in KiB; `checkpoint` is the number of pages that may stay in the WAL."""
        self.conn.execute(f"PRAGMA cache_size = -{kibibytes}")
        if checkpoint is not None:
            self.conn.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
            self.conn.execute(f"PRAGMA journal_size_limit = {1 << 20}")  # truncate the WAL after copying

    def checkpoint(self, size: int) -> None:
        """Copy the WAL into the database if it has reached `size` bytes, as far as readers permit."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and log.stat().st_size >= size:
            self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def empty_log(self) -> None:
        """Copy the WAL into the database and empty it: it still has what was erased. Waits for readers."""
        self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def fact(self, name: str) -> str:
        """Return the value stored under a name, `""` without one."""
        stored = self.conn.execute("SELECT value FROM fact WHERE name = ?", (name,))
        return next((str(value) for (value,) in stored), "")

    def set_fact(self, name: str, value: str) -> None:
        """Store a value under a name, unless it is unchanged; needs a transaction."""
        sql = """INSERT INTO fact (name, value) VALUES (?, ?)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value != excluded.value"""
        self.conn.execute(sql, (name, value))

    def change_state(self) -> tuple[int, int]:
        """Return a value that changes with each write by this or another connection."""
        return self.data_version(), self.conn.total_changes

    def data_version(self) -> int:
        """Return a number that changes when another connection writes."""
        (version,) = self.conn.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        """Update stale statistics of the query planner, then close."""
        try:
            self.conn.execute("PRAGMA busy_timeout = 0")
            self.conn.execute("PRAGMA optimize")
        except sqlite3.Error:
            pass  # read-only or busy: skip the statistics
        finally:
            self.conn.close()
