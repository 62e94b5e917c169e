"""Command lines of Python child processes that import nothing from the working directory, and priorities."""

from __future__ import annotations

import contextlib
import os
import sys

_NICE = 10  # niceness added to what works beside the reader, so that its keys come first


def command(module: str, *arguments: str) -> list[str]:
    """Command line to run one of our modules in a Python process of its own.

    -P keeps the working directory off the path. So does -I, but it also hides the user site and PYTHONPATH,
    where tuireader itself may be installed. The parent's own -I, -E and -s are passed on.
    """
    given = {"-I": sys.flags.isolated, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    inherited = [flag for flag, is_set in given.items() if is_set]
    return [sys.executable, "-P", *inherited, "-m", module, *arguments]


def script(path: str, *arguments: str) -> list[str]:
    """Command line to run a file of ours that imports only the standard library."""
    return [sys.executable, "-I", "-S", path, *arguments]


def lower(process: int) -> None:
    """Lower the priority of a process and its children."""
    with contextlib.suppress(OSError, AttributeError):  # it has ended, or the system does not support this
        os.setpriority(os.PRIO_PROCESS, process, min(19, os.getpriority(os.PRIO_PROCESS, process) + _NICE))
        os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


def is_low() -> bool:
    """Return whether this process has a low priority, as one beside the reader."""
    return hasattr(os, "getpriority") and os.getpriority(os.PRIO_PROCESS, 0) > 0  # not on Windows
