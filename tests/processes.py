"""Programs that tests start: their variables besides their own, and whether they have ended."""

from __future__ import annotations

import os
import subprocess
from typing import Any

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


def ended(child: subprocess.Popen[Any], within: float) -> bool:
    """Return whether a process ends within some seconds."""
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        return False
    return True
