"""The program in a real terminal: what is left of the terminal afterwards, and the exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import processes
from tests.processes import passed_on
from tests.terminal import Terminal
from tests.ui.demo_library import opened
from tests.ui.running import running
from tests.ui.samples import library
from tuireader.startup.tui import guarded
from tuireader.ui.bindings import bindings, keymap
from tuireader.ui.browser import open_in_browser

pytestmark = pytest.mark.usefixtures("frames_for_a_terminal")
ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"


def start(home: Path, *arguments: str, **env: str) -> Terminal:
    """Start the reader, which needs not be imported once more."""
    return Terminal(["tuireader", *arguments], home=home, size=(100, 30), env=env, forked=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_in_order(demo_home: Path, number: signal.Signals) -> None:
    """The signals are SIGINT and those of the start, which the next test sends."""
    with start(demo_home, "--demo") as terminal:
        terminal.wait("Harbour Tech")
        terminal.signal(number)
        assert terminal.leave() == 128 + number and terminal.restored
    assert ENTERS in terminal.raw and LEAVES in terminal.raw
    assert b"\x1b[?1000l" in terminal.raw  # the mouse is off again
    assert b"Traceback" not in terminal.raw


ENDING = ("SIGTERM", "SIGQUIT", "SIGABRT", "SIGUSR1", "SIGUSR2", "SIGALRM")
STARTING = """
import os, time
from tuireader.startup import first_frame
first_frame.keep_keys(os.environ)
print("starting", flush=True)
while True:
    time.sleep(0.05)  # a signal just before a longer sleep would wait for its end
"""


@pytest.mark.parametrize("name", ENDING)
def test_a_signal_during_the_start_restores_the_terminal(tmp_path: Path, name: str) -> None:
    number = getattr(signal, name)
    with Terminal([sys.executable, "-c", STARTING], home=tmp_path) as terminal:
        terminal.wait("starting")
        assert not terminal.restored
        terminal.signal(number)
        assert terminal.leave() == 128 + number and terminal.restored


def test_first_run_and_quit(tmp_path: Path) -> None:
    with start(tmp_path) as terminal:
        terminal.wait("Welcome to tuireader")
        terminal.wait("A starter set")
        terminal.press("q")
        assert terminal.leave() == 0 and terminal.restored
    assert LEAVES in terminal.raw


def test_without_a_terminal(tmp_path: Path) -> None:
    for environ in ({}, {"TERM": "dumb"}):
        env = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], **passed_on(), **environ}
        with processes.start([], env) as reader:
            out, err = reader.communicate(timeout=20)
        assert reader.returncode == 2 and out == b""
        assert err.splitlines() == [b"tuireader needs a terminal; try `tuireader list` or `tuireader --help`"]


def test_a_dumb_terminal(tmp_path: Path) -> None:
    with start(tmp_path, TERM="dumb") as terminal:
        terminal.wait("needs a terminal")
        assert terminal.leave() == 2
    assert b"\x1b" not in terminal.raw


CRASH = """
import sys
from tuireader.ui.widgets.article_list import ArticleList
def fall(self, lines):
    secret = "hunter2"
    raise RuntimeError("on purpose")
ArticleList.move = fall
sys.argv = ["tuireader", "--demo"]
from tuireader.__main__ import main
main()
"""


def test_a_crash_gives_the_terminal_back_and_keeps_secrets(tmp_path: Path, demo_home: Path) -> None:
    script = tmp_path / "crash.py"
    script.write_text(CRASH)
    with Terminal([sys.executable, str(script)], home=demo_home, size=(100, 30), forked=True) as terminal:
        terminal.wait("Harbour Tech")
        terminal.press("j")
        assert terminal.leave() == 1 and terminal.restored
    after = bytes(terminal.raw).rpartition(LEAVES)[2]
    assert b"unexpected error (RuntimeError); your marks are saved. Details" in after
    assert b"Traceback" not in after
    log = next(tmp_path.rglob("crash.log"))
    text = log.read_text()
    assert "on purpose" in text and "Traceback" in text
    assert 'secret = "hunter2"' not in text and log.stat().st_mode & 0o077 == 0


FAILING = """
import sys, threading
from tuireader.errors import DatabaseError
from tuireader.store.marks.marks import Marks
from tuireader.ui.app import TuireaderApp
from tuireader.ui.widgets.article_list import ArticleList
moved = threading.Event()
def fail(self, *args, **kwargs):
    moved.wait(5)  # until the keys behind it are handled
    raise {fault}
