"""Servers that lose feeds, refuse marks or change, and articles in several feeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.builders import CLOCK, Clock, paths, titles
from tests.servers.clients import ACCOUNT, WATCH, client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import Call, Entry, json_answer
from tests.servers.fake_greader import FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage
from tuireader import files
from tuireader.library import Library
from tuireader.model import AccountSynced
from tuireader.sync import servers

DAY = 86_400


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMiniflux]:
    """A server to which the account of `client` leads."""
    with FakeMiniflux("2.3.2") as made:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(made).connect())
        yield made


async def shown(library: Library) -> list[str]:
    """The feeds in the sidebar."""
    return [feed.title for feed in await library.feeds.all()]


def five_feeds(server: FakeMiniflux) -> list[Entry]:
    """Five feeds with one entry each."""
    return [server.add_entry(server.add_feed(f"Feed {n}", "News"), f"Entry of {n}") for n in range(5)]


async def test_an_account_that_another_program_syncs_is_skipped_and_named(
    tmp_path: Path, server: FakeMiniflux
) -> None:
    entry = five_feeds(server)[0]
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read([(await ids(library))["Entry of 0"]], True)
        with files.locked_or_busy(paths(tmp_path).database.with_suffix(".home.lock")) as free:
            skipped = await synced(library)
        assert free and (skipped.error, skipped.pending) == ("another sync is running", 1)
        assert not entry.read
        assert ((await synced(library)).error, entry.read) == ("", True)


async def test_a_feed_that_vanishes_is_hidden_and_may_come_back(tmp_path: Path, server: FakeMiniflux) -> None:
    entries, clock = five_feeds(server), Clock()
    async with client(tmp_path, clock=clock.time) as library:
        await synced(library)
        feed = server.feeds.pop(0)
        kept = server.entries.pop(entries[0].id)
        assert (await synced(library)).asks == ""
        assert await shown(library) == ["Feed 1", "Feed 2", "Feed 3", "Feed 4"]
        await library.marks.set_read([(await ids(library))["Entry of 0"]], True)
        assert (await synced(library)).error == ""  # the mark waits
        clock.now += 6 * DAY
        server.feeds.insert(0, feed)
        server.entries[kept.id] = kept
        await synced(library)
        assert "Feed 0" in await shown(library)
        assert kept.read
        assert sorted(await titles(library)) == [f"Entry of {n}" for n in range(5)]


async def test_articles_of_a_feed_stay_when_it_is_gone_for_good(tmp_path: Path, server: FakeMiniflux) -> None:
    five_feeds(server)
    clock = Clock()
    async with client(tmp_path, clock=clock.time) as library:
        await synced(library)
        server.remove_feed(server.feeds[0])
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        assert (
            sum([state.pending for state in await library.accounts.all()]) == 4
        )  # nobody can take the fifth
        clock.now += 8 * DAY
        assert (await synced(library)).pending == 0
        assert len(await titles(library)) == 5


@pytest.mark.parametrize(
    ("known", "left", "is_asked"),
    [(5, 0, True), (5, 2, True), (5, 3, False), (4, 1, True), (4, 2, False), (3, 1, False), (3, 0, True)],
)
async def test_the_loss_of_more_than_half_of_the_feeds_is_asked_about(
    tmp_path: Path, server: FakeMiniflux, known: int, left: int, is_asked: bool
) -> None:
    five_feeds(server)
    for feed in server.feeds[known:]:
        server.remove_feed(feed)
    async with client(tmp_path) as library:
        await synced(library)
        for feed in server.feeds[left:]:
            server.remove_feed(feed)
        done = await synced(library)
        assert done.asks == (
            f"the server no longer lists {known - left} of {known} feeds" if is_asked else ""
        )
        assert len(await shown(library)) == (known if is_asked else left)
        (account,) = await library.accounts.all()
        assert account.asks == done.asks
        assert (await synced(library, believed=True)).asks == ""
        assert len(await shown(library)) == left
        assert len(await titles(library)) == known


async def test_wrong_credentials_keep_everything_and_wait_for_others(
    tmp_path: Path, server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_feeds(server)
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect("wrong"))
        done = await synced(library)
        assert (done.refusal, done.pending) == ("login", 5)
        assert len(await shown(library)) == 5
        assert await library.accounts.due() == []
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        await library.accounts.edit("home", {"token": "right"})
        assert len(await library.accounts.due()) == 1
        assert (await synced(library)).sent == 5


async def test_a_server_that_is_away_is_asked_ever_less_often(tmp_path: Path, server: FakeMiniflux) -> None:
    five_feeds(server)
    clock, waits = Clock(), []
    async with client(tmp_path, clock=clock.time) as library:
        await synced(library)
        server.down()
        for _ in range(8):
            await synced(library)
            (account,) = await library.accounts.all()
            waits.append((account.next_try or 0) - CLOCK)
    assert waits == [30, 60, 120, 240, 480, 960, 1800, 1800]
    server.up()


async def test_one_mark_that_is_refused_does_not_stop_the_others(
    tmp_path: Path, server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = five_feeds(server)
    server.refused = {entries[2].id}
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        done = await synced(library)
        assert (done.sent, done.pending, done.error) == (4, 0, "")
        (account,) = await library.accounts.all()
        assert account.refused == 1
        assert (await marks(library))["Entry of 2"] == (True, False)
        server.refused = set()
        here = (await ids(library))["Entry of 2"]
        await library.marks.set_read([here], False)
        await library.marks.set_read([here], True)
        assert (await synced(library)).sent == 1


async def test_removing_the_account_keeps_its_articles_and_adding_it_again_its_marks(
    tmp_path: Path, server: FakeMiniflux
) -> None:
    entries = five_feeds(server)
    async with client(tmp_path) as library:
        await synced(library)
        await library.accounts.remove("home")
        assert await shown(library) == [] and await library.accounts.all() == []
        await library.marks.set_read(list((await ids(library)).values()), True)
        await library.marks.undo()
        await library.marks.undo()  # the removal
        assert len(await shown(library)) == 5
        await library.marks.set_read([(await ids(library))["Entry of 1"]], True)
        assert (await synced(library)).sent == 1
        assert [entry.read for entry in entries] == [False, True, False, False, False]


async def test_another_server_under_the_same_name_is_not_taken_for_the_old_one(
    tmp_path: Path, server: FakeMiniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_feeds(server)
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        with FakeMiniflux("2.3.2") as other:
            feeds = [other.add_feed(f"Other {n}", url=f"https://other.example/{n}.xml") for n in range(5)]
            strangers = [other.add_entry(feed, f"Stranger {feed.id}", "<p>Other words</p>") for feed in feeds]
            for stranger in strangers:
                stranger.url = f"https://other.example/{stranger.id}"
            monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(other).connect())
            assert (await synced(library)).asks == ""
            assert not any(entry.read for entry in strangers)
            assert await shown(library) == [f"Other {n}" for n in range(5)]
            assert len(await titles(library)) == 10


async def test_no_account_sees_the_marks_of_another(tmp_path: Path, server: FakeMiniflux) -> None:
    """Two accounts on one server, with the same numbers, are two accounts."""
    entries = five_feeds(server)
    text = ACCOUNT + ACCOUNT.replace("home", "work") + WATCH
    async with client(tmp_path, text) as library:
        await synced(library)
        assert len(await titles(library)) == 5  # one article once
        assert len(await shown(library)) == 10
        await library.marks.set_read([(await ids(library))["Entry of 3"]], True)
        await synced(library)
        assert entries[3].read and sum([state.pending for state in await library.accounts.all()]) == 0


async def test_an_article_of_two_feeds_is_marked_in_both(tmp_path: Path, server: FakeMiniflux) -> None:
    one = server.add_entry(server.add_feed("First"), "One")
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        other = server.add_entry(server.add_feed("Second"), "One", one.content)
        other.url = one.url
        await synced(library)
        assert await marks(library) == {"One": (True, False)}
        assert (await synced(library)).pending == 0 and one.read and other.read
        server.mark(other, read=False)
        await synced(library)
        assert (await synced(library)).pending == 0 and not one.read
        assert await marks(library) == {"One": (False, False)}


async def test_a_sync_that_waited_for_another_goes_on_where_that_ended(
    tmp_path: Path, server: FakeMiniflux
) -> None:
    five_feeds(server)
    async with client(tmp_path) as library:
        before = await library.accounts.all()
        for _ in range(2):
            server.calls.clear()
            async with aclosing(library.refresh.sync(before)) as events:
                assert [event.done async for event in events if isinstance(event, AccountSynced)][-1]
        assert len(server.seen("GET /v1/entries")) == 1  # a first pull would need three


async def test_a_feed_that_moved_is_no_other_server(tmp_path: Path, server: FakeMiniflux) -> None:
    entry = server.add_entry(server.add_feed("Only"))
    async with client(tmp_path) as library:
        await synced(library)
        await library.marks.set_read(list((await ids(library)).values()), True)
        server.feeds[0].url = "https://elsewhere.example/feed"
        assert (await synced(library)).sent == 1 and entry.read
        assert [feed.address for feed in await library.feeds.all()] == ["https://elsewhere.example/feed"]


async def test_a_feed_that_is_added_during_a_sync_waits_for_the_next(
    tmp_path: Path, server: FakeMiniflux
) -> None:
    five_feeds(server)

    def add(call: Call) -> None:
        if call.path == "/v1/feeds" and len(server.feeds) == 5:
            server.add_entry(server.add_feed("Late"), "Late entry")

    async with client(tmp_path) as library:
        server.after = add
        assert (await synced(library)).error == ""
        assert len(await titles(library)) == 5
        assert (await synced(library)).error == ""
        assert "Late entry" in await titles(library)


async def test_a_server_that_lists_no_entries_any_more_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeGReader() as server:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        feed = server.add_feed("News")
        server.add_entry(feed, "One")
        server.add_entry(feed, "Two", starred=True)
        async with client(tmp_path) as library:
            await synced(library)
            before, kept = await marks(library), dict(server.entries)
            server.entries.clear()
            done = await synced(library)
            assert (done.error, done.asks) == ("", "the server no longer lists 2 of 2 articles")
            assert await marks(library) == before
            server.entries |= kept
            assert (await synced(library)).asks == ""
            assert await marks(library) == before


async def test_a_feed_whose_entries_are_counted_but_not_listed_keeps_them(
    tmp_path: Path, server: FakeMiniflux
) -> None:
    entries = five_feeds(server)
    async with client(tmp_path) as library:
        await synced(library)
        server.mark(entries[0], read=True)
        entries[0].changed = 1  # its change is not told, only the counters differ
        empty = {"total": 0, "entries": []}
        server.replies[f"/v1/feeds/{entries[0].feed.id}/entries"] = json_answer(empty)
        assert (await synced(library)).refusal == "answer"
        await library.marks.set_starred([(await ids(library))["Entry of 0"]], True)
        server.replies.clear()
        assert (await synced(library)).sent == 1 and entries[0].starred
