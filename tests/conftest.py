"""What many tests start from, and the order of tests: slow ones begin first, spread over the processes."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import reached
from tests.builders import TWO_FEEDS, opened, opened_demo, paths
from tests.processes import unmeasured, use_large_pages
from tests.web import Web, in_thread
from tuireader.library import Library

settings.register_profile("long", max_examples=2_000, deadline=None)  # for a night


def pytest_configure(config: pytest.Config) -> None:
    """Look for assertions that do not run."""
    config.pluginmanager.register(reached.Check())
    if config.option.durations is None:
        for plugin in config.pluginmanager.get_plugins():
            if type(plugin).__name__ == "WorkerInteractor":  # of xdist, in a process that runs tests
                send_news_only(plugin)


def send_news_only(sender: Any) -> None:
    """Let a process report only failures and results: half of its messages."""
    send = sender.sendevent

    def send_news(name: str, **values: Any) -> None:
        data = values.get("data", {})
        went_well = name == "testreport" and data["outcome"] == "passed" and data["when"] != "call"
        if name != "logstart" and not went_well:
            send(name, **values)

    sender.sendevent = send_news


@pytest.fixture
def web() -> Iterator[Web]:
    """A server on the loopback."""
    with in_thread() as server:
        yield server


@pytest.fixture
async def library(tmp_path: Path) -> AsyncIterator[Library]:
    """A library of two feeds that have nothing yet."""
    async with opened(tmp_path, TWO_FEEDS) as made:
        yield made


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `make coverage` not count in child processes, where it takes time and writes files."""
    for name in os.environ.keys() - unmeasured().keys():
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def demo_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the demo, filled once for all processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if hasattr(request.config, "workerinput") else base) / "demo"
    folder.mkdir(exist_ok=True)

    async def fill() -> None:
        async with opened_demo(folder):
            pass

    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "filled").exists():
            asyncio.run(fill())
            (folder / "filled").touch()
    return paths(folder).database


@pytest.fixture
def demo_home(demo_database: Path, tmp_path: Path) -> Path:
    """A home in which the demo was opened before: to fill its database takes most of a start."""
    target = tmp_path / ".local/share/tuireader/demo.db"
    target.parent.mkdir(parents=True)
    shutil.copy(demo_database, target)
    return tmp_path


@pytest.fixture
async def demo(demo_database: Path, tmp_path: Path) -> AsyncIterator[Library]:
    """The demo in a library of its own."""
    shutil.copy(demo_database, paths(tmp_path).database)
    async with opened_demo(tmp_path) as made:
        yield made


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin the part of each process with tests marked slow: else one of them is what all wait for."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    slow, others = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        (slow if item.get_closest_marker("slow") else others).append(item)
    modules = [list(found) for _, found in groupby(slow, key=lambda item: item.path)]
    size = -(-len(items) // processes)
    items.clear()
    for number in range(processes):
        first = [item for module in modules[number::processes] for item in module]
        count = max(0, size - len(first))
        items += [*first, *others[:count]]
        del others[:count]
    items += others


_SINCE_PAGES = count(1)
_TESTS = 500  # number of tests after which a process has grown by many pages


def pytest_runtest_logfinish() -> None:
    """Use large pages for what a process has grown by."""
    if next(_SINCE_PAGES) % _TESTS == 0:
        use_large_pages()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Keep the collector away from what is left: pytest has looked through it once, Python would again."""
    gc.freeze()


def pytest_collectstart() -> None:
    """Collect no garbage while tests are collected: visits take a third of that."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep the collector away from the many objects of all tests: visits take a tenth of the UI tests.

    It looks for garbage seldom: what an app leaves fills no memory, and to look took a fifteenth of them.
    """
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 20)
    use_large_pages()
