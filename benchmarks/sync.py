"""Time whole syncs with a real Miniflux, beside newsboat on the same server, as medians.

  python benchmarks/sync.py [--feeds 200] [--entries 10000] [--runs 3] [--peers newsboat] [--keys 200]
                            [--server freshrss]

`first` begins with an empty folder, `nothing` follows at once, `marks` sends 100 marks. Columns: wall time,
CPU time (user and system, with children), peak memory of the largest process, requests the server logged,
articles stored. The texts are those of the other benchmarks; one entry in five is unread, one in two hundred
is starred. New articles are not related, which no other reader does. Last come the milliseconds from a key to
the moved cursor while the reader runs its first sync: median, 95 % and the longest.

`--server freshrss` takes the fake FreshRSS of the tests, in this process, in place of Miniflux, and leaves
newsboat out.

Needs GNU time at /usr/bin/time, and Miniflux and PostgreSQL as tests/servers does.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.servers import fake, miniflux
from tests.servers.fake_greader import FakeGReader

import corpus
from ptytime import Program

TUIREADER = Path(sys.executable).with_name("tuireader")


class Run(NamedTuple):
    """Figures of one run: seconds, seconds, MiB, requests, stored articles."""

    wall: float
    cpu: float
    memory: float
    requests: int
    stored: int


class Site(NamedTuple):
    """A filled server: its account in TOML, a count of its requests so far, and what newsboat needs.

    `settle` makes the marks of the last run old: a sync within half a minute would receive them again.
    """

    account: str
    requests: Callable[[], int]
    newsboat: str = ""
    settle: Callable[[], object] = lambda: None


def timed(command: list[str], folder: Path, site: Site, stored: Callable[[], int]) -> Run:
    """Run a command whole."""
    before = site.requests()
    with tempfile.NamedTemporaryFile("r") as figures:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
        done = subprocess.run(
            ["/usr/bin/time", "-o", figures.name, "-f", "%e %U %S %M", *command],
            env=env, cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"{command[0]}: {done.stderr.strip()}")
        wall, user, system, memory = map(float, figures.read().split())
    return Run(wall, user + system, memory / 1024, site.requests() - before, stored())


def count(database: Path, table: str) -> int:
    """Count the rows of a table."""
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute(f"select count(*) from {table}").fetchone()[0])


def tuireader(folder: Path, site: Site) -> Iterator[tuple[str, Run]]:
    """A first sync, one without news, one with marks."""
    config, database = folder / "config.toml", folder / "news.db"
    config.write_text(site.account)
    start = [str(TUIREADER), "--config", str(config), "--database", str(database)]
    stored = lambda: count(database, "article")  # noqa: E731
    yield "first", timed([*start, "sync", "--no-relate"], folder, site, stored)
    yield "nothing", timed([*start, "sync", "--no-relate"], folder, site, stored)
    with closing(sqlite3.connect(database)) as db, db:
        db.execute(
            "update article set read = 1 where id in (select id from article where read = 0 limit 100)"
        )
    yield "marks", timed([*start, "sync", "--no-relate"], folder, site, stored)


def newsboat(folder: Path, site: Site) -> Iterator[tuple[str, Run]]:
    """Two reloads."""
    (folder / "config").write_text(site.newsboat)
    (folder / "urls").write_text("")
    cache = folder / "cache.db"
    command = ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"]
    for name in ("first", "nothing"):
        yield name, timed(command, folder, site, lambda: count(cache, "rss_item"))


def rows(feeds: int, entries: int) -> Iterator[str]:
    """Yield the SQL that fills an account."""
    user = "(select max(id) from users)"
    seen = set[int]()
    number = 0
    for feed, articles in corpus.documents(entries, feeds):
        if feed.id not in seen:
            seen.add(feed.id)
            yield f"""insert into feeds (id, user_id, category_id, title, feed_url, site_url, checked_at)
              values ({feed.id + 1}, {user}, (select min(id) from categories where user_id = {user}),
                {quoted(feed.title)}, {quoted(feed.url)}, {quoted(feed.url)}, now());"""
        for article in articles:
            number += 1
            status = "unread" if corpus.is_unread(number) else "read"
            values = (article.title, article.url, article.html, article.author)
            yield f"""insert into entries (user_id, feed_id, hash, title, url, content, author, published_at,
                changed_at, status, starred)
              values ({user}, {feed.id + 1}, md5('{number}'), {", ".join(map(quoted, values))},
                to_timestamp({article.time}), now() - interval '1 hour', '{status}',
                {corpus.is_starred(number)});"""


def quoted(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def filled_miniflux(feeds: int, entries: int) -> Iterator[Site]:
    """Yield a Miniflux whose one reader has so many feeds and entries."""
    if reason := miniflux.missing():
        sys.exit(reason)
    with miniflux.running() as server:
        token = server.user()
        server.sql("begin;" + "\n".join(rows(feeds, entries)) + "commit;")
        server.sql("analyze")
        log = server.folder / "miniflux.log"
        yield Site(
            account("miniflux", server.url, f'token = "{token}"'),
            lambda: log.read_text().count("authenticated successfully"),
            f'urls-source "miniflux"\nminiflux-url "{server.url}"\nminiflux-token "{token}"\n'
            "auto-reload no\nreload-threads 4\n",
            lambda: server.sql("update entries set changed_at = now() - interval '1 hour'"),
        )


@contextmanager
def filled_freshrss(feeds: int, entries: int) -> Iterator[Site]:
    """Yield a fake FreshRSS with so many feeds and entries."""
    with FakeGReader() as server:
        places: dict[int, fake.Feed] = {}
        for feed, articles in corpus.documents(entries, feeds):
            place = places.get(feed.id) or server.add_feed(feed.title, url=feed.url)
            places[feed.id] = place
            for article in articles:
                number = len(server.entries) + 1
                read, starred = not corpus.is_unread(number), corpus.is_starred(number)
                entry = server.add_entry(place, article.title, article.html, read=read, starred=starred)
                entry.url, entry.author, entry.published = article.url, article.author, article.time
        secret = f'user = "{fake.USER}"\npassword = "{fake.PASSWORD}"'
        yield Site(account("greader", server.api, secret), lambda: len(server.calls))


def account(kind: str, url: str, secret: str) -> str:
    """Return the configuration of an account."""
    return (
        f'[[account]]\nname = "home"\nkind = "{kind}"\nurl = "{url}"\n{secret}\n'
        '[[watch]]\nname = "WeChat"\nany = ["WeChat"]\n'
    )


SERVERS = {"miniflux": filled_miniflux, "freshrss": filled_freshrss}


def keys_during_first_sync(site: Site, presses: int) -> list[float]:
    """Milliseconds from a key to the moved cursor, while articles arrive."""
    with tempfile.TemporaryDirectory(prefix="sync.") as place:
        folder = Path(place)
        config, database = folder / "config.toml", folder / "news.db"
        config.write_text(site.account)
        command = [str(TUIREADER), "--config", str(config), "--database", str(database)]
        found: list[float] = []
        with Program(command, folder) as program:
            program.wait(r" 1/\d")
            while len(found) < 5 or ("syncing" in program.text() and len(found) < presses):
                at = re.search(r" (\d+)/(\d+)\+?\s*\Z", program.text())
                program.type("k" if at and at[1] == at[2] else "j")
                found.append(program.wait(rf" (?!{at[1] if at else 0}/)\d+/\d+\+?\s*\Z"))
        return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="*", choices=["newsboat"], default=[])
    parser.add_argument("--server", choices=SERVERS, default="miniflux")
    parser.add_argument("--keys", type=int, default=200, help="presses in a first sync; 0 leaves that out")
    options = parser.parse_args()
    found: dict[tuple[str, str], list[Run]] = {}
    readers = [tuireader, *([newsboat] if options.peers and options.server == "miniflux" else [])]
    with SERVERS[options.server](options.feeds, options.entries) as site:
        for _ in range(options.runs):
            for reader in readers:
                site.settle()
                folder = Path(tempfile.mkdtemp(prefix="sync"))
                try:
                    for scenario, run in reader(folder, site):
                        found.setdefault((scenario, reader.__name__), []).append(run)
                finally:
                    shutil.rmtree(folder)
        keys = sorted(keys_during_first_sync(site, options.keys)) if options.keys else []
    print(f"{options.feeds} feeds, {options.entries} entries, medians of {options.runs}")
    print(f"{'':>20} {'wall s':>8} {'cpu s':>8} {'MiB':>6} {'requests':>8} {'stored':>8}")
    for (scenario, name), runs in sorted(found.items()):
        wall, cpu, memory, requests, stored = map(median, zip(*runs, strict=True))
        print(f"{scenario:>8} {name:>11} {wall:8.2f} {cpu:8.2f} {memory:6.0f} {requests:8.0f} {stored:8.0f}")
    if keys:
        figures = ", ".join(f"{keys[at]:.1f}" for at in (len(keys) // 2, int(0.95 * len(keys)), -1))
        print(f"key during a first sync, ms: {figures} ({len(keys)} presses)")


if __name__ == "__main__":
    main()
