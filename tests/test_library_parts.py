"""What the library hands on, whole: programs and their arguments, limits, rules, the feeds to fetch."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import CLOCK, Clock, config, opened, refreshed
from tuireader.errors import TuireaderError
from tuireader.feeds import pages
from tuireader.feeds.http import fetch
from tuireader.feeds.http.fetch import FetchLimits
from tuireader.ingest import refresh as ingest_refresh
from tuireader.ingest.attempts import Setting
from tuireader.library import Library
from tuireader.library.due import Waiting
from tuireader.library.feeds.page_tools import PageTools, fetch_limits
from tuireader.model import (
    AccountSynced,
    Event,
    Fault,
    FeedDone,
    HostWaits,
    RefreshDone,
    RefreshStarted,
    Relating,
    TextFetched,
)
from tuireader.model.events import encode
from tuireader.store import Store
from tuireader.store.feeds.feeds import FeedFacts
from tuireader.timing import schedule

HOUR, DAY = 3_600, 86_400
FEEDS = """
[fetch]
interval = "20m"
watched_interval = "40m"
[[feeds]]
url = "https://a.example/feed"
title = "A"
folder = "F"
labels = ["l"]
interval = "2h"
[[feeds]]
url = "https://b.example/feed"
full_text = true
[[feeds]]
url = "https://a.example/other"
kind = "page"
[[feeds]]
url = "https://d.example/feed"
full_text = false
[[watch]]
name = "W"
any = ["x", "y"]
feeds = ["A"]
notify = "article"
[[watch]]
name = "V"
any = ["z"]
feeds = ["nowhere"]
notify = "never"
[[mute]]
query = "sponsored"
"""


# --------------------------------------------------------------------------- processes


@dataclass
class Spawned:
    """A process that was asked for: it prints `lines` and ends."""

    command: Sequence[str]
    options: dict[str, Any]
    id: int = 0


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Spawned]]:
    """Start no process; call the fixture with what each prints, and to its errors."""
    asked: list[Spawned] = []

    def printing(lines: Sequence[bytes], errors: bytes = b"", then: str = "") -> list[Spawned]:
        async def start(*command: str, **options: Any) -> object:
            process = await real("/bin/sh", "-c", PRINTS + then, "sh", b"".join(lines), errors, **options)
            asked.append(Spawned(command, options, process.pid))
            return process

        real = asyncio.create_subprocess_exec
        monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
        return asked

    return printing


PRINTS = 'printf %s "$1"; printf %s "$2" >&2'


def line(event: Event) -> bytes:
    """An event as a process prints it."""
    return f"{encode(event)}\n".encode()


async def test_refreshes_and_syncs_in_a_process_are_asked_for_in_full(
    tmp_path: Path, spawned: Callable[..., list[Spawned]]
) -> None:
    done: list[Event] = [RefreshStarted(3), RefreshDone(3, 1, 2, 0, 0.5)]
    synced: list[Event] = [AccountSynced("home"), AccountSynced("home", done=True)]
    asked = spawned([b"no event\n", *map(line, [*done, *synced])])
    async with opened(tmp_path, FEEDS) as library:
        run, sync = library.refresh.run_in_subprocess, library.refresh.sync_in_subprocess
        calls: list[tuple[AsyncGenerator[Event, None], list[str]]] = [
            (run(), ["refresh", "--json"]),
            (run([3, 1], force=False), ["refresh", "--json", "--due", "3", "1"]),
            (sync(), ["sync", "--json"]),
            (sync(["a", "b"], marks_only=True), ["sync", "--json", "--marks", "a", "b"]),
            (sync(["a"], believed=True), ["sync", "--json", "--accept-removals", "a"]),
        ]
        where = ["--config", str(tmp_path / "config.toml"), "--database", str(tmp_path / "news.db")]
        for call, words in calls:
            async with aclosing(call) as events:
                assert [event async for event in events] == [*done, *synced], "other lines are no events"
            assert asked[-1].command[-len(where) - len(words) - 2 :] == ("-m", "tuireader", *where, *words)
        await library.downloads.start()
        assert asked[-1].command[-7:] == ("tuireader", *where, "download", "--queued")
        assert asked[-1].options["start_new_session"], "downloads go on when the reader ends"
        assert set(asked[-1].options.values()) == {asyncio.subprocess.DEVNULL, True}


async def test_a_refresh_beside_the_reader_gives_way_to_its_keys(
    tmp_path: Path, spawned: Callable[..., list[Spawned]]
) -> None:
    asked = spawned([line(RefreshStarted(3))], then="; exec sleep 9")
    async with opened(tmp_path, FEEDS) as library, aclosing(library.refresh.run_in_subprocess()) as events:
        await anext(events)
        own, others = (os.getpriority(os.PRIO_PROCESS, process) for process in (0, asked[-1].id))
        assert others == min(19, own + 10)


@pytest.mark.parametrize(
    ("printed", "errors", "message"),
    [
        ([RefreshDone(0, 0, 0, 0, 0.0)], b"", None),
        ([AccountSynced("home", done=True)], b"", None),
        ([RefreshStarted(3)], b"first\nlast words\n", "last words"),
        ([AccountSynced("home")], b"", "the refresh stopped early"),
    ],
)
async def test_a_process_that_ends_too_early_is_an_error(
    tmp_path: Path,
    spawned: Callable[..., list[Spawned]],
    printed: list[Event],
    errors: bytes,
    message: str | None,
) -> None:
    spawned(list(map(line, printed)), errors)
    async with opened(tmp_path, "") as library:
        try:
            async with aclosing(library.refresh.run_in_subprocess()) as events:
                assert [event async for event in events] == printed
        except Exception as error:
            assert str(error).startswith(message or "?")
        else:
            assert message is None


# --------------------------------------------------------------------------- fetching


def test_all_limits_of_the_configuration_hold() -> None:
    plain = FetchLimits()
    text = """[fetch]
    concurrency = 7
    per_host = 3
    per_own_host = 4
    timeout = "9s"
    max_size = "12kB"
    proxies = false
    proxy = "http://proxy.example:1"
    block_private = true
    """
    expected = replace(
        plain,
        concurrency=7,
        per_host=3,
        per_own_host=4,
        total=9,
        max_bytes=12_000,
        proxies=False,
        proxy="http://proxy.example:1",
        block_private=True,
    )
    assert fetch_limits(config(text)) == expected
    assert fetch_limits(config("")) == plain
    own = fetch_limits(config('[fetch]\nuser_agent = "me"'))
    assert own == replace(plain, user_agent="me")


@dataclass
class Fetched:
    """What a refresh was asked to fetch, and how."""

    feeds: list[FeedFacts]
    setting: Setting
    limits: FetchLimits
    on_trial: set[str]
    watched: dict[int, bool]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[Fetched]:
    """Fetch nothing; note what each refresh would."""
    made: list[Fetched] = []

    async def refresh(
        feeds: Sequence[FeedFacts],
        job_of: Callable[[FeedFacts], Any],
        *,
        setting: Setting,
        fetcher: Any,
        **_: Any,
    ) -> AsyncGenerator[Event, None]:
        watched = {}
        for one in feeds:
            job = await job_of(one)
            assert (job.feed_id, job.url) == (one.id, one.url)
            watched[one.id] = setting.is_watched(one.id)
        made.append(Fetched(list(feeds), setting, fetcher.limits, set(fetcher.trial), watched))
        yield FeedDone(feeds[0].id, "A", 0, 0, False, waits_until=CLOCK + 50)
        yield RefreshDone(len(feeds), 0, 0, 0, 0.0)

    class Fetcher(fetch.Fetcher):
        def __init__(self, limits: FetchLimits, **options: Any) -> None:
            super().__init__(limits, **options)
            self.limits, self.trial = limits, options["on_trial"]

    monkeypatch.setattr(fetch, "Fetcher", Fetcher)
    monkeypatch.setattr(ingest_refresh, "refresh", refresh)
    return made


async def stored(library: Library, sql: str) -> None:
    """Change the state of feeds."""

    def change(store: Store) -> None:
        with store.transaction():
            store.conn.execute(sql)

    await library.context.pool.write(change)


async def test_requests_at_the_same_time_share_a_fetcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fetcher that was opened for nothing is closed."""
    closed: list[fetch.Fetcher] = []

    class Fetcher(fetch.Fetcher):
        async def aclose(self) -> None:
            closed.append(self)
            await super().aclose()

    async def open_fetcher(limits: FetchLimits, now: Callable[[], float]) -> Fetcher:
        await asyncio.sleep(0)
        return Fetcher(limits, now=now)

    monkeypatch.setattr(pages, "open_fetcher", open_fetcher)
    async with opened(tmp_path, FEEDS) as library:
        tools = PageTools(library.context)
        first, second = await asyncio.gather(tools.open_fetcher(), tools.open_fetcher())
        assert first is second is await tools.open_fetcher()
        assert len(closed) == 1 and first not in closed
        await tools.close()
        assert len(closed) == 2 and first in closed


