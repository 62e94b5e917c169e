"""Texts are compressed, and no damage to a dictionary of an earlier version costs a text."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store, save
from tests.store.test_maintenance import change, problems
from tuireader.errors import DatabaseError
from tuireader.model import View, ViewKind
from tuireader.store import Pool, Store
from tuireader.store.compression import Compression, UnreadableText
from tuireader.store.dictionaries import is_damage
from tuireader.store.upkeep import maintenance
from tuireader.store.upkeep.recovery import recover
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.text import zstd

STEMS = ("harbour", "signal", "window", "valley")
WORDS = [f"{stem}{end}" for stem in STEMS for end in ("", "s", "ed", "ing")]
MANY = 820
"""Articles, of which those above 700 need the dictionary."""


@cache
def html(number: int) -> str:
    """A text of about 800 bytes that has much in common with its likes."""
    chance = random.Random(number)
    said = " ".join(chance.choices(WORDS, k=80))
    return f'<p class="lead">No. {number}</p><p><a href="https://example.com/{number}">{said}</a></p>'


def arrive(store: Store, numbers: range) -> None:
    for start in range(numbers.start, numbers.stop, 100):
        some = range(start, min(start + 100, numbers.stop))
        save(store, 1, *(entry(n, content_html=html(n), guid=f"g{n}") for n in some))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as an earlier version wrote it: the copies of a dictionary, and texts compressed with it."""
    store = open_store(tmp_path_factory.mktemp("compression"))
    arrive(store, range(1, 500))
    dictionary = zstd.train_dict([html(n).encode() for n in range(1, 500)], 1 << 16)
    sealed = blake2b(dictionary.dict_content, digest_size=16).digest() + dictionary.dict_content
    store.conn.execute("INSERT INTO dictionary VALUES (1, ?, 500, ?)", (dictionary.dict_id, sealed))
    arrive(store, range(500, MANY))
    store.conn.execute("INSERT INTO fact VALUES (?, ?)", (f"dictionary {dictionary.dict_id}", sealed))
    compressed = [(zstd.compress(html(n).encode(), zstd_dict=dictionary), f"%/{n}") for n in range(700, MANY)]
    sql = "UPDATE content SET html = ? WHERE article_id = (SELECT id FROM article WHERE url LIKE ?)"
    store.conn.executemany(sql, compressed)
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return store.path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    """A file of its own with a dictionary in use."""
    copy = tmp_path / "test.db"
    copy.write_bytes(whole.read_bytes())
    return copy


@pytest.fixture
def trained(path: Path) -> Iterator[Store]:
    store = Store.open(path)
    yield store
    store.close()


def number_of(store: Store, article_id: int) -> int:
    (stored,) = store.conn.execute("SELECT html FROM content WHERE article_id = ?", (article_id,)).fetchone()
    return zstd.get_frame_info(stored).dictionary_id or 0


def texts(store: Store) -> dict[int, str]:
    rows = store.conn.execute("SELECT id FROM article ORDER BY id").fetchall()
    return {text.id: text.html for text in store.articles.texts([row[0] for row in rows])}


def all_readable(path: Path) -> bool:
    with closing(Store.open(path)) as store:
        rows = store.conn.execute("SELECT html FROM content").fetchall()
        found = {store.compression.decompress(row[0]) for row in rows}
    return found == {html(n) for n in range(1, MANY)}


def packed_dictionary(path: Path) -> bytes:
    with closing(sqlite3.connect(path)) as conn:
        return bytes(conn.execute("SELECT packed FROM dictionary").fetchone()[0])


# --------------------------------------------------------------------------- compression


@pytest.fixture(scope="module")
def compression(whole: Path) -> Iterator[Compression]:
    """That of a file with a dictionary, which is not used for new texts."""
    with closing(sqlite3.connect(f"{whole.as_uri()}?mode=ro", uri=True)) as conn:
        yield Store(conn, whole).compression


