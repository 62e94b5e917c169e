"""How often feeds are asked over simulated days, and where they are looked for when they are lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import (
    CLOCK,
    WATCHES,
    Clock,
    ended,
    entry,
    feeds,
    fill,
    item,
    opened,
    refreshed,
    rss,
    titles,
)
from tests.web import Answer, Request, Web
from tuireader.library import Library
from tuireader.model import Event, FeedDone, FeedHealth, HostWaits, Trouble

MINUTE, HOUR, DAY = 60, 3600, 86_400
ONE = rss("F", [item("1", "One", time=CLOCK - 30 * DAY)])


class Simulation:
    """A library whose due feeds are refreshed every half hour of a clock that goes as fast as it can."""

    def __init__(self, library: Library, clock: Clock, web: Web) -> None:
        self.library, self.clock, self.web = library, clock, web

    async def run(self, hours: float) -> int:
        """Let time pass; returns the number of requests."""
        before = len(self.web.requests)
        until = self.clock.now + hours * HOUR
        while self.clock.now < until:
            await refreshed(self.library, force=False)
            self.clock.now += 30 * MINUTE
        return len(self.web.requests) - before

    async def health(self) -> FeedHealth:
        (health,) = await self.library.feeds.health()
        return health


@asynccontextmanager
async def simulated(folder: Path, text: str, web: Web) -> AsyncIterator[Simulation]:
    clock = Clock()
    async with opened(folder, text, clock=clock.time) as library:
        yield Simulation(library, clock, web)


def growing(clock: Callable[[], float], *moments: float, window: int = 10) -> Callable[[Request], Answer]:
    """A feed with a validator, that has an article from each moment on; seconds after the start."""

    def answer(request: Request) -> Answer:
        there = [one for one in moments if CLOCK + one <= clock()][-window:]
        tag = f'"{len(there)}-{there[-1:]}"'
        if request.headers.get("if-none-match") == tag:
            return Answer(None, 304, {"ETag": tag})
        made = [item(f"{one}", f"At {one:.0f}", f"<p>{one}</p>", time=int(CLOCK + one)) for one in there]
        return Answer(rss("F", made[::-1]), 200, {"ETag": tag})

    return answer


# --------------------------------------------------------------------------- how often


async def test_a_quiet_feed_is_asked_hourly_only_if_a_watch_depends_on_it(tmp_path: Path, web: Web) -> None:
    url = web.serve("/f", ONE)
    for name, watch, least, most in [
        ("any", WATCHES, 6, 8),
        ("none", "", 0, 1),
        ("other", '[[watch]]\nname = "W"\nany = ["x"]\nfeeds = ["other"]\n', 0, 1),
        ("named", '[[watch]]\nname = "W"\nany = ["x"]\nfeeds = ["f"]\n', 6, 8),
    ]:
        folder = tmp_path / name
        folder.mkdir()
        async with simulated(folder, feeds(url) + watch, web) as world:
            await refreshed(world.library)
            await world.library.feeds.all()
            assert least <= await world.run(7.9) <= most, name


async def test_a_woken_feed_is_asked_at_each_tick(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    past = [-100 * DAY, -70 * DAY, -40 * DAY]
    url = web.handle("/f", growing(clock.time, *past, 2 * HOUR, 2.4 * HOUR, 3.4 * HOUR))
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        world = Simulation(library, clock, web)
        await world.run(3)
        assert len(await titles(library)) == 5
        assert await world.run(2) == 4


async def test_a_half_hourly_cron_job_asks_a_busy_feed_half_hourly(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    for number in range(5):
        web.handle(f"/{number}", growing(clock.time, *(n * 20.0 * MINUTE for n in range(-20, 20))))
    async with opened(tmp_path, feeds(*(f"{web.url}/{n}" for n in range(5))), clock=clock.time) as library:
        assert await Simulation(library, clock, web).run(4) == 5 * 8


@pytest.mark.parametrize(
    ("fetch", "watch", "hours"),
    [
        ("", "", 0.5),
        ('interval = "2h"', "", 2),
        ('interval = "2h"', WATCHES, 2),
        ('watched_interval = "2h"', "", 0.5),
    ],
)
async def test_the_configured_interval_is_the_least(
    tmp_path: Path, web: Web, fetch: str, watch: str, hours: float
) -> None:
    """For a feed that has an entry every 20 minutes."""
    items = [item(f"{n}", f"{n}", f"<p>{n}</p>", time=CLOCK - n * 20 * MINUTE) for n in range(200)]
    text = f"[fetch]\n{fetch}\n{feeds(web.serve('/f', rss('F', items)))}{watch}"
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        wait = ((await world.health()).feed.next_try or 0) - world.clock.now
        assert 0.8 * hours * HOUR <= wait <= hours * HOUR


@pytest.mark.parametrize(
    ("fetch", "hours"), [("", 1), ('watched_interval = "3h"', 3), ('interval = "2h"', 2)]
)
async def test_the_configured_interval_of_watched_feeds_is_their_longest(
    tmp_path: Path, web: Web, fetch: str, hours: float
) -> None:
    """For a feed that has been quiet for a month."""
    text = f"[fetch]\n{fetch}\n{feeds(web.serve('/f', ONE))}{WATCHES}"
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        wait = ((await world.health()).feed.next_try or 0) - world.clock.now
        assert 0.8 * hours * HOUR <= wait <= hours * HOUR


async def test_a_long_ttl_is_obeyed_only_as_far_as_the_window_allows(tmp_path: Path, web: Web) -> None:
    def feed(gap: int) -> bytes:
        items = [item(f"{gap}-{n}", f"{n}", f"<p>{gap} {n}</p>", time=CLOCK - n * gap) for n in range(10)]
        return rss("F", items).replace(b"</channel>", b"<ttl>1440</ttl></channel>")

    web.serve("/small", feed(20 * MINUTE))
    web.serve("/large", feed(7 * DAY))
    async with simulated(tmp_path, feeds(web.url + "/small", web.url + "/large"), web) as world:
        await world.run(12)
    assert len(web.seen("/small")) >= 6
    assert len(web.seen("/large")) == 1


async def test_after_a_pause_small_windows_come_first(tmp_path: Path, web: Web) -> None:
    def feed(gap: int) -> bytes:
        items = [item(f"{gap}-{n}", f"{n}", f"<p>{gap} {n}</p>", time=CLOCK - n * gap) for n in range(10)]
        return rss("F", items)

    urls = [web.serve(f"/{gap}", feed(gap * HOUR)) for gap in (240, 24, 1)]
    async with simulated(tmp_path, "[fetch]\nconcurrency = 1\n" + feeds(*urls), web) as world:
        await refreshed(world.library)
        world.clock.now += 2 * DAY
        await refreshed(world.library)
    assert [request.path for request in web.requests[3:]] == ["/1", "/24", "/240"]


@pytest.mark.parametrize(("fresh", "soon"), [(8, True), (7, False)])
async def test_a_feed_that_has_replaced_its_document_is_asked_before_it_does_so_again(
    tmp_path: Path, web: Web, fresh: int, soon: bool
) -> None:
    """Whatever its dates say of its pace: the entries of the last hours come all at once, and late."""

    def document(start: int, now: float) -> bytes:
        items = [
            item(
                str(start + n), f"{start + n}", f"<p>{start + n}</p>", time=int(now) - (1 + 5 * n) * HOUR // 2
            )
            for n in range(8)
        ]
        return rss("F", items).replace(b"</channel>", b"<ttl>1440</ttl></channel>")

    clock = Clock()
    web.stages("/f", document(0, clock.now), document(fresh, clock.now + HOUR))
    async with opened(tmp_path, feeds(f"{web.url}/f"), clock=clock.time) as library:
        await refreshed(library)
        clock.now += HOUR
        await refreshed(library)
        (health,) = await library.feeds.health()
        assert health.total == 8 + fresh
        assert ((health.feed.next_try or 0) - clock.now <= HOUR / 2) is soon


# --------------------------------------------------------------------------- errors


async def test_an_outage_costs_little_more_than_its_own_length(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    down = (2 * HOUR, 10 * HOUR)

    def answer(request: Request) -> Answer:
        since = clock.now - CLOCK
        if down[0] <= since < down[1]:
            return Answer(b"", 503)
        return Answer(rss("F", [item("1", "Later" if since >= down[1] else "Early", time=CLOCK - DAY)]))

    url = web.handle("/f", answer)
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        asked = await Simulation(library, clock, web).run(11.5)
        assert await titles(library) == ["Later"]
        assert asked <= 24


def host_of_feeds(web: Web, number: int, refused: Callable[[Request], str]) -> str:
    """The configuration of feeds on one host; `refused` returns for how long it asks to wait, if it does."""

    def answer(request: Request) -> Answer:
        wait = refused(request)
        return Answer(b"", 429, {"Retry-After": wait}) if wait else Answer(ONE)

    urls = [web.handle(f"/{n}", answer) for n in range(number)]
    return "[fetch]\nconcurrency = 1\n" + "".join(feeds(url) + 'interval = "30m"\n' for url in urls)


def waiting(events: Sequence[Event]) -> list[tuple[str, int, int]]:
    """The hosts that wait, with the number of feeds and the minutes since the start."""
    found = [event for event in events if isinstance(event, HostWaits)]
    return [(event.host, event.feeds, (event.until - CLOCK) // MINUTE) for event in found]


async def test_one_answer_keeps_the_other_feeds_of_its_host_waiting_for_an_hour(
    tmp_path: Path, web: Web
) -> None:
    text = host_of_feeds(web, 6, lambda request: str(DAY) if len(web.requests) == 7 else "")
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        world.clock.now += 30 * MINUTE
        events = await refreshed(world.library, force=False)
        assert len(web.requests) == 7 and ended(events).feeds == ended(events).failed == 1
        assert waiting(events) == [("127.0.0.1", 5, 90)]
        done = [event for event in events if isinstance(event, FeedDone)]
        assert [event.unchanged for event in done] == [False] * 6
        health = await world.library.feeds.health()
        assert [one.waits_until for one in health] == [None, *[CLOCK + 90 * MINUTE] * 5]
        assert [one.trouble for one in health] == [Trouble.FAILING, *[Trouble.NONE] * 5]
        world.clock.now += 59 * MINUTE
        assert await world.library.refresh.count_due() == 0
        events = await refreshed(world.library, force=False)
        assert len(web.requests) == 7 and ended(events).feeds == 0
        assert waiting(events) == [("127.0.0.1", 5, 90)]
        world.clock.now += MINUTE
        assert await world.library.refresh.count_due() == 5
        events = await refreshed(world.library, force=False)  # the first one answers, so the others follow
        assert len(web.requests) == 12 and ended(events).feeds == 5 and waiting(events) == []
        world.clock.now += 22 * HOUR
        await refreshed(world.library, force=False)
        assert len(web.seen("/0")) == 2  # the one that was asked to wait still does
        world.clock.now += HOUR
        await refreshed(world.library, force=False)
        assert len(web.seen("/0")) == 3
        assert ended(await refreshed(world.library)).feeds == 6  # by hand, all are asked


@pytest.mark.parametrize("answer", [Answer(b"", 429, {"Retry-After": "86400"}), Answer(b"", 503), None])
async def test_one_feed_an_hour_tries_a_host_that_still_does_not_answer(
    tmp_path: Path, web: Web, answer: Answer | None
) -> None:
    text = host_of_feeds(web, 6, lambda request: str(DAY) if len(web.requests) == 7 else "")
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        world.clock.now += 30 * MINUTE
        await refreshed(world.library, force=False)
        for n in range(6):
            web.handle(f"/{n}", lambda request: answer)
        for hour in range(1, 5):
            world.clock.now += HOUR - 1
            asked = len(web.requests)
            assert waiting(await refreshed(world.library, force=False))
            assert len(web.requests) == asked
            world.clock.now += 1
            events = await refreshed(world.library, force=False)
            assert len(web.requests) == asked + 1 and ended(events).failed == 1
            ((host, number, until),) = waiting(events)
            assert (host, until) == ("127.0.0.1", 90 + 60 * hour) and 5 - hour <= number <= 5
        assert len({request.path for request in web.requests[-4:]}) == 4  # another one each time
        for n in range(6):
            web.serve(f"/{n}", ONE)
        world.clock.now += HOUR
        assert waiting(await refreshed(world.library, force=False)) == []
        assert not [one for one in await world.library.feeds.health() if one.waits_until]


async def test_a_feed_that_waits_too_long_raises_the_alarm_for_silence(tmp_path: Path, web: Web) -> None:
    """Its host asks each feed that it is tried with to wait."""
    text = host_of_feeds(web, 6, lambda request: str(DAY) if len(web.requests) > 6 else "")
    async with simulated(tmp_path, text + WATCHES, web) as world:
        await refreshed(world.library)
        old = [entry(n, title=f"WeChat {n}", published=CLOCK - n * 4 * HOUR) for n in range(1, 250)]
        await fill(world.library, 6, *old)
        for hours in (1, 13, 26):
            assert not [one for one in await world.library.alarms.open() if one.feed_id == 6]
            world.clock.now += hours * HOUR
            await refreshed(world.library, force=False)
        assert len(web.seen("/5")) == 1
        (alarm,) = [one for one in await world.library.alarms.open() if one.feed_id == 6]
        assert alarm.kind == "silent" and alarm.words.endswith("; its host has asked to wait")
        assert "WeChat" in [one.watch for one in await world.library.alarms.open()]
        for n in range(6):
            web.serve(f"/{n}", ONE)
        world.clock.now += 2 * DAY  # nobody waits any more, and this one has nothing new
        await refreshed(world.library, force=False)
        assert len(web.seen("/5")) == 2
        (still,) = [one for one in await world.library.alarms.open() if one.feed_id == 6]
        assert still.id == alarm.id and not still.words.endswith("wait")


async def test_a_short_wait_ends_for_all_at_its_time(tmp_path: Path, web: Web) -> None:
    text = host_of_feeds(web, 3, lambda request: "600" if len(web.requests) == 4 else "")
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        world.clock.now += 30 * MINUTE
        assert waiting(await refreshed(world.library, force=False)) == [("127.0.0.1", 2, 40)]
        world.clock.now += 599
        await refreshed(world.library, force=False)
        assert len(web.requests) == 4
        world.clock.now += 1
        events = await refreshed(world.library, force=False)
        assert len(web.requests) == 6 and waiting(events) == []


async def test_the_pages_of_other_feeds_wait_for_an_hour_at_most(tmp_path: Path, web: Web) -> None:
    text = host_of_feeds(web, 2, lambda request: str(DAY) if len(web.requests) == 3 else "")
    async with simulated(tmp_path, text, web) as world:
        await refreshed(world.library)
        world.clock.now += 30 * MINUTE
        await refreshed(world.library, force=False)

        async def waits() -> int:
            pool, now = world.library.context.pool, int(world.clock.now)
            return len(await pool.read(lambda store: store.full_texts.waiting_hosts(now)))

        assert await waits() == 1
        world.clock.now += HOUR
        assert await waits() == 0


async def test_one_410_by_mistake_is_forgiven(tmp_path: Path, web: Web) -> None:
    url = web.stages("/f", ONE, Answer(b"", 410), Answer(b"", 410), ONE)
    async with simulated(tmp_path, feeds(url) + WATCHES, web) as world:
        await world.run(1.5)
        health = await world.health()
        assert (
            health.trouble is Trouble.FAILING and "asking for a day before it stops" in health.feed.last_error
        )
        await world.run(4)
        assert (await world.health()).trouble is Trouble.NONE


async def test_a_feed_that_stays_gone_is_asked_a_few_times_over_a_day(tmp_path: Path, web: Web) -> None:
    url = web.stages("/f", ONE, Answer(b"", 410))
    async with simulated(tmp_path, feeds(url), web) as world:
        await world.run(24)
        assert (await world.health()).feed.state == "ok"
        world.clock.now += DAY
        await world.run(6)
        assert (await world.health()).feed.state == "gone"
        assert 5 <= len(web.requests) <= 11
        assert await world.run(48) == 0


# --------------------------------------------------------------------------- validators


def changing(clock: Clock, *, honest: bool) -> Callable[[Request], Answer]:
    """A feed with a new article each day; a dishonest server says that it never changes."""

    def answer(request: Request) -> Answer:
        days = int((clock.now - CLOCK) // DAY)
        tag = f'"{days}"' if honest else '"always"'
        if request.headers.get("if-none-match") and (not honest or request.headers["if-none-match"] == tag):
            return Answer(None, 304, {"ETag": tag})
        made = [
            item(f"{n}", f"Day {n}", f"<p>day {n}</p>", time=CLOCK + n * DAY) for n in range(-9, days + 1)
        ]
        return Answer(rss("F", made[::-1]), 200, {"ETag": tag})

    return answer


async def test_a_server_whose_validators_lie_is_found_out(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    url = web.handle("/f", changing(clock, honest=False))
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        world = Simulation(library, clock, web)
        await world.run(50)
        assert {"Day 1", "Day 2"} <= set(await titles(library))
        clock.now = CLOCK + 3 * DAY
        await world.run(1)
        assert "Day 3" in await titles(library)  # at once, now that it is known
        assert all("if-none-match" not in request.headers for request in web.requests[-2:])
        assert (await refreshed(library))[1] == FeedDone(1, "F", unchanged=True, done=1, total=1)


async def test_a_lie_about_a_feed_that_a_watch_needs_is_found_out_by_its_pace(
    tmp_path: Path, web: Web
) -> None:
    """The server says "not modified" for ever after some honest days with an article each two hours."""
    clock, lies_from = Clock(), CLOCK + DAY
    honest = growing(clock.time, *(at * 2.0 * HOUR for at in range(-9, 200)))

    def answer(request: Request) -> Answer:
        if clock.now >= lies_from and "if-none-match" in request.headers:
            return Answer(None, 304, {"ETag": request.headers["if-none-match"]})
        return honest(request)

    url = web.handle("/f", answer)
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        world = Simulation(library, clock, web)
        await world.run(24)
        whole = [request for request in web.requests if "if-none-match" not in request.headers]
        asked = len(web.requests)
        assert len(whole) <= 3  # it had news all the time
        await world.run(5)
        assert f"At {26 * HOUR:.0f}" in await titles(library)
        await world.run(5)
        assert f"At {32 * HOUR:.0f}" in await titles(library)
        assert len(web.requests) - asked <= asked / 24 * 10 + 2


async def test_an_honest_server_is_checked_a_few_times_a_day(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    url = web.handle("/f", changing(clock, honest=True))
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        world = Simulation(library, clock, web)
        await world.run(4 * 24)
        whole = [request for request in web.requests if "if-none-match" not in request.headers]
        assert len(whole) <= 4 * 4
        health = await world.health()
        assert health.requests is not None and 20 <= health.requests <= 36
        assert health.not_modified is not None and health.not_modified > 0.8


# --------------------------------------------------------------------------- lost feeds


def page(*links: str) -> str:
    """A web page that names feeds."""
    tags = "".join(f'<link rel="alternate" type="application/rss+xml" href="{link}">' for link in links)
    return f"<html><head><title>Page</title>{tags}</head><body>Hello</body></html>"


async def test_the_only_feed_of_a_page_in_its_place_is_followed(tmp_path: Path, web: Web) -> None:
    old = web.stages("/f", ONE, page("/new.xml", "/comments/feed/"))
    new = web.serve("/new.xml", rss("F", [item("1", "One"), item("2", "Two")]))
    async with simulated(tmp_path, feeds(old), web) as world:
        await refreshed(world.library)
        await world.library.marks.set_read([1], True)
        (_, done, *_) = await refreshed(world.library)
        assert isinstance(done, FeedDone) and (done.new, done.error) == (1, "")
        health = await world.health()
        assert (health.feed.url, health.moved_to, health.moved_why) == (old, new, "page")
        assert (health.trouble, health.total, health.unread) == (Trouble.MOVED, 2, 1)
        before = len(web.seen("/f"))
        await refreshed(world.library)
        assert (len(web.seen("/f")), (await world.health()).moved_why) == (before, "page")
        assert await world.library.feeds.accept_move(1) == new
        assert (await world.health()).trouble is Trouble.NONE
        change = await world.library.marks.undo()
        assert change is not None and change.what == f"feed {old} changed"
        assert (await world.health()).feed.url == old


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_feed_that_was_taken_back_is_not_followed_again(
    tmp_path: Path, web: Web, accepted: bool
) -> None:
    old = web.stages("/f", ONE, page("/new.xml"))
    new = web.serve("/new.xml", rss("F", [item("1", "One"), item("2", "Two")]))
    async with simulated(tmp_path, feeds(old), web) as world:
        await refreshed(world.library)
        await refreshed(world.library)
        if accepted:
            assert await world.library.feeds.accept_move(1) == new
        change = await world.library.marks.undo()
        assert change is not None and change.ids == ()
        assert change.what == (f"feed {old} changed" if accepted else f"F followed to {new}")
        asked = len(web.seen("/new.xml"))
        for served in ("page", "page", "feed", "feed", "page"):
            if served == "feed":
                web.serve("/f", ONE)
            elif web.seen("/f"):
                web.serve("/f", page("/new.xml"))
            await refreshed(world.library)
            health = await world.health()
            assert (health.feed.url, health.moved_to, health.moved_why) == (old, "", "")
            assert health.trouble is (Trouble.NONE if served == "feed" else Trouble.FAILING)
        assert health.names_feed and len(web.seen("/new.xml")) == asked and health.total == 2
        web.serve("/f", b"", status=301, headers={"Location": "/new.xml"})
        for _ in range(3):
            await refreshed(world.library)
        health = await world.health()
        assert (health.moved_to, health.moved_why) == (new, "")  # a proposal of the server
        assert await world.library.feeds.accept_move(1) == new
        assert (await world.health()).feed.url == new and (await world.health()).total == 2


@pytest.mark.parametrize(
    "links", [(), ("/a.xml", "/b.xml"), ("http://elsewhere.example/feed",), ("/broken.xml",), ("/taken.xml",)]
)
async def test_several_foreign_broken_or_known_feeds_are_left_to_the_user(
    tmp_path: Path, web: Web, links: tuple[str, ...]
) -> None:
    old = web.stages("/f", ONE, page(*links))
    for name in ("a", "b", "taken"):
        web.serve(f"/{name}.xml", ONE)
    web.serve("/broken.xml", "<html>no feed")
    taken = web.url + "/taken.xml"
    async with simulated(tmp_path, feeds(old, taken), web) as world:
        await refreshed(world.library)
        await refreshed(world.library)
        first, _ = await world.library.feeds.health()
        assert (first.trouble, first.moved_to) == (Trouble.FAILING, "")
        assert ("names these feeds" in first.feed.last_error) == bool(links)


async def test_the_home_page_is_asked_when_the_address_is_dead(tmp_path: Path, web: Web) -> None:
    site = f"<link>{web.url}/home</link>".encode()
    first = ONE.replace(b"<link>https://site.example.org/</link>", site, 1)
    old = web.stages("/f", first, Answer(b"", 404))
    web.stages("/home", page(), page("/new.xml"))
    new = web.serve("/new.xml", rss("F", [item("2", "Two")]))
    async with simulated(tmp_path, feeds(old) + WATCHES, web) as world:
        await world.run(12)
        assert len(web.seen("/home")) == 1  # once a day, though it is tried all the time
        assert (await world.health()).trouble is Trouble.FAILING
        await world.run(18)
        health = await world.health()
        assert (health.moved_to, health.moved_why, health.trouble) == (new, "site", Trouble.MOVED)
        assert len(web.seen("/home")) == 2
        assert await titles(world.library) == ["Two", "One"]


async def test_a_short_error_is_no_reason_to_look_elsewhere(tmp_path: Path, web: Web) -> None:
    site = f"<link>{web.url}/home</link>".encode()
    first = ONE.replace(b"<link>https://site.example.org/</link>", site, 1)
    old = web.stages("/f", first, Answer(b"", 404), Answer(b"", 500), first)
    web.serve("/home", page("/new.xml"))
    async with simulated(tmp_path, feeds(old) + WATCHES, web) as world:
        await world.run(5)
        assert (await world.health()).trouble is Trouble.NONE and web.seen("/home") == []
