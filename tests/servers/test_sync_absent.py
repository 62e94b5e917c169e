"""What a server does not list is unknown: no mark changes here or there because of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.builders import Clock
from tests.servers.clients import client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import Call, Entry, Fake, drop, json_answer
from tests.servers.fake_greader import API, STATE, FakeGReader
from tests.servers.fake_miniflux import NOTHING, FakeMiniflux
from tests.servers.stages import FakeStage
from tests.web import Answer
from tuireader.library import Library
from tuireader.sync import servers
from tuireader.sync.greader import pull as greader_pull

DAY = 86_400
IDS = f"{API}/stream/items/ids"
KINDS: dict[str, Callable[[], Fake]] = {"freshrss": FakeGReader, "miniflux": FakeMiniflux}


def use(server: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the account of `client` lead to a server."""
    monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """A server to which the account leads, one kind after the other."""
    with KINDS[request.param]() as made:
        use(made, monkeypatch)
        yield made


@pytest.fixture
def freshrss(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGReader]:
    """A FreshRSS to which the account leads."""
    with FakeGReader() as made:
        use(made, monkeypatch)
        yield made


def stocked(server: Fake, feeds: int = 3, entries: int = 10) -> list[Entry]:
    """Feeds with entries: of each ten, three are read, and every fifth has a star."""
    made: list[Entry] = []
    first = len(server.feeds)
    for feed in [server.add_feed(f"Feed {at}") for at in range(first, first + feeds)]:
        made += [
            server.add_entry(feed, f"{feed.title} entry {at}", read=at % 10 < 3, starred=at % 5 == 0)
            for at in range(entries)
        ]
    server.pass_time(3600)
    return made


def purge(server: Fake, entries: Sequence[Entry]) -> None:
    """Let a server delete entries without a trace."""
    for entry in entries:
        del server.entries[entry.id]


def there(server: Fake) -> dict[str, tuple[bool, bool]]:
    """The marks on a server by title."""
    return {one.title: (one.read, one.starred) for one in server.entries.values()}


async def asks(library: Library) -> str:
    (account,) = await library.accounts.all()
    return account.asks


# --------------------------------------------------------------------------- entries that are not listed


@pytest.mark.parametrize("way", ["feed", "archive", "purge", "feed here"])
async def test_entries_that_leave_the_server_keep_their_marks(tmp_path: Path, server: Fake, way: str) -> None:
    entries = stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        assert len(set(before.values())) == 4
        feed = server.feeds[0]
        bring_back: Callable[[], None] = lambda: None  # noqa: E731
        if way == "archive":
            bring_back = server.archive(feed)
        elif way == "feed":
            server.remove_feed(feed)
        elif way == "purge":
            for entry in entries[:5]:
                server.remove(entry)
        else:
            (number,) = [one.id for one in await library.feeds.all() if one.title == feed.title]
            await library.accounts.remove_feed(number)
        remaining = there(server)
        for _ in range(3):
            assert (await synced(library)).error == ""
            assert await marks(library) == before
        bring_back()
        for _ in range(3):
            await synced(library)
        assert await marks(library) == before
        assert remaining.items() <= there(server).items() <= before.items()


@pytest.mark.parametrize("short", ["reading-list", "unread", "starred"])
@pytest.mark.parametrize("share", [0.0, 0.7])
async def test_a_short_list_changes_no_mark(
    tmp_path: Path, freshrss: FakeGReader, short: str, share: float
) -> None:
    stocked(freshrss)

    def cut(call: Call) -> None:
        is_unread, is_starred = bool(call.one("xt")), call.one("s") == f"{STATE}starred"
        kind = "unread" if is_unread else "starred" if is_starred else "reading-list"
        freshrss.shown = share if call.path == IDS and kind == short else 1.0

    async with client(tmp_path) as library:
        await synced(library)
        before, server_before = await marks(library), there(freshrss)
        freshrss.before = cut
        await synced(library)
        freshrss.before, freshrss.shown = None, 1.0
        assert await marks(library) == before
        for _ in range(2):
            assert (await synced(library)).sent == 0
        assert (await marks(library), there(freshrss)) == (before, server_before)
        assert await asks(library) == ""


