"""Priorities of processes: those that work beside the reader let its keys come first."""

from __future__ import annotations

import contextlib
import os

_NICE = 10  # niceness added


def lower(process: int) -> None:
    """Lower the priority of a process and its children."""
    with contextlib.suppress(OSError, AttributeError):  # it has ended, or the system does not support this
        os.setpriority(os.PRIO_PROCESS, process, min(19, os.getpriority(os.PRIO_PROCESS, process) + _NICE))
        os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


def is_low() -> bool:
    """Return whether this process has a low priority, as one beside the reader."""
    return hasattr(os, "getpriority") and os.getpriority(os.PRIO_PROCESS, 0) > 0  # not on Windows
