"""Textual driver for a terminal that already shows the first frame."""

from __future__ import annotations

import codecs
import os
import signal
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from tuireader.startup import first_frame

_ENTER = "\x1b[?1049h"


class Outlet:
    """A file that ignores writes once one has failed, and calls `gone` at the first failure.

    Otherwise Textual's writing thread would end with the terminal, and the app would wait for it forever.
    """

    def __init__(self, file: TextIO, gone: Callable[[], object]) -> None:
        self._file = file
        self._gone = gone
        self._there = True

    def write(self, text: str) -> None:
        """Write unless writes have failed."""
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        """Flush unless writes have failed."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._file.fileno()

    def _try(self, do: Callable[[], object]) -> None:
        if self._there:
            try:
                do()
            except OSError:
                self._there = False
                self._gone()


def _hang_up() -> None:
    """End the app as if the terminal had sent SIGHUP: not all terminals do."""
    os.kill(os.getpid(), signal.SIGHUP)


class TerminalDriver(LinuxDriver):
    """Driver that stays on the alternate screen: entering it again would blank it."""

    _entered = False  # whether the first frame has entered the alternate screen
    _writes = False  # whether Textual's writing thread is running

    def __init__(self, *arguments: Any, **options: Any) -> None:
        file = sys.__stderr__
        if file is not None:  # the base class writes to it
            if codecs.lookup(file.encoding).name == "ascii":  # no terminal is ASCII: the locale was not set
                file.reconfigure(encoding="utf-8")
            sys.__stderr__ = cast("TextIOWrapper", Outlet(file, _hang_up))  # type: ignore[misc]
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

    def close(self) -> None:
        """End the writing thread."""
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
