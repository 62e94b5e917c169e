"""Checking, copying and salvaging database files."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.builders import NOW, entry, open_store, save
from tuireader.errors import DatabaseError
from tuireader.model import Evidence, View, ViewKind
from tuireader.store import Store
from tuireader.store.upkeep import maintenance
from tuireader.store.upkeep.recovery import recover

ALL = View(ViewKind.ALL)


@cache
def database(articles: int) -> bytes:
    """A database with articles of two feeds, marks, a watch and old versions, in one file without a log."""
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        chance = random.Random(1)
        for feed in (1, 2):
            texts = (f"<p>Word{n} {chance.randbytes(150).hex()}</p>" for n in range(articles // 2))
            save(store, feed, *(entry(1000 * feed + n, content_html=text) for n, text in enumerate(texts)))
        save(store, 1, entry(1000, content_html="<p>Now it is an edited text.</p>"), now=NOW + 5)
        save(store, 1, entry(2001, guid="theirs too", title="Title number 2001"))
        with store.transaction():
            store.watches.sync([("W", "1")])
            store.watches.record((n, Evidence("W", (), f"{n} " * 100)) for n in range(1, articles, 3))
            store.marks.set("read", range(1, articles, 2), True, now=NOW)
            store.marks.set("starred", range(1, articles, 5), True, now=NOW)
            for n, name in enumerate(("law", "To read"), 1):
                store.marks.label(name, range(n, articles, 4), True, now=NOW)
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()
        return store.path.read_bytes()


def filled(folder: Path, articles: int = 600) -> Path:
    path = folder / "test.db"
    path.write_bytes(database(articles))
    return path


def problems(path: Path) -> dict[str, str]:
    return {finding.name: finding.problem for finding in maintenance.check(path) if finding.problem}


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        for statement in statements:
            conn.execute(statement)


def pages_of(path: Path, table: str) -> tuple[int, list[int]]:
    """The size of pages, and the numbers of the leaf pages of a table in the order of its key."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    with closing(sqlite3.connect(path)) as conn:
        (root,) = conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()

    def leaves(page: int) -> list[int]:
        at = (page - 1) * size
        kind, cells = data[at], int.from_bytes(data[at + 3 : at + 5], "big")
        if kind not in (2, 5):
            return [page]
        offsets = [at + 12 + 2 * cell for cell in range(cells)]
        starts = [at + int.from_bytes(data[offset : offset + 2], "big") for offset in offsets]
        children = [int.from_bytes(data[start : start + 4], "big") for start in starts]
        return [
            leaf
            for child in [*children, int.from_bytes(data[at + 8 : at + 12], "big")]
            for leaf in leaves(child)
        ]

    return size, leaves(root)


def spoil(path: Path, table: str, choose: Callable[[list[int]], list[int]]) -> None:
    """Make pages of a table unreadable."""
    size, pages = pages_of(path, table)
    data = bytearray(path.read_bytes())
    for page in choose(pages):
        start = (page - 1) * size
        data[start : start + size] = bytes(byte ^ 0x5A for byte in data[start : start + size])
    path.write_bytes(data)


# --------------------------------------------------------------------------- checking


def test_a_sound_database_has_no_problem_and_is_not_touched(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = path.read_bytes()
    findings = maintenance.check(path)
    names = ["file", "references", "texts", "dictionaries", "search", "matches", "appearances"]
    assert [finding.name for finding in findings] == names
    assert all(finding.said and not finding.problem for finding in findings)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "name", "words"),
    [
        ("DELETE FROM article WHERE id = 7", "references", "belong to missing ones"),
        ("UPDATE content SET html = x'789c00' WHERE article_id = 9", "texts", "as that of article 9"),
        ("UPDATE content SET extra = '{' WHERE article_id = 9", "texts", "as that of article 9"),
        ("UPDATE revision SET html = x'789c00'", "texts", "1 cannot be decompressed"),
        ("DELETE FROM content WHERE article_id = 9", "search", "1 indexed article does not exist"),
        ("DELETE FROM search_docsize WHERE id = 9", "search", "1 article is not in the index"),
        ("UPDATE match SET evidence = '[' WHERE article_id = 1", "matches", "no readable evidence"),
        ("UPDATE article SET sources = 4 WHERE id = 9", "appearances", "wrong number of sources"),
    ],
)
def test_each_thing_that_is_out_of_line_is_named(
    tmp_path: Path, statement: str, name: str, words: str
) -> None:
    path = filled(tmp_path, 60)
    change(path, statement)
    assert words in problems(path)[name]


