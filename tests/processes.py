"""Programs that tests start: which variables they are given besides their own."""

from __future__ import annotations

import os

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
