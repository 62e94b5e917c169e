"""Data of undo steps as private files: it may hold passwords, which must not get into the database."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from tuireader import files
from tuireader.config.edit.undo import EditedSince

_FOLDER = "undo"
_NAME = re.compile(rb"[0-9a-f]{32}")
_KEPT = 200


def keep(folder: Path, packed: bytes) -> bytes:
    """Store the data of a step below a folder; return its name for the journal. Raises OSError."""
    folder /= _FOLDER
    files.make_folder(folder)
    name = os.urandom(16).hex()
    files.write(folder / name, [packed])
    with suppress(FileNotFoundError):  # another process deletes the same files
        for path in sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime)[:-_KEPT]:
            path.unlink()
    return name.encode()


def read(folder: Path, stored: bytes) -> bytes:
    """Read the data of a step; older versions stored it in the journal. Raises EditedSince if it is gone."""
    if not _NAME.fullmatch(stored):
        return stored
    try:
        return (folder / _FOLDER / stored.decode()).read_bytes()
    except OSError:
        raise EditedSince("what it replaced is no longer known") from None
