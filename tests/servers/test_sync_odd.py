"""Servers whose answers are odd in one place, or never end: the rest of the account goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import titles
from tests.servers.clients import client, ids, marks, synced
from tests.servers.direct import direct as direct
from tests.servers.fake import PASSWORD, TOKEN, USER, Call, Fake, json_answer
from tests.servers.fake_greader import API, STATE, FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.stages import FakeStage
from tests.web import Answer
from tuireader.library import Library
from tuireader.model import View, ViewKind
from tuireader.sync import servers

KINDS: dict[str, Callable[[], Fake]] = {"freshrss": FakeGReader, "miniflux": lambda: FakeMiniflux("2.3.2")}


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """A server to which the account leads, one kind after the other."""
    with KINDS[request.param]() as made:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(made).connect())
        yield made


async def feeds(library: Library) -> dict[str, str]:
    """The addresses of the shown feeds by title."""
    return {feed.title: feed.address for feed in await library.feeds.all()}


@pytest.mark.parametrize("url", ["https://one.example/feed", "", "javascript:alert(1)", "not an address"])
async def test_feeds_with_equal_or_unusable_addresses_are_feeds(
    tmp_path: Path, server: Fake, url: str
) -> None:
    server.add_feed("Usual", url="https://usual.example/feed")
    for title in ("First", "Second", "Third"):
        feed = server.add_feed(title)
        feed.url = url
        server.add_entry(feed, f"Entry of {title}")
    async with client(tmp_path) as library:
        for _ in range(2):
            done = await synced(library)
            assert (done.error, done.asks) == ("", "")
            assert sorted(await feeds(library)) == ["First", "Second", "Third", "Usual"]
        assert sorted(await titles(library)) == ["Entry of First", "Entry of Second", "Entry of Third"]
        await library.marks.set_read([(await ids(library))["Entry of Second"]], True)
        await synced(library)
        assert [entry.title for entry in server.entries.values() if entry.read] == ["Entry of Second"]
        server.feeds.reverse()
        assert (await synced(library)).error == ""
        assert len(await feeds(library)) == 4
        server.feeds[0].url = "https://one.example/new"
        assert (await synced(library)).error == ""
        assert len(await feeds(library)) == 4


async def test_a_correction_is_matched_and_found(tmp_path: Path, server: Fake) -> None:
    feed = server.add_feed("News")
    entry, other = server.add_entry(feed, "Rain"), server.add_entry(feed, "Snow")
    async with client(tmp_path) as library:
        await synced(library)
        server.edit(entry, "WeChat rains", "<p>A correction.</p>")
        server.pass_time(100_000)  # corrections come once a day
        server.mark(other, starred=True)
        done = await synced(library)
        assert (done.new, done.changed) == (0, 1)
        assert await titles(library, View(ViewKind.WATCH, "W")) == ["WeChat rains"]
        assert await titles(library, View(ViewKind.QUERY, "correction")) == ["WeChat rains"]


@pytest.mark.parametrize("kind", KINDS)
async def test_no_answer_brings_a_secret(kind: str) -> None:
    """Neither what the user typed nor the token that the server has given for it."""
    with KINDS[kind]() as server:
        given = [PASSWORD, TOKEN]
        if isinstance(server, FakeGReader):
            signed_in = await FakeStage(server).connect().sign_in()
            (header,) = {
                call.headers["authorization"] for call in server.calls if "authorization" in call.headers
            }
            given = [PASSWORD, header.partition("auth=")[2]]
            assert signed_in.user == USER
        backend = FakeStage(server).connect()
        await backend.sign_in()
        secrets = given if isinstance(server, FakeGReader) else [TOKEN]
        for secret in secrets:
            server.add_feed(f"News {secret} here", f"Folder {secret}")
        for listed in await backend.feeds():
            assert listed.title.startswith("News ") and listed.title.endswith(" here")
            assert not any(secret in f"{listed}" for secret in secrets)
        await backend.close()


async def test_a_feed_that_takes_the_address_of_another_keeps_its_articles(
    tmp_path: Path, server: Fake
) -> None:
    for title in ("First", "Second"):
        server.add_entry(server.add_feed(title), f"Entry of {title}")
    async with client(tmp_path) as library:
        await synced(library)
        first, second = server.feeds
        first.url, second.url = second.url, first.url
        assert (await synced(library)).error == ""
        assert await feeds(library) == {"First": first.url, "Second": second.url}


ODD: dict[str, Callable[[dict[str, Any]], object]] = {
    "null": lambda entry: None,
    "text": lambda entry: "an entry",
    "id as text": lambda entry: entry | {"id": f"x {entry['id']}"},
    "no id": lambda entry: {name: entry[name] for name in entry if name != "id"},
    "unknown status": lambda entry: entry | {"status": "archived", "categories": None},
    "no feed": lambda entry: entry | {"feed_id": None, "origin": {}},
}


NO_OBJECT = ("null", "text")
"""Alone in an answer, these are not of the form that the API promises."""


def spoiling(server: Fake, title: str, spoil: Callable[[dict[str, Any]], object]) -> None:
    """Let a server send an entry in an odd form."""
    answer = server.answer

    def spoiled(call: Call) -> Answer:
        sent = answer(call)
        name = "entries" if isinstance(server, FakeMiniflux) else "items"
        if sent.body and f'"{name}"'.encode() in sent.body:
            value = json.loads(sent.body)
            value[name] = [spoil(one) if one["title"] == title else one for one in value[name]]
            return json_answer(value)
        return sent

    server.answer = spoiled  # type: ignore[method-assign]


@pytest.mark.parametrize("odd", ODD)
async def test_one_odd_entry_is_left_out_and_reported(tmp_path: Path, server: Fake, odd: str) -> None:
    feed = server.add_feed("News")
    for title in ("One", "Odd", "Two"):
        server.add_entry(feed, title)
    spoiling(server, "Odd", ODD[odd])
    async with client(tmp_path) as library:
        done = await synced(library)
        assert (done.error, done.new, done.unreadable) == ("", 2, 1)
        assert sorted(await titles(library)) == ["One", "Two"]
        server.pass_time(3600)
        three = server.add_entry(feed, "Three")
        for _ in range(3):
            done = await synced(library)
            assert done.error == "" or odd in NO_OBJECT
        assert sorted(await titles(library)) == ["One", "Three", "Two"]
        await library.marks.set_read([(await ids(library))["Three"]], True)
        assert (await synced(library)).sent == 1 and three.read


async def test_an_entry_that_becomes_odd_keeps_its_marks(tmp_path: Path, server: Fake) -> None:
    feed = server.add_feed("News")
    for title in ("One", "Odd", "Two", "Three", "Four", "Five"):
        server.add_entry(feed, title, starred=True)
    async with client(tmp_path) as library:
        await synced(library)
        before = await marks(library)
        spoiling(server, "Odd", ODD["unknown status"])
        server.pass_time(3600)
        server.mark(server.entries[min(server.entries)], read=True)
        for _ in range(3):
            assert (await synced(library)).error == ""
        now = await marks(library)
        assert now["Odd"] == before["Odd"] and now["One"] == (True, True)


# --------------------------------------------------------------------------- lists that never end


@pytest.mark.parametrize("endless", ["same page", "new pages", "same cursor"])
async def test_an_endless_list_of_ids_ends_the_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: str
) -> None:
    with FakeGReader() as server:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        monkeypatch.setattr("tuireader.sync.paging.MOST_ENTRIES", 50)
        entry = server.add_entry(server.add_feed("News"), "One")
        async with client(tmp_path) as library:
            await synced(library)
            calls = 0
            answer = server.answer

            def more(call: Call) -> Answer:
                nonlocal calls
                if call.path != f"{API}/stream/items/ids" or call.one("s") != f"{STATE}starred":
                    return answer(call)
                calls += 1
                first = 10 * calls if endless == "new pages" else 0
                page = [{"id": str(first + number)} for number in range(1, 10)]
                cursor = "5" if endless == "same cursor" else str(calls)
                return json_answer({"itemRefs": page, "continuation": cursor})

            server.answer = more  # type: ignore[method-assign]
            done = await synced(library)
            assert calls <= 8
            assert (done.refusal == "") is (endless == "new pages")
            server.answer = answer  # type: ignore[method-assign]
            assert (await synced(library)).error == ""
            assert await marks(library) == {"One": (entry.read, entry.starred)}


async def test_a_server_that_drips_has_a_budget_of_time(
    tmp_path: Path, server: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.sync.http.BUDGET", 0.3)
    feed = server.add_feed("News")
    server.add_entry(feed, "One")
    async with client(tmp_path) as library:
        assert (await synced(library)).error == ""
        server.add_entry(feed, "Two")
        server.before = lambda call: time.sleep(0.4 if "entries" in call.path or "stream" in call.path else 0)
        done = await synced(library)
        assert done.refusal == "away" and "took more than" in done.error
        server.before = None
        monkeypatch.setattr("tuireader.sync.http.BUDGET", 60.0)
        assert (await synced(library)).error == ""
        assert sorted(await titles(library)) == ["One", "Two"]


@pytest.mark.parametrize("endless", ["same entry", "same entries, moving cursor", "new entries"])
async def test_endless_pages_of_entries_end_the_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: str
) -> None:
    with FakeMiniflux("2.3.2") as server:
        monkeypatch.setattr(servers, "connect", lambda *_, **__: FakeStage(server).connect())
        monkeypatch.setattr("tuireader.sync.paging.MOST_ENTRIES", 50)
        feed = server.add_feed("News")
        server.add_entry(feed, "One")
        async with client(tmp_path) as library:
            await synced(library)
            server.pass_time(3600)
            server.add_entry(feed, "Two")
            calls = 0
            answer = server.answer

            def more(call: Call) -> Answer:
                nonlocal calls
                sent = answer(call)
                if call.path != "/v1/entries":
                    return sent
                calls += 1
                entry = page[0] = next(iter(json.loads(sent.body or b"")["entries"]), page[0])
                first = 100 if endless == "same entry" else 100 * calls
                if endless == "same entries, moving cursor":
                    made = [entry, {"id": first}]
                else:
                    made = [entry | {"id": first + n, "title": f"{first + n}"} for n in range(9)]
                return json_answer({"total": 10_000, "entries": made})

            page: list[Any] = [None]
            server.answer = more  # type: ignore[method-assign]
            done = await synced(library)
            assert calls < 15 and done.error
            server.answer = answer  # type: ignore[method-assign]
            assert (await synced(library)).error == ""
            assert {"One", "Two"} <= set(await titles(library))
