"""Two clients and a third device act at random on one account while syncs run and crash.

At the end all are equal, the last change of a mark that only one of them changes has won, and no client ever
showed another value for it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.clients import Crash, Hooked, client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage, Stage
from tuireader.library import Library
from tuireader.store.accounts.remote import Remote
from tuireader.sync import merge, servers
from tuireader.sync.miniflux import pull as miniflux_pull

SEEDS = int(os.environ.get("TUIREADER_SYNC_SEEDS", "1"))
ACTORS = ("desk", "lap", "phone")
PRIVATE, SHARED, STEPS = 4, 6, 16
NAMES = [f"{actor} {number}" for actor in ACTORS for number in range(PRIVATE)] + [
    f"shared {number}" for number in range(SHARED)
]


@dataclass
class World:
    """The account, what each actor did last to its private entries, and the dice."""

    stage: Stage
    dice: random.Random
    entries: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    last: dict[tuple[str, str], bool] = field(default_factory=dict)
    syncing: tuple[str, Library] | None = None
    crash_at: int = 0

    def choice(self, actor: str) -> tuple[str, str, bool]:
        """A change that an actor makes: an entry, the name of a mark, its value."""
        names = [name for name in NAMES if name.startswith((actor, "shared")) and name in self.entries]
        name = self.dice.choice(names)
        mark, value = self.dice.choice(["read", "starred"]), self.dice.random() < 0.5
        if name.startswith(actor):
            self.last[name, mark] = value
        return name, mark, value

    async def hook(self) -> None:
        """Let the phone and the user act while a request is under way, and the program crash."""
        if self.dice.random() < 0.3:
            self.act_on_phone()
        if self.dice.random() < 0.3 and self.syncing is not None:
            await self.act(*self.syncing)
        self.crash_at -= 1
        if self.crash_at == 0:
            raise Crash

    def act_on_phone(self) -> None:
        name, mark, value = self.choice("phone")
        self.stage.mark(self.entries[name], **{mark: value})

    async def act(self, actor: str, library: Library) -> None:
        """Let the user of a client change some marks, now and then all of one kind at once."""
        here = self.numbers.setdefault(actor, {}) or await ids(library)
        self.numbers[actor] = here
        for _ in range(self.dice.randint(1, 3)):
            name, mark, value = self.choice(actor)
            if name not in here:
                self.last.pop((name, mark), None)
            elif mark == "read":
                await library.marks.set_read([here[name]], value)
            else:
                await library.marks.set_starred([here[name]], value)

    async def check(self, actor: str, library: Library) -> None:
        """No change of a private entry was taken back on the screen."""
        shown = await marks(library)
        for (name, mark), value in self.last.items():
            if name.startswith(actor):
                assert shown[name][mark == "starred"] is value, (actor, name, mark)


async def run(folder: Path, stage: Stage, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One history; fails when something is lost or taken back."""
    world = World(stage, random.Random(seed))
    monkeypatch.setattr(servers, "connect", lambda *_, **__: Hooked(stage.connect(), world.hook))
    feeds = [stage.add_feed(f"Feed{number}") for number in range(2)]
    for place, feed in enumerate(feeds):
        names = NAMES[place::2]
        world.entries |= dict(zip(names, stage.arrive(feed, *names), strict=True))
    async with AsyncExitStack() as stack:
        libraries = {
            actor: await stack.enter_async_context(client(folder / f"{seed} {actor}")) for actor in ACTORS[:2]
        }
        for library in libraries.values():
            await synced(library)
        for _ in range(STEPS):
            actor, library = world.dice.choice(list(libraries.items()))
            await world.act(actor, library)
            world.crash_at, world.syncing = world.dice.choice([0, 0, *range(1, 9)]), (actor, library)
            with suppress(Crash):
                await synced(library, pull=world.dice.random() < 0.8)
            for each, one in libraries.items():
                await world.check(each, one)
        monkeypatch.setattr(servers, "connect", lambda *_, **__: stage.connect())
        for library in (*libraries.values(), *libraries.values()):
            assert (await synced(library)).error == ""
        shown = {actor: await marks(library) for actor, library in libraries.items()}
        server = {name: stage.marks(entry) for name, entry in world.entries.items()}
        assert shown["desk"] == server and shown["lap"] == server
        for (name, mark), value in world.last.items():
            assert server[name][mark == "starred"] is value, (name, mark)


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_nothing_is_lost_or_taken_back(
    tmp_path: Path, stage: Stage, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run(tmp_path, stage, seed, monkeypatch)


def overwriting(known: merge.Known, server: bool) -> merge.Known:
    """A broken merge: the server always wins."""
    return merge.Known(server, server)


def forgetting(self: Remote, account_id: int, mark: object, value: bool, entries: Sequence[str]) -> None:
    """A broken receipt: what changed since it was sent is forgotten."""
    self.seen(account_id, mark, [(one, value, None) for one in entries])  # type: ignore[arg-type]
    self._conn.execute("UPDATE remote_entry SET pending = 0")


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the server overwrites what is pending": lambda patch: patch.setattr(merge, "pulled", overwriting),
    "a receipt forgets later changes": lambda patch: patch.setattr(Remote, "delivered", forgetting),
    "a pull begins after the last one ended": lambda patch: patch.setattr(miniflux_pull, "OVERLAP", -60),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_algorithm_is_caught(
    tmp_path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    BROKEN[broken](monkeypatch)
    with FakeMiniflux("2.3.2") as server:
        for seed in (2, 0, 1, 3, 4):  # the first one catches all as long as histories stay as they are
            server.feeds.clear()
            server.entries.clear()
            try:
                await run(tmp_path, FakeStage(server), seed, monkeypatch)
            except AssertionError:
                return
    pytest.fail("not caught in five histories")
