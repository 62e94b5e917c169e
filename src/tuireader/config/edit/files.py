"""Change a configuration file in one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tuireader import files
from tuireader.config.edit.data import FIX_FIRST
from tuireader.errors import ConfigError


def change(path: Path, edit: Callable[[str], str]) -> tuple[str, str]:
    """Apply `edit` to a configuration file and return its old and new text.

    A new file is created for its owner only. Programs that edit at the same time take turns. Raises
    ConfigError when the file cannot be read or written, is a device or a pipe, or `edit` refuses; the file is
    then unchanged.
    """
    try:
        target = path.resolve()  # keep a link, change its target
        files.make_folder(target.parent)
        with files.locked(target.parent):
            exists = path.exists()
            if exists and not path.is_file():
                raise ConfigError(f"{path} is not a regular file", "name another one with --config")
            old = target.read_bytes().decode("utf-8") if exists else ""
            new = edit(old)
            if new != old:
                files.write(target, [new.encode("utf-8")])
            return old, new
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", FIX_FIRST) from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path} cannot be changed: {reason}", "check its permissions") from None
