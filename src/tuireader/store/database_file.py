"""Open, create, migrate and copy the SQLite file; describe its errors in plain words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from functools import partial
from pathlib import Path

from tuireader import files
from tuireader.errors import DatabaseError
from tuireader.store import schema
from tuireader.store.connection import PATIENCE, Connection

MigrationProgress = Callable[[Path, float], None]
"""Called during a migration with the path of the backup and the share done so far."""

CACHE = 16_000
"""Page cache of a connection in KiB."""
_PAGE = 8192  # bytes per page of a new database; texts of 1 to 4 KB leave a sixth of a 4 KB page empty

_ERRORS = {
    ("SQLITE_BUSY", "SQLITE_LOCKED"): (
        "the database {} is in use by another program",
        "try again in a moment",
    ),
    ("SQLITE_FULL",): ("no space left for the database {}", "free some disk space; nothing was lost"),
    ("SQLITE_IOERR",): (
        "the disk cannot read or write the database {}",
        "it may be full, over quota or failing; everything stored before is unchanged",
    ),
    # the transaction that creates the database is the only one without a WAL
    ("SQLITE_READONLY_ROLLBACK",): (
        "creating the database {} was interrupted",
        "start tuireader to finish it",
    ),
    ("SQLITE_READONLY",): (
        "the database {} or its folder is read-only",
        "make both writable, or use a copy elsewhere with --database",
    ),
    ("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH"): (
        "the database {} cannot be opened",
        "check the owner of the file and its folder",
    ),
    ("SQLITE_CORRUPT", "SQLITE_NOTADB"): (
        "the database {} is damaged or not a database; it was not changed",
        "`tuireader db repair` recovers what can be read, or use another one with --database",
    ),
}
"""Message and hint by prefix of SQLite's error name."""


def explain(error: sqlite3.Error, path: Path) -> DatabaseError:
    """Describe an SQLite error to the user, with a hint what to do."""
    name = getattr(error, "sqlite_errorname", None) or str(error)  # errors of the Python module have no name
    if name.startswith("SQLITE_CANTOPEN") and path.exists() and not os.access(path.parent, os.W_OK):
        name = "SQLITE_READONLY"  # opening the database creates a WAL beside it
    for names, (message, advice) in _ERRORS.items():
        if name.startswith(names):
            return DatabaseError(message.format(path), advice)
    return DatabaseError(f"the database {path} failed: {error}", "see the log for more")


def wrap_os_errors(path: Path) -> AbstractContextManager[None]:
    """Raise DatabaseError if the file system denies access to a database."""
    return DatabaseError.from_os(f"the database {path} cannot be opened", "check its path and permissions")