async def test_a_list_that_lacks_more_than_a_fifth_is_doubted_but_its_marks_count(
    tmp_path: Path, server: Fake
) -> None:
    entries, clock = stocked(server), Clock()
    async with client(tmp_path, clock=clock.time) as library:
        await synced(library)
        before = await marks(library)
        server.shown = 0.5 if isinstance(server, FakeGReader) else 1.0
        if isinstance(server, FakeMiniflux):
            purge(server, entries[:15])
        kept = entries[-1]
        server.mark(kept, starred=not kept.starred)
        done = await synced(library)
        assert done.asks == f"the server no longer lists {15:,} of 30 articles"
        before[kept.title] = (kept.read, kept.starred)
        assert await marks(library) == before
        for _ in range(3):  # the same answer for more than a day
            clock.now += 10 * 3600
            done = await synced(library)
        assert done.asks == "" and await marks(library) == before


async def test_the_user_may_accept_a_shorter_list(tmp_path: Path, server: Fake) -> None:
    entries = stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        purge(server, entries[:15])
        assert (await synced(library)).asks
        done = await synced(library, believed=True)
        assert (done.asks, done.error) == ("", "")
        assert await marks(library) == before


async def test_a_monthly_purge_does_not_stop_syncs(tmp_path: Path, server: Fake) -> None:
    clock = Clock()
    async with client(tmp_path, clock=clock.time) as library:
        for month in range(3):
            new = stocked(server, feeds=1, entries=6)
            purge(server, [one for one in server.entries.values() if one not in new])
            for _ in range(5):
                done = await synced(library)
                assert done.error == "", month
                clock.now += DAY / 2
            assert done.asks == "", month
        assert len(await marks(library)) == 18


async def test_entries_beyond_the_end_of_a_cut_list_are_looked_up(
    tmp_path: Path, freshrss: FakeGReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greader_pull, "MOST_LISTED", 5)
    entries = stocked(freshrss, feeds=1, entries=30)
    async with client(tmp_path) as library:
        await synced(library)
        old_unread, old_starred, gone = entries[3], entries[5], entries[4]
        freshrss.mark(old_unread, read=True)
        freshrss.mark(old_starred, starred=False, read=True)
        freshrss.remove(gone)
        before = await marks(library)
        assert (await synced(library)).taken == 3
        now = await marks(library)
        assert now[old_unread.title] == (True, False) and now[old_starred.title] == (True, False)
        assert now[gone.title] == before[gone.title]


async def test_an_entry_that_is_gone_from_the_server_gets_no_marks(tmp_path: Path, server: Fake) -> None:
    entries = stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        purge(server, entries[7:9])
        assert (await synced(library)).asks == ""
        numbers = await ids(library)
        await library.marks.set_read([numbers[one.title] for one in entries[6:9]], True)
        assert (
            sum([state.pending for state in await library.accounts.all()]) == 1
        )  # of the entry that is still there
        assert (await synced(library)).sent == 1 and entries[6].read


