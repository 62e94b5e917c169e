"""The servers: two fakes of Miniflux, one of FreshRSS, and a real Miniflux if it is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.feeds.conftest import certificate as certificate
from tests.one_thread import one_thread as one_thread
from tests.servers import miniflux
from tests.servers.fake import Fake
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage, RealStage, Stage
from tests.web import Web
from tuireader.sync import engine
from tuireader.sync.backend import Backend
from tuireader.sync.preparing import Preparer


@pytest.fixture(autouse=True)
def in_one_process(one_thread: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let syncs start no process for large answers: here are none, and it takes longer than the rest."""
    monkeypatch.setattr(engine, "Preparer", lambda **_: Preparer(apart=False))


@pytest.fixture(scope="session")
def real_miniflux() -> Iterator[miniflux.Miniflux]:
    """A real Miniflux; tests use a new user each."""
    if reason := miniflux.missing():
        pytest.skip(reason)
    with miniflux.running() as server:
        yield server


@pytest.fixture(params=["miniflux 2.2.6", "miniflux 2.3.2", "freshrss", "real miniflux"])
def stage(request: pytest.FixtureRequest, web: Web) -> Iterator[Stage]:
    """One server after the other."""
    if request.param == "real miniflux":
        yield RealStage(request.getfixturevalue("real_miniflux"), web)
        return
    with FakeGReader() if request.param == "freshrss" else FakeMiniflux(request.param.split()[1]) as server:
        yield FakeStage(server)


@pytest.fixture(params=["2.2.6", "2.3.2"])
def server(request: pytest.FixtureRequest) -> Iterator[Fake]:
    """A fake Miniflux, one version after the other."""
    with FakeMiniflux(request.param) as made:
        yield made


@pytest.fixture
async def backend(server: Fake) -> AsyncIterator[Backend]:
    """A backend for the fake."""
    made = FakeStage(server).connect()
    yield made
    await made.close()
