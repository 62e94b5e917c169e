"""Programs that tests start: their variables besides their own, and whether they have ended."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from tuireader.store import maintenance

_MEASURING = "COVERAGE_"
PATIENCE = 3 if "COVERAGE_RUN" in os.environ else 1
"""So many times as long a deadline has to be: what is measured is slower."""


def passed_on() -> dict[str, str]:
    """What goes into an otherwise empty environment: where modules are, and that `make coverage` counts."""
    return {name: value for name, value in os.environ.items() if name == "PYTHONPATH" or _measuring(name)}


def unmeasured() -> dict[str, str]:
    """All variables, but nothing is counted: for tests that look at what a program loads."""
    return {name: value for name, value in os.environ.items() if not _measuring(name)}


def _measuring(name: str) -> bool:
    return name.startswith(_MEASURING)


def interruptible() -> None:
    """Let ctrl+c end a new process, which a job in the background ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(child: subprocess.Popen[Any], within: float) -> bool:
    """Return whether a process ends within some seconds."""
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def end_once(child: subprocess.Popen[Any], due: Callable[[], bool], number: int = signal.SIGKILL) -> bool:
    """Send a process a signal as soon as something is due; False when it had ended by then."""
    with child:
        while not ended(child, 0.001) and not due():
            pass
        was_running = child.poll() is None
        child.send_signal(number)
    return was_running


def grown(folder: Path, pattern: str, size: int) -> bool:
    """Return whether a file of a folder has a size; one that has just gone has none."""
    with suppress(FileNotFoundError):
        return any(file.stat().st_size >= size for file in folder.glob(pattern))
    return False


def problems(database: Path) -> list[str]:
    """What a check of the whole database finds."""
    return [finding.problem for finding in maintenance.check(database) if finding.problem]


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()
