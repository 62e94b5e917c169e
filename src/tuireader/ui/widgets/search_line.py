"""The line for searching: tells what is typed after a short rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from tuireader.commands import Scope
from tuireader.ui.bindings import bindings

_REST = 0.02  # seconds without a key after which the search runs: keys of a burst are one search


class SearchLine(Input):
    """`enter` or `down` goes on in the results, `escape` leaves the search.

    In an empty line `up` and `down` go through older searches.
    """

    BINDINGS: ClassVar = [*bindings(Scope.SEARCH)]

    class Typed(Message):
        """The text has changed."""

        def __init__(self, text: str, filters: bool) -> None:
            super().__init__()
            self.text = text
            self.filters = filters

    class Left(Message):
        """The person is done and goes on in what was found for `text`; `""` leaves the search."""

        def __init__(self, text: str, filters: bool) -> None:
            super().__init__()
            self.text = text
            self.filters = filters

    class Kept(Message):
        """The person wants to keep what is typed, as a watch or (`as_view`) as a saved search."""

        def __init__(self, text: str, filters: bool, *, as_view: bool) -> None:
            super().__init__()
            self.text = text
            self.filters = filters
            self.as_view = as_view

    def __init__(self, value: str = "", *, filters: bool = False, history: Sequence[str] = ()) -> None:
        placeholder = "Filter this list …" if filters else "Search everything stored …"
        super().__init__(value, placeholder=placeholder, compact=True, id="search")
        self._filters = filters
        self._history = history
        self._back = 0  # how far back in the history the line is; 0 is what the person typed
        self._timer: Timer | None = None
        self._left = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when the typing rests."""
        event.stop()
        self._forget()
        if self._left:  # by a key that came together with the text
            return
        self._timer = self.set_timer(_REST, self._rested)

    def _forget(self) -> bool:
        """Search nothing when the typing rests; whether there was something."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.stop()
        return timer is not None

    def _rested(self) -> None:
        """Search, unless a key came at the last moment and it was forgotten."""
        if self._forget():
            self._tell()

    def _tell(self) -> None:
        self.post_message(self.Typed(self.value, self._filters))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search at once what has not been searched yet, then go on in the results."""
        event.stop()
        self._go_on()

    def _walk(self, step: int) -> bool:
        """Show an older or newer search, from an empty line on; False when the key is for something else."""
        known = 0 < self._back <= len(self._history) and self.value == self._history[self._back - 1]
        if self.value and not known:
            return False
        back = (self._back if known else 0) + step
        if back < 0 or (step > 0 and back > len(self._history)):
            return step > 0
        self._back = back
        self.value = self._history[back - 1] if back else ""
        self.cursor_position = len(self.value)
        return True

    def action_keep_as_watch(self) -> None:
        """Make a watch of what is typed."""
        if self.value.strip():
            self.post_message(self.Kept(self.value, self._filters, as_view=False))

    def action_keep_as_view(self) -> None:
        """Make a saved search of what is typed."""
        if self.value.strip():
            self.post_message(self.Kept(self.value, self._filters, as_view=True))

    def _go_on(self) -> None:
        if self._forget():
            self._tell()
        self._leave(self.value)

    def _leave(self, text: str) -> None:
        self._forget()
        self._left = True
        self.post_message(self.Left(text, self._filters))

    def on_key(self, event: events.Key) -> None:
        """Keys that leave the line."""
        if event.key in ("up", "down") and self._walk(1 if event.key == "up" else -1):
            event.stop()
            event.prevent_default()
        elif event.key == "down":
            event.stop()
            event.prevent_default()
            self._go_on()
        elif event.key == "escape" or (event.key == "backspace" and not self.value):
            event.stop()
            event.prevent_default()
            self._leave("")
