"""Hostile newsboat profiles by the number: files that want to crash, hang, run or redirect something.

    python -m tests.newsboat_hostile 200

writes so many profiles, imports each in a process of its own, and prints the worst time and memory.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
from pathlib import Path

from tests.hostile_caches import CACHES, FEED
from tests.hostile_lines import CONFIGS, URLS
from tests.processes import Measured, measured


def write(folder: Path, number: int) -> list[str]:
    """Write the profile of a number; the names of what is in it."""
    chance = random.Random(number)
    folder.mkdir(parents=True)
    cache, *_ = CACHES[number % len(CACHES)], number
    config = [CONFIGS[number % len(CONFIGS)], *chance.sample(CONFIGS, k=chance.randint(0, 2))]
    urls = [URLS[number % len(URLS)], *chance.sample(URLS, k=chance.randint(0, 1))]
    cache(chance, folder)
    (folder / "config").write_bytes(b"\n".join(make(chance, folder) for make in config))
    addresses = [make(chance, folder) for make in urls]
    (folder / "urls").write_bytes(b"\n".join([f'{FEED} tag "two words"'.encode(), *addresses]))
    return [make.__name__ for make in (cache, *config, *urls)]


# --------------------------------------------------------------------------- one import


def imported(folder: Path, home: Path, *words: str) -> Measured:
    """Import a profile in a process of its own."""
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tuireader", "--config", str(home / "config.toml"), "--database"]
    command += [str(home / "news.db"), "import", "newsboat", str(folder), *words]
    environment = os.environ | {"HOME": str(home), "XDG_STATE_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    return measured(command, environment, before=_bounded)


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


def faults(number: int, folder: Path, home: Path) -> tuple[list[str], Measured]:
    """Write and import a profile; what went wrong, and how it ended."""
    write(folder, number)
    ended = imported(folder, home, "--json")
    found: list[str] = []
    if ended.code not in (0, 1) or "Traceback" in ended.err or (home / "crash.log").exists():
        found.append(f"ended with {ended.code}: {ended.err[-600:]}")
    if ended.code == 1 and not ended.out and ended.err.count("\n") != 1:
        found.append(f"an error of several lines: {ended.err[-600:]}")
    if any((ord(sign) < 32 and sign != "\n") or sign in "\x7f\x9b\u202e" for sign in ended.err):
        found.append("control characters in what is said")
    if (folder / "canary").exists():
        found.append("something of the profile was run")
    text = (home / "config.toml").read_text(encoding="utf-8") if (home / "config.toml").exists() else ""
    if any(
        line.startswith(("command =", "browser =", "proxy =", 'folder = "/')) for line in text.splitlines()
    ):
        found.append("programs, proxies or folders were taken over unasked")
    if ended.out:
        found += [
            f"the lines of {one['file']} do not add up"
            for one in json.loads(ended.out)["files"]
            if one["lines"] != one["moved"] + one["changed"] + one["dropped"]
        ]
    return found, ended


def main() -> None:
    """Import many profiles and print the worst of all."""
    number, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    worst: list[tuple[float, float, int, int]] = []
    failed = 0
    for at in range(first, first + number):
        with tempfile.TemporaryDirectory() as place:
            found, ended = faults(at, Path(place) / "profile", Path(place) / "home")
        worst.append((ended.processor, ended.seconds, ended.memory, at))
        if found or ended.processor > 10 or ended.memory > 300_000_000:
            failed += 1
            print(f"{at}: {ended.processor:.1f} s, {ended.memory / 1e6:.0f} MB {found}", flush=True)
    slowest, largest = max(worst), max(worst, key=lambda one: one[2])
    print(f"{number} profiles, {failed} with faults or over 10 s of the processor or 300 MB")
    print(f"slowest: number {slowest[3]}, {slowest[0]:.1f} s of the processor, {slowest[1]:.1f} s in all")
    print(f"largest: number {largest[3]}, {largest[2] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
