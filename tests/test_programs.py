"""Feeds that programs print, and filters: through the library, as a refresh runs them."""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import os
import signal
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

from tests.builders import ALL, item, opened, refreshed, rss, titles
from tests.processes import PATIENCE, gone, pid_in, start
from tests.web import Answer, Request, Web
from tuireader.feeds.http.backpressure import MemoryBudget
from tuireader.feeds.program import AT_ONCE, Programs
from tuireader.library import Library
from tuireader.model import Fault, FeedDone, Fetched, FetchFailed, FetchJob, Source

SH = "/bin/sh"
NEWS = rss("Port News", [item("1", "Ferry", url="/ferry")])


def feed(*command: str, **keys: object) -> str:
    """A `[[feeds]]` table."""
    lines = [f"command = {json.dumps(command)}"] if command else []
    more = [f"{key} = {json.dumps(value)}" for key, value in keys.items()]
    return "\n".join(["[[feeds]]", *lines, *more, ""])


async def done(library: Library) -> FeedDone:
    """Refresh the only feed."""
    (event,) = [event for event in await refreshed(library) if isinstance(event, FeedDone)]
    return event


async def outcome(folder: Path, *command: str) -> FeedDone:
    """The event of a feed that this program prints."""
    async with opened(folder, feed(*command)) as library:
        return await done(library)


# --------------------------------------------------------------------------- feeds that programs print


async def test_a_program_prints_a_feed(tmp_path: Path) -> None:
    """It runs in the folder of the configuration; relative addresses start from the feed's site."""
    (tmp_path / "news.xml").write_bytes(NEWS)
    async with opened(tmp_path, feed("cat", "news.xml", folder="Sea")) as library:
        first = await done(library)
        assert (first.error, first.new, first.title) == ("", 1, "Port News")
        (known,) = await library.feeds.all()
        assert (known.title, known.url, known.folder) == ("Port News", "exec:cat news.xml", "Sea")
        (row,) = await library.lists.rows(await library.lists.ids(ALL))
        assert row.url == "https://site.example.org/ferry"
        assert (await done(library)).unchanged


async def test_a_json_feed_from_a_program_that_is_given_no_input(tmp_path: Path) -> None:
    made = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "title": "A"}]}
    assert (await outcome(tmp_path, SH, "-c", f"cat; echo '{json.dumps(made)}'")).new == 1


async def test_a_program_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "feed.xml").write_bytes(NEWS)
    (tmp_path / "feed.sh").write_text("#!/bin/sh\nexec cat ~/feed.xml\n")
    (tmp_path / "feed.sh").chmod(0o755)
    assert (await outcome(tmp_path, "~/feed.sh")).new == 1


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ((SH, "-c", "echo >&2 one; echo >&2 'no \x1b[31mnet'; exit 3"), "sh ended with status 3: no net"),
        ((SH, "-c", "kill -SEGV $$"), "sh was killed (SIGSEGV)"),
        (("no-such-program",), "no-such-program cannot be run: No such file or directory; check it in"),
        (("./config.toml",), "config.toml cannot be run: Permission denied"),
        (("echo", "a" * 200_000), "echo cannot be run: Argument list too long"),
        (("true",), "true printed nothing"),
        (("echo", "Hello"), "echo printed no usable feed: it begins with “Hello”"),
        (("printf", r"\211PNG\r\n\032\n\000\000"), "printf printed no usable feed: it begins with “"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
async def test_a_program_that_fails_says_why(command: tuple[str, ...], error: str, tmp_path: Path) -> None:
    failed = await outcome(tmp_path, *command)
    assert failed.title.isprintable()
    assert failed.fault is Fault.PROGRAM and failed.error.startswith(error)


async def test_one_program_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "news.xml").write_bytes(NEWS)
    async with opened(tmp_path, feed("false") + feed("cat", "news.xml")) as library:
        errors = [event.error for event in await refreshed(library) if isinstance(event, FeedDone)]
        assert sorted(errors) == ["", "false ended with status 1"]


# --------------------------------------------------------------------------- filters


