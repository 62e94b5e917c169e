"""A program in a pseudo-terminal with an emulated screen, and when its bytes came.

A thread notes the time at which each piece of output was read; the screen is emulated afterwards, in the
caller's thread, so that the emulation costs the program nothing but a share of another core. All times are
in milliseconds.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~", "enter": "\r", "tab": "\t", "ctrl+u": "\x15",
    "ctrl+z": "\x1a",
}  # fmt: skip
QUIET = 0.025
"""Seconds without output that end a paint."""
_SAME_PAINT = 0.004
"""Seconds within which the pieces of one paint follow each other."""

# What pyte would print: kitty keyboard, mode queries, device control and operating system strings.
_UNKNOWN = re.compile(
    r"\x1b\[[<>=?][0-9;]*u|\x1b\[\?[0-9;]*\$p|\x1bP.*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)|\x1b\[>[0-9;]*[a-zA-Z]",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-9;?<>=$ ]*|P[^\x1b]*|\][^\x07\x1b]*)?\Z")
# What a terminal answers, so that no program waits for it.
_ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[0c", b"\x1b[?62;22c"),
)


@dataclass(frozen=True, slots=True)
class Paint:
    """What a key brought: ms until the first and the last byte, and whether the screen changed."""

    first: float
    last: float
    changed: bool


class Program:
    """A running program; a context manager that ends it."""

    def __init__(
        self,
        command: Sequence[str],
        home: Path,
        *,
        size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        columns, lines = size
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._pieces: list[tuple[float, bytes]] = []
        self._news = threading.Condition()
        self._ended = False
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "TZ") if name in os.environ}
        kept |= {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        kept |= environment or {}
        sys.setswitchinterval(0.0003)
        self.started = self._mark = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
                os.execvpe(command[0], list(command), kept)
            finally:
                os._exit(127)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.kill(self.pid, signal.SIGTERM)
            for _ in range(60):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    break
                time.sleep(0.05)
            else:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self._file)

    # -- output

    def _read(self) -> None:
        while not self._ended:
            try:
                data = os.read(self._file, 1 << 16)
            except OSError:  # Linux says EIO when the program has ended
                data = b""
            now = time.perf_counter()
            for asked, answer in _ANSWERS:
                if asked in data:
                    os.write(self._file, answer)
            with self._news:
                if data:
                    self._pieces.append((now, data))
                else:
                    self._ended = True
                self._news.notify()

    def _next(self, seconds: float) -> tuple[float, bytes] | None:
        """The next output and when it came, or None if nothing did."""
        with self._news:
            if not self._pieces and not self._ended:
                self._news.wait(max(0.0, seconds))
            return self._pieces.pop(0) if self._pieces else None

    def _piece(self, seconds: float) -> float | None:
        """Put the next output on the screen; when it came, or None if nothing did."""
        if (piece := self._next(seconds)) is None:
            return None
        self._show(piece[1])
        return piece[0]

    def _show(self, data: bytes) -> None:
        text = self._rest + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        text, self._rest = text[:end], text[end:]
        self._stream.feed(_UNKNOWN.sub("", text))

    def text(self) -> str:
        """The screen, a line each."""
        columns = range(self._screen.columns)
        rows = (self._screen.buffer[line] for line in range(self._screen.lines))
        return "\n".join("".join(row[column].data for column in columns) for row in rows)

    def settle(self, quiet: float = 0.15) -> tuple[float, float] | None:
        """Read until nothing has come for `quiet` seconds; when the first and the last piece came."""
        first = last = None
        end = time.perf_counter() + 30
        while time.perf_counter() < end and (when := self._piece(quiet)) is not None:
            first, last = first or when, when
        return (first, last) if first and last else None

    def wait(self, pattern: str, *, since_start: bool = False, patience: float = 30) -> float:
        """Milliseconds from the last key (or the start) to the piece that made `pattern` visible."""
        wanted = re.compile(pattern, re.MULTILINE)
        begun = self.started if since_start else self._mark
        end = time.perf_counter() + patience
        when: float | None = None
        while not wanted.search(self.text()):
            when = self._piece(end - time.perf_counter())
            if when is None and (self._ended or time.perf_counter() > end):
                raise TimeoutError(f"no {pattern!r} on the screen:\n{self.text()}")
        return ((when or time.perf_counter()) - begun) * 1000

    def rest_of_paint(self, since: float) -> float:
        """Milliseconds from the last key to the end of the paint that `wait` saw begin after `since`."""
        end = since
        while (when := self._piece(_SAME_PAINT)) is not None:
            end = (when - self._mark) * 1000
        return end

    def next_paint(self, patience: float = 2) -> float:
        """Milliseconds from the last key to the end of the next paint."""
        when = self._piece(patience)
        if when is None:
            raise TimeoutError(f"nothing was painted:\n{self.text()}")
        return self.rest_of_paint((when - self._mark) * 1000)

    # -- input

    def type(self, *keys: str) -> None:
        """Write keys, named as in `KEYS` or as they are, all at once."""
        data = b"".join(map(self._bytes, keys))
        self._mark = time.perf_counter()
        os.write(self._file, data)

    def _bytes(self, key: str) -> bytes:
        data = KEYS.get(key, key).encode()
        if 1 << 5 in self._screen.mode and len(data) == 3 and data.startswith(b"\x1b["):
            return b"\x1bO" + data[2:]  # the program has asked for application cursor keys (DECCKM)
        return data

    def press(self, key: str) -> Paint:
        """Press a key and read until the screen is quiet."""
        self._screen.dirty.clear()
        self.type(key)
        pieces: list[tuple[float, bytes]] = []
        while piece := self._next(QUIET if pieces else 20):
            pieces.append(piece)
        if not pieces:
            raise TimeoutError(f"{key} brought nothing:\n{self.text()}")
        for _, data in pieces:  # now: a terminal draws beside the program, but this would delay its reading
            self._show(data)
        first, last = ((when - self._mark) * 1000 for when in (pieces[0][0], pieces[-1][0]))
        return Paint(first, last, bool(self._screen.dirty))

    def presses(self, key: str, count: int) -> list[float]:
        """Milliseconds from each of `count` presses to the last byte painted; no-ops are left out."""
        self.settle()
        return [paint.last for paint in (self.press(key) for _ in range(count)) if paint.changed]

    def burst(self, key: str, count: int) -> float:
        """Milliseconds from `count` keys written at once to the last byte painted."""
        self.settle()
        return self.together(*[key] * count, quiet=0.3)

    def together(self, *keys: str, quiet: float = QUIET) -> float:
        """Milliseconds from keys written at once to the last byte of the paint that they bring."""
        self.type(*keys)
        first = last = self._piece(20)
        if rest := self.settle(quiet):
            last = rest[1]
        return (last - self._mark) * 1000 if first and last else 0.0

    def wait_end(self) -> None:
        """Read until the program has ended."""
        while not self._ended:
            self._piece(1)

    # -- memory

    def memory(self) -> float:
        """Peak resident memory in MiB, of the program and the processes that it has started."""
        return sum(map(_peak, _tree(self.pid))) / 1024


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def _peak(process: int) -> int:
    """VmHWM in KiB."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) if found else 0


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
