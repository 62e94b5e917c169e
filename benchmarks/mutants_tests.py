"""Pytest plugin of `mutants.py`: notes which test runs which line, or runs chosen tests until one fails.

`COVERAGE_TEST` names the running test, also to the processes that it starts, whose lines count as its own.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest


class Recorder:
    """Gives each test a coverage context of its own, and writes the seconds of those that passed."""

    def __init__(self, seconds: Path) -> None:
        self._path = seconds
        self._seconds = defaultdict[str, float](float)
        self._failed = set[str]()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Switch to the context of the test."""
        measured = coverage.Coverage.current()
        os.environ["COVERAGE_TEST"] = item.nodeid
        if measured:
            measured.switch_context(item.nodeid)
        result = yield
        del os.environ["COVERAGE_TEST"]
        if measured:
            measured.switch_context("")
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add the time of a phase."""
        self._seconds[report.nodeid] += report.duration
        if not report.passed:
            self._failed.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the file, in the process that heard of all tests."""
        if not hasattr(session.config, "workerinput"):
            passed = {test: time for test, time in self._seconds.items() if test not in self._failed}
            self._path.write_text(json.dumps(passed))


class Selection:
    """Runs the tests and files that a file lists, in its order, and writes what failed."""

    def __init__(self, tests: Path, failed: Path) -> None:
        self._order = {test: place for place, test in enumerate(json.loads(tests.read_text()))}
        self._failed = failed

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests, and those of chosen files."""
        places = [(self._place(item.nodeid), item) for item in items]
        items[:] = [item for place, item in sorted(places, key=lambda pair: pair[0]) if place >= 0]

    def _place(self, name: str) -> int:
        return self._order.get(name, self._order.get(name.partition("::")[0], -1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the name of a test that failed."""
        if report.failed:
            with self._failed.open("a") as file:
                file.write(f"{report.nodeid}\n")


def pytest_configure(config: pytest.Config) -> None:
    """Do what the variables ask for."""
    if seconds := os.environ.get("MUTANTS_SECONDS"):
        config.pluginmanager.register(Recorder(Path(seconds)))
    if tests := os.environ.get("MUTANTS_TESTS"):
        config.pluginmanager.register(Selection(Path(tests), Path(os.environ["MUTANTS_FAILED"])))