def test_damaged_pages_and_a_file_that_is_no_database_are_problems_of_the_file(tmp_path: Path) -> None:
    path = filled(tmp_path)
    spoil(path, "article", lambda pages: pages[3:4])
    assert "file" in problems(path)
    path.write_bytes(random.Random(2).randbytes(9000))
    assert set(problems(path)) == {"file"}


def test_files_that_are_not_ours_are_not_judged(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        maintenance.check(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
    change(tmp_path / "other.db", "CREATE TABLE t (x)")
    with pytest.raises(DatabaseError, match="not a tuireader database"):
        maintenance.check(tmp_path / "other.db")
    path = filled(tmp_path, 10)
    change(path, "PRAGMA user_version = 99")
    with pytest.raises(DatabaseError, match="newer"):
        maintenance.backup(path, tmp_path / "copy.db")


def test_a_check_goes_on_beside_a_writer(tmp_path: Path) -> None:
    path = filled(tmp_path, 60)
    store = Store.open(path)
    with store.transaction():
        store.entries.save(1, [entry(5000)], NOW)
        assert problems(path) == {}
    store.close()


def test_a_check_reads_one_state_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path, 60)
    findings = maintenance.check(path)

    class Disturbed(sqlite3.Connection):
        """A connection beside which another program writes between two checks."""

        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            if sql == "PRAGMA foreign_key_check":
                change(path, "DELETE FROM article WHERE id = 7")
            return super().execute(sql, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Disturbed))
        assert maintenance.check(path) == findings
    assert "references" in problems(path)


# --------------------------------------------------------------------------- copying


