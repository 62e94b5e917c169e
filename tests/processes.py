"""Programs that tests start: their variables, their end, what they use and what they leave behind."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import json
import multiprocessing
import os
import runpy
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest

import tuireader.__main__
from tuireader.store.upkeep import maintenance

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


in_a_fork = pytest.mark.skipif(any(map(_measuring, os.environ)), reason="under coverage no program is a fork")
"""For tests that change what a program does which they start."""


def interruptible() -> None:
    """Let ctrl+c end a new process, which a job in the background ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(
    words: Sequence[str],
    env: Mapping[str, str],
    *,
    before: Callable[[], object] = interruptible,
    stdout: int = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    cwd: Path | None = None,
    script: bool = False,
) -> subprocess.Popen[bytes]:
    """Start `tuireader` with these words as a process of its own, see `become`; `before` runs in it first."""

    def begin() -> None:
        before()
        become(words, env, script=script)

    _load()
    return subprocess.Popen(
        [sys.executable, *([] if script else ["-m", "tuireader"]), *words],
        cwd=cwd,
        bufsize=0,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        preexec_fn=begin,
        restore_signals=False,
    )


_LARGE_PAGES, _NOW, _SIZE = 14, 25, 1 << 21  # MADV_HUGEPAGE and MADV_COLLAPSE of Linux, in bytes


def use_large_pages() -> None:
    """Ask Linux for large pages: a fork of a process with all tests then takes a tenth of the time."""
    with suppress(OSError, AttributeError, ValueError):
        libc = ctypes.CDLL(None)
        libc.madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
        for line in Path("/proc/self/maps").read_text().splitlines():
            span, access, _, _, file, *_ = line.split()
            start, end = (int(place, 16) for place in span.split("-"))
            if access == "rw-p" and file == "0" and end - start >= _SIZE:
                for advice in (_LARGE_PAGES, _NOW):
                    libc.madvise(start, end - start, advice)


@cache
def _load() -> None:
    """Import what refreshes and syncs load, which took half of the time of a fork that does one."""
    for name in ("feeds.http.transport", "feeds.parse.parse", "ingest.relating.relate", "sync.miniflux.api"):
        import_module(f"tuireader.{name}")
    import_module("httpcore")


def become(words: Sequence[str], env: Mapping[str, str], *, script: bool = False) -> None:
    """Be `tuireader` with these words from now on, with only the standard streams: for a new fork.

    With `script`, the first of the words is a Python file or a module to run instead.

    It has imported the program already, which is most of the work of a short command. The process that forks
    must have no connection to the database open, which SQLite forbids to take along. `make coverage` counts
    only what is executed: there it returns, for the fork to execute the interpreter.
    """
    if any(map(_measuring, env)):
        return
    code = 1
    try:
        faulthandler.disable()
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        gc.freeze()  # what the tests' process left would close files by numbers that are new files here
        gc.enable()
        os.environ.clear()
        os.environ.update(env)
        time.tzset()
        sys.argv = [*words] if script else [tuireader.__main__.__file__, *words]
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            errors = "backslashreplace" if name == "stderr" else None
            lines = 1 if name == "stderr" else -1
            stream = None  # for one that is closed, as Python has it
            with suppress(OSError):
                stream = open(number, "w" if number else "r", lines, errors=errors, closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        if script and words[0].endswith(".py"):
            runpy.run_path(words[0], run_name="__main__")
        elif script:
            runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        else:
            tuireader.__main__.main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def at_once(tasks: Sequence[Callable[[], object]]) -> list[int]:
    """Do each task in a fork at the same time; return the exit codes. No database may be open here."""
    forks = [multiprocessing.get_context("fork").Process(target=task, daemon=True) for task in tasks]
    for fork in forks:
        fork.start()
    for fork in forks:
        fork.join(60)
    return [-1 if fork.exitcode is None else fork.exitcode for fork in forks]


def ended(child: subprocess.Popen[Any], within: float) -> bool:
    """Return whether a process ends within some seconds."""
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True


def gone(pid: int) -> bool:
    """Return whether a process ends within some seconds."""
    end = time.monotonic() + 30 * PATIENCE
    while time.monotonic() < end:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def pid_in(file: Path) -> int:
    """The number that a program writes into a file."""
    end = time.monotonic() + 60 * PATIENCE
    while not (file.exists() and file.read_text().endswith("\n")) and time.monotonic() < end:
        time.sleep(0.01)
    return int(file.read_text())


def end_once(child: subprocess.Popen[Any], due: Callable[[], bool], number: int = signal.SIGKILL) -> bool:
    """Send a process a signal as soon as something is due; False when it had ended by then."""
    with child:
        while not ended(child, 0.001) and not due():
            pass
        was_running = child.poll() is None
        child.send_signal(number)
    return was_running


def after_steps(thousands: int) -> Callable[[], None]:
    """Let a new process kill itself after so many thousand steps of SQLite, which no load of a machine moves.

    What `start` does first in it; under `make coverage` that is another interpreter, which goes on.
    """

    def begin() -> None:
        steps = iter(range(thousands))

        def step() -> int:
            if next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        def connect(*where: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect_uncounted(*where, **options)
            connection.set_progress_handler(step, 1000)
            return connection

        connect_uncounted = sqlite3.connect
        vars(sqlite3)["connect"] = connect

    return begin


def grown(folder: Path, pattern: str, size: int) -> bool:
    """Return whether a file of a folder has a size; one that has just gone has none."""
    with suppress(FileNotFoundError):
        return any(file.stat().st_size >= size for file in folder.glob(pattern))
    return False


@dataclass(frozen=True, slots=True)
class Measured:
    """How a program ended, with the seconds that it took and those of the processor, and its most memory."""

    code: int
    out: str
    err: str
    seconds: float
    processor: float
    memory: int


_MEASURE = """
import json, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024], file)
"""


def measured(
    command: Sequence[str], env: Mapping[str, str], *, before: Callable[[], None] | None = None
) -> Measured:
    """Run a program from a small one: the memory of what starts a process counts for it, too."""
    started = time.monotonic()
    with NamedTemporaryFile("r") as used:
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, used.name, *command],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=240,
            preexec_fn=before,
            check=True,
        )
        code, processor, memory = json.load(used)
    return Measured(code, done.stdout, done.stderr, time.monotonic() - started, processor, memory)


def problems(database: Path) -> list[str]:
    """What a check of the whole database finds."""
    return [finding.problem for finding in maintenance.check(database) if finding.problem]


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a statement finds."""
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(sql).fetchall()
