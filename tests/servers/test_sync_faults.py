"""Each answer of a sync spoiled in each way, one after the other, or late: the user acts meanwhile.

No mark changes that no user changed, on either side, the newest mark wins, and the next sound sync makes both
sides equal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from tests.builders import opened
from tests.servers.clients import ids, marks
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Change, Entry, Fake
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.faults import FAULTS, Spoiled, held
from tuireader.library import Library
from tuireader.model import AccountSynced

KINDS: dict[str, Callable[[], Fake]] = {
    "freshrss": FakeGReader,
    "miniflux 2.2.6": lambda: FakeMiniflux("2.2.6"),
    "miniflux 2.3.2": lambda: FakeMiniflux("2.3.2"),
}
ENTRIES = 4
"""Entries of each of two feeds."""
FIRST = 12
"""Accounts that are synced for the first time, one for each answer that is spoiled: more than there are."""


CASES = [
    (kind, fault)
    for kind in KINDS
    for fault in FAULTS
    if kind != "miniflux 2.2.6" or fault in ("lost", "cut")  # only its way to take marks differs
]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Fake]:
    """A server of the kind that is the test's parameter."""
    with KINDS[request.param]() as made:
        yield made


@asynccontextmanager
async def client(folder: Path, server: Fake, *names: str) -> AsyncIterator[Library]:
    """A library with accounts on a server."""
    if isinstance(server, FakeGReader):
        how = f'kind = "greader"\nurl = "{server.api}"\nuser = "{USER}"\npassword = "{PASSWORD}"\n'
    else:
        how = f'kind = "miniflux"\nurl = "{server.url}"\ntoken = "{TOKEN}"\n'
    async with opened(folder, "".join(f'[[account]]\nname = "{name}"\n{how}' for name in names)) as made:
        yield made


async def sync(library: Library, name: str = "home") -> AccountSynced:
    """Sync an account; its outcome. Its articles are not related, which changes no mark."""
    async with aclosing(library.refresh.sync(await library.accounts.named([name]), relate=False)) as events:
        return [event async for event in events if isinstance(event, AccountSynced)][-1]


