"""The use-cases through `Library`, against a real server and a real database."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from contextlib import aclosing, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import (
    ALL,
    WATCHES,
    config,
    ended,
    entry,
    feeds,
    item,
    opened,
    paths,
    refreshed,
    rss,
    titles,
)
from tests.builders import CLOCK as NOW
from tests.newsroom import fetched
from tests.web import Answer, Request, Web
from tuireader import dedup
from tuireader.config import Config, Paths
from tuireader.errors import ConfigError, TuireaderError, UsageError
from tuireader.feeds.http.backpressure import MemoryBudget
from tuireader.feeds.parse.parse import parse
from tuireader.ingest.attempts import Outcome, Setting
from tuireader.ingest.refresh import batches, save_batch
from tuireader.library import Library
from tuireader.library.exchange import Imported
from tuireader.library.feeds.page_tools import fetch_limits
from tuireader.model import (
    Fault,
    FeedDone,
    Fetched,
    FetchJob,
    NewMatch,
    NotModified,
    ParsedFeed,
    RefreshStarted,
    Relating,
    View,
    ViewKind,
)
from tuireader.model.events import decode, encode
from tuireader.store import Store
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.timing.schedule import Rates


async def test_a_refresh_tells_what_happens_and_stores_it(tmp_path: Path, web: Web) -> None:
    good = web.serve(
        "/good", rss("Good News", [item("1", "WeChat pauses"), item("2", "Other", "<p>About the PIPL.</p>")])
    )
    broken = web.serve("/broken", b"<html><body>Sorry</body></html>", headers={"Content-Type": "text/html"})
    missing = web.url + "/missing"
    async with opened(tmp_path, feeds(good, broken, missing) + WATCHES) as library:
        events = await refreshed(library)
        assert events[0] == RefreshStarted(3)
        told = {event.title: event for event in events if isinstance(event, FeedDone)}
        assert (told["Good News"].new, told["Good News"].error) == (2, "")
        assert told[broken].fault is Fault.NOT_A_FEED
        assert told[missing].fault is Fault.HTTP and "404" in told[missing].error
        assert sorted(event.done for event in told.values()) == [1, 2, 3]
        matches = {event.title: event.evidence for event in events if isinstance(event, NewMatch)}
        assert matches["WeChat pauses"].watch == "WeChat"
        assert matches["Other"].sentence == "About the PIPL."
        assert ended(events).failed == 2 and ended(events).new == 2
        assert events[-1] == Relating(2, 2)

        assert sorted(await titles(library)) == ["Other", "WeChat pauses"]
        assert await titles(library, View(ViewKind.WATCH, "PIPL")) == ["Other"]
        counts = await library.lists.counts()
        assert counts.watches["WeChat"].unread == 1
        health = {feed.url: feed for feed in await library.feeds.all()}
        assert health[good].title == "Good News" and health[good].last_error == ""
        assert health[missing].error_streak == 1 and "404" in health[missing].last_error
        assert (health[missing].next_try or 0) > NOW


async def test_a_feed_that_changes(tmp_path: Path, web: Web) -> None:
    first = rss("F", [item("1", "One"), item("2", "Two")])
    second = rss(
        "F", [item("3", "Three"), item("2", "Two, corrected", "<p>Now with WeChat.</p>"), item("1", "One")]
    )
    url = web.stages("/f", first, first, second)
    async with fetched(tmp_path, feeds(url) + WATCHES) as library:
        await library.marks.set_read(await library.lists.ids(ALL), True)
        again = await refreshed(library)
        assert [event.unchanged for event in again if isinstance(event, FeedDone)] == [True]
        events = await refreshed(library)
        assert (ended(events).new, ended(events).changed) == (1, 1)
        assert [event.title for event in events if isinstance(event, NewMatch)] == ["Two, corrected"]
        assert await titles(library, View(ViewKind.UNREAD)) == ["Three"]
        assert sorted(await titles(library)) == ["One", "Three", "Two, corrected"]


async def test_validators_are_sent_back(tmp_path: Path, web: Web) -> None:

    def answer(request: Request) -> Answer:
        sent = request.headers.get("if-none-match")
        return (
            Answer(status=304)
            if sent == '"v1"'
            else Answer(rss("F", [item("1", "One")]), headers={"ETag": '"v1"'})
        )

    url = web.handle("/f", answer)
    async with fetched(tmp_path, feeds(url)) as library:
        events = await refreshed(library)
        assert [event.unchanged for event in events if isinstance(event, FeedDone)] == [True]
        assert len(await titles(library)) == 1


async def test_a_feed_that_fails_keeps_its_articles_and_comes_back(tmp_path: Path, web: Web) -> None:
    good = rss("F", [item("1", "One")])
    bad: list[Answer | bytes | str] = [
        b"",
        b"<rss><channel><item><title>half",
        b"\x89PNG\r\n",
        b"not xml at all",
        Answer(b"oops", status=500),
        Answer(b"", status=404),
        Answer(b"gone", status=410),
    ]
    url = web.stages("/f", good, *bad, good)
    async with fetched(tmp_path, feeds(url)) as library:
        (feed,) = await library.feeds.all()
        for _ in bad:
            await refreshed(library, [feed.id])
            assert await titles(library) == ["One"]
        (feed,) = await library.feeds.all()
        assert feed.state == "ok" and feed.last_error.startswith("HTTP 410")  # a mistake, perhaps
        assert await library.refresh.count_due() == 0
        await refreshed(library, [feed.id])
        (feed,) = await library.feeds.all()
        assert (feed.state, feed.last_error, feed.error_streak) == ("ok", "", 0)


async def test_only_due_feeds_are_asked_unless_forced(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("F", [item("1", "One")]))
    async with opened(tmp_path, feeds(url)) as library:
        assert await library.refresh.count_due() == 1
        await refreshed(library, force=False)
        assert await library.refresh.count_due() == 0
        await refreshed(library, force=False)
        assert len(web.seen("/f")) == 1
        await refreshed(library)
        assert len(web.seen("/f")) == 2


@pytest.mark.parametrize("block", [False, True])
async def test_a_redirect_into_a_private_network_is_followed_unless_blocked(
    tmp_path: Path, web: Web, block: bool
) -> None:
    target = web.serve("/inside", rss("F", [item("1", "One")]))
    web.serve("/f", b"", status=302, headers={"Location": target})
    outside = f"{web.url}/f".replace("127.0.0.1", "localhost")
    fetch = f"[fetch]\nblock_private = {str(block).lower()}\n"
    async with fetched(tmp_path, fetch + feeds(outside)) as library:
        (feed,) = await library.feeds.all()
        assert ("private" in feed.last_error) == block
        assert await titles(library) == ([] if block else ["One"])


@pytest.mark.parametrize(("days", "due"), [(30, 0), (32, 1), (20_000, 1)])
async def test_a_try_planned_under_a_wrong_clock_does_not_silence_a_feed(
    tmp_path: Path, web: Web, days: int, due: int
) -> None:
    url = web.serve("/f", rss("F", [item("1", "One")]))
    async with opened(tmp_path, feeds(url)) as library:
        await refreshed(library)
    plan = f"UPDATE feed SET next_try = {NOW + days * 86_400}"
    with closing(sqlite3.connect(paths(tmp_path).database)) as conn:
        conn.execute(plan)
        conn.commit()
    async with opened(tmp_path, feeds(url)) as library:
        assert await library.refresh.count_due() == due
        await refreshed(library, force=False)
        assert len(web.seen("/f")) == 1 + due
        assert await library.refresh.count_due() == 0


async def test_a_stopped_refresh_keeps_what_was_stored(tmp_path: Path, web: Web) -> None:
    urls = [web.serve(f"/{n}", rss(f"F{n}", [item(f"{n}", f"Title {n}", f"<p>{n}</p>")])) for n in range(20)]
    slow = web.handle("/slow", lambda _: Answer(rss("Slow", []), latency=30))
    async with opened(tmp_path, feeds(*urls, slow)) as library:
        done = 0
        async with aclosing(library.refresh.run()) as events:
            async for event in events:
                done += isinstance(event, FeedDone)
                if done == 20:
                    break
        assert len(await titles(library)) == 20


async def test_the_same_refresh_in_a_process_of_its_own(tmp_path: Path, web: Web) -> None:
    good = web.serve("/f", rss("F", [item("1", "WeChat and PIPL")]))
    async with opened(tmp_path, feeds(good, web.url + "/none") + WATCHES) as library:
        await library.database.changed_elsewhere()
        async with aclosing(library.refresh.run_in_subprocess()) as events:
            found = [event async for event in events]
        assert ended(found).failed == 1 and ended(found).new == 1
        assert {event.evidence.watch for event in found if isinstance(event, NewMatch)} == {"WeChat", "PIPL"}
        assert await library.database.changed_elsewhere()
        assert not await library.database.changed_elsewhere()
        assert await titles(library) == ["WeChat and PIPL"]


async def test_own_writes_are_no_news_and_counting_keeps_nobody_waiting(tmp_path: Path, web: Web) -> None:
    good = web.serve("/f", rss("F", [item(str(n), f"Number {n}") for n in range(9)]))
    async with opened(tmp_path, feeds(good)) as library:
        assert not await library.database.changed_elsewhere()
        await refreshed(library)
        counting = asyncio.gather(*(library.lists.counts() for _ in range(5)))
        head, whole = await library.lists.head(View(ViewKind.UNREAD), show_read=False, limit=4)
        assert (len(head), whole) == (4, False)
        await library.marks.set_read(head, True)
        assert {counts.all.total for counts in await counting} == {9}
        assert (await library.lists.counts()).unread.unread == 5
        assert not await library.database.changed_elsewhere()
        other = Store.open(library.paths.database)
        with other.transaction():
            other.marks.set("read", list(head), False, now=NOW)
        other.close()
        assert await library.database.changed_elsewhere()


async def test_a_process_that_cannot_start_says_why(tmp_path: Path) -> None:
    async with opened(tmp_path, feeds("http://127.0.0.1:9/x")) as library:
        (tmp_path / "config.toml").write_text("[[feeds", encoding="utf-8")
        with pytest.raises(TuireaderError, match=r"config\.toml:1"):
            async with aclosing(library.refresh.run_in_subprocess()) as events:
                async for _ in events:
                    pass


async def test_events_survive_the_way_between_processes(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("Füd 微", [item("1", "WeChat 微信\u2028x")]))
    async with opened(tmp_path, feeds(url, web.url + "/none") + WATCHES) as library:
        for event in await refreshed(library):
            line = encode(event)
            assert "\n" not in line and decode(line) == event


async def test_changed_watches_are_applied_to_what_is_stored(tmp_path: Path, web: Web) -> None:
    items = [item(str(n), f"Title {n}", "<p>Tencent</p>" if n % 3 == 0 else "<p>x</p>") for n in range(30)]
    url = web.serve("/f", rss("F", items))
    async with fetched(tmp_path, feeds(url) + WATCHES) as library:
        assert [step async for step in library.watches.apply()] == []
    changed = feeds(url) + WATCHES + '[[watch]]\nname = "Tencent"\nany = ["Tencent"]\n'
    async with opened(tmp_path, changed) as library:
        steps = [step async for step in library.watches.apply()]
        assert steps[0] == (0, 30) and steps[-1] == (30, 30)
        assert len(await titles(library, View(ViewKind.WATCH, "Tencent"))) == 10
        assert [step async for step in library.watches.apply()] == []


async def test_search_and_views_by_expression(demo: Library) -> None:
    found, problem = await demo.searches.run("title:wechat watch:PIPL")
    assert problem == "" and len(found) >= 2
    assert list(await demo.lists.ids(View(ViewKind.QUERY, "title:wechat watch:PIPL"))) == list(found)
    by_title = await demo.lists.ids(View(ViewKind.QUERY, "title:wechat watch:PIPL"), sort="title")
    assert [row.title for row in await demo.lists.rows(by_title)] == sorted(
        (row.title for row in await demo.lists.rows(found)), key=str.casefold
    )
    with pytest.raises(UsageError, match="unknown sort order"):
        await demo.lists.ids(View(ViewKind.QUERY, "title:wechat"), sort="newest")
    await demo.marks.set_read(found[:1], True)
    assert list(
        await demo.lists.ids(View(ViewKind.QUERY, "title:wechat watch:PIPL"), show_read=False)
    ) == list(found[1:])
    found, problem = await demo.searches.run('"not closed')
    assert not found and "^" in problem


async def test_the_demo_is_loaded_once_and_never_asks_the_network(demo: Library) -> None:
    before = await demo.lists.counts()
    await demo.load_demo()
    assert await demo.lists.counts() == before
    assert ended(await refreshed(demo)).feeds == 0
    assert await demo.refresh.count_due() == 0
    with pytest.raises(TuireaderError):
        await demo.feeds.add([("https://x.example.org/feed", "", "")])
    with pytest.raises(TuireaderError):
        await demo.feeds.discover("https://x.example.org/")


async def test_subscribing_writes_the_config_and_keeps_its_comments(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", rss("F", [item("1", "One")]))
    page = web.serve(
        "/",
        f'<link rel="alternate" type="application/rss+xml" href="{url}" title="F">'.encode(),
        headers={"Content-Type": "text/html"},
    )
    async with opened(tmp_path, "# mine\n" + WATCHES) as library:
        assert [found.url for found in await library.feeds.discover(page)] == [url]
        assert not library.feeds.is_subscribed(url)
        assert await library.feeds.add([(url, "", "News"), (url, "", "News")]) == 1
        assert library.feeds.is_subscribed(url.replace("http://", "HTTP://me:secret@") + "#top")
        assert not library.feeds.is_subscribed("http://[::1")
        assert await library.feeds.add([(url, "", "News")]) == 0
        assert (await library.feeds.all())[0].folder == "News"
        text = (tmp_path / "config.toml").read_text(encoding="utf-8")
        assert text.startswith("# mine\n") and url in text
        await refreshed(library)
        assert await titles(library) == ["One"]
        opml = "".join(await library.exchange.export("opml"))
    (tmp_path / "out.opml").write_text(opml, encoding="utf-8")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    async with opened(fresh, "") as library:
        assert await library.exchange.import_file(tmp_path / "out.opml") == Imported(feeds=1, new=1)
        assert [feed.url for feed in await library.feeds.all()] == [url]
        with pytest.raises(TuireaderError, match="cannot be read"):
            await library.exchange.import_file(tmp_path / "missing.opml")


async def test_a_feed_is_edited_without_touching_its_other_keys(tmp_path: Path) -> None:
    keys = 'cookies = "jar.txt"\nuser_agent = "Own"\nfull_text = "on"\nlabels = ["sea"]\n'
    async with opened(tmp_path, f'[[feeds]]\nurl = "https://a.example/f"\n{keys}') as library:
        await library.feeds.edit(1, {"title": "Quay", "folder": "Sea", "interval": 1800, "paused": True})
        feed = library.feeds.config(1)
        assert (feed.title, feed.folder, feed.interval, feed.paused) == ("Quay", "Sea", 1800, True)
        assert (feed.cookies, feed.user_agent, feed.full_text, feed.labels) == (
            "jar.txt",
            "Own",
            "on",
            ("sea",),
        )
        reset = {"title": "", "folder": "", "interval": None, "paused": False, "labels": ()}
        await library.feeds.edit(1, reset)
        feed = library.feeds.config(1)
        assert (feed.title, feed.folder, feed.interval, feed.paused, feed.labels) == ("", "", None, False, ())
        assert (feed.cookies, feed.user_agent, feed.full_text) == ("jar.txt", "Own", "on")
        await library.feeds.edit(1, {"full_text": "off", "user_agent": "B"})
        feed = library.feeds.config(1)
        assert (feed.cookies, feed.user_agent, feed.full_text) == ("jar.txt", "B", "off")


def test_limits_of_the_configuration_are_those_of_a_fetch() -> None:
    fetch = {
        "concurrency": 7, "per_host": 3, "per_own_host": 5, "timeout": 9, "max_size": 123_456,
        "proxies": False, "proxy": "http://proxy.example:3128", "block_private": True, "user_agent": "Own",
    }  # fmt: skip
    limits = fetch_limits(
        config("[fetch]\n" + "".join(f"{name} = {json.dumps(v)}\n" for name, v in fetch.items()))
    )
    names = {"timeout": "total", "max_size": "max_bytes"}
    assert {name: getattr(limits, names.get(name, name)) for name in fetch} == fetch
    assert fetch_limits(config("")).user_agent.startswith("tuireader/")


async def test_a_config_that_breaks_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    async with opened(tmp_path, feeds("http://127.0.0.1:9/x")) as library:
        (tmp_path / "config.toml").write_text("[[feeds", encoding="utf-8")
        with pytest.raises(TuireaderError):
            await library.settings.reload()
        assert len(await library.feeds.all()) == 1
        with pytest.raises(ConfigError):
            await library.feeds.add([("http://127.0.0.1:9/y", "", "")])
        assert (tmp_path / "config.toml").read_text(encoding="utf-8") == "[[feeds"


async def test_secrets_are_looked_up(tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED_TOKEN", "hunter2")
    url = web.serve("/f", rss("F", []))
    text = (
        f'[[feeds]]\nurl = "{url}"\nusername = "me"\npassword = "cmd:echo geheim"\n'
        'headers = { "X-Token" = "env:FEED_TOKEN" }\n'
        f'[[feeds]]\nurl = "{web.url}/g"\nusername = "me"\npassword = "env:NOT_THERE"\n'
    )
    async with opened(tmp_path, text) as library:
        events = await refreshed(library)
        (request,) = web.seen("/f")
        assert request.headers["x-token"] == "hunter2"
        assert request.headers["authorization"] == "Basic bWU6Z2VoZWlt"
        (failed,) = [event for event in events if isinstance(event, FeedDone) and event.error]
        assert failed.error == "the environment variable NOT_THERE is not set"


async def test_a_password_whose_command_does_not_end_is_told(
    tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuireader.feeds.secrets.SECONDS", 0.2)
    text = f'[[feeds]]\nurl = "{web.url}/f"\nusername = "me"\npassword = "cmd:sleep 60"\n'
    async with opened(tmp_path, text) as library:
        events = await refreshed(library)
    (failed,) = [event for event in events if isinstance(event, FeedDone)]
    assert failed.error == "the command for the password did not end within 0.2 seconds: sleep 60"


async def test_marks_and_places(demo: Library) -> None:
    some = (await demo.lists.ids(ALL))[:3]
    assert (await demo.marks.set_read(some, True)).what == "2 rows · 3 articles marked read"
    assert len((await demo.marks.set_starred(some[:1], True)).ids) == 1
    assert await titles(demo, View(ViewKind.STARRED))
    await demo.marks.keep_place(some[0], 77)
    article = await demo.articles.get(some[0])
    assert article is not None and article.place == 77
    assert (await demo.marks.undo()) is not None and (await demo.marks.undo()) is not None
    assert await demo.marks.undo() is None
    assert await demo.articles.at_url(article.url + "?utm_source=x") == some[0]


async def test_a_database_that_is_given_by_a_folder_that_is_not_there(tmp_path: Path) -> None:
    where = Paths(tmp_path / "c.toml", tmp_path / "none" / "x.db", tmp_path, tmp_path)
    with pytest.raises(TuireaderError, match="does not exist"):
        await Library.open(Config(), where)
    assert list(tmp_path.iterdir()) == []


# --------------------------------------------------------------------------- batches of a refresh


def outcome(number: int) -> Outcome:
    url = f"https://example.org/{number}"
    known = FeedFacts(number, url, "", "ok", None, 0, None, "")
    reservation = MemoryBudget().reserve()
    return Outcome(known, NotModified(FetchJob(number, url), None, None, None, False), reservation)


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified", ""])
async def test_entries_left_out_as_known_that_are_not_stored_are_fetched_again(
    tmp_path: Path, web: Web, validator: str
) -> None:
    """Another process may remove them meanwhile; validators and the same body must not keep them away."""
    body = rss("F", [item("1", "One"), item("2", "Two")])
    value = {"ETag": '"2"', "Last-Modified": "Tue, 14 Nov 2023 22:13:20 GMT"}.get(validator)
    headers = {validator: value} if value else {}

    def answer(request: Request) -> Answer:
        asked = (request.headers.get("if-none-match"), request.headers.get("if-modified-since"))
        return Answer(None, 304) if any(asked) else Answer(body, headers=headers)

    url = web.stages("/f", rss("F", [item("1", "One")]))
    async with opened(tmp_path, feeds(url)) as library:
        await refreshed(library)
        web.handle("/f", answer)
        etag, modified = (value if validator == name else None for name in ("ETag", "Last-Modified"))
        digest = hashlib.blake2b(body, digest_size=16).digest()
        whole = parse(body, url)
        assert isinstance(whole, ParsedFeed)
        left_out = ParsedFeed(title="F", known=tuple(dedup.unique_entries(whole.entries)))

        def save(store: Store) -> None:
            (facts,) = store.feeds.facts()
            got = Fetched(FetchJob(1, url), url, b"", digest, "application/rss+xml", etag, modified)
            outcome = Outcome(facts, got, MemoryBudget().reserve(), left_out)
            context = library.context
            save_batch(store, [outcome], Setting(context.rules, Rates(), {}, context.clock))

        await library.context.pool.write(save)
        assert await titles(library) == ["One"]
        await refreshed(library)
        assert sorted(await titles(library)) == ["One", "Two"]


async def sizes(outcomes: asyncio.Queue[Outcome | None]) -> list[int]:
    return [len(batch) async for batch in batches(outcomes)]


async def test_what_lies_there_is_one_batch_up_to_a_limit() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    for number in range(300):
        outcomes.put_nowait(outcome(number))
    outcomes.put_nowait(None)
    assert await sizes(outcomes) == [128, 128, 44]


async def test_many_entries_end_a_batch() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    parsed = ParsedFeed(entries=tuple(entry(number) for number in range(100)))
    for number in range(12):
        outcomes.put_nowait(replace(outcome(number), parsed=parsed))
    outcomes.put_nowait(None)
    assert await sizes(outcomes) == [5, 5, 2]


@pytest.mark.parametrize("large", [False, True])
async def test_a_batch_that_takes_much_memory_waits_for_nothing(large: bool) -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    reservation = MemoryBudget(max_bytes=100, large_at_once=1).reserve()
    await reservation.wait_for_turn() if large else reservation.resize(40)
    outcomes.put_nowait(replace(outcome(1), reservation=reservation))
    batch = asyncio.ensure_future(anext(batches(outcomes)))
    for _ in range(20):
        await asyncio.sleep(0)
    assert batch.done() and len(await batch) == 1


async def test_answers_that_come_one_by_one_are_stored_together() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue(maxsize=1)

    async def drip() -> None:
        for number in range(20):
            await outcomes.put(outcome(number))
        await outcomes.put(None)

    dripping = asyncio.create_task(drip())
    found = await sizes(outcomes)
    await dripping
    assert sum(found) == 20
    assert len(found) < 10  # three on a quiet machine


async def test_an_answer_does_not_wait_for_one_that_does_not_come() -> None:
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    outcomes.put_nowait(outcome(1))
    stream = batches(outcomes)
    async with asyncio.timeout(5):
        assert len(await anext(stream)) == 1
    outcomes.put_nowait(outcome(2))  # nothing that comes just as the wait ends is lost
    outcomes.put_nowait(None)
    assert [len(batch) async for batch in stream] == [1]