async def test_a_refresh_knows_all_rules(tmp_path: Path, rounds: list[Fetched]) -> None:
    async with opened(tmp_path, FEEDS) as library:
        events = await refreshed(library)
        (made,) = rounds
        assert made.limits == replace(fetch_limits(library.config), keep_away=True)
        rules, urls = made.setting.rules, ["https://a.example/feed", "https://b.example/feed"]
        assert made.setting.rates == schedule.Rates(least=1200, watched=2400)
        feeds = [made.setting.of(feed.url) for feed in library.config.feeds]
        assert {feed.url: feed.interval for feed in feeds if feed.interval is not None} == {urls[0]: 7200}
        assert made.setting.clock() == CLOCK
        assert {feed.url: feed.text for feed in feeds if feed.text != "auto"} == {
            urls[1]: "on",
            "https://a.example/other": "off",
            "https://d.example/feed": "off",
        }
        assert len(made.setting.taken) == 4 and made.setting.watched == {1} == {
            number for number, is_watched in made.watched.items() if is_watched
        }
        assert (rules.notify, rules.groups, len(rules.mutes)) == ({"W"}, (("x", "y"),), 1)
        assert rules.feeds[1] == ("A", urls[0], "F", "l") and rules.matcher is library.context.matcher
        waits = [event for event in events if isinstance(event, HostWaits)]
        assert waits == [HostWaits("a.example", 1, CLOCK + 50)]


