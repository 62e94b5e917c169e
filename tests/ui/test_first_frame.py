"""The frame that stands before Textual does, in a real terminal."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import struct
import sys
import termios
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.terminal import Emulator, Terminal
from tuireader.config import FeedConfig, paths
from tuireader.model import ParsedEntry
from tuireader.startup import first_frame
from tuireader.store import Store
from tuireader.ui.views import UNREAD

NOW = 1_790_000_000
TITLES = (
    "Ferries take phones",
    "渡轮公司下周起接受手机支付，纸质船票将于十月停用，乘客可在码头领取说明",
    "A title 🚀 with a very long tail that fits into no line of a list that people read in a terminal",
    "[bold]no markup[/] العبارات (WHO) تقبل 12 هاتفا",
    "Read already",
)
CONFIG = """
[[feeds]]
url = "http://127.0.0.1:9/quay"
title = "港口日报 The Quay"

[[watch]]
name = "Ferries"
any = ["ferries"]

[fetch]
refresh_on_start = false

[ui]
author_column = true
reading_time_column = true
bidi = true
"""
MOUSE = b"\x1b[?1000h"  # Textual has taken the terminal over
ENTERS, LEAVES = b"\x1b[?1049h", b"\x1b[?1049l"


def fill(home: Path) -> None:
    """Put a configuration there, and five articles, of which one is read."""
    where = paths({"HOME": str(home)})
    where.config.parent.mkdir(parents=True)
    where.config.write_text(CONFIG, encoding="utf-8")
    where.database.parent.mkdir(parents=True)
    store = Store.open(where.database)
    with store.transaction():
        store.feeds.sync([FeedConfig("http://127.0.0.1:9/quay", "港口日报 The Quay", "")])
        entries = [
            ParsedEntry(guid=str(n), title=title, url=f"http://a/{n}", author="港口记者 Ada",
                        published=NOW - n * 60, content_html="<p>Text.</p>")
            for n, title in enumerate(TITLES)
        ]  # fmt: skip
        saved = store.entries.save(store.feeds.all()[0].id, entries, NOW)
        ids = {text.title: text.id for text in saved.new}
        store.marks.set("read", [ids["Read already"]], True, now=NOW, journal=False)
        store.marks.label("to read", list(ids.values()), True, now=NOW)
        store.set_fact("hints", '["watch sign"]')  # else the header explains the sign after the frame
    store.close()


def start(home: Path, size: tuple[int, int] = (120, 30), *, forked: bool = True) -> Terminal:
    """Start the reader; with `forked`, it has nothing to import between the frame and Textual."""
    command = ["tuireader"] if forked else [sys.executable, "-m", "tuireader"]
    return Terminal(command, home=home, size=size, forked=forked)


def kept(home: Path) -> list[Path]:
    return sorted((home / ".local/state/tuireader").glob("first-frame-*.json"))


def session(home: Path, size: tuple[int, int] = (120, 30)) -> str:
    """A first session, which keeps the frame; the screen that it showed."""
    with start(home, size) as terminal:
        terminal.wait("Ferries take phones")
        terminal.wait("1/4")
        counted = size[0] < 100 or 152 <= size[0] < 176  # else the sidebar tells how many the watch has hit
        shown = terminal.wait(
            lambda shown: (
                ("▌Ferries Text" in shown or "◆ Ferries take" in shown)
                and "applying" not in shown
                and (size[0] < 152 or "Text." in shown)  # beside the list
                and (counted or re.search("◆ Ferries +1 ", shown) is not None)
            )
        )
        terminal.press("ctrl+q")
        assert terminal.leave() == 0
    assert kept(home)
    return shown


@dataclass(frozen=True)
class Left:
    """A home after a first session, a copy of it, and the screen that the session showed."""

    home: Path
    copy: Path
    shown: str


@pytest.fixture(scope="module")
def left(frames_for_a_terminal: None, tmp_path_factory: pytest.TempPathFactory) -> Left:
    home, copy = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("copy")
    fill(home)
    shown = session(home)
    shutil.copytree(home, copy, dirs_exist_ok=True)
    return Left(home, copy, shown)


@pytest.fixture
def home(left: Left) -> Path:
    """The home as the first session left it; the frame is kept for this path alone."""
    shutil.rmtree(left.home)
    shutil.copytree(left.copy, left.home)
    return left.home


@pytest.mark.usefixtures("frames_for_a_terminal")
@pytest.mark.parametrize("size", [(120, 30), (44, 12), (180, 24), (156, 20)])
def test_it_looks_like_what_comes_after_it(left: Left, home: Path, size: tuple[int, int]) -> None:
    real = left.shown if size == (120, 30) else session(home, size)
    with start(home, size) as terminal:
        while MOUSE not in terminal.raw:
            assert terminal.read(20)
        before = bytes(terminal.raw).partition(MOUSE)[0]
        terminal.wait("1/4")
    emulator = Emulator(size)
    emulator.stream.feed(before)
    if size[0] < 152:
        assert emulator.text() == real
        assert ("港口记者 A" in real) == (" 1 min  " in real) == (size[0] > 100)
    else:  # only the article beside the list comes later
        pairs = list(zip(emulator.text().split("\n"), real.split("\n"), strict=True))
        assert all(line.startswith(drawn) for drawn, line in pairs)
        assert any(drawn.endswith("│") and len(line) > len(drawn) for drawn, line in pairs)
    assert terminal.raw.count(ENTERS) == 1


@pytest.mark.usefixtures("frames_for_a_terminal")
def test_dividers_stand_where_they_were_left(home: Path) -> None:
    size = (180, 24)
    with start(home, size) as terminal:
        terminal.wait("Text.")
        before = terminal.line("Watches").rindex("│")
        terminal.press(">", ">", ">")
        terminal.wait(lambda _: terminal.line("Watches").rindex("│") == before + 6)
        terminal.wait("Text.")
        terminal.press("ctrl+q")
        assert terminal.leave() == 0
    with start(home, size) as terminal:
        while MOUSE not in terminal.raw:
            assert terminal.read(20)
    drawn = Emulator(size)
    drawn.stream.feed(bytes(terminal.raw).partition(MOUSE)[0])
    assert next(line for line in drawn.text().split("\n") if "Watches" in line).rindex("│") == before + 6


def test_nothing_flickers_no_key_is_lost_and_the_terminal_is_as_before(home: Path) -> None:
    with start(home, forked=False) as terminal:
        terminal.wait("Ferries take phones")
        assert MOUSE not in terminal.raw  # it is read as soon as it is there
        assert not termios.tcgetattr(terminal.fd)[3] & termios.ECHO
        terminal.press("j", "enter")  # is still this key when it is read, and no end of a line
        terminal.wait(lambda shown: "q back" in shown and "2/4" in shown)
        terminal.press("ctrl+q")
        terminal.wait(lambda _: LEAVES in terminal.raw)
        assert terminal.leave() == 0 and terminal.restored
        raw = bytes(terminal.raw)
    shown = raw.index(b"take phones") + 20
    end = raw.index(LEAVES)
    assert b"\x1b[2J" not in raw[shown:end]
    emulator = Emulator((120, 30))
    emulator.stream.feed(raw[:shown])
    for at in range(shown, end, 300):
        emulator.stream.feed(raw[at : min(end, at + 300)])
        assert "Ferries take phones" in emulator.text()


def test_what_was_read_elsewhere_is_not_shown(home: Path) -> None:
    store = Store.open(paths({"HOME": str(home)}).database)
    with store.transaction():
        store.marks.set("read", [store.lists.ids(UNREAD, show_read=False)[0]], True, now=NOW)
    store.close()
    shown = frame(home)
    assert "no markup" in shown and "Ferries take phones" not in shown


def test_a_fault_at_the_start_is_told_on_the_usual_screen(home: Path) -> None:
    database = paths({"HOME": str(home)}).database
    script = home / "late.py"  # the database is damaged between the frame and the opening
    script.write_text(
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tuireader.startup import first_frame\n"
        "sys.argv = ['tuireader']\n"
        "shown = first_frame.show([], os.environ)\n"
        "first_frame.show = lambda *_: shown\n"
        f"Path({str(database)!r}).write_bytes(b'no database' * 500)\n"
        "from tuireader.__main__ import main\n"
        "main()\n"
    )
    for end in ("-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)
    with Terminal([sys.executable, str(script)], home=home, size=(120, 30), forked=True) as terminal:
        assert terminal.leave() != 0
        told = bytes(terminal.raw).partition(LEAVES)[2]
        assert b"Ferries take phones" in terminal.raw and b"tuireader: " in told


# --------------------------------------------------------------------------- when there is none


def frame(home: Path, size: tuple[int, int] = (120, 30), **env: str) -> str:
    """The frame for a terminal of a size."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    saved = os.dup(1)
    os.dup2(slave, 1)
    try:
        environ = {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        return first_frame.frame_text([], environ | env)
    finally:
        os.dup2(saved, 1)
        for file in (saved, master, slave):
            os.close(file)


def test_only_what_fits_is_shown(home: Path) -> None:
    assert "Ferries take phones" in frame(home)
    assert frame(home, (119, 30)) == ""
    assert frame(home, COLORTERM="") == frame(home, TERM="screen") == frame(home, NO_COLOR="1") == ""
    assert frame(home, HOME="") == ""
    (file,) = kept(home)
    made = json.loads(file.read_text(encoding="utf-8"))
    for change in ({"version": "0"}, {"schema": 0}, {"unread": False}, {"database": "/nowhere/at/all.db"}):
        file.write_text(json.dumps(made | change), encoding="utf-8")
        assert frame(home) == "", change
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="Expecting"):
        frame(home)  # `show` takes it for none
    file.write_text(json.dumps(made), encoding="utf-8")
    assert frame(home)
    dividers = file.with_name("panes.json")
    dividers.write_text("{}", encoding="utf-8")
    assert frame(home) == ""  # it would show them where they were before
    dividers.unlink()
    assert frame(home)
    config = paths({"HOME": str(home)}).config
    config.write_text(CONFIG.replace("author_column = true", "author_column = false"), encoding="utf-8")
    assert frame(home) == ""


