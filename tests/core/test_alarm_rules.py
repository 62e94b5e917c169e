"""Which alarms are raised, kept, cleared and told, from what a store says: each bound and each exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from tuireader.library import alarms
from tuireader.library.alarms import alarm_message, judge
from tuireader.model import Alarm, AlarmKind, Fault, Pace
from tuireader.model.accounts import AccountState, Refusal
from tuireader.store import Store
from tuireader.store.watches.alarms import Failing, Known, Subject
from tuireader.text import feed_key

NOW, HOUR, DAY = 1_700_000_000, 3_600, 86_400
SILENT, FAILING, GAP, MOVED = AlarmKind.SILENT, AlarmKind.FAILING, AlarmKind.GAP, AlarmKind.MOVED


@dataclass
class World:
    """What a store says, and what is written to it. Feed 1 works; the others are as each test says."""

    open: list[Alarm] = field(default_factory=list)
    failing: list[Failing] = field(default_factory=list)
    named: list[tuple[int, str]] = field(default_factory=list)
    gaps: list[tuple[int, int, int]] = field(default_factory=list)
    gaps_since: list[int] = field(default_factory=list)
    open_gaps: int = 0
    feeds: list[Subject] = field(default_factory=list)
    watches: list[Subject] = field(default_factory=list)
    times: dict[int, list[int]] = field(default_factory=dict)
    last: tuple[int, int] = (5, NOW)
    subscribed: set[int] = field(default_factory=lambda: {1, 2, 3})
    pending: dict[str, int] = field(default_factory=dict)
    accounts: list[AccountState] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    raised: list[Alarm] = field(default_factory=list)
    cleared: list[tuple[int, int, bool]] = field(default_factory=list)
    reworded: list[tuple[int, str]] = field(default_factory=list)
    remembered: list[tuple[int, str, int, Pace | None]] = field(default_factory=list)

    def judged(self, watches: tuple[str, ...] = ("W",), taken: frozenset[str] = frozenset()) -> World:
        """The world after a judgement."""

        def gaps(since: int) -> list[tuple[int, int, int]]:
            self.gaps_since.append(since)
            return self.gaps

        def remember(subject: Subject, newest: int, pace: Pace | None) -> None:
            self.remembered.append((subject.feed_id, subject.watch, newest, pace))

        kept = SimpleNamespace(
            failing=lambda: self.failing,
            open=lambda: self.open,
            named=lambda: self.named,
            raise_=self.raised.append,
            reword=lambda number, words: self.reworded.append((number, words)),
            subscribed=lambda: self.subscribed,
            clear=lambda number, now, *, tell: self.cleared.append((number, now, tell)),
            open_gaps_of=lambda feed_id: self.open_gaps,
            last_success=lambda: self.last,
            open_gaps=gaps,
            feeds=lambda: self.feeds,
            watches=lambda names: [one for one in self.watches if one.watch in names],
            times=lambda subject, most: self.times[subject.feed_id],
            remember=remember,
        )
        store: Any = SimpleNamespace(
            alarms=kept,
            watches=SimpleNamespace(pending=lambda: self.pending),
            accounts=SimpleNamespace(all=lambda: self.accounts),
            feeds=SimpleNamespace(waiting=lambda now: self.waiting),
        )
        judge(cast(Store, store), watches, NOW, taken)
        return self

    @property
    def kinds(self) -> list[tuple[AlarmKind, int, str]]:
        """Which alarms were raised."""
        return [alarm.subject for alarm in self.raised]


def failing(feed_id: int = 2, **changes: Any) -> Failing:
    """A feed that has failed for long enough."""
    plain = Failing(feed_id, NOW - DAY, NOW, 3, False, Fault.HTTP, "HTTP 500")
    return replace(plain, **changes)


def subject(feed_id: int = 2, watch: str = "", **changes: Any) -> Subject:
    """A feed or watch that has been silent for longer than its pace allows."""
    pace = Known(newest=NOW - 10 * DAY, signature="", pace=Pace(HOUR, NOW - DAY))
    plain = Subject(0 if watch else feed_id, watch, NOW - 10 * DAY, NOW, "", pace)
    return replace(plain, **changes)


def alarm(kind: AlarmKind, feed_id: int = 2, **changes: Any) -> Alarm:
    """An open alarm of which the user was told."""
    plain = Alarm(7, kind, feed_id, "", "A feed", "for a reason", NOW - HOUR, told_at=NOW - HOUR)
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("change", "is_raised"),
    [
        ({}, True),
        ({"since": NOW - DAY + 1}, False),
        ({"last_try": NOW - 1}, False),
        ({"tries": 2}, False),
        ({"since": None}, False),
        ({"gone": True, "since": None, "tries": 1}, True),
        ({"gone": True, "since": NOW}, True),
    ],
)
def test_a_feed_that_fails_is_an_alarm_after_a_day_and_three_tries(
    change: dict[str, Any], is_raised: bool
) -> None:
    world = World(failing=[failing(**change)]).judged()
    assert world.kinds == [(FAILING, 2, "")] * is_raised
    for raised in world.raised:
        assert (raised.raised_at, raised.watch, raised.account) == (NOW, "", "")
        assert raised.words.endswith("HTTP 500") and raised.words.startswith(
            "gone" if change.get("gone") else "failing"
        )
        assert ("since" in raised.words) is (change.get("since", 0) is not None)


@pytest.mark.parametrize(
    ("last", "is_offline"),
    [((2, NOW - DAY - 1), True), ((2, NOW - DAY), False), ((1, NOW - DAY - 1), False), ((2, NOW), False)],
)
def test_a_network_that_is_down_blames_no_feed(last: tuple[int, int], is_offline: bool) -> None:
    for fault in Fault:
        assert_blames(fault, last, is_offline)


def assert_blames(fault: Fault, last: tuple[int, int], is_offline: bool) -> None:
    state = AccountState(
        1, "home", failing_since=NOW - DAY, tried_at=NOW, streak=3, error="away", refusal=Refusal.AWAY
    )
    world = World(failing=[failing(fault=fault)], last=last)
    world.accounts = [state, replace(state, name="work", refusal=Refusal.LOGIN, rejected_since=NOW - DAY)]
    is_own = is_offline and fault in (Fault.NETWORK, Fault.TIMEOUT)
    expected = [(FAILING, 2, "")] * (not is_own) + [(FAILING, 0, "home")] * (not is_offline)
    assert world.judged().kinds == [*expected, (FAILING, 0, "work")]
    assert [one.account for one in world.raised if one.account] == ["home"] * (not is_offline) + ["work"]
    assert world.raised[-1].words.endswith(": away")


def test_gaps_of_a_week_are_alarms() -> None:
    world = World(gaps=[(2, 1, 1), (3, 2, 1_234)]).judged()
    assert world.gaps_since == [NOW - 7 * DAY]
    assert [(one.subject, one.words) for one in world.raised] == [
        ((GAP, 2, ""), "about 1 article not seen"),
        ((GAP, 3, ""), "2 gaps, about 1,234 articles not seen"),
    ]


def test_a_feed_whose_page_names_another_one() -> None:
    there = "https://new.example/feed"
    world = World(named=[(2, there), (3, "https://taken.example/feed")], failing=[failing()])
    world.judged(taken=frozenset({feed_key("https://taken.example/feed")}))
    assert world.kinds == [(MOVED, 2, ""), (MOVED, 3, "")], "it is not failing but moved"
    fresh, taken = (one.words for one in world.raised)
    assert there in fresh and "not followed" in fresh and "follow already" in taken


@pytest.mark.parametrize(
    ("change", "is_raised"),
    [
        ({}, True),
        ({"newest": NOW - DAY}, None),
        ({"newest": NOW - DAY + 1}, False),
        ({"newest": 0}, True),
        ({"newest": 0, "known": None}, False),
        ({"known": Known("", NOW - 10 * DAY, Pace(HOUR, NOW))}, False),
        ({"known": Known("", NOW - 10 * DAY, Pace(HOUR, NOW - 1))}, True),
        ({"known": Known("", NOW - 10 * DAY, None)}, False),
        ({"known": Known("other", NOW - 10 * DAY, Pace(HOUR, 0))}, None),
        ({"known": Known("", NOW - 11 * DAY, Pace(HOUR, 0))}, None),
        ({"known": Known("", NOW - DAY + 1, Pace(HOUR, 0))}, False),
        ({"seen": NOW - 9 * DAY, "known": Known("", NOW - 10 * DAY, Pace(HOUR, NOW - 9 * DAY))}, False),
    ],
)
@pytest.mark.parametrize("watch", ["", "W"])
def test_silence_beyond_the_pace_is_an_alarm(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], is_raised: bool | None, watch: str
) -> None:
    """None: the pace is not known, or of older articles, and is computed."""
    computed = Pace(3 * DAY, NOW - 1)
    monkeypatch.setattr(alarms, "pace", lambda times: computed if len(times) == 3 else None)
    one = subject(2, watch, **change)
    times = [NOW - 12 * DAY, NOW - 11 * DAY, NOW - 10 * DAY]
    world = World(times={one.feed_id: times}, watches=[one] * bool(watch), feeds=[one] * (not watch)).judged()
    assert world.kinds == [(SILENT, one.feed_id, watch)] * (is_raised is not False)
    new = [(one.feed_id, watch, NOW - 10 * DAY, computed)] * (is_raised is None)
    assert world.remembered == new
    for raised in world.raised:
        assert ("no new match" if watch else "no new article") in raised.words
        assert raised.words.endswith("within 3 d" if is_raised is None else "within 1 h")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 h"), (5_300, "1 h"), (5_500, "2 h"), (47 * HOUR, "47 h"), (48 * HOUR, "2 d"), (5 * DAY, "5 d")],
)
def test_the_usual_pause_is_told_in_hours_or_days(seconds: int, words: str) -> None:
    world = World(feeds=[subject(known=Known("", NOW - 10 * DAY, Pace(seconds, 0)))]).judged()
    assert world.raised[0].words.endswith(f"usually one within {words}")


def test_the_silence_of_feeds_that_are_not_asked_goes_on() -> None:
    quiet = subject(seen=NOW - 9 * DAY, known=Known("", NOW - 10 * DAY, Pace(HOUR, NOW - 1)))
    watch = replace(quiet, feed_id=0, watch="W")
    world = World(feeds=[quiet], watches=[watch], waiting={2: NOW + 1}).judged()
    assert world.kinds == [(SILENT, 2, ""), (SILENT, 0, "W")]
    assert ["host has asked to wait" in one.words for one in world.raised] == [True, False]
    assert World(feeds=[replace(quiet, feed_id=3)], waiting={2: NOW + 1}).judged().kinds == []
    assert World(feeds=[subject()], failing=[failing()]).judged().kinds == [(FAILING, 2, "")]
    assert World(feeds=[subject()], failing=[failing(tries=1)]).judged().kinds == [(SILENT, 2, "")]
    assert World(watches=[subject(watch="W")]).judged(()).kinds == [], "a watch that ends is never judged"


def test_few_paces_are_computed_in_one_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    feeds = [subject(feed, newest=NOW - (2 + feed % 25) * DAY, known=None) for feed in range(1, 26)]
    oldest_first = [one.feed_id for one in sorted(feeds, key=lambda one: one.newest)]
    world = World(feeds=feeds, times={feed: [5] for feed in range(1, 26)}).judged()
    assert [number for number, *_ in world.remembered] == oldest_first[: alarms.COMPUTED]
    assert {newest for _, _, newest, _ in world.remembered} == {5}
    monkeypatch.setattr(alarms, "ARTICLES", 4)
    world = World(feeds=feeds, times={feed: [5, 3] for feed in range(1, 26)}).judged()
    assert len(world.remembered) == 2
    world = World(feeds=feeds[:1], times={1: list[int]()}).judged()
    assert world.remembered == [(1, "", feeds[0].newest, None)]


def test_an_alarm_is_raised_once_and_reworded() -> None:
    down = failing()
    (raised,) = World(failing=[down]).judged().raised
    known = replace(raised, id=7)
    world = World(open=[known], failing=[down]).judged()
    assert (world.raised, world.reworded, world.cleared) == ([], [], [])
    world = World(open=[known], failing=[replace(down, error="HTTP 404")]).judged()
    assert (world.raised, world.cleared) == ([], [])
    assert world.reworded == [(7, raised.words.replace("500", "404"))]


Cleared = list[tuple[int, int, bool]]
OPEN: Cleared = []
TOLD, UNTOLD = [(7, NOW, True)], [(7, NOW, False)]
OVER: list[tuple[str, Alarm, dict[str, Any], Cleared]] = [
    ("a feed works again", alarm(FAILING), {}, TOLD),
    ("nobody was told", alarm(FAILING, told_at=None), {}, UNTOLD),
    ("it is no longer followed", alarm(FAILING), {"subscribed": {1}}, UNTOLD),
    ("it still fails, for less than an alarm", alarm(FAILING), {"failing": [failing(tries=1)]}, OPEN),
    ("not followed, failing", alarm(FAILING), {"failing": [failing(tries=1)], "subscribed": {1}}, UNTOLD),
    ("an account works", alarm(FAILING, 0, account="home"), {"accounts": [AccountState(1, "home")]}, TOLD),
    ("the account is gone", alarm(FAILING, 0, account="home"), {}, UNTOLD),
    (
        "the account fails again since a moment",
        alarm(FAILING, 0, account="home"),
        {"accounts": [AccountState(1, "home", error="away")]},
        OPEN,
    ),
    ("new articles", alarm(SILENT), {"feeds": [subject(newest=NOW)]}, TOLD),
    ("not fetched since", alarm(SILENT), {"feeds": [subject(newest=NOW, seen=NOW - HOUR - 1)]}, OPEN),
    ("fetched in that second", alarm(SILENT), {"feeds": [subject(newest=NOW, seen=NOW - HOUR)]}, TOLD),
    (
        "not fetched since, and failing",
        alarm(SILENT),
        {"feeds": [subject(newest=NOW, seen=NOW - 2 * HOUR)], "failing": [failing(tries=1)]},
        UNTOLD,
    ),
    ("a gap is filled", alarm(GAP), {}, TOLD),
    ("a gap is old", alarm(GAP), {"open_gaps": 1}, UNTOLD),
    ("a failure is no gap", alarm(FAILING), {"open_gaps": 1}, TOLD),
    ("not fetched, but no silence", alarm(MOVED), {"feeds": [subject(newest=NOW, seen=0)]}, TOLD),
    ("a watch has news", alarm(SILENT, 0, watch="W"), {"watches": [subject(watch="W", newest=NOW)]}, TOLD),
    ("a watch is gone", alarm(SILENT, 0, watch="V"), {}, UNTOLD),
    ("a watch is matched again", alarm(SILENT, 0, watch="W"), {"pending": {"W": 5}}, OPEN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "world", "cleared"), [one[1:] for one in OVER], ids=[one[0] for one in OVER]
)
def test_an_alarm_ends_with_its_reason_and_is_told_where_that_is_news(
    known: Alarm, world: dict[str, Any], cleared: Cleared
) -> None:
    made = World(open=[known], **world).judged()
    assert (made.cleared, made.raised) == (cleared, [])


def test_what_a_notification_says_of_alarms() -> None:
    one, over = alarm(FAILING, name="A", words="failing"), alarm(SILENT, name="B", cleared_at=NOW)
    assert alarm_message([one]).title == "Alarm: A: failing" and alarm_message([one]).alarms == (one,)
    assert alarm_message([over]).title == "Alarm over: B: new articles again"
    counts = {
        (2, 0): "2 alarms",
        (0, 2): "2 alarms over",
        (1, 1): "1 alarm, 1 over",
        (2, 3): "2 alarms, 3 over",
    }
    for (new, old), title in counts.items():
        assert alarm_message([one] * new + [over] * old).title == title
    several = alarm_message([one, over])
    assert (several.body, several.items) == ("A: failing\nB: new articles again", ())
    assert several.alarms == (one, over)
    lines = [alarm_message([one] * count).body.splitlines() for count in (5, 6, 9)]
    assert [len(body) for body in lines] == [5, 6, 6]
    assert [body[-1] for body in lines] == ["A: failing", "and 1 more", "and 4 more"]
