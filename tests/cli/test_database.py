"""`tuireader purge` and `tuireader db`, and what is said when the database cannot be used."""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, Run, Told, run_apart, subscribe
from tests.locks import mounted, small_disk
from tests.processes import start, unmeasured
from tests.store.test_maintenance import change, problems, spoil
from tests.web import Web
from tuireader.errors import Exit

WATCH = '[[watch]]\nname = "W"\nany = ["WeChat"]\n'


def document(articles: int, *, first: int = 0) -> bytes:
    chance = random.Random(first)
    texts = (
        f"<p>{'WeChat' if n % 5 == 0 else 'Text'} {chance.randbytes(400).hex()}</p>" for n in range(articles)
    )
    return rss("Good News", [item(str(n), f"Title {n}", text) for n, text in enumerate(texts, first)])


@pytest.fixture
def filled(web: Web, home: Home, run: Run) -> Home:
    """A home with 60 articles of one feed, every fifth on a watch, all unread."""
    subscribe(home, web.serve("/f", document(60)), more=WATCH)
    assert run("refresh").code == Exit.OK
    return home


def read_all(home: Home) -> None:
    change(home.database, "UPDATE article SET read = 1")


def untouched(home: Home) -> bytes:
    """The database without its log, to be compared."""
    change(home.database, "PRAGMA wal_checkpoint(TRUNCATE)")
    return home.database.read_bytes()


def test_a_purge_asks_first_and_can_be_tried(filled: Home, run: Run) -> None:
    assert run("purge").code == Exit.USAGE
    assert run("purge", "--older-than", "soon").code == Exit.USAGE
    purge = ("purge", "--older-than", "90d")
    assert run(*purge, "--dry-run").out.startswith("would drop the texts of 0 articles")
    assert "of 0 articles" in run("purge", "--keep", "0", "--dry-run").out  # all are unread
    assert "of 48 articles" in run("purge", "--keep", "0", "--unread", "--dry-run").out
    read_all(filled)
    planned = run(*purge, "--keep", "10", "--dry-run").out
    assert planned.startswith("would drop the texts of 40 articles of 1 feed, ")
    refused = run(*purge, "--keep", "10")
    assert refused.code == Exit.USAGE and "--yes" in refused.err
    assert run(*purge, "--keep", "10", "--yes").out == planned.replace("would drop", "dropped")
    assert len(run("list", "--limit", "100").out.splitlines()) == 60
    assert run("db", "check").code == Exit.OK


def test_check_prints_a_line_for_each_thing(filled: Home, run: Run) -> None:
    told = run("db", "check")
    assert (told.code, told.err) == (Exit.OK, "")
    lines = told.out.splitlines()
    assert len(lines) == 7 and all(line.startswith("ok   ") for line in lines)
    assert "ok   references: 1 feed, 60 articles" in lines
    assert "ok   matches: 1 watch, 12 matches" in lines


def test_backup(filled: Home, run: Run) -> None:
    copy = filled.folder / "copy.db"
    told = run("db", "backup", str(copy))
    assert told.out == f"{copy}\n" and told.err.startswith("copied ")
    assert problems(copy) == {}
    again = run("db", "backup", str(copy))
    assert again.code == Exit.DATABASE and "already exists" in again.err
    named = Path(run("db", "backup").out.strip())
    assert named.parent == filled.folder and named.name.startswith("news-2") and named.suffix == ".db"


def test_repairing_a_sound_database_does_nothing(filled: Home, run: Run) -> None:
    before = untouched(filled)
    assert run("db", "repair").err == "there is nothing to repair\n"
    assert filled.database.read_bytes() == before


def test_a_damaged_database_is_repaired_beside_it_and_then_in_its_place(
    filled: Home, run: Run, web: Web
) -> None:
    read_all(filled)
    untouched(filled)
    spoil(filled.database, "content", lambda pages: pages[3:5])
    before = filled.database.read_bytes()
    checked = run("db", "check")
    assert checked.code == Exit.DATABASE and f"BAD  file {filled.database}: " in checked.out
    assert f"the database {filled.database} is damaged" in checked.err and "db repair" in checked.err
    told = run("db", "repair")
    assert told.code == Exit.OK and "saved  article: 60" in told.out
    assert str(filled.folder / "news.db.repaired") in told.err
    assert filled.database.read_bytes() == before
    assert run("db", "repair", "--yes").code == Exit.OK
    assert (filled.folder / "news.db.damaged").read_bytes() == before
    assert run("db", "check").code == Exit.OK
    assert run("refresh").code == Exit.OK
    assert len(run("list", "--limit", "100").out.splitlines()) == 60
    assert len(run("list", "watch:W", "--limit", "100").out.splitlines()) == 12
    assert problems(filled.database) == {}


