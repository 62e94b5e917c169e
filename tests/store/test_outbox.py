"""The outbox: whatever happens to senders and channels, no message is lost, none repeated without a mark."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOW, entry, open_store, save
from tests.store.test_migrations import brought_up, go_back
from tuireader.model import OutboxKind, OutboxMessage
from tuireader.store import Store
from tuireader.store.upkeep.recovery import recover
from tuireader.store.watches.outbox import LATEST_RETRY, LEASE, RETRY, SUSPECT, Draft, Terms
from tuireader.text.durations import HOUR, MONTH

EXAMPLES = int(os.environ.get("TUIREADER_EXAMPLES", "15"))
FATES = ("accepted", "accepted", "refused", "doubtful", "permanent", "lost", "died", "died before")
"""What becomes of a letter. `lost`: received, but the answer is lost. The sender dies after it or before."""
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(["", "a", "b"]), st.integers(0, 2)),
        st.tuples(st.just("send"), st.lists(st.sampled_from(FATES), max_size=8)),
        st.tuples(st.just("wait"), st.sampled_from([1, RETRY, LATEST_RETRY, HOUR])),
    ),
    max_size=25,
)


@dataclass
class World:
    """A store with an outbox, its senders, and what the receivers of its channels got."""

    store: Store
    now: int = NOW
    limit: int = 0
    senders: count[int] = field(default_factory=count)
    added: Counter[str] = field(default_factory=Counter)
    received: list[tuple[int, str, bool]] = field(default_factory=list)
    """Message, letter and whether it was marked as repeated."""
    letters: dict[str, list[int]] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)

    def add(self, channel: str, priority: int) -> None:
        with self.store.transaction():
            draft = Draft(channel, OutboxKind.MATCH, 1, priority=priority)
            self.store.outbox.add([draft], self.now)
        self.added[channel] += 1

    @property
    def is_waiting(self) -> bool:
        """Whether a message is neither accepted nor given up."""
        open_ones = "SELECT 1 FROM outbox WHERE state NOT IN ('accepted', 'given up')"
        return self.store.conn.execute(open_ones).fetchone() is not None

    def wait(self, seconds: int) -> None:
        self.now += seconds

    def send(self, fates: list[str]) -> None:
        """Send as one process that may die; another one then finds it gone."""
        left, holder = iter(fates), f"sender{next(self.senders)}"
        with self.store.transaction():
            assert self.store.outbox.take_lease(holder, self.now, is_gone=lambda other: other != holder)
        for channel in self.store.outbox.channels():
            terms = Terms(limit=self.limit if channel else 0, together=not channel)
            while True:
                with self.store.transaction():
                    messages = self.store.outbox.pick(
                        channel, terms, f"{holder}-{self.now}-{len(self.received)}", self.now
                    )
                if not messages:
                    break
                fate = next(left, "accepted")
                if fate not in ("refused", "permanent", "died before"):
                    self.receive(messages)
                if fate.startswith("died"):
                    return
                with self.store.transaction():
                    if not self.settle(messages, fate):
                        break
        with self.store.transaction():
            assert self.store.outbox.renew_lease(holder, 0)

    def receive(self, messages: list[OutboxMessage]) -> None:
        (letter,) = {message.letter for message in messages}
        (repeated,) = {message.interrupted for message in messages}
        ids = [message.id for message in messages]
        assert ids == sorted(ids) and self.letters.setdefault(letter, ids) == ids, "it has the same articles"
        self.received += [(number, letter, repeated) for number in ids]

    def settle(self, messages: list[OutboxMessage], fate: str) -> bool:
        """Record what became of a letter; return whether its channel goes on."""
        outbox, ids = self.store.outbox, [message.id for message in messages]
        if fate == "accepted":
            outbox.accept(messages, [messages[0].channel], self.now)
        elif fate == "permanent":
            outbox.give_up(messages[0].channel, ids, "unknown address", self.now)
            self.given_up |= set(ids)
        else:
            outbox.refuse(messages, "down", self.now, doubtful=fate in ("lost", "doubtful"))
            assert outbox.back_off(messages[0].channel, "down", self.now) > self.now
        return fate in ("accepted", "permanent")

    def check(self) -> None:
        """Nothing was repeated without the mark."""
        seen: set[int] = set()
        for number, _, repeated in self.received:
            assert number not in seen or repeated, "repeated without the mark"
            seen.add(number)


def test_no_history_loses_a_message_or_repeats_one_without_a_mark(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    save(store, 1, entry(1))
    store.close()

    @settings(max_examples=10 * EXAMPLES, deadline=None)
    @given(steps, st.sampled_from([0, 2]))
    def check(taken: list[tuple[object, ...]], limit: int) -> None:
        with TemporaryDirectory() as folder:
            shutil.copy(tmp_path / "test.db", folder)
            world = World(Store.open(Path(folder) / "test.db"), limit=limit)
            for step, *values in taken:
                getattr(world, str(step))(*values)
                world.check()
            for _ in range(60):  # everything works from now on
                if not world.is_waiting:
                    break
                world.wait(HOUR)
                world.send([])
            world.check()
            states = dict(world.store.conn.execute("SELECT id, state FROM outbox"))
            assert len(states) == world.added.total()
            assert {number for number, state in states.items() if state != "accepted"} == world.given_up
            assert {number for number, _, _ in world.received} >= states.keys() - world.given_up
            if limit:
                for channel in ("a", "b"):
                    times = sorted(
                        world.store.conn.execute(
                            "SELECT DISTINCT sent_at, letter FROM outbox WHERE channel = ? AND sent_at",
                            (channel,),
                        )
                    )
                    whole = zip(times, times[limit + 1 :], strict=False)
                    assert all(after - before >= HOUR for (before, _), (after, _) in whole)
            world.store.close()

    check()


def test_a_repaired_database_decides_again_about_what_it_has_lost(store: Store) -> None:
    ids, _ = save(store, 1, entry(1), entry(2))
    with store.transaction():
        store.notices.add([("W", ids[0]), ("W", ids[1])])
        first, second = (item.id for item in store.notices.waiting())
        store.notices.decide(dict.fromkeys((first, second), ("", "")), {}, NOW)
        lost = Draft("", OutboxKind.DIGEST, 7, notices=(second,))
        store.outbox.add([Draft("", OutboxKind.MATCH, ids[0], notices=(first,)), lost], NOW)
    new = store.path.with_name("new.db")
    assert recover(store.path, new)["outbox"] == 1
    repaired = Store.open(new)
    assert [item.id for item in repaired.notices.waiting()] == [second]
    assert len(repaired.outbox.unsent()) == 1, "the digest is lost"
    repaired.close()


def test_the_matches_of_version_15_that_wait_are_decided_and_the_others_stay_told(store: Store) -> None:
    ids, _ = save(store, 1, *map(entry, range(1, 4)))
    with store.transaction():
        store.notices.add([("W", number) for number in ids])
        store.conn.execute("UPDATE notice SET state = id - 1")
        go_back(store.conn, 15)
    store.close()
    store = brought_up(store.path)
    (waiting,) = store.notices.waiting()
    assert waiting.article_id == min(ids) and store.outbox.unsent() == []
    assert store.notices.notified_in_story("W", ids[1]) == [ids[1]]
    store.close()


def test_accepted_messages_are_kept_for_a_month_and_those_given_up_forever(store: Store) -> None:
    outbox = store.outbox
    with store.transaction():
        outbox.add([Draft(name, OutboxKind.ALARM, 1) for name in ("a", "b")], NOW)
        outbox.accept(outbox.pick("a", Terms(), "x", NOW), ["a"], NOW)
        outbox.give_up("b", [2], "down", NOW)
        for later, count in ((MONTH, 2), (MONTH + 1, 1)):
            assert outbox.take_lease("me", NOW + later)
            assert store.conn.execute("SELECT count(*) FROM outbox").fetchone() == (count,)
        assert not outbox.take_lease("you", NOW + MONTH + 1)
        assert outbox.take_lease("you", NOW + MONTH + 1 + LEASE), "it has expired"
        assert not outbox.renew_lease("me", NOW + MONTH + 2 + LEASE)


@pytest.mark.parametrize("pause", [10, 40, LEASE - 1])
def test_a_lease_is_extended_by_a_sender_that_is_at_work(store: Store, pause: int) -> None:
    outbox, now = store.outbox, NOW
    with store.transaction():
        assert outbox.take_lease("me", now)
        while now < NOW + 2 * LEASE:
            now += pause
            assert not outbox.take_lease("you", now)
            assert outbox.renew_lease("me", now)
        assert not outbox.take_lease("you", now + LEASE // 2)
        assert outbox.take_lease("you", now + LEASE)


def test_a_digest_takes_the_messages_of_low_priority_that_nobody_has_begun_to_send(store: Store) -> None:
    outbox = store.outbox
    wanted = [("a", 1, 0), ("b", 1, 0), ("c", 1, 1), ("d", 2, 0), ("e", 1, 0)]
    with store.transaction():
        outbox.add(
            [
                Draft(name, OutboxKind.MATCH, article, notices=(7, number), priority=priority)
                for number, (name, article, priority) in enumerate(wanted)
            ],
            NOW,
        )
        outbox.pick("a", Terms(least=0), "x", NOW)
        outbox.accept(outbox.pick("e", Terms(least=0), "y", NOW), ["e"], NOW)
        assert outbox.take_low([1]) == (7, 1)
    kept = store.conn.execute("SELECT channel, state FROM outbox ORDER BY id").fetchall()
    assert kept == [("a", "sending"), ("c", "waiting"), ("d", "waiting"), ("e", "accepted")]


def test_a_channel_that_works_again_makes_due_what_it_refused_but_no_suspect(store: Store) -> None:
    outbox = store.outbox
    with store.transaction():
        outbox.add([Draft("a", OutboxKind.MATCH, 1) for _ in range(4)], NOW)
        suspect, refused, other, given_up = outbox.unsent()
        for _ in range(SUSPECT):
            outbox.refuse(outbox.some([suspect.id]), "busy", NOW)
        outbox.give_up("a", [given_up.id], "busy", NOW)
    late = NOW + LATEST_RETRY

    def due() -> dict[int, bool]:
        return {one.id: one.due_at <= NOW for one in outbox.unsent() if one.id in (suspect.id, refused.id)}

    for restored in (lambda: outbox.accept([other], ["a"], NOW), lambda: outbox.retry([given_up.id], NOW)):
        with store.transaction():
            outbox.refuse([refused], "busy", NOW)
            outbox.back_off("a", "busy", NOW, late - NOW)
        assert due() == {suspect.id: False, refused.id: False}
        with store.transaction():
            restored()
        assert due() == {suspect.id: False, refused.id: True}
