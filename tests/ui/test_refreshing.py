"""A refresh or sync under way, and the next one: what is said once, and when the list is read again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from tests.ui import accounts, samples
from tests.ui.running import TURNS, Running, running
from tests.ui.shelf import HOUR, NOW, Server, arrive, opened, replaced, story, written
from tests.ui.slow_store import held, until
from tuireader.errors import TuireaderError
from tuireader.model import (
    AccountSynced,
    Event,
    Evidence,
    FeedDone,
    HostWaits,
    NewMatch,
    RefreshDone,
    RefreshStarted,
)
from tuireader.ui.controllers import syncing

LOCKED = TuireaderError("the database is locked")
MATCH = NewMatch(1, "LanternPay comes to the ferries", "The Quay", "", Evidence("LanternPay"))
DONE = RefreshDone(1, 0, 0, 0, 0.1)
FAILED = FeedDone(2, "Tide Tables", error="HTTP 503", done=1, total=1)


async def said(run: Running, *events: Event | TuireaderError, asked: bool = True) -> str:
    """The toasts of a refresh with these events; one that is not asked for came by time."""

    async def refresh(feed_ids: Sequence[int] | None = None, *, force: bool = True) -> AsyncIterator[Event]:
        for event in events:
            if isinstance(event, TuireaderError):
                raise event
            yield event

    vars(run.library.refresh)["run_in_subprocess"] = refresh
    run.app.clear_notifications()
    run.main.controllers.refreshing.refresh(force=asked)
    await run.settle()
    assert not any(word in run.text for word in ("refreshing", "syncing", "full texts"))
    return run.toasts


async def test_each_refresh_reports_what_happened_in_it(run: Running) -> None:
    assert await said(run, FAILED, DONE) == "0 fine, 1 failed: Tide Tables: HTTP 503"
    assert await said(run, FeedDone(2, "Tide Tables", done=1, total=1), DONE) == "Nothing new"
    assert (await said(run, FAILED, MATCH, LOCKED)).splitlines() == [
        "the database is locked",
        "◆ LanternPay: LanternPay comes to the ferries",
    ]
    assert await said(run, DONE) == "Nothing new"
    assert (await said(run, *[MATCH] * 4, DONE)).splitlines() == ["Nothing new", "◆ LanternPay: 4 new"]
    waits = HostWaits("tide.example", 3, NOW + 60)
    assert await said(run, waits, asked=False) == ""
    assert await said(run, waits) == "3 wait until 14:14: tide.example asked to wait"
    assert await said(run, AccountSynced("home", arrived=3, total=9), LOCKED) == "the database is locked"
    assert run.main.session.syncing == ""
    vars(run.library.refresh)["sync_in_subprocess"] = None
    run.app.clear_notifications()
    await run.main.run_command("sync_accounts")
    await run.settle()
    assert run.toasts.startswith("No accounts yet") and not run.main.controllers.refreshing.running


async def test_what_is_new_is_counted_from_the_first(run: Running) -> None:
    shown = list[str]()

    async def refresh(feed_ids: Sequence[int] | None = None, *, force: bool = True) -> AsyncIterator[Event]:
        yield RefreshStarted(3)
        for number, (new, text) in enumerate(((0, "3/3"), (1, "3/3 · 1 new"), (2, "3/3 · 3 new")), 1):
            yield FeedDone(number, "The Quay", new=new, done=3, total=3)
            await run.shows(f"refreshing {text}")
            shown.append(re.search(r"refreshing (3/3(?: · -?\d+ new)?)", run.text)[1])  # type: ignore[index]

    vars(run.library.refresh)["run_in_subprocess"] = refresh
    run.main.controllers.refreshing.refresh()
    await run.settle()
    assert shown == ["3/3", "3/3 · 1 new", "3/3 · 3 new"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_feeds_that_become_due_are_fetched_without_a_key(run: Running, wanted: bool) -> None:
    """If so configured, and not while others are."""
    refreshing, timers = run.main.controllers.refreshing, dict[float, Callable[[], object]]()
    started = list[bool]()

    def set_interval(seconds: float, goes_off: Callable[[], object]) -> None:
        timers[seconds] = goes_off

    async def refresh(feed_ids: Sequence[int] | None = None, *, force: bool = True) -> AsyncIterator[Event]:
        started.append(force)
        timers[60]()
        yield DONE

    async def count_due() -> int:
        return due

    vars(run.library.refresh)["run_in_subprocess"] = refresh
    config = run.library.config
    run.library.context.config = replace(config, fetch=replace(config.fetch, refresh_on_start=wanted))
    due = 0
    with (
        replaced(run.main.top.set_interval, set_interval),
        replaced(run.library.refresh.count_due, count_due),
    ):
        refreshing.start()
        await run.settle()
        assert started == []
        due = 2
        timers[60]()
        await run.settle()
        assert started == [False] * wanted
        arrive(run.library, story(7, 1, "Rain on the quay", 0.5))  # as another program would
        timers[2]()
        await run.settle()
        assert 7 in run.main.articles.ids


async def test_a_second_refresh_waits_for_a_key_after_the_first_and_an_absence_is_said_once() -> None:
    async with opened(samples.library()) as library:

        async def long_ago() -> int:
            return 1

        with replaced(library.lists.away_since, long_ago):
            async with running(library) as run:
                server, refreshing = Server(run.library), run.main.controllers.refreshing
                assert "C clears the rest" in run.toasts
                run.app.clear_notifications()
                with held(run.library.feeds.all) as fetched:
                    await run.hit("R")
                    await fetched.reached()
                    await run.shows("refreshing …")  # before anything has come
                    await run.hit("R")
                    assert run.toasts == "Already refreshing" and len(server.asked) == 1
                await run.settle()
                await run.press("R")
                assert len(server.asked) == 2 and not refreshing.running
                assert "clears the rest" not in run.toasts


async def test_how_far_watches_are_applied_is_shown_until_they_are(run: Running) -> None:
    async def steps() -> AsyncIterator[tuple[int, int]]:
        yield 1, 4
        await run.shows("applying watches 25 %")
        yield 4, 4

    with replaced(run.library.watches.apply, steps):
        await run.main.controllers.refreshing.apply_watches()
    await run.settle()
    assert "applying" not in run.text


async def test_the_list_is_read_again_when_keys_rest_or_after_a_while(run: Running) -> None:
    refreshing = run.main.controllers.refreshing
    refreshing.reloaded_at = 100.0
    for typed_at, now, may in (
        (0.0, 100.9, False),
        (0.0, 101.0, True),
        (100.5, 101.0, True),
        (100.75, 101.0, False),
        (104.8, 104.9, False),
        (104.9, 105.0, True),
    ):
        run.app.typed_at = typed_at
        assert refreshing.may_reload(now) == may, (typed_at, now)
    arrive(run.library, story(7, 1, "Rain on the quay", 0.5))
    seen = list[bool]()

    async def refresh(feed_ids: Sequence[int] | None = None, *, force: bool = True) -> AsyncIterator[Event]:
        for event in (RefreshStarted(2), FeedDone(1, "The Quay", done=1, total=2), FeedDone(1, "", new=1)):
            yield event
            seen.append(7 in run.main.articles.ids)
        assert refreshing.reloaded_at

    run.app.typed_at = refreshing.reloaded_at = 0.0
    vars(run.library.refresh)["run_in_subprocess"] = refresh
    refreshing.refresh()
    await run.settle()
    assert seen == [False, False, True]


# -- marks for a server


@pytest.fixture
async def home() -> AsyncIterator[Running]:
    """The app on an account whose last sync went well."""
    async with running(accounts.shelf()) as run:
        yield run


async def test_what_an_account_needs_is_said_once_until_it_changes_or_a_key_asks(home: Running) -> None:
    tell = home.main.controllers.syncing.tell
    login = AccountSynced("home", error="401", refusal="login", done=True)
    away = AccountSynced("home", error="home.example cannot be reached", refusal="away", pending=2)
    fine = AccountSynced("home", new=3, taken=1)
    asks = AccountSynced("home", asks="3 of 4 feeds are gone")
    reached = "home: home.example cannot be reached · 2 marks to send"
    sign_in = "home: sign in again · e in the sidebar edits the account"
    for done, asked, toast in (
        (login, False, sign_in),
        (login, False, ""),
        (login, True, sign_in),
        (away, False, reached),
        (away, False, ""),
        (login, False, sign_in),
        (fine, False, ""),
        (login, False, sign_in),
        (asks, False, "home: 3 of 4 feeds are gone · e in the sidebar decides"),
        (asks, False, ""),
        (fine, True, "home: 3 new · 1 mark taken"),
        (asks, False, "home: 3 of 4 feeds are gone · e in the sidebar decides"),
        (AccountSynced("home", error="another sync is running"), False, ""),
        (AccountSynced("home", error="another sync is running"), True, "home: another sync is running"),
    ):
        home.app.clear_notifications()
        tell(done, asked=asked)
        await home.settle()
        assert home.toasts == toast, (done, asked)


@dataclass
class FakeTimer:
    """A timer that goes off when the test says so."""

    seconds: float
    goes_off: Callable[[], object]
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True


async def test_marks_are_sent_once_after_the_last_one_round_after_round_and_before_the_end(
    home: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "LAST", 60.0)
    timers, sends, under_way = list[FakeTimer](), list[Sequence[str]](), set[int]()
    go_on = asyncio.Event()
    answers = [
        AccountSynced("home", error="another sync is running", done=True),
        AccountSynced("home", error="401", refusal="login", done=True),
    ]

    def set_timer(seconds: float, goes_off: Callable[[], object]) -> FakeTimer:
        timers.append(FakeTimer(seconds, goes_off))
        return timers[-1]

    async def send(names: Sequence[str], *, marks_only: bool) -> AsyncIterator[Event]:
        assert marks_only and not under_way
        sends.append(names)
        under_way.add(len(sends))
        await go_on.wait()
        under_way.clear()
        with written(home.library) as store:
            account = store.accounts.get("home")
            next_try = NOW + HOUR if len(sends) == 3 else NOW  # at the end it is tried all the same
            store.accounts.record(account.id, NOW - HOUR, error=f"round {len(sends)}", next_try=next_try)
        if answers:
            yield answers.pop(0)

    async def marked(key: str, count: int) -> None:
        home.post(key)
        await until(lambda: len(timers) == count)

    vars(home.library.refresh)["sync_in_subprocess"] = send
    await home.at("Rain")
    with replaced(home.main.top.set_timer, set_timer):
        await marked("s", 1)
        await marked("N", 2)
        assert [timer.stopped for timer in timers] == [True, False]
        timers[1].goes_off()
        await until(lambda: sends)
        await marked("s", 3)
        timers[2].goes_off()  # it is put off until the round is over
        await until(lambda: len(timers) == 4 or len(sends) > 1)
        go_on.set()
        await home.settle()
        assert [timer.seconds for timer in timers[2:]] == [syncing.SOON, syncing.SOON, syncing.LATER]
        timers[4].goes_off()
        await home.settle()
        assert len(timers) == 5  # a refusal waits for the user
        assert [account.error for account in home.main.session.accounts] == ["round 2"]
        go_on.clear()
        await marked("s", 6)
        timers[5].goes_off()
        await until(lambda: len(sends) == 3)
        home.post("Q")
        for _ in range(TURNS):
            await asyncio.sleep(0)
        go_on.set()
        await until(lambda: not home.app.is_running)
    assert sends == [["home"]] * 4
