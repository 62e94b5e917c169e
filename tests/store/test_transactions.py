"""Transactions and the parts of them that can be undone alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tuireader
from tests.builders import NOW, entry
from tuireader.model import ParsedFeed
from tuireader.store import Store


def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    with store.transaction():
        with store.savepoint():
            store.entries.save_feed(1, ParsedFeed(entries=(entry(1),)), NOW)
        with pytest.raises(ValueError, match="damaged"), store.savepoint():
            store.entries.save_feed(1, ParsedFeed(entries=(entry(2),)), NOW)
            raise ValueError("damaged")
        with store.savepoint():
            store.entries.save_feed(1, ParsedFeed(entries=(entry(3),)), NOW)
    titles = [title for (title,) in store.conn.execute("SELECT title FROM article ORDER BY id")]
    assert titles == ["Title number 1", "Title number 3"]


def test_an_error_that_ended_the_transaction_is_raised_itself(store: Store) -> None:
    with pytest.raises(ValueError, match="disk is full"), store.transaction(), store.savepoint():
        store.conn.execute("ROLLBACK")  # as SQLite does when the disk is full
        raise ValueError("disk is full")
    with store.transaction():
        pass


def test_no_other_part_of_the_program_uses_the_connection() -> None:
    """import-linter cannot see SQL that is passed to a connection of the store."""
    source = Path(tuireader.__file__).parent
    others = [path for path in source.rglob("*.py") if source / "store" not in path.parents]
    sql = re.compile(r"\.conn\b|\.executemany\(|\"(?:SAVEPOINT|ROLLBACK|RELEASE|PRAGMA) ")
    assert [str(path) for path in others if sql.search(path.read_text(encoding="utf-8"))] == []