def connect(path: Path, *, prepare: bool, report: MigrationProgress | None) -> sqlite3.Connection:
    """Open a database, creating or migrating it first if `prepare`.

    Raises DatabaseError if the folder is missing, or if the file is damaged, belongs to another program or
    comes from a newer version; the file then stays unchanged.
    """
    with wrap_os_errors(path):
        if not path.parent.is_dir():
            raise DatabaseError(
                f"the folder {path.parent} does not exist", "create it, or use another --database"
            )
        if path.exists() and not path.is_file():
            raise DatabaseError(f"the database {path} is not a file", "use another one with --database")
        fresh = not path.exists() or path.stat().st_size == 0
    if fresh and prepare:
        with DatabaseError.from_os(
            f"the database {path} cannot be created", "check the permissions of its folder"
        ):
            path.touch(mode=0o600)
    try:
        conn = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            with ExitStack() as lock:
                if prepare and not _is_prepared(conn):
                    # SQLite's own locks do not wait when two connections change the journal mode
                    with suppress(OSError):  # if the folder cannot be locked, SQLite's locks must do
                        lock.enter_context(files.locked(path.parent))
                check_version(conn, path)  # accepts one that another process is creating: it is still empty
                if prepare:
                    _prepare(conn, path, report)
            conn.execute("PRAGMA synchronous = NORMAL")
            conn.execute("PRAGMA foreign_keys = ON")
            conn.execute(f"PRAGMA cache_size = -{CACHE}")
            conn.execute("PRAGMA temp_store = MEMORY")
            # a refresh writes the same index pages many times: copy them back less often
            conn.execute("PRAGMA wal_autocheckpoint = 2000")
        except BaseException:
            conn.close()
            raise
    except sqlite3.Error as error:
        raise explain(error, path) from error
    return conn


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open an existing database of this version; writing to it fails. Raises DatabaseError."""
    if not path.exists():
        raise DatabaseError(f"there is no database {path} yet", "`tuireader refresh` creates it")
    conn = connect(path, prepare=False, report=None)
    if not _is_prepared(conn):
        conn.close()
        raise DatabaseError(
            f"the database {path} is from an older tuireader", "open the reader once to update it"
        )
    conn.execute("PRAGMA query_only = ON")
    return conn


def check_version(conn: sqlite3.Connection, path: Path) -> None:
    """Raise DatabaseError unless the file is empty or ours, and not from a newer version."""
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    application = int(conn.execute("PRAGMA application_id").fetchone()[0])
    if version > schema.VERSION and application == schema.APPLICATION_ID:
        raise DatabaseError(
            f"the database {path} is from a newer tuireader (version {version}, not {schema.VERSION})",
            "update tuireader; the file was not changed",
        )
    if application != schema.APPLICATION_ID and not _is_empty(conn):
        raise DatabaseError(
            f"{path} is not a tuireader database; it was not changed", "use another one with --database"
        )


def _is_empty(conn: sqlite3.Connection) -> bool:
    """Return whether a database is empty, or has only an empty table of migrations.

    Earlier versions left such a file when they were interrupted while creating it.
    """
    tables = {table for (table,) in conn.execute("SELECT tbl_name FROM sqlite_master")}
    if tables == {schema.MIGRATIONS}:
        return conn.execute(f"SELECT 1 FROM {schema.MIGRATIONS}").fetchone() is None
    return not tables


def _is_prepared(conn: sqlite3.Connection) -> bool:
    current = int(conn.execute("PRAGMA user_version").fetchone()[0]) == schema.VERSION
    return current and conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def _prepare(conn: sqlite3.Connection, path: Path, report: MigrationProgress | None) -> None:
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    if not version:
        _make(conn)
    if conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":  # new, or made by a backup
        conn.execute("PRAGMA journal_mode = WAL")
    if 0 < version < schema.VERSION:
        _migrate(conn, path, version, report or (lambda backup, done: None))


def _make(conn: sqlite3.Connection) -> None:
    """Create all tables in one transaction; if interrupted, the file stays empty for the next start."""
    if not conn.execute("PRAGMA page_count").fetchone()[0]:
        conn.execute(f"PRAGMA page_size = {_PAGE}")
    with Connection(conn, Path()).transaction():
        schema.migrate(conn)


def _migrate(conn: sqlite3.Connection, path: Path, version: int, report: MigrationProgress) -> None:
    backup = path.with_name(f"{path.name}.v{version}.bak")
    progress = partial(report, backup)
    progress(0.0)
    if not _is_copy(backup, version):
        with wrap_os_errors(path), files.scratch(path.parent) as new:
            vacuum_into(conn, new)
            files.publish(new, backup, replace=True)
    schema.migrate(conn, lambda done: progress(min(done, 0.99)))
    progress(1.0)


def _is_copy(path: Path, version: int) -> bool:
    """Return whether a file is a complete database of a version; older releases could leave partial ones."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as conn:
            stored = conn.execute("PRAGMA user_version").fetchone()[0]
            return bool(stored == version and conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False


def vacuum_into(conn: sqlite3.Connection, path: Path) -> None:
    """Copy a database, without empty pages, into a new or empty file; its name may be any bytes."""
    conn.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(path),))