def test_a_backup_to_stdout_has_nothing_else_in_it(filled: Home, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    words = filled.arguments("db", "backup", "/dev/stdout")
    with copy.open("wb") as file:
        for out in (subprocess.PIPE, file.fileno()):
            with start(words, filled.environment(), stdout=out) as child:
                written, said = child.communicate()
            assert (child.returncode, said[:7]) == (Exit.OK, b"copied ")
            if out == subprocess.PIPE:
                copy.with_name("piped.db").write_bytes(written)
    assert problems(copy) == problems(copy.with_name("piped.db")) == {}


def test_an_index_out_of_line_is_made_anew_in_place(filled: Home, run: Run) -> None:
    change(filled.database, "INSERT INTO search (search) VALUES ('delete-all')")
    assert "BAD  search: 60 articles are not in the index" in run("db", "check").out
    assert "indexed 60 articles" in run("db", "repair").err
    assert run("db", "check").code == Exit.OK
    assert len(run("search", "wechat").out.splitlines()) == 12
    assert "indexed 60 articles" in run("db", "reindex").err


@pytest.mark.parametrize("words", ["check", "backup", "repair", "reindex"])
def test_a_database_that_is_not_there_is_not_made(home: Home, run: Run, words: str) -> None:
    subscribe(home)
    told = run("db", words)
    assert told.code == Exit.DATABASE and "does not exist" in told.err
    assert not home.database.exists()


# --------------------------------------------------------------------------- faults of the place


def one_line(told: Told) -> str:
    """The words of a command that could not use its database: one line, no traceback, exit code 6."""
    assert told.code == Exit.DATABASE, told
    assert told.err.count("\n") == 1 and told.err.startswith("tuireader: "), told
    return told.err


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(random.Random(1).randbytes(20_000)), "damaged or not a database"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged or not a database"),
        (
            lambda path: change(path, "PRAGMA user_version = 9999", "PRAGMA journal_mode = DELETE"),
            "newer tuireader",
        ),
    ],
    ids=["noise", "cut off", "newer"],
)
def test_a_file_that_cannot_be_used_is_named_and_untouched(
    filled: Home, run: Run, make: Callable[[Path], object], words: str
) -> None:
    untouched(filled)
    make(filled.database)
    before = filled.database.read_bytes()
    for command in (["list"], ["refresh"], ["feeds"]):
        assert words in one_line(run(*command))
    assert filled.database.read_bytes() == before


def test_a_file_that_may_not_grow_ends_the_run_with_its_reason_and_loses_nothing(
    web: Web, filled: Home, run: Run
) -> None:
    """RLIMIT_FSIZE gives EFBIG where a quota or a full disk would give EDQUOT or ENOSPC."""
    size = len(untouched(filled))
    web.serve("/f", document(600, first=1000))
    limit = size + 100_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    told = run_apart(filled, "refresh", before=limited)
    assert "cannot read or write" in one_line(told)
    assert problems(filled.database) == {}
    assert len(run("list", "--limit", "1000").out.splitlines()) == 60
    assert run("refresh").code == Exit.OK
    assert len(run("list", "--limit", "1000").out.splitlines()) == 660


def test_a_full_disk_ends_the_run_with_its_reason_and_loses_nothing(web: Web, tmp_path: Path) -> None:
    with small_disk(tmp_path, 1700) as disk:
        home = Home(disk.folder)
        subscribe(home, web.serve("/f", document(20)))
        assert run_apart(home, "refresh").code == Exit.OK
        web.serve("/f", document(900, first=1000))
        assert "no space left" in one_line(run_apart(home, "refresh"))
        assert problems(home.database) == {}
        assert len(run_apart(home, "list").out.splitlines()) == 20
        disk.fill()
        told = one_line(run_apart(home, "db", "backup"))  # which of the two, the file system decides
        assert "no space left" in told or "it may be full" in told
        assert sorted(home.folder.glob("news-*")) == []
        disk.free()
        web.serve("/f", document(21))
        assert run_apart(home, "refresh").code == Exit.OK
        assert len(run_apart(home, "list").out.splitlines()) == 21


def test_a_disk_that_is_read_only_is_told_in_words(filled: Home, tmp_path: Path) -> None:
    untouched(filled)
    outside = tmp_path / "outside"
    with mounted(outside, "bind", "--bind", str(filled.folder)):
        if subprocess.run(["mount", "-o", "remount,bind,ro", str(outside)], capture_output=True).returncode:
            pytest.skip("only where a mount may be made read-only")
        home = Home(outside)
        environment = home.environment() | {"XDG_STATE_HOME": str(tmp_path / "state")}
        with start(home.arguments("refresh"), environment) as child:
            out, err = child.communicate(timeout=60)
        assert "is read-only" in one_line(Told(child.returncode, out.decode(), err.decode()))


def test_a_folder_without_rights_is_told_in_words(web: Web, tmp_path: Path) -> None:
    """Rights do not hold for root, so where the tests run as root the program becomes somebody else.

    Its own files may be for root alone; so it first runs as it is, and has loaded them.
    """
    with tempfile.TemporaryDirectory() as name:  # pytest's folders are for their owner only
        home = Home(Path(name))
        subscribe(home, web.serve("/f", document(10)))
        script = tmp_path / "twice.py"
        script.write_text(
            "import os, sys; from tuireader.cli import run\n"
            "assert run(sys.argv[1:]) == 0\n"
            "sys.stderr.write('----\\n'); sys.stderr.flush()\n"
            f"os.chmod({name!r} + '/news.db', 0o444); os.chmod({name!r}, 0o555)\n"
            "if os.geteuid() == 0: os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "sys.exit(run(sys.argv[1:]))"
        )
        environment = unmeasured() | {"XDG_STATE_HOME": tempfile.gettempdir(), "XDG_CACHE_HOME": name}
        with start([str(script), *home.arguments("refresh")], environment, script=True) as child:
            out, err = child.communicate(timeout=60)
        home.folder.chmod(0o700)
        error = err.decode().partition("----\n")[2]
        assert "is read-only" in one_line(Told(child.returncode, out.decode(), error))
        assert problems(home.database) == {}


def test_a_writer_that_never_ends_is_waited_for_and_then_named(
    filled: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.store.connection.PATIENCE", 0.2)
    other = sqlite3.connect(filled.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "in use by another program" in one_line(run("undo"))
    assert len(run("list", "--limit", "100").out.splitlines()) == 60
    other.execute("ROLLBACK")
    other.close()
    assert run("undo").code == Exit.OK
