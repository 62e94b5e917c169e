"""Time keys, and leaving, while another program holds the database's write lock, in a real terminal.

  python benchmarks/marks.py [--articles 10000] [--seconds 20] [--presses 500] [--seed 1]

Random keys that mark, undo and move are pressed while the lock is held and on after it, each with a move
right behind it, so that something is painted. Times are from the key to the last byte that both brought, in
milliseconds. Last comes leaving with a pending mark, under a lock that does not end.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import corpus
from ptytime import Program, percentile

KEYS = ("s", "s", "N", "m", "A", "a", "U", "ctrl+z", "X", "G", "g")


class Holder(threading.Thread):
    """Another program that holds the write lock for some seconds, or until `end`."""

    def __init__(self, database: Path, seconds: float) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._seconds = seconds
        self.held, self.end = threading.Event(), threading.Event()

    def run(self) -> None:
        """Take the lock, wait, give it back."""
        with closing(sqlite3.connect(self._database, isolation_level=None, timeout=30)) as conn:
            conn.execute("BEGIN IMMEDIATE")
            self.held.set()
            self.end.wait(self._seconds)
            conn.execute("ROLLBACK")


def pressed(program: Program, seed: int, presses: int, holder: Holder) -> tuple[list[float], list[float]]:
    """Times of keys under the lock, and after it."""
    chance = random.Random(seed)
    under: list[float] = []
    after: list[float] = []
    for number in range(presses):
        took = program.together(chance.choice(KEYS), "jk"[number % 2])
        (under if holder.is_alive() else after).append(took)
        if "mark them too" in program.text():  # `A` asks if some are on a watch
            program.type("y")
            program.settle()
    return under, after


def told(name: str, times: list[float]) -> None:
    """Print a line for some keys."""
    if times:
        print(
            f"{name:24} {len(times):5} keys: median {median(times):6.1f}"
            f"   95 % {percentile(times, 0.95):6.1f}   longest {max(times):6.1f} ms"
        )


def main() -> None:
    """Make a database, and press keys."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--presses", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marks.") as place:
        folder = Path(place)
        corpus.fill(folder, options.articles)
        files = ["--config", str(folder / "config.toml"), "--database", str(folder / "news.db")]
        with Program([sys.executable, "-m", "tuireader", *files], folder) as program:
            program.wait(r"\d\d:\d\d  ")
            program.settle(2)
            holder = Holder(folder / "news.db", options.seconds)
            holder.start()
            holder.held.wait()
            under, after = pressed(program, options.seed, options.presses, holder)
            told(f"locked for {options.seconds:g} s", under)
            told("after the lock", after)
            holder.join()
            program.settle(1)
            holder = Holder(folder / "news.db", 60)
            holder.start()
            holder.held.wait()
            program.together("s", "j")
            began = time.perf_counter()
            program.type("Q")
            program.wait_end()
            print(f"leaving under a lock: {time.perf_counter() - began:.2f} s")
            holder.end.set()


if __name__ == "__main__":
    main()