@pytest.mark.parametrize("fault", ["cut", "odd"])
async def test_an_entry_that_an_incomplete_list_lacks_gets_its_marks(
    tmp_path: Path, freshrss: FakeGReader, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    (entry, *_) = stocked(freshrss, feeds=1, entries=30)[1:]  # neither unread nor starred: in one list alone

    def spoil(call: Call, answer: Answer) -> Answer:
        return replace(answer, body=(answer.body or b"").replace(f'"{entry.id}"'.encode(), b'""'))

    async with client(tmp_path) as library:
        await synced(library)
        if fault == "cut":
            monkeypatch.setattr(greader_pull, "MOST_LISTED", 25)
        else:
            freshrss.change = spoil
        assert (await synced(library)).asks == ""
        freshrss.change = None
        await library.marks.set_starred([(await ids(library))[entry.title]], True)
        assert sum([state.pending for state in await library.accounts.all()]) == 1
        assert (await synced(library)).sent == 1 and entry.starred


async def test_an_entry_that_becomes_another_article_leaves_the_old_one_its_marks(
    tmp_path: Path, server: Fake
) -> None:
    entry = stocked(server)[5]  # unread, with a star
    async with client(tmp_path) as library:
        await synced(library)
        old, before = entry.title, await marks(library)
        entry.title, entry.content, entry.url = "Other", "<p>Quite other words</p>", "https://other.example/1"
        server.mark(entry, read=True, starred=False)
        assert (await synced(library)).error == ""
        assert await marks(library) == before | {"Other": (True, False)}
        numbers = await ids(library)
        await library.marks.set_read([numbers[old]], True)
        await library.marks.set_read([numbers["Other"]], False)
        assert (await synced(library)).sent == 1 and not entry.read


@pytest.mark.parametrize(("gone", "is_asked"), [(6, False), (7, True)])
async def test_a_fifth_of_the_entries_may_go_at_once(
    tmp_path: Path, server: Fake, gone: int, is_asked: bool
) -> None:
    entries = stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        purge(server, entries[:gone])
        assert bool((await synced(library)).asks) is is_asked


async def test_a_mark_that_may_still_arrive_is_overruled_by_the_next_one(
    tmp_path: Path, freshrss: FakeGReader
) -> None:
    """It was accepted for an entry that was not listed; the old value on the server proves nothing."""
    entries = stocked(freshrss)
    entry, kept = entries[5], dict(freshrss.entries)  # it is unread
    async with client(tmp_path) as library:
        await synced(library)
        number = (await ids(library))[entry.title]
        purge(freshrss, entries[:15])
        await library.marks.set_read([number], True)
        assert (await synced(library, pull=False)).sent == 1
        assert (await synced(library)).asks
        await library.marks.set_read([number], False)
        freshrss.entries |= kept
        assert (await synced(library)).pending == 1
        freshrss.mark(entry, read=True)  # it arrives after all
        done = await synced(library)
        assert (done.sent, done.pending, entry.read) == (1, 0, False)
        assert await marks(library) == there(freshrss)


async def test_an_empty_list_of_feeds_is_doubted_in_a_small_account(tmp_path: Path, server: Fake) -> None:
    stocked(server, feeds=1)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        bring_back = server.archive(server.feeds[0])
        done = await synced(library)
        assert "the server no longer lists 1 of 1 feed" in done.asks
        assert len(await library.feeds.all()) == 1 and await marks(library) == before
        bring_back()
        assert (await synced(library)).asks == ""
        assert await marks(library) == before


async def test_the_last_feed_of_an_account_can_be_removed(tmp_path: Path, server: Fake) -> None:
    stocked(server, feeds=1)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        (feed,) = await library.feeds.all()
        await library.accounts.remove_feed(feed.id)
        assert (await library.feeds.all(), await asks(library)) == ([], "")
        assert (await synced(library)).asks == ""
        assert await marks(library) == before


async def test_a_mark_of_an_entry_that_was_gone_reaches_it_when_it_is_back(
    tmp_path: Path, server: Fake
) -> None:
    stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        bring_back = server.archive(server.feeds[0])
        number = (await ids(library))["Feed 0 entry 9"]
        await library.marks.set_read([number], True)
        await library.marks.set_starred([(await ids(library))["Feed 0 entry 5"]], False)
        assert (
            await synced(library, pull=False)
        ).error == ""  # servers accept marks of what they do not have
        await synced(library)
        bring_back()
        for _ in range(2):
            await synced(library)
        assert there(server)["Feed 0 entry 9"] == (True, False)
        assert there(server)["Feed 0 entry 5"] == (False, False)
        assert await marks(library) == there(server)


# --------------------------------------------------------------------------- another server


@pytest.mark.parametrize(
    ("way", "order"),
    [
        ("reinstall", "new ids"),
        ("reinstall", "ids of each other, feeds as before"),
        ("renumber", "ids of each other"),
        ("elsewhere", "new ids"),
    ],
)
async def test_a_server_with_other_ids_changes_no_mark_and_gets_those_that_waited(
    tmp_path: Path, server: Fake, way: str, order: str
) -> None:
    entries = stocked(server)
    async with client(tmp_path) as library:
        await synced(library)
        numbers = await ids(library)
        await library.marks.set_read([numbers["Feed 1 entry 7"]], True)
        await library.marks.set_read([numbers["Feed 1 entry 2"]], False)
        await library.marks.set_starred([numbers["Feed 2 entry 5"]], False)
        expected = await marks(library)
        if way == "elsewhere":
            server.move()
        shift = [(at + 7) % len(entries) for at in range(len(entries))] if order.startswith("ids") else []
        change = server.renumber if way == "renumber" else server.reinstall
        change(shift, feeds=not order.endswith("before"))
        server.pass_time(60)
        for pull in (False, True, True, True):
            done = await synced(library, pull=pull)
            assert done.error == ""
            assert await marks(library) == expected
        assert there(server) == expected and done.pending == 0


async def test_another_server_that_lists_no_feeds_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeMiniflux() as server:
        use(server, monkeypatch)
        entries = stocked(server)
        async with client(tmp_path) as library:
            await synced(library)
            await library.marks.set_read([(await ids(library))["Feed 1 entry 7"]], True)
            before, feeds = await marks(library), server.feeds
            server.reinstall([(at + 7) % len(entries) for at in range(len(entries))])
            server.feeds = []
            for _ in range(2):
                done = await synced(library, pull=False)
                assert done.refusal == "answer" and "lists no feeds" in done.error
            assert len(await library.feeds.all()) == 3 and await marks(library) == before
            server.feeds = feeds
            for _ in range(3):
                done = await synced(library)
            assert (done.error, done.pending) == ("", 0)
            assert await marks(library) == before == there(server)


async def test_another_freshrss_with_one_equal_feed_is_another_account(
    tmp_path: Path, freshrss: FakeGReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    freshrss.add_feed("FreshRSS releases", url="https://releases.example/feed")
    stocked(freshrss)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        await library.marks.set_read([(await ids(library))["Feed 1 entry 8"]], True)
        before["Feed 1 entry 8"] = (True, False)
        with FakeGReader() as other:
            other.add_feed("FreshRSS releases", url="https://releases.example/feed")
            feed = other.add_feed("Another", url="https://another.example/feed")
            strangers = [other.add_entry(feed, f"Stranger {number}") for number in range(8)]
            for entry in strangers:
                entry.url = f"https://another.example/{entry.id}"
            use(other, monkeypatch)
            for _ in range(3):
                assert (await synced(library)).error == ""
            shown = await marks(library)
            assert {title: shown[title] for title in before} == before
            assert not any(entry.read or entry.starred for entry in strangers)
            assert other.seen("edit-tag") == []


# --------------------------------------------------------------------------- marks that wait


@pytest.mark.parametrize("mark", ["read", "starred"])
async def test_a_fault_of_the_server_takes_no_mark_away(
    tmp_path: Path, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeMiniflux("2.2.6") as server:
        use(server, monkeypatch)
        entries = stocked(server, feeds=1)
        path = "/v1/entries" if mark == "read" else f"/v1/entries/{entries[7].id}/bookmark"
        async with client(tmp_path) as library:
            await synced(library)
            number = (await ids(library))[entries[7].title]
            change = library.marks.set_read if mark == "read" else library.marks.set_starred
            await change([number], True)

            def fail(call: Call) -> None:
                server.replies.clear()
                if call.method == "PUT":
                    server.replies[path] = Answer(json_answer({"error_message": NOTHING}).body, 500)

            server.before = fail
            await synced(library, pull=False)
            server.before = None
            server.replies.clear()
            assert (await synced(library)).pending == 0
            assert getattr(entries[7], mark) and getattr(entries[8], mark) is False
            assert (await marks(library))[entries[7].title] == (entries[7].read, entries[7].starred)


async def test_marks_of_entries_that_are_gone_end_their_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeMiniflux("2.2.6") as server:
        use(server, monkeypatch)
        entries = stocked(server, feeds=1, entries=70)
        async with client(tmp_path) as library:
            await synced(library)
            numbers = await ids(library)
            doomed = entries[8:68]
            before = await marks(library)
            await library.marks.set_read([numbers[one.title] for one in doomed], True)
            purge(server, doomed)
            for _ in range(2):
                done = await synced(library)
            assert (done.pending, done.error) == (0, "")
            after = await marks(library)
            assert all(after[one.title] == (True, before[one.title][1]) for one in doomed)


async def test_a_page_not_found_elsewhere_is_no_proof_that_an_entry_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeMiniflux("2.2.6") as server:
        use(server, monkeypatch)
        entry = stocked(server, feeds=1)[6]
        async with client(tmp_path) as library:
            await synced(library)
            await library.marks.set_starred([(await ids(library))[entry.title]], True)
            server.replies[f"/v1/entries/{entry.id}"] = Answer(b"<h1>404</h1>", 404)
            assert (await synced(library, pull=False)).pending == 1
            server.replies.clear()
            server.after = drop("PUT")  # it arrives, but nobody knows
            await synced(library, pull=False)
            server.after = None
            assert (await synced(library)).pending == 0 and entry.starred