async def test_urgent_feeds_come_first_and_failing_ones_last_on_a_server_that_is_tried(
    tmp_path: Path, rounds: list[Fetched]
) -> None:
    async with opened(tmp_path, FEEDS) as library:
        await stored(library, f"UPDATE feed SET last_success = {CLOCK} - 1000 * id, fill = 0.1")
        await refreshed(library, force=False)
        assert [one.id for one in rounds[-1].feeds] == [4, 3, 2, 1]
        await stored(library, "UPDATE feed SET error_streak = id WHERE id != 3")
        await refreshed(library, force=False)
        assert [one.id for one in rounds[-1].feeds] == [4, 3, 2, 1], "errors do not count elsewhere"
        await stored(library, f"UPDATE feed SET hold = {CLOCK} + 50, last_try = 5 WHERE id = 3")
        await refreshed(library, force=False)
        assert [one.id for one in rounds[-1].feeds] == [4, 3, 2, 1]
        await stored(library, "UPDATE feed SET error_streak = 2, last_success = 5 WHERE id = 1")
        await refreshed(library, force=False)
        assert [one.id for one in rounds[-1].feeds] == [4, 3, 2, 1], "the one that works tries its server"


DUE = {
    "0": [1, 2, 3, 4],
    f"{CLOCK}": [1, 2, 3, 4],
    f"{CLOCK + 1}": [],
    f"{CLOCK + schedule.FARTHEST}": [],
    f"{CLOCK + schedule.FARTHEST + 1}": [1, 2, 3, 4],
    f"{CLOCK} + id": [],
    f"{CLOCK - 2} + id": [1, 2],
}


async def test_which_feeds_are_due(tmp_path: Path, rounds: list[Fetched]) -> None:
    async with opened(tmp_path, FEEDS) as library:
        for next_try, due in DUE.items():
            sets = f"last_success = {CLOCK}, last_try = {CLOCK}, next_try = {next_try}"
            await stored(library, f"UPDATE feed SET {sets}")
            assert await library.refresh.count_due() == len(due)
            events = await refreshed(library, force=False)
            assert sorted(one.id for made in rounds for one in made.feeds) == due
            if not due:
                assert events[:2] == [RefreshStarted(0), RefreshDone(0, 0, 0, 0, 0.0)]
            rounds.clear()
            await refreshed(library, [2, 3], force=False)
            some = [one for one in due if one in (2, 3)]
            assert sorted(one.id for made in rounds for one in made.feeds) == some
            await refreshed(library, [3])
            assert [one.id for one in rounds[-1].feeds] == [3]
            rounds.clear()


@pytest.mark.parametrize(("passed", "due"), [(2_399, []), (2_400, [2, 3, 4])])
async def test_a_new_watch_makes_feeds_due_sooner_unless_they_have_an_interval_of_their_own(
    tmp_path: Path, rounds: list[Fetched], passed: int, due: list[int]
) -> None:
    clock = Clock()
    text = FEEDS.replace('feeds = ["A"]\n', "")
    async with opened(tmp_path, text, clock=clock.time) as library:
        await stored(
            library, f"UPDATE feed SET last_success = {CLOCK}, last_try = {CLOCK}, next_try = {CLOCK} + 9000"
        )
        clock.now += passed
        await refreshed(library, force=False)
        assert sorted(one.id for made in rounds for one in made.feeds) == due


