"""A server for tests, and their order: modules that take long begin first, spread over the processes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest

from tests.web import Web, in_thread


@pytest.fixture
def web() -> Iterator[Web]:
    """A server on the loopback."""
    with in_thread() as server:
        yield server


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin the part of each process with modules marked slow: else one of them is what all wait for."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    modules = [list(found) for _, found in groupby(slow, key=lambda item: item.path)]
    size = -(-len(items) // processes)
    items.clear()
    for number in range(processes):
        first = [item for module in modules[number::processes] for item in module]
        count = max(0, size - len(first))
        items += [*first, *others[:count]]
        del others[:count]
    items += others
