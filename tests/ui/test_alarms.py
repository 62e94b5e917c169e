"""Alarms on the screen: counted in the footer, explained with the feeds and the watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ui import accounts
from tests.ui.running import Running, running
from tests.ui.shelf import NOW, configured, written
from tuireader.library import Library
from tuireader.model import Alarm, AlarmKind, OutboxKind, View, ViewKind
from tuireader.store.watches.outbox import Draft
from tuireader.ui.screens.alarms import Alarms
from tuireader.ui.screens.health import Health
from tuireader.ui.screens.watches import Watches
from tuireader.wording.times import full_time

NAME = "微信支付观察 [b]with a long title that does not fit into its column at all[/b]"
CONFIG = f"""
[[feeds]]
url = "https://1.example/rss"
title = "{NAME}"
[[feeds]]
url = "https://2.example/rss"
title = "Plain Pier"
[[watch]]
name = "WeChat"
any = ["WeChat", "微信"]
"""
DAY = 86_400
SILENT = "no new article since 17 Sep 08:00, usually one within 24 h"


async def ring(library: Library) -> None:
    with written(library) as store:
        store.conn.execute("UPDATE feed SET last_try = ?1, last_success = ?1, next_try = ?1 + 3600", (NOW,))
        store.alarms.raise_(Alarm(0, AlarmKind.SILENT, 1, "", "", SILENT, NOW))
        store.alarms.raise_(Alarm(0, AlarmKind.SILENT, 0, "WeChat", "", "no new match since 17 Sep", NOW))


def clear_all(run: Running) -> None:
    with written(run.library) as store:
        for alarm in store.alarms.open():
            store.alarms.clear(alarm.id, NOW, tell=False)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    """The app with two alarms."""
    async with configured(tmp_path, CONFIG) as library:
        await ring(library)
        async with running(library) as run:
            yield run


async def test_the_footer_counts_alarms_and_the_health_explains_them(run: Running) -> None:
    assert "! 2 alarms" in run.text.splitlines()[-1]
    await run.press("H")
    (first, second) = run.rows(Health)
    assert [first[name] for name in ("sign", "state", "why")] == ["!", "alarm", SILENT]
    assert second["state"] == "ok" and "2 feeds, 1 in trouble" in run.text
    assert f"alarm: {SILENT}" in run.text
    await run.press("escape", "w")
    assert run.rows(Watches)[0]["mark"] == "!"
    assert "! no new match since 17 Sep" in run.rows(Watches)[0]["last"]
    assert "alarm   no new match since 17 Sep" in run.text


@pytest.mark.parametrize("alarms", [True, False])
async def test_the_footer_counts_messages_that_cannot_be_delivered(tmp_path: Path, alarms: bool) -> None:
    async with configured(tmp_path, CONFIG) as library:
        await ring(library)
        with written(library) as store:
            store.outbox.add([Draft("phone", OutboxKind.MATCH, 1)] * 3, NOW)
            store.outbox.back_off("phone", "down", NOW)
            for alarm in [] if alarms else store.alarms.open():
                store.alarms.clear(alarm.id, NOW, tell=False)
        async with running(library) as run:
            footer = run.text.splitlines()[-1]
            assert "! 2 alarms · 3 undelivered" in footer if alarms else "! 3 undelivered" in footer


async def test_an_alarm_of_an_account_leads_to_the_account() -> None:
    async with running(accounts.shelf()) as run:
        with written(run.library) as store:
            words = "failing since 1 Sep: home.example refuses the user name, password or token"
            store.alarms.raise_(Alarm(0, AlarmKind.FAILING, 0, "", "", words, NOW, account="home"))
        await run.press("exclamation_mark")
        (row,) = run.rows(Alarms)
        assert (row["name"], row["kind"]) == ("home", "failing")
        assert "home · account" in run.text and "retry" in run.text.splitlines()[-1]
        await run.press("enter")
        assert run.main.session.view == View(ViewKind.ACCOUNT, "home")
        await run.press("H")
        health = {row["feed"]: row["why"] for row in run.rows(Health)}
        assert health["Ars"] == words and health["The Quay"] == ""


async def test_the_screen_of_alarms_says_why_and_leads_to_the_articles(run: Running) -> None:
    with written(run.library) as store:
        store.alarms.raise_(Alarm(0, AlarmKind.FAILING, 2, "", "", "failing since 1 Sep: HTTP 500", NOW - 90))
        store.alarms.clear(3, NOW, tell=False)
        store.alarms.raise_(Alarm(0, AlarmKind.GAP, 2, "", "", "about 3 articles not seen", NOW - 9 * DAY))
        store.alarms.clear(4, NOW - 8 * DAY, tell=False)
    await run.press("exclamation_mark")
    rows = run.rows(Alarms)
    assert [row["name"] for row in rows] == [NAME, "◆ WeChat", "Plain Pier"]
    assert [row["kind"] for row in rows] == ["silent", "silent", "over"]
    assert "2 alarms open" in run.text and SILENT in run.text and "not notified" in run.text
    assert "retry" in run.text.splitlines()[-1]
    await run.press("j")
    assert "retry" not in run.text.splitlines()[-1] and "a word may have changed" in run.text
    await run.press("r")  # a watch is not refreshed
    await run.press("j")
    assert "works again" in run.text
    await run.press("k", "enter")
    assert run.view_kind == ViewKind.WATCH
    await run.press("exclamation_mark", "enter")
    assert run.view_kind == ViewKind.FEED
    await run.press("exclamation_mark", "e", "escape", "escape")
    assert run.app.screen is run.main


async def test_an_address_that_a_page_names_is_taken_by_one_key(run: Running) -> None:
    new = "https://moved.example/rss"
    with written(run.library) as store:
        store.conn.execute("UPDATE feed SET moved_to = ?, moved_why = 'named' WHERE id = 2", (new,))
        words = f"its page names {new}, not followed: accept it if it is the same feed"
        store.alarms.raise_(Alarm(0, AlarmKind.MOVED, 2, "", "", words, NOW))
    await run.press("exclamation_mark")
    assert "accept" not in run.text.splitlines()[-1]
    await run.press("a")
    assert "This alarm names no address" in run.toasts
    await run.press("j", "j")
    assert new in run.text and "accept" in run.text.splitlines()[-1]
    await run.press("a")
    assert "The config now has the new address" in run.toasts
    assert [feed.url for feed in run.library.config.feeds] == ["https://1.example/rss", new]
    await run.press("escape", "U")
    assert [feed.url for feed in run.library.config.feeds][1] == "https://2.example/rss"


async def test_the_health_says_from_where_to_where_and_when_a_feed_moved(run: Running) -> None:
    new = "https://moved.example/rss"
    with written(run.library) as store:
        store.conn.execute(
            "UPDATE feed SET moved_to = ?, moved_why = 'site', moved_seen = 2, looked_at = ? WHERE id = 2",
            (new, NOW - DAY),
        )
    await run.press("H", "j")
    shown = " ".join(run.text.split())
    assert f"moved from https://2.example/rss to {new} on {full_time(NOW - DAY)}" in shown
    await run.press("a")
    assert [feed.url for feed in run.library.config.feeds][1] == new


async def test_no_alarms_are_said_so(run: Running) -> None:
    clear_all(run)
    await run.press("exclamation_mark")
    assert "none open" in run.text and run.rows(Alarms)


async def test_the_footer_forgets_alarms_that_are_over(run: Running) -> None:
    clear_all(run)
    await run.main.controllers.reload()
    await run.settle()
    assert "alarm" not in run.text.splitlines()[-1]


async def test_the_note_leaves_room_for_the_keys(run: Running) -> None:
    for width, shown in ((120, True), (80, True), (40, False)):
        await run.resize(width, 24)
        last = run.text.splitlines()[-1]
        assert ("! 2 alarms" in last) is shown and "? help" in last, width
