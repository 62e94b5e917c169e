"""A database that cannot be written to: held by another program, or on a full disk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest


class Lock:
    """Another program that writes: it has the write lock from `take` to `release`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def take(self) -> None:
        """Begin to write; waits for a write that is under way."""
        self._conn.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        """Write nothing, and end."""
        if self._conn.in_transaction:
            self._conn.execute("ROLLBACK")


@contextmanager
def locked(database: Path) -> Iterator[Lock]:
    """Hold the write lock of a database, until the end or `release`."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as conn:
        lock = Lock(conn)
        lock.take()
        yield lock
        lock.release()


class Disk:
    """A file system of its own, a few megabytes large."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte free."""
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            for size in (1 << 16, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, megabytes: int = 8) -> Iterator[Disk]:
    """Mount a small tmpfs; only root may do that, so all else skips the test."""
    mount = shutil.which("mount")
    place = folder / "disk"
    place.mkdir()
    if mount is None or os.geteuid():
        pytest.skip("a small disk can only be mounted by root: what a full disk does is NOT tested here")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"no small disk, so what a full one does is NOT tested here: {done.stderr.strip()}")
    try:
        yield Disk(place)
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