def bang(title: str) -> tuple[str, ...]:
    return ("sed", f"s/Ferry/{title}/")


async def test_a_filter_changes_what_a_server_sends(tmp_path: Path, web: Web) -> None:
    def answer(request: Request) -> Answer:
        known = request.headers.get("if-none-match") == '"1"'
        return Answer(b"" if known else NEWS, 304 if known else 200, {"ETag": '"1"'})

    url = web.handle("/feed.xml", answer)
    async with opened(tmp_path, feed(url=url, filter=bang("Tram"))) as library:
        assert (await done(library)).new == 1 and await titles(library) == ["Tram"]
        assert (await done(library)).unchanged
    assert web.seen("/feed.xml")[-1].headers["if-none-match"] == '"1"'
    async with opened(tmp_path, feed(url=url, filter=bang("Train"))) as library:
        assert (await done(library)).changed == 1 and await titles(library) == ["Train"]  # asked for anew
    async with opened(tmp_path, feed(url=url)) as library:
        assert (await done(library)).changed == 1 and await titles(library) == ["Ferry"]
        assert (await done(library)).unchanged


async def test_a_filter_of_a_program(tmp_path: Path) -> None:
    (tmp_path / "news.xml").write_bytes(NEWS)
    async with opened(tmp_path, feed("cat", "news.xml", filter=bang("Tram"))) as library:
        assert (await done(library)).new == 1 and await titles(library) == ["Tram"]
        assert (await done(library)).unchanged


async def test_a_filter_that_fails_is_tried_again_on_the_same_document(tmp_path: Path, web: Web) -> None:
    url = web.serve("/feed.xml", NEWS, headers={"ETag": '"1"'})
    script = tmp_path / "filter.sh"
    script.write_text("exit 9\n")
    async with opened(tmp_path, feed(url=url, filter=[SH, "filter.sh"])) as library:
        assert (await done(library)).error == "sh ended with status 9"
        script.write_text("cat\n")
        assert (await done(library)).new == 1


async def test_a_filter_that_does_not_read_its_input(tmp_path: Path, web: Web) -> None:
    big = rss("Big", [item("1", "Ferry", "<p>" + "x" * 300_000 + "</p>")])
    url = web.serve("/feed.xml", big)
    (tmp_path / "other.xml").write_bytes(NEWS)
    async with opened(tmp_path, feed(url=url, filter=["cat", "other.xml"])) as library:
        assert (await done(library)).title == "Port News"


# --------------------------------------------------------------------------- hostile programs


async def run(
    *command: str, seconds: float = 0.4, most: int = 100_000, folder: str = ""
) -> Fetched | FetchFailed:
    budget = MemoryBudget()
    source = Source(command, folder=folder)
    async with Programs(budget, seconds=seconds, most=most) as programs:
        result = await programs.fetch(FetchJob(1, "exec:", source=source), source, budget.reserve())
    assert isinstance(result, Fetched | FetchFailed)
    return result


@pytest.mark.parametrize(
    ("script", "fault", "words"),
    [
        ("yes", Fault.TOO_LARGE, "printed more than 0.1 MB"),
        ("yes >&2", Fault.TIMEOUT, "did not finish within 0.2 seconds: y"),
        ("sleep 60", Fault.TIMEOUT, "did not finish within 0.2 seconds"),
        ("echo y >&2; exec >&- 2>&-; sleep 60", Fault.TIMEOUT, "did not finish within 0.2 seconds: y"),
        ("trap '' TERM INT HUP; while :; do :; done", Fault.TIMEOUT, "did not finish"),
        ("exec python3 -c 'x = bytearray(3 << 30)'", Fault.PROGRAM, "MemoryError"),
    ],
)
async def test_limits_hold(script: str, fault: Fault, words: str) -> None:
    failed = await run(SH, "-c", script, seconds=5 if fault is Fault.PROGRAM else 0.2)
    assert isinstance(failed, FetchFailed) and failed.fault is fault and words in failed.reason


