"""What several controllers do together without the app: reloads, counts, the sidebar, stored marks."""

from __future__ import annotations

import asyncio
from array import array
from types import SimpleNamespace
from typing import Any

import pytest

from tests.builders import config
from tests.ui.alone import ACCOUNT, Stage, later
from tuireader.model import Count, Counts
from tuireader.model.accounts import AccountState, Refusal
from tuireader.ui.controllers import wiring
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.drawing.sidebar_items import FeedLines
from tuireader.ui.views import UNREAD

FEED = SimpleNamespace(
    id=3,
    title="The Quay",
    url="u",
    folder="",
    account="",
    subscribed=True,
    state="ok",
    last_error="",
    last_success=None,
)


def wired(text: str = "", **library: Any) -> tuple[Stage, Any]:
    """All controllers of a screen; the store has a feed, five unread articles and two alarms."""
    known = {
        "feeds.all": later([FEED]),
        "lists.newest": later(9),
        "lists.ids": lambda *_, **__: later(array("q", [5])),
        "lists.counts": later(Counts(unread=Count(5, 9))),
        "alarms.count": later(2),
        "outbox.undelivered": later(4),
        "accounts.all": lambda **_: later([]),
        "accounts.with_marks": later([]),
        "database.checkpoint": later(),
        "searches.saved": (),
        "lists.new_view": None,
        **{name.replace("__", "."): one for name, one in library.items()},
    }
    stage = Stage(config(text), library=known, host={"size": SimpleNamespace(height=40)})
    stage.panes.run_worker = stage.keep
    stage.panes.shows_article = False
    timers: list[float] = []

    def set_timer(after: float, work: Any) -> Any:
        timers.append(after)
        return stage.note("timer")

    top = stage.note("top", run_worker=stage.keep, set_timer=set_timer)
    made = stage.alone(Controllers, top)
    stage.drained()
    stage.session.feeds = []
    stage.timers = timers  # type: ignore[attr-defined]
    return stage, made


def paths(stage: Stage) -> list[str]:
    """What was called."""
    return [one.path for one in stage.drained()]


@pytest.fixture(autouse=True)
def plain_sidebar(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Note what the sidebar is made of instead of making it."""
    made: list[Any] = []

    def items(*known: Any, **more: Any) -> str:
        made.append((known, more))
        return "items"

    monkeypatch.setattr(wiring, "sidebar_items", items)
    return made


RELOADED = [
    "library.feeds.all", "library.lists.newest", "library.lists.ids", "articles.update_ids", "sidebar.show",
    "top.show", "changed",
    "reloaded.publish",
]  # fmt: skip
COUNTED = [
    "library.lists.counts", "library.alarms.count", "library.outbox.undelivered", "sidebar.show", "top.show",
    "changed",
    "library.database.checkpoint",
]  # fmt: skip


async def test_a_reload_reads_everything_again_and_counts(plain_sidebar: list[Any]) -> None:
    stage, made = wired()
    made.reader.forget, made.reader.relabel = stage.note("forget"), stage.note("relabel", _=later())
    await made.reload()
    known = paths(stage)
    assert [one for one in known if one not in ("forget", "relabel")] == RELOADED
    assert known[1:3] == ["forget", "relabel"] and stage.session.feeds == [FEED]
    items, more = plain_sidebar[0]
    assert items[0] == [FEED] and items[2:] == ((), set())
    assert more == {
        "folds": stage.session.folds, "hides_quiet": False, "current": UNREAD, "height": 37, "views": (),
        "new": None, "accounts": {}, "feed_lines": FeedLines(hidden=frozenset()),
    }  # fmt: skip
    made.recount()
    assert len(stage.work) == 1, "one count at a time"
    await stage.done()
    assert paths(stage) == COUNTED
    assert (stage.session.counts, stage.session.alarms) == (Counts(unread=Count(5, 9)), 2)
    assert stage.session.undelivered == 4
    stage.panes.shows_article = True
    await made.reload()
    assert "make_room" in paths(stage)
    await stage.done()


async def test_a_count_that_is_asked_for_meanwhile_follows() -> None:
    stage, made = wired()
    rounds: list[int] = []

    def counts() -> Any:
        rounds.append(1)
        if len(rounds) == 1:
            made.recount()
        return later(Counts())

    stage.library.lists.counts = counts
    made.recount()
    await stage.done()
    assert len(rounds) == 2 and not stage.work
    made.recount()
    await stage.done()
    assert len(rounds) == 3


async def test_feeds_that_were_read_later_stay() -> None:
    stage, made = wired()
    gate = asyncio.Event()

    async def slow() -> list[Any]:
        await gate.wait()
        return []

    stage.library.feeds.all = lambda: slow()
    first = asyncio.ensure_future(made.reload())
    await asyncio.sleep(0)
    stage.library.feeds.all = later([FEED])
    await made.reload()
    gate.set()
    await first
    assert stage.session.feeds == [FEED]
    await stage.done()


async def test_the_accounts_and_what_waits_for_them(plain_sidebar: list[Any]) -> None:
    away = AccountState(1, "home", error="away", refusal=Refusal.AWAY, pending=3)
    stage, made = wired(ACCOUNT, accounts__all=lambda **_: later([away]))
    await made.count_marks()
    assert paths(stage) == ["library.accounts.all", "sidebar.show", "top.show", "articles.refresh", "changed"]
    assert stage.session.accounts == [away]
    assert list(plain_sidebar[-1][1]["accounts"]) == ["home"] and plain_sidebar[-1][1]["accounts"]["home"]
    stage, made = wired()
    await made.count_marks()
    assert paths(stage) == [], "there is no account"
    stage.session.accounts = [away]
    await made.count_marks()
    assert stage.session.accounts == [] and "library.accounts.all" in paths(stage)


async def test_a_mark_that_is_stored_is_counted_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "_SHOWN", 0)
    stage, made = wired(ACCOUNT)
    made.marks.stored(False)
    assert len(stage.timers) == 1  # type: ignore[attr-defined]
    await stage.done()
    assert paths(stage)[:3] == ["top.set_timer", *COUNTED[:2]]
    made.marks.stored(True)
    await stage.done()
    assert [one for one in paths(stage) if one != "timer.stop"][1 : len(RELOADED) + 1] == RELOADED
    assert len(stage.timers) == 2  # type: ignore[attr-defined]
    made.reader.forget, made.reader.relabel = stage.note("forget"), stage.note("relabel", _=later())
    await made.marks.shown()
    assert paths(stage) == ["forget", "relabel", "changed"]
