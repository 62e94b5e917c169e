"""The app in a headless terminal of a given size, with a library in memory or a real one."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual import _callback, _wait
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.message_pump import MessagePump
from textual.strip import Strip

from tests.ui import demo_library, economy, samples
from tests.ui.running import Running, running
from tests.ui.shelf import Shelf, configured
from tuireader.ui import app
from tuireader.ui.controllers import marks
from tuireader.ui.flows import context


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot looks every 4 ms whether the app is idle, not every 20 ms: a key costs two such looks."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.004)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", 0.0004)


@pytest.fixture(autouse=True)
def frames_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widgets are drawn when the app is at rest, and composed to a frame only where a test looks at one."""
    monkeypatch.setattr(Compositor, "render_update", economy.keep_update)


@pytest.fixture
def frames_for_a_terminal(frames_for_nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames are composed, for a fork of this process has a terminal."""
    monkeypatch.setattr(Compositor, "render_update", economy.compose)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of a stylesheet are told apart by their identity as before, but without a call in Python."""
    monkeypatch.setattr(RuleSet, "__hash__", object.__hash__)


@pytest.fixture(autouse=True)
def quick_look_ups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers of messages are looked up once for each class."""
    monkeypatch.setattr(MessagePump, "_get_dispatch_methods", economy.handlers)
    monkeypatch.setattr(_callback, "_count_parameters", economy.count_parameters)


@pytest.fixture(autouse=True)
def quick_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are made without seven empty caches each."""
    monkeypatch.setattr(Strip, "__init__", economy.begin_strip)


@pytest.fixture(autouse=True)
def keys_wait_for_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a flow or a screen may take longer than a key of a person waits for it."""
    monkeypatch.setattr(context, "PATIENCE", 60.0)
    monkeypatch.setattr(app, "PATIENCE", 60.0)
    monkeypatch.setattr(marks, "MOMENT", 60.0)  # nor may the store be faster than a toast


@pytest.fixture
def locks_are_waited_for_briefly(keys_wait_for_flows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys go on soon while another program holds the store, as for a person."""
    monkeypatch.setattr(marks, "MOMENT", 0.1)


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


@pytest.fixture
async def run() -> AsyncIterator[Running]:
    """The app on the small library that has something of everything."""
    async with running(samples.library()) as run:
        yield run


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Running]:
    """The app on the demo's library."""
    async with demo_library.opened(tmp_path) as library, running(library) as run:
        yield run


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Running]:
    """The app on a library that follows a short configuration, without articles."""
    async with configured(tmp_path, samples.CONFIG) as library, running(library) as run:
        yield run


@pytest.fixture
async def welcome() -> AsyncIterator[Running]:
    """The app when it is started for the first time."""
    async with running(Shelf(), first_run=True) as run:
        yield run
