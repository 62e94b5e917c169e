"""Opening: new, newer, foreign and damaged files, and what is said of them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import entry, open_store, save
from tests.processes import PATIENCE, at_once
from tuireader.errors import DatabaseError, Exit
from tuireader.store import Pool, Store
from tuireader.store.database_file import CACHE, explain


def refused(path: Path) -> str:
    """The words with which `path` is refused; the file must be untouched by it."""
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        Store.open(path)
    assert path.read_bytes() == before
    assert caught.value.exit_code == Exit.DATABASE
    return str(caught.value)


def test_a_new_database_is_private_and_in_wal_mode(store: Store) -> None:
    assert store.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store.conn.execute("PRAGMA page_size").fetchone()[0] == 8192
    assert store.path.stat().st_mode & 0o777 == 0o600


def test_no_text_leaves_the_database_for_a_temporary_file_and_no_write_waits_for_the_disk(
    store: Store,
) -> None:
    """Each connection keeps its temporary tables, which hold texts, in memory."""
    expected = {
        "temp_store": 2,
        "synchronous": 1,
        "foreign_keys": 1,
        "cache_size": -CACHE,
        "wal_autocheckpoint": 2000,
    }
    assert {name: store.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in expected} == expected


def test_an_up_to_date_database_opens_without_sqlite_utils(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from tuireader.store import Store;"
        f"Store.open(Path({str(store.path)!r})).close(); print('sqlite_utils' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "test.db").touch()
    store = open_store(tmp_path)
    assert save(store, 1, entry(1))[0] == [1]
    store.close()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"the folder .*missing does not exist"):
        Store.open(tmp_path / "missing" / "x.db")


def test_a_newer_version_is_refused(store: Store) -> None:
    store.conn.execute("PRAGMA journal_mode = DELETE")
    store.conn.execute("PRAGMA user_version = 9999")
    store.close()
    assert "newer tuireader" in refused(store.path)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as conn:
        conn.execute("CREATE TABLE notes (x)")
    assert "not a tuireader database" in refused(tmp_path / "other.db")


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(os.urandom(8192))
    assert "damaged or not a database" in refused(tmp_path / "x.db")


async def test_a_database_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.write_bytes(b"no database" * 1_000)
    before = {*threading.enumerate()}
    with pytest.raises(DatabaseError):
        await Pool.open(path)
    threads = {*threading.enumerate()} - before
    for thread in threads:
        thread.join(5 * PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (sqlite3.ProgrammingError("Recursive use"), "failed: Recursive use", "see the log"),
        (sqlite3.OperationalError("no such table: x"), "failed: no such table: x", "see the log"),
    ],
)
def test_an_error_without_words_of_its_own_leads_to_the_log(
    error: sqlite3.Error, message: str, hint: str, tmp_path: Path
) -> None:
    explained = explain(error, tmp_path / "x.db")
    assert message in explained.message and str(tmp_path / "x.db") in explained.message
    assert hint in explained.hint


async def test_a_damaged_page_is_told_in_words(store: Store) -> None:
    save(store, 1, *(entry(n, content_html="x" * 300) for n in range(1, 400)))
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.conn.execute("PRAGMA journal_mode = DELETE")
    store.close()
    data = bytearray(store.path.read_bytes())
    data[8192:] = bytes(byte ^ 0x5A for byte in data[8192:])
    store.path.write_bytes(data)
    with pytest.raises(DatabaseError, match="damaged"):
        pool = await Pool.open(store.path)
        try:
            await pool.read(lambda store: store.conn.execute("PRAGMA integrity_check").fetchall())
            await pool.read(lambda store: store.lists.counts(0))
        finally:
            await pool.close()


def test_two_connections_write_in_turn(store: Store) -> None:
    with closing(Store.open(store.path)) as other:
        version = store.data_version()
        save(other, 1, entry(1))
        save(store, 1, entry(2))
        save(other, 1, entry(3))
        assert store.data_version() != version
        assert len(other.lists.rows([1, 2, 3])) == 3


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.entries.save(1, [entry(1)], 0)
        raise ZeroDivisionError
    assert store.lists.rows([1]) == []


def test_several_processes_make_one_database_at_the_same_time(tmp_path: Path) -> None:
    def make() -> None:
        for number in range(8):
            Store.open(tmp_path / f"{number}.db").close()

    assert at_once([make] * 4) == [0] * 4


async def test_what_is_written_is_copied_into_the_database_when_it_is_much(store: Store) -> None:
    save(store, 1, *(entry(n, content_html=f"{n} " * 50) for n in range(1, 200)))
    store.close()
    copy = store.path.with_name("copy.db")

    def copied() -> int:
        """How many are read in the file itself, without the log beside it."""
        copy.write_bytes(store.path.read_bytes())
        with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as conn:
            return int(conn.execute("SELECT count(*) FROM article WHERE read = 1").fetchone()[0])

    pool = await Pool.open(store.path)
    try:
        await pool.limit_cache()
        await pool.write(lambda store: store.conn.execute("UPDATE article SET read = 1"))
        await pool.checkpoint()
        assert copied() == 0  # that little stays in the log
        await pool.count(lambda store: store.checkpoint(1))
        assert copied() == 199
        cache = await pool.read(lambda store: store.conn.execute("PRAGMA cache_size").fetchone()[0])
        assert -CACHE < cache < 0
    finally:
        await pool.close()


async def test_what_nobody_waits_for_any_more_ends(tmp_path: Path) -> None:
    pool = await Pool.open(tmp_path / "test.db")
    endless = "WITH RECURSIVE n(i) AS (SELECT begun() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def count(store: Store) -> None:
        store.conn.create_function("begun", 0, lambda: bool(loop.call_soon_threadsafe(begun.set)))
        store.conn.execute(endless)

    task = asyncio.create_task(pool.read_or_stop(count))
    await begun.wait()
    waiting = asyncio.create_task(pool.read_or_stop(lambda store: store.conn.execute("SELECT 7").fetchone()))
    task.cancel()
    assert await waiting == (7,)  # only the cancelled one was stopped
    await pool.close()
