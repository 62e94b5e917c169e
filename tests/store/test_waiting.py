"""Writes that have to wait, and writes for which the disk has no room."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.locks import locked, small_disk
from tuireader.errors import DatabaseError
from tuireader.store import Pool, Store


async def test_a_wait_for_another_program_can_be_cut_short(tmp_path: Path) -> None:
    def write(store: Store) -> None:
        with store.transaction():
            store.set_fact("one", "1")

    pool = await Pool.open(tmp_path / "news.db")
    try:
        pool.wait_at_most(3600)
        with locked(tmp_path / "news.db") as lock:
            waiting = asyncio.ensure_future(pool.write(write))
            assert await pool.read(lambda store: store.fact("one")) == ""  # readers do not wait
            pool.wait_at_most(0)
            with pytest.raises(DatabaseError, match="in use by another program"):
                await waiting
            pool.wait_at_most(3600)
            waiting = asyncio.ensure_future(pool.write(write))
            lock.release()
            await waiting
        assert await pool.read(lambda store: store.fact("one")) == "1"
    finally:
        await pool.close()


async def test_closing_does_not_wait_for_another_program(tmp_path: Path) -> None:
    pool = await Pool.open(tmp_path / "news.db")
    with locked(tmp_path / "news.db"):
        async with asyncio.timeout(10):  # less than the patience of a command
            await pool.close()


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    with small_disk(tmp_path, 2048) as disk:
        store = Store.open(disk.folder / "news.db")
        disk.fill()
        failed = 0
        for number in range(50):
            try:
                with store.transaction():
                    store.set_fact(f"fact {number}", "x" * 5000)
            except Exception:
                failed += 1
                assert not store.conn.in_transaction
        assert failed
        disk.free()
        with store.transaction():
            store.set_fact("last", "1")
        assert store.fact("last") == "1"
        store.close()
