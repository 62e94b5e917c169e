"""Read regular files only; write files: replace regular files atomically, write to anything else directly.

Replacing a device would leave a regular file in its place, and replacing a pipe would leave its reader
waiting.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SCRATCH = ".tuireader-"
_STALE = 86_400  # seconds; `durations` is in a layer above

PRIVATE = 0o600
"""Mode of files that only their owner may read."""
SHARED = 0o666
"""Mode of files that others may read, subject to the umask."""


def read(path: Path, most: int = -1) -> bytes:
    """Return the content of a regular file, at most the first `most` bytes.

    Raises OSError; for a pipe or a device, which may block or never end, at once.
    """
    _require_file(path.stat())  # opening a device may have effects
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        _require_file(os.fstat(handle))
        return file.read(most)


def _require_file(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


def write(path: Path, pieces: Iterable[bytes], *, mode: int = PRIVATE, sync: bool = True) -> None:
    """Write a file, following a symbolic link; missing folders are created.

    A regular file keeps its mode and its owner; a new one gets `mode`. After a crash the file is complete,
    either old or new; with `sync`, also after a power failure. Raises OSError, with nothing changed.
    """
    try:
        old = path.stat()
    except FileNotFoundError:
        old = None
    if old is not None and is_stream(path):
        _pour(path, pieces)
    else:
        target = path.resolve()
        make_folder(target.parent, mode)
        with scratch(target.parent, mode) as new:
            _fill(new, pieces, old, sync=sync)
            new.replace(target)
        if sync:
            _sync_folder(target.parent)


is_file, is_folder = os.path.isfile, os.path.isdir
"""Like the methods of `Path`, but false for a path that is too long or forbidden."""


def is_stream(path: Path) -> bool:
    """Return whether a path must be written to, not replaced: a device, a pipe, an open file."""
    try:
        kind = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)) or _descriptor(path) is not None


def create(path: Path, pieces: Iterable[bytes], *, mode: int = PRIVATE) -> None:
    """Write a file that does not exist yet. Raises FileExistsError or OSError and then leaves no file."""
    with scratch(path.parent, mode) as new:
        _fill(new, pieces, None, sync=False)
        publish(new, path)


def make_folder(path: Path, mode: int = PRIVATE) -> None:
    """Create a folder and its parents for files of this mode; an existing one stays unchanged."""
    path.mkdir(mode=mode | 0o111 if mode != PRIVATE else 0o700, parents=True, exist_ok=True)


@contextmanager
def scratch(folder: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Yield a new empty file in a folder; unless the caller publishes it, it is deleted at the end."""
    new = folder / f"{_SCRATCH}{os.urandom(8).hex()}"
    os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode))
    try:
        yield new
    finally:
        with suppress(OSError):
            new.unlink()


def sweep(folder: Path) -> None:
    """Delete scratch files that a killed program left at least a day ago."""
    with suppress(OSError):
        for path in folder.glob(f"{_SCRATCH}{'[0-9a-f]' * 16}*"):
            if time.time() - path.lstat().st_mtime > _STALE:
                path.unlink()


def publish(new: Path, path: Path, *, replace: bool = False) -> None:
    """Give a complete file its final name. Without `replace`, raises FileExistsError if the name is taken."""
    with new.open("rb") as file:
        os.fsync(file.fileno())
    if replace:
        new.replace(path)
    else:
        _link(new, path)
    _sync_folder(path.parent)


def _link(new: Path, path: Path) -> None:
    try:
        path.hardlink_to(new)  # a rename would replace a file of that name
    except FileExistsError:
        raise
    except OSError:  # not every file system has hard links
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
        new.replace(path)


def _descriptor(path: Path) -> int | None:
    """Return the open file descriptor of this process that a path such as /dev/stdout leads to."""
    for _ in range(40):
        if str(path.parent) in ("/dev/fd", "/proc/self/fd") and path.name.isdecimal():
            return int(path.name)
        try:
            path = path.parent / path.readlink()
        except OSError:
            break
    return None


def _pour(path: Path, pieces: Iterable[bytes]) -> None:
    if (number := _descriptor(path)) is not None:
        sys.stdout.flush()
        handle = os.dup(number)
    else:
        handle = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(handle, "wb") as file:
        file.writelines(pieces)


def _fill(new: Path, pieces: Iterable[bytes], old: os.stat_result | None, *, sync: bool) -> None:
    with new.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        if old is not None:
            with suppress(OSError):
                os.fchown(file.fileno(), old.st_uid, old.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
        if sync:
            os.fsync(file.fileno())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, so that programs that change files in it take turns. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def locked_or_busy(path: Path) -> Iterator[bool]:
    """Hold a lock on a file, created if missing; yield False at once if another program holds it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power failure, if the file system supports that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
