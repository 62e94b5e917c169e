"""Miniflux alone: requests, stars that toggle, feeds and categories, wrong answers."""

from __future__ import annotations

import gzip

import pytest

from tests.servers.fake import Call, drop, json_answer
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import Copy, FakeStage, equal, filled, push
from tests.web import Answer
from tuireader.config import AccountKind
from tuireader.sync.backend import AccountError, Backend, Mark, Refusal
from tuireader.sync.servers import connect
from tuireader.text import is_loopback

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


async def test_a_star_that_another_device_toggles_each_time(server: FakeMiniflux, backend: Backend) -> None:
    entry = server.add_entry(server.add_feed("News"))

    def toggle(call: Call) -> None:
        if call.path.endswith("bookmark"):
            server.mark(entry, starred=not entry.starred)

    server.before = toggle
    if server.is_new:
        assert await push(backend, Mark.STARRED, True, [str(entry.id)]) == set()
    else:
        with pytest.raises(AccountError, match="another device") as caught:
            await push(backend, Mark.STARRED, True, [str(entry.id)])
        assert caught.value.refusal is Refusal.AWAY


async def test_an_error_of_the_server_is_not_taken_for_missing_entries(
    server: FakeMiniflux, backend: Backend
) -> None:
    server.replies["/v1/entries"] = json_answer({"error_message": "store: connection refused"}, 500)
    with pytest.raises(AccountError, match="connection refused") as caught:
        await push(backend, Mark.READ, True, ["1"])
    assert caught.value.refusal is Refusal.AWAY
    assert await push(backend, Mark.READ, True, []) == set()


async def test_a_lost_answer_to_a_star_does_not_undo_it(server: FakeMiniflux, backend: Backend) -> None:
    entry = server.add_entry(server.add_feed("News"))
    await backend.batch_size(Mark.STARRED)
    server.after = drop("PUT")
    with pytest.raises(AccountError) as caught:
        await push(backend, Mark.STARRED, True, [str(entry.id)])
    assert caught.value.refusal is Refusal.AWAY and entry.starred
    await push(backend, Mark.STARRED, True, [str(entry.id)])
    assert entry.starred


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


async def test_a_category_that_is_gone_already_is_removed(server: FakeMiniflux, backend: Backend) -> None:
    server.add_feed("News")
    tech = str(server.category("Tech").id)
    for _ in range(2):
        await backend.remove_category(tech)
    assert [one.title for one in await backend.categories()] == [server.categories[0].title]


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


async def test_answers_are_compressed_except_on_this_computer() -> None:
    with FakeMiniflux() as server:
        backend = FakeStage(server).connect()
        server.replies["/v1/feeds"] = Answer(gzip.compress(b"[]"), 200, {"Content-Encoding": "gzip"})
        assert await backend.feeds() == []
        assert server.calls[0].headers["accept-encoding"] == "identity"
        await backend.close()
    hosts = [
        "http://127.0.0.1:1/x",
        "http://localhost",
        "https://[::1]:2",
        "http://127.example",
        "http://10.0.0.1",
    ]
    assert [is_loopback(host) for host in hosts] == [True, True, True, False, False]


async def test_a_proxy_that_is_none() -> None:
    backend = connect(AccountKind.MINIFLUX, "http://miniflux.example", "", "token", proxy="nonsense")
    with pytest.raises(AccountError, match="proxy"):
        await backend.feeds()
