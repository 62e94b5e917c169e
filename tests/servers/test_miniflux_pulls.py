"""Pulls from Miniflux: those that stop, what changes meanwhile, what the server does not list."""

from __future__ import annotations

import pytest

from tests.servers.direct import direct as direct
from tests.servers.fake import TOKEN, Call, drop
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import Copy, equal, filled
from tests.web import Answer
from tuireader.sync.backend import AccountError, Backend, Entries, Refusal
from tuireader.sync.miniflux import pull as miniflux_pull


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three entries."""
    monkeypatch.setattr(miniflux_pull, "PAGE", 3)


# Three pages of unread entries, one of starred, one of the rest: their filters by status and star.
FILTERS = {
    1: ("unread", ""),
    2: ("unread", ""),
    3: ("unread", ""),
    4: ("read", "true"),
    5: ("read", "false"),
}


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("page", FILTERS)
@pytest.mark.parametrize("lost", ["before", "after"])
async def test_a_first_pull_goes_on_where_it_stopped(
    server: FakeMiniflux, backend: Backend, page: int, lost: str
) -> None:
    filled(server)
    left = [page]

    def crash(call: Call) -> None:
        left[0] -= call.path == "/v1/entries"
        drop("", times=left[0] == 0)(call)

    setattr(server, lost, crash)
    copy = Copy()
    with pytest.raises(AccountError):
        await copy.pull(backend)
    calls = len(server.calls)
    # the device that does this while the client is away must not be missed
    for entry in list(server.entries.values())[::3]:
        server.mark(entry, read=not entry.read, starred=not entry.starred)
    server.add_entry(server.feeds[0], "New")
    server.pass_time(5)
    setattr(server, lost, None)
    await copy.pull(backend)
    await copy.pull(backend)
    assert equal(server, copy)
    resumed = server.calls[calls]
    assert (resumed.one("before_entry_id") != "") is (page in (2, 3))
    assert (resumed.one("status"), resumed.one("starred")) == FILTERS[page]


@pytest.mark.usefixtures("small_pages")
async def test_a_bulk_change_larger_than_a_page(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.pass_time(3600)
    for entry in server.entries.values():
        entry.read, entry.changed = True, server.now()
    await copy.pull(backend)
    assert equal(server, copy)


@pytest.mark.usefixtures("small_pages")
async def test_what_changes_during_a_long_pull_comes_with_the_next(
    server: FakeMiniflux, backend: Backend
) -> None:
    filled(server)
    newest = max(server.entries.values(), key=lambda one: one.id)

    def work(call: Call) -> None:
        if len(server.seen("GET /v1/entries")) == 1:
            server.mark(newest, starred=True)
        server.pass_time(3600)

    server.after = work
    copy = Copy()
    await copy.pull(backend)
    assert not equal(server, copy)
    await copy.pull(backend)
    assert equal(server, copy)


async def test_a_change_that_commits_late_is_not_missed(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    entry = next(iter(server.entries.values()))
    entry.starred, entry.changed = True, server.now() - 20  # its transaction began before the pull
    await copy.pull(backend)
    assert equal(server, copy)


async def test_feeds_that_differ_are_pulled_whole_and_only_once(
    server: FakeMiniflux, backend: Backend
) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.pass_time(3600)
    lost = next(iter(copy.entries.values()))
    for _ in range(3):
        copy.take(Entries((), copy.progress, (lost.id,)))  # the client cannot store it
        await copy.pull(backend)
    copy.take(Entries((), copy.progress, (lost.id,)))
    assert server.seen("/entries")[-2:] == ["GET /v1/entries", "GET /v1/entries"]
    assert len(server.seen(f"GET /v1/feeds/{lost.feed_id}/entries")) == 1
    server.remove(server.entries[int(lost.id)])
    await copy.pull(backend)
    assert equal(server, copy)


async def test_a_feed_that_was_not_known_is_pulled_when_it_is(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    feed = str(server.feeds[0].id)
    for _ in range(2):
        ours = tuple(one for one, entry in copy.entries.items() if entry.feed_id == feed)
        copy.take(Entries((), copy.progress, ours))
        await copy.pull(backend)
        assert equal(server, copy)


async def test_a_removed_feed_is_no_error_for_a_pull(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.remove_feed(server.feeds[0])
    await copy.pull(backend)
    await copy.pull(backend)
    assert len(copy.entries) == 10  # the list of feeds says what to do with them
    assert len(server.seen("GET /v1/feeds/")) == 4


async def test_edited_articles_come_once_a_day(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    entry = max(server.entries.values(), key=lambda one: one.id)
    server.edit(entry, "Corrected", "<p>Now right</p>")
    server.pass_time(3600)
    await copy.pull(backend)
    assert "Corrected" not in copy.titles()
    server.pass_time(86_400)
    await copy.pull(backend)
    assert "Corrected" in copy.titles()
    server.calls.clear()
    await copy.pull(backend)
    assert len(server.calls) == 2


async def test_a_page_that_is_too_large_is_asked_for_in_parts(
    server: FakeMiniflux, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.sync.http.MAX_BODY", 10_000)
    feed = server.add_feed("News")
    for _ in range(10):
        server.add_entry(feed, content="x" * 5000)
    copy = Copy()
    await copy.pull(backend)
    assert equal(server, copy)
    server.add_entry(feed, content="x" * 10_000)
    with pytest.raises(AccountError, match="larger"):
        await copy.pull(backend)


async def test_a_server_that_knows_no_pages_is_not_asked_for_ever(
    server: FakeMiniflux, backend: Backend
) -> None:
    filled(server)
    page = server.answer(Call("GET", "/v1/entries", {"limit": ["3"]}, {"x-auth-token": TOKEN}, b""))
    server.replies["/v1/entries"] = page
    with pytest.raises(AccountError) as caught:
        await Copy().pull(backend)
    assert caught.value.refusal is Refusal.ANSWER and len(server.calls) == 2


async def test_a_pull_needs_the_clock_of_the_server(server: FakeMiniflux, backend: Backend) -> None:
    server.replies["/v1/entries"] = Answer(b'{"total": 0, "entries": []}', 200, {"Date": "today"})
    with pytest.raises(AccountError) as caught:
        await Copy().pull(backend)
    assert caught.value.refusal is Refusal.ANSWER


@pytest.mark.parametrize("text", ["", "{", "[]", '{"since": "x"}', '{"other": 1}', '{"since": 1e400}'])
async def test_any_progress_can_be_read(text: str) -> None:
    assert miniflux_pull.read(text) == miniflux_pull.Progress()


def test_a_progress_is_read_as_it_was_written() -> None:
    state = miniflux_pull.Progress(1, 2, "starred", 3, 4, {"5": [6, 7, 8, 9]})
    assert miniflux_pull.read(state.text()) == state
