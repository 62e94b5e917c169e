"""Would a test notice? `mutants.py [--number N] [--seed S] [PATH …]`.

Draws N lines of the code that can lose data, secrets or news, changes each in one small way
(`mutants_changes.py`), and runs the tests that run the line, cheapest first, until one fails. Prints the
changes that none of them notices. Which test runs which line is measured once for each state of code and
tests and kept in build/mutants, as are the results: the same command continues where it was stopped.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from mutants_changes import Change, changes
from mutants_map import PACKAGE, ROOT, Map, measured

SCOPE = "store sync ingest feeds library config/edit ui/controllers query watch timing"
CHUNKS = (1.5, 15, 60)
"""Seconds of tests after which the next, dearer ones are loaded, and after which a change has survived.

Of 58 changes that a test noticed without such an end, one took more than 25 seconds: 57.
"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a file and the tests that run it, cheapest first."""

    path: Path
    change: Change
    tests: tuple[str, ...]

    @property
    def words(self) -> str:
        """Where and what: `src/tuireader/dedup.py:12: a < b → a <= b`."""
        place = self.path.relative_to(ROOT)
        return f"{place}:{self.change.line}: {self.change.shown(self.path.read_bytes())}"


def main() -> None:
    """Draw, run, print."""
    options = _options()
    options.build.mkdir(parents=True, exist_ok=True)
    known = measured(options.build, options.tests)
    mutants = _draw(options.seed, options.number, list(_files(options.paths)), known)
    drawn = hashlib.sha256("\n".join(mutant.words for mutant in mutants).encode()).hexdigest()[:8]
    results = Results(options.build / f"results-{options.seed}-{drawn}.jsonl")
    with Workers(options.build, options.jobs) as workers:
        _run_all(workers, mutants, known, results)
        while wrong := _failing_anyway(workers, {test for test in results.by.values() if test}):
            print("fail without a change, too, and do not count:", *sorted(wrong), sep="\n  ")
            mutants = [_without(mutant, wrong) for mutant in mutants]
            results.forget(wrong)
            _run_all(workers, mutants, known, results)
    _report(mutants, results)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--number", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="*", default=[], help="files and folders of tests; default: all")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--build", type=Path, default=ROOT / "build/mutants", help="folder for what is kept")
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders; default: " + SCOPE)
    return parser.parse_args()


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths or [PACKAGE / name for name in SCOPE.split()]:
        yield from sorted(path.resolve().rglob("*.py")) if path.is_dir() else [path.resolve()]


# The draw.


def _draw(seed: int, number: int, files: Sequence[Path], known: Map) -> list[Mutant]:
    """Draw lines evenly, then a change of each, and find its tests."""
    by_line = defaultdict[tuple[Path, int], list[Change]](list)
    for path in files:
        for change in changes(path.read_text()):
            by_line[path, change.line].append(change)
    chance = random.Random(seed)
    mutants = list[Mutant]()
    for path, line in chance.sample(sorted(by_line), len(by_line)):
        choices = sorted(by_line[path, line], key=lambda change: (change.start, change.new))
        change = chance.choice(choices)
        if len(mutants) < number and change.compiles(path.read_bytes()):
            mutants.append(Mutant(path, change, ()))
    users = _users({name for mutant in mutants for name in mutant.change.names})
    return [_with_tests(mutant, known, users) for mutant in mutants]


def _users(names: set[str]) -> dict[str, list[tuple[Path, int, int]]]:
    """Return the functions of the package that name each of these: file, first and last line.

    What another value of a module is made of is used where that value is: parts of SQL, tables.
    """
    texts = {path: path.read_text() for path in PACKAGE.rglob("*.py")}
    trees = dict[Path, ast.Module]()
    meant = {name: {name} for name in names}
    while new := {
        path
        for path, text in texts.items()
        if path not in trees and any(name in text for same in meant.values() for name in same)
    }:
        trees |= {path: ast.parse(texts[path]) for path in new}
        values = [node for tree in trees.values() for node in tree.body if isinstance(node, ast.Assign)]
        parts = [(_defined(node), _named(node.value)) for node in values]
        for same in meant.values():
            while more := {name for made, named in parts if named & same for name in made - same}:
                same |= more
    users = defaultdict[str, list[tuple[Path, int, int]]](list)
    for path, tree in trees.items():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                named = _named(function)
                for name, same in meant.items():
                    if named & same:
                        users[name].append((path, function.body[0].lineno, function.end_lineno or 0))
    return users


