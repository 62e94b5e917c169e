"""Killed, ended or out of space while a new store is made: the next start makes it, and it is whole.

`TUIREADER_KILLS=700 python -m pytest -s -o faulthandler_timeout=0 tests/test_crash_making.py -k any_moment`
tries more moments and prints the result.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.builders import entry, open_store, save
from tests.cli.command import Home, Told, run_apart, run_here, start_apart, subscribe
from tests.locks import small_disk
from tests.processes import end_once, ended, grown, problems, rows, start
from tests.store.test_maintenance import spoil
from tuireader.errors import DatabaseError, Exit
from tuireader.store import Store, schema

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TUIREADER_KILLS", "3"))
Capture = pytest.CaptureFixture[str]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
EMPTY = "tuireader: there are no feeds yet (start tuireader to choose some, or: tuireader add URL)\n"


@contextmanager
def making(home: Home, seed: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command in an empty home, one in five fills the demo; yields when the file is there."""
    home.folder.mkdir()
    demo = [] if seed % 5 else ["--demo"]
    words = [*demo, "--database", str(home.database), "list"]
    nothing = subprocess.DEVNULL
    with start(
        words, home.environment() | {"HOME": str(home.folder)}, stdout=nothing, stderr=nothing
    ) as child:
        while not home.database.exists() and not ended(child, 0.001):
            pass
        yield child


def seconds_from_file_to_end(home: Home, seed: int) -> float:
    """Time a command that nobody ends, on this machine."""
    with making(home, seed) as child:
        began = time.monotonic()
        child.wait()
    return time.monotonic() - began


def ended_in_the_middle(home: Home, seed: int, seconds: float) -> bool:
    """Start a command and end it a moment after the file is there; False when it had ended by then."""
    chance = random.Random(seed)
    with making(home, seed) as child:
        was_running = not ended(child, chance.uniform(0.0, seconds))
        child.send_signal(chance.choice(SIGNALS))
    return was_running


def state(database: Path) -> str:
    """What is left behind: an empty database (also by an interrupted commit), a part or the whole."""
    ((version,),) = rows(database, "PRAGMA user_version")
    ((tables,),) = rows(database, "SELECT count(*) FROM sqlite_master")
    if version == schema.VERSION:
        return "whole"
    return "a part" if version or tables else "empty"


def usable(database: Path) -> bool:
    try:
        Store.open(database).close()
    except DatabaseError:
        return False
    return not problems(database)


def test_the_making_of_a_store_may_be_ended_at_any_moment(tmp_path: Path) -> None:
    left: Counter[str] = Counter()
    unusable, in_time = [], 0
    lasts = [seconds_from_file_to_end(Home(tmp_path / f"whole {seed}"), seed) for seed in (0, 1)]
    for seed in range(KILLS):
        home = Home(tmp_path / str(seed))
        in_time += ended_in_the_middle(home, seed, lasts[bool(seed % 5)])
        left[state(home.database)] += 1
        if not usable(home.database):
            unusable.append(seed)
    print(f"\n{in_time} of {KILLS} ended in time, left behind: {dict(left)}, unusable: {len(unusable)}")
    assert unusable == [] and set(left) <= {"empty", "whole"}
    assert in_time >= KILLS // 2


def empty_home(folder: Path) -> Home:
    home = Home(folder)
    subscribe(home)
    return home


# --------------------------------------------------------------------------- what former versions left


def leftover(path: Path, kind: str) -> None:
    """Files as versions that made a store in several transactions left them when they were ended."""
    if kind == "no bytes":
        path.touch()
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA page_size = 8192")
        conn.execute("PRAGMA journal_mode = WAL")
        if kind in ("migrations", "log"):
            conn.execute(
                f"CREATE TABLE {schema.MIGRATIONS} (id INTEGER PRIMARY KEY, migration_set, name, applied_at)"
            )
        if kind == "migrations":
            conn.execute(f"CREATE UNIQUE INDEX one ON {schema.MIGRATIONS} (migration_set, name)")
        if kind == "log":  # as after a kill: the log was not copied
            log = path.with_name(f"{path.name}-wal")
            kept = path.read_bytes(), log.read_bytes()
    if kind == "log":
        path.write_bytes(kept[0])
        log.write_bytes(kept[1])


