"""A refresh without the app: all that each event shows, says, reads and tells, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import config
from tests.ui.alone import ACCOUNT, Call, Stage, call, events, later, shown
from tuireader.errors import DatabaseError, TuireaderError
from tuireader.model import (
    AccountSynced,
    Away,
    Event,
    Evidence,
    Feed,
    FeedDone,
    GapNoted,
    HostWaits,
    NewMatch,
    NotPublished,
    RefreshDone,
    RefreshStarted,
    Relating,
    TextFetched,
    Told,
    Undelivered,
)
from tuireader.text.wording import followed, left_out
from tuireader.ui.controllers import refresh
from tuireader.ui.controllers.refresh import Refreshing

TOLD = Told("Title", "Body", (3, 9), False, ())


class Clock:
    """The monotonic clock of a module."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still."""
    made = Clock()
    monkeypatch.setattr(refresh, "time", made)
    return made


def refreshing(*known: Event | Exception, text: str = "", **library: Any) -> tuple[Stage, Refreshing]:
    """A refresh with these events."""
    answers = {
        "refresh.run_in_subprocess": events(*known),
        "refresh.sync_in_subprocess": events(*known),
        "database.changed_elsewhere": later(False),
        "refresh.count_due": later(0),
        "refresh.shown": later(),
        "lists.away_since": later(None),
        "watches.apply": events(),
        **{name.replace("__", "."): one for name, one in library.items()},
    }
    stage = Stage(
        config(text),
        library=answers,
        host={"typed_at": 0.0, "is_web": False, "bell": lambda: None, "clock": lambda: 9_000},
    )
    top = stage.note("top", run_worker=stage.keep)
    made = stage.alone(
        Refreshing,
        top,
        stage.note("syncing"),
        stage.note("reload", _=later()),
        stage.note("completed", _=later()),
    )
    return stage, made


BEGIN = [shown("refreshing …"), call("library.refresh.run_in_subprocess", None, force=True)]
END = [
    shown(""), call("library.database.changed_elsewhere"), call("reload"),
]  # fmt: skip
FOLLOWED, LEFT_OUT = followed("there"), left_out(5)
MATCH = NewMatch(1, "A title", "A feed", "", Evidence("W"))


def done(**changes: Any) -> FeedDone:
    """A feed that was fetched."""
    return replace(FeedDone(2, "A feed", done=1, total=1), **changes)


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([], []),
        ([RefreshStarted(7)], [shown("refreshing 0/7")]),
        ([done()], [shown("refreshing 1/1")]),
        ([done(new=2, done=1, total=2), done(new=3, done=2, total=2)], [
            shown("refreshing 1/2 · 2 new"), call("reload"), shown("refreshing 2/2 · 5 new"),
        ]),
        ([done(done=1, total=3), done(done=2, total=3), done(done=3, total=3)], [
            shown("refreshing 1/3"), shown("refreshing 3/3"),
        ]),
        ([done(changed=1)], [shown("refreshing 1/1"), call("reload")]),
        ([done(followed="there")], [
            call("say", f"A feed: {FOLLOWED} · <undo> takes it back", seconds=8),
            shown("refreshing 1/1"),
        ]),
        ([done(left_out=5)], [
            call("say", f"A feed: {LEFT_OUT}", seconds=8), shown("refreshing 1/1"),
        ]),
        ([Relating(2, 3_000)], [shown("folding stories 2/3,000")]),
        ([Relating(2, 3_000, by_meaning=True)], [shown("comparing meanings 2/3,000")]),
        ([TextFetched(5, "T", "", 1, 4)], [shown("full texts 1/4"), call("completed", 5)]),
        ([TextFetched(5, "T", "failed", 1, 4)], [shown("full texts 1/4")]),
        ([MATCH, TextFetched(5, "T", "failed", 1, 4)], [
            shown("full texts 1/4"), call("reload"),
        ]),
        ([GapNoted(2, "A feed", 1, 2, 9, new=1)], [call("reload")]),
        ([GapNoted(2, "A feed", 1, 2, 9)], []),
        ([RefreshDone(3, 0, 5, 0, 0.1)], [call("say", "5 new")]),
        ([RefreshDone(1, 0, 5, 0, 0.1)], []),
        ([RefreshDone(1, 0, 0, 0, 0.1)], [call("say", "Nothing new")]),
        ([RefreshDone(0, 0, 0, 0, 0.1)], []),
        ([done(error="away"), RefreshDone(3, 1, 5, 0, 0.1)], [
            shown("refreshing 1/1"),
            call("say", "2 fine, 1 failed: A feed: away", severity="warning", seconds=8),
        ]),
        ([done(error="away", total=3), done(error="gone", total=3, done=3), RefreshDone(3, 2, 0, 0, 0.1)], [
            shown("refreshing 1/3"), shown("refreshing 3/3"),
            call("say", "1 fine, 2 failed: A feed: away, and 1 more", severity="warning", seconds=8),
        ]),
    ],
)  # fmt: skip
async def test_what_a_refresh_shows(clock: Clock, happened: list[Event], expected: list[Call]) -> None:
    stage, made = refreshing(*happened)
    made.refresh()
    assert made.running
    await stage.done()
    matches = [call("say", "◆ W: A title", seconds=8)] * (MATCH in happened)
    assert stage.drained() == [*BEGIN, *expected, END[0], *matches, *END[1:]]
    assert (made.running, stage.session.syncing) == (False, "")


