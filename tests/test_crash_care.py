"""Killed while it migrates, purges, relates or tells: the next start goes on, nothing is lost or told twice.

`tests/test_crash.py` kills what fetches and stores. Here the moment is the size of a file that grows, the
line of progress that was printed, or the very command that is told.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import entry, item, open_store, rss, save
from tests.cli.command import Home, run_apart, subscribe
from tests.processes import ended
from tests.store.test_migrations import make_version_1
from tests.web import Web, in_thread
from tuireader.errors import Exit
from tuireader.store import maintenance, schema

pytestmark = pytest.mark.slow

ARTICLES = 1200
SEEDS = 6


def started(home: Home, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tuireader", *home.arguments(*words)]
    return subprocess.Popen(
        command, env=home.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )


def killed_at(child: subprocess.Popen[bytes], file: Path, size: int) -> bool:
    """Kill a process once a file has that size; False when it had ended by then."""
    with child:
        while not ended(child, 0.001) and not (file.exists() and file.stat().st_size >= size):
            pass
        was_running = child.poll() is None
        child.kill()
    return was_running


def problems(database: Path) -> list[str]:
    return [finding.problem for finding in maintenance.check(database) if finding.problem]


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as conn:
        return list(conn.execute(sql))


def copied(database: Path, folder: Path) -> Home:
    """A home with that database. A copy by SQLite has what lies in the write-ahead log, too."""
    home = Home(folder)
    folder.mkdir()
    subscribe(home, "https://feed1.example.org/rss", "https://feed2.example.org/rss")
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(home.database)) as new:
        old.backup(new)
    return home


@pytest.fixture(scope="module")
def version_1(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of version 1 with many articles, a fifth of them read and some starred."""
    folder = tmp_path_factory.mktemp("version-1")
    make_version_1(
        folder, more=[entry(n, content_html=f"<p>{f'Word{n} ' * 200}</p>") for n in range(4, ARTICLES)]
    )
    with closing(sqlite3.connect(folder / "test.db")) as conn:
        conn.execute("UPDATE article SET read = 1 WHERE id % 5 = 0")
        conn.execute("UPDATE article SET starred = 1 WHERE id % 7 = 0")
        conn.commit()
    return folder / "test.db"


MARKS = "SELECT id, title, read, starred FROM article ORDER BY id"


def test_a_migration_may_be_killed_at_any_moment(version_1: Path, tmp_path: Path) -> None:
    before = rows(version_1, MARKS)
    kills = untouched = 0
    for seed in range(SEEDS):
        home = copied(version_1, tmp_path / str(seed))
        chance = random.Random(seed)
        name, most = (".v1.bak", 2_000_000) if seed % 3 == 0 else ("-wal", 600_000)
        file = home.database.with_name(f"{home.database.name}{name}")
        kills += killed_at(started(home, "list"), file, chance.randrange(1, most))
        version = rows(home.database, "PRAGMA user_version")[0][0]
        untouched += version == 1
        assert version in range(1, schema.VERSION + 1)
        assert rows(home.database, MARKS) == before
        assert run_apart(home, "list", "--limit", "1").code == Exit.OK
        assert rows(home.database, "PRAGMA user_version") == [(schema.VERSION,)]
        assert rows(home.database, MARKS) == before
        assert problems(home.database) == []
    assert kills >= SEEDS // 2 and untouched


