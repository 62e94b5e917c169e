"""Fetched images as files in the cache folder; the least recently used are deleted first."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from tuireader import files

MOST = 100_000_000
"""Bytes of all pictures together."""


class PictureCache:
    """Files in a folder that is created on first use. Never raises: a failing cache is empty."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def get(self, url: str) -> bytes | None:
        """Return the cached image of an address."""
        path = self._path(url)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, url: str, data: bytes) -> None:
        """Cache an image, and delete others when there are too many."""
        path = self._path(url)
        with contextlib.suppress(OSError):
            files.write(path, [data], sync=False)
            self._trim()

    def _path(self, url: str) -> Path:
        return self._folder / hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _trim(self) -> None:
        files = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.is_file()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda one: one[0].st_mtime):
            if total <= self._most:
                return
            with contextlib.suppress(OSError):
                Path(path).unlink()
                total -= stat.st_size