async def test_matches_are_said_once_at_the_end_of_the_fetches_and_of_the_full_texts(clock: Clock) -> None:
    unsure = replace(MATCH, evidence=Evidence("V", uncertain=True))
    for matches, lines in (
        ([MATCH], ["◆ W: A title"]),
        ([MATCH, unsure, MATCH], ["◆ W: A title", "◇ V: A title", "◆ W: A title"]),
        ([MATCH, unsure, MATCH, MATCH], ["◆ W: 3 new", "◆ V: 1 new"]),
    ):
        stage, made = refreshing(*matches, RefreshDone(1, 0, 1, 0, 0.1), MATCH)
        made.refresh()
        await stage.done()
        assert stage.toasts() == ["\n".join(lines), "◆ W: A title"]
    many = [replace(MATCH, evidence=Evidence(str(number))) for number in range(6)]
    stage, made = refreshing(*many, *many[5:], RefreshDone(1, 0, 1, 0, 0.1))
    made.refresh()
    await stage.done()
    (said,) = stage.toasts()
    assert said.splitlines() == ["◆ 5: 2 new", *(f"◆ {number}: 1 new" for number in range(4))]


async def test_an_error_ends_a_refresh_and_the_next_one_begins_anew(clock: Clock) -> None:
    error = TuireaderError("locked")
    stage, made = refreshing(done(error="away"), error)
    made.refresh([3], force=False)
    await stage.done()
    assert stage.drained() == [
        shown("refreshing …"), call("library.refresh.run_in_subprocess", [3], force=False),
        shown("refreshing 1/1"), call("report", error), *END,
    ]  # fmt: skip
    assert not made.running
    stage.library.refresh.run_in_subprocess = events(RefreshDone(2, 0, 0, 0, 0.1))
    made.refresh()
    made.refresh()
    await stage.done()
    assert stage.toasts() == ["Already refreshing", "Nothing new"], "the feed that failed is forgotten"


FEEDS = [Feed(2, "https://a.example/", "A"), Feed(3, "https://b.example/", "B")]
ALL, ONE = (
    call("library.refresh.run_in_subprocess", None, force=True),
    call("library.refresh.run_in_subprocess", [3], force=True),
)


@pytest.mark.parametrize(
    ("due", "keys", "then"),
    [
        (0, [None], [ALL]),  # only articles were waiting to be related, or messages to be sent
        (1, [None], [ALL]),
        (2, [None], []),  # every feed has just been fetched
        (0, [None, None], [ALL]),
        (1, [None, [3], None], [ALL, ONE]),
        (0, [], []),
    ],
)
async def test_a_key_is_done_after_a_refresh_of_what_was_due(
    clock: Clock, due: int, keys: list[list[int] | None], then: list[Call]
) -> None:
    stage, made = refreshing(RefreshStarted(due), RefreshDone(due, 0, 0, 0, 0.1))
    stage.session.feeds = FEEDS
    made.refresh(force=False)
    for feeds in keys:
        made.refresh(feeds)
    await stage.done()
    asked = [one for one in stage.drained() if one.path.endswith("run_in_subprocess")]
    assert asked == [call("library.refresh.run_in_subprocess", None, force=False), *then]
    assert not made.running


async def test_a_feed_is_fetched_after_another_one(clock: Clock) -> None:
    stage, made = refreshing(RefreshStarted(1), RefreshDone(1, 0, 0, 0, 0.1))
    stage.session.feeds = FEEDS
    for feeds in ([2], [3], [2]):
        made.refresh(feeds)
    await stage.done()
    asked = [one.arguments for one in stage.drained() if one.path.endswith("run_in_subprocess")]
    assert asked == [([2],), ([3],)]


async def test_nothing_is_fetched_offline() -> None:
    stage, made = refreshing(offline=True)
    made.refresh()
    assert stage.toasts() == ["Offline: feeds are not fetched"] and not made.running and not stage.work
    made.start()
    await stage.done()
    shows = [one for one in stage.drained() if one.path.startswith("top")]
    assert [one.path for one in shows] == ["top.set_interval", "top.show"]
    assert shows[1] == call("top.show", state="offline", trouble="")


