"""Textual driver for a terminal that already shows the first frame."""

from __future__ import annotations

import asyncio
import codecs
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from io import TextIOWrapper
from threading import Thread, main_thread
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from tuireader.startup import background, first_frame
from tuireader.ui.textual_private import KeyParser

_ENTER = "\x1b[?1049h"
PATIENCE = 2.0  # seconds that an end waits for the thread that reads keys
_GLANCE = 1.0  # seconds between looks at whether the terminal is still there
_IDLE, _AWAKE = 0.1, 0.02  # seconds between looks at unfinished sequences of keys, and shortly after a key
_FAREWELL = 0.3  # seconds that an end waits for an answer, which the shell would take for keys


class Outlet:
    """A file that ignores writes once one has failed, and calls `gone` at the first failure.

    Otherwise Textual's writing thread would end with the terminal, and the app would wait for it forever.
    """

    def __init__(self, file: TextIO, gone: Callable[[], object]) -> None:
        self._file = file
        self._gone = gone
        self._there = True

    def write(self, text: str) -> None:
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        self._try(self._file.flush)

    def fileno(self) -> int:
        return self._file.fileno()

    def _try(self, do: Callable[[], object]) -> None:
        if self._there:
            try:
                do()
            except (OSError, ValueError):  # ValueError: it is closed
                self._there = False
                self._gone()


def _hang_up() -> None:
    """End the app, unless it has ended, as if the terminal had sent SIGHUP: not all terminals do."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_DFL:
        os.kill(os.getpid(), signal.SIGHUP)


class TerminalDriver(LinuxDriver):
    """Driver that stays on the alternate screen, which would go blank otherwise, and asks for its colours."""

    _entered = False  # whether the first frame has entered the alternate screen
    _writes = False  # whether Textual's writing thread is running

    def __init__(self, *arguments: Any, **options: Any) -> None:
        file = sys.__stderr__
        if file is not None:  # the base class writes to it
            if codecs.lookup(file.encoding).name == "ascii":  # no terminal is ASCII: the locale was not set
                file.reconfigure(encoding="utf-8")
            sys.__stderr__ = cast("TextIOWrapper", Outlet(file, _hang_up))  # type: ignore[misc]
        app, call = arguments[0], asyncio.get_running_loop().call_soon_threadsafe
        self._answers = background.Answers(lambda dark: call(app.report_background, dark))
        self._asks = background.is_asked(os.environ)
        try:
            super().__init__(*arguments, **options)
        finally:
            sys.__stderr__ = file  # type: ignore[misc]

    def start_application_mode(self) -> None:
        """Set up the terminal; at exit it is restored to its state before the start."""
        attributes, self._entered = first_frame.taken_over()
        self._writes = True
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if attributes is not None:
            self.attrs_before = attributes
        if self._asks:
            self._answers.due_until = time.monotonic() + background.DUE
            self.write(background.ASK)

    def stop_application_mode(self) -> None:
        """Restore the terminal; an answer that is on its way is awaited for a moment."""
        if self._asks:
            self.write(background.ASK_NO_MORE)
            end = time.monotonic() + _FAREWELL
            while time.monotonic() < min(end, self._answers.due_until):
                time.sleep(_AWAKE)
        super().stop_application_mode()

    def read_keys(self) -> None:
        """Read keys until the end, as Textual does, but without the terminal's answers."""
        parser, answers = KeyParser(), self._answers
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        typed_at = 0.0
        while not self.exit_event.is_set():
            now = time.monotonic()  # what comes after that was not late, however long a busy machine pauses
            awake = answers.held or now - typed_at < 3 * _IDLE
            ready, _, _ = select.select([self.fileno], [], [], _AWAKE if awake else _IDLE)
            if ready:
                typed_at = time.monotonic()
                keys = answers.take(decode(os.read(self.fileno, 4096)), typed_at)
            else:
                keys = answers.late(now)
            for message in [*(parser.feed(keys) if keys else ()), *parser.tick()]:
                self.process_message(message)

    def run_input_thread(self) -> None:
        """Read keys until the end, or until the terminal is gone; raise what the reading raised.

        Textual waits for this thread without limit, as Python does, but not for the one that reads: on a
        terminal that is gone it would read nothing, over and over.
        """
        failures = list[BaseException]()

        def read() -> None:
            try:
                self.read_keys()
            except OSError:
                _hang_up()
            except BaseException as error:
                failures.append(error)

        reading = Thread(target=read, name="tuireader-keys", daemon=True)
        terminal, gone = select.poll(), False
        terminal.register(self.fileno, 0)
        reading.start()
        while reading.is_alive() and main_thread().is_alive() and not self.exit_event.wait(_GLANCE):
            if not gone and any(event & select.POLLHUP for _, event in terminal.poll(0)):
                gone = True
                _hang_up()
        reading.join(PATIENCE)
        if failures:
            raise failures[0]

    def close(self) -> None:
        self._writes = False
        super().close()

    def write(self, data: str) -> None:
        """Write to the terminal, unless an editor has it.

        During that time nothing empties the queue of the writing thread, and a full one would block the app.
        The screen is repainted afterwards.
        """
        if self._entered and data == _ENTER:
            self._entered = False
        elif self._writes:
            super().write(data)