def test_a_backup_is_private_whole_and_opens_like_any_other(tmp_path: Path) -> None:
    path = filled(tmp_path)
    store = Store.open(path)
    save(store, 1, entry(5000, title="Only in the log so far"))
    copy = tmp_path / "copy.db"
    assert maintenance.backup(path, copy) == copy.stat().st_size
    assert copy.stat().st_mode & 0o777 == 0o600
    assert problems(copy) == {}
    other = Store.open(copy)
    assert other.lists.ids(ALL) == store.lists.ids(ALL)
    assert other.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    other.close()
    store.close()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path, 10)
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(DatabaseError, match="already exists"):
        maintenance.backup(path, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    with pytest.raises(DatabaseError, match="cannot be written"):
        maintenance.backup(path, tmp_path / "none" / "copy.db")


@pytest.mark.parametrize("name", [b"n\xe9 \xff.db", b"x" * 255, b"a'b\n%.db"])
def test_a_backup_may_have_any_name(tmp_path: Path, name: bytes) -> None:
    path = filled(tmp_path, 10)
    odd = tmp_path / os.fsdecode(name)
    maintenance.backup(path, odd)
    assert {finding.problem for finding in maintenance.check(odd)} == {""}
    with pytest.raises(DatabaseError, match="cannot be written: File name too long"):
        maintenance.backup(path, tmp_path / ("x" * 256))


def test_a_backup_goes_into_a_pipe(tmp_path: Path) -> None:
    path, pipe, read = filled(tmp_path, 10), tmp_path / "pipe", list[bytes]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    size = maintenance.backup(path, pipe)
    reader.join(10)
    assert len(read[0]) == size and pipe.is_fifo()
    (tmp_path / "copy.db").write_bytes(read[0])
    assert problems(tmp_path / "copy.db") == {}
    assert not list(tmp_path.glob(".*"))


def test_what_a_killed_copy_left_is_swept_away(tmp_path: Path) -> None:
    path = filled(tmp_path, 10)
    old, new, other = (tmp_path / f".tuireader-{name}" for name in ("0" * 16, "1" * 16, "notes"))
    for file in (old, new, other):
        file.touch()
    for file in (old, other):
        os.utime(file, (0, 0))
    maintenance.backup(path, tmp_path / "copy.db")
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_a_backup_of_a_damaged_file_leaves_no_half_copy(tmp_path: Path) -> None:
    path = filled(tmp_path)
    spoil(path, "article", lambda pages: pages[3:4])
    with pytest.raises(DatabaseError, match="damaged"):
        maintenance.backup(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


# --------------------------------------------------------------------------- salvaging


def counts(path: Path) -> dict[str, int]:
    tables = ("feed", "article", "content", "revision", "appearance", "match", "journal")
    with closing(sqlite3.connect(path)) as conn:
        return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def salvaged(path: Path) -> dict[str, int]:
    """Salvage a file; it must be untouched, and what comes out of it sound and in use as ever."""
    before = path.read_bytes()
    kept = recover(path, path.with_name("new.db"))
    assert path.read_bytes() == before
    assert problems(path.with_name("new.db")) == {}
    store = Store.open(path.with_name("new.db"))
    store.conn.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    save(store, 1, entry(7777, title="A new one"))
    store.close()
    return kept


def test_nothing_is_lost_of_a_file_that_is_sound(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = counts(path)
    kept = salvaged(path)
    assert {table: kept[table] for table in before} == before
    old, new = sqlite3.connect(path), sqlite3.connect(path.with_name("new.db"))
    for sql in (
        "SELECT id, feed_id, title, url, time, read, starred, edited, sources FROM article WHERE id < 10000",
        "SELECT * FROM revision",
        "SELECT article_id, html FROM content WHERE article_id <= 600",
        "SELECT watch_id, article_id FROM match",
        "SELECT * FROM label",
        "SELECT * FROM article_label",
    ):
        assert sorted(new.execute(sql).fetchall())[:600] == sorted(old.execute(sql).fetchall())[:600]
    old.close()
    new.close()


@pytest.mark.parametrize(
    "choose",
    [slice(1), slice(-1, None), slice(2, 9, 2)],
    ids=["first", "last", "every other"],
)
@pytest.mark.parametrize("table", ["article", "content", "appearance", "match"])
def test_only_what_stood_on_damaged_pages_is_lost(tmp_path: Path, table: str, choose: slice) -> None:
    path = filled(tmp_path)
    before = counts(path)
    _, pages = pages_of(path, table)
    spoil(path, table, lambda pages: pages[choose])
    kept = salvaged(path)
    share = len(pages[choose]) / len(pages)
    lost = before[table] - kept[table]
    assert 0 < lost <= before[table] * share * 1.5 + 40
    for other in ("feed", "article", "journal"):
        if other != table:
            assert kept[other] == before[other]


def test_feeds_with_high_numbers_are_known_again(tmp_path: Path) -> None:
    """The number of a feed may be above those of all articles."""
    path = filled(tmp_path)
    change(path, "UPDATE appearance SET feed_id = 5000 WHERE feed_id = 2")
    change(
        path, "UPDATE article SET feed_id = 5000 WHERE feed_id = 2", "UPDATE feed SET id = 5000 WHERE id = 2"
    )
    spoil(path, "appearance", lambda pages: pages[:1])
    salvaged(path)
    with closing(sqlite3.connect(path.with_name("new.db"))) as conn:
        found = conn.execute("SELECT count(*) FROM appearance WHERE feed_id = 5000").fetchone()[0]
    assert found > 200


def test_articles_of_a_lost_feed_are_kept(tmp_path: Path) -> None:
    path = filled(tmp_path, 60)
    change(path, "PRAGMA foreign_keys = OFF", "DELETE FROM feed WHERE id = 2")
    assert salvaged(path)["article"] == 60
    with closing(Store.open(path.with_name("new.db"))) as store:
        assert "lost feed 2" in [feed.title for feed in store.feeds.all()]


def test_articles_of_a_lost_label_keep_one(tmp_path: Path) -> None:
    path = filled(tmp_path)
    change(path, "PRAGMA foreign_keys = OFF", "DELETE FROM label WHERE name = 'law'")
    salvaged(path)
    with closing(Store.open(path.with_name("new.db"))) as store:
        found = {label.name: label.articles for label in store.labels.all()}
    assert found == {"To read": 150, "lost label 1": 150}


def test_flags_of_an_older_file_become_labels(tmp_path: Path) -> None:
    path = filled(tmp_path, 20)
    flags = """UPDATE content SET extra = '{"tags":["flag-s","tech"]}' WHERE article_id = 3"""
    change(path, "DROP TABLE article_label", "DROP TABLE label", flags)
    salvaged(path)
    with closing(Store.open(path.with_name("new.db"))) as store:
        article = store.articles.get(3)
    assert article is not None and (article.labels, article.tags) == (("flag-s",), ("tech",))


def test_texts_that_cannot_be_unpacked_come_again_with_the_next_fetch(tmp_path: Path) -> None:
    path = filled(tmp_path, 60)
    change(path, "UPDATE content SET html = x'789c00' WHERE article_id = 30")
    assert salvaged(path)["content"] == 59
    store = Store.open(path.with_name("new.db"))
    article = store.articles.get(30)
    assert article is not None and article.purged
    save(store, 1, entry(1000, content_html="<p>Here it is again.</p>"))
    article = store.articles.get(30)
    assert article is not None and not article.purged
    store.close()


def test_a_file_of_noise_says_that_nothing_can_be_saved(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(random.Random(3).randbytes(50_000))
    with pytest.raises(DatabaseError, match=r"x\.db cannot be read at all.*restore a backup"):
        recover(path, tmp_path / "new.db")
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"]


@pytest.mark.parametrize("part", [0.6, 0.95])
def test_a_file_whose_end_is_missing_keeps_what_stands_before(tmp_path: Path, part: float) -> None:
    path = filled(tmp_path)
    before = counts(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part) + 17])
    kept = salvaged(path)
    assert kept["feed"] == before["feed"]
    assert kept["article"] > before["article"] * part / 3
    assert sorted(file.name for file in tmp_path.iterdir() if "whole" in file.name) == []


@pytest.mark.parametrize("header", [bytes(100), b"<html>" + b"x" * 94, b"SQLite format 3\0" + bytes(84)])
def test_a_file_whose_header_is_destroyed_loses_nothing(tmp_path: Path, header: bytes) -> None:
    path = filled(tmp_path)
    before = counts(path)
    path.write_bytes(header + path.read_bytes()[100:])
    kept = salvaged(path)
    assert {table: kept[table] for table in before} == before


def test_what_lies_in_the_log_of_a_file_with_a_destroyed_header_is_saved(tmp_path: Path) -> None:
    path = filled(tmp_path)
    before = counts(path)
    store = Store.open(path)
    save(store, 1, entry(9000, title="Only in the log"))
    copy = tmp_path / "copy" / "test.db"
    copy.parent.mkdir()
    shutil.copyfile(f"{path}-wal", f"{copy}-wal")
    copy.write_bytes(bytes(100) + path.read_bytes()[100:])
    store.close()
    kept = recover(copy, tmp_path / "new.db")
    assert kept["article"] == before["article"] + 1


def test_any_damage_ends_in_a_sound_file_or_in_words(tmp_path: Path) -> None:
    path = filled(tmp_path, 200)
    good = path.read_bytes()
    chance = random.Random(4)
    saved = 0
    for attempt in range(10):
        data = bytearray(good)
        for _ in range(chance.choice([1, 3, 30])):
            start = chance.randrange(100, len(data) - 600)
            data[start : start + 500] = chance.randbytes(500)
        if attempt % 5 == 0:
            del data[len(data) * 2 // 3 :]
        path.write_bytes(data)
        new = tmp_path / f"new{attempt}.db"
        try:
            recover(path, new)
        except DatabaseError:
            continue
        assert problems(new) == {}
        saved += 1
    assert saved > 4


# --------------------------------------------------------------------------- putting in place


def test_the_damaged_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path, new = filled(tmp_path, 10), tmp_path / "new.db"
    before = path.read_bytes()
    recover(path, new)
    assert maintenance.replace(path, new) == tmp_path / "test.db.damaged"
    assert (tmp_path / "test.db.damaged").read_bytes() == before
    assert problems(path) == {} and not new.exists()
    recover(path, new)
    assert maintenance.replace(path, new).name == "test.db.damaged-2"


def test_there_is_a_database_whenever_one_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, new = filled(tmp_path, 10), tmp_path / "new.db"
    recover(path, new)
    rename = Path.rename

    def watched(self: Path, target: Path) -> Path:
        assert path.exists()
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", watched)
    path.with_name("test.db-wal").write_bytes(b"log")
    kept = maintenance.replace(path, new)
    assert problems(path) == {} and kept.with_name(f"{kept.name}-wal").read_bytes() == b"log"


def test_a_database_that_a_program_has_open_is_not_replaced(tmp_path: Path) -> None:
    path, new = filled(tmp_path, 10), tmp_path / "new.db"
    recover(path, new)
    code = (
        "import sys; from pathlib import Path; from tuireader.store import Store;"
        f"store = Store.open(Path({str(path)!r})); print('open', flush=True); sys.stdin.read(); store.close()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseError, match=r"a program has .* open"):
            maintenance.replace(path, new)
        other.stdin.close()
        other.wait()
    maintenance.replace(path, new)
