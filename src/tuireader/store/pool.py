"""One reader thread and one writer thread, each with a connection of its own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tuireader.store.store import Store, explain

T = TypeVar("T")


class Pool:
    """Runs functions of a `Store` off the event loop; readers never wait for the writer (WAL)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._reading: Store | None = None
        self._writing: Store | None = None

    @classmethod
    async def open(cls, path: Path) -> Pool:
        """Open, create or migrate the database; raises DatabaseError."""
        pool = cls(path)
        loop = asyncio.get_running_loop()
        try:
            pool._writing = await loop.run_in_executor(pool._writer, Store.open, path)
            pool._reading = await loop.run_in_executor(pool._reader, lambda: Store.open(path, prepare=False))
        except BaseException:
            await pool.close()
            raise
        return pool

    async def read(self, function: Callable[[Store], T]) -> T:
        """Run a function that only reads; raises DatabaseError when SQLite fails."""
        return await self._run(self._reader, self._reading, function)

    async def write(self, function: Callable[[Store], T]) -> T:
        """Run a function that writes, after all writes that were asked for before."""
        return await self._run(self._writer, self._writing, function)

    async def close(self) -> None:
        """Let what is under way end, then close both connections."""
        loop = asyncio.get_running_loop()
        for executor, store in ((self._writer, self._writing), (self._reader, self._reading)):
            if store is not None:
                await loop.run_in_executor(executor, store.close)
            executor.shutdown(wait=False)
        self._reading = self._writing = None

    async def _run(
        self, executor: ThreadPoolExecutor, store: Store | None, function: Callable[[Store], T]
    ) -> T:
        if store is None:
            raise RuntimeError("the database is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, function, store)
        except sqlite3.Error as error:
            raise explain(error, self.path) from error