@pytest.mark.slow
@pytest.mark.usefixtures("frames_for_a_terminal")
def test_a_theme_that_was_only_looked_at_is_not_kept(home: Path) -> None:
    (file,) = kept(home)
    before = file.read_bytes()
    with start(home) as terminal:
        terminal.wait("1/4")
        terminal.press("=", "/", *"ui.theme", "enter", "enter")
        terminal.wait("esc takes it back")
        ground = terminal.screen.buffer[0][0].bg
        terminal.press(*"dracula")
        terminal.wait(lambda _: terminal.screen.buffer[0][0].bg != ground)
        terminal.press("ctrl+q")
        assert terminal.leave() == 0
    assert [each.read_bytes() for each in kept(home)] == [before]


def test_the_kept_file_is_private_and_there_are_few(home: Path) -> None:
    (file,) = kept(home)
    assert file.stat().st_mode & 0o077 == 0
    from tuireader.startup.saved_frame import write

    for number in range(20):
        write(file.with_name(f"first-frame-{number:08x}.json"), {"number": number})
    assert len(kept(home)) == 12


def test_the_folder_is_that_of_the_program() -> None:
    for environ in ({"HOME": "/home/a"}, {"HOME": "/home/a", "XDG_STATE_HOME": "/var/state"},
                    {"HOME": "/home/a", "XDG_STATE_HOME": "not/absolute"}):  # fmt: skip
        assert first_frame.state_folder(environ) == str(paths(environ).state)
    assert first_frame.state_folder({}) == ""


