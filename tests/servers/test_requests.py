"""What each server is asked, whole: method, path, parameters and body of every request."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from itertools import product

import pytest

from tests.examples import for_each
from tests.processes import PATIENCE
from tests.servers.fake import PASSWORD, USER, Call, json_answer
from tests.servers.fake_greader import API, LOGIN, STATE, FakeGReader
from tests.servers.fake_miniflux import FakeMiniflux
from tests.servers.single import greader as greader
from tests.servers.single import miniflux as miniflux
from tests.servers.single import reader as reader
from tests.servers.single import server as server
from tests.servers.stages import Copy, FakeStage
from tests.web import Web
from tuireader.sync import http, merge, paging
from tuireader.sync.backend import (
    AccountError,
    Entries,
    Listed,
    Mark,
    NotReturned,
    Refusal,
    States,
    Step,
)
from tuireader.sync.greader import items as greader_items
from tuireader.sync.greader import pull as greader_pull
from tuireader.sync.greader.api import GoogleReader
from tuireader.sync.miniflux import pull as miniflux_pull
from tuireader.sync.miniflux.api import Miniflux
from tuireader.sync.paging import STALE_PAGES, Bounds, twice_prefetched

LONG = greader_items.LONG
PAGE = "https://site.example/1"


# --------------------------------------------------------------------------- requests


def spoken(calls: Sequence[Call]) -> list[tuple[str, dict[str, str], object]]:
    """The calls: method and path, parameters, body."""

    def body(call: Call) -> object:
        is_form = "form" in call.headers.get("content-type", "")
        return call.form() if is_form else call.json() if call.body else None

    return [(str(call), {name: one for name, (one,) in call.query.items()}, body(call)) for call in calls]


JSON = {"output": "json"}


async def test_what_freshrss_is_asked_to_do(greader: FakeGReader, reader: GoogleReader) -> None:
    feed = greader.add_feed("News")
    first, name = greader.add_entry(feed), f"feed/{feed.id}"
    await reader.push(Mark.READ, True, [])
    assert greader.calls == []
    await reader.push(Mark.READ, True, [str(first.id), "51d2e6f2a1c2d3e4f5060708"])
    login, token, edit = spoken(greader.calls)
    assert isinstance(edit[2], dict)
    assert login == (f"POST {LOGIN}", {}, {"Email": [USER], "Passwd": [PASSWORD]})
    assert token[:2] == (f"GET {API}/token", {})
    secret = edit[2]["T"]
    ids = [str(first.id), f"{LONG}51d2e6f2a1c2d3e4f5060708"]
    assert edit == (f"POST {API}/edit-tag", JSON, {"a": [f"{STATE}read"], "i": ids, "T": secret})
    for attempt, expected in (
        (reader.push(Mark.STARRED, False, ids[:1]), {"r": [f"{STATE}starred"], "i": ids[:1]}),
        (reader.change_feed(name, title="T"), {"ac": ["edit"], "s": [name], "t": ["T"]}),
        (reader.remove_feed(name), {"ac": ["unsubscribe"], "s": [name]}),
        (reader.probe(ids[:1]), {"i": ids[:1]}),
    ):
        greader.calls.clear()
        await attempt
        ((_, query, form),) = spoken(greader.calls)
        assert (query, form) == (JSON, {**expected, "T": secret})


async def test_what_miniflux_is_asked_to_do(server: FakeMiniflux, miniflux: Miniflux) -> None:
    await miniflux.push(Mark.READ, True, [])
    assert server.calls == []
    feed, other = server.add_feed("News"), server.add_feed("Tech news", "Tech")
    entry = server.add_entry(feed)
    ids, name = [str(entry.id)], str(feed.id)
    first, tech = server.categories[0].id, server.categories[1].id
    await miniflux.batch_size(Mark.STARRED)
    assert spoken(server.calls) == [("GET /v1/entries/ids", {"status": "unread", "limit": "1"}, None)]
    none: dict[str, str] = {}
    categories, feeds = ("GET /v1/categories", none, None), ("GET /v1/feeds", none, None)
    subscribe = {"feed_url": f"{PAGE}/new", "category_id": first}

    def marked(**mark: object) -> object:
        return "PUT /v1/entries", {}, {"entry_ids": [entry.id], **mark}

    change = f"PUT /v1/feeds/{feed.id}"
    sample = {"order": "id", "direction": "asc", "limit": "8", "after_entry_id": str(entry.id - 1)}
    attempts: list[tuple[Awaitable[object], list[object]]] = [
        (miniflux.push(Mark.READ, True, ids), [marked(status="read")]),
        (miniflux.push(Mark.READ, False, ids), [marked(status="unread")]),
        (miniflux.push(Mark.STARRED, True, ids), [marked(starred=True)]),
        (miniflux.push(Mark.STARRED, False, ids), [marked(starred=False)]),
        (miniflux.probe([str(entry.id + 5), *ids]), [("GET /v1/entries", sample, None)]),
        (miniflux.change_feed(str(feed.id), title="T"), [(change, {}, {"title": "T"})]),
        (miniflux.change_feed(name, category="Tech"), [categories, (change, {}, {"category_id": tech})]),
        (miniflux.change_feed(name, category=""), [categories, (change, {}, {"category_id": first})]),
        (miniflux.add_feed(f"{PAGE}/new"), [categories, ("POST /v1/feeds", {}, subscribe)]),
        (miniflux.rename_category(str(tech), "T"), [(f"PUT /v1/categories/{tech}", {}, {"title": "T"})]),
        (
            miniflux.remove_category(str(tech)),
            [
                categories, feeds, (f"PUT /v1/feeds/{other.id}", {}, {"category_id": first}), feeds,
                (f"DELETE /v1/categories/{tech}", {}, None),
            ],
        ),
        (miniflux.remove_feed(str(feed.id)), [(f"DELETE /v1/feeds/{feed.id}", {}, None)]),
    ]  # fmt: skip
    for attempt, expected in attempts:
        server.calls.clear()
        await attempt
        assert spoken(server.calls) == expected


async def steps(backend: GoogleReader, progress: str, copy: Copy) -> list[Step]:
    """All steps of a pull, without taking them."""
    async with aclosing(backend.pull(progress, copy)) as made:
        return [step async for step in made]


def asked(calls: Sequence[Call]) -> list[dict[str, str]]:
    """The parameters of the calls for entries."""
    return [query for words, query, _ in spoken(calls) if words == "GET /v1/entries"]


async def test_what_pulls_of_miniflux_ask_for(
    server: FakeMiniflux, miniflux: Miniflux, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(miniflux_pull, "SOON", 2)
    monkeypatch.setattr(miniflux_pull, "PAGE", 2)
    clock = [1_000_000.0]
    monkeypatch.setattr(server, "now", lambda: clock[0])
    feed = server.add_feed("News")
    entries = [server.add_entry(feed, read=one < 2, starred=one < 1) for one in range(5)]
    clock[0] += 60
    copy = Copy()
    await copy.pull(miniflux)
    newest = {"order": "id", "direction": "desc", "limit": "2"}
    third = str(entries[3].id)
    assert asked(server.calls) == [
        {"status": "unread", **newest},
        {"status": "unread", **newest, "before_entry_id": third},
        {"status": "read", "starred": "true", **newest},
        {"status": "read", "starred": "false", **newest},
    ]
    state = json.loads(copy.progress)
    now = state["since"]
    assert state == {**json.loads(miniflux_pull.Progress().text()), "since": now, "checked": now}
    for passed, more in ((86_399, []), (86_400, [{"status": "unread", **newest}])):
        server.calls.clear()
        clock[0] = 1_000_060 + passed
        await copy.pull(miniflux)
        changed = {"changed_after": str(now - 30), "order": "id", "direction": "asc", "limit": "2"}
        assert asked(server.calls) == [changed, *more]
        now = json.loads(copy.progress)["since"]
    assert json.loads(copy.progress)["checked"] == now


@pytest.mark.parametrize("passed, is_checked", [(86_399, False), (86_400, True)])
async def test_what_pulls_of_freshrss_ask_for(
    greader: FakeGReader,
    reader: GoogleReader,
    monkeypatch: pytest.MonkeyPatch,
    passed: int,
    is_checked: bool,
) -> None:
    clock = [9.0]
    monkeypatch.setattr(greader, "now", lambda: clock[0])
    feed = greader.add_feed("News")
    read, unread = greader.add_entry(feed, read=True), greader.add_entry(feed)
    first = await steps(reader, "", copy := Copy())
    everything = {"s": f"{STATE}reading-list", **JSON}
    assert [query for words, query, _ in spoken(greader.calls) if words == f"GET {API}/stream/items/ids"] == [
        {**everything, "n": "25000"},
        {**everything, "xt": f"{STATE}read", "n": "100000"},
        {"s": f"{STATE}starred", "n": "100000", **JSON},
    ]
    ids = frozenset([str(read.id), str(unread.id)])
    states, entries, end = first
    assert states == States(frozenset([str(unread.id)]), frozenset(), ids, complete=True)
    assert isinstance(entries, Entries)
    assert ([one.id for one in entries.entries], entries.progress) == ([str(unread.id), str(read.id)], "")
    assert (entries.left, end) == (2, Entries((), '{"checked": 9}'))
    for step in first:
        copy.take(step)
    clock[0] += passed
    later = [step for step in await steps(reader, '{"checked": 9}', copy) if isinstance(step, Entries)]
    assert [[one.id for one in step.entries] for step in later] == [[str(unread.id)]] * is_checked + [[]]
    assert later[-1] == Entries((), json.dumps({"checked": 9 + passed if is_checked else 9}))


@pytest.mark.parametrize("complete", [True, False])
async def test_freshrss_is_asked_for_what_left_its_lists_and_what_it_does_not_return_may_be_gone(
    greader: FakeGReader, reader: GoogleReader, monkeypatch: pytest.MonkeyPatch, complete: bool
) -> None:
    monkeypatch.setattr(greader_pull, "MOST_LISTED", 100 if complete else 1)
    feed = greader.add_feed("News")
    old, _ = greader.add_entry(feed, read=True), greader.add_entry(feed, read=True)
    copy = Copy(open_marks=[str(old.id), "99"])
    await copy.pull(reader)
    copy.open_marks = [str(old.id), "99"]
    made = await steps(reader, '{"checked": 5000000000}', copy)
    assert [[one.id for one in step.entries] for step in made if isinstance(step, Entries)] == [
        [str(old.id)],
        [],
    ]
    gone = [step for step in made if isinstance(step, NotReturned)]
    assert gone == ([] if complete else [NotReturned(frozenset(["99"]))])
    assert all(step.left == 0 for step in made if isinstance(step, Entries))


async def test_a_feed_that_miniflux_counts_otherwise_is_listed(
    server: FakeMiniflux, miniflux: Miniflux
) -> None:
    feed, other = server.add_feed("News"), server.add_feed("Other")
    entry = server.add_entry(feed)
    server.add_entry(other)
    server.pass_time(60)
    copy = Copy()
    await copy.pull(miniflux)
    counters = {"reads": {str(feed.id): 1}, "unreads": {str(feed.id): 1, str(other.id): 1}}
    server.replies["/v1/feeds/counters"] = json_answer(counters)

    async def listed() -> tuple[list[Step], list[dict[str, str]]]:
        server.calls.clear()
        async with aclosing(miniflux.pull(copy.progress, copy)) as made:
            steps = [step async for step in made]
        for step in steps:
            copy.take(step)
        lists = [
            query for path, query, _ in spoken(server.calls) if path == f"GET /v1/feeds/{feed.id}/entries"
        ]
        return [step for step in steps if isinstance(step, Listed)], lists

    once = (
        [Listed(str(feed.id), frozenset([str(entry.id)]))],
        [{"order": "id", "direction": "asc", "limit": "100"}],
    )
    assert await listed() == once
    assert json.loads(copy.progress)["accepted"] == {str(feed.id): [1, 1, 0, 1]}
    assert await listed() == ([], []), "what still differs is accepted"
    counters["reads"][str(feed.id)] = 2
    server.replies["/v1/feeds/counters"] = json_answer(counters)
    assert await listed() == once
    del server.replies["/v1/feeds/counters"]
    assert await listed() == ([], [])
    assert json.loads(copy.progress)["accepted"] == {}


@pytest.mark.parametrize("name", ["miniflux", "freshrss"])
async def test_a_sync_has_a_budget_that_begins_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "BUDGET", -1.0)
    with FakeMiniflux() if name == "miniflux" else FakeGReader() as fake:
        backend = FakeStage(fake).connect()
        assert await backend.feeds() == [], "what the user does without a sync has no budget"
        await backend.push(Mark.READ, True, [])
        monkeypatch.setattr(http, "BUDGET", 600.0)
        backend.pull("", Copy())
        with pytest.raises(AccountError, match="more than") as caught:
            await backend.feeds()
        assert caught.value.refusal is Refusal.AWAY
        await backend.close()


async def test_a_closed_client_leaves_no_connection() -> None:
    ended = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await reader.read()
        ended.set()

    async with Web() as web:
        web.raw("/v1/me", talk)
        client = http.Http(web.url)
        assert (await client.find("/v1/me")).body == b"{}" and not ended.is_set()
        await client.close()
        await asyncio.wait_for(ended.wait(), 5 * PATIENCE)


@pytest.mark.parametrize("pages_stored", [1, 2, 5])
async def test_a_pull_that_ends_early_ends_what_makes_its_pages(pages_stored: int) -> None:
    """Else its requests would go on after the sync has failed or was stopped."""
    closed = asyncio.Event()

    async def pages() -> AsyncGenerator[int, None]:
        try:
            for number in range(1, 9):
                yield number
        finally:
            closed.set()

    making = pages()
    async with aclosing(twice_prefetched(making)) as steps:
        stored = 0
        while stored < pages_stored:
            stored = await anext(steps)
    assert closed.is_set()
    assert [step async for step in making] == []


async def test_a_pull_that_ends_early_does_not_wait_for_a_slow_page() -> None:
    async def pages() -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.Event().wait()

    async with asyncio.timeout(5), aclosing(twice_prefetched(pages())) as steps:
        assert await anext(steps) == 1


@pytest.mark.parametrize(
    ("limit", "words"), [("TOTAL", "did not complete its answer"), ("BUDGET", "took more than")]
)
async def test_a_server_that_never_answers_ends_the_sync(
    server: FakeMiniflux, miniflux: Miniflux, monkeypatch: pytest.MonkeyPatch, limit: str, words: str
) -> None:
    monkeypatch.setattr(http, limit, 0.01)
    never = threading.Event()

    def stall(_call: Call) -> None:
        never.wait(5)

    server.before = stall
    miniflux.pull("", Copy())
    with pytest.raises(AccountError, match=words) as caught:
        await miniflux.feeds()
    never.set()
    assert caught.value.refusal is Refusal.AWAY


def test_pages_that_bring_nothing_new_end_a_pull(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = Bounds()
    assert STALE_PAGES == 3
    assert [bounds.advances(["1"]) for _ in range(4)] == [True, True, True, False]
    assert bounds.advances(["1", "2"]) and not bounds.is_full
    assert [bounds.advances([]) for _ in range(3)] == [True, True, False]
    empty = Bounds()
    assert [empty.advances([]) for _ in range(3)] == [True, True, False]
    monkeypatch.setattr(paging, "MOST_ENTRIES", 2)
    assert bounds.is_full and not empty.is_full


@for_each("local, server, sent, news", [
    (local, server, sent, news)
    for local, server, news in product([False, True], repeat=3) for sent in (None, False, True)
])  # fmt: skip
def test_what_the_user_did_wins_until_the_server_has_it(
    local: bool, server: bool, sent: bool | None, news: bool
) -> None:
    before = merge.Known(local, server, sent)
    after = merge.pulled(before, news)
    assert before.pending is (local != server or sent is not None)
    assert after.server is news
    assert after.local is (local if before.pending else news)
    settled = not before.pending or (news is local and sent in (None, local))
    assert after.sent is (None if settled else sent)
