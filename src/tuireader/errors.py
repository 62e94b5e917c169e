"""What can go wrong in a way a person has to be told, and the exit code that goes with it."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command; stable, documented, meant for scripts."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4
    CONFIG = 5
    DATABASE = 6
    INTERRUPTED = 130


class TuireaderError(Exception):
    """A fault told in one line: what happened (`message`) and what to do about it (`hint`)."""

    exit_code: Exit = Exit.FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(TuireaderError):
    """The command line or an expression typed by the person cannot be understood."""

    exit_code = Exit.USAGE


class ConfigError(TuireaderError):
    """The configuration file cannot be read at all."""

    exit_code = Exit.CONFIG


class DatabaseError(TuireaderError):
    """The database is locked, damaged, unwritable or from a newer version."""

    exit_code = Exit.DATABASE
