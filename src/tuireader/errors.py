"""What can go wrong in a way a person has to be told, and the exit code that goes with it."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path


class Exit(IntEnum):
    """Exit codes of the command; stable, documented, meant for scripts."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    SOME_FAILED = 3
    ALL_FAILED = 4
    CONFIG = 5
    DATABASE = 6
    NOT_NOTIFIED = 7
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


class UnreadableError(TuireaderError):
    """A file of another program is damaged or is not what it should be."""


class UsageError(TuireaderError):
    """The command line or an expression typed by the person cannot be understood."""

    exit_code = Exit.USAGE


class ConfigError(TuireaderError):
    """The configuration file cannot be read at all."""

    exit_code = Exit.CONFIG


class DatabaseError(TuireaderError):
    """The database is locked, damaged, unwritable or from a newer version."""

    exit_code = Exit.DATABASE


def report_crash(fault: BaseException, state: Path) -> int:
    """Tell of an unexpected fault: a line for the person, the traceback for whoever mends it."""
    text = "".join(traceback.format_exception(fault))
    log = state / "crash.log"
    line = f"tuireader: stopped by a fault ({type(fault).__name__}); what was marked is kept"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        entry = f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n"
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(entry.encode("utf-8", "backslashreplace"))
        print(f"{line}. Details: {log}", file=sys.stderr)
    except OSError:
        print(f"{line}\n{text}", file=sys.stderr)
    return Exit.FAILURE
