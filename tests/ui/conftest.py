"""The app in a headless terminal of a given size, with a library in memory or a real one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from textual import _wait


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot looks every 4 ms whether the app is idle, not every 20 ms: a key costs two such looks."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 0.0004)


@pytest.fixture(autouse=True)
def all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal with all colours, wherever the tests run."""
    monkeypatch.setenv("COLORTERM", "truecolor")


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    """Times are shown as in UTC, wherever the tests run."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()
