"""Offline maintenance of a database file: check, back up, reindex, replace.

Everything works on the file and not on a `Store`, because the file may not open. Only `reindex` and `replace`
ever change it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from tuireader import files
from tuireader.errors import DatabaseError
from tuireader.store.compression import UnreadableText
from tuireader.store.database_file import check_version, explain, vacuum_into, wrap_os_errors
from tuireader.store.dictionaries import Dictionaries, is_damage
from tuireader.store.json_columns import evidence_of, thread_of, unpack_extra
from tuireader.store.store import Store
from tuireader.text.wording import counted


class Finding(Struct, frozen=True):
    """The result of one check; `said` gives the number of things checked, `problem` is `""` on success."""

    name: Annotated[str, "Subject of the check."]
    said: str
    problem: str = ""


@contextmanager
def open_read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a read-only connection; raise DatabaseError if the file is missing or fails."""
    with wrap_os_errors(path):
        if not path.is_file():
            problem = "is not a file" if path.exists() else "does not exist"
            raise DatabaseError(f"the database {path} {problem}", "see `tuireader paths`")
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=15, isolation_level=None)) as conn:
            yield conn
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except UnicodeDecodeError:  # SQLite's message quotes a damaged schema
        raise explain(sqlite3.DatabaseError("SQLITE_CORRUPT"), path) from None


def check(path: Path) -> list[Finding]:
    """Check everything in a consistent snapshot of a file.

    Raises DatabaseError if it is missing, locked, from another program or from a newer version.
    """
    try:
        with open_read_only(path) as conn:
            check_version(conn, path)
            conn.execute("BEGIN")  # read one snapshot, even if others write meanwhile
            return [_checked(look, conn) for look in _CHECKS]
    except DatabaseError as error:
        if isinstance(error.__cause__, sqlite3.DatabaseError) and is_damage(error.__cause__):
            return [Finding("file", "", str(error.__cause__))]
        raise


def _checked(look: Callable[[sqlite3.Connection], tuple[str, str]], conn: sqlite3.Connection) -> Finding:
    name = look.__name__.removeprefix("_")
    try:
        return Finding(name, *look(conn))
    except (sqlite3.Error, ValueError) as error:
        return Finding(name, "", f"cannot be read: {error}")


def _count(conn: sqlite3.Connection, rows: str) -> int:
    return int(conn.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])


def _file(conn: sqlite3.Connection) -> tuple[str, str]:
    errors = [str(error) for (error,) in conn.execute("PRAGMA integrity_check(100)")]
    pages, size = (conn.execute(f"PRAGMA page_{part}").fetchone()[0] for part in ("count", "size"))
    problem = "" if errors == ["ok"] else f"{counted(len(errors), 'error')}: {' '.join(errors[0].split())}"
    return f"{counted(pages, 'page')} of {size:,} bytes", problem


def _references(conn: sqlite3.Connection) -> tuple[str, str]:
    tables = [table for table, *_ in conn.execute("PRAGMA foreign_key_check")]
    names = ", ".join(sorted(set(tables)))
    rows = counted(len(tables), f"row of {names} belongs", f"rows of {names} belong")
    problem = f"{rows} to missing ones" if tables else ""
    return f"{counted(_count(conn, 'feed'), 'feed')}, {counted(_count(conn, 'article'), 'article')}", problem


def _texts(conn: sqlite3.Connection) -> tuple[str, str]:
    broken = broken_texts(conn)
    texts, old = _count(conn, "content"), _count(conn, "revision")
    problem = f"{len(broken)} cannot be decompressed, such as that of article {broken[0]}" if broken else ""
    return f"{counted(texts, 'text')}, {counted(old, 'old version')}", problem


def _dictionaries(conn: sqlite3.Connection) -> tuple[str, str]:
    dictionaries = Dictionaries(conn)
    numbers = sorted(dictionaries.numbers())
    damaged = {number: dictionaries.damaged(number) for number in numbers}
    problems = [f"a copy of {number} is damaged" for number, count in damaged.items() if count == 1]
    problems += [f"both copies of {number} are damaged" for number, count in damaged.items() if count > 1]
    return f"{len(numbers)} for compression", "; ".join(problems)


def _search(conn: sqlite3.Connection) -> tuple[str, str]:
    missing = _count(conn, "content WHERE article_id NOT IN (SELECT id FROM search_docsize)")
    left = _count(conn, "search_docsize WHERE id NOT IN (SELECT article_id FROM content)")
    problems = [f"{counted(missing, 'article is', 'articles are')} not in the index"] if missing else []
    over = counted(left, "indexed article does", "indexed articles do")
    problems += [f"{over} not exist"] if left else []
    return f"{_count(conn, 'search_docsize'):,} indexed", "; ".join(problems)


def _matches(conn: sqlite3.Connection) -> tuple[str, str]:
    broken = broken_matches(conn)
    watches, hits = _count(conn, "watch"), _count(conn, "match")
    problem = f"{counted(len(broken), 'match has', 'matches have')} no readable evidence" if broken else ""
    return f"{counted(watches, 'watch', 'watches')}, {counted(hits, 'match', 'matches')}", problem


def _appearances(conn: sqlite3.Connection) -> tuple[str, str]:
    wrong = _count(conn, f"article WHERE sources != {SOURCES}")
    problem = f"{counted(wrong, 'article has', 'articles have')} a wrong number of sources" if wrong else ""
    return f"{counted(_count(conn, 'appearance'), 'entry', 'entries')} of feeds", problem