@pytest.fixture(scope="module")
def old_news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of many old articles with long texts, some starred, all but a few read."""
    store = open_store(tmp_path_factory.mktemp("old"))
    words = random.Random(0)
    save(
        store,
        1,
        *(
            entry(n, content_html=f"<p>{' '.join(f'w{words.randrange(10**6)}' for _ in range(150))}</p>")
            for n in range(ARTICLES)
        ),
    )
    with store.transaction():
        store.conn.execute("UPDATE article SET read = 1 WHERE id % 10 != 0")
        store.conn.execute("UPDATE article SET starred = 1 WHERE id % 7 = 0")
    store.close()
    return Path(store.path)


KEPT = "SELECT article_id FROM content WHERE article_id IN (SELECT id FROM article WHERE starred OR NOT read)"


def test_a_purge_may_be_killed_at_any_moment(old_news: Path, tmp_path: Path) -> None:
    marks, kept = rows(old_news, MARKS), rows(old_news, KEPT)
    kills = half_way = 0
    for seed in range(SEEDS):
        home = copied(old_news, tmp_path / str(seed))
        log = home.database.with_name(f"{home.database.name}-wal")
        size = random.Random(seed).randrange(1, 1_500_000)
        kills += killed_at(started(home, "purge", "--older-than", "1d", "--yes"), log, size)
        assert problems(home.database) == []
        left = len(rows(home.database, "SELECT article_id FROM content"))
        half_way += len(kept) < left < ARTICLES
        assert (rows(home.database, MARKS), rows(home.database, KEPT)) == (marks, kept)
        assert run_apart(home, "purge", "--older-than", "1d", "--yes").code == Exit.OK
        assert problems(home.database) == []
        assert (rows(home.database, MARKS), rows(home.database, KEPT)) == (marks, kept)
        assert len(rows(home.database, "SELECT article_id FROM content")) == len(kept)
    assert kills >= SEEDS // 2


@pytest.fixture
def web() -> Iterator[Web]:
    with in_thread() as server:
        yield server


def news(web: Web, many: int) -> str:
    story = "The ministry of Wind in Town{} closes the bridge of Stone{}"
    entries = [item(f"g{n}", story.format(n // 3, n // 3), "<p>triple</p>") for n in range(many)]
    return web.serve("/feed", rss("Feed", entries))


def test_relating_may_be_killed_after_any_step(web: Web, tmp_path: Path) -> None:
    url = news(web, 400)
    for seed in range(3):
        home = Home(tmp_path / str(seed))
        home.folder.mkdir()
        subscribe(home, url)
        with started(home, "refresh", "--json") as child:
            assert child.stdout is not None
            steps = 0
            for line in child.stdout:
                steps += b'"relating"' in line
                if steps > seed:
                    break
            child.kill()
        waiting = "SELECT count(*) FROM article WHERE id NOT IN (SELECT article FROM profile)"
        assert problems(home.database) == []
        assert rows(home.database, waiting)[0][0]
        assert run_apart(home, "refresh").code == Exit.OK
        assert rows(home.database, waiting) == [(0,)]
        assert rows(home.database, "SELECT count(*) FROM article") == [(400,)]
        assert problems(home.database) == []


@pytest.mark.parametrize("dies", ["the program", "the command"])
def test_what_is_killed_while_it_tells_tells_nothing_twice(web: Web, tmp_path: Path, dies: str) -> None:
    home = Home(tmp_path)
    told = tmp_path / "told"
    end = "kill -9 $PPID" if dies == "the program" else "kill -9 $$"
    command = f'["sh", "-c", "(cat; echo) >> {told}; {end}"]'
    watch = f"""
[[watch]]
name = "Third"
any = ["triple"]
notify = "article"
[notify]
desktop = false
command = {command}
"""
    subscribe(home, news(web, 3), more=watch)
    code = run_apart(home, "refresh").code
    assert code == (-signal.SIGKILL if dies == "the program" else Exit.NOT_NOTIFIED)
    assert problems(home.database) == []
    lines = told.read_text(encoding="utf-8").splitlines()
    home.config.write_text(home.config.read_text(encoding="utf-8").replace(end, "true"), encoding="utf-8")
    assert run_apart(home, "refresh").code == Exit.OK
    assert run_apart(home, "refresh").code == Exit.OK
    again = told.read_text(encoding="utf-8").splitlines()
    if dies == "the program":
        assert again == lines
    else:  # a command that fails has not told: it is run once more
        assert len(again) == 2 * len(lines)