async def test_what_it_leaves_running_is_killed_and_does_not_delay(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > pid; echo done"
    started = time.monotonic()
    fetched = await run(SH, "-c", script, seconds=30, folder=str(tmp_path))
    assert isinstance(fetched, Fetched) and fetched.body == b"done\n"
    assert time.monotonic() - started < 10 and gone(pid_in(tmp_path / "pid"))


DAEMON = """
import os, sys, time
if os.fork():
    print("done", flush=True)
    AFTERWARDS
os.setsid()
if os.fork():
    os._exit(0)
os.setsid()
open("pid", "w").write(f"{os.getpid()}\\n")
while True:
    time.sleep(60)
"""
"""A program whose child detaches from it as daemons do, and keeps its output open."""

RESTLESS = """
import fcntl, os, sys
lock = open("lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
left, leave = os.pipe()
if os.fork():
    os.read(left, 1)
    print("done", flush=True)
    sys.exit()
os.setsid()
os.write(leave, b"!")
while True:
    if os.fork():
        os._exit(0)
    os.setsid()
"""
"""A program that leaves a process that is replaced by its child all the time, and holds a lock."""


def marked(marker: str) -> list[int]:
    """The processes with a marker among their variables."""
    pids = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if marker.encode() in path.read_bytes():
                pids.append(int(path.parent.name))
    return pids


def all_gone(marker: str) -> bool:
    """Return whether the marked processes end within some seconds."""
    end = time.monotonic() + 5 * PATIENCE
    while marked(marker) and time.monotonic() < end:
        time.sleep(0.01)
    return not marked(marker)


@pytest.fixture
def marker(monkeypatch: pytest.MonkeyPatch) -> str:
    """A marker that all processes started from now on have among their variables."""
    monkeypatch.setenv("MARKER", f"marked-{os.urandom(8).hex()}")
    return os.environ["MARKER"]


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt orphans")


@linux
@pytest.mark.parametrize(
    "command",
    [
        (SH, "-c", "setsid sleep 300 & echo done"),
        (SH, "-c", "setsid sh -c 'setsid sleep 300 & sleep 300' & echo done"),
        (sys.executable, "-c", DAEMON.replace("AFTERWARDS", "sys.exit()")),
    ],
    ids=["setsid", "nested", "daemon"],
)
async def test_what_leaves_the_group_is_killed_after_success(
    command: tuple[str, ...], tmp_path: Path, marker: str
) -> None:
    started = time.monotonic()
    fetched = await run(*command, seconds=30, folder=str(tmp_path))
    assert isinstance(fetched, Fetched) and fetched.body == b"done\n"
    assert await asyncio.to_thread(all_gone, marker)
    assert time.monotonic() - started < 10 * PATIENCE


@linux
async def test_a_process_that_is_replaced_all_the_time_is_killed(tmp_path: Path) -> None:
    fetched = await run(sys.executable, "-c", RESTLESS, seconds=30, folder=str(tmp_path))
    assert isinstance(fetched, Fetched) and fetched.body == b"done\n"
    with (tmp_path / "lock").open() as lock:
        end = time.monotonic() + 5 * PATIENCE
        while time.monotonic() < end:
            with suppress(BlockingIOError):
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    pytest.fail("it lives on")


@linux
@pytest.mark.parametrize(
    "command",
    [
        (SH, "-c", "setsid sleep 300 & sleep 300"),
        (sys.executable, "-c", DAEMON.replace("AFTERWARDS", "time.sleep(60)")),
    ],
    ids=["setsid", "daemon"],
)
async def test_what_leaves_the_group_is_killed_when_time_is_up(
    command: tuple[str, ...], tmp_path: Path, marker: str
) -> None:
    failed = await run(*command, folder=str(tmp_path))
    assert isinstance(failed, FetchFailed) and failed.fault is Fault.TIMEOUT
    assert await asyncio.to_thread(all_gone, marker)


@linux
@pytest.mark.parametrize("afterwards", ["time.sleep(60)", "sys.exit()"], ids=["running", "ended"])
def test_killing_tuireader_kills_what_left_the_group(tmp_path: Path, marker: str, afterwards: str) -> None:
    (tmp_path / "daemon.py").write_text(DAEMON.replace("AFTERWARDS", afterwards))
    script = f"{sys.executable} daemon.py; sleep 60"
    (tmp_path / "config.toml").write_text(feed(SH, "-c", script))
    where = ["--config", str(tmp_path / "config.toml"), "--database", str(tmp_path / "news.db")]
    with start([*where, "refresh"], dict(os.environ)) as child:
        pid = pid_in(tmp_path / "pid")
        assert {pid} < set(marked(marker))  # and what guards it
        child.send_signal(signal.SIGKILL)
    assert all_gone(marker)


ORPHANS = """
import os, pathlib, time

def zombies():
    paths = pathlib.Path("/proc").glob("[0-9]*/stat")
    stats = [path.read_text().rpartition(")")[2].split() for path in paths]
    return sum(one[:2] == ["Z", str(os.getppid())] for one in stats)

for _ in range(50):
    if not os.fork():
        os.fork()
        os._exit(0)
    os.wait()
end = time.monotonic() + 5
while zombies() and time.monotonic() < end:
    pass
print(zombies())
"""


@linux
async def test_orphans_that_end_leave_no_zombies_while_the_program_runs() -> None:
    for _ in range(3):  # another process may end while its status is read
        fetched = await run(sys.executable, "-c", ORPHANS, seconds=30)
        if isinstance(fetched, Fetched):
            break
    assert isinstance(fetched, Fetched) and fetched.body == b"0\n"


async def test_a_cancelled_refresh_kills_the_program(tmp_path: Path) -> None:
    text = feed(SH, "-c", "sleep 60 & echo $$ > pid; wait")
    async with opened(tmp_path, text) as library:
        running = asyncio.create_task(done(library))
        pid = await asyncio.to_thread(pid_in, tmp_path / "pid")
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert await asyncio.to_thread(gone, pid)


async def test_no_file_or_socket_of_a_program_is_left_open() -> None:
    """Neither of one that fails after a long output, nor of those that are cancelled, started or not."""
    gc.collect()  # what earlier tests left
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        failed = await run(SH, "-c", "head -c 2000000 /dev/zero; exit 3", seconds=30, most=3_000_000)
        assert isinstance(failed, FetchFailed) and failed.reason == "sh ended with status 3"
        del failed
        budget, source = MemoryBudget(), Source(("sleep", "60"))
        async with Programs(budget, seconds=30, most=1_000) as programs, asyncio.timeout(30):
            fetches = [
                asyncio.create_task(
                    programs.fetch(FetchJob(n, "exec:", source=source), source, budget.reserve())
                )
                for n in range(AT_ONCE + 2)
            ]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            for fetch in fetches:
                fetch.cancel()
            results = await asyncio.gather(*fetches, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results)
        del fetch, fetches, results
        await asyncio.sleep(0)  # the loop keeps the last one that ran
        gc.collect()
    messages = [str(warning.message) for warning in caught]
    assert [message for message in messages if "unclosed database" not in message] == []  # of other tests


def test_killing_tuireader_leaves_no_orphan(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(feed(SH, "-c", "sleep 60 & echo $! > pid; wait"))
    where = ["--config", str(tmp_path / "config.toml"), "--database", str(tmp_path / "news.db")]
    with start([*where, "refresh"], dict(os.environ)) as child:
        pid = pid_in(tmp_path / "pid")
        child.send_signal(signal.SIGKILL)
    assert gone(pid)


async def test_few_run_at_once(tmp_path: Path) -> None:
    (tmp_path / "news.xml").write_bytes(NEWS)
    (tmp_path / "at").mkdir()
    script = ": > at/$$; sleep 0.1; set -- at/*; echo $# >> counts; rm at/$$; cat news.xml #"
    async with opened(tmp_path, "".join(feed(SH, "-c", f"{script} {n}") for n in range(12))) as library:
        await refreshed(library)
        assert len(await library.feeds.all()) == 12
    counts = [int(line) for line in (tmp_path / "counts").read_text().split()]
    assert len(counts) == 12 and 1 < max(counts) <= 8