_CHECKS = (_file, _references, _texts, _dictionaries, _search, _matches, _appearances)

SOURCES = """(1 + (SELECT count(DISTINCT p.feed_id) FROM appearance p
  WHERE p.article_id = article.id AND p.secondary = 1 AND p.feed_id != article.feed_id))"""
"""SQL for the number of feeds that carry an article."""


def broken_texts(conn: sqlite3.Connection) -> list[int]:
    """Return the articles with a text or an old version that cannot be decompressed."""
    broken: list[int] = []
    decompress = Store(conn, Path()).compression.decompress
    variants = "SELECT article_id, summary, html, extra FROM variant"
    has_variants = _count(conn, "sqlite_schema WHERE name = 'variant'")  # from version 7 on
    for sql in (
        "SELECT article_id, summary, html, extra FROM content",
        "SELECT article_id, NULL, html, '{}' FROM revision",
        *([variants] if has_variants else []),
        "SELECT article_id, NULL, html, '{}' FROM full_text",
    ):
        for article_id, summary, html, extra in conn.execute(sql):
            try:
                decompress(summary), decompress(html), unpack_extra(extra)
            except (UnreadableText, ValueError, TypeError, AttributeError):
                broken.append(article_id)
    for article_id, at, packed in conn.execute("SELECT article_id, at, packed FROM comments"):
        try:
            thread_of(at, decompress(packed))
        except (UnreadableText, ValueError, TypeError):
            broken.append(article_id)
    return broken


def broken_matches(conn: sqlite3.Connection) -> list[tuple[int, int]]:
    """Return (watch, article) of each match whose evidence cannot be read."""
    broken: list[tuple[int, int]] = []
    for watch_id, article_id, evidence in conn.execute("SELECT watch_id, article_id, evidence FROM match"):
        try:
            evidence_of("", evidence)
        except (ValueError, TypeError):
            broken.append((watch_id, article_id))
    return broken


def reindex(path: Path) -> int:
    """Rebuild the full-text index from the stored texts; return the number of indexed articles."""
    with open_read_only(path):  # do not create a missing file
        pass
    try:
        with closing(Store.open(path)) as store, store.transaction():
            return store.index.rebuild()
    except sqlite3.Error as error:
        raise explain(error, path) from error


_PIECE = 1 << 20  # bytes written to a stream at a time


def backup(path: Path, target: Path) -> int:
    """Copy a database that others may be using into a new file; return the size of the copy in bytes.

    The copy is a consistent snapshot without empty pages, readable only by its owner, and gets its name when
    it is complete. For a device or a pipe, the copy is first made beside the database. Raises DatabaseError
    if the file already exists or copying fails, and then leaves no copy.
    """
    with open_read_only(path) as conn, new_database(target, beside=path) as new:
        check_version(conn, path)
        try:
            vacuum_into(conn, new)
            with closing(sqlite3.connect(new, isolation_level=None)) as copy:
                if Dictionaries(copy).numbers():
                    Dictionaries(copy).separate_copies()
        except sqlite3.Error as error:
            if is_damage(error):
                raise
            raise explain(error, target) from error
        return new.stat().st_size


@contextmanager
def new_database(target: Path, beside: Path) -> Iterator[Path]:
    """Yield a scratch file for a new database; at the end, name it or write it to a stream.

    For a stream, the scratch file is in the folder of `beside`. Raises DatabaseError if `target` exists or
    cannot be written.
    """
    with DatabaseError.from_os(f"{target} cannot be written", "check its folder"):
        try:
            stream = files.is_stream(target)
            if not stream and os.path.lexists(target):
                raise FileExistsError
            files.sweep((beside if stream else target).parent)
            with files.scratch((beside if stream else target).parent) as new:
                try:
                    yield new
                    if stream:
                        with new.open("rb") as file:
                            files.write(target, iter(partial(file.read, _PIECE), b""))
                    else:
                        files.publish(new, target)
                finally:
                    for end in ("-journal", "-wal", "-shm"):
                        new.with_name(new.name + end).unlink(missing_ok=True)
        except FileExistsError:
            raise DatabaseError(
                f"{target} already exists", "choose another file; nothing was written"
            ) from None


def replace(path: Path, new: Path) -> Path:
    """Replace a database by another file; return the name under which the old one is kept.

    Raises DatabaseError if a program has the database open.
    """
    if in_use(path):
        raise DatabaseError(f"a program has {path} open", "close tuireader everywhere, then try again")
    kept = free_name(path, "damaged")
    try:
        kept.hardlink_to(path)  # at no time is the database missing
    except OSError:  # not every file system has hard links
        path.rename(kept)
    with suppress(FileNotFoundError):  # the new database would use the old WAL
        path.with_name(f"{path.name}-wal").rename(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    new.replace(path)
    return kept


def free_name(path: Path, end: str) -> Path:
    """Return an unused name beside `path`: `news.db.damaged`, `news.db.damaged-2`, …"""
    name, number = path.with_name(f"{path.name}.{end}"), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}.{end}-{number}")
    return name


_DMS = 128  # byte of the `-shm` file that every connection locks (UNIX_SHM_DMS in SQLite's os_unix.c)


def in_use(path: Path) -> bool:
    """Return whether another program has a database open; this process must not have it open."""
    try:
        file = path.with_name(f"{path.name}-shm").open("r+b")
    except OSError:
        return False
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _DMS)
        except OSError:
            return True
    return False
