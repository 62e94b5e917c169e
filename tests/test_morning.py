"""A morning at the desk, by keys in a terminal; then an audit of it from the exported log alone."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import re
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.builders import Clock, config, create_database, entry
from tests.terminal import Terminal
from tests.test_e2e import COMMAND, NOWHERE, chosen, counts, forked, opened
from tuireader import ingest
from tuireader.config import Paths
from tuireader.export.matches import iso
from tuireader.library import Library
from tuireader.model import CaseState, ParsedEntry
from tuireader.store import Store

pytestmark = pytest.mark.slow

FEEDS, DAYS, A_DAY = 300, 8, 60
DAY, HOUR = 86_400, 3_600
STARTS = ("Bran", "Cal", "Dor", "Fen", "Gal", "Hol", "Kel", "Lor")
WATCHES = [f"{start}{end}" for start in STARTS for end in ("vexa", "quist", "tomar", "zelli", "grund")]
GROUPS = ("Law", "Trade", "Payments", "")
PRIORITIES = ("normal", "high", "low", "normal", "normal")
ORDER = ("low", "normal", "high")
NOTIFY = ("article", "never", "story")
STATES = {
    "00": ("done", ""),
    "12": ("open", "=see the file"),
    "24": ("false alarm", ""),
    "36": ("done", "no news"),
    "48": ("new", ""),
}
"""How Ben leaves the articles of a day."""
NOTES = ("asked the ministry, no answer yet", "=see the file")


@dataclass
class Match:
    """What must stand in the log about a match; a span is that of a key."""

    number: str
    watch: str
    story: str
    published: int
    seen: int
    told: int | None
    reason: str = ""
    read: range | None = None
    state: str = "new"
    note: str = ""
    by: str = ""
    at: range | None = None


def text_of_config(person: str) -> str:
    """300 feeds, 40 watches in three groups and without one, with priorities and ways to notify."""
    lines = [f'[[feeds]]\nurl = "https://feed{n}.example/rss"\ntitle = "Feed {n}"\n' for n in range(FEEDS)]
    for n, name in enumerate(WATCHES):
        more = f'group = "{GROUPS[n % 4]}"\npriority = "{PRIORITIES[n % 5]}"\nnotify = "{NOTIFY[n % 3]}"\n'
        lines.append(f'[[watch]]\nname = "{name}"\nany = ["{name}"]\n{more}')
    lines.append('[notify]\ndesktop = false\ncommand = ["true"]\n[fetch]\nrefresh_on_start = false\n')
    lines.append('[ui]\ndensity = "compact"\nmotion = false\n')
    return "".join(lines) + f'[save]\nfolder = "saved"\n[desk]\nname = "{person}"\n'


def article(day: int, number: int, arrived: int, like: int = 0) -> tuple[ParsedEntry, tuple[str, ...]]:
    """An article of a day, and the watches that it matches: every twelfth, and the first of a day two."""
    on: tuple[str, ...] = ()
    if number % 12 == 0:
        first = day * 5 + (like or number) // 12
        on = tuple(WATCHES[at % 40] for at in (first, first + 20)[: 2 - bool(number)])
    name = f"No {day}-{number:02}"
    words = " ".join(f"w{day}x{number}y{at}" for at in range(12))  # no two articles have any in common
    html = f"<p>It is about {' and '.join(on)}, {words}.</p>" if on else f"<p>{words}</p>"
    made = entry(day * A_DAY + number, title=f"{name} {words[:12]}", content_html=html)
    return replace(made, published=arrived - 60 * (number + 1)), on


class Desk:
    """The library of eight days, with what is true of each of its matches."""

    def __init__(self, home: Path) -> None:
        self.matches: dict[tuple[str, str], Match] = {}
        self.clock, self.today = Clock(), int(time.time())
        folder, data = home / ".config/tuireader", home / ".local/share/tuireader"
        for path in (folder, data):
            path.mkdir(parents=True)
        self.paths = Paths(folder / "config.toml", data / "tuireader.db", home / "state", home / "cache")
        create_database(self.paths.database)

    async def build(self) -> None:
        """Eight days: what comes is told; Ben reads two articles, handles three and prints a brief."""
        library = await Library.open(config(text_of_config("Ben")), self.paths, clock=self.clock.time)
        for day in range(1, DAYS + 1):
            self.clock.now = self.today - (DAYS - day) * DAY - HOUR
            await self.arrive(library, day)
            if day == 3:
                await self.ben_reads(library)
            if day == DAYS - 1:
                await self.ben_handles(library)
                _, end = await library.briefs.make(None)
                await library.briefs.end("", end)
        await library.close()
        self.paths.config.write_text(text_of_config("Ana"), encoding="utf-8")

    async def arrive(self, library: Library, day: int) -> None:
        """Store the articles of a day; on the last one, a second feed reports what one of them does."""
        now = int(self.clock.now)
        articles = [article(day, number, now) for number in range(A_DAY)]
        if day == DAYS:
            articles.append(article(day, A_DAY, now, like=24))
        again = "already told with match 49"  # that of the older report

        def save(store: Store) -> None:
            with store.transaction():
                for number, (made, _) in enumerate(articles):
                    saved = store.entries.save((day * 37 + number) % FEEDS + 1, [made], now)
                    ingest.record_new(store, saved.new, library.context.rules, now)

        def join(store: Store) -> None:
            with store.transaction():
                store.relations.join(len(articles) + A_DAY * (day - 1), 25 + A_DAY * (day - 1))

        await library.context.pool.write(save)
        async for _ in library.refresh.relate():
            pass
        if day == DAYS:
            await library.context.pool.write(join)
        for at, (made, on) in enumerate(articles):
            for watch in on:
                reason = "never notifies" if NOTIFY[WATCHES.index(watch) % 3] == "never" else ""
                reason = again if day == DAYS and at == 24 else reason
                number = made.title[:7]
                story = "No 8-24" if at == A_DAY else number
                told = None if reason else now + 60
                match = Match(number, watch, story, made.published or 0, now, told, reason)
                self.matches[number, watch] = match
        self.clock.now += 60
        assert await library.outbox.notify() != []

    async def ben_reads(self, library: Library) -> None:
        ids, _ = await library.searches.run("title:/No 3-(00|12)/")
        await library.marks.set_read(list(ids), True)
        for number in ("No 3-00", "No 3-12"):
            self.was_read(number, int(self.clock.now), int(self.clock.now))

    async def ben_handles(self, library: Library) -> None:
        """What came on the first five days, but for an article a day."""
        for number in sorted({match.number for match in self.matches.values() if match.number < "No 6"}):
            state, note = STATES[number[-2:]]
            self.clock.now += 60
            ids, _ = await library.searches.run(f"title:/{number}/")
            numbers = await library.cases.matches_of(list(ids))
            if note:
                await library.cases.set_note(numbers, note)
            if state != "new":
                await library.cases.set_state(numbers, CaseState(state))
                self.was_handled(number, state, note, "Ben", int(self.clock.now), int(self.clock.now))

    def was_read(self, number: str, start: int, end: int) -> None:
        for match in self.matches.values():
            if match.number == number:
                match.read = range(start, end + 1)

    def was_handled(self, story: str, state: str, note: str, by: str, start: int, end: int) -> None:
        """All matches of a row are handled by one key."""
        for match in self.matches.values():
            if match.story == story:
                match.state, match.by, match.at = state, by, range(start, end + 1)
                match.note = note or match.note

    @property
    def still(self) -> list[Match]:
        return [match for match in self.matches.values() if match.state in ("new", "open")]

    @property
    def to_do(self) -> list[str]:
        """Rows to be handled: by the priority of their first watch, its place, then the oldest first."""
        ranks = {name: -ORDER.index(PRIORITIES[at % 5]) for at, name in enumerate(WATCHES)}
        places = {name: at for at, name in enumerate(sorted(WATCHES, key=ranks.__getitem__))}
        rows: dict[str, tuple[int, int]] = {}
        for match in self.still:
            place = places[match.watch], match.published
            rows[match.story] = min(rows.get(match.story, place), place)
        return sorted(rows, key=rows.__getitem__)

    def row(self, screen: Terminal) -> str:
        """The row with the cursor, by the number of its story; `""` without one."""
        number = re.search(r"No \d-\d\d", chosen(screen))
        known = (match.story for match in self.matches.values() if number and match.number == number[0])
        return next(known, "")


def printed(home: Path, *words: str) -> str:
    with forked(home, *words) as screen:
        assert screen.leave() == 0
        return screen.raw.decode().replace("\r\n", "\n")


def look_at_the_brief(home: Path, desk: Desk) -> None:
    """It has what came in the night, then what is open from before, and is not repeated."""
    told = printed(home, "brief", "--since", "last")
    assert f"\n{A_DAY + 1} articles in {A_DAY} stories, since the last brief (" in told
    news, _, rest = told.partition("\n## Still open\n\n")
    headings = [line[3:] for line in news.splitlines() if line.startswith("## ")]
    of_today = {match.watch for match in desk.still if match.number.startswith("No 8")}
    assert headings[0] == "Branquist" and headings[-1] == "Other news", "the high priority comes first"
    assert {*headings[:-1]} <= of_today and f"Also on {WATCHES[20]}." in news
    lines = [re.split(r" · |: \[|[\]] | w", line) for line in rest.splitlines()]
    before = {(match.watch, match.state, match.number) for match in desk.still if match.number < "No 8"}
    assert {(line[1], line[2], line[5]) for line in lines} == before
    assert printed(home, "brief", "--since", "last").startswith("# Brief\n\n0 articles in 0 stories, ")


def copied(screen: Terminal) -> list[str]:
    """What the program has put on the clipboard of the terminal."""
    texts = re.findall(rb"\x1b\]52;c;([^\x07\x1b]*)[\x07\x1b]", bytes(screen.raw))
    return [base64.b64decode(text).decode() for text in texts]


def read_and_copy(screen: Terminal, desk: Desk, row: str) -> None:
    """Open the article under the cursor, copy its match with the evidence, go back."""
    start, known = int(time.time()), len(copied(screen))
    screen.press("enter")
    screen.wait(lambda _: opened(screen) == "A. Writer")
    screen.press("ctrl+y")
    screen.wait(lambda _: len(copied(screen)) > known)
    screen.press("h")
    screen.wait(lambda _: not opened(screen) and desk.row(screen) == row)
    desk.was_read(row, start, int(time.time()))
    for match in desk.matches.values():
        if match.number == row:
            for text in (match.watch, row, "It is about", "A. Writer", "https://news.example.org/"):
                assert text in copied(screen)[-1]


def work_off(screen: Terminal, desk: Desk) -> None:
    """Handle the list from its first row to its last by keys; every row is the one that is due."""
    for turn, (key, state) in enumerate(cycle(((";", "done"), ("-", "false alarm")))):
        if not desk.to_do:
            break
        row = desk.to_do[0]
        screen.wait(lambda _, row=row: desk.row(screen) == row)  # type: ignore[misc]
        if turn in (0, 5, 9):
            read_and_copy(screen, desk, row)
        start, note = int(time.time()), NOTES[turn // 4 % 2] if turn % 4 == 1 else ""
        if note:
            screen.press('"')
            screen.wait("Note on the match")
            screen.press("\x15", note, "enter")
            screen.wait_gone("Note on the match")
            screen.wait(lambda _, row=row: desk.row(screen) != row)  # type: ignore[misc]
            screen.press("k")  # a note goes on to the next line
            screen.wait(lambda _, row=row: desk.row(screen) == row)  # type: ignore[misc]
        screen.press(key)
        screen.wait(lambda _, row=row: desk.row(screen) != row)  # type: ignore[misc]
        desk.was_handled(row, state, note, "Ana", start, int(time.time()) + 1)
    screen.wait("Nothing to do")
    screen.wait(lambda _: counts(screen)["To do"] == "")
    assert len(copied(screen)) == 3


def audit(text: str, desk: Desk) -> None:
    """Of every match, it says when it was published, seen, told or why not, read, handled, and by whom."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    assert len(rows) == len(desk.matches) == 49
    for row in rows:
        match = desk.matches.pop((row["title"][:7], row["watch"]))
        assert row["published"] == iso(match.published) and row["fetched"] == row["matched"] == iso(
            match.seen
        )
        assert row["told"] == (iso(match.told) if match.told else "") and row["not_told"] == match.reason
        assert row["channels"] == ("command" if match.told else "")
        assert row["read"] in ([iso(at) for at in match.read] if match.read else [""]), match
        assert (row["state"], row["by"]) == (match.state, match.by)
        assert row["note"].removeprefix("'") == match.note
        assert match.at is not None and row["at"] in [iso(at) for at in match.at]
        assert row["term"] == match.watch and row["sentence"].startswith("It is about")


def test_a_morning(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    asyncio.run(desk.build())
    look_at_the_brief(tmp_path, desk)
    with Terminal([COMMAND], home=tmp_path, size=(120, 20), env=NOWHERE, forked=True) as screen:
        screen.wait(lambda _: counts(screen).get("To do") == str(len(desk.to_do)))
        screen.press("h", "g", "enter")
        screen.wait("by watch, oldest first")
        work_off(screen, desk)
        screen.press("'")
        screen.wait("49 matches")
        screen.press("S")
        screen.wait("Exported:")
        screen.press("q", "Q")
        assert screen.leave() == 0
    (file,) = (tmp_path / ".config/tuireader/saved").glob("matches-*.csv")
    audit(file.read_text(encoding="utf-8"), desk)
