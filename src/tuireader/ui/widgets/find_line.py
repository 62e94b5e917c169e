"""The line for finding words in the open article."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


class FindLine(Input):
    """Finds what is typed at once; `down` and `up` go on, `enter` keeps what was found, `escape` leaves."""

    class Typed(Message):
        """The text has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Stepped(Message):
        """The next place is wanted, or with -1 the one before."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Left(Message):
        """The person goes back to the article; `keep` leaves what was found marked."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def __init__(self, value: str = "") -> None:
        super().__init__(value, placeholder="Find in this article …", compact=True, id="find")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find what is typed so far."""
        event.stop()
        self.post_message(self.Typed(self.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the article with what was found."""
        event.stop()
        self.post_message(self.Left(keep=bool(self.value.strip())))

    def on_key(self, event: events.Key) -> None:
        """Keys that go on, and that leave the line."""
        step = {"down": 1, "up": -1}.get(event.key)
        if step is not None:
            self.post_message(self.Stepped(step))
        elif event.key == "escape" or (event.key == "backspace" and not self.value):
            self.post_message(self.Left(keep=False))
        else:
            return
        event.stop()
        event.prevent_default()
