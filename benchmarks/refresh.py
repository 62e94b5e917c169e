"""Time whole refreshes of tuireader and other readers against one loopback server, interleaved, as medians.

  python benchmarks/refresh.py [--feeds 200 1000] [--latency 0 100] [--runs 3]
      [--peers newsboat-50 newsboat-50a sfeed tuireader@PYTHON | all]
      [--scenarios first same304 samebody new2 related] [--one-host [N]] [--channels 3]

Scenarios: `first` (nothing stored yet), `same304` (all answers are 304), `samebody` (200 with the bytes of
the last time, no validators), `new2` (two new entries in every feed). `related` is `new2` again with the
relating of the new articles by words, which elsewhere is left out: no other reader has it.

Each run starts from a fresh copy of a prepared folder, which is the program's home. Columns: wall time, CPU
time (user and system, with children), peak memory of the largest process, what the server answered, how many
answers it owed at once, wall time as a multiple of tuireader's. `newsboat-N` has N reload-threads;
`newsboat-Na` moreover has statistics in its cache (ANALYZE), without which SQLite scans it once a feed.
`tuireader@PYTHON` is the program that this interpreter imports, that of another checkout for instance.
`all` are these and newsboat with its default of one thread, which takes minutes a run (`newsboat-1`, `-1a`).
`sfeed` fetches with ETags as its README shows. tuireader has its full-text index and ten watches on, which
one article in ten matches. The line `limit` says where tuireader's CPU time went in one more run, and which
of its two processes is the limit: one reads feeds, the other asks servers and stores.

With `--channels N`, a second tuireader, `tuireader-N`, notifies of each match by N channels, at most 20
messages an hour by each: in turn a file, a program and a web hook on the loopback interface.

Needs GNU time at /usr/bin/time, and the peers that are named.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from shares import Shares

ALL_PEERS = ("newsboat-50", "newsboat-50a", "newsboat-1", "newsboat-1a", "sfeed")
SCENARIOS = ("first", "same304", "samebody", "new2", "related")
WATCHES = (
    "微信", "半導体", "LoRa", "USB4", "Passkeys",
    "antitrust inquiry", "supply chain", "zero-day", "export licen*",
)  # fmt: skip
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Run:
    """Figures of one run: seconds, seconds, MiB; the server's counts; exit status and last line of stderr."""

    wall: float
    cpu: float
    memory: float
    ok: int = 0
    not_modified: int = 0
    peak: int = 0
    status: int = 0
    words: str = ""


@dataclass(slots=True)
class Reader:
    """A program under test: how its folder is filled, and the command that refreshes it there."""

    name: str

    @property
    def folder(self) -> str:
        """The name for a file."""
        return self.name.replace("/", "-")

    def fill(self, folder: Path, urls: Sequence[str]) -> None:
        """Write configuration and list of feeds into an empty folder."""
        raise NotImplementedError

    def command(self, folder: Path, scenario: str) -> list[str]:
        """The command that refreshes all feeds."""
        raise NotImplementedError

    def prepared(self, folder: Path) -> None:
        """Called once when the first fetches are done."""


class Tuireader(Reader):
    """Ours, in this or the named interpreter; `at_once` is the number of requests to a single host."""

    at_once = 20

    def fill(self, folder: Path, urls: Sequence[str]) -> None:
        one_host = len({url.split("/")[2] for url in urls}) == 1
        watches = [f'[[watch]]\nname = "{word}"\nany = ["{word}"]\n' for word in WATCHES]
        both = '[[watch]]\nname = "both"\nany = ["chip"]\nall = [["YMTC", "SMIC"], ["wafer"]]\n'
        fetch = (
            f"[fetch]\nper_own_host = {self.at_once if one_host else 2}\n"  # loopback is a host of one's own
        )
        feeds = [f'[[feeds]]\nurl = "{url}"\n' for url in urls]
        words = "[related]\nmeaning = false\n"
        (folder / "config.toml").write_text(
            "\n".join([*feeds, *watches, both, fetch, words]), encoding="utf-8"
        )

    def command(self, folder: Path, scenario: str) -> list[str]:
        files = ["--config", str(folder / "config.toml"), "--database", str(folder / "news.db")]
        more = [] if scenario == "related" else ["--no-relate"]
        return [interpreter(self.name), "-m", "tuireader", *files, "refresh", *more]


class Notifying(Tuireader):
    """Ours with so many channels as its name says after the hyphen."""

    hook = ""

    def fill(self, folder: Path, urls: Sequence[str]) -> None:
        super().fill(folder, urls)
        out = folder / "program"
        command = json.dumps(["sh", "-c", f"(cat; echo) >> {out}"])
        kinds = ('file = "journal"', f"command = {command}", f'webhook = "{self.hook}"')
        count = int(self.name.partition("-")[2])
        names = [f"channel{number}" for number in range(count)]
        channels = [
            f'[[channel]]\nname = "{name}"\n{kinds[number % 3]}\nlimit = 20\n'
            for number, name in enumerate(names)
        ]
        defaults = f'[watch_defaults]\nnotify = "article"\nchannels = {json.dumps(names)}\n'
        with (folder / "config.toml").open("a", encoding="utf-8") as config:
            config.write("\n".join([*channels, defaults]))

    def prepared(self, folder: Path) -> None:
        """Let an hour pass: its limits are used up."""
        with closing(sqlite3.connect(folder / "news.db")) as store, store:
            store.execute("UPDATE outbox SET sent_at = sent_at - 3600")


