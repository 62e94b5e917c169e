"""CPU time of a refresh by part, from the threads of the running command in /proc (Linux only)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(slots=True)
class Shares:
    """CPU seconds by part; used as a context manager around a command that this process starts."""

    seconds: dict[tuple[str, str], float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Shares:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    def by_part(self) -> dict[str, float]:
        """HTTP (the event loop, and the program's start), reading feeds, storing (SQLite and watches)."""
        sums = {"HTTP": 0.0, "reading": 0.0, "storing": 0.0}
        for (part, _), spent in self.seconds.items():
            sums[part] += spent
        return sums

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY):
            for process in _below(os.getpid()):
                with suppress(OSError):
                    self._look(process)

    def _look(self, process: str) -> None:
        module = _module((_PROC / process / "cmdline").read_bytes().split(b"\0"))
        if not module.startswith(b"tuireader"):
            return
        for task in (_PROC / process / "task").iterdir():
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            part = "storing"
            if module == b"tuireader.feeds.parse.worker":
                part = "reading"
            elif task.name == process:
                part = "HTTP"
            self.seconds[part, task.name] = (int(fields[11]) + int(fields[12])) / _TICKS


def _module(command: list[bytes]) -> bytes:
    """Return the module that a Python process runs; a path may have the name of the program, too."""
    is_python = b"python" in command[0].rpartition(b"/")[2]  # not GNU time, which has the same arguments
    return command[command.index(b"-m") + 1] if is_python and b"-m" in command[:-1] else b""


def _below(process: int | str) -> Iterator[str]:
    with suppress(OSError):
        for task in (_PROC / str(process) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield child
                yield from _below(child)
