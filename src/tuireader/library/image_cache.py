"""Pictures that were fetched, as files in the cache folder; the ones not used for longest go first."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from tuireader import files

MOST = 100_000_000
"""Bytes of all pictures together."""


class PictureCache:
    """Files of a folder that is made at the first need. Never raises: a cache that fails holds nothing."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def get(self, url: str) -> bytes | None:
        """The picture of an address, if it is kept."""
        path = self._path(url)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, url: str, data: bytes) -> None:
        """Keep a picture, and let others go where there are too many."""
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