def test_only_the_reader_itself_has_one() -> None:
    fits = first_frame.fits
    assert fits([]) and fits(["--config", "x"]) and fits(["--database", "y", "--config", "x"])
    assert not any(fits(given) for given in (["list"], ["--demo"], ["--config"], ["--config=x"], ["-h"]))


def test_it_needs_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not first_frame.show([], {"TERM": "dumb"}) and not first_frame.show([], {})
    assert not first_frame.show([], {"TERM": "xterm", "TEXTUAL_DRIVER": "x:Y"})
    first_frame.end()  # of none: nothing happens
    assert first_frame.taken_over() == (None, False)


@pytest.mark.parametrize("arguments", [[], ["--demo"], ["--demo", "--fresh"]])
def test_keys_are_kept_without_one_too(arguments: list[str], tmp_path: Path) -> None:
    script = tmp_path / "waiting.py"  # the reader takes its time
    script.write_text(
        "import os, sys\n"
        f"sys.argv = ['tuireader', *{arguments}]\n"
        "from tuireader import cli\n"
        "from tuireader.startup import tui\n"
        "def run(_):\n"
        "    print('waits', flush=True)\n"
        "    print(os.read(0, 100))\n"
        "    return 3\n"
        "cli.run = tui.run = run\n"
        "from tuireader.__main__ import main\n"
        "main()\n"
    )
    with Terminal([sys.executable, str(script)], home=tmp_path) as terminal:
        terminal.wait("waits")
        terminal.press("/x\x15law\x17\r")
        terminal.wait(r"b'/x\x15law\x17\r'")
        assert terminal.leave() == 3
        assert terminal.restored and LEAVES not in terminal.raw
