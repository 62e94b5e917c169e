"""Textual's driver for a terminal on which the first frame stands already."""

from __future__ import annotations

import codecs
import os
import signal
from typing import TYPE_CHECKING, Any, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from tuireader.ui import first_frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import TextIOWrapper

_ENTER = "\x1b[?1049h"


class Outlet:
    """A file that is written to as long as it is there.

    Textual's writing thread would end with the terminal, and the app would wait for it for ever. When the
    terminal is `gone`, that is told once.
    """

    def __init__(self, file: TextIO, gone: Callable[[], object]) -> None:
        self._file = file
        self._gone = gone
        self._there = True

    def write(self, text: str) -> None:
        """Write, if it can be."""
        self._try(lambda: self._file.write(text))

    def flush(self) -> None:
        """Hand on what was written, if it can be."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """The number of the file."""
        return self._file.fileno()

    def _try(self, do: Callable[[], object]) -> None:
        if self._there:
            try:
                do()
            except OSError:
                self._there = False
                self._gone()


def _hang_up() -> None:
    """End the app as if the terminal had said that it goes: not all do."""
    os.kill(os.getpid(), signal.SIGHUP)


class TerminalDriver(LinuxDriver):
    """Takes the terminal over as it is: entering its other screen once more would blank it."""

    _entered = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self._file is not None:
            if codecs.lookup(self._file.encoding).name == "ascii":  # no terminal is: the locale was not set
                self._file.reconfigure(encoding="utf-8")
            self._file = cast("TextIOWrapper", Outlet(self._file, _hang_up))

    def start_application_mode(self) -> None:
        """Set the terminal up; when the app ends it is as it was before the first frame."""
        attributes = first_frame.taken_over()
        self._entered = attributes is not None
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if attributes is not None:
            self.attrs_before = attributes

    def write(self, data: str) -> None:
        """Write to the terminal; nothing while an editor has it, for what it would show is painted anew then.

        Nobody takes out of the queue of Textual's writing thread in that time, and a full one would hold the
        whole app.
        """
        if self._entered and data == _ENTER:
            self._entered = False
        elif self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)
