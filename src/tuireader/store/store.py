"""One connection to the database, with a room for each kind of question."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from tuireader import files
from tuireader.errors import DatabaseError
from tuireader.store import schema

if TYPE_CHECKING:
    from tuireader.store.briefs import Briefs
    from tuireader.store.feeds import Feeds
    from tuireader.store.follows import Follows
    from tuireader.store.fulltexts import FullTexts
    from tuireader.store.index import Index
    from tuireader.store.labels import Labels
    from tuireader.store.links import Links
    from tuireader.store.lists import Lists
    from tuireader.store.marks import Marks
    from tuireader.store.moving import Moving
    from tuireader.store.mutes import Mutes
    from tuireader.store.notices import Notices
    from tuireader.store.packing import Packing
    from tuireader.store.reading import Reading
    from tuireader.store.relations import Relations
    from tuireader.store.retention import Retention
    from tuireader.store.revisions import Revisions
    from tuireader.store.saving import Saving
    from tuireader.store.search import Search
    from tuireader.store.stats import Stats
    from tuireader.store.stories import Stories
    from tuireader.store.watches import Watches

Telling = Callable[[Path, float], None]
"""Hears what share of bringing an older database up to date is done, and where the former one is kept."""

CACHE = 16_000
"""KiB of pages that a connection keeps in memory."""
PATIENCE = 15.0
"""Seconds to wait for another program that is writing."""
_ATTEMPT = 0.1
"""Seconds of one attempt to get the write lock; between two of them the patience may have been changed."""


_MADE_WITH = {
    "reading": ("packing",),
    "index": ("reading",),
    "revisions": ("packing",),
    "saving": ("packing", "index", "revisions"),
    "full_texts": ("packing",),
    "retention": ("reading", "index", "full_texts"),
    "search": ("reading",),
    "moving": ("saving",),
}
"""The rooms that others need."""


def explain(error: sqlite3.Error, path: Path) -> DatabaseError:
    """Put an error of SQLite into words that say what to do."""
    text = str(error)
    name = getattr(error, "sqlite_errorname", None) or text  # errors of the module itself have no name
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseError(f"the database {path} is in use by another program", "try again in a moment")
    if name.startswith("SQLITE_FULL"):
        return DatabaseError(
            f"no space left for the database {path}", "free some disk space; nothing was lost"
        )
    if name.startswith("SQLITE_IOERR"):
        return DatabaseError(
            f"the disk refuses to read or write the database {path}",
            "it may be full, over quota or failing; what was stored before is as it was",
        )
    closed = not os.access(path.parent, os.W_OK) and path.exists()  # a log has to be written beside it
    if name == "SQLITE_READONLY_ROLLBACK":  # the only transaction without a log is the one that makes it
        return DatabaseError(f"making the database {path} was interrupted", "start tuireader to make it")
    if name.startswith("SQLITE_READONLY") or (closed and name.startswith("SQLITE_CANTOPEN")):
        return DatabaseError(
            f"the database {path} is read-only, or its folder is; it was left as it is",
            "make both writable, or name a copy elsewhere with --database",
        )
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return DatabaseError(f"the database {path} cannot be opened", "check that folder and file are yours")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseError(
            f"the database {path} is damaged or no database; it was left as it is",
            "`tuireader db repair` saves what can be read, or name another one with --database",
        )
    return DatabaseError(f"the database {path} failed: {text}", "see the log for more")


@contextmanager
def looked_up(path: Path) -> Iterator[None]:
    """Raise DatabaseError where it cannot be looked up whether a database is there."""
    try:
        yield
    except OSError as error:
        raise DatabaseError(
            f"the database {path} cannot be opened: {error.strerror}", "check its path and its rights"
        ) from None


class Store:
    """Plain, synchronous access over one SQLite connection; not to be shared between threads at a time."""

    # the rooms, each in a file of its name
    feeds: Feeds
    lists: Lists
    packing: Packing
    reading: Reading
    index: Index
    revisions: Revisions
    saving: Saving
    full_texts: FullTexts
    retention: Retention
    marks: Marks
    labels: Labels
    search: Search
    watches: Watches
    stats: Stats
    follows: Follows
    mutes: Mutes
    notices: Notices
    links: Links
    relations: Relations
    stories: Stories
    briefs: Briefs
    moving: Moving

    broken_input = (
        sqlite3.DataError,
        sqlite3.IntegrityError,
        sqlite3.InterfaceError,
        OverflowError,
        UnicodeError,
    )
    """What a bad row raises, as opposed to a bad database: a number too large, a lone surrogate."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self.conn = conn
        self.path = path
        self.patience = PATIENCE  # seconds that a transaction waits for the write lock; any thread may set it

    def __getattr__(self, name: str) -> Any:
        """Open a room at first use: who reads a list needs few of them."""
        kind = Store.__annotations__.get(name)
        if kind is None:
            raise AttributeError(f"a store has no {name!r}")
        module = import_module(f"tuireader.store.{kind.lower()}")
        others = [getattr(self, other) for other in _MADE_WITH.get(name, ())]
        room = getattr(module, kind)(self.conn, *others)
        setattr(self, name, room)
        return room

    @classmethod
    def open(cls, path: Path, *, prepare: bool = True, tell: Telling | None = None) -> Store:
        """Open the database, creating or migrating it first if `prepare`; `tell` hears how far that is.

        Raises DatabaseError when the folder is missing, or the file is damaged, of another program or of
        a newer version; the file is then untouched.
        """
        with looked_up(path):
            if not path.parent.is_dir():
                raise DatabaseError(
                    f"the folder {path.parent} does not exist", "create it, or name another --database"
                )
            fresh = not path.exists() or path.stat().st_size == 0
        if fresh and prepare:
            try:
                path.touch(mode=0o600)
            except OSError as error:
                reason = error.strerror or str(error)
                raise DatabaseError(
                    f"the database {path} cannot be created: {reason}", "check the rights of its folder"
                ) from None
        try:
            conn = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                with _alone(path.parent) if prepare and not _is_prepared(conn) else nullcontext():
                    check_version(conn, path)  # while another process makes it, it is nothing yet
                    if prepare:
                        _prepare(conn, path, tell)
                conn.execute("PRAGMA synchronous = NORMAL")
                conn.execute("PRAGMA foreign_keys = ON")
                conn.execute(f"PRAGMA cache_size = -{CACHE}")
                conn.execute("PRAGMA temp_store = MEMORY")
                # a refresh writes the same pages of the indexes again and again: copy them back less often
                conn.execute("PRAGMA wal_autocheckpoint = 2000")
            except BaseException:
                conn.close()
                raise
        except sqlite3.Error as error:
            raise explain(error, path) from error
        return cls(conn, path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; takes the write lock at once, so that nobody fails half-way."""
        self._begin()
        try:
            yield
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:  # also where the disk had no room for the commit
                self.conn.execute("ROLLBACK")
            raise

    def _begin(self) -> None:
        """Take the write lock, in short attempts, so that the wait can be ended by a lower `patience`."""
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

    def learn(self) -> None:
        """Make or complete a dictionary of the stored texts where it is time; not within a transaction.

        It takes a tenth of a second each time that there are ten times as many articles.
        """
        step = self.packing.dictionaries.step(self.packing.unpack)
        if step is not None:
            with self.transaction():
                step()

    def set_cache(self, kibibytes: int, *, checkpoint: int | None = None) -> None:
        """Keep so many KiB of pages in memory; `checkpoint`: leave so many pages in the write-ahead log."""
        self.conn.execute(f"PRAGMA cache_size = -{kibibytes}")
        if checkpoint is not None:
            self.conn.execute(f"PRAGMA wal_autocheckpoint = {checkpoint}")
            self.conn.execute(f"PRAGMA journal_size_limit = {1 << 20}")  # once it was copied it is cut

    def tidy(self, much: int) -> None:
        """Copy the write-ahead log into the database if it has so many bytes, as far as nobody reads it."""
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.exists() and log.stat().st_size >= much:
            self.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def data_version(self) -> int:
        """A number that changes when another connection has written."""
        return int(self.conn.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Refresh the planner's statistics where they are stale, then close."""
        try:
            self.conn.execute("PRAGMA busy_timeout = 0")
            self.conn.execute("PRAGMA optimize")
        except sqlite3.Error:
            pass  # read-only or busy: statistics can wait
        finally:
            self.conn.close()


def check_version(conn: sqlite3.Connection, path: Path) -> None:
    """Raise DatabaseError unless the file is empty or ours, and of no newer version than this."""
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    application = int(conn.execute("PRAGMA application_id").fetchone()[0])
    if version > schema.VERSION and application == schema.APPLICATION_ID:
        raise DatabaseError(
            f"the database {path} is from a newer tuireader (version {version}, not {schema.VERSION})",
            "update tuireader; the file was left as it is",
        )
    if application != schema.APPLICATION_ID and not _holds_nothing(conn):
        raise DatabaseError(
            f"{path} is not a tuireader database; it was left as it is", "name another one with --database"
        )


def _holds_nothing(conn: sqlite3.Connection) -> bool:
    """Return whether a database is empty, or has but an empty table of migrations.

    Earlier versions left such a file when they were ended while they made it.
    """
    tables = {row[0] for row in conn.execute("SELECT tbl_name FROM sqlite_master")}
    if tables == {schema.MIGRATIONS}:
        return not conn.execute(f"SELECT count(*) FROM {schema.MIGRATIONS}").fetchone()[0]
    return not tables


_PAGE = 8192
"""Bytes of a page of a new database. Texts of 1 to 4 KB leave a sixth of each page of 4 KB empty."""


def _is_prepared(conn: sqlite3.Connection) -> bool:
    current = int(conn.execute("PRAGMA user_version").fetchone()[0]) == schema.VERSION
    return current and conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from making or migrating a database in this folder.

    SQLite's own locks do not wait when two want to change the journal mode. Where a folder cannot be locked,
    they have to do.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _tell_nobody(backup: Path, done: float) -> None:
    pass


def _prepare(conn: sqlite3.Connection, path: Path, tell: Telling | None) -> None:
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    if not version:
        _make(conn)
    if conn.execute("PRAGMA journal_mode").fetchone()[0] != "wal":  # new, or made by a backup
        conn.execute("PRAGMA journal_mode = WAL")
    if 0 < version < schema.VERSION:
        _migrate(conn, path, version, tell or _tell_nobody)


def _make(conn: sqlite3.Connection) -> None:
    """Make all tables in one transaction: interrupted, it leaves an empty file for the next start."""
    if not conn.execute("PRAGMA page_count").fetchone()[0]:
        conn.execute(f"PRAGMA page_size = {_PAGE}")
    conn.execute("BEGIN IMMEDIATE")
    try:
        schema.migrate(conn)
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


def _migrate(conn: sqlite3.Connection, path: Path, version: int, tell: Telling) -> None:
    """Bring an older database up to date, after a copy of it was made."""
    backup = path.with_name(f"{path.name}.v{version}.bak")
    told = partial(tell, backup)
    told(0.0)
    if not _is_copy(backup, version):
        with looked_up(path), files.scratch(path.parent) as new:
            copy_into(conn, new)
            files.publish(new, backup, replace=True)
    schema.migrate(conn, lambda done: told(min(done, 0.99)))
    told(1.0)


def _is_copy(path: Path, version: int) -> bool:
    """Return whether a file is a whole database of a version; earlier versions may have left a part."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as conn:
            told = conn.execute("PRAGMA user_version").fetchone()[0]
            return bool(told == version and conn.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False


def copy_into(conn: sqlite3.Connection, path: Path) -> None:
    """Copy a database, without empty pages, into a new or empty file, whose name may be any bytes."""
    conn.execute("VACUUM INTO CAST(? AS TEXT)", (os.fsencode(path),))
