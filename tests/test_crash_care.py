"""Killed while it migrates, purges, relates or tells: the next start goes on, nothing is lost or told twice.

`tests/test_crash.py` kills what fetches and stores. Here the moment is a number of steps of SQLite, the line
of progress that was printed, or the very command that is told.
"""

from __future__ import annotations

import json
import random
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.builders import entry, item, open_store, rss, save
from tests.cli.command import Home, run_apart, run_here, start_apart, subscribe
from tests.processes import after_steps, end_once, in_a_fork, problems, rows, start
from tests.store.test_migrations import make_version_1
from tests.web import Web
from tuireader.errors import Exit
from tuireader.store import schema

pytestmark = pytest.mark.slow

ARTICLES = 300
Capture = pytest.CaptureFixture[str]


def copied(database: Path, folder: Path) -> Home:
    """A home with that database. A copy by SQLite has what lies in the write-ahead log, too."""
    home = Home(folder)
    folder.mkdir()
    subscribe(home, "https://feed1.example.org/rss", "https://feed2.example.org/rss")
    with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(home.database)) as new:
        old.backup(new)
    return home


def killed_after(home: Home, thousands: int, *words: str) -> bool:
    """Let a command kill itself after so many thousand steps of SQLite; False when it had ended by then."""
    arguments, environment = home.arguments(*words), home.environment()
    with start(arguments, environment, before=after_steps(thousands)) as child:
        child.communicate()
    return child.returncode == -signal.SIGKILL


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


@in_a_fork
def test_a_migration_may_be_killed_at_any_moment(version_1: Path, tmp_path: Path, capsys: Capture) -> None:
    before = rows(version_1, MARKS)
    versions = list[int]()
    for thousands in (1, 8, 25, 40):
        home = copied(version_1, tmp_path / str(thousands))
        assert killed_after(home, thousands, "list")
        versions += rows(home.database, "PRAGMA user_version")[0]
        assert rows(home.database, MARKS) == before
        assert run_here(home, capsys, "list", "--limit", "1").code == Exit.OK
        assert rows(home.database, "PRAGMA user_version") == [(schema.VERSION,)]
        assert rows(home.database, MARKS) == before
        assert problems(home.database) == []
    assert versions[:2] == [1, 1] and max(versions) > 1


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


@in_a_fork
def test_a_purge_may_be_killed_at_any_moment(old_news: Path, tmp_path: Path, capsys: Capture) -> None:
    marks, kept = rows(old_news, MARKS), rows(old_news, KEPT)
    purge = ("purge", "--older-than", "1d", "--yes")
    for thousands in (3, 60, 120):
        home = copied(old_news, tmp_path / str(thousands))
        assert killed_after(home, thousands, *purge)
        assert problems(home.database) == []
        assert (rows(home.database, MARKS), rows(home.database, KEPT)) == (marks, kept)
        assert run_here(home, capsys, *purge).code == Exit.OK
        assert problems(home.database) == []
        assert (rows(home.database, MARKS), rows(home.database, KEPT)) == (marks, kept)
        assert len(rows(home.database, "SELECT article_id FROM content")) == len(kept)


def news(web: Web, many: int) -> str:
    story = "The ministry of Wind in Town{} closes the bridge of Stone{}"
    entries = [item(f"g{n}", story.format(n // 3, n // 3), "<p>triple</p>") for n in range(many)]
    return web.serve("/feed", rss("Feed", entries))


def test_relating_may_be_killed_after_any_step(web: Web, tmp_path: Path, capsys: Capture) -> None:
    url = news(web, 200)
    for after in (1, 3):
        home = Home(tmp_path / str(after))
        home.folder.mkdir()
        subscribe(home, url)
        child = start_apart(home, "refresh", "--json")
        assert child.stdout is not None
        steps = 0
        while steps < after:
            steps += b'"relating"' in child.stdout.readline()
        end_once(child, lambda: True)
        waiting = "SELECT count(*) FROM article WHERE id NOT IN (SELECT article FROM profile)"
        assert problems(home.database) == []
        assert rows(home.database, waiting)[0][0]
        assert run_here(home, capsys, "refresh").code == Exit.OK
        assert rows(home.database, waiting) == [(0,)]
        assert rows(home.database, "SELECT count(*) FROM article") == [(200,)]
        assert problems(home.database) == []


@pytest.mark.parametrize("dies", ["the program", "the command"])
def test_what_is_killed_while_it_tells_tells_nothing_twice(
    web: Web, tmp_path: Path, capsys: Capture, dies: str
) -> None:
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
    assert code == (-signal.SIGKILL if dies == "the program" else Exit.OK)
    assert problems(home.database) == []
    lines = told.read_text(encoding="utf-8").splitlines()
    home.config.write_text(home.config.read_text(encoding="utf-8").replace(end, "true"), encoding="utf-8")
    if dies == "the command":  # it may have told before it failed
        assert run_here(home, capsys, "outbox", "--retry", "1").code == Exit.OK
    assert run_here(home, capsys, "refresh").code == Exit.OK
    assert run_here(home, capsys, "refresh").code == Exit.OK
    first, again = (json.loads(line) for line in told.read_text(encoding="utf-8").splitlines() if line)
    assert [first["repeated"], again["repeated"]] == [False, True] and len(lines) == 1
    assert again == {**first, "repeated": True}
