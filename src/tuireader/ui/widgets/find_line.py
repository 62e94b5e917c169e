"""Find in the open article."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input


class FindLine(Input):
    """Searches as you type; arrows go to other hits, enter keeps the hits marked, escape does not."""

    @dataclass
    class Typed(Message):
        """The text has changed."""

        text: str

    @dataclass
    class Stepped(Message):
        """Go to the next hit, or with -1 to the previous one."""

        step: int

    @dataclass
    class Left(Message):
        """Focus returns to the article; `keep` leaves the hits marked."""

        keep: bool

    def __init__(self, value: str = "") -> None:
        super().__init__(value, placeholder="Find in this article …", compact=True, id="find")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search."""
        event.stop()
        self.post_message(self.Typed(self.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Return to the article with the hits."""
        event.stop()
        self.post_message(self.Left(keep=bool(self.value.strip())))

    def on_key(self, event: events.Key) -> None:
        """Go to another hit, or close the line."""
        step = {"down": 1, "up": -1}.get(event.key)
        if step is not None:
            self.post_message(self.Stepped(step))
        elif event.key == "escape" or (event.key == "backspace" and not self.value):
            self.post_message(self.Left(keep=False))
        else:
            return
        event.stop()
        event.prevent_default()