def stocked(server: Fake, name: str = "home") -> list[Entry]:
    """Two feeds with entries of all marks, an hour old; titles begin with a name."""
    made: list[Entry] = []
    for number in range(2):
        feed = server.add_feed(f"{name} {number}")
        made += [
            server.add_entry(feed, f"{name} {number} {at}", read=at % 2 == 1, starred=at // 2 == number)
            for at in range(ENTRIES)
        ]
    server.pass_time(3600)
    return made


def there(server: Fake) -> dict[str, tuple[bool, bool]]:
    """The marks on a server by title."""
    return {one.title: (one.read, one.starred) for one in server.entries.values()}


async def press(library: Library, read: Entry, starred: Entry) -> None:
    """Let the user change a mark of two entries to what is not shown."""
    numbers, shown = await ids(library), await marks(library)
    await library.marks.set_read([numbers[read.title]], not shown[read.title][0])
    await library.marks.set_starred([numbers[starred.title]], not shown[starred.title][1])


def act_on_phone(server: Fake, read: Entry, starred: Entry) -> None:
    """Let another device change a mark of two entries."""
    server.mark(read, read=not read.read)
    server.mark(starred, starred=not starred.starred)


async def spoil(server: Fake, fault: Change, first: int, library: Library, name: str) -> int | None:
    """Sync while one answer is spoiled, the first from a number on that can be; return its number."""
    spoiled = server.change = Spoiled(fault, first)
    await sync(library, name)
    server.change = None
    return spoiled.number


@pytest.mark.parametrize(("server", "fault"), CASES, indirect=["server"])
async def test_no_spoiled_answer_changes_a_mark(tmp_path: Path, server: Fake, fault: str) -> None:
    entries = stocked(server)
    async with client(tmp_path, server, "home") as library:
        await sync(library)
        # a sync without news first, which has the same answers but for those to marks
        for acts in (False, True) if fault == "empty" else (True,):
            number: int | None = -1
            while number is not None:
                number = await sync_spoiled(library, server, entries, FAULTS[fault], number + 1, acts=acts)
                server.pass_time(100)


async def sync_spoiled(
    library: Library, server: Fake, entries: list[Entry], fault: Change, first: int, *, acts: bool
) -> int | None:
    """Sync with a spoiled answer, then without; return the number of the answer. Before, users may act."""
    one, two, three, _, *others = entries
    before = there(server)
    assert await marks(library) == before
    if acts:
        await press(library, one, others[0])
        await press(library, two, others[1])
        act_on_phone(server, three, others[2])
    expected = await marks(library)
    number = await spoil(server, fault, first, library, "home")
    shown, now = await marks(library), there(server)
    on_phone = {entry.title: (entry.read, entry.starred) for entry in (three, others[2])}
    for title, values in expected.items():
        if title in on_phone:
            assert shown[title] in (values, on_phone[title]), (number, title)
            assert now[title] == on_phone[title], (number, title)
        else:
            assert shown[title] == values, (number, title)
            for mark in range(2):
                assert now[title][mark] in (before[title][mark], values[mark]), (number, title)
    done = await sync(library)
    assert (done.error, done.asks, done.pending) == ("", "", 0), number
    assert await marks(library) == there(server) == expected | on_phone, number
    return number


@pytest.mark.parametrize(
    ("server", "fault"),
    [
        (kind, fault)
        for kind, fault in CASES
        if "2.2.6" not in kind and fault in ("cut", "empty", "reordered")
    ],
    indirect=["server"],
)
async def test_no_spoiled_answer_of_a_first_sync_changes_a_mark(
    tmp_path: Path, server: Fake, fault: str
) -> None:
    names = [f"a{number}" for number in range(FIRST)]
    async with client(tmp_path, server, *names) as library:
        first = 0
        for name in names:
            server.feeds.clear()
            server.entries.clear()
            stocked(server, name)
            expected = there(server)
            number = await spoil(server, FAULTS[fault], first, library, name)
            assert (await marks_of(library, name)).items() <= expected.items(), number
            done = await sync(library, name)
            assert (done.error, done.asks, done.pending) == ("", "", 0), number
            assert await marks_of(library, name) == there(server) == expected, number
            if number is None:
                return
            first = number + 1
        pytest.fail("a first sync has more answers than there are accounts")


def is_after(server: Fake, calls: int, call: Call) -> bool:
    """Whether a server has got more than this number of calls."""
    return len(server.calls) > calls


async def marks_of(library: Library, name: str) -> dict[str, tuple[bool, bool]]:
    """The marks of the articles whose titles begin with a name."""
    return {title: value for title, value in (await marks(library)).items() if title.startswith(f"{name} ")}


@pytest.mark.parametrize("server", KINDS, indirect=True)
async def test_a_mark_made_while_any_answer_is_under_way_wins(tmp_path: Path, server: Fake) -> None:
    one, two, three, four, *others = stocked(server)
    async with client(tmp_path, server, "home") as library:
        await sync(library)
        for number in count():
            await press(library, one, others[0])
            await press(library, two, others[1])
            act_on_phone(server, three, others[2])
            calls = len(server.calls)
            with held(server, partial(is_after, server, calls + number)) as answer:
                syncing = asyncio.create_task(sync(library))
                is_under_way = await answer.arrives(syncing)
                if is_under_way:
                    await press(library, one, others[0])  # what is being sent is taken back
                    await press(library, three, others[2])  # what another device has changed
                    await press(library, four, others[3])
                expected = await marks(library)
                answer.release()
                done = await syncing
            assert done.error == "", number
            shown = await marks(library)
            pressed = [three, others[2]] if is_under_way else []
            for entry in (one, two, four, others[0], others[1], others[3], *pressed):
                assert shown[entry.title] == expected[entry.title], (number, entry)
            done = await sync(library)
            assert (done.error, done.pending) == ("", 0), number
            assert await marks(library) == there(server), number
            assert shown == await marks(library), number
            server.pass_time(100)
            if not is_under_way:
                return
