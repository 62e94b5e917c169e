"""The process that ranks by meaning, in this one: its encoder takes a second to load, once for all tests."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tuireader.library import meaning
from tuireader.subprocesses import encoder, ranker
from tuireader.subprocesses.worker import WorkerDied


class InThisProcess:
    """What a `Worker` of the ranker answers. After `die`, it starts again with the next request."""

    def __init__(self, module: str, *, at_once: int, idle: float) -> None:
        assert module == ranker.__name__ and at_once > 1 and idle == meaning.IDLE
        self.process: object | None = None
        self.jobs: list[str] = []

    async def ask(self, request: Any, seconds: float) -> Any:
        if self.process is None:
            self.process = importlib.reload(ranker)
        self.jobs.append(request[0])
        try:
            return ranker.answer(request)
        except Exception as error:  # ends a process
            self.die()
            raise WorkerDied(0) from error

    def die(self) -> None:
        self.process = None

    async def aclose(self) -> None:
        self.die()


@pytest.fixture
def ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let libraries rank by meaning in this process."""
    if not encoder.encoder():
        pytest.skip("install the extra `meaning` to run this test")
    monkeypatch.setattr(meaning, "Worker", InThisProcess)
