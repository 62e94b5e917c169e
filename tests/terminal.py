"""A program in a real terminal: a pseudo-terminal with an emulated screen, driven by keys.

    with Terminal(["tuireader", "--demo"], home=tmp_path) as terminal:
        terminal.wait("Unread")
        terminal.press("j", "enter")

Nothing sleeps: `wait` reads what the program writes until the screen shows what is waited for.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from pyte.charsets import LAT1_MAP
from pyte.modes import IRM
from pyte.screens import Char
from wcwidth import wcwidth

from tests.processes import become, interruptible, passed_on

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "esc": "\x1b",
    "space": " ",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "left": "\x1b[D",
    "right": "\x1b[C",
    "backspace": "\x7f",
    "ctrl+c": "\x03",
    "ctrl+o": "\x0f",
    "ctrl+y": "\x19",
    "ctrl+z": "\x1a",
    "ctrl+q": "\x11",
}


@cache
def _is_narrow(text: str) -> bool:
    return all(wcwidth(character) == 1 for character in text)


class _Screen(pyte.Screen):
    """A screen that draws narrow characters at once: pyte asks five questions for each."""

    def draw(self, data: str) -> None:
        cursor = self.cursor
        end = cursor.x + len(data)
        is_plain = self.charset == 0 and self.g0_charset is LAT1_MAP and IRM not in self.mode
        if end > self.columns or not is_plain or not _is_narrow(data):
            super().draw(data)
            return
        line, style = self.buffer[cursor.y], cursor.attrs[1:]
        for x, character in enumerate(data, cursor.x):
            line[x] = Char(character, *style)
        cursor.x = end
        self.dirty.add(cursor.y)


class Emulator:
    """A screen that shows what is written to it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.screen = _Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self._lines: list[str] = []

    def text(self) -> str:
        """The screen, a line each, without the blanks at the ends of lines."""
        screen = self.screen
        self._lines[screen.lines :] = [""] * (screen.lines - len(self._lines))
        for y in screen.dirty & set(range(screen.lines)):
            row = screen.buffer[y]
            self._lines[y] = "".join([row[x].data for x in range(screen.columns)]).rstrip()
        screen.dirty.clear()
        return "\n".join(self._lines)


class Terminal(Emulator):
    """A program with a terminal of its own. `raw` holds every byte that it has written.

    With `forked`, the command is not executed, which has to be `tuireader` or a Python script: a fork of this
    process goes on as that with these arguments, and has nothing to import.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        home: Path,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        patience: float = 60.0,
        forked: bool = False,
    ) -> None:
        super().__init__(size)
        self._patience = patience
        if forked:
            import_module("tuireader.ui.app")  # once, not in each fork
        self.raw = bytearray()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            **passed_on(),
            **(env or {}),
        }
        begun, begin = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.close(begin)
                os.read(begun, 1)  # until the modes of the terminal are known
                interruptible()
                if forked:
                    script = command[0] == sys.executable and command[1] != "-m"
                    become(command[1:], environment, script=script)
                    if not script:
                        command = [sys.executable, "-m", "tuireader", *command[1:]]
                os.execvpe(command[0], list(command), environment)
            finally:
                os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *reversed(size), 0, 0))
        self._modes = termios.tcgetattr(self.fd)[:4]
        os.close(begun)
        os.close(begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        if self.fd >= 0:
            os.close(self.fd)

    @property
    def restored(self) -> bool:
        """Whether the terminal is in the modes that it was in at first."""
        return termios.tcgetattr(self.fd)[:4] == self._modes

    def hang_up(self) -> int:
        """Take the terminal away, as when its window is closed; the exit code of the program."""
        os.close(self.fd)
        self.fd = -1
        found: list[int] = []
        waiting = threading.Thread(target=lambda: found.append(os.waitpid(self.pid, 0)[1]), daemon=True)
        waiting.start()
        waiting.join(self._patience)
        if not found:
            raise AssertionError("the program goes on without a terminal")
        return os.waitstatus_to_exitcode(found[0])

    def press(self, *keys: str) -> None:
        """Type keys: names of `KEYS`, or text as it is."""
        for key in keys:
            os.write(self.fd, KEYS.get(key, key).encode())

    def resize(self, columns: int, lines: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def wait(self, what: str | Callable[[str], bool]) -> str:
        """Read until the screen shows a text (or `what` says yes to it); the screen's text."""
        wanted = (lambda shown: what in shown) if isinstance(what, str) else what
        end = time.monotonic() + self._patience
        while not wanted(shown := self.text()):
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"waited in vain for {what!r}; the screen shows:\n{shown}")
        return shown

    def rest(self, seconds: float = 0.2) -> bool:
        """Read until nothing has come for a while; False when the program has ended."""
        while select.select([self.fd], [], [], seconds)[0]:
            if not self.read(0.0):
                return False
        return True

    def wait_gone(self, what: str) -> str:
        """Read until the screen does not show a text any more."""
        return self.wait(lambda shown: what not in shown)

    def interrupt(self) -> int:
        """Press ctrl+c once the program waits for input; its exit code.

        Python misses a ctrl+c that comes between its last check for signals and the read.
        """
        end = time.monotonic() + self._patience
        while self._state() != "S" and time.monotonic() < end:
            self.read(0.01)
        self.press("ctrl+c")
        return self.leave()

    def _state(self) -> str:
        """State of the program's main thread, `S` while it sleeps in a call (proc(5))."""
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def leave(self) -> int:
        """Read until the program has ended; its exit code."""
        end = time.monotonic() + self._patience
        while self.read(max(0.0, end - time.monotonic())):
            pass
        if time.monotonic() >= end:
            raise AssertionError(f"the program goes on; the screen shows:\n{self.text()}")
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def signal(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def line(self, what: str) -> str:
        """The first line of the screen with a text in it, `""` if there is none."""
        return next((line for line in self.text().splitlines() if what in line), "")

    def read(self, seconds: float) -> bool:
        """Read what comes within a time; False when nothing does, or the program has ended."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:  # Linux says EIO when the other side has closed
            return False
        self.raw += data
        self.stream.feed(data)
        return bool(data)