class _Hook(BaseHTTPRequestHandler):
    """Accepts everything."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class Newsboat(Reader):
    """newsboat-N or newsboat-Na."""

    def fill(self, folder: Path, urls: Sequence[str]) -> None:
        threads = self.name.partition("-")[2].rstrip("a") or "1"
        (folder / "urls").write_text("\n".join(urls) + "\n")
        (folder / "config").write_text(f"reload-threads {threads}\nrefresh-on-startup no\n")

    def command(self, folder: Path, scenario: str) -> list[str]:
        files = ["-u", str(folder / "urls"), "-c", str(folder / "cache.db"), "-C", str(folder / "config")]
        return ["newsboat", "-q", *files, "-x", "reload"]

    def prepared(self, folder: Path) -> None:
        if self.name.endswith("a"):
            with closing(sqlite3.connect(folder / "cache.db")) as cache:
                cache.execute("ANALYZE")
                cache.commit()


class Sfeed(Reader):
    """sfeed_update with curl's ETag options."""

    def fill(self, folder: Path, urls: Sequence[str]) -> None:
        (folder / "etags").mkdir()
        tag = '"$HOME/etags/$1"'
        fetch = f'curl -L -f -s -m 15 --compressed --etag-save {tag} --etag-compare {tag} "$2"'
        feeds = "".join(f'feed "feed{number}" "{url}"\n' for number, url in enumerate(urls))
        (folder / "sfeedrc").write_text(
            f'sfeedpath="$HOME/feeds"\nfetch() {{\n{fetch}\n}}\nfeeds() {{\n{feeds}}}\n'
        )

    def command(self, folder: Path, scenario: str) -> list[str]:
        return ["sfeed_update", str(folder / "sfeedrc")]


def is_ours(name: str) -> bool:
    """Whether a name is `tuireader`, `tuireader@PYTHON` or a variant such as `tuireader-open`."""
    return re.split("[-@]", name)[0] == "tuireader"


def is_our_own(reader: Reader) -> bool:
    """Whether a program is tuireader in this interpreter."""
    return isinstance(reader, Tuireader) and "@" not in reader.name


def interpreter(name: str) -> str:
    """The interpreter in `tuireader@PYTHON`; without one, that of this process."""
    return name.partition("@")[2] or sys.executable


def require(name: str) -> type[Reader]:
    """The kind of program of that name; ends the benchmark if it is not there."""
    kinds: dict[str, tuple[type[Reader], str]] = {
        "tuireader": (Tuireader, interpreter(name)),
        "newsboat": (Newsboat, "newsboat"),
        "sfeed": (Sfeed, "sfeed_update"),
    }
    kind = re.split("[-@]", name)[0]
    if kind not in kinds:
        sys.exit(f"unknown program {name!r}")
    reader_type, needed = kinds[kind]
    if shutil.which(needed) is None:
        sys.exit(f"{needed} is not installed")
    return reader_type


@dataclass(slots=True)
class Server:
    """The feed server, a process of its own."""

    base: str
    urls: list[str] = field(default_factory=list)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.base + path, timeout=300) as answer:
            text: str = answer.read().decode()
        return text

    def set(self, **settings: int) -> None:
        self.get("/-/set?reset=1&" + "&".join(f"{name}={value}" for name, value in settings.items()))

    def stats(self) -> dict[str, int]:
        """The counts since the last call."""
        counts: dict[str, int] = json.loads(self.get("/-/stats?reset=1"))
        return counts


