"""A fake server of each kind and its client, for tests of single requests and answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.servers.fake import Fake
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage
from tuireader.sync.greader.api import GoogleReader
from tuireader.sync.miniflux.api import Miniflux


@pytest.fixture
def greader() -> Iterator[FakeGReader]:
    """A FreshRSS."""
    with FakeGReader() as made:
        yield made


@pytest.fixture
async def reader(greader: FakeGReader) -> AsyncIterator[GoogleReader]:
    """Its client."""
    made = FakeStage(greader).connect()
    assert isinstance(made, GoogleReader)
    yield made
    await made.close()


@pytest.fixture
def server() -> Iterator[Fake]:
    """A new Miniflux; most of this does not depend on the version."""
    with FakeMiniflux("2.3.2") as made:
        yield made


@pytest.fixture
async def miniflux(server: FakeMiniflux) -> AsyncIterator[Miniflux]:
    """Its client."""
    made = FakeStage(server).connect()
    assert isinstance(made, Miniflux)
    yield made
    await made.close()