opened = TuireaderApp.opened
def begin_to_fail(self):
    Marks.set = fail
    opened(self)
TuireaderApp.opened = begin_to_fail
def fall(self, lines):
    moved.set()
    if {falls}:
        raise RuntimeError("on purpose")
ArticleList.move = fall
sys.argv = ["tuireader", "--demo"]
from tuireader.__main__ import main
main()
"""


@pytest.mark.usefixtures("locks_are_waited_for_briefly")
@pytest.mark.parametrize(
    ("fault", "falls", "marks"),
    [
        ('ValueError("a bug in writing")', False, b"(ValueError); 3 marks not saved. Details: "),
        ('ValueError("a bug in writing")', True, b"Error); 3 marks not saved"),
        ('DatabaseError("the disk is full")', True, b"(RuntimeError); 3 marks not saved: the disk is full"),
    ],
)
def test_a_crash_says_which_marks_are_lost(
    tmp_path: Path, demo_home: Path, fault: str, falls: bool, marks: bytes
) -> None:
    script = tmp_path / "crash.py"
    script.write_text(FAILING.format(fault=fault, falls=falls))
    with Terminal([sys.executable, str(script)], home=demo_home, size=(200, 30), forked=True) as terminal:
        terminal.wait("Harbour Tech")
        terminal.press("sNsj")
        assert terminal.leave() == 1 and terminal.restored
    after = bytes(terminal.raw).rpartition(LEAVES)[2]
    assert marks in after and b"are saved" not in after


def test_a_crash_of_a_command_says_nothing_about_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fall() -> int:
        raise ValueError("on purpose")

    assert guarded(fall) == 1
    assert "unexpected error (ValueError). Details: " in capsys.readouterr().err


async def test_an_unknown_theme_is_reported(tmp_path: Path) -> None:
    async with running(library('[ui]\ntheme = "draclua"')) as run:
        assert "ui.theme: there is no theme 'draclua'; did you mean 'dracula'?" in run.toasts
        assert run.app.theme == "tuireader-dark"


def test_keymap_holds_only_what_differs() -> None:
    assert keymap({}) == {}
    changed = keymap({"toggle_star": ("b", "insert"), "open_link": ("1", "2")})
    assert changed["toggle_star"] == "b,insert"
    assert changed["open_link.2"] == "2" and changed["open_link.3"] == "none"
    assert len({binding.id for binding in bindings()}) == len(bindings())


async def test_a_command_without_keys_has_none() -> None:
    keys = '[keys]\ntoggle_star = []\nopen_link = "2"\ntour = "b"'
    async with running(library(keys)) as run:
        await run.press("s")
        assert 1 not in await run.starred()
        await run.press("enter", "2", "1")
        assert run.browsed == ["https://ferry.example/notice"]  # the first key opens the first link
        await run.press("b")
        assert "A few keys to start with" in run.text


async def test_the_browser_gets_one_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$#" "$1" > {tmp_path}/seen\necho noise\nexit ${{CODE:-0}}\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(script))
    url = "https://a.example/?q=$(touch x);`id`&b=%s --option"
    assert await open_in_browser(url) == ""
    assert (tmp_path / "seen").read_text() == f"1\n{url}\n"
    monkeypatch.setenv("CODE", "3")
    assert "ended with status 3" in await open_in_browser(url)
    monkeypatch.setenv("BROWSER", "")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert await open_in_browser(url) == "no web browser was found"


@pytest.mark.parametrize("keys", [(":",), ("+",), ("question_mark",), ("=", "enter")])
async def test_a_question_without_an_answer_ends_with_the_reader(tmp_path: Path, keys: Sequence[str]) -> None:
    async with opened(tmp_path) as own:
        before = asyncio.all_tasks()
        async with running(own) as run:
            await run.press(*keys)
        assert asyncio.all_tasks() <= before