@contextmanager
def serving(feeds: int, one_host: bool) -> Iterator[Server]:
    """A feed server for as long as the block runs."""
    command = [sys.executable, str(_HERE / "feedserver.py"), "--feeds", str(feeds)]
    process = subprocess.Popen(
        command + (["--one-host"] if one_host else []),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        server = Server(f"http://127.0.0.1:{process.stdout.readline().split()[1]}")
        server.urls = server.get("/-/urls").split()
        yield server
    finally:
        process.stdin.close()
        process.wait()


def run(command: Sequence[str], home: Path) -> Run:
    """Run a command in its home. GNU time stands between, as peak memory is inherited from the parent."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept = {name: value for name, value in kept.items() if not name.startswith("XDG_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
    measured = home / "time"
    started = time.perf_counter()
    ended = subprocess.run(
        ["/usr/bin/time", "-q", "-o", str(measured), "-f", "%U %S %M", *command],
        env=kept | {"HOME": str(home), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    wall = time.perf_counter() - started
    user, system, memory = map(float, measured.read_text().split()[-3:])
    words = ended.stderr.decode(errors="replace").strip().splitlines()
    return Run(wall, user + system, memory / 1024, status=ended.returncode, words=words[-1] if words else "")


def prepare(one: Reader, server: Server, folder: Path, related: bool) -> None:
    """Fill `folder/NAME.empty`, and `folder/NAME.full` with what the first fetches leave, relatives included.

    newsboat keeps validators only from the second fetch of a feed on, so the peers have two.
    """
    empty, full, work = folder / f"{one.folder}.empty", folder / f"{one.folder}.full", folder / "work"
    empty.mkdir()
    one.fill(empty, server.urls)
    shutil.copytree(empty, work)
    scenarios = ["first"]
    if related or not isinstance(one, Tuireader):
        scenarios.append("related" if related else "first")
    for scenario in scenarios:
        result = run(one.command(work, scenario), work)
        if result.status:
            sys.exit(f"{one.name} ended with {result.status}: {result.words}")
    one.prepared(work)
    work.rename(full)


def measure(one: Reader, server: Server, folder: Path, scenario: str) -> Run:
    """One run from a fresh copy."""
    work = folder / "work"
    shutil.copytree(folder / f"{one.folder}.{'empty' if scenario == 'first' else 'full'}", work)
    os.sync()
    server.stats()
    result = run(one.command(work, scenario), work)
    counts = server.stats()
    shutil.rmtree(work)
    return Run(
        result.wall,
        result.cpu,
        result.memory,
        counts["ok"],
        counts["not_modified"],
        counts["peak"],
        result.status,
        result.words,
    )


def report(scenario: str, latency: int, feeds: int, runs: dict[str, list[Run]]) -> None:
    """Print a row a program."""
    ours = median(run.wall for run in runs["tuireader"])
    for name, each in runs.items():
        walls = sorted(run.wall for run in each)
        print(
            f"{feeds:>5} {latency:>4} ms  {scenario:<9} {name[-13:]:<13} {median(walls):>7.2f} s"
            f" {f'{walls[0]:.2f}–{walls[-1]:.2f}':>13}"
            f" {median(run.cpu for run in each):>8.2f} s {median(run.memory for run in each):>6.0f} MiB"
            f" {each[-1].ok:>5} {each[-1].not_modified:>5} {each[-1].peak:>5}  × {median(walls) / ours:.2f}",
            flush=True,
        )
        for failed in (run for run in each if run.status):
            print(f"      {name} ended with {failed.status}: {failed.words}", file=sys.stderr)


def report_limit(one: Reader, server: Server, folder: Path, scenario: str) -> None:
    """Print where the CPU time goes."""
    with Shares() as shares:
        measure(one, server, folder, scenario)
    parts = shares.by_part()
    whole = sum(parts.values()) or 1.0
    here = parts["HTTP"] + parts["storing"]
    limit = "reading feeds" if parts["reading"] > here else "asking and storing"
    shares_text = ", ".join(f"{name} {spent:.2f} s ({spent / whole:.0%})" for name, spent in parts.items())
    print(f"{'':>15}limit: {limit}; CPU {shares_text}", flush=True)


def compare(options: argparse.Namespace, feeds: int, folder: Path) -> None:
    """All scenarios for one number of feeds."""
    readers = [require(name)(name) for name in ["tuireader", *options.peers]]
    if options.channels:
        readers.insert(1, Notifying(f"tuireader-{options.channels}"))
    with serving(feeds, bool(options.one_host)) as server:
        for one in readers:
            prepare(one, server, folder, "related" in options.scenarios)
        for latency in options.latency:
            for scenario in options.scenarios:
                server.set(
                    latency=latency,
                    generation=int(scenario in ("new2", "related")),
                    validators=int(scenario != "samebody"),
                )
                runs: dict[str, list[Run]] = {}
                for _ in range(options.runs):
                    for one in readers if scenario != "related" else filter(is_our_own, readers):
                        runs.setdefault(one.name, []).append(measure(one, server, folder, scenario))
                report(scenario, latency, feeds, runs)
                report_limit(readers[0], server, folder, scenario)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 100], help="of the server, in ms")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="*", default=["newsboat-50", "newsboat-50a", "sfeed"])
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=SCENARIOS)
    parser.add_argument(
        "--one-host",
        nargs="?",
        type=int,
        const=20,
        metavar="N",
        help="all feeds on one host, N requests at once (20)",
    )
    parser.add_argument("--channels", type=int, metavar="N", help="also measure with N channels")
    options = parser.parse_args(arguments)
    Tuireader.at_once = options.one_host or 20
    if options.peers == ["all"]:
        options.peers = list(ALL_PEERS)
    if not Path("/usr/bin/time").exists():
        sys.exit("GNU time is not installed")
    hook = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    Notifying.hook = f"http://127.0.0.1:{hook.server_port}/"
    heads = (
        "feeds",
        "latency",
        "scenario",
        "program",
        "wall",
        "min–max",
        "CPU",
        "memory",
        "200",
        "304",
        "open",
    )
    print("{:>5} {:>7}  {:<9} {:<13} {:>9} {:>13} {:>10} {:>10} {:>5} {:>5} {:>5}  of ours".format(*heads))
    for feeds in options.feeds:
        with tempfile.TemporaryDirectory(prefix="refresh.") as folder:
            compare(options, feeds, Path(folder))


if __name__ == "__main__":
    main()
