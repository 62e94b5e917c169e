"""Miniflux alone: requests, stars that toggle, pulls that stop, what servers do not list, wrong answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.servers.fake import Call, drop, json_answer
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import Copy, FakeStage, push
from tests.web import Answer
from tuireader.sync import miniflux_pull
from tuireader.sync.backend import AccountError, Backend, Entries, Mark, Refusal


@pytest.fixture(params=["2.2.6", "2.3.2"])
def server(request: pytest.FixtureRequest) -> Iterator[FakeMiniflux]:
    """A Miniflux."""
    with FakeMiniflux(request.param) as made:
        yield made


@pytest.fixture
async def backend(server: FakeMiniflux) -> AsyncIterator[Backend]:
    """A backend for it."""
    made = FakeStage(server).connect()
    yield made
    await made.close()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three entries."""
    monkeypatch.setattr(miniflux_pull, "PAGE", 3)


def filled(server: FakeMiniflux, count: int = 10) -> None:
    """Two feeds, an hour ago; of each ten entries, three are read and one of these has a star."""
    feeds = server.add_feed("News"), server.add_feed("Other")
    for number in range(count):
        server.add_entry(feeds[number % 2], read=number % 10 < 3, starred=number % 10 == 1)
    server.pass_time(3600)


def equal(server: FakeMiniflux, copy: Copy) -> bool:
    """Whether a client has exactly what the server has."""
    theirs = {str(one.id): (one.read, one.starred) for one in server.entries.values() if not one.removed}
    return copy.marks == theirs


# --------------------------------------------------------------------------- requests


