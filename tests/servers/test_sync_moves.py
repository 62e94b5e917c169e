"""A server forgets, shortens, archives, moves, renumbers and is set up again between syncs that crash.

No mark changes that no user changed, on any side: what the user set here stays here and reaches the server,
and what a phone set on the server stays there and comes here. `TUIREADER_HISTORIES` sets how many are tried.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.builders import Clock
from tests.servers.clients import Crash, Hooked, client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import Fake
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.miniflux import Miniflux
from tests.servers.stages import FakeStage, RealStage
from tests.web import Web
from tuireader.library import Library
from tuireader.model.accounts import Mark
from tuireader.store import Store
from tuireader.store.accounts.remote import Remote
from tuireader.sync import servers, states
from tuireader.sync.identity import Identity

HISTORIES = int(os.environ.get("TUIREADER_HISTORIES", "6"))
KINDS: Sequence[Callable[[], Fake]] = (
    FakeGReader,
    lambda: FakeMiniflux("2.2.6"),
    lambda: FakeMiniflux("2.3.2"),
)
HOUR, DAY = 3600, 86_400
FEEDS, ENTRIES, STEPS = 3, 6, 10
NAMES = ("read", "starred")


@dataclass
class World:
    """A server, the client, and what their users set: `here` on this computer, `there` on a phone.

    Titles that begin with `desk` are marked here only, others on the phone only.
    """

    server: Fake
    dice: random.Random
    clock: Clock
    here: dict[tuple[str, str], bool] = field(default_factory=dict)
    known: dict[tuple[str, str], bool] = field(default_factory=dict)
    forgotten: set[tuple[str, str]] = field(default_factory=set)
    archived: list[Callable[[], None]] = field(default_factory=list)
    since: dict[tuple[str, str], set[bool]] = field(default_factory=dict)
    crash_at: int = 0
    has_pulled: bool = True
    is_over: bool = False
    log: list[str] = field(default_factory=list)

    async def hook(self) -> None:
        """Crash at a request; the phone acts meanwhile."""
        if self.dice.random() < 0.2 and not self.is_over:
            self.act_on_phone()
        self.crash_at -= 1
        if self.crash_at == 0:
            raise Crash

    def act_on_phone(self) -> None:
        """Set a mark on the phone."""
        entries = [
            one for one in self.server.entries.values() if one.title.startswith("phone") and not one.removed
        ]
        if entries:
            entry, name = self.dice.choice(entries), self.dice.choice(NAMES)
            value = self.dice.random() < 0.6
            self.since.setdefault((entry.title, name), set()).update((getattr(entry, name), value))
            self.server.mark(entry, **{name: value})
            self.log.append(f"phone {entry.title} {name} {value}")

    async def act_here(self, library: Library) -> None:
        """Set some marks here."""
        numbers = await ids(library)
        for title in self.dice.sample(sorted(numbers), min(3, len(numbers))):
            if title.startswith("desk"):
                name, value = self.dice.choice(NAMES), self.dice.random() < 0.6
                change = library.marks.set_read if name == "read" else library.marks.set_starred
                await change([numbers[title]], value)
                self.here[title, name] = value
                self.log.append(f"here {title} {name} {value}")

    def story(self) -> str:
        """Everything that happened."""
        return "\n".join(self.log)

    # -- what servers do

    def arrive(self) -> None:
        """Let entries arrive."""
        for feed in self.server.feeds:
            number = len(self.log)
            self.server.add_entry(feed, f"{self.dice.choice(('desk', 'phone'))} {feed.title} {number}")

    def forget(self) -> None:
        """Clean up some entries."""
        entries = list(self.server.entries.values())
        for entry in self.dice.sample(entries, self.dice.randint(0, len(entries) // 2)):
            self.server.remove(entry)

    def shorten(self) -> None:
        """Send only a part of the lists, until the next move."""
        self.server.shown = self.dice.choice([0.0, 0.5, 0.9])

    def archive(self) -> None:
        """Lose a feed for some time."""
        if len(self.server.feeds) > 1:
            self.has_pulled = False
            self.archived.append(self.server.archive(self.dice.choice(self.server.feeds)))

    def bring_back(self) -> None:
        """Find the lost feeds again, once the client can know: it may have sent marks meanwhile."""
        while self.archived and self.has_pulled:
            self.archived.pop()()

    def renumber(self) -> None:
        """Give all entries other numbers."""
        self.lose_track()
        self.server.renumber(self._order(), feeds=self.dice.random() < 0.5)

    def reinstall(self) -> None:
        """Set the server up again: only the client knows what was marked."""
        self.lose_track()
        self.server.reinstall(self._order(), feeds=self.dice.random() < 0.5)

    def move(self) -> None:
        """Move to another address."""
        self.server.move()

    def _order(self) -> list[int]:
        """Return an order in which entries exchange their ids, or none for new ids."""
        count = len(self.server.entries)
        shift = self.dice.randint(0, 2)
        return [(at + shift) % count for at in range(count)] if shift and count > shift else []

    def lose_track(self) -> None:
        """Note that nobody can know what the phone set since the last sync: the proof was in the ids."""
        self.archived.clear()
        self.forgotten |= {(one.title, name) for one in self.server.entries.values() for name in NAMES}

    # -- what must be true

    async def check(self, library: Library) -> None:
        """What was set here is shown; all other marks are those that the phone set before or since."""
        shown = await marks(library)
        there = self.there()
        for title, values in shown.items():
            for name, value in zip(NAMES, values, strict=True):
                key = title, name
                if title.startswith("desk"):
                    assert value is self.here.get(key, False), (title, name, self.story())
                elif key not in self.forgotten:
                    possible = {self.known.get(key, False), there.get(key, value)} | self.since.get(
                        key, set()
                    )
                    assert value in possible, (key, self.story())
                self.known[key] = value
        self.since.clear()

    def there(self) -> dict[tuple[str, str], bool]:
        """The marks on the server."""
        entries = [one for one in self.server.entries.values() if not one.removed]
        return {(one.title, name): getattr(one, name) for one in entries for name in NAMES}

    async def settle(self, library: Library) -> None:
        """Let the server behave; then both sides have what the users set."""
        self.server.shown, self.crash_at, self.is_over = 1.0, 0, True
        await synced(library)
        self.has_pulled = True
        self.bring_back()
        for _ in range(5):
            self.clock.now += 10 * HOUR
            done = await synced(library)
            assert done.error == "", (done, self.story())
            await self.check(library)
        assert (done.asks, done.pending) == ("", 0), (done, self.story())
        shown = {
            (title, name): value
            for title, values in (await marks(library)).items()
            for name, value in zip(NAMES, values, strict=True)
        }
        for key, value in self.there().items():
            assert shown[key] is value, (key, value, self.story())
            if key[0].startswith("desk"):
                assert value is self.here.get(key, False), (key, value, self.story())


MOVES = (
    World.arrive,
    World.forget,
    World.shorten,
    World.archive,
    World.bring_back,
    World.renumber,
    World.reinstall,
    World.move,
)


async def play(folder: Path, server: Fake, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play one history."""
    world = World(server, random.Random(seed), Clock())
    stage = FakeStage(server)
    monkeypatch.setattr(servers, "connect", lambda *_, **__: Hooked(stage.connect(), world.hook))
    for number in range(FEEDS):
        feed = server.add_feed(f"Feed {number}")
        for name in range(ENTRIES):
            server.add_entry(feed, f"{'desk' if name % 2 else 'phone'} {number} {name}")
    async with client(folder, clock=world.clock.time) as library:
        await synced(library)
        await world.check(library)
        for _ in range(STEPS):
            await world.act_here(library)
            for _ in range(world.dice.randint(0, 3)):
                world.act_on_phone()
            server.shown = 1.0
            move = world.dice.choice(MOVES)
            world.log.append(move.__name__)
            move(world)
            server.pass_time(HOUR)
            world.clock.now += world.dice.choice([HOUR, DAY])
            world.crash_at = world.dice.choice([0, 0, *range(1, 9)])
            with suppress(Crash):
                done = await synced(library, pull=(pull := world.dice.random() < 0.8))
                world.has_pulled |= pull and not done.error
            await world.check(library)
        await world.settle(library)