FAR = "home: 1,000 of 9,000"


@pytest.mark.parametrize(
    ("event", "reloads", "progress", "syncs"),
    [
        (AccountSynced("home"), 0, "syncing home", "home"),
        (AccountSynced("home", new=1_234), 1, "syncing home · 1,234 new", "home · 1,234 new"),
        (
            AccountSynced("home", arrived=1_000, total=9_000),
            0,
            "syncing home: 1,000 of 9,000",
            "home: 1,000 of 9,000",
        ),
        (AccountSynced("home", changed=1), 1, "syncing home", "home"),
        (AccountSynced("home", taken=1), 1, "syncing home", "home"),
        (AccountSynced("home", sent=1), 0, "syncing home", "home"),
        (AccountSynced("home", new=1, done=True), 1, "syncing home · 1 new", ""),
        (AccountSynced("home", done=True), 0, "syncing home", ""),
    ],
)
@pytest.mark.parametrize("has_feeds", [True, False])
async def test_what_a_sync_shows(
    clock: Clock, event: AccountSynced, reloads: int, progress: str, syncs: str, has_feeds: bool
) -> None:
    seen: list[str] = []
    stage, made = refreshing(text=ACCOUNT)
    stage.library.refresh.sync_in_subprocess = events(event)
    stage.panes.articles.refresh = lambda: seen.append(stage.session.syncing)
    if has_feeds:
        stage.session.feeds = [SimpleNamespace()]  # type: ignore[list-item]
    made.sync(["home"], believed=True)
    await stage.done()
    told = [call("syncing.tell", event, asked=True)] * event.done
    calls = [one for one in stage.drained() if one.path != "articles.refresh"]
    assert calls == [
        shown("refreshing …"), call("library.refresh.sync_in_subprocess", ["home"], believed=True),
        shown(progress), *[call("reload")] * reloads, *told, *END,
    ]  # fmt: skip
    is_first = bool(event.total) or not has_feeds
    assert seen == [syncs if is_first else ""] * (bool(syncs and is_first) or not has_feeds)


async def test_a_sync_reloads_at_its_end_even_while_keys_are_pressed(clock: Clock) -> None:
    stage, made = refreshing(AccountSynced("home", new=1), AccountSynced("home", new=1, done=True))
    stage.host.typed_at = made.reloaded_at = clock.now
    made.refresh(force=False)
    await stage.done()
    calls = stage.drained()
    assert [one.path for one in calls].count("reload") == 1 + 1
    assert call("syncing.tell", AccountSynced("home", new=1, done=True), asked=False) in calls


