"""Locations of the program's files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from tuireader import files
from tuireader.errors import ConfigError


class Paths(Struct, frozen=True):
    """Locations of the program's files. `database_given` is set when the user named the database."""

    config: Annotated[Path, "The configuration."]
    database: Annotated[Path, "The database."]
    state: Annotated[Path, "Folder of the log."]
    cache: Annotated[Path, "Folder of data that can be fetched again."]
    database_given: bool = False


def paths(
    environ: Mapping[str, str],
    config: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
) -> Paths:
    """Locate all files by the XDG Base Directory Specification; arguments override it.

    Creates nothing. As the specification requires, variables that are not absolute paths are ignored. Raises
    ConfigError if HOME is needed but not set.
    """

    def base(variable: str, below_home: str) -> Path:
        set_to = Path(environ.get(variable, ""))
        if set_to.is_absolute():
            return set_to / "tuireader"
        home = Path(environ.get("HOME", ""))
        if not home.is_absolute():
            raise ConfigError("there is no home folder: HOME is not set", f"set HOME or {variable}")
        return home / below_home / "tuireader"

    return Paths(
        config=Path(config) if config is not None else base("XDG_CONFIG_HOME", ".config") / "config.toml",
        database=Path(database)
        if database is not None
        else base("XDG_DATA_HOME", ".local/share") / "tuireader.db",
        state=base("XDG_STATE_HOME", ".local/state"),
        cache=base("XDG_CACHE_HOME", ".cache"),
        database_given=database is not None,
    )


def config_exists(path: Path) -> bool:
    """Check for a configuration file. Raises ConfigError if the path cannot be examined."""
    with ConfigError.from_os(f"{path} cannot be read", "check the path and its permissions"):
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
    return True


def read_or_create(path: Path) -> bytes:
    """Read a configuration to be edited; create an empty one if there is none. Raises ConfigError."""
    with ConfigError.from_os(f"{path} cannot be edited", "check its permissions"):
        if not config_exists(path):
            files.write(path, [])
        return path.read_bytes()


def expand_home(path: str) -> Path:
    """Expand `~` in a path where possible."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user, or no HOME: an ordinary name
        return Path(path)
