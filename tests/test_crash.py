"""Killed at any point, or several at once: nothing is lost, doubled or told twice.

Refreshes are killed (SIGKILL), each at a moment of its own: after so many lines of progress, or once
the write-ahead log has grown to a certain size, so in the middle of a transaction. The moments are spread
evenly; TUIREADER_KILLS sets their number.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.builders import ALL, item, refreshed, rss
from tests.cli.command import Home, start_apart, subscribe
from tests.processes import end_once, grown, problems, rows
from tests.web import Answer, Request, Web, in_thread
from tuireader.config import Paths, load
from tuireader.library import Library
from tuireader.model import CaseState, Event, FeedDone, NewMatch, RefreshDone, View, ViewKind
from tuireader.model.events import decode

pytestmark = pytest.mark.slow

FEEDS, OLD, NEW = 12, 2, 3
LINES, LOG = 29, 500_000
"""A refresh prints so many lines; its log grows to twice as much."""
KILLS = int(os.environ.get("TUIREADER_KILLS", "4"))
MORE = """
[fetch]
per_host = 8
[[watch]]
name = "Third"
any = ["triple"]
notify = "article"
[notify]
desktop = false
command = ["sh", "-c", "(cat; echo) >> /dev/null"]
"""


def entry(feed: int, number: int, edited: bool = False) -> str:
    """The entries of a feed; every third is on the watch, the first one is edited between the fetches."""
    word = "triple" if (feed + number) % 3 == 0 else "plain"
    text = "In the end all was taken back." if edited else "It is said to go on for ever."
    return item(f"{feed}-{number}", f"Title {feed}-{number}", f"<p>A {word} text. {text}</p>")


NUMBERS = [(feed, number) for feed in range(FEEDS) for number in range(OLD + NEW)]
TITLES = {f"Title {feed}-{number}" for feed, number in NUMBERS}
HITS = {f"Title {feed}-{number}" for feed, number in NUMBERS if (feed + number) % 3 == 0}


def publish(web: Web, *, later: bool) -> list[str]:
    """Serve all feeds as they are at first, or later with new entries and an edited one."""
    numbers = range(OLD + NEW) if later else range(OLD)
    chance = random.Random(0)

    def serve(feed: int) -> str:
        entries = [entry(feed, number, edited=later and number == 0) for number in reversed(numbers)]
        answer = Answer(rss(f"Feed {feed}", entries), latency=chance.uniform(0.0, 0.8))

        def handle(request: Request) -> Answer:
            return answer

        return web.handle(f"/{feed}", handle)

    return [serve(feed) for feed in range(FEEDS)]


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with in_thread() as server:
        yield server


@pytest.fixture(scope="module")
def before(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The library before the refresh: old entries, half of them read, a fifth starred, hits handled."""
    home = Home(tmp_path_factory.mktemp("before"))
    subscribe(home, *publish(web, later=False), more=MORE)

    async def fill() -> None:
        library = await opened(home)
        await refreshed(library)
        ids = await library.lists.ids(ALL)
        await library.marks.set_read(ids[::2], True)
        await library.marks.set_starred(ids[::5], True)
        await library.cases.handle(ids, CaseState.FALSE_ALARM)
        await library.cases.set_note(await library.cases.matches_of(ids), "seen before")
        await library.close()

    asyncio.run(fill())
    publish(web, later=True)
    return home


def copied(before: Home, folder: Path) -> Home:
    """A copy of the library, whose notifications go to a file in its folder."""
    shutil.copytree(before.folder, folder)
    home = Home(folder)
    text = home.config.read_text(encoding="utf-8")
    home.config.write_text(text.replace("/dev/null", str(folder / "told.jsonl")), encoding="utf-8")
    return home


def notified(home: Home) -> list[int]:
    """The articles that the notifications were about, as often as they were told."""
    file = home.folder / "told.jsonl"
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").splitlines()
    return [article["id"] for line in lines if line for article in json.loads(line)["articles"]]


async def opened(home: Home) -> Library:
    config, problems = load(home.config)
    assert problems == ()
    return await Library.open(config, Paths(home.config, home.database, home.folder, home.folder))