@pytest.mark.parametrize(
    ("config_text", "told", "expected"),
    [
        ("", TOLD, ["bell"]),
        ("desktop = false", TOLD, []),
        ("desktop = false\nbell = true", TOLD, ["bell"]),
        ("bell = true", replace(TOLD, desktop=True), ["bell"]),
        ("", replace(TOLD, desktop=True), []),
        ('terminal = "osc9"', TOLD, ["terminal"]),
        ('terminal = "osc9"\nbell = true', TOLD, ["terminal", "bell"]),
        ('terminal = "osc9"', replace(TOLD, desktop=True), []),
        ("desktop = false", replace(TOLD, channel="desk"), ["bell"]),  # a channel of its own
        ('desktop = false\nterminal = "osc9"', replace(TOLD, channel="desk"), ["terminal"]),
    ],
)
async def test_how_a_notification_reaches_the_user(
    clock: Clock, config_text: str, told: Told, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "TERM_PROGRAM", "KITTY_WINDOW_ID", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    stage, made = refreshing(told, text=f"[notify]\n{config_text}")
    made.refresh()
    await stage.done()
    calls = stage.drained()
    assert [one.arguments for one in calls if one.path == "library.refresh.shown"] == [
        ((3, 9), channel) for channel in expected
    ]
    assert [one.path for one in calls].count("bell") == ("bell" in expected)
    assert [one.path for one in calls].count("write_to_terminal") == ("terminal" in expected)
    assert not [one for one in calls if one.path == "say"]


async def test_what_a_notification_without_articles_says(clock: Clock) -> None:
    for told, said in (
        (replace(TOLD, articles=(), desktop=True), ["Title\nBody"]),
        (replace(TOLD, articles=(), desktop=True, body=""), ["Title"]),
        (replace(TOLD, articles=(), desktop=True, troubles=("a", "b")), ["Title\nBody", "a\nb"]),
        (replace(TOLD, desktop=True, troubles=("a",)), ["a"]),
    ):
        stage, made = refreshing(told)
        made.refresh()
        await stage.done()
        says = [one for one in stage.drained() if one.path == "say"]
        assert [one.arguments[0] for one in says] == said
        assert all(dict(one.options) == {"severity": "warning", "seconds": 8} for one in says)


async def test_what_a_channel_does_not_accept_is_said_and_what_it_accepts_is_not_shown_again(
    clock: Clock,
) -> None:
    for event, said in (
        (Undelivered("phone", "it is down", 2, retry_at=0), "phone: it is down; 2 messages wait until "),
        (Undelivered("", "it is down", 1), "it is down; 1 message given up, see outbox"),
        (replace(TOLD, channel="phone", screen=False), ""),
        (NotPublished("wechat", "publish.wechat.file: cannot be"), "publish.wechat.file: cannot be"),
    ):
        stage, made = refreshing(event)
        made.refresh()
        await stage.done()
        calls = stage.drained()
        says = [one.arguments[0] for one in calls if one.path == "say"]
        assert [text[: len(said)] for text in says] == [said] * bool(said)
        assert "bell" not in [one.path for one in calls]


async def test_a_host_that_waits_is_said_to_those_who_asked(clock: Clock) -> None:
    for force in (True, False):
        stage, made = refreshing(HostWaits("tide.example", 3, 0))
        made.refresh(force=force)
        await stage.done()
        assert len(stage.toasts()) == force


CLEARS = " · <clear_rest> clears the rest of a list"


@pytest.mark.parametrize(
    ("due", "on_start", "away", "said"),
    [
        (
            0,
            True,
            Away(1_200, 3, 2),
            "1,200 articles → 3 stories, 2 on your watches · <clear_rest> clears the rest of a list",
        ),
        (0, True, Away(1, 1, 0), f"1 article → 1 story{CLEARS}"),
        (0, True, Away(0, 0, 0), None),
        (5, True, Away(1, 1, 0), f"1 article → 1 story{CLEARS}"),
        (5, False, Away(1, 1, 0), f"1 article → 1 story{CLEARS}"),
    ],
)
async def test_the_reader_starts(
    clock: Clock, due: int, on_start: bool, away: Away, said: str | None
) -> None:
    timers: dict[float, Any] = {}
    stage, made = refreshing(text="" if on_start else "[fetch]\nrefresh_on_start = false")
    library = stage.library
    library.refresh.count_due = later(due)
    library.lists.away_since, library.lists.away_summary = later(77), later(away)
    top = stage.note("top", run_worker=stage.keep, set_interval=timers.__setitem__)
    made.top = top
    made.start()
    await stage.done()
    calls = stage.drained()
    fetches = [one for one in calls if one.path == "library.refresh.run_in_subprocess"]
    assert fetches == [call("library.refresh.run_in_subprocess", None, force=False)] * bool(due and on_start)
    assert [one.arguments for one in calls if one.path == "library.lists.away_summary"] == [(77,)]
    assert [one.arguments[0] for one in calls if one.path == "say"] == ([said] if said else [])
    assert list(timers) == [2.0, 60.0]
    timers[60.0]()
    await stage.done()
    fetches = [one for one in stage.drained() if one.path == "library.refresh.run_in_subprocess"]
    assert len(fetches) == bool(due and on_start)
    for is_changed in (True, False):
        library.database.changed_elsewhere = later(is_changed)
        timers[2.0]()
        await stage.done()
        assert [one.path for one in stage.drained()].count("reload") == is_changed
    made.running = True
    library.database.changed_elsewhere = later(True)
    for interval in (2.0, 60.0):
        timers[interval]()
        await stage.done()
    assert stage.drained() == [call("top.show", state="", trouble="")], "a refresh is running"


async def test_watches_that_have_changed_are_applied_at_the_start(clock: Clock) -> None:
    async def apply() -> AsyncIterator[tuple[int, int]]:
        yield 0, 0
        yield 1, 3

    stage, made = refreshing(watches__apply=apply)
    made.top = stage.note("top", run_worker=stage.keep, set_interval=lambda *_: None)
    made.start()
    await stage.done()
    calls = [one for one in stage.drained() if one.path != "top.set_interval"]
    assert calls[:6] == [
        call("library.lists.away_since"),
        call("library.watches.apply"), shown("applying watches 0 %"), shown("applying watches 33 %"),
        shown(""), call("reload"),
    ]  # fmt: skip
    stage, made = refreshing()
    await made.apply_watches()
    assert stage.drained() == [call("library.watches.apply")]


async def test_a_database_that_cannot_be_written_does_not_stop_the_start(clock: Clock) -> None:
    stage, made = refreshing(lists__away_since=later(DatabaseError("locked")))
    made.start()
    await stage.done()
    assert call("library.refresh.count_due") in stage.drained()
