"""Tables as sqlite-utils migrations; each is applied once, in order, in its own transaction.

Light and heavy data are separate: rows of `article` (columns for lists, marks, keys) are kept, rows of
`content` may be purged. `search` is a contentless FTS5 index: its `delete` command needs the indexed words,
which are derived again from the stored texts, so a migration must rebuild it (`Index.rebuild`) whenever the
folding of words changes.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlite_utils import Database

APPLICATION_ID = 0x74756972  # "tuir"
VERSION = 18
"""Newest schema; stored as `PRAGMA user_version`, so that a current database opens without sqlite-utils."""

MIGRATIONS = "_sqlite_migrations"
"""Table of sqlite-utils for applied migrations."""

_MIGRATIONS = Path(__file__).with_name("migrations")
"""Folder with the SQL of each migration."""


def _functions(conn: sqlite3.Connection, report: Callable[[float], None]) -> dict[str, Callable[[], object]]:
    """Map names of migrations to what they do after their SQL."""
    from tuireader.store.articles.enclosures import ENCLOSURES
    from tuireader.store.connection import Connection
    from tuireader.store.lists.index import Index
    from tuireader.store.marks.labels import Labels
    from tuireader.store.watches.records import Records

    store = Connection(conn, Path())
    return {
        "0005_symbols_in_the_index": partial(Index(store).rebuild, report, variants=False),
        "0006_labels": Labels(store).migrate_flags,
        "0008_sources": lambda: [conn.execute(statement) for statement in ENCLOSURES],
        "0015_cases": Records(store).seal,
    }


def _statements(sql: str) -> Iterator[str]:
    """Split SQL into statements, each of which begins on a line of its own."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def migrate(conn: sqlite3.Connection, report: Callable[[float], None] = lambda done: None) -> None:
    """Migrate an empty or older database to `VERSION`; an interrupted migration is rolled back.

    `report` is called with the share of long migrations done so far.
    """
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations, functions = Migrations("tuireader"), _functions(conn, report)

    def add(version: int, path: Path) -> None:
        @migrations(name=path.stem)
        def step(db: Database) -> None:
            for statement in _statements(path.read_text("utf-8")):
                db.execute(statement)
            if then := functions.get(path.stem):
                then()
            db.execute(f"PRAGMA user_version = {version}")

    for version, path in enumerate(sorted(_MIGRATIONS.glob("*.sql")), 1):
        add(version, path)
    migrations.apply(Database(conn, execute_plugins=False))
