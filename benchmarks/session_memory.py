"""Memory of a long session: the reader in a terminal, refreshed again and again.

  python benchmarks/session_memory.py [--refreshes 2000] [--every 50] [--feeds 5] [--new]

Prints, every so often, the memory that only the reader has (private, in KiB), and its resident set. The
feeds stay the same, or with `--new` have two more entries each time. Linux only.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import refresh
from ptytime import Program

_PROC = Path("/proc")
_PATIENCE = 60.0


def memory(process: int) -> tuple[int, int]:
    """Private and resident KiB of a process."""
    text = (_PROC / str(process) / "smaps_rollup").read_text()
    found = {name: int(size) for name, size in re.findall(r"(?m)^(\w+): +(\d+) kB", text)}
    return found["Private_Dirty"] + found["Private_Clean"], found["Rss"]


def refreshes(process: int) -> bool:
    """Whether a process has a child that refreshes."""
    for task in (_PROC / str(process) / "task").iterdir():
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                if b"refresh" in (_PROC / child / "cmdline").read_bytes().split(b"\0"):
                    return True
    return False


def refresh_once(program: Program) -> None:
    """Press the key until a refresh runs, and wait for its end.

    A key that comes before the reader has seen the end of the last refresh starts none.
    """
    end = time.monotonic() + _PATIENCE
    pressed = 0.0
    while not refreshes(program.pid):
        if (now := time.monotonic()) - pressed > 5:
            pressed = now
            program.type("R")
        if now > end:
            raise TimeoutError("the refresh did not start")
        time.sleep(0.01)
    while refreshes(program.pid):
        if time.monotonic() > end:
            raise TimeoutError("the refresh did not end")
        time.sleep(0.01)
    program.settle(0.1)


def main() -> None:
    """Read the options and run the session."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--refreshes", type=int, default=2000)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--feeds", type=int, default=5)
    parser.add_argument("--new", action="store_true", help="two more entries in each feed each time")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="memory.") as place,
        refresh.serving(options.feeds, False) as server,
    ):
        folder, ours = Path(place), refresh.Tuireader("tuireader")
        ours.fill(folder, server.urls)
        refresh.run(ours.command(folder, "first"), folder)
        with (folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write("refresh_on_start = false\n")
        command = ours.command(folder, "")
        with Program(command[: command.index("refresh")], folder) as program:
            program.wait(r"\d\d:\d\d  ")
            program.settle(2)
            for number in range(options.refreshes + 1):
                if number:
                    server.set(generation=number if options.new else 0)
                    refresh_once(program)
                if number % options.every == 0:
                    private, resident = memory(program.pid)
                    print(
                        f"{number:>6} refreshes {private:>8} KiB private {resident:>8} KiB resident",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