async def test_a_sync_without_news_needs_three_requests(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    copy = Copy()
    await copy.pull(backend)
    server.pass_time(3600)
    await copy.pull(backend)
    server.calls.clear()
    await backend.feeds()
    await copy.pull(backend)
    assert server.seen() == ["GET /v1/feeds", "GET /v1/entries", "GET /v1/feeds/counters"]


async def test_stars_are_set_together_where_the_server_can(server: FakeMiniflux, backend: Backend) -> None:
    filled(server)
    ids = [str(one) for one in server.entries]
    expected = 1000 if server.is_new else 1
    assert await backend.batch_size(Mark.STARRED) == expected == await backend.batch_size(Mark.STARRED)
    assert await backend.batch_size(Mark.READ) == 1000
    assert len(server.calls) == 1
    await backend.push(Mark.STARRED, True, ids)
    assert all(one.starred for one in server.entries.values())
    assert (server.seen("bookmark") == []) is server.is_new


async def test_a_star_that_another_device_toggles_meanwhile(server: FakeMiniflux, backend: Backend) -> None:
    entry = server.add_entry(server.add_feed("News"))
    left = [True]

    def toggle(call: Call) -> None:
        if call.path.endswith("bookmark") and left:
            server.mark(entry, starred=not entry.starred)
            left.clear()

    server.before = toggle
    assert await push(backend, Mark.STARRED, True, [str(entry.id)]) == set()
    assert entry.starred


async def test_a_lost_answer_to_a_star_does_not_undo_it(server: FakeMiniflux, backend: Backend) -> None:
    entry = server.add_entry(server.add_feed("News"))
    await backend.batch_size(Mark.STARRED)
    server.after = drop("PUT")
    with pytest.raises(AccountError) as caught:
        await push(backend, Mark.STARRED, True, [str(entry.id)])
    assert caught.value.refusal is Refusal.AWAY and entry.starred
    await push(backend, Mark.STARRED, True, [str(entry.id)])
    assert entry.starred


# --------------------------------------------------------------------------- pulls


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("page", range(1, 7))
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
    if page <= 5:  # three pages of unread entries, one of starred, one of the rest
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
    assert (server.calls[calls].one("before_entry_id") != "") is (page in (2, 3))


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


# --------------------------------------------------------------------------- feeds


async def test_an_existing_subscription_counts(server: FakeMiniflux, backend: Backend) -> None:
    server.after = drop("POST /v1/feeds")
    with pytest.raises(AccountError):
        await backend.add_feed("http://x.example/a.xml", "Tech")
    added = await backend.add_feed("http://x.example/a.xml", "Tech")
    assert [(one.id, one.category) for one in await backend.feeds()] == [(added, "Tech")]


async def test_the_words_of_the_server_reach_the_user(server: FakeMiniflux, backend: Backend) -> None:
    server.broken_feeds.add("http://x.example/404")
    server.category("Tech")
    feed = server.add_feed("News")
    for attempt, words in (
        (backend.add_feed("http://x.example/404"), "404 status code"),
        (backend.rename_category(str(feed.category.id), "Tech"), "already exists"),
        (backend.change_feed("99", title="x"), "no longer"),
    ):
        with pytest.raises(AccountError, match=words) as caught:
            await attempt
        assert caught.value.refusal is Refusal.REQUEST


async def test_the_last_category_stays(server: FakeMiniflux, backend: Backend) -> None:
    server.add_feed("News")
    with pytest.raises(AccountError, match="needs a category"):
        await backend.remove_category(str(server.categories[0].id))
    assert len(server.feeds) == 1


async def test_the_error_of_a_feed(server: FakeMiniflux, backend: Backend) -> None:
    server.add_feed("Broken").error = "fetcher: \x1b[31mnot found"
    (feed,) = await backend.feeds()
    assert (feed.error, feed.checked_at) == ("fetcher: not found", None)


async def test_full_texts(server: FakeMiniflux, backend: Backend) -> None:
    feed = server.add_feed("News")
    one, other = server.add_entry(feed), server.add_entry(feed)
    server.texts[one.id] = "<p>All of it</p>"
    assert await backend.full_text(str(one.id)) == "<p>All of it</p>"
    assert await backend.full_text(str(other.id)) == await backend.full_text("99") == ""


# --------------------------------------------------------------------------- wrong answers

PULLS: dict[str, list[object]] = {
    "/v1/entries": [
        [],
        {},
        {"entries": []},
        {"total": 1, "entries": [1]},
        {"total": 1, "entries": [{}]},
        None,
    ],
    "/v1/feeds/counters": [[], {}, {"reads": {}}, {"reads": {"1": "x"}, "unreads": {}}],
}


@pytest.mark.parametrize(
    ("path", "value"), [(path, value) for path, values in PULLS.items() for value in values]
)
async def test_a_wrong_shape_is_never_an_empty_list(path: str, value: object) -> None:
    with FakeMiniflux() as server:
        filled(server)
        backend = FakeStage(server).connect()
        copy = Copy()
        await copy.pull(backend)
        server.replies[path] = json_answer(value)
        with pytest.raises(AccountError) as caught:
            await copy.pull(backend)
        assert caught.value.refusal is Refusal.ANSWER
        assert equal(server, copy)
        await backend.close()


FAILURES: list[tuple[Answer, Refusal]] = [
    (Answer(b"{}", 200), Refusal.ANSWER),
    (Answer(b"[{}]", 200), Refusal.ANSWER),
    (Answer(b"<html>", 200), Refusal.ANSWER),
    (Answer(b"[" * 100_000, 200), Refusal.ANSWER),
    (Answer(b"", 302, {"Location": "https://other.example/login?secret"}), Refusal.ANSWER),
    (Answer(b"not here", 404), Refusal.ANSWER),
    (Answer(b"", 403), Refusal.LOGIN),
    (Answer(b"", 500), Refusal.AWAY),
    (Answer(b"", 503, {"Retry-After": "120"}), Refusal.AWAY),
    (Answer(b"", 429, {"Retry-After": "120"}), Refusal.AWAY),
    (Answer(b"\x1f\x8b cut", 200, {"Content-Encoding": "gzip"}), Refusal.AWAY),
]


@pytest.mark.parametrize(("answer", "refusal"), FAILURES)
async def test_each_failure_has_its_kind(answer: Answer, refusal: Refusal) -> None:
    with FakeMiniflux() as server:
        backend = FakeStage(server).connect()
        server.replies["/v1/feeds"] = answer
        with pytest.raises(AccountError) as caught:
            await backend.feeds()
        await backend.close()
    assert caught.value.refusal is refusal
    assert caught.value.retry_after == (120 if "Retry-After" in answer.headers else None)
    assert "\n" not in str(caught.value) and "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"since": "x"}', '{"other": 1}', '{"since": 1e400}'])
async def test_any_progress_can_be_read(text: str) -> None:
    assert miniflux_pull.read(text) == miniflux_pull.Progress()


def test_a_progress_is_read_as_it_was_written() -> None:
    state = miniflux_pull.Progress(1, 2, "starred", 3, 4, {"5": [6, 7, 8, 9]})
    assert miniflux_pull.read(state.text()) == state
