"""Files `cache.db` as an attacker makes them, for `tests.newsboat_hostile`."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

FEED = "http://a.example/feed"
_TABLES = """
CREATE TABLE rss_feed (rssurl VARCHAR(1024) PRIMARY KEY NOT NULL, url VARCHAR(1024), title VARCHAR(1024));
CREATE TABLE rss_item (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, guid VARCHAR(64), title VARCHAR(1024),
  author VARCHAR(1024), url VARCHAR(1024), feedurl VARCHAR(1024), pubDate INTEGER, content VARCHAR(65535),
  unread INTEGER(1), enclosure_url VARCHAR(1024), enclosure_type VARCHAR(1024), flags VARCHAR(52),
  deleted INTEGER(1) DEFAULT 0, base VARCHAR(128) DEFAULT "", content_mime_type VARCHAR(255) DEFAULT "");
"""
_COLUMNS = "guid, title, author, url, feedurl, pubDate, content, unread, flags, deleted"
DIGITS = ("²", "--5", "9" * 5000, "-1", "1e308", "٣", "0x10", "", "NaN", str(1 << 63), str(1 << 64), "1_000")
"""Numbers that are none, or too many of them."""
Make = Callable[[random.Random, Path], None]


def text_of(chance: random.Random) -> str:
    """A text that nobody wants on a screen."""
    parts = ["\x1b]0;x\x07", "\x9b31m", "\u202e", "[/]", "<script>", "%s{0}", "\x00", "🏳️\u200d🌈", "\n"]
    parts += ["é" * 9, "a" * 300]
    return "".join(chance.choices(parts, k=chance.randint(1, 12)))


def _cache(folder: Path, script: str, rows: Sequence[Sequence[object]] = ()) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.executescript(script)
        if rows:
            cache.executemany(f"INSERT INTO rss_item ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", rows)


def _row(number: int, **other: object) -> list[object]:
    row: dict[str, object] = {
        "guid": f"g{number}",
        "title": f"Title {number}",
        "author": "",
        "url": f"http://a.example/{number}",
        "feedurl": FEED,
        "pubDate": 1_700_000_000 + number,
        "content": "<p>Text</p>",
        "unread": 1,
        "flags": "",
        "deleted": 0,
    }
    return list((row | other).values())


def odd_values(chance: random.Random, folder: Path) -> None:
    values: list[object] = [*DIGITS, None, 1.5, float("inf"), b"\xff\x00", -(1 << 63), (1 << 63) - 1]
    values += [text_of(chance) for _ in range(5)]
    names = ("guid", "title", "author", "url", "pubDate", "content", "unread", "flags", "deleted")
    rows = [_row(at, **{name: chance.choice(values) for name in names}) for at in range(60)]
    rows += [_row(100 + at, pubDate=value) for at, value in enumerate(values)]
    _cache(folder, _TABLES, rows)
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute("UPDATE rss_item SET title = CAST(x'fffe00c328' AS TEXT) WHERE id % 7 = 0")
        cache.execute("UPDATE rss_item SET feedurl = CAST(x'ff' AS TEXT) WHERE id % 11 = 0")


_ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
_AS_ITEM = (
    f"SELECT x AS id, 'g' || x AS guid, 'T' AS title, '' AS author, '' AS url, '{FEED}' AS feedurl, "
    "x AS pubDate, '' AS content, 1 AS unread, '' AS flags, 0 AS deleted FROM"
)


def endless_view(chance: random.Random, folder: Path) -> None:
    feeds, _ = _TABLES.split("CREATE TABLE rss_item")
    _cache(folder, f"{feeds} CREATE VIEW rss_item AS {_ENDLESS} {_AS_ITEM} n;")


def huge_view(chance: random.Random, folder: Path) -> None:
    feeds, _ = _TABLES.split("CREATE TABLE rss_item")
    numbers = "CREATE TABLE n (x); INSERT INTO n VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9);"
    joined = ", ".join(f"n AS n{at}" for at in range(12))
    _cache(folder, f"{feeds} {numbers} CREATE VIEW rss_item AS {_AS_ITEM.replace('x', 'n0.x')} {joined};")


def view_of_feeds(chance: random.Random, folder: Path) -> None:
    _, items = _TABLES.split("CREATE TABLE rss_item")
    view = f"CREATE VIEW rss_feed AS {_ENDLESS} SELECT x AS rssurl, x AS url, x AS title FROM n;"
    _cache(folder, f"{view} CREATE TABLE rss_item{items}", [_row(1)])


def computed_columns(chance: random.Random, folder: Path) -> None:
    nested = "replace(hex(zeroblob(9999)),'0',hex(zeroblob(9999)))"
    body = chance.choice(["hex(zeroblob(400000000))", "printf('%.*c', 900000000, 'x')", nested])
    _cache(folder, _TABLES.replace("content VARCHAR(65535),", ""))
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute(
            "INSERT INTO rss_item (guid, title, url, feedurl, unread) VALUES ('g','t','',?,1)", (FEED,)
        )
        cache.execute(f"ALTER TABLE rss_item ADD COLUMN content TEXT AS ({body})")  # nothing is computed yet


def virtual_table(chance: random.Random, folder: Path) -> None:
    feeds, _ = _TABLES.split("CREATE TABLE rss_item")
    _cache(folder, f"{feeds} CREATE VIRTUAL TABLE rss_item USING fts5({_COLUMNS});", [_row(1)])


def triggers_and_indexes(chance: random.Random, folder: Path) -> None:
    more = """CREATE INDEX i ON rss_item (hex(randomblob(9)));""" if chance.random() < 0.2 else ""
    more += "CREATE INDEX j ON rss_item (feedurl) WHERE length(content) > 3;"
    more += "CREATE TRIGGER t AFTER INSERT ON rss_item BEGIN UPDATE rss_item SET unread = 0; END;"
    with suppress(sqlite3.Error):
        _cache(folder, _TABLES + more, [_row(at) for at in range(50)])


def large_values(chance: random.Random, folder: Path) -> None:
    deep = "<div>" * 40_000 + "x" + "</b>" * 10_000
    rows = [_row(1, content="x" * 12_000_000), _row(2, title="t" * 3_000_000), _row(3, content=deep)]
    rows += [_row(4, flags="ab" * 500_000), _row(5, guid="g" * 1_000_000)]
    rows += [_row(6, url="http://a/" + "u" * 900_000)]
    rows += [_row(7, author="<" * 300_000), _row(8, content="&" * 900_000), _row(9, content="<" * 900_000)]
    _cache(folder, _TABLES, rows)


def many_rows(chance: random.Random, folder: Path) -> None:
    _cache(folder, _TABLES)
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute(
            f"{_ENDLESS} INSERT INTO rss_item (guid, title, url, feedurl, pubDate, content, unread) "
            "SELECT x, 'T' || x, '', 'http://' || (x % ?) || '.example/', x, '', x % 2 FROM n LIMIT ?",
            (chance.choice([3, 50_000]), chance.choice([20_000, 150_000])),
        )


def odd_columns(chance: random.Random, folder: Path) -> None:
    feeds, items = _TABLES.split("CREATE TABLE rss_item")
    made = chance.choice(
        [
            items.replace("author VARCHAR(1024)", "rowid TEXT, author"),
            f"(guid TEXT PRIMARY KEY, {_COLUMNS.removeprefix('guid, ')}) WITHOUT ROWID;",
            "(guid, title);",
            f"({', '.join(f'c{at}' for at in range(1500))});",
            items.replace(
                "title VARCHAR(1024)", "title TEXT COLLATE nocase DEFAULT (hex(zeroblob(99999999)))"
            ),
        ]
    )
    with suppress(sqlite3.Error):
        _cache(folder, f"{feeds} CREATE TABLE rss_item{made}", [_row(1)])


def many_tables(chance: random.Random, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.executescript("BEGIN;" + "".join(f"CREATE TABLE t{at} (a);" for at in range(4_000)) + "COMMIT;")
        cache.executescript(_TABLES)


def damaged(chance: random.Random, folder: Path) -> None:
    """A database with bytes changed, cut, or with a tree that bites its tail."""
    _cache(folder, _TABLES, [_row(at, content="x" * chance.choice([3, 3_000])) for at in range(400)])
    raw = bytearray((folder / "cache.db").read_bytes())
    kind = chance.randrange(4)
    if kind == 0:
        for _ in range(200):
            raw[chance.randrange(100, len(raw))] = chance.randrange(256)
    elif kind == 1:
        del raw[chance.randrange(len(raw)) :]
    elif kind == 2:
        raw[18:20] = b"\x02\x02"  # says that there is a write-ahead log
        (folder / "cache.db-journal").write_bytes(os.urandom(4096))
    else:
        for start in range(0, len(raw), 4096):
            if raw[start] == 5:  # an inner page: all its children are the page itself
                number = (start // 4096 + 1).to_bytes(4, "big")
                raw[start + 8 : start + 12] = number
                for cell in range(int.from_bytes(raw[start + 3 : start + 5], "big")):
                    at = start + int.from_bytes(raw[start + 12 + 2 * cell : start + 14 + 2 * cell], "big")
                    raw[at : at + 4] = number
    (folder / "cache.db").write_bytes(raw)


def tampered_schema(chance: random.Random, folder: Path) -> None:
    _cache(folder, _TABLES, [_row(1)])
    with closing(sqlite3.connect(folder / "cache.db")) as cache, cache:
        cache.execute("PRAGMA writable_schema = ON")
        long = "CREATE TABLE rss_item(" + "a," * 30_000 + "b)"
        sql = chance.choice(["CREATE TABLE", long, "x" * 3_000_000, None])
        cache.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'rss_item'", (sql,))


def no_database(chance: random.Random, folder: Path) -> None:
    path = folder / "cache.db"
    make: Callable[[], object] = chance.choice(
        [
            lambda: path.symlink_to("/dev/zero"),
            lambda: os.mkfifo(path),
            path.mkdir,
            lambda: path.write_bytes(b"SQLite format 3\0" + chance.randbytes(5_000)),
            path.touch,
        ]
    )
    make()


CACHES: tuple[Make, ...] = (
    odd_values, endless_view, huge_view, view_of_feeds, computed_columns, virtual_table, triggers_and_indexes,
    large_values, many_rows, odd_columns, many_tables, damaged, damaged, tampered_schema, no_database,
)  # fmt: skip
