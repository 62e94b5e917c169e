"""Marks on their way to a server without the app: when they are sent, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import config
from tests.ui.alone import ACCOUNT, Stage, call, events, later, shown
from tuireader.errors import TuireaderError
from tuireader.model import (
    AccountSynced,
    Event,
)
from tuireader.model.accounts import Refusal
from tuireader.ui.controllers.syncing import LATER, SOON, Syncing

MINIFLUX = '[[account]]\nname = "work"\nkind = "miniflux"\nurl = "https://y.example"\ntoken = "t"\n'


def sending(
    *known: Event | Exception, text: str = ACCOUNT, **library: Any
) -> tuple[Stage, Syncing, list[Any]]:
    """A sync of marks with these events, and the timers that it sets."""
    answers = {
        "accounts.with_marks": later(["home"]),
        "refresh.sync_in_subprocess": events(*known),
        **{name.replace("__", "."): one for name, one in library.items()},
    }
    timers: list[Any] = []

    def set_timer(seconds: float, work: Any) -> object:
        timers.append((seconds, work))
        return stage.note(f"timer{len(timers)}")

    stage = Stage(config(text), library=answers)
    top = stage.note("top", run_worker=stage.keep, set_timer=set_timer)
    return stage, stage.alone(Syncing, top, stage.note("count", _=later())), timers


SEND = [
    call("library.accounts.with_marks"),
    call("library.refresh.sync_in_subprocess", ["home"], marks_only=True),
]


@pytest.mark.parametrize(
    ("event", "said", "again"),
    [
        (AccountSynced("home", done=True), [], False),
        (AccountSynced("home", error="locked"), [], False),
        (AccountSynced("home", error="another sync", done=True), [], True),
        (AccountSynced("home", error="away", refusal=Refusal.AWAY, done=True), ["home: away"], False),
    ],
)
async def test_marks_are_sent_after_a_pause(event: AccountSynced, said: list[str], again: bool) -> None:
    stage, made, timers = sending(event)
    made.marked()
    made.marked()
    assert [one.path for one in stage.drained()] == ["top.set_timer", "timer1.stop", "top.set_timer"]
    assert [seconds for seconds, _ in timers] == [SOON, SOON]
    timers[-1][1]()
    await stage.done()
    calls = [one for one in stage.drained() if not one.path.startswith(("timer", "top"))]
    toasts = [call("say", text, severity="warning", seconds=8) for text in said]
    assert calls == [*SEND, *toasts, call("count")]
    assert [seconds for seconds, _ in timers[2:]] == [LATER] * again


async def test_marks_are_not_sent_twice_at_once() -> None:
    stage, made, timers = sending()
    gate = asyncio.Event()

    async def held(*_: Any, **__: Any) -> AsyncIterator[Event]:
        await gate.wait()
        yield AccountSynced("home", done=True)

    stage.library.refresh.sync_in_subprocess = held
    made.marked()
    timers[0][1]()
    sent = asyncio.ensure_future(stage.work.pop())
    await asyncio.sleep(0)
    made.marked()
    timers[1][1]()
    await stage.done()
    assert [seconds for seconds, _ in timers] == [SOON, SOON, SOON], "the others wait for the next time"
    assert [one.path for one in stage.drained()].count("library.accounts.with_marks") == 1
    gate.set()
    await sent
    timers[-1][1]()
    await stage.done()
    assert [one.path for one in stage.drained()].count("library.accounts.with_marks") == 1


async def test_nothing_is_sent_without_marks_accounts_or_network() -> None:
    for text, library, timer_count in (("", {}, 0), (ACCOUNT, {"offline": True}, 0), (ACCOUNT, {}, 1)):
        stage, made, timers = sending(text=text, accounts__with_marks=later([]), **library)
        made.marked()
        assert len(timers) == timer_count
        for _, work in timers:
            work()
        await stage.done()
        await made.finish()
        calls = [one for one in stage.drained() if one.path.startswith("library")]
        asked = [call("library.accounts.with_marks"), call("library.accounts.with_marks", last=True)]
        assert calls == asked * bool(timer_count)


async def test_what_waits_is_sent_at_the_end() -> None:
    stage, made, _ = sending(AccountSynced("home", done=True))
    await made.finish()
    assert stage.drained() == [
        call("library.accounts.with_marks", last=True), shown("sending marks …"), SEND[1],
    ]  # fmt: skip
    stage, made, _ = sending(TuireaderError("locked"))
    await made.finish()


async def test_a_sync_that_cannot_start_is_said_once_and_tried_again() -> None:
    stage, made, timers = sending(TuireaderError("no memory"))
    for _ in range(2):
        made.marked()
        timers[-1][1]()
        await stage.done()
    assert stage.toasts() == ["no memory"]


EDITS = " · <edit_this> in the sidebar edits the account"
REJECTED = AccountSynced("home", refusal=Refusal.LOGIN, error="x", hint="the API password", done=True)


@pytest.mark.parametrize(
    ("event", "asked", "said"),
    [
        (AccountSynced("home"), False, None),
        (AccountSynced("home"), True, "home: nothing new"),
        (AccountSynced("home", new=1_234), True, "home: 1,234 new"),
        (AccountSynced("home", new=1, taken=2, sent=1, unreadable=2), True,
         "home: 1 new · 2 marks taken · 1 mark sent · 2 entries unreadable"),
        (AccountSynced("home", error="another sync"), True, "home: another sync"),
        (AccountSynced("home", error="another sync"), False, None),
        (REJECTED, False, f"home: sign in again (the API password){EDITS}"),
        (replace(REJECTED, hint=""), True, f"home: sign in again{EDITS}"),
        (replace(REJECTED, account="work"), True,
         f"work: sign in again{EDITS}"),
        (AccountSynced("home", error="away", refusal=Refusal.AWAY), False, "home: away"),
        (AccountSynced("home", error="away", refusal=Refusal.AWAY, pending=3), False,
         "home: away · 3 marks to send"),
        (AccountSynced("home", asks="remove 9 feeds?"), False,
         "home: remove 9 feeds? · <edit_this> in the sidebar decides"),
    ],
)  # fmt: skip
async def test_what_is_said_of_a_sync(event: AccountSynced, asked: bool, said: str | None) -> None:
    stage, made, _ = sending(text=ACCOUNT + MINIFLUX)
    is_problem = bool(event.refusal or event.asks)
    options: dict[str, Any] = {"severity": "warning", "seconds": 8} if is_problem else {}
    expected = [call("say", said, **options)] if said else []
    made.tell(event, asked=asked)
    assert stage.drained() == expected
    if not is_problem:
        return
    made.tell(replace(event, new=1, pending=event.pending + 1, hint=""), asked=False)
    assert stage.drained() == [], "the same problem is said once"
    made.tell(event, asked=True)
    assert stage.drained() == expected, "unless it is asked for"
    made.tell(replace(event, account="other"), asked=False)
    assert len(stage.drained()) == 1, "of each account"
    made.tell(AccountSynced(event.account), asked=False)
    made.tell(event, asked=False)
    assert stage.drained() == expected, "it is over, and comes again"
