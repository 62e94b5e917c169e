"""The app in a headless terminal of a given size, with a library in memory or a real one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from textual import _callback, _wait
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.styles import RenderStyles
from textual.design import ColorSystem
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.reactive import Reactive
from textual.strip import Strip

from tests.ui import demo_library, economy, samples
from tests.ui.running import Running, running
from tests.ui.shelf import Shelf, configured
from tuireader.library.exchange import Exchange
from tuireader.ui import app
from tuireader.ui.controllers import marks
from tuireader.ui.flows import context


@pytest.fixture(scope="package", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A terminal with all colours in UTC, an empty home, and what else all of them need.

    Set once: nine fixtures for each test took longer than many a test.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLORTERM", "truecolor")
        patch.setenv("TZ", "UTC")
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        time.tzset()
        save_time(patch)
        wait_for_flows(patch)
        yield
    time.tzset()


def save_time(patch: pytest.MonkeyPatch) -> None:
    """Leave out what costs much and is looked at by no test, see `economy`."""
    # Pilot looks every 4 ms whether the app is idle, not every 20 ms: a key costs two such looks
    patch.setattr(_wait, "SLEEP_GRANULARITY", 0.004)
    patch.setattr(_wait, "SLEEP_IDLE", 0.0004)
    # rules of a stylesheet are told apart by their identity as before, but without a call in Python
    patch.setattr(RuleSet, "__hash__", object.__hash__)
    patch.setattr(Compositor, "render_update", economy.keep_update)
    patch.setattr(MessagePump, "_get_dispatch_methods", economy.handlers)
    patch.setattr(_callback, "_count_parameters", economy.count_parameters)
    patch.setattr(ColorSystem, "generate", economy.generate)
    patch.setattr(Strip, "__init__", economy.begin_strip)
    patch.setattr(Strip, "apply_filter", economy.filter_strip)
    patch.setattr(Reactive, "__get__", economy.read)
    patch.setattr(RenderStyles, "get_rule", economy.get_rule)
    patch.setattr(DOMNode, "screen", property(economy.screen_of))


def wait_for_flows(patch: pytest.MonkeyPatch) -> None:
    """On a busy machine a flow or a screen may take longer than a key of a person waits for it."""
    patch.setattr(context, "PATIENCE", 60.0)
    patch.setattr(app, "PATIENCE", 60.0)
    patch.setattr(marks, "MOMENT", 60.0)  # nor may the store be faster than a toast
    patch.setattr(Exchange.nearby, "__defaults__", (60.0,))  # or no file is offered for import


@pytest.fixture(scope="module")
def frames_for_a_terminal() -> Iterator[None]:
    """Frames are composed, for a fork of this process has a terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Compositor, "render_update", economy.compose)
        yield


@pytest.fixture
def locks_are_waited_for_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys go on soon while another program holds the store, as for a person."""
    monkeypatch.setattr(marks, "MOMENT", 0.1)


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
