"""All orders in which a user and another device change a mark before, while and after a sync sends or asks.

Each article has an order of its own, so that one sync plays them all. What comes out is the rule of
docs/accounts.md: a change here wins if the server does not have it yet, else the newer one does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pytest

from tests.servers.clients import ids, marks
from tests.servers.direct import direct as direct
from tests.servers.fake import Call, Drop, Entry, Fake
from tests.servers.fake_greader import STATE, FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.faults import held
from tests.servers.test_sync_faults import client, sync
from tuireader.library import Library
from tuireader.sync.merge import Known, pulled

KINDS: dict[str, Callable[[], Fake]] = {"freshrss": FakeGReader, "miniflux": lambda: FakeMiniflux("2.3.2")}
NAMES = ("read", "starred")
BEFORE, DURING, AFTER = range(3)
PRESSES = ("on", "off")
PHONE = list(product((False, True), repeat=3))
"""Whether another device changes a mark at each of the times."""
PLAYS: dict[str, Sequence[tuple[str, ...]]] = {
    "free": list(product(("", *PRESSES), repeat=3)),
    "undone meanwhile": [(press, "undo", last) for press in PRESSES for last in ("", *PRESSES)],
    "pressed meanwhile, undone": [(first, press, "undo") for press in PRESSES for first in ("", *PRESSES)],
    "undone afterwards": [(press, "", "undo") for press in PRESSES],
}
"""What the user does at each of the times. Undo takes the last press: all of one play undo at one time."""


@dataclass(frozen=True)
class Sides:
    """A mark here, as last seen on the server, and there; `former` is what undo restores, if anything."""

    here: bool
    known: bool
    there: bool
    former: bool | None = None

    def acted(self, user: str, phone: bool) -> Sides:
        """Return the sides after what happens at one time."""
        there = self.there is not phone
        if user == "undo":
            return replace(self, here=self.here if self.former is None else self.former, there=there)
        if not user:
            return replace(self, there=there)
        here = user == "on"
        return Sides(here, self.known, there, self.here if here is not self.here else None)

    def sent(self) -> Sides:
        """Return the sides after sending what the server is not known to have."""
        return self if self.here is self.known else replace(self, known=self.here, there=self.here)

    def taken(self, listed: bool) -> Sides:
        """Return the sides after merging what the server lists."""
        return replace(self, here=self.here if self.here is not self.known else listed, known=listed)


def outcomes(
    value: bool, user: Sequence[str], phone: Sequence[bool], point: str, last_sent: bool
) -> list[tuple[bool, bool]]:
    """Return what may be shown after a sync, and after the next one, for a mark that both sides had.

    There are several where a sync may notice what happens meanwhile, or leave it to the next one. `last_sent`
    is the value that was sent last: if the answer was lost, it is in doubt.
    """
    begun = Sides(value, value, value).acted(user[BEFORE], phone[BEFORE])
    is_in_doubt = point == "lost" and begun.here is not begun.known and begun.here is last_sent
    begun = begun.sent()
    ended = begun.acted(user[DURING], phone[DURING])
    if is_in_doubt:  # nobody knows whether it arrived, so what is shown here wins
        return [(ended.here, ended.acted(user[AFTER], phone[AFTER]).here)]
    possible = [ended] if point in ("lost", "delivered") else [ended.taken(ended.there)]
    if point == "listed":
        possible += [ended.taken(begun.there), ended.taken(begun.there).taken(ended.there)]
    if ended.here is not ended.known and point not in ("lost", "delivered"):
        possible += [ended, ended.sent()]
    shown = []
    for sides in possible:
        last = sides.acted(user[AFTER], phone[AFTER]).sent()
        shown.append((sides.here, last.taken(last.there).here))
    return shown


class Point:
    """The answer that comes late or is lost: a list of marks, or the last one to marks that were sent."""

    def __init__(self, name: str, batches: int) -> None:
        self._name, self._left = name, batches

    def __call__(self, call: Call) -> bool:
        if self._name == "listed":
            return bool(call.one("changed_after")) or call.one("s") == f"{STATE}starred"
        self._left -= str(call) == "PUT /v1/entries" or call.path.endswith("/edit-tag")
        return self._left == 0

    def lose(self, call: Call) -> None:
        """Lose this answer."""
        if self(call):
            raise Drop


class Play:
    """Articles, each with an order of its own for what users do with its marks; `steps` can be undone."""

    def __init__(self, library: Library, server: Fake, entries: Sequence[Entry], name: str) -> None:
        self.library, self.server = library, server
        self.orders = dict(zip((one.title for one in entries), product(PLAYS[name], PHONE), strict=False))
        self.entries = [one for one in entries if one.title in self.orders]
        self.steps: dict[int, int] = {}

    async def act(self, time: int) -> None:
        """Let the users do what they do at a time."""
        numbers, made = await ids(self.library), 0
        for change in (self.library.marks.set_read, self.library.marks.set_starred):
            for press in PRESSES:
                pressed = [numbers[one] for one, (user, _) in self.orders.items() if user[time] == press]
                made += bool((await change(pressed, press == "on")).step)
        if any(user[time] == "undo" for user, _ in self.orders.values()):
            undone = next(at for at in range(time - 1, -1, -1) if self.steps[at])
            for _ in range(self.steps[undone]):
                await self.library.marks.undo()
        self.steps[time] = made
        for entry in self.entries:
            if self.orders[entry.title][1][time]:
                self.server.mark(entry, read=not entry.read, starred=not entry.starred)


def test_a_pull_keeps_a_mark_until_the_server_is_known_to_have_it() -> None:
    values = (False, True)
    for here, before, sent, listed in product(values, values, (None, *values), values):
        after = pulled(Known(here, before, sent), listed)
        if here is before and sent is None:
            assert after == Known(listed, listed)
            continue
        is_there = listed is here and sent in (None, here)
        assert after == Known(here, listed, None if is_there else sent), (here, before, sent, listed)
        assert after.pending is not is_there


@pytest.mark.parametrize("point", ["sent", "lost", "listed"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_change_here_wins_until_the_server_has_it(tmp_path: Path, kind: str, point: str) -> None:
    with KINDS[kind]() as server:
        feed = server.add_feed("News")
        count = max(map(len, PLAYS.values())) * len(PHONE)
        entries = [server.add_entry(feed, f"Entry {number}") for number in range(count)]
        server.pass_time(3600)
        async with client(tmp_path, server, "home") as library:
            await sync(library)
            for name in PLAYS:
                await compare(Play(library, server, entries, name), point)
                server.pass_time(100)


async def compare(play: Play, name: str) -> None:
    """Play a sync with the answer at a point held, or lost, and the next one; compare what is shown."""
    library, server = play.library, play.server
    start = await marks(library)
    await play.act(BEFORE)
    pressed = await marks(library)
    changes = {
        (at, pressed[one][at]) for one in start for at in range(2) if pressed[one][at] != start[one][at]
    }
    last_sent = [min((value for at, value in changes if at == mark), default=False) for mark in range(2)]
    point = Point(name, len(changes))
    if name == "lost":
        server.after = point.lose
        assert (await sync(library)).refusal == "away"
        server.after = None
        await play.act(DURING)
    else:
        with held(server, point) as answer:
            syncing = asyncio.create_task(sync(library))
            assert await answer.arrives(syncing)
            await play.act(DURING)
            answer.release()
            assert (await syncing).error == ""
    first = await marks(library)
    await play.act(AFTER)
    for _ in range(2):
        assert (await sync(library)).error == ""
    last = await marks(library)
    for entry in play.entries:
        user, phone = play.orders[entry.title]
        for at, mark in enumerate(NAMES):
            is_last = name != "lost" or at == max(one for one, _ in changes)  # of the kinds that are sent
            how = name if is_last else "delivered"
            possible = outcomes(start[entry.title][at], user, phone, how, last_sent[at])
            shown = first[entry.title][at], last[entry.title][at]
            assert shown in possible, (mark, user, phone, start[entry.title][at], shown, possible)
            assert getattr(entry, mark) is shown[1], (mark, user, phone)
