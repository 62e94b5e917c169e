"""Files changed and written at one stroke, for their owner only."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tuireader.errors import ConfigError


def change(path: Path, edit: Callable[[str], str]) -> tuple[str, str]:
    """Change a configuration file by `edit`; one that does not exist is made, for its owner only.

    Two programs that do this at once take turns. Returns what it said and what it says now. Raises
    ConfigError when the file cannot be read or written, or `edit` refuses; the file is then untouched.
    """
    try:
        target = path.resolve()  # a link stays a link, what it names is changed
        private_folder(target.parent)
        with _turn(target.parent):
            old = target.read_bytes().decode("utf-8") if target.exists() else ""
            new = edit(old)
            if new != old:
                save(path, new)
            return old, new
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "mend it first; nothing was changed") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be changed: {reason}", "check the rights") from None


def save(path: Path, text: str) -> None:
    """Write a text to a file at one stroke: after a crash there is the old one or the new one, whole."""
    write_private(path, text.encode("utf-8"))


def write_private(path: Path, content: bytes) -> None:
    """Write a file at one stroke, readable by its owner only; the mode of one that exists is kept.

    Through a symbolic link, what it names is written. Raises OSError.
    """
    target = path.resolve()
    private_folder(target.parent)
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(target.parent)


def private_folder(path: Path) -> None:
    """Make a folder, for its owner only, with those above it; one that exists is left as it is."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Hold the lock on a folder, so that programs that read, change and write in it take turns."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make sure that a rename in a folder outlasts a loss of power, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