def _defined(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _named(tree: ast.AST) -> set[str]:
    return {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(tree)} - {""}


def _with_tests(mutant: Mutant, known: Map, users: Mapping[str, Sequence[tuple[Path, int, int]]]) -> Mutant:
    change = mutant.change
    if change.names:  # runs at import, before any test: those count that run what uses it
        places = [place for name in change.names for place in users.get(name, ())]
    else:
        places = [(mutant.path, change.first, change.last)]
    tests = {test for path, first, last in places for test in known.tests(path, range(first, last + 1))}
    return Mutant(mutant.path, change, tuple(sorted(tests, key=lambda test: (known.seconds[test], test))))


def _without(mutant: Mutant, tests: set[str]) -> Mutant:
    return Mutant(mutant.path, mutant.change, tuple(test for test in mutant.tests if test not in tests))


# The runs.


class Results:
    """For each mutant the test that noticed it, or "" for none; kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.by: dict[str, str] = dict(json.loads(line) for line in lines)

    def add(self, words: str, test: str) -> None:
        """Add one."""
        self.by[words] = test
        with self._path.open("a") as file:
            file.write(json.dumps([words, test]) + "\n")

    def forget(self, tests: set[str]) -> None:
        """Forget what these tests noticed."""
        self.by = {words: test for words, test in self.by.items() if test not in tests}
        self._path.write_text("".join(json.dumps(pair) + "\n" for pair in self.by.items()))


class Worker:
    """A copy of the code, and a process that runs tests on it."""

    def __init__(self, build: Path, number: int) -> None:
        self.folder = build / f"worker-{number}"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "src", self.folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        temporary = self.folder / "tmp"
        temporary.mkdir()
        path = os.pathsep.join([str(self.folder / "src"), str(ROOT / "benchmarks")])
        kept = {name: text for name, text in os.environ.items() if not name.startswith("COVERAGE_")}
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "benchmarks/mutants_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=kept | {"PYTHONPATH": path, "TMPDIR": str(temporary)},
        )

    def noticed(self, mutant: Mutant, seconds: Mapping[str, float]) -> str:
        """Return the first test that fails, or ""."""
        path = self.folder / mutant.path.relative_to(ROOT)
        source = mutant.path.read_bytes()
        _write(path, mutant.change.applied(source))
        try:
            for tests in _chunks(mutant.tests, seconds):
                limit = 60 + 6 * sum(seconds[test] for test in tests)
                status, failed = self.run(tests, limit)
                if status is None:
                    return "(stopped: takes too long)"
                if status not in (0, 5):  # 5: no test was collected
                    return failed[0] if failed else f"(exit status {status})"
        finally:
            _write(path, source)
        return ""

    def run(self, tests: Sequence[str], limit: float, *, go_on: bool = False) -> tuple[int | None, list[str]]:
        """Run tests until one fails, or all; the exit status, and which failed."""
        assert self._process.stdin and self._process.stdout
        listed, failed = self.folder / "tests.json", self.folder / "failed.txt"
        listed.write_text(json.dumps(tests))
        failed.write_text("")
        files = sorted({test.partition("::")[0] for test in tests})
        job = {"tests": str(listed), "failed": str(failed), "files": files, "limit": limit, "go_on": go_on}
        print(json.dumps(job), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline()), failed.read_text().splitlines()

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()


class Workers:
    """As many workers as there are processors."""

    def __init__(self, build: Path, count: int) -> None:
        self._all = [Worker(build, number) for number in range(count)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._all:
            self._free.put(worker)
        self.pool = ThreadPoolExecutor(count)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)
        for worker in self._all:
            worker.close()

    def noticed(self, mutant: Mutant, seconds: Mapping[str, float]) -> str:
        """Return the test that notices a mutant, found by a worker that is free."""
        worker = self._free.get()
        try:
            return worker.noticed(mutant, seconds)
        finally:
            self._free.put(worker)

    def run(self, tests: Sequence[str]) -> set[str]:
        """Run tests on unchanged code; those that failed."""
        worker = self._free.get()
        try:
            return set(worker.run(tests, 3_600, go_on=True)[1])
        finally:
            self._free.put(worker)


def _write(path: Path, source: bytes) -> None:
    """Write code that no compiled file of an older state stands for."""
    path.write_bytes(source)
    for old in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        old.unlink()


def _chunks(tests: Sequence[str], seconds: Mapping[str, float]) -> Iterator[list[str]]:
    rest, passed = list(tests), 0.0
    for bound in CHUNKS:
        chunk = list[str]()
        while rest and passed < bound:
            passed += seconds[rest[0]]
            chunk.append(rest.pop(0))
        if chunk:
            yield chunk


def _run_all(workers: Workers, mutants: Sequence[Mutant], known: Map, results: Results) -> None:
    waiting = [mutant for mutant in mutants if mutant.words not in results.by]
    started = time.monotonic()

    def run(mutant: Mutant) -> tuple[Mutant, str]:
        return mutant, workers.noticed(mutant, known.seconds)

    runs = [workers.pool.submit(run, mutant) for mutant in waiting]
    for done, future in enumerate(as_completed(runs), 1):
        mutant, test = future.result()
        results.add(mutant.words, test)
        if not test or not done % 20:
            passed = round(time.monotonic() - started)
            print(
                f"{done}/{len(waiting)} {passed} s" + ("" if test else f"  not noticed: {mutant.words}"),
                flush=True,
            )


def _failing_anyway(workers: Workers, tests: set[str]) -> set[str]:
    return workers.run(sorted(test for test in tests if not test.startswith("("))) & tests


def _report(mutants: Sequence[Mutant], results: Results) -> None:
    survivors = [mutant for mutant in mutants if not results.by[mutant.words]]
    folders = Counter(mutant.path.relative_to(PACKAGE).parts[0] for mutant in mutants)
    lost = Counter(mutant.path.relative_to(PACKAGE).parts[0] for mutant in survivors)
    print("\nnot noticed:")
    for mutant in sorted(survivors, key=lambda mutant: mutant.words):
        print(f"  {mutant.words}  [{len(mutant.tests)} tests run it]")
    print()
    for name, count in sorted(folders.items()):
        print(f"{name:12} {count - lost[name]:4} of {count:4} noticed")
    share = 100 * (1 - len(survivors) / len(mutants))
    print(f"{'all':12} {len(mutants) - len(survivors):4} of {len(mutants):4} noticed, {share:.1f} %")


if __name__ == "__main__":
    main()