@settings(deadline=None, max_examples=40)
@given(
    text=st.text(st.characters(codec=None, exclude_categories=())).map(lambda text: text * 3)
    | st.text(st.sampled_from("<p>word &amp; 記事 \ud800"), max_size=3_000)
)
def test_what_is_unpacked_is_what_was_packed(*, compression: Compression, text: str) -> None:
    assert compression.decompress(compression.compress(text)) == text.encode("utf-8", "replace").decode()


def test_short_texts_are_stored_as_they_are(store: Store) -> None:
    for text in ("", "short", "long " * 100, "\udc00" * 500, random.Random(1).randbytes(900).hex()):
        assert store.compression.decompress(store.compression.compress(text)) == text.replace("\udc00", "?")
    stored = store.compression.compress("long " * 100)
    assert isinstance(stored, bytes) and len(stored) < 60 and store.compression.compress("") is None


def test_what_former_versions_deflated_is_read(store: Store) -> None:
    save(store, 1, entry(1, content_html=html(1)))
    store.conn.execute("UPDATE content SET html = ?", (zlib.compress(html(7).encode(), 1),))
    assert texts(store) == {1: html(7)}


def test_a_damaged_text_is_told_as_damage_and_takes_no_list_along(trained: Store) -> None:
    good = trained.compression.compress(html(3))
    assert isinstance(good, bytes)
    bad = [good[:40], good[:-1] + b"\0", b"", b"\x78\x9c\0", good[:6] + b"\1\2" + good[8:]]
    for stored in bad:
        with pytest.raises(UnreadableText):
            trained.compression.decompress(stored)
        trained.conn.execute("UPDATE content SET html = ? WHERE article_id = 9", (stored,))
        assert len(trained.lists.ids(View(ViewKind.ALL))) == MANY - 1
        with pytest.raises(UnreadableText):
            trained.articles.get(9)
        assert trained.articles.get(8) is not None


async def test_the_person_is_told_to_repair(path: Path) -> None:
    change(path, "UPDATE content SET html = x'789c00' WHERE article_id = 9")
    pool = await Pool.open(path)
    with pytest.raises(DatabaseError, match="damaged") as told:
        await pool.read(lambda store: store.articles.get(9))
    assert "db repair" in told.value.hint
    await pool.close()


# --------------------------------------------------------------------------- dictionaries


def test_what_was_compressed_with_a_dictionary_is_read_beside_new_texts(trained: Store) -> None:
    arrive(trained, range(2000, 2100))
    assert set(texts(trained).values()) == {html(n) for n in (*range(1, MANY), *range(2000, 2100))}
    assert {number_of(trained, n) for n in range(1, MANY)} == {0, *trained.compression.dictionaries.numbers()}
    assert {number_of(trained, n) for n in range(MANY, MANY + 100)} == {0}
    assert problems(trained.path) == {}


# --------------------------------------------------------------------------- damage


