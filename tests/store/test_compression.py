"""Texts are packed with dictionaries of the store's own, and no damage to one of them costs a text."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store, save
from tests.store.test_maintenance import change, problems, spoil
from tuireader.errors import DatabaseError
from tuireader.model import View, ViewKind
from tuireader.store import Pool, Store, dictionaries
from tuireader.store.compression import Compression, UnreadableText
from tuireader.store.upkeep import maintenance
from tuireader.store.upkeep.recovery import recover
from tuireader.store.upkeep.retention import PurgeRule
from tuireader.text import zstd

STEMS = ("harbour", "signal", "window", "valley")
WORDS = [f"{stem}{end}" for stem in STEMS for end in ("", "s", "ed", "ing")]
FROM = 500
"""Texts that a dictionary is made of, where they are fewer than usual; it is used after 200 more."""
MANY = FROM + 320


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
        store.train_dictionary()


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a store make its dictionary of fewer texts."""
    monkeypatch.setattr(dictionaries, "FROM", FROM)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a dictionary in use."""
    store = open_store(tmp_path_factory.mktemp("compression"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dictionaries, "FROM", FROM)
        arrive(store, range(1, MANY))
    assert store.compression.dictionaries.newest()
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return store.path


@pytest.fixture
def path(early: None, whole: Path, tmp_path: Path) -> Path:
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
    """What packs texts with a dictionary."""
    with closing(sqlite3.connect(f"{whole.as_uri()}?mode=ro", uri=True)) as conn:
        yield Store(conn, whole).compression


@settings(deadline=None, max_examples=40)
@given(
    text=st.text(st.characters(codec=None, exclude_categories=())).map(lambda text: text * 3)
    | st.text(st.sampled_from("<p>word &amp; 記事 \ud800"), max_size=3_000)
)
def test_what_is_unpacked_is_what_was_packed(*, compression: Compression, text: str) -> None:
    assert compression.compressor().dictionary is not None
    assert compression.decompress(compression.compress(text)) == text.encode("utf-8", "replace").decode()


def test_without_a_dictionary_texts_are_packed_by_themselves(store: Store) -> None:
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


# --------------------------------------------------------------------------- learning


def test_a_dictionary_is_made_when_there_are_texts_and_used_when_it_lies_there_twice(store: Store) -> None:
    arrive(store, range(1, 901))
    assert store.compression.dictionaries.numbers() == set()
    arrive(store, range(901, 1101))
    (number,) = store.compression.dictionaries.numbers()
    assert store.compression.dictionaries.waiting() == number and store.compression.dictionaries.newest() == 0
    arrive(store, range(1101, 1301))
    assert store.compression.dictionaries.newest() == number and store.compression.dictionaries.waiting() == 0
    arrive(store, range(1301, 1400))
    assert number_of(store, 1000) == 0
    last = store.conn.execute("SELECT max(id) FROM article").fetchone()[0]
    assert number_of(store, last) == number
    assert store.compression.dictionaries.numbers() == {number}
    assert set(texts(store).values()) == {html(n) for n in range(1, 1400)}
    size = "SELECT avg(length(html)) FROM content WHERE article_id {} 1300"
    before, after = (store.conn.execute(size.format(sign)).fetchone()[0] for sign in "<>")
    assert after < before * 0.8
    assert problems(store.path) == {}


def test_the_two_copies_lie_apart(path: Path) -> None:
    """Neither a page nor the ones beside it have parts of both."""
    data, size = path.read_bytes(), 8192
    packed = packed_dictionary(path)
    pieces = [packed[at : at + 200] for at in range(8_000, len(packed) - 200, 200)]
    pieces = [piece for piece in pieces if data.count(piece) == 2]  # the others go over the end of a page
    first, second = ({find(piece) // size for piece in pieces} for find in (data.find, data.rfind))
    assert len(first) > 1 and len(second) > 1
    assert min(abs(one - other) for one in first for other in second) > 10


def test_a_store_that_has_grown_gets_another_one(trained: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    old = trained.compression.dictionaries.newest()
    monkeypatch.setattr(dictionaries, "GROWN", 2)
    arrive(trained, range(3000, 3500))
    new = trained.compression.dictionaries.newest()
    assert new != old and trained.compression.dictionaries.numbers() >= {old, new}
    assert set(texts(trained).values()) == {html(n) for n in (*range(1, MANY), *range(3000, 3500))}


@pytest.mark.usefixtures("early")
def test_what_another_process_has_learned_is_used_and_read(tmp_path: Path) -> None:
    mine = open_store(tmp_path)
    save(mine, 1, entry(1, content_html=html(1), guid="g1"))
    theirs = Store.open(mine.path)
    arrive(theirs, range(2, MANY))
    assert texts(mine)[MANY - 1] == texts(theirs)[MANY - 1]
    save(mine, 1, entry(5000, content_html=html(5000)))
    assert number_of(mine, MANY) == theirs.compression.dictionaries.newest()
    theirs.close()
    mine.close()


def test_texts_that_make_no_dictionary_are_no_trouble(store: Store) -> None:
    save(store, 1, *(entry(n, content_html="", guid=f"g{n}") for n in range(1, 1200)))
    store.train_dictionary()
    store.train_dictionary()
    assert store.compression.dictionaries.numbers() == set() and problems(store.path) == {}


def test_no_dictionary_is_made_of_damaged_texts(store: Store) -> None:
    for start in range(1, 1200, 100):
        numbers = range(start, start + 100)
        save(store, 1, *(entry(n, content_html=html(n), guid=f"g{n}") for n in numbers))
    store.conn.execute("UPDATE content SET html = x'789c00' WHERE article_id % 3 = 0")
    store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    whole = store.path.read_bytes()
    spoil(store.path, "content", lambda pages: pages[3:4])
    store = Store.open(store.path)
    store.train_dictionary()
    assert store.compression.dictionaries.numbers() == set()
    store.close()
    store.path.write_bytes(whole)
    store = Store.open(store.path)
    store.train_dictionary()  # single texts are passed over
    assert len(store.compression.dictionaries.numbers()) == 1
    store.close()


# --------------------------------------------------------------------------- damage

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


def test_a_copy_that_is_missing_is_written_again(path: Path) -> None:
    change(path, NO_SECOND)
    assert all_readable(path)
    store = Store.open(path)
    assert store.compression.dictionaries.newest() == 0  # nothing more is to depend on it
    store.train_dictionary()
    assert store.compression.dictionaries.newest() and store.compression.dictionaries.waiting() == 0
    store.close()


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
    newest = trained.compression.dictionaries.newest()
    assert newest and trained.compression.dictionaries.damaged(newest) == 0
    assert len([text for text in texts(trained).values() if text]) == 200
