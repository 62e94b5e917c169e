"""Errors for the user, and their exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of the command: stable, documented, for scripts."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4
    CONFIG = 5
    DATABASE = 6
    NOT_NOTIFIED = 7
    ALARM = 8
    INTERRUPTED = 130


class TuireaderError(Exception):
    """A one-line error: what happened (`message`) and what to do (`hint`)."""

    exit_code: Exit = Exit.FAILURE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    @classmethod
    @contextmanager
    def from_os(cls, message: str, hint: str = "") -> Iterator[None]:
        """Raise this error with the reason if the system refuses something, but not for a closed pipe."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise cls(f"{message}: {error.strerror or error}", hint) from None


class UnreadableError(TuireaderError):
    """A file of another program is damaged or has the wrong format."""


class IsOpmlError(TuireaderError):
    """A web address has an OPML file, whose bytes are in `data`, in place of a feed."""

    def __init__(self, data: bytes) -> None:
        super().__init__("this is an OPML file", "`tuireader import` imports it")
        self.data = data


class UsageError(TuireaderError):
    """The command line or an expression cannot be understood."""

    exit_code = Exit.USAGE


class ConfigError(TuireaderError):
    """The configuration file cannot be read."""

    exit_code = Exit.CONFIG


class DatabaseError(TuireaderError):
    """The database is locked, damaged, unwritable or from a newer version."""

    exit_code = Exit.DATABASE


def report_crash(error: BaseException, state: Path, marks: str = "") -> int:
    """Report an unexpected error: print a line for the user, log the traceback for developers.

    `marks` says whether the user's marks are stored, `""` if that is not known.
    """
    text = "".join(traceback.format_exception(error))
    log = state / "crash.log"
    line = "; ".join(filter(None, (f"tuireader: unexpected error ({type(error).__name__})", marks)))
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        entry = f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n"
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(entry.encode("utf-8", "backslashreplace"))
        print(f"{line}. Details: {log}", file=sys.stderr)
    except OSError:
        print(f"{line}\n{text}", file=sys.stderr)
    return Exit.FAILURE
