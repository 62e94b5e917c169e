"""Time structs of msgspec beside frozen dataclasses, and the imports that need them.

  python benchmarks/structs.py [PYTHON …]

Prints microseconds to define a class of five fields, to make a value and to compare two, then milliseconds
to import the reader and the commands: medians of runs in turn, with this interpreter and others, such as that
of another checkout.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from timeit import timeit
from typing import Any

from msgspec import Struct

_IMPORTS = ("tuireader.ui.app", "tuireader.cli, tuireader.library")
_CLOCK = "import time; start = time.perf_counter(); import {}; print((time.perf_counter() - start) * 1000)"


def with_dataclass() -> Any:
    @dataclass(frozen=True, slots=True)
    class Value:
        id: int
        title: str
        author: str | None = None
        tags: tuple[int, ...] = ()
        read: bool = False

    return Value


def with_struct() -> Any:
    class Value(Struct, frozen=True):
        id: int
        title: str
        author: str | None = None
        tags: tuple[int, ...] = ()
        read: bool = False

    return Value


def microseconds(work: Callable[[], object], number: int) -> float:
    return timeit(work, number=number) / number * 1e6


def main() -> None:
    """Print both tables."""
    print(f"{'':<18}{'define':>8}{'make':>8}{'compare':>8}  µs")
    for define in (with_dataclass, with_struct):
        kind = define()
        one, other = kind(1, "a", tags=(1,)), kind(1, "a", tags=(1,))
        figures = (
            microseconds(define, 500),
            microseconds(lambda kind=kind: kind(1, "a", None, (1,), read=True), 100_000),  # type: ignore[misc]
            microseconds(lambda one=one, other=other: one == other, 100_000),  # type: ignore[misc]
        )
        print(f"{define.__name__:<18}" + "".join(f"{figure:8.2f}" for figure in figures))
    pythons = [sys.executable, *sys.argv[1:]]
    for modules in _IMPORTS:
        times: dict[str, list[float]] = {python: [] for python in pythons}
        for _ in range(7):
            for python in pythons:
                printed = subprocess.check_output([python, "-c", _CLOCK.format(modules)], text=True)
                times[python].append(float(printed))
        for python in pythons:
            print(f"import {modules}: {median(times[python]):.0f} ms  {python}")


if __name__ == "__main__":
    main()