async def test_feeds_of_a_host_that_waits_are_counted_and_a_host_whose_time_is_over_is_tried(
    tmp_path: Path, rounds: list[Fetched]
) -> None:
    async with opened(tmp_path, FEEDS) as library:
        await stored(library, f"UPDATE feed SET hold = {CLOCK} + 50, last_try = {CLOCK} WHERE id = 1")
        await stored(library, f"UPDATE feed SET hold = {CLOCK} + 50, last_try = 5 WHERE id = 2")
        assert await library.refresh.count_due() == 2
        events = await refreshed(library, force=False)
        assert [one.id for one in rounds[-1].feeds] == [2, 4] and rounds[-1].on_trial == {"b.example"}
        assert [event for event in events if isinstance(event, HostWaits)] == [
            HostWaits("a.example", 2, CLOCK + 50), HostWaits("b.example", 1, CLOCK + 50),
        ]  # fmt: skip


def test_waiting_hosts_are_counted_by_name() -> None:
    waiting = Waiting()
    for url, until in (("https://a.example:8/x", 5), ("https://A.example:8/y", 9), ("https://b.example/", 3)):
        waiting.note(url, until)
    assert waiting.events() == [HostWaits("a.example", 2, 9), HostWaits("b.example", 1, 3)]


# --------------------------------------------------------------------------- what follows the fetches


@pytest.mark.parametrize(
    ("fault", "force", "relate", "expected"),
    [
        (None, True, True, ["pages None", "judge", "send"]),
        (Fault.HTTP, True, True, ["pages None", "judge", "send"]),
        (Fault.NETWORK, True, True, ["judge", "send"]),
        (Fault.TIMEOUT, True, True, ["judge", "send"]),
        (None, False, True, ["pages None", "judge", "send"]),
        (None, True, False, ["pages None", "judge", "send"]),
    ],
)
async def test_pages_are_fetched_if_any_server_was_reached(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | None,
    force: bool,
    relate: bool,
    expected: list[str],
) -> None:
    done: list[str] = []

    async def refresh(feeds: Sequence[FeedFacts], *_: Any, **__: Any) -> AsyncGenerator[Event, None]:
        for one in feeds:
            yield FeedDone(one.id, "A", error="x" if fault else "", fault=fault)
        yield RefreshDone(len(feeds), 0, 0, 0, 0.0)

    async def pages(feed_ids: Sequence[int] | None) -> AsyncGenerator[Event, None]:
        done.append(f"pages {feed_ids}")
        yield TextFetched(1, "T")

    async def relating() -> AsyncGenerator[tuple[int, int], None]:
        done.append("relate")
        yield 1, 2

    async def noted(name: str) -> None:
        done.append(name)

    async def sent() -> list[Event]:
        done.append("send")
        return []

    monkeypatch.setattr(ingest_refresh, "refresh", refresh)
    async with opened(tmp_path, FEEDS) as library:
        vars(library.full_texts)["fetch_waiting"] = pages
        vars(library.alarms)["judge"] = partial(noted, "judge")
        vars(library.outbox)["notify"] = sent
        vars(library.refresh)["relate"] = relating
        async with aclosing(library.refresh.run(force=force, relate=relate)) as made:
            events = [event async for event in made]
        assert done == ["relate"] * relate + expected
        kinds = [type(event) for event in events if not isinstance(event, FeedDone | RefreshDone)]
        assert kinds == [Relating] * relate + [TextFetched] * ("pages None" in expected)
        done.clear()
        await stored(library, f"UPDATE feed SET next_try = {CLOCK + 9}, last_try = {CLOCK}")
        async with aclosing(library.refresh.run([2], force=False)) as made:
            assert [type(event) async for event in made] == [RefreshStarted, RefreshDone, TextFetched]
        assert done == ["pages [2]", "judge", "send"], "nothing is due, but pages may wait"


async def test_a_demo_fetches_nothing(tmp_path: Path, rounds: list[Fetched]) -> None:
    async with opened(tmp_path, FEEDS, offline=True) as library:
        assert await refreshed(library) == [RefreshStarted(0), RefreshDone(0, 0, 0, 0, 0.0)]
        assert await library.refresh.count_due() == 0 and rounds == []
        for call in (library.refresh.run_in_subprocess(), library.refresh.sync_in_subprocess()):
            async with aclosing(call) as events:
                assert [event async for event in events] == []
        with pytest.raises(TuireaderError, match="no network"):
            async with aclosing(library.refresh.sync([])) as events:
                _ = [event async for event in events]
