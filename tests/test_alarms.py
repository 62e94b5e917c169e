"""Alarms from the refresh to the notification: raised once, told once, cleared by themselves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import CLOCK, Clock, entry, feeds, fill, item, opened, refreshed, rss
from tests.web import Web
from tuireader.config import FeedConfig
from tuireader.library import Library, alarms
from tuireader.model import Told
from tuireader.model.events import decode, encode
from tuireader.store import Store

DAY = 86_400
WATCH = '[[watch]]\nname = "WeChat"\nany = ["WeChat"]\n'


FIRST = item("0", "Today", time=CLOCK - 60)


@asynccontextmanager
async def daily(folder: Path, web: Web, more: str = "") -> AsyncIterator[tuple[Library, Clock, Path]]:
    """A library with a feed that had an article each day for 60 days, its clock, and what was notified."""
    clock, out = Clock(), folder / "told.jsonl"
    url = web.serve("/feed", rss("Daily 日报", [FIRST]))
    notify = f'[notify]\ndesktop = false\ncommand = ["sh", "-c", "(cat; echo) >> {out}"]\n'
    async with opened(folder, feeds(url) + WATCH + notify + more, clock=clock.time) as library:
        old = [
            entry(number, title=f"WeChat {number}", published=CLOCK - number * DAY) for number in range(1, 60)
        ]
        await fill(library, 1, *old)
        yield library, clock, out


def told(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


async def kinds(library: Library) -> list[tuple[str, str]]:
    return [(alarm.kind.value, alarm.name) for alarm in await library.alarms.open()]


async def test_a_silent_feed_raises_one_alarm_tells_it_once_and_says_when_it_is_over(
    tmp_path: Path, web: Web
) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        for _ in range(2):
            await refreshed(library)
            clock.now += DAY
        assert await kinds(library) == [] == told(out)
        clock.now += 3 * DAY
        events = [event for event in await refreshed(library) if isinstance(event, Told)]
        assert await kinds(library) == [("silent", "Daily 日报"), ("silent", "WeChat")]
        (first,) = told(out)
        assert [event.title for event in events] == ["2 alarms"] == [first["title"]]
        assert first["count"] == 0 and first["articles"] == []
        assert [alarm["kind"] for alarm in first["alarms"]] == ["silent", "silent"]  # type: ignore[attr-defined]
        assert "no new article since 14 Nov" in str(first["body"]) and "usually one within 24 h" in str(
            first["body"]
        )
        assert "no new match since" in str(first["body"])
        (health,) = await library.feeds.health()
        (stats,) = await library.watches.stats()
        assert health.trouble.name == "ALARM" and health.alarm.startswith("no new article since")
        assert stats.alarm.startswith("no new match since")
        clock.now += DAY
        await refreshed(library)
        assert len(told(out)) == 1 and len(await library.alarms.open()) == 2
        web.serve("/feed", rss("Daily 日报", [item("1", "WeChat again", time=int(clock.now) - 60), FIRST]))
        await refreshed(library)
        assert await kinds(library) == [] and await library.alarms.count() == 0
        assert told(out)[1]["title"] == "2 alarms over"
        assert "Daily 日报: new articles again" in str(told(out)[1]["body"])
        every = await library.alarms.all()
        assert [one.cleared_at for one in every] == [int(clock.now)] * 2
        await refreshed(library)
        assert len(told(out)) == 2


async def test_a_machine_that_was_off_raises_none(tmp_path: Path, web: Web) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        await refreshed(library)
        clock.now += 30 * DAY
        await library.alarms.judge()  # nothing was fetched since
        assert await kinds(library) == []
        items = [item(str(n), f"WeChat {n}", time=int(clock.now) - n * DAY) for n in range(1, 10)]
        web.serve("/feed", rss("Daily 日报", [*items, FIRST]))
        await refreshed(library)
        assert await kinds(library) == [] == told(out)


async def test_a_feed_that_fails_for_a_day_raises_one_that_goes_when_it_works(
    tmp_path: Path, web: Web
) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        await refreshed(library)
        web.serve("/feed", status=500)
        for hours in (1, 6, 12):
            clock.now += hours * 3600
            await refreshed(library)
        assert await kinds(library) == []
        clock.now += 12 * 3600
        await refreshed(library)
        assert await kinds(library) == [("failing", "Daily 日报")]
        (alarm,) = await library.alarms.open()
        assert alarm.words.startswith("failing since 15 Nov") and "500" in alarm.words
        assert str(told(out)[0]["title"]).startswith("Alarm: Daily 日报: failing since")
        web.serve("/feed", rss("Daily 日报", [item("1", "WeChat", time=int(clock.now)), FIRST]))
        await refreshed(library)
        assert await kinds(library) == []
        assert told(out)[1]["title"] == "Alarm over: Daily 日报: works again"


async def test_a_network_that_is_down_is_not_the_fault_of_the_feeds(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    down = feeds(*(f"http://127.0.0.1:1/{number}" for number in range(3)))
    async with opened(tmp_path, down, clock=clock.time) as library:

        def worked(store: Store) -> None:
            store.conn.execute("UPDATE feed SET last_success = ?", (CLOCK - 3600,))

        await library.context.pool.transact(worked)
        for _ in range(5):
            await refreshed(library)
            clock.now += DAY // 2
        assert await kinds(library) == []


async def test_an_open_gap_is_an_alarm_for_a_week(tmp_path: Path, web: Web) -> None:
    async with daily(tmp_path, web) as (library, clock, out):

        def lose(store: Store) -> None:
            sql = "INSERT INTO gap (feed_id, found_at, after, before, missing) VALUES (1, ?, ?, ?, 14)"
            store.conn.execute(sql, (CLOCK, CLOCK - DAY, CLOCK - 3600))

        await library.context.pool.transact(lose)
        await refreshed(library)
        assert await kinds(library) == [("gap", "Daily 日报")]
        assert told(out)[0]["title"] == "Alarm: Daily 日报: about 14 articles not seen"
        clock.now += 8 * DAY
        web.serve("/feed", rss("Daily 日报", [item("1", "WeChat", time=int(clock.now)), FIRST]))
        await refreshed(library)
        assert await kinds(library) == [] and len(told(out)) == 1  # it is still open: not over, only old


async def test_an_alarm_waits_for_the_end_of_quiet_hours(
    tmp_path: Path, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        text = (tmp_path / "config.toml").read_text("utf-8")
        (tmp_path / "config.toml").write_text(text + 'quiet = "00:00-23:59"\n', encoding="utf-8")
        await library.context.reload()
        clock.now += 5 * DAY
        await refreshed(library)
        assert len(await kinds(library)) == 2 and not told(out)
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        await library.context.reload()
        await refreshed(library, force=False)
        assert len(told(out)) == 1


@pytest.mark.parametrize("more", ["alarms = false\n", 'command = ["false"]\n'])
async def test_what_was_not_told_stays_to_be_told(tmp_path: Path, web: Web, more: str) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        path = tmp_path / "config.toml"
        text = path.read_text("utf-8")
        lines = [line for line in text.splitlines(keepends=True) if not more.startswith(line[:7])]
        path.write_text("".join(lines) + more, encoding="utf-8")
        await library.context.reload()
        clock.now += 5 * DAY
        await refreshed(library)
        assert len(await kinds(library)) == 2
        path.write_text(text, encoding="utf-8")
        await library.context.reload()
        clock.now += 60
        await refreshed(library)
        assert len(told(out)) == 1


async def test_a_feed_that_is_removed_or_paused_takes_its_alarm_with_it(tmp_path: Path, web: Web) -> None:
    async with daily(tmp_path, web) as (library, clock, out):
        clock.now += 5 * DAY
        await refreshed(library)
        await library.feeds.pause(1)
        await library.watches.remove("WeChat")
        await library.alarms.judge()
        assert await library.outbox.notify() == []
        assert await kinds(library) == [] and len(told(out)) == 1


async def test_articles_that_another_feed_has_too_count(tmp_path: Path) -> None:
    both = [entry(number, published=CLOCK - number * DAY) for number in range(60)]
    clock = Clock()
    async with opened(
        tmp_path, feeds("https://a.example/", "https://b.example/"), clock=clock.time
    ) as library:
        await fill(library, 1, *both)
        await fill(library, 2, *both)

        def fetch(store: Store) -> None:
            store.conn.execute("UPDATE feed SET last_success = ?", (int(clock.now),))

        await library.context.pool.transact(fetch)
        await library.alarms.judge()
        assert await kinds(library) == []
        clock.now += 9 * DAY
        await library.context.pool.transact(fetch)
        await library.alarms.judge()
        assert [alarm.feed_id for alarm in await library.alarms.open()] == [1, 2]


async def test_paces_that_one_refresh_does_not_compute_follow_with_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "ARTICLES", 60)  # as many as one of the feeds has
    clock = Clock()
    async with opened(
        tmp_path, feeds(*(f"https://{name}.example/" for name in "abc")), clock=clock.time
    ) as library:
        for feed_id, silent in enumerate((6, 8, 7), 1):
            days = range(silent, silent + 60)
            await fill(
                library, feed_id, *(entry(60 * feed_id + day, published=CLOCK - day * DAY) for day in days)
            )

        def fetch(store: Store) -> None:
            store.conn.execute("UPDATE feed SET last_success = ?", (CLOCK,))

        await library.context.pool.transact(fetch)
        raised = []
        for _ in range(4):
            await library.alarms.judge()
            raised.append([alarm.feed_id for alarm in await library.alarms.open()])
        assert raised == [[2], [2, 3], [2, 3, 1], [2, 3, 1]]


def test_dates_that_are_years_old_are_no_silence(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "test.db")
    with store.transaction():
        store.feeds.sync([FeedConfig("https://a.example/")])
        for number in range(60):
            old = entry(number, published=CLOCK - 4000 * DAY + number)
            store.entries.save(1, [old], CLOCK - (60 - number) * DAY)
        store.conn.execute("UPDATE feed SET last_success = ?", (CLOCK,))
    (subject,) = store.alarms.feeds()
    assert max(store.alarms.times(subject, 100)) == CLOCK - DAY
    store.close()


def test_events_of_alarms_pass_between_processes() -> None:
    event = Told("Alarm: One: works again", "", ())
    assert decode(encode(event)) == event
