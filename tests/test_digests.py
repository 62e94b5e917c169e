"""Digests on their way: at set times, each article once, the same in each attempt, by real receivers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import Clock, entry, feeds, fill, opened, paths, refreshed
from tests.mail_server import CERTIFICATE, PASSWORD, MailServer
from tests.test_outbox import FEED, hook, journal, watch
from tests.web import Answer, Web
from tuireader.library import Library
from tuireader.model import OutboxState, Told, Undelivered
from tuireader.store.watches.outbox import LATEST_RETRY
from tuireader.text.durations import DAY, HOUR
from tuireader.wording.times import full_time

NIGHT = int(datetime.fromisoformat("2026-11-04T05:00+01:00").timestamp())
MORNING = NIGHT + 150 * 60  # half past seven in Berlin, a Wednesday


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def digest(more: str = "", name: str = "morning", channels: str = '["a"]') -> str:
    return f'[[digest]]\nname = "{name}"\nat = "07:30"\nchannels = {channels}\n{more}'


@asynccontextmanager
async def reader(folder: Path, text: str, clock: Clock) -> AsyncIterator[Library]:
    (folder / "mail").mkdir(exist_ok=True)
    async with opened(folder, feeds(FEED) + text, clock=clock.time) as library:
        await library.outbox.notify()  # a new digest begins
        yield library


def received(folder: Path, name: str = "a") -> list[dict[str, object]]:
    file = folder / "mail" / name
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def titles(letter: dict[str, object]) -> list[str]:
    return [article["title"] for article in letter["articles"]]  # type: ignore[attr-defined]


async def arrive(library: Library, clock: Clock, *numbers: int, words: str = "Tapir") -> None:
    now = int(clock.now)
    await fill(
        library, 1, *(entry(n, title=f"{words} {n}", published=now - 100 + n) for n in numbers), now=now
    )


# --------------------------------------------------------------------------- times


async def test_a_digest_has_what_arrived_since_the_last_one_and_comes_once(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    async with reader(tmp_path, digest() + journal(), clock) as library:
        await arrive(library, clock, 1, 2)
        clock.now = MORNING - 1
        assert await library.outbox.notify() == [] and not await library.outbox.is_due()
        (item,) = await library.digests.all()
        assert (item.next, item.since) == (MORNING, MORNING - DAY)
        clock.now = MORNING
        assert await library.outbox.is_due()
        (told,) = await library.outbox.notify()
        assert isinstance(told, Told) and (told.channel, told.articles) == ("a", ())
        (letter,) = received(tmp_path)
        assert (letter["kind"], letter["title"]) == ("digest", "morning: 2 articles in 2 stories")
        assert titles(letter) == ["Tapir 1", "Tapir 2"] and "### Tapir 1" in str(letter["body"])
        assert await library.outbox.notify() == [] and not await library.outbox.is_due()
        clock.now = MORNING + DAY
        assert await library.outbox.notify() == [] and len(received(tmp_path)) == 1, "nothing new"
        await arrive(library, clock, 3)
        clock.now += 3 * DAY + HOUR
        await library.outbox.notify()
        assert [titles(letter) for letter in received(tmp_path)[1:]] == [["Tapir 3"]], "one for three days"
        (item,) = await library.digests.all()
        assert (item.next, item.since) == (MORNING + 5 * DAY, MORNING + 4 * DAY)


async def test_a_new_digest_has_what_arrived_since_its_last_time(tmp_path: Path) -> None:
    clock = Clock(NIGHT - DAY)
    async with reader(tmp_path, journal(), clock) as library:
        await arrive(library, clock, 1)
        clock.now = NIGHT
        await arrive(library, clock, 2)
        text = feeds(FEED) + digest('days = ["tue", "wed"]\n') + journal()
        (tmp_path / "config.toml").write_text(text, "utf-8")
        await library.context.reload()
        assert await library.outbox.notify() == [] and received(tmp_path) == []
        clock.now = MORNING
        await library.outbox.notify()
        assert [titles(letter) for letter in received(tmp_path)] == [["Tapir 2"]]
        (item,) = await library.digests.all()
        assert full_time(item.next) == "Tue 10 Nov 2026 07:30"


async def test_a_clock_that_was_wrong_skips_and_doubles_nothing(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    async with reader(tmp_path, digest() + journal(), clock) as library:
        await arrive(library, clock, 1)
        clock.now = MORNING + 400 * DAY
        await library.outbox.notify()
        clock.now = NIGHT + HOUR
        await arrive(library, clock, 2)
        assert await library.outbox.notify() == []
        clock.now = MORNING
        await library.outbox.notify()
        assert [titles(letter) for letter in received(tmp_path)] == [["Tapir 1"], ["Tapir 2"]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=4, deadline=None)
@given(st.lists(st.tuples(st.integers(60, 2 * DAY), st.booleans()), min_size=1, max_size=8))
async def test_each_article_is_in_one_digest(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    """In late October, when the clock changes; also with two programs at once."""
    clock, folder = Clock(NIGHT - 14 * DAY), tmp_path_factory.mktemp("digests")
    async with reader(
        folder, digest('at = ["02:30", "19:00"]\n').replace('at = "07:30"\n', "") + journal(), clock
    ) as library:
        second = await Library.open(library.config, paths(folder), clock=clock.time)
        for number, (pause, sends) in enumerate([*steps, (2 * DAY, True)], 1):
            await arrive(library, clock, number)
            clock.now += pause
            if sends:
                await asyncio.gather(library.outbox.notify(), second.outbox.notify())
        await second.close()
    told = [title for letter in received(folder) for title in titles(letter)]
    assert told == [f"Tapir {number}" for number in range(1, len(steps) + 2)]


# --------------------------------------------------------------------------- delivery


async def test_a_digest_is_a_mail_with_text_and_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    clock = Clock(NIGHT)
    async with MailServer() as server:
        mail = f'[[channel]]\nname = "post"\nmail = "me@x.example"\npassword = "{PASSWORD}"\n'
        mail += f'server = "smtp://me@localhost:{server.port}"\n'
        text = watch([], "Q", "quokka").replace('"article"', '"never"') + digest(channels='["post"]') + mail
        async with reader(tmp_path, text, clock) as library:
            await arrive(library, clock, 1)
            await arrive(library, clock, 2, words="<b>[Quokka](https://evil.example)")
            clock.now = MORNING
            assert isinstance((await library.outbox.notify())[0], Told)
    (sent,) = server.mails
    assert sent.message["Subject"] == "morning: 2 articles in 2 stories"
    plain, page = (part.get_content().replace("\r", "") for part in sent.message.iter_parts())
    assert plain.startswith("# morning\n\n2 articles in 2 stories, since 2026-11-03 06:30 UTC")
    assert "## Q\n" in plain and "feed: Tapir 1\n  https://news.example.org/1\n" in plain
    assert "<h2>Q</h2>" in page and "&lt;b&gt;[<mark>Quokka</mark>]" in page and "<b>" not in page


async def test_a_digest_that_comes_again_says_the_same(tmp_path: Path, web: Web) -> None:
    clock = Clock(NIGHT)
    broken = web.stages("/hook", Answer(status=500), Answer())
    async with reader(
        tmp_path, digest(channels='["hook", "a"]') + journal() + hook(broken), clock
    ) as library:
        await arrive(library, clock, 1)
        clock.now = MORNING
        events = await library.outbox.notify()
        assert {type(event) for event in events} == {Told, Undelivered}
        (waiting,) = await library.outbox.unsent()
        assert (waiting.title, waiting.state, waiting.interrupted) == ("morning", OutboxState.WAITING, True)
        await fill(library, 1, entry(1, title="Renamed"), now=MORNING)
        await arrive(library, clock, 2)
        clock.now += LATEST_RETRY
        await library.outbox.notify()
        first, second = (json.loads(request.body) for request in web.seen("/hook"))
        assert second.pop("repeated") and second["title"] == f"{first['title']} (possibly repeated)"
        assert (first["body"], first["articles"], first["id"]) == (
            second["body"],
            second["articles"],
            second["id"],
        )
        assert len(received(tmp_path)) == 1, "the other channel got it the first time"
        clock.now = MORNING + DAY
        await library.outbox.notify()
        assert titles(received(tmp_path)[1]) == ["Tapir 2"]


@pytest.mark.parametrize(
    ("more", "body"),
    [
        ('format = "markdown"\n', "# morning\n"),
        ('format = "html"\n', "<h1>morning</h1>"),
        ("", "# morning\n"),
    ],
)
async def test_the_format_of_a_digest_replaces_that_of_its_channel(
    tmp_path: Path, more: str, body: str
) -> None:
    clock = Clock(NIGHT)
    text = digest(f'when_empty = "send"\n{more}') + journal(more='quiet = "07:00-08:00"\nlimit = 1\n')
    async with reader(tmp_path, text, clock) as library:
        clock.now = MORNING
        assert await library.outbox.notify() == [], "quiet hours hold it back"
        clock.now += HOUR
        await library.outbox.notify()
        (letter,) = received(tmp_path)
        assert letter["title"] == "morning: nothing new" and str(letter["body"]).startswith(body)


async def test_a_digest_may_have_some_watches_or_the_answer_to_a_query(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    some = digest('watches = ["Q"]\n') + digest('query = "title:tapir -title:3"\n', "tapirs", '["b"]')
    never = watch([], "Q", "quokka").replace('"article"', '"never"')
    async with reader(tmp_path, never + some + journal() + journal("b"), clock) as library:
        await arrive(library, clock, 1, words="Quokka")
        await arrive(library, clock, 2, 3)
        clock.now = MORNING
        await library.outbox.notify()
        assert [titles(letter) for name in "ab" for letter in received(tmp_path, name)] == [
            ["Quokka 1"],
            ["Tapir 2"],
        ]
        clock.now += DAY
        assert await library.outbox.notify() == [] and not await library.outbox.is_due()


# --------------------------------------------------------------------------- low priority


@pytest.mark.parametrize("notify", ["never", "article"])
async def test_what_a_watch_matches_only_after_a_digest_is_in_the_next_one(
    tmp_path: Path, notify: str
) -> None:
    """An edit brings the word after the digest that had the watch; new watches bring nothing stored."""
    clock = Clock(NIGHT)
    text = digest('watches = ["Q"]\n') + journal()
    quokka = watch(["a"]).replace('"article"', f'"{notify}"')
    async with reader(tmp_path, text + quokka, clock) as library:
        await arrive(library, clock, 1, words="Quokka")
        await arrive(library, clock, 2, words="Tapir")
        await arrive(library, clock, 3, words="Okapi")
        clock.now = MORNING
        await library.outbox.notify()
        clock.now += HOUR
        await arrive(library, clock, 2, words="Tapir and quokka")
        file = tmp_path / "config.toml"
        file.write_text(file.read_text("utf-8").replace('["quokka"]', '["quokka", "okapi"]'), "utf-8")
        await library.context.reload()
        for _ in range(2):
            clock.now += DAY
            await library.outbox.notify()
        letters = [titles(letter) for letter in received(tmp_path) if letter["kind"] == "digest"]
        assert letters == [["Quokka 1"], ["Tapir and quokka 2"]]


async def test_low_priority_goes_with_the_next_digest_that_covers_its_watch(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    low = 'priority = "low"\n'
    text = watch(["a"], "Q", "quokka", low) + watch(["a"], "O", "okapi", low) + watch(["a"], "T", "tapir")
    text += digest('watches = ["Q"]\n', channels='["b"]') + journal() + journal("b")
    async with reader(tmp_path, text, clock) as library:
        for number, words in enumerate(("Quokka", "Okapi", "Tapir"), 1):
            await arrive(library, clock, number, words=words)
        await library.outbox.notify()
        assert [letter["title"] for letter in received(tmp_path)] == ["T: Tapir 3", "O: Okapi 2"]
        (waiting,) = await library.outbox.unsent()
        assert (waiting.title, waiting.due_at) == ("Quokka 1", MORNING)
        clock.now = MORNING + 2 * DAY
        await library.outbox.notify()
        assert [titles(letter) for letter in received(tmp_path, "b")] == [["Quokka 1"]]
        assert len(received(tmp_path)) == 2 and await library.outbox.unsent() == []
        rows = {row.watch: row async for row in library.matches.log()}
        assert rows["Q"].told == MORNING + 2 * DAY and dict(rows["Q"].sent) == {"b": MORNING + 2 * DAY}


async def test_low_priority_that_no_digest_has_goes_as_without_one(tmp_path: Path) -> None:
    """Here, because the digest is taken out of the configuration."""
    clock = Clock(NIGHT)
    quokka = watch(["a"], "Q", "quokka", 'priority = "low"\n')
    async with reader(tmp_path, quokka + digest() + journal(), clock) as library:
        await arrive(library, clock, 1, words="Quokka")
        await library.outbox.notify()
        (tmp_path / "config.toml").write_text(feeds(FEED) + quokka + journal(), "utf-8")
        await library.context.reload()
        clock.now = NIGHT + DAY
        await library.outbox.notify()
        assert [letter["title"] for letter in received(tmp_path)] == ["Q: Quokka 1"]


async def test_a_digest_that_is_dropped_takes_its_matches_of_low_priority_along(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    quokka = watch(["a"], "Q", "quokka", 'priority = "low"\n')
    async with reader(tmp_path, quokka + digest() + journal(), clock) as library:
        (tmp_path / "mail").rmdir()
        await arrive(library, clock, 1, words="Quokka")
        clock.now = MORNING
        await library.outbox.notify()
        (waiting,) = await library.outbox.unsent()
        assert (waiting.title, waiting.watches, waiting.attempts) == ("morning", ("Q",), 1)
        await library.outbox.drop(waiting.id)
        (row,) = [row async for row in library.matches.log()]
        assert row.not_told == "dropped"


async def test_the_demo_has_no_digests_due(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    async with opened(
        tmp_path, feeds(FEED) + digest() + journal(), clock=clock.time, offline=True
    ) as library:
        clock.now = MORNING + DAY
        assert await library.outbox.notify() == [] and not await library.outbox.is_due()
        assert await refreshed(library, force=False) and received(tmp_path) == []


async def test_a_digest_that_was_damaged_does_not_keep_the_others(tmp_path: Path) -> None:
    clock = Clock(NIGHT)
    text = digest() + digest(name="second") + journal(more='quiet = "07:00-08:00"\n')
    async with reader(tmp_path, text, clock) as library:
        await arrive(library, clock, 1)
        clock.now = MORNING
        await library.outbox.notify()
        sql = "UPDATE digest SET brief = '{' WHERE name = 'morning' AND brief != ''"
        await library.context.pool.transact(lambda store: store.conn.execute(sql))
        clock.now += HOUR
        await library.outbox.notify()
        assert [letter["title"] for letter in received(tmp_path)] == ["second: 1 article in 1 story"]
        assert await library.outbox.unsent() == []