def test_damage_is_told_from_other_errors(tmp_path: Path) -> None:
    """Some errors of Python's module have no name of SQLite's."""
    noise, locked = tmp_path / "noise", tmp_path / "locked"
    noise.write_bytes(b"noise " * 100)
    closed = sqlite3.connect(":memory:")
    closed.close()
    with closing(sqlite3.connect(noise)) as noisy, closing(sqlite3.connect(locked)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with closing(sqlite3.connect(locked, timeout=0)) as other:
            for conn, sql, damaged in (
                (noisy, "PRAGMA user_version", True),
                (other, "PRAGMA user_version", False),
                (other, "SELECT CAST(x'ff' AS TEXT)", False),
                (closed, "SELECT 1", False),
            ):
                with pytest.raises(sqlite3.Error) as caught:
                    conn.execute(sql).fetchall()
                assert is_damage(caught.value) is damaged


FIRST = "UPDATE dictionary SET packed = zeroblob(70000)"
SECOND = "UPDATE fact SET value = zeroblob(70000) WHERE name GLOB 'dictionary *'"
NO_FIRST = "DELETE FROM dictionary"
NO_SECOND = "DELETE FROM fact WHERE name GLOB 'dictionary *'"


@pytest.mark.parametrize("statement", [FIRST, SECOND, NO_FIRST])
def test_one_copy_is_enough_and_the_other_is_told_and_made_again(path: Path, statement: str) -> None:
    change(path, statement)
    assert all_readable(path)
    found = problems(path)
    assert found.keys() == {"dictionaries"} and "is damaged" in found["dictionaries"]
    for new in (path.with_name("copy.db"), path.with_name("new.db")):
        maintenance.backup(path, new) if new.stem == "copy" else recover(path, new)
        assert problems(new) == {}
        change(new, SECOND)  # each has its own first copy
        assert all_readable(new)


def test_a_second_copy_that_was_never_written_is_no_damage(path: Path) -> None:
    change(path, NO_SECOND)
    assert all_readable(path) and problems(path) == {}
    recover(path, path.with_name("new.db"))
    change(path.with_name("new.db"), NO_FIRST)
    assert all_readable(path.with_name("new.db"))


def test_recovery_writes_the_two_copies_apart(path: Path) -> None:
    """Neither a page nor the ones beside it have parts of both."""
    new = path.with_name("new.db")
    recover(path, new)
    data, size = new.read_bytes(), 8192
    packed = packed_dictionary(new)
    pieces = [packed[at : at + 200] for at in range(8_000, len(packed) - 200, 200)]
    pieces = [piece for piece in pieces if data.count(piece) == 2]  # the others go over the end of a page
    first, second = ({find(piece) // size for piece in pieces} for find in (data.find, data.rfind))
    assert len(first) > 1 and len(second) > 1
    assert min(abs(one - other) for one in first for other in second) > 1


@pytest.mark.parametrize("which", ["first", "last"])
def test_damaged_pages_of_either_copy_cost_no_text(path: Path, which: str) -> None:
    data = bytearray(path.read_bytes())
    packed = packed_dictionary(path)
    middle = len(packed) // 2
    piece = bytes(packed[middle : middle + 200])
    assert data.count(piece) == 2
    at = data.find(piece) if which == "first" else data.rfind(piece)
    page = at // 8192 * 8192
    data[page : page + 8192] = bytes(byte ^ 0x5A for byte in data[page : page + 8192])
    path.write_bytes(data)
    assert all_readable(path)
    assert "dictionaries" in problems(path)
    recover(path, path.with_name("new.db"))
    assert problems(path.with_name("new.db")) == {} and all_readable(path.with_name("new.db"))


def test_with_both_copies_lost_the_rest_is_saved_and_the_texts_come_again(path: Path) -> None:
    store = Store.open(path)
    packed = {n for n in texts(store) if number_of(store, n)}
    assert 50 < len(packed) < 500
    store.close()
    change(path, FIRST, SECOND)
    found = problems(path)
    assert "both copies" in found["dictionaries"] and "cannot be decompressed" in found["texts"]
    store = Store.open(path)
    save(store, 1, entry(9000, content_html=html(9000)), now=NOW)  # goes on, and depends on it no more
    store.close()
    kept = recover(path, path.with_name("new.db"))
    assert kept["content"] == MANY - len(packed) and kept["article"] == MANY
    assert problems(path.with_name("new.db")) == {}


def test_a_purge_parts_the_copies_again(trained: Store) -> None:
    arrive(trained, range(2000, 2200))
    trained.marks.set("read", range(1, MANY + 200), True, now=NOW)
    rule = PurgeRule(keep=200)
    ids = trained.retention.candidates(rule)
    assert trained.retention.measure(ids).bytes > 10_000
    with trained.transaction():
        trained.retention.drop(ids, rule)
    # the texts are so short that the index is most of the file, and has kept their words until it is merged
    trained.conn.execute("INSERT INTO search (search) VALUES ('optimize')")
    assert trained.retention.shrink()
    assert problems(trained.path) == {}
    (number,) = trained.compression.dictionaries.numbers()
    assert trained.compression.dictionaries.damaged(number) == 0
    assert len([text for text in texts(trained).values() if text]) == 200
