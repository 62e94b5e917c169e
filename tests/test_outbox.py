"""Messages on their way: outages, quiet hours, priorities, limits, slow channels, several senders at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.builders import CLOCK, Clock, entry, feeds, fill, item, opened, paths, refreshed, rss
from tests.mail_server import CERTIFICATE, PASSWORD, MailServer
from tests.web import Answer, Request, Web
from tuireader.library import Library
from tuireader.model import Event, FeedDone, ParsedEntry, Told, Undelivered
from tuireader.store import Store
from tuireader.store.watches.outbox import GIVE_UP, LATEST_RETRY, Terms
from tuireader.text.durations import DAY, HOUR

FEED = "https://a.example.org/feed"


def watch(channels: Sequence[str], name: str = "Q", term: str = "quokka", more: str = "") -> str:
    by = json.dumps(list(channels))
    return f'[[watch]]\nname = "{name}"\nany = ["{term}"]\nnotify = "article"\nchannels = {by}\n{more}'


def journal(name: str = "a", more: str = "") -> str:
    return f'[[channel]]\nname = "{name}"\nfile = "mail/{name}"\n{more}'


def hook(address: str, more: str = "") -> str:
    return f'[fetch]\nproxies = false\n[[channel]]\nname = "hook"\nwebhook = "{address}"\n{more}'


def got(folder: Path, name: str = "a") -> list[str]:
    """The titles of the messages in a file; the last one may be half written."""
    file = folder / "mail" / name
    text = file.read_text("utf-8") if file.exists() else ""
    return [json.loads(line)["title"] for line in text.split("\n")[:-1]]


def quokkas(*numbers: int) -> list[ParsedEntry]:
    return [entry(number, title=f"Quokka {number}", published=CLOCK - 100 + number) for number in numbers]


@asynccontextmanager
async def reader(folder: Path, text: str, clock: Clock | None = None) -> AsyncIterator[Library]:
    async with opened(folder, feeds(FEED) + text, clock=(clock or Clock()).time) as library:
        yield library


async def test_a_channel_that_is_down_for_a_day_delivers_all_in_order_once_it_is_back(tmp_path: Path) -> None:
    """The file cannot be written while its folder is missing."""
    clock = Clock()
    async with reader(tmp_path, watch(["a", "b"]) + journal() + journal("b"), clock) as library:
        (tmp_path / "b").mkdir()
        tries = 0
        for minute in range(0, 24 * 60, 10):
            clock.now = CLOCK + 60 * minute
            if minute % 60 == 0:
                await fill(library, 1, *quokkas(minute // 60), now=int(clock.now))
            tries += len(await library.outbox.notify())
        assert 2 * 40 < tries < 2 * 60, "less and less often; each time, two messages are tried"
        assert await library.outbox.undelivered() == 2 * 24
        (tmp_path / "mail").mkdir()
        clock.now += LATEST_RETRY
        events = await library.outbox.notify()
        assert {type(event) for event in events} == {Told} and len(events) == 2 * 24
        assert await library.outbox.undelivered() == 0 and await library.outbox.unsent() == []
    for name in "ab":
        assert got(tmp_path, name) == [f"Q: Quokka {number}" for number in range(24)]


async def test_a_file_gets_its_messages_together_unless_it_has_refused_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, writes = Clock(), 0

    def fsync(file: int) -> None:
        nonlocal writes
        writes += 1

    monkeypatch.setattr("os.fsync", fsync)
    async with reader(tmp_path, watch(["a"]) + journal(), clock) as library:
        await fill(library, 1, *quokkas(*range(60)))
        (failed,) = await library.outbox.notify()
        assert isinstance(failed, Undelivered) and (failed.messages, writes) == (50, 0)
        (tmp_path / "mail").mkdir()
        clock.now += HOUR
        assert len(await library.outbox.notify()) == 60
        assert writes == 51, "one of the fifty that failed may be to blame"
        await fill(library, 1, *quokkas(*range(60, 90)))
        events = await library.outbox.notify()
        assert [event.title for event in events if isinstance(event, Told)] == got(tmp_path)[60:]
        assert writes == 52 and got(tmp_path) == [f"Q: Quokka {number}" for number in range(90)]
        lines = [json.loads(line) for line in (tmp_path / "mail" / "a").read_text("utf-8").splitlines()]
        assert len({line["id"] for line in lines}) == 90


async def test_what_cannot_be_delivered_for_days_is_given_up_and_can_be_sent_later(tmp_path: Path) -> None:
    clock = Clock()
    async with reader(tmp_path, watch(["a"]) + journal(), clock) as library:
        await fill(library, 1, *quokkas(1, 2))
        while clock.now < CLOCK + GIVE_UP:
            for event in await library.outbox.notify():
                assert isinstance(event, Undelivered) and event.retry_at
            clock.now += LATEST_RETRY
        await fill(library, 1, *quokkas(3), now=int(clock.now))
        error = "cannot be written: No such file or directory"
        events = await library.outbox.notify()
        retry_at = int(clock.now) + LATEST_RETRY
        assert events == [Undelivered("a", error, 2), Undelivered("a", error, 1, retry_at=retry_at)]
        states = [(message.title, str(message.state)) for message in await library.outbox.unsent()]
        assert states == [("Quokka 1", "given up"), ("Quokka 2", "given up"), ("Quokka 3", "waiting")]
        assert await library.outbox.undelivered() == 3
        (tmp_path / "mail").mkdir()
        assert len(await library.outbox.retry(2)) == 2, "the channel works again"
        assert got(tmp_path) == ["Q: Quokka 2", "Q: Quokka 3"]


async def test_one_message_that_a_channel_never_takes_does_not_keep_the_others(
    tmp_path: Path, web: Web
) -> None:
    clock = Clock()
    sent: list[str] = []

    def take(request: Request) -> Answer:
        title = json.loads(request.body)["title"]
        if "Quokka 1" in title:
            return Answer(status=500)
        sent.append(title)
        return Answer()

    async with reader(tmp_path, watch(["hook"]) + hook(web.handle("/hook", take)), clock) as library:
        await fill(library, 1, *quokkas(1, 2, 3))
        for _ in range(4):
            await library.outbox.notify()
            clock.now += LATEST_RETRY
        assert sent == [], "it might be the channel"
        await library.outbox.notify()
        assert sent == ["Q: Quokka 2", "Q: Quokka 3"]
        (left,) = await library.outbox.unsent()
        assert (left.title, left.attempts, left.interrupted) == ("Quokka 1", 5, True)


async def test_a_mail_waits_for_a_recipient_that_is_refused_for_now_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    clock, tries = Clock(), 0
    async with MailServer(refuse={"RCPT b@x.example": "450 greylisted"}) as server:
        post = '[[channel]]\nname = "post"\nmail = ["a@x.example", "b@x.example"]\n'
        post += f'server = "smtp://me@localhost:{server.port}"\npassword = "{PASSWORD}"\n'
        async with reader(tmp_path, watch(["post"]) + post, clock) as library:
            await fill(library, 1, *quokkas(1), now=int(clock.now))
            while not server.mails and tries < 10:
                (event,) = await library.outbox.notify()
                tries, clock.now = tries + 1, clock.now + LATEST_RETRY
            assert isinstance(event, Told) and event.troubles == ("refused for b@x.example",)
            assert await library.outbox.unsent() == []
    assert tries == 6 and [mail.recipients for mail in server.mails] == [("a@x.example",)]


async def test_a_receiver_that_asks_to_wait_is_left_alone_until_then(tmp_path: Path, web: Web) -> None:
    clock = Clock()
    busy = Answer(status=429, headers={"Retry-After": "7200"})
    async with reader(
        tmp_path, watch(["hook"]) + hook(web.stages("/hook", busy, Answer())), clock
    ) as library:
        await fill(library, 1, *quokkas(1))
        (event,) = await library.outbox.notify()
        assert isinstance(event, Undelivered) and event.retry_at == CLOCK + 7200
        clock.now += 7199
        assert await library.outbox.notify() == [] and not await library.outbox.is_due()
        clock.now += 1
        (told,) = await library.outbox.notify()
        assert isinstance(told, Told) and told.channel == "hook" and told.articles == (1,)
        first, second = (json.loads(request.body) for request in web.seen("/hook"))
        assert not second["repeated"], "the first one was refused, so this is none"
        assert second["id"] and second["channel"] == "hook" and first["articles"] == second["articles"]


@pytest.mark.parametrize(("count", "limit"), [(7, 3), (3, 3), (4, 3), (4, 0)])
async def test_a_limit_sums_up_what_exceeds_it(tmp_path: Path, count: int, limit: int) -> None:
    clock = Clock()
    async with reader(tmp_path, watch(["a"]) + journal(more=f"limit = {limit}\n"), clock) as library:
        (tmp_path / "mail").mkdir()
        await fill(library, 1, *quokkas(*range(count)))
        await library.outbox.notify()
        single = [f"Q: Quokka {number}" for number in range(count)]
        more = f"{count - limit} more on Q"
        titles = single if not limit or count <= limit + 1 else [*single[:limit], more]
        assert got(tmp_path) == titles
        await fill(library, 1, *quokkas(8, 9))
        clock.now += HOUR - 1
        await library.outbox.notify()
        if not limit:
            assert got(tmp_path) == [*titles, "Q: Quokka 8", "Q: Quokka 9"]
        elif count > limit:
            assert got(tmp_path) == titles and not await library.outbox.is_due()
            clock.now += 1
            await library.outbox.notify()
            assert got(tmp_path) == [*titles, "Q: Quokka 8", "Q: Quokka 9"]
        else:
            assert got(tmp_path) == [*titles, "2 more on Q"]
        lines = [json.loads(line) for line in (tmp_path / "mail" / "a").read_text("utf-8").splitlines()]
        assert sum(line["count"] for line in lines) == count + 2, "a summary has its articles, too"


async def test_a_thousand_matches_of_one_refresh_make_a_few_messages(tmp_path: Path, web: Web) -> None:
    """A slow channel keeps neither the store nor another channel waiting."""
    url = web.serve("/feed", rss("Zoo", [item(str(n), f"Quokka {n}") for n in range(1000)]))
    slow = web.serve("/hook", latency=0.4)
    text = feeds(url) + watch(["a", "hook"]) + journal(more="limit = 20\n") + hook(slow, "limit = 1\n")
    (tmp_path / "mail").mkdir()
    async with opened(tmp_path, text) as library:
        done: dict[str, float] = {}

        async def watching() -> None:
            while not got(tmp_path)[20:]:
                await asyncio.sleep(0.01)
            done["file"] = time.monotonic()
            await library.marks.set_read([1], True)
            done["mark"] = time.monotonic()

        looking = asyncio.create_task(watching())
        events: list[Event] = await refreshed(library)
        done["all"] = time.monotonic()
        await looking
        titles = got(tmp_path)
        assert len(titles) == 21 and titles[-1] == "980 more on Q"
        bodies = [json.loads(request.body)["count"] for request in web.seen("/hook")]
        assert bodies == [1, 999] and await library.outbox.unsent() == []
        assert done["mark"] < done["all"], "the store is free while a channel is slow"
        kinds = [type(event) for event in events]
        assert kinds.index(Told) > max(n for n, kind in enumerate(kinds) if kind is FeedDone)


async def test_quiet_hours_let_high_priority_through_and_low_priority_waits_for_company(
    tmp_path: Path,
) -> None:
    clock = Clock()
    hour = time.localtime(CLOCK).tm_hour
    quiet = f'quiet = "{hour:02d}:00-{(hour + 2) % 24:02d}:00"\n'
    text = watch(["a"], "High", "alpha", 'priority = "high"\n') + watch(["a"], "Normal", "beta")
    text += watch(["a"], "Low", "gamma", 'priority = "low"\n') + journal(more=quiet)
    (tmp_path / "mail").mkdir()
    async with reader(tmp_path, text, clock) as library:
        words = ("gamma", "beta", "alpha")
        await fill(library, 1, *(entry(n, title=word, published=CLOCK + n) for n, word in enumerate(words)))
        await library.outbox.notify()
        assert got(tmp_path) == ["High: alpha"] and not await library.outbox.is_due()
        logged = {row.watch: row.not_told async for row in library.matches.log()}
        assert logged == {row.watch: row.not_told for row in await library.matches.newest(limit=9)}
        waits = f"quiet hours until {(hour + 2) % 24:02d}:00"
        assert logged == {"High": "", "Normal": waits, "Low": waits}
        clock.now += 2 * HOUR
        await library.outbox.notify()
        assert got(tmp_path) == ["High: alpha", "Normal: beta", "Low: gamma"]
        await fill(library, 1, entry(5, title="gamma again"), now=int(clock.now))
        await library.outbox.notify()
        assert len(got(tmp_path)) == 3
        clock.now += DAY
        await library.outbox.notify()
        assert got(tmp_path)[3:] == ["Low: gamma again"], "alone after a day"


@pytest.mark.parametrize("reason", ["never notifies", "muted"])
async def test_what_nobody_wants_any_more_is_not_sent(tmp_path: Path, reason: str) -> None:
    clock = Clock()
    async with reader(tmp_path, watch(["a"]) + journal(), clock) as library:
        await fill(library, 1, *quokkas(1))
        await library.outbox.notify()
        if reason == "muted":
            await library.mutes.add("quokka", include_watched=True)
        else:
            text = (tmp_path / "config.toml").read_text("utf-8").replace('"article"', '"never"')
            (tmp_path / "config.toml").write_text(text, "utf-8")
            await library.context.reload()
        (tmp_path / "mail").mkdir()
        clock.now += 60
        assert await library.outbox.notify() == [] and got(tmp_path) == []
        (row,) = [row async for row in library.matches.log()]
        assert row.not_told == reason and await library.outbox.unsent() == []


async def test_a_channel_that_is_no_longer_there_keeps_its_messages(tmp_path: Path) -> None:
    clock = Clock()
    async with reader(tmp_path, watch(["a"]) + journal(), clock) as library:
        await fill(library, 1, *quokkas(1))
        await library.outbox.claim()
        (tmp_path / "config.toml").write_text(feeds(FEED), "utf-8")
        await library.context.reload()
        (event,) = await library.outbox.notify()
        assert isinstance(event, Undelivered) and event.error == "there is no [[channel]] with this name: a"


async def test_two_senders_at_once_send_each_message_once(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    text = watch(["a", "b"]) + journal() + journal("b")
    async with reader(tmp_path, text) as first:
        second = await Library.open(first.config, paths(tmp_path), clock=lambda: CLOCK)
        await fill(first, 1, *quokkas(*range(30)))
        events = await asyncio.gather(first.outbox.notify(), second.outbox.notify(), first.outbox.notify())
        assert sum(map(len, events)) == 60
        await second.close()
    for name in "ab":
        assert got(tmp_path, name) == [f"Q: Quokka {number}" for number in range(30)]


@pytest.mark.parametrize(("until", "free"), [(CLOCK + 100, False), (CLOCK - 1, True), (CLOCK + DAY, True)])
async def test_a_sender_of_another_machine_that_has_vanished_is_replaced_in_time(
    tmp_path: Path, until: int, free: bool
) -> None:
    (tmp_path / "mail").mkdir()
    async with reader(tmp_path, watch(["a"]) + journal()) as library:
        await fill(library, 1, *quokkas(1))
        await library.outbox.claim()

        def lease(store: Store) -> None:
            store.outbox.pick("a", Terms(), "x", CLOCK)
            store.set_fact("outbox", f"{until} elsewhere:1:abcd")

        await library.context.pool.transact(lease)
        assert len(await library.outbox.notify()) == free
        if free:
            line = json.loads((tmp_path / "mail" / "a").read_text("utf-8"))
            assert (line["id"], line["repeated"]) == ("x", True)


async def test_the_demo_sends_nothing(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    async with opened(tmp_path, feeds(FEED) + watch(["a"]) + journal(), offline=True) as library:
        await fill(library, 1, *quokkas(1))
        assert (
            await library.outbox.notify() == [] and not await library.outbox.is_due() and got(tmp_path) == []
        )
