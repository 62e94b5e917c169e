"""Change a configuration file in one step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuireader import files
from tuireader.errors import ConfigError


def change(path: Path, edit: Callable[[str], str]) -> tuple[str, str]:
    """Change a configuration file by `edit`; one that does not exist is made, for its owner only.

    Two programs that do this at once take turns. Returns what it said and what it says now. Raises
    ConfigError when the file cannot be read or written, is a device or a pipe, or `edit` refuses; the file is
    then untouched.
    """
    try:
        target = path.resolve()  # a link stays a link, what it names is changed
        files.make_folder(target.parent)
        with _turn(target.parent):
            there = path.exists()
            if there and not path.is_file():
                raise ConfigError(f"{path} is not a regular file", "name another one with --config")
            old = target.read_bytes().decode("utf-8") if there else ""
            new = edit(old)
            if new != old:
                files.write(target, [new.encode("utf-8")])
            return old, new
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "mend it first; nothing was changed") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be changed: {reason}", "check the rights") from None


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
