"""Look up names for shell completion: read-only, fast, and silent about errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tuireader.store.json_columns import unpack_extra
from tuireader.store.sql import FEED_ADDRESS, FEED_TITLE
from tuireader.text import without_password


def feeds(path: Path) -> list[tuple[int, str, str]]:
    """List number, title and address of the subscribed feeds; empty if the database is unavailable."""
    rows = _read(
        path,
        f"SELECT id, {FEED_TITLE}, {FEED_ADDRESS} FROM feed f WHERE subscribed ORDER BY position, id",
    )
    return [(number, title, without_password(url)) for number, title, url in rows]


def newest(path: Path, count: int) -> list[tuple[int, str]]:
    """List number and title of the newest articles."""
    return _read(path, "SELECT id, title FROM article ORDER BY time DESC, id DESC LIMIT ?", (count,))


def labels(path: Path) -> list[str]:
    """List the names of the user's labels."""
    return [name for (name,) in _read(path, "SELECT name FROM label ORDER BY key")]


def every_feed(path: Path) -> list[tuple[str, str, str]]:
    """List title, address and folder of every feed, including unsubscribed ones."""
    return _read(path, f"SELECT {FEED_TITLE}, url, folder FROM feed f")


def tags(path: Path) -> set[str]:
    """Collect the tags that feeds give their entries."""
    rows = _read(path, "SELECT extra FROM content WHERE instr(extra, '\"tags\"')")
    return {tag for (stored,) in rows for tag in unpack_extra(stored)["tags"]}


def _read(path: Path, sql: str, values: Sequence[object] = ()) -> list[Any]:
    try:
        if not path.is_file():
            return []
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)) as conn:
            return conn.execute(sql, values).fetchall()
    except (sqlite3.Error, OSError):
        return []