def killed(home: Home, number: int) -> bool:
    """Start a refresh and kill it at this moment; False when it had ended by then."""
    child = start_apart(home, "refresh", "--json")
    part = (number // 2 + 1) / (KILLS // 2 + 1)
    if number % 2:
        assert child.stdout is not None
        for _ in range(round(part * LINES)):
            child.stdout.readline()
        return end_once(child, lambda: True)
    return end_once(child, lambda: grown(home.folder, "*-wal", round(part * LOG)))


def column(home: Home, sql: str) -> list[str]:
    return [value for (value,) in rows(home.database, sql)]


HANDLED = (CaseState.FALSE_ALARM, "seen before")
MATCHED = "SELECT a.title FROM match m JOIN article a ON a.id = m.article_id"
READ = "SELECT title FROM article WHERE read = 1"
STARRED = "SELECT title FROM article WHERE starred = 1"


def all_is_there(home: Home) -> None:
    """Every article, match and old version exactly once, and every mark."""
    assert problems(home.database) == []
    assert sorted(column(home, "SELECT title FROM article")) == sorted(TITLES)
    assert sorted(column(home, MATCHED)) == sorted(HITS)
    revised = "SELECT a.title FROM revision r JOIN article a ON a.id = r.article_id"
    assert sorted(column(home, revised)) == sorted(f"Title {feed}-0" for feed in range(FEEDS))


def told(events: Sequence[Event]) -> list[str]:
    return [event.title for event in events if isinstance(event, NewMatch)]


async def test_a_refresh_may_be_killed_at_any_moment(before: Home, tmp_path: Path) -> None:
    old_hits = set(column(before, MATCHED))
    kills = half_way = some_told = 0
    for number in range(KILLS):
        home = copied(before, tmp_path / str(number))
        kills += killed(home, number)
        assert problems(home.database) == [], number
        kept = set(column(home, MATCHED))
        half_way += old_hits < kept < HITS
        titles = column(home, "SELECT title FROM article")
        assert len(titles) == len(set(titles))
        library = await opened(home)
        events = await refreshed(library)
        assert not (await library.matches.verify()).fault
        cases = await library.cases.of(await library.lists.ids(ALL))
        await library.close()
        all_is_there(home)
        noted = {case.article_id for case in cases if (case.state, case.note) == HANDLED}
        assert len(noted) == len(old_hits) and Counter(case.state for case in cases if not case.note) == {
            CaseState.NEW: len(HITS - old_hits)
        }
        assert sorted(told(events)) == sorted(HITS - kept), number
        assert max(Counter(notified(home)).values(), default=1) == 1, number
        some_told += bool(notified(home))
        assert not [event for event in events if isinstance(event, FeedDone) and event.error]
        assert (column(home, READ), column(home, STARRED)) == (column(before, READ), column(before, STARRED))
    assert kills >= 0.7 * KILLS and half_way >= 0.25 * KILLS and some_told >= 0.7 * KILLS


async def test_two_refreshes_and_a_reader_at_once(before: Home, tmp_path: Path) -> None:
    home = copied(before, tmp_path / "home")
    old_hits = set(column(home, MATCHED))
    words = ("refresh", "--json")
    with start_apart(home, *words) as first, start_apart(home, *words) as second:
        # Meanwhile articles are marked read one by one, oldest first.
        library, marked = await opened(home), 0

        async def read(child: subprocess.Popen[bytes]) -> list[str]:
            """The lines of a refresh; with each, the oldest unread article is marked."""
            nonlocal marked
            lines = []
            assert child.stdout is not None
            while line := await asyncio.to_thread(child.stdout.readline):
                lines.append(line.decode())
                unread = await library.lists.ids(View(ViewKind.UNREAD))
                change = await library.marks.set_read(unread[-1:], True)
                marked += len(change.ids)
            return lines

        printed = await asyncio.gather(read(first), read(second))
        await library.close()
    outputs = [[decode(line) for line in lines] for lines in printed]
    assert (first.returncode, second.returncode) == (0, 0)
    all_is_there(home)
    assert marked > 10
    assert len(column(home, READ)) == len(column(before, READ)) + marked
    assert set(column(home, STARRED)) == set(column(before, STARRED))
    assert sorted(told(outputs[0] + outputs[1])) == sorted(HITS - old_hits)
    assert len(notified(home)) == len(set(notified(home))) == len(HITS - old_hits)
    done = [event for events in outputs for event in events if isinstance(event, RefreshDone)]
    assert [event.failed for event in done] == [0, 0]
    assert sum(event.new for event in done) == FEEDS * NEW
