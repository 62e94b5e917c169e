"""Which test runs which line: measured by coverage, once, and again for what has changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src/tuireader"

RCFILE = """[run]
branch = false
source = tuireader
parallel = true
context = ${COVERAGE_TEST-}
data_file = %s
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """One measuring: the lines that each test ran, its seconds, and the files of that time."""

    data: coverage.CoverageData
    seconds: Mapping[str, float]
    hashes: Mapping[str, str]

    @classmethod
    def read(cls, folder: Path) -> Layer:
        """Read what was measured."""
        data = coverage.CoverageData(str(folder / "coverage"))
        data.read()
        seconds, hashes = (
            json.loads((folder / f"{name}.json").read_text()) for name in ("seconds", "hashes")
        )
        return cls(data, seconds, hashes)


class Map:
    """The tests that run each line, from the newest layer that knows a test."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.seconds: dict[str, float] = {}
        for layer in layers:
            self.seconds |= layer.seconds

    def tests(self, path: Path, lines: Collection[int]) -> set[str]:
        """Return the tests that run any of these lines; of the whole file without lines."""
        found, newer = set[str](), set[str]()
        for layer in reversed(self.layers):
            by_line = layer.data.contexts_by_lineno(str(path))
            here = {test for line in lines or by_line for test in by_line.get(line, ())}
            found |= (here & layer.seconds.keys()) - newer
            newer |= layer.seconds.keys()
        return {test for test in found if (ROOT / test.partition("::")[0]).exists()}


def _hashes() -> dict[str, str]:
    """Return a hash of each file of code and tests; helpers of tests and bundled data do not count."""
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path.parent.name != "tools"]
    paths = [*PACKAGE.rglob("*.py"), *tests]
    return {
        str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)
    }


def measured(build: Path, tests: Sequence[str]) -> Map:
    """Return the map of the present state. What has changed since it was made is measured again."""
    now, known = _hashes(), Map([])
    for folder in sorted(build.glob("map-*")):
        known = Map([*known.layers, Layer.read(folder)])
    then = known.layers[-1].hashes if known.layers else {}
    changed = {name for name, digest in now.items() if then.get(name) != digest}
    if known.layers and changed:
        again = {name for name in changed if name.startswith("tests/")}
        again |= {test for name in changed for test in known.tests(ROOT / name, ())}
        print(
            f"{len(changed)} files have changed: {len(again)} files and tests are measured again …",
            flush=True,
        )
        known = Map([*known.layers, _layer(build, len(known.layers), tests, sorted(again), now)])
    elif not known.layers:
        print("which test runs which line is measured once: the whole suite runs …", flush=True)
        known = Map([_layer(build, 0, tests, [], now)])
    return known


def _layer(
    build: Path, number: int, tests: Sequence[str], chosen: Sequence[str], hashes: Mapping[str, str]
) -> Layer:
    """Run the chosen files and tests, or all of them, and write which lines each runs."""
    making = build / "making"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    rcfile, listed = making / "coveragerc", making / "tests.json"
    rcfile.write_text(RCFILE % (making / "coverage"))
    env = os.environ | {
        "COVERAGE_PROCESS_START": str(rcfile),
        "COVERAGE_RUN": "true",
        "MUTANTS_SECONDS": str(making / "seconds.json"),
        "PYTHONPATH": str(ROOT / "benchmarks"),
    }
    if chosen:
        listed.write_text(json.dumps(chosen))
        env |= {"MUTANTS_TESTS": str(listed), "MUTANTS_FAILED": str(making / "failed.txt")}
    pytest = [sys.executable, "-m", "pytest", "-p", "mutants_tests", "--hypothesis-profile=ci"]
    files = sorted({test.partition("::")[0] for test in chosen if (ROOT / test.partition("::")[0]).exists()})
    subprocess.run(
        [*pytest, "-n", "3", "--dist", "worksteal", *(files or tests)], cwd=ROOT, env=env, check=False
    )
    combine = [sys.executable, "-m", "coverage", "combine", "-q", f"--rcfile={rcfile}"]
    subprocess.run(combine, cwd=ROOT, check=True)
    (making / "hashes.json").write_text(json.dumps(hashes))
    return Layer.read(making.rename(build / f"map-{number}"))
