"""Databases of older versions are brought up to date when they are opened, and nothing in them is lost."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.builders import NOW, entry, open_store, save
from tuireader import query
from tuireader.lexicon import index_text, indexed
from tuireader.model import Evidence, ParsedEntry, View, ViewKind
from tuireader.store import Store, schema
from tuireader.store.upkeep import maintenance

_BACK = {
    18: (
        "DROP TRIGGER notice_text_changed",
        "DROP INDEX notice_text",
        "ALTER TABLE notice DROP COLUMN text_key",
    ),
    17: (
        *(f"DROP TABLE {name}" for name in ("rule_action", "meaning", "alike")),
        "ALTER TABLE digest DROP COLUMN last_notice",
        "DROP INDEX feed_unsubscribed",
    ),
    16: ("DROP TABLE outbox", "DROP TABLE outbox_channel", "DROP TABLE digest"),
    15: (
        "DROP TABLE match_case",
        "DROP TABLE match_note",
        "DROP TRIGGER match_event_kept",
        "DELETE FROM match_event WHERE kind IN ('matched', 'listed', 'indexed', 'evidence', 'identified')",
        *(f"ALTER TABLE match_event DROP COLUMN {name}" for name in ("detail", "hash")),
    ),
    14: (
        "DROP INDEX article_fold",
        "DROP INDEX article_story",
        "UPDATE article SET story = fold",
        "ALTER TABLE article DROP COLUMN fold",
        "CREATE INDEX article_story ON article (story, read, feed_id, muted, language) WHERE story != 0",
    ),
    13: ("ALTER TABLE article DROP COLUMN reading_time",),
    12: (
        "DROP TABLE lost_entry",
        "DROP INDEX remote_entry_missing",
        "DROP INDEX remote_entry_accepted",
        *(f"ALTER TABLE remote_entry DROP COLUMN {name}" for name in ("missing_since", "misses", "accepted")),
    ),
    11: ("CREATE INDEX neighbour_other ON neighbour (other)",),
    10: (
        "DROP TABLE reference",
        "DROP TABLE alias",
        "DROP INDEX article_story",
        "CREATE INDEX article_story ON article (story, read, feed_id, muted) WHERE story != 0",
        "ALTER TABLE article DROP COLUMN language",
    ),
    9: (
        "DROP INDEX feed_remote",
        *(f"ALTER TABLE feed DROP COLUMN {name}" for name in ("account_id", "remote_id", "vanished_at")),
        "DROP TABLE remote_entry",
        "DROP TABLE account",
    ),
    8: (
        *(f"DROP TRIGGER content_{name}" for name in ("enclosures", "without_enclosures", "dropped")),
        "DROP TABLE enclosure",
        *(
            f"ALTER TABLE feed DROP COLUMN {name}"
            for name in (
                "window",
                "recent",
                "fill",
                "unchanged",
                "whole_at",
                "trust",
                "gone_since",
                "failing_since",
                "hold",
                "looked_at",
                "moved_why",
                "texts",
                "since",
                "settings",
            )
        ),
        "DROP INDEX full_text_next",
        "ALTER TABLE full_text DROP COLUMN next_try",
        *(
            f"DROP TABLE {name}"
            for name in (
                "document",
                "gap",
                "asked",
                "alarm",
                "pace",
                "match_event",
                "match_log",
                "snapshot",
                "download",
            )
        ),
    ),
    7: (
        "DROP TABLE variant",
        "DROP INDEX match_former",
        "ALTER TABLE watch DROP COLUMN changed",
        "DROP INDEX appearance_article",
        "CREATE INDEX appearance_article ON appearance (article_id) WHERE secondary = 1",
        "ALTER TABLE revision DROP COLUMN feed_id",
        *(f"ALTER TABLE match DROP COLUMN {name}" for name in ("at", "until", "revision", "feed_id")),
        *(f"ALTER TABLE notice DROP COLUMN {name}" for name in ("told_at", "term", "sentence")),
    ),
    6: ("DROP TABLE article_label", "DROP TABLE label"),
    4: ("DROP TABLE dictionary",),
    2: ("DROP TABLE full_text", "DROP TABLE comments", "ALTER TABLE revision DROP COLUMN full_text"),
}
"""How to take back what the migration to each version has added."""


def go_back(conn: sqlite3.Connection, version: int) -> None:
    """Make the tables those of an older version; the words of the index are left to the caller."""
    for newer in range(schema.VERSION, version, -1):
        for statement in _BACK.get(newer, ()):
            conn.execute(statement)
    conn.execute("DELETE FROM _sqlite_migrations WHERE name >= ?", (f"{version + 1:04}",))
    conn.execute(f"PRAGMA user_version = {version}")


def index_as(store: Store, words: Callable[[str], str]) -> None:
    """Make the index what an older version, which read texts in its own way, made it."""
    texts = store.articles.texts(range(1, 1 + store.relations.article_count()))
    store.conn.execute("INSERT INTO search (search) VALUES ('delete-all')")
    store.conn.executemany(
        "INSERT INTO search (rowid, title, body, author) VALUES (?, ?, ?, ?)",
        [(text.id, *map(words, (text.title, text.body, text.author))) for text in texts],
    )


def make_version_1(path: Path, more: Sequence[ParsedEntry] = ()) -> None:
    """A database as version 1 left it: its index has the words of articles, and no marks."""
    store = open_store(path)
    save(store, 1, entry(1, title="Solar, farm"), entry(2, title="A solar farm"), entry(3), *more)
    with store.transaction():
        index_as(store, index_text)
        go_back(store.conn, 1)
    store.close()


def brought_up(path: Path) -> Store:
    """Open a database of an older version."""
    store = Store.open(path)
    assert store.conn.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    return store


def found(store: Store, expression: str) -> set[str]:
    plan = query.plan(query.parse(expression))  # type: ignore[arg-type]
    rows = store.conn.execute(
        "SELECT title FROM article WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?)", (plan.fts,)
    )
    return {row[0] for row in rows}


def test_the_index_of_version_1_gets_its_marks(tmp_path: Path) -> None:
    make_version_1(tmp_path)
    store = brought_up(tmp_path / "test.db")
    backup = tmp_path / "test.db.v1.bak"
    assert backup.stat().st_size and backup.stat().st_mode & 0o777 == 0o600
    assert found(store, '"solar farm"') == {"A solar farm"}
    assert found(store, "Solar") == {"Solar, farm"}
    # What it is told to forget is what it was fed with.
    assert save(store, 1, entry(1, title="Wind, farm"))[1] == [3]
    assert found(store, "solar") == {"A solar farm"} and found(store, "Wind") == {"Wind, farm"}
    store.conn.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    store.close()


def test_texts_of_version_3_are_read_as_they_lie_there(tmp_path: Path, store: Store) -> None:
    text = "<p>What was deflated then.</p>" * 40
    save(store, 1, entry(1, content_html=text), entry(2))
    with store.transaction():
        deflated = zlib.compress(text.encode(), 1)
        store.conn.execute("UPDATE content SET html = ? WHERE article_id = 2", (deflated,))
        go_back(store.conn, 3)
    before = store.conn.execute("SELECT html FROM content").fetchall()
    store.close()
    assert all(not finding.problem for finding in maintenance.check(tmp_path / "test.db"))  # as old as it is
    store = brought_up(tmp_path / "test.db")
    assert store.conn.execute("SELECT html FROM content").fetchall() == before
    article = store.articles.get(2)
    assert article is not None and article.html == text
    save(store, 1, entry(3, content_html=text))
    assert store.compression.dictionaries.numbers() == set()
    store.close()


def test_the_index_of_version_4_gets_its_symbols(tmp_path: Path, store: Store) -> None:
    texts = ("A launch 🚀 today", "ענן־חדש", "No sign", "“Quoted” only", "￥5 🚀")
    save(store, 1, *(entry(number, title=text) for number, text in enumerate(texts)))
    old = str.maketrans({"🚀": " ", "־": "‽"})  # it had no symbols, and this hyphen broke a phrase
    with store.transaction():
        index_as(store, lambda text: indexed(text.translate(old)))
        go_back(store.conn, 4)
    assert not found(store, "🚀") and not found(store, '"ענן חדש"')
    store.close()
    store = brought_up(tmp_path / "test.db")
    assert found(store, "🚀") == {texts[0], texts[4]} and found(store, '"ענן חדש"') == {texts[1]}
    assert found(store, "¥5") == {texts[4]} and found(store, "quoted") == {texts[3]}
    # What it is told to forget is what it was fed with.
    assert save(store, 1, entry(0, title="A launch today"), entry(1, title="None"))[1] == [5, 4]
    assert found(store, "🚀") == {texts[4]} and not found(store, '"ענן חדש"') and found(store, "launch")
    store.close()


def test_the_flags_of_version_5_become_labels(tmp_path: Path, store: Store) -> None:
    tags = [("tech", "flag-a", "flag-A"), ("flag-a",), ("flag-ship", "flag-"), ()]
    save(store, 1, *(entry(number, tags=one) for number, one in enumerate(tags)))
    with store.transaction():
        go_back(store.conn, 5)
    store.close()
    store = brought_up(tmp_path / "test.db")
    assert (tmp_path / "test.db.v5.bak").exists()
    articles = [store.articles.get(number) for number in (4, 3, 2, 1)]
    assert [one.tags for one in articles if one] == [("tech",), (), ("flag-ship", "flag-"), ()]
    assert [one.labels for one in articles if one] == [("flag-A", "flag-a"), ("flag-a",), (), ()]
    store.close()


def test_version_6_gets_a_history_and_asks_for_the_texts_that_it_threw_away(
    tmp_path: Path, store: Store
) -> None:
    save(store, 1, entry(1))
    save(store, 2, entry(1, guid="theirs"), entry(2))
    with store.transaction():
        store.watches.sync([("Quokka", "1")])
        store.watches.record([(1, Evidence("Quokka", (), "A sentence."))])
        store.notices.add([("Quokka", 1)])
        store.conn.execute("UPDATE notice SET state = 1")
        store.conn.execute("UPDATE article SET text_key = 7 WHERE id = 1")
        store.conn.execute("UPDATE feed SET etag = 'known', body_hash = x'01'")
        go_back(store.conn, 6)
    store.close()
    store = brought_up(tmp_path / "test.db")
    assert store.conn.execute("SELECT at, until, revision, feed_id FROM match").fetchall() == [(NOW, 0, 0, 0)]
    assert store.articles.evidence([1])[1] == (Evidence("Quokka", (), "A sentence."),)
    told = store.conn.execute("SELECT state, told_at, term, text_key FROM notice").fetchall()
    assert told == [(1, None, "", 7)]
    assert store.conn.execute("SELECT id, etag FROM feed").fetchall() == [(1, "known"), (2, None)]
    # what the second feed says of the first article is read and kept when it comes again, and only that
    again = (entry(1, guid="theirs", content_html="<p>In other words.</p>"), entry(2))
    assert save(store, 2, *again) == ([], [])
    (text,) = store.articles.texts([1])
    assert [other.body for other in text.appearances] == ["In other words."]
    store.close()
    assert all(not finding.problem for finding in maintenance.check(tmp_path / "test.db"))


def test_what_takes_long_tells_how_far_it_is(tmp_path: Path) -> None:
    make_version_1(tmp_path)

    def told(name: str) -> list[tuple[str, float]]:
        said: list[tuple[str, float]] = []
        Store.open(tmp_path / name, report=lambda backup, done: said.append((backup.name, done))).close()
        return said

    first, *_, last = told("test.db")
    assert (first, last) == (("test.db.v1.bak", 0.0), ("test.db.v1.bak", 1.0))
    assert told("test.db") == told("new.db") == []  # nothing to do


def test_a_database_is_copied_first_whatever_its_name(tmp_path: Path) -> None:
    """Also where an earlier version was ended while it copied: what it left is no copy."""
    folder = tmp_path / os.fsdecode(b"d\xff'")
    folder.mkdir()
    make_version_1(folder)
    path, backup = folder / "test.db", folder / "test.db.v1.bak"
    backup.write_bytes(path.read_bytes()[:8192])
    Store.open(path).close()
    with closing(sqlite3.connect(backup)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == (1,)
        assert conn.execute("SELECT count(*) FROM article").fetchone() == (3,)
    assert sorted(one.name for one in folder.iterdir()) == ["test.db", "test.db.v1.bak"]


def test_the_index_is_made_anew_step_by_step(store: Store) -> None:
    save(store, 1, *(entry(number) for number in range(1, 451)))
    told: list[float] = []
    with store.transaction():
        store.index.rebuild(told.append)
    assert told == [200 / 450, 400 / 450, 1.0]


def test_stories_of_version_13_keep_their_rows(store: Store) -> None:
    save(store, 1, *map(entry, range(1, 7)))
    with store.transaction():
        for article_id, row in ((2, 0), (3, 1), (4, 1), (5, 2)):
            store.relations.join(article_id, 1, row)
        store.relations.leave(5)
        store.relations.leave(1)  # the story has the number of another article now
    rows, folds = store.relations.rows(2), store.lists.ids(View(ViewKind.ALL))
    assert rows == [[2], [3, 4]]
    with store.transaction():
        go_back(store.conn, 13)
    packed = store.conn.execute("SELECT story FROM article ORDER BY id").fetchall()
    assert [value for (value,) in packed] == [0, 2, 2 + (1 << 40), 2 + (1 << 40), 0, 0]
    store.close()
    store = brought_up(store.path)
    assert store.relations.rows(2) == rows and store.lists.ids(View(ViewKind.ALL)) == folds
    assert store.stories.fold([6, 5, 4, 3, 2, 1]).tolist() == [6, 5, 4, 2, 1]
    store.close()
