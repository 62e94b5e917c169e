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

    def resize(self, kilobytes: int) -> None:
        """Give the file system another size."""
        options = f"remount,size={kilobytes}k"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(self.folder)], check=True)

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def mounted(folder: Path, options: str, *source: str) -> Iterator[None]:
    """A file system of its own at `folder`; skips the test where none may be mounted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", *source, "-o", options, str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here: what a full or read-only disk does is NOT tested")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def small_disk(folder: Path, kilobytes: int = 8192) -> Iterator[Disk]:
    """A small tmpfs in a folder."""
    place = folder / "disk"
    with mounted(place, f"size={kilobytes}k", "-t", "tmpfs", "none"):
        yield Disk(place)
