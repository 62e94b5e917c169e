"""Rules and accounts: their marks are sent like the user's; what was marked on the server is left alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.servers.clients import ACCOUNT, client, marks, synced
from tests.servers.stages import Stage
from tuireader.sync import servers

RULE = '[[rule]]\nname = "Judgments"\nquery = "title:judgment"\nthen = ["star", "read"]\n'


@pytest.fixture(autouse=True)
def on_stage(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let accounts lead to the server of the stage."""
    monkeypatch.setattr(servers, "connect", lambda *_, **__: stage.connect())


async def test_rules_act_on_what_arrives_and_their_marks_are_sent(tmp_path: Path, stage: Stage) -> None:
    now = time.time() - 3600
    feed = stage.add_feed("News")
    stage.arrive(feed, "First judgment")
    async with client(tmp_path, ACCOUNT + RULE, clock=lambda: now) as library:
        await synced(library)
        new, seen = stage.arrive(feed, "New judgment", "Seen judgment")
        stage.mark(seen, read=True)
        other = stage.add_feed("Other")
        stage.arrive(other, "Judgment of another feed")
        now += 3660
        await synced(library)
        plain = (False, False)
        assert await marks(library) == {
            "First judgment": plain, "New judgment": (True, True), "Seen judgment": (True, False),
            "Judgment of another feed": plain,
        }  # fmt: skip
        await synced(library, pull=False)
        assert stage.marks(new) == (True, True) and stage.marks(seen) == (True, False)
        undone = await library.marks.undo()
        assert undone is not None and undone.what == "1 article changed by the rule Judgments"
        await synced(library, pull=False)
        assert stage.marks(new) == plain and (await marks(library))["New judgment"] == plain
