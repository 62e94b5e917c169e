"""Where the program's files are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tuireader.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the program's files are. `database_given` says that the person named the database."""

    config: Path
    database: Path
    state: Path
    cache: Path
    database_given: bool = False


def paths(
    environ: Mapping[str, str],
    config: str | os.PathLike[str] | None = None,
    database: str | os.PathLike[str] | None = None,
) -> Paths:
    """The places of all files by the XDG Base Directory Specification, but for those that are given.

    Makes nothing. As the specification says, variables that are not absolute paths are ignored. Raises
    ConfigError when a place is needed that only HOME could tell, and HOME is missing.
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
    """Return whether there is a configuration file; raises ConfigError where that cannot be looked up."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"{path} cannot be read: {reason}", "check the path and its rights") from None
    return True


def expand_home(path: str) -> Path:
    """The path with `~` made out, where that can be."""
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no such user, or no HOME: then it is a name like any other
        return Path(path)