@pytest.mark.parametrize("seed", range(HISTORIES))
async def test_no_mark_changes_that_no_user_changed(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KINDS[seed % len(KINDS)]() as server:
        await play(tmp_path, server, seed, monkeypatch)


def believing(store: Store, account_id: int, compared: states.Compared, now: int) -> states.Stored:
    """A broken merge: what is no longer listed as unread counts as read."""
    gone = [*compared.unsure, *compared.missing]
    known = store.remote.rows(account_id, gone)
    done = STORE_STATES(store, account_id, compared, now)
    states.merge_marks(store, account_id, Mark.READ, dict.fromkeys(known, True), known, now)
    return done


STORE_STATES = states.store_states


async def same(self: Identity, ids: Collection[str] = (), *, pending: bool = False) -> bool:
    """A broken comparison of servers: none is another one."""
    return False


BROKEN: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "what is absent is read": lambda patch: patch.setattr(states, "store_states", believing),
    "every server is the old one": lambda patch: patch.setattr(Identity, "is_another", same),
    "lost marks are forgotten": lambda patch: patch.setattr(Remote, "changed_here", lambda *_: set()),
}


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_broken_algorithm_is_caught(
    tmp_path: Path, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    BROKEN[broken](monkeypatch)
    for seed in (0, 14, 22, *range(40)):  # the first ones catch it as long as histories stay as they are
        with KINDS[seed % len(KINDS)]() as server:
            try:
                await play(tmp_path / str(seed), server, seed, monkeypatch)
            except AssertionError:
                return
    pytest.fail("not caught in 40 histories")


async def test_no_mark_changes_with_a_real_miniflux(
    tmp_path: Path, real_miniflux: Miniflux, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, dice, clock = RealStage(real_miniflux, web), random.Random(2), Clock()  # all three happen
    monkeypatch.setattr(servers, "connect", lambda *_, **__: stage.connect())
    feeds = [stage.add_feed(f"Feed{number}") for number in range(3)]
    entries: dict[str, str] = {}
    for feed in feeds:
        names = [f"{feed} {at}" for at in range(6)]
        entries |= dict(zip(names, stage.arrive(feed, *names), strict=True))
    async with client(tmp_path, clock=clock.time) as library:
        await synced(library)
        numbers = await ids(library)
        for _ in range(4):
            for title in dice.sample(sorted(numbers), 5):
                change = library.marks.set_read if dice.random() < 0.5 else library.marks.set_starred
                await change([numbers[title]], dice.random() < 0.6)
            expected = await marks(library)
            match dice.choice(["forget", "lose a feed", "set up again"]):
                case "forget":
                    for title in dice.sample(sorted(entries), min(3, len(entries))):
                        stage.remove(entries.pop(title))
                case "lose a feed":
                    feeds[0] = stage.subscribe_again(feeds[0])
                case _:
                    feeds = [stage.subscribe_again(feed) for feed in feeds]
            for pull in (False, True, True, True):
                clock.now += 10 * HOUR
                done = await synced(library, pull=pull)
                assert done.error == "" and await marks(library) == expected
            there = stage.all_marks()
            assert {title: expected[title] for title in there} == there and done.pending == 0
            entries = {title: entry for title, entry in entries.items() if title in there}
