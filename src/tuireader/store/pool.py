"""Threads for reading, counting and writing, each with its own connection."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from tuireader.store.database_file import MigrationProgress, connect_read_only, explain
from tuireader.store.store import Store

T = TypeVar("T")

_SMALL_CACHE = 6000  # page cache of a connection in KiB after `limit_cache`
_LARGE_LOG = 4 << 20  # bytes of the WAL from which `checkpoint` copies it
_LOG_PAGES = 20_000  # pages of the WAL from which a commit copies it


class Pool:
    """Run functions of a `Store` off the event loop; readers never wait for the writer (WAL)."""

    is_read_only = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._counter = ThreadPoolExecutor(1, thread_name_prefix="counter")
        self._articles: Store | None = None
        self._counting: Store | None = None
        self._writing: Store | None = None

    @classmethod
    async def open(cls, path: Path, report: MigrationProgress | None = None) -> Pool:
        """Open, create or migrate the database; `report` is called in a thread. Raises DatabaseError."""
        pool = cls(path)
        loop = asyncio.get_running_loop()
        try:
            pool._writing = await loop.run_in_executor(pool._writer, lambda: Store.open(path, report=report))
            pool._articles = await loop.run_in_executor(pool._reader, lambda: Store.open(path, prepare=False))
        except BaseException:
            await pool.close()
            raise
        return pool

    @classmethod
    async def open_read_only(cls, path: Path) -> Pool:
        """Open an existing database with one connection, whose writes fail. Raises DatabaseError."""
        pool = cls(path)
        pool.is_read_only = True
        pool._counter = pool._writer = pool._reader
        conn = await asyncio.get_running_loop().run_in_executor(pool._reader, connect_read_only, path)
        pool._articles = pool._counting = pool._writing = Store(conn, path)
        return pool

    async def read(self, function: Callable[[Store], T]) -> T:
        """Run a function that only reads; raise DatabaseError if SQLite fails."""
        return await self._run(self._reader, self._articles, function)

    async def read_or_stop(self, function: Callable[[Store], T]) -> T:
        """Run a function that only reads; interrupt its SQL statement if the caller is cancelled."""
        return await self._run(self._reader, self._articles, _Stoppable(function))

    async def count(self, function: Callable[[Store], T]) -> T:
        """Run a function that may read the whole store, without delaying `read`."""
        return await self._run(self._counter, self._articles, lambda _: function(self._open_counting()))

    def _open_counting(self) -> Store:
        """Open the counter's connection in its own thread, to keep the start fast."""
        if self._counting is None:
            self._counting = Store.open(self.path, prepare=False)
            self._counting.conn.execute("PRAGMA cache_size = -4000")  # it reads each page once
        return self._counting

    async def write(self, function: Callable[[Store], T]) -> T:
        """Run a function that writes, after all writes queued before."""
        return await self._run(self._writer, self._writing, function)

    async def transact(self, function: Callable[[Store], T]) -> T:
        """Run `function` in the writer thread as one transaction: all of its writes are stored, or none."""

        def whole(store: Store) -> T:
            with store.transaction():
                return function(store)

        return await self.write(whole)

    def wait_at_most(self, seconds: float) -> None:
        """Limit how long writes, including pending ones, wait for another program that is writing."""
        if self._writing is not None:
            self._writing.patience = seconds

    async def limit_cache(self) -> None:
        """Use smaller page caches, and leave checkpoints to `checkpoint`.

        Otherwise some commits include a checkpoint, which takes ten times as long as the commit itself.
        """
        await self.write(lambda store: store.set_cache(_SMALL_CACHE, checkpoint=_LOG_PAGES))
        await self.read(lambda store: store.set_cache(_SMALL_CACHE))

    async def checkpoint(self) -> None:
        """Copy a large WAL into the database without blocking readers or the writer."""
        await self.count(lambda store: store.checkpoint(_LARGE_LOG))

    async def close(self) -> None:
        """Finish running writes, stop reading, and close the connections."""
        loop = asyncio.get_running_loop()
        for store in (self._articles, self._counting):
            if store is not None:
                store.conn.interrupt()
        if self._articles is not None:
            await loop.run_in_executor(self._counter, lambda: None)  # it may still be opening
        opened = (
            (self._counter, self._counting),
            (self._writer, self._writing),
            (self._reader, self._articles),
        )
        for executor, store in dict.fromkeys(opened):  # all are the same if it is read-only
            if store is not None:
                await loop.run_in_executor(executor, store.close)
            executor.shutdown(wait=False)
        self._articles = self._writing = self._counting = None

    async def _run(
        self, executor: ThreadPoolExecutor, store: Store | None, function: Callable[[Store], T]
    ) -> T:
        if store is None:
            raise RuntimeError("the database is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, function, store)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
        except asyncio.CancelledError:
            if isinstance(function, _Stoppable):
                function.stop()
            raise


class _Stoppable(Generic[T]):
    """A function of a store that another thread can interrupt."""

    def __init__(self, function: Callable[[Store], T]) -> None:
        self._function = function
        self._lock = Lock()
        self._running: sqlite3.Connection | None = None

    def __call__(self, store: Store) -> T:
        with self._lock:
            self._running = store.conn
        try:
            return self._function(store)
        finally:
            with self._lock:
                self._running = None

    def stop(self) -> None:
        """Interrupt the running statement of this function only."""
        with self._lock:
            if self._running is not None:
                self._running.interrupt()
