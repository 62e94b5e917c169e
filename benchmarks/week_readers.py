"""The readers of the simulated week, run as installed programs under a clock that the benchmark sets."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import week_words
from week_world import START, TICK, Article, World

_SECONDS = 600
_LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")
_PROOF = """
import json, sqlite3, subprocess, sys, threading, time
began = time.monotonic()
threading.Event().wait(0.2)
waited = time.monotonic() - began
stamp = "SELECT CAST(strftime('%s', 'now') AS INTEGER)"
child = subprocess.check_output([sys.executable, "-c", "import time; print(time.time())"])
stamped = sqlite3.connect(":memory:").execute(stamp).fetchone()[0]
print(json.dumps([time.time(), stamped, float(child), waited]))
"""


class Clock:
    """Run programs at another time: `time()` is shifted, the monotonic clock and thus each timeout is not."""

    def __init__(self) -> None:
        found = [path for pattern in _LIBRARIES for path in Path("/").glob(pattern[1:])]
        if not found:
            sys.exit("faketime is not installed (Debian: apt-get install faketime)")
        self._library = str(found[0])

    def environment(self, now: int) -> dict[str, str]:
        """Return the variables under which a program and its children believe that it is `now`."""
        return {
            "LD_PRELOAD": self._library,
            "FAKETIME": f"{now - time.time():+.3f}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else each handing over of Python's lock takes milliseconds
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def run(self, command: Sequence[str], home: Path, now: int) -> subprocess.CompletedProcess[str]:
        """Run a program in its home at a time, and date the files that it wrote."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        began = time.time()
        ended = subprocess.run(
            command,
            env=kept | self.environment(now) | {"HOME": str(home), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
            cwd=home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
        for path in home.rglob("*"):
            if path.is_file() and path.stat().st_mtime >= began - 1:
                os.utime(path, (now, now))
        return ended

    def prove(self, home: Path, now: int) -> None:
        """End the benchmark unless Python, SQLite and children see it, and waits are real."""
        began = time.monotonic()
        ended = self.run([sys.executable, "-c", _PROOF], home, now)
        lasted = time.monotonic() - began
        if ended.returncode:
            sys.exit(f"faketime does not work: {ended.stderr}")
        own, sqlite, child, waited = json.loads(ended.stdout)
        if not all(now <= seen <= now + lasted + 1 for seen in (own, sqlite, child)):
            sys.exit(f"faketime shows {own}, {sqlite} and {child} instead of {now}")
        if not 0.2 <= waited <= lasted:
            sys.exit(f"faketime changes waits: 0.2 s lasted {waited:.2f} s")


@dataclass(frozen=True, slots=True)
class Told:
    """One article of one notification."""

    at: int
    id: str
    watches: tuple[str, ...]
    uncertain: bool


@dataclass(slots=True)
class Reader:
    """A reader: when each watched article was in its store with the term, and what it told."""

    name: str
    home: Path
    clock: Clock
    stored: dict[str, int] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0

    def refresh(self, now: int, *, due: bool) -> None:
        """Run once."""
        began = time.monotonic()
        ended = self.clock.run(self.command(due=due), self.home, now)
        self.seconds += time.monotonic() - began
        if ended.returncode < 0 or "Traceback" in ended.stderr:
            sys.exit(f"{self.name} ended with {ended.returncode} at {now}: {ended.stderr[-2000:]}")
        self.collect(now)

    def command(self, *, due: bool) -> list[str]:
        """Return the command of a visit."""
        raise NotImplementedError

    def prepare(self, world: World) -> None:
        """Write the configuration."""
        raise NotImplementedError

    def collect(self, now: int) -> None:
        """Look at what the visit brought."""
        raise NotImplementedError


def article_id(url: str) -> str:
    """Return the id of the article with this address."""
    return urlsplit(url).path.rpartition("/")[2]


@dataclass(slots=True)
class Tuireader(Reader):
    """The command beside this Python."""

    settings: str = ""
    watched: Mapping[str, Article] = field(default_factory=dict)
    _read: int = 0

    def command(self, *, due: bool) -> list[str]:
        return self._command("refresh", *(["--due"] if due else []))

    def _command(self, *words: str) -> list[str]:
        script = Path(sys.executable).with_name("tuireader")
        start = [str(script)] if script.exists() else [sys.executable, "-m", "tuireader"]
        where = ("--config", str(self.home / "config.toml"), "--database", str(self.home / "news.db"))
        return [*start, *where, *words]

    def prepare(self, world: World) -> None:
        self.watched = world.watched()
        told = json.dumps(str(self.home / "told"))
        lines = ["[notify]", "desktop = false", f'command = ["tee", "-a", {told}]', "[fetch]"]
        if _has_own_hosts():  # all hosts of this world are private; in the real one they are not
            lines.append("per_own_host = 2")
        for name, terms in week_words.WATCHES.items():
            lines += ["[[watch]]", f"name = {json.dumps(name)}", f"any = {json.dumps(terms)}"]
            lines.append('notify = "article"')
        for feed in world.feeds:
            lines += ["[[feeds]]", f'url = "{feed.url}"', *([self.settings] if self.settings else [])]
        (self.home / "config.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (self.home / "told").touch()

    def collect(self, now: int) -> None:
        text = (self.home / "told").read_text(encoding="utf-8")
        while self._read < len(text):
            message, self._read = json.JSONDecoder().raw_decode(text, self._read)
            for one in message["articles"]:
                marks = [bool(watch.get("uncertain")) for watch in one["watches"]]
                names = tuple(watch["name"] for watch in one["watches"])
                self.told.append(
                    Told(now, article_id(one["url"]), names, all(marks) or bool(one.get("uncertain")))
                )
        with closing(sqlite3.connect(f"file:{self.home / 'news.db'}?mode=ro", uri=True)) as db:
            found = db.execute("SELECT a.url FROM match m JOIN article a ON a.id = m.article_id")
            for (url,) in found.fetchall():
                self.stored.setdefault(article_id(url), now)

    def has(self) -> set[str]:
        """Return the ids of all stored articles, with a match or without."""
        with closing(sqlite3.connect(f"file:{self.home / 'news.db'}?mode=ro", uri=True)) as db:
            return {article_id(url) for (url,) in db.execute("SELECT url FROM article")}

    def gaps(self, now: int) -> list[tuple[str, int, bool]]:
        """Return the gaps that `tuireader feeds --gaps --json` prints as (address, found at, closed)."""
        ended = self.clock.run(self._command("feeds", "--gaps", "--json"), self.home, now)
        feeds = [json.loads(line) for line in ended.stdout.splitlines()]
        return [
            (feed["url"], gap["found_at"], gap["closed_at"] is not None)
            for feed in feeds
            for gap in feed["gaps"]
        ]

    def alarms(self) -> Counter[str]:
        """Return how many alarms of each kind were raised."""
        with closing(sqlite3.connect(f"file:{self.home / 'news.db'}?mode=ro", uri=True)) as db:
            return Counter(kind for (kind,) in db.execute("SELECT kind FROM alarm"))

    def moves(self, world: World) -> tuple[int, int]:
        """Return how many feeds were rightly followed to another site, and how many had an alarm with it."""
        followed = alarmed = 0
        with closing(sqlite3.connect(f"file:{self.home / 'news.db'}?mode=ro", uri=True)) as db:
            for feed in world.feeds:
                if not feed.away:
                    continue
                there = (feed.url, feed.new_url)
                sql = "SELECT count(*) FROM feed WHERE url = ? AND moved_to = ? AND moved_seen > 1"
                is_followed = bool(db.execute(sql, there).fetchone()[0])
                sql = """SELECT count(*) FROM alarm a JOIN feed f ON f.id = a.feed_id
                         WHERE f.url = ? AND instr(a.words, ?) AND a.told_at IS NOT NULL"""
                is_alarmed = bool(db.execute(sql, there).fetchone()[0])
                followed += is_followed and feed.kept != "nothing"
                alarmed += is_alarmed and not is_followed and feed.kept == "nothing"
        return followed, alarmed

    def health(self, now: int) -> Iterator[dict[str, object]]:
        """Return what `tuireader feeds --json` prints."""
        ended = self.clock.run(self._command("feeds", "--json"), self.home, now)
        return (json.loads(line) for line in ended.stdout.splitlines())


def _has_own_hosts() -> bool:
    from tuireader.config.shape import FetchConfig

    return hasattr(FetchConfig(), "per_own_host")


@dataclass(slots=True)
class Newsboat(Reader):
    """newsboat, which fetches everything at each visit."""

    watched: Mapping[str, Article] = field(default_factory=dict)

    def command(self, *, due: bool) -> list[str]:
        names = {"-u": "urls", "-C": "config", "-c": "cache.db"}
        where = [word for option, name in names.items() for word in (option, str(self.home / name))]
        return ["newsboat", *where, "-x", "reload"]

    def prepare(self, world: World) -> None:
        if shutil.which("newsboat") is None:
            sys.exit("newsboat is not installed")
        self.watched = world.watched()
        urls = "".join(f"{feed.url}\n" for feed in world.feeds)
        (self.home / "urls").write_text(urls, encoding="utf-8")
        settings = "auto-reload no\nmax-items 0\nreload-threads 20\ndownload-retries 1\ndownload-timeout 20\n"
        (self.home / "config").write_text(settings, encoding="utf-8")

    def collect(self, now: int) -> None:
        with closing(sqlite3.connect(f"file:{self.home / 'cache.db'}?mode=ro", uri=True)) as db:
            for url, title, content in db.execute("SELECT url, title, content FROM rss_item"):
                one = self.watched.get(name := article_id(url))
                if one and name not in self.stored and week_words.says(one.watch, f"{title}\n{content}"):
                    self.stored[name] = now

    def prove(self, world: World) -> None:
        """End the benchmark unless entries without a date got the time of a visit, as newsboat does it."""
        near = {at // TICK for at in world.calendar.ticks}
        undated = [feed.url for feed in world.feeds if feed.articles and feed.articles[0].date == ""]
        with closing(sqlite3.connect(f"file:{self.home / 'cache.db'}?mode=ro", uri=True)) as db:
            for url in undated:
                found = db.execute("SELECT max(pubDate) FROM rss_item WHERE feedurl = ?", (url,)).fetchone()[
                    0
                ]
                if found and found >= START and found // TICK not in near:
                    sys.exit(f"faketime does not work for newsboat: an undated entry of {url} is of {found}")
