"""Killed at any point while it sends, to receivers that fail in every way: each message arrives, once.

Of what was interrupted, the second copy is marked as repeated. TUIREADER_OUTBOX sets the number of histories
and of messages in each: `30x200`.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL

import pytest

from tests.builders import item, rss
from tests.cli.command import Home, run_apart, subscribe
from tests.processes import after_steps, ended, interruptible, problems, rows, start
from tests.web import Answer, Request, Web, in_thread
from tuireader.errors import Exit

pytestmark = pytest.mark.slow

HISTORIES, MESSAGES = map(int, os.environ.get("TUIREADER_OUTBOX", "3x12").split("x"))
CHANNELS = ("", "hook", "program", "journal")
LIMIT = 5


@dataclass
class World:
    """A reader with four channels, and what their receivers got."""

    home: Home
    web: Web
    chance: random.Random
    pid: int = 0
    fates: list[str] = field(default_factory=list)
    """What the web hook does at each request; it answers well once they are used up."""
    hooked: list[dict[str, object]] = field(default_factory=list)
    refused: int = 0

    def begin(self) -> None:
        """Publish the articles and configure the channels; the program kills its parent now and then."""
        entries = [item(str(number), f"A quokka, {number}") for number in range(MESSAGES)]
        feed = self.web.serve("/feed", rss("Zoo", entries))
        plain = ["answered"] * max(1, MESSAGES // 6)
        self.fates = self.chance.choices(
            [*plain, "killed", "killed after", "429", "503", "reset"], k=MESSAGES // 2
        )
        kills = [self.chance.randrange(1, 2 * MESSAGES) for _ in range(3)]
        said = shlex.quote(str(self.home.folder / "program"))
        count = f"n=$(wc -l < {said}); case $n in {kills[0]}) kill -9 $PPID;; esac"
        append = f"(cat; echo) >> {said}"
        after = f"case $n in {kills[1]}|{kills[2]}) kill -9 $PPID;; esac"
        script = f"touch {said}; {count}; {append}; {after}"
        plainly = f"(cat; echo) >> {shlex.quote(str(self.home.folder / 'notify'))}"
        hook = self.web.handle("/hook", self.take)
        watches = "".join(
            f'[[watch]]\nname = "{name}"\nany = ["quokka"]\nnotify = "article"\nchannels = {channels}\n'
            for name, channels in (("Q", "[]"), ("All", '["hook", "program", "journal"]'))
        )
        more = f"""
[notify]
desktop = false
command = {json.dumps(["sh", "-c", plainly])}
[fetch]
proxies = false
[[channel]]
name = "hook"
webhook = "{hook}"
[[channel]]
name = "program"
command = {json.dumps(["sh", "-c", script])}
[[channel]]
name = "journal"
file = "journal"
limit = {LIMIT}
"""
        subscribe(self.home, feed, more=watches + more)

    def take(self, request: Request) -> Answer | None:
        """Receive a message by the web hook."""
        fate = self.fates.pop() if self.fates else "answered"
        if fate == "429":
            return Answer(status=429, headers={"Retry-After": "1"})
        self.hooked.append(json.loads(request.body))
        if fate == "503":
            return Answer(status=503)
        if fate == "killed":
            self.kill()
        if fate == "killed after":
            threading.Timer(self.chance.uniform(0, 0.05), self.kill).start()
        return None if fate in ("killed", "reset") else Answer()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def refresh(self) -> int:
        """Refresh once, perhaps killed at a moment or a step of SQLite; return the exit code."""
        steps = after_steps(self.chance.randrange(1, 40)) if self.chance.random() < 0.3 else interruptible
        moment = self.chance.uniform(0.2, 1.5) if self.chance.random() < 0.3 else 60
        words = self.home.arguments("refresh", "--quiet")
        with start(words, self.home.environment(), before=steps, stderr=DEVNULL) as child:
            self.pid = child.pid
            if not ended(child, moment):
                child.kill()
        return child.returncode

    def an_hour_later(self) -> None:
        """Let the messages have waited for an hour."""
        with closing(sqlite3.connect(self.home.database)) as conn, suppress(sqlite3.OperationalError), conn:
            conn.execute("UPDATE outbox SET due_at = 0, sent_at = sent_at - 3600")
            conn.execute("DELETE FROM outbox_channel")

    def received(self) -> dict[str, list[dict[str, object]]]:
        """The messages of each channel in the order in which they came; lines cut short are left out."""
        logs = {"hook": self.hooked}
        for channel, name in (("", "notify"), ("program", "program"), ("journal", "journal")):
            file = self.home.folder / name
            lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
            logs[channel] = []
            for line in filter(None, lines):
                with suppress(ValueError):
                    logs[channel].append(json.loads(line))
        return logs


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with in_thread() as server:
        yield server


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_no_message_is_lost_or_repeated_without_a_mark(web: Web, tmp_path: Path, seed: int) -> None:
    world = World(Home(tmp_path), web, random.Random(seed))
    world.begin()
    codes = []
    for _ in range(world.chance.randint(3, 6)):
        codes.append(world.refresh())
        world.an_hour_later()
    world.fates.clear()
    waiting = "SELECT count(*) FROM outbox WHERE state != 'accepted'"
    for _ in range(12):
        codes.append(run_apart(world.home, "refresh", "--quiet").code)
        if rows(world.home.database, waiting) == [(0,)]:
            break
        world.an_hour_later()
    assert set(codes) <= {Exit.OK, -signal.SIGKILL} and rows(world.home.database, waiting) == [(0,)]
    assert problems(world.home.database) == []
    for channel, messages in world.received().items():
        seen: Counter[int] = Counter()
        for message in messages:
            for article in message["articles"]:  # type: ignore[attr-defined]
                assert message["repeated"] or not seen[article["id"]], f"{channel}: repeated without a mark"
                seen[article["id"]] += 1
        assert len(seen) == MESSAGES, f"{channel}: lost"
        names = {message["channel"] for message in messages}
        assert names == {channel}
    told = "SELECT count(*) FROM match_event WHERE kind = 'told'"
    assert rows(world.home.database, told) == [(2 * MESSAGES,)]
    print(
        f"seed {seed}: exit codes {codes}",
        {name: len(got) for name, got in world.received().items()},
        "repeated",
        sum(bool(m["repeated"]) for got in world.received().values() for m in got),
    )
