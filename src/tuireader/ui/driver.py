"""Textual's driver for a terminal on which the first frame stands already."""

from __future__ import annotations

from textual.drivers.linux_driver import LinuxDriver

from tuireader.ui import first_frame

_ENTER = "\x1b[?1049h"


class TerminalDriver(LinuxDriver):
    """Takes the terminal over as it is: entering its other screen once more would blank it."""

    _entered = False

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
