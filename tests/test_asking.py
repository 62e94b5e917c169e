"""How often feeds are asked over simulated days, and where they are looked for when they are lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import CLOCK, WATCHES, Clock, ended, feeds, item, opened, refreshed, rss, titles
from tests.web import Answer, Request, Web
from tuireader.library import Library
from tuireader.model import FeedDone, FeedHealth, Trouble

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
        ("any", WATCHES, 14, 16),
        ("none", "", 0, 1),
        ("other", '[[watch]]\nname = "W"\nany = ["x"]\nfeeds = ["other"]\n', 0, 1),
        ("named", '[[watch]]\nname = "W"\nany = ["x"]\nfeeds = ["f"]\n', 14, 16),
    ]:
        folder = tmp_path / name
        folder.mkdir()
        async with simulated(folder, feeds(url) + watch, web) as world:
            await refreshed(world.library)
            await world.library.feeds.all()
            assert least <= await world.run(15.9) <= most, name


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


async def test_a_host_that_asks_to_wait_is_left_alone_with_all_its_feeds(tmp_path: Path, web: Web) -> None:
    wait = Answer(b"", 429, {"Retry-After": "7200"})

    def answer(request: Request) -> Answer:
        return wait if len(web.requests) == 4 else Answer(ONE)

    urls = [web.handle(f"/{n}", answer) for n in range(3)]
    text = "[fetch]\nconcurrency = 1\n" + "".join(feeds(url) + 'interval = "30m"\n' for url in urls)
    async with simulated(tmp_path, text, web) as world:
        await world.run(1)
        assert len(web.requests) == 4  # the first feed that is refused speaks for the others
        failing = [one for one in await world.library.feeds.health() if one.trouble is Trouble.FAILING]
        assert len(failing) == 1
        assert await world.library.refresh.count_due() == 0
        assert await world.run(1.4) == 0
        assert await world.run(1) >= 3
        assert ended(await refreshed(world.library)).feeds == 3  # by hand, all are asked


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
    clock, lies_from = Clock(), CLOCK + 2 * DAY
    honest = growing(clock.time, *(at * 2.0 * HOUR for at in range(-9, 200)))

    def answer(request: Request) -> Answer:
        if clock.now >= lies_from and "if-none-match" in request.headers:
            return Answer(None, 304, {"ETag": request.headers["if-none-match"]})
        return honest(request)

    url = web.handle("/f", answer)
    async with opened(tmp_path, feeds(url) + WATCHES, clock=clock.time) as library:
        world = Simulation(library, clock, web)
        await world.run(48)
        whole = [request for request in web.requests if "if-none-match" not in request.headers]
        asked = len(web.requests)
        assert len(whole) <= 3  # it had news all the time
        await world.run(5)
        assert f"At {50 * HOUR:.0f}" in await titles(library)
        await world.run(5)
        assert f"At {56 * HOUR:.0f}" in await titles(library)
        assert len(web.requests) - asked <= asked / 48 * 10 + 2


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