@pytest.mark.parametrize("kind", ["no bytes", "header", "migrations", "log"])
def test_a_half_made_file_is_made_anew(tmp_path: Path, capsys: Capture, kind: str) -> None:
    home = empty_home(tmp_path)
    leftover(home.database, kind)
    assert run_here(home, capsys, "list") == Told(Exit.OK, "", EMPTY)
    assert usable(home.database)


@pytest.mark.parametrize("end", ["-wal", "-journal", "-shm"])
def test_what_lies_beside_a_missing_file_is_no_trouble(tmp_path: Path, end: str) -> None:
    home = Home(tmp_path)
    home.database.with_name(f"{home.database.name}{end}").write_bytes(os.urandom(5000))
    assert usable(home.database)


def test_migrations_of_another_program_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    leftover(path, "migrations")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"INSERT INTO {schema.MIGRATIONS} VALUES (1, 'other', '0001', 'today')")
        conn.commit()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="not a tuireader database"):
        Store.open(path)
    assert path.read_bytes() == before


# --------------------------------------------------------------------------- no space


@pytest.mark.parametrize("kilobytes", (20, 100, 180, 260))
def test_a_full_disk_is_told_and_a_store_is_made_once_there_is_space(
    tmp_path: Path, capsys: Capture, kilobytes: int
) -> None:
    with small_disk(tmp_path, kilobytes) as disk:
        home = empty_home(disk.folder)
        told = run_here(home, capsys, "list")
        assert told.code in (Exit.OK, Exit.DATABASE), told.err
        if told.code:
            assert told.err.startswith("tuireader: ") and told.err.count("\n") == 1
        disk.resize(4000)
        assert run_here(home, capsys, "list") == Told(Exit.OK, "", EMPTY)
        assert usable(home.database)


@pytest.mark.usefixtures("uncounted")
@pytest.mark.parametrize("size", [1, 8_192, 50_000, 300_000])
def test_a_limit_of_the_size_of_files_is_told_and_leaves_nothing_unusable(
    tmp_path: Path, capsys: Capture, size: int
) -> None:
    home = empty_home(tmp_path)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    told = run_apart(home, "list", before=limited)
    assert told.code == Exit.DATABASE and told.err.count("\n") == 1, told.err
    assert run_here(home, capsys, "list") == Told(Exit.OK, "", EMPTY)
    assert usable(home.database)


# --------------------------------------------------------------------------- copies and repairs


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a database of some megabytes, and a page of it damaged in a copy."""
    home = empty_home(tmp_path_factory.mktemp("large"))
    store = open_store(home.folder)
    chance = random.Random(1)
    texts = (f"<p>{chance.randbytes(7000).hex()}</p>" for _ in range(300))
    save(store, 1, *(entry(n, content_html=text) for n, text in enumerate(texts)))
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    store.path.rename(home.database)
    return home


def ended_once_large(home: Home, size: int, *words: str) -> bool:
    """Start a command and end it once a file that it makes has this size; False when it had ended by then."""
    number = random.Random(size).choice(SIGNALS)
    return end_once(start_apart(home, *words), lambda: grown(home.folder, ".tuireader-*", size), number)


def test_a_copy_that_is_ended_has_no_name_and_stands_in_no_way(large: Home, capsys: Capture) -> None:
    in_time, most = 0, large.database.stat().st_size
    for number in range(3):
        copy = large.folder / f"copy{number}.db"
        in_time += ended_once_large(large, 1 + number * most // 3, "db", "backup", str(copy))
        if not copy.exists():
            assert run_here(large, capsys, "db", "backup", str(copy)).code == Exit.OK
        assert problems(copy) == []
    assert in_time > 1


def test_a_repair_that_is_ended_leaves_nothing_that_looks_repaired(
    large: Home, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "home"
    shutil.copytree(large.folder, folder)
    home = Home(folder)
    spoil(home.database, "content", lambda pages: pages[3:5])
    damaged = home.database.read_bytes()
    in_time = 0
    for number in range(3):
        in_time += ended_once_large(home, 1 + number * len(damaged) // 6, "db", "repair")
        assert home.database.read_bytes() == damaged
    repaired = list(folder.glob("*.repaired*"))
    # one of each repair that was too quick, and of one that was done when the signal came
    assert in_time > 1 and 3 - in_time <= len(repaired) < 3
    assert all(problems(one) == [] for one in repaired)
    assert run_here(home, capsys, "db", "repair", "--yes").code == Exit.OK
    assert usable(home.database) and problems(home.database) == []
