"""A dialog that waits for one key, and shows what each one does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from tuireader.commands import key_label
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.says import Says


class KeyPicker(Dialog[str | None]):
    """The result is the key that was pressed, or whose line was chosen; each choice's `key` is one."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # every key is a choice's first

    def __init__(self, title: str, choices: Sequence[Choice], hint: str, current: str = "") -> None:
        super().__init__(classes="-short")
        self._title, self._hint, self._current = title, hint, current
        self._choices = [Choice(one.key, one.text, key_label(one.key or ""), one.note) for one in choices]

    def compose(self) -> ComposeResult:
        """A line for each key."""
        lead = max(len(choice.lead) for choice in self._choices)
        yield self.box(self._title, Choices(self._choices, lead=lead), Says(self._hint, "hint"))

    def on_mount(self) -> None:
        """Begin on what holds now."""
        at = next((at for at, choice in enumerate(self._choices) if choice.key == self._current), 0)
        self.query_one(Choices).move_to(at)

    def on_key(self, event: events.Key) -> None:
        """A key that stands there is chosen; arrows and enter choose one, where they are none of these."""
        if any(choice.key == event.key for choice in self._choices):
            event.stop()
            event.prevent_default()
            self.dismiss(event.key)
        elif event.key in ("down", "up"):
            event.stop()
            self.query_one(Choices).move(1 if event.key == "down" else -1)
        elif event.key == "enter" and (current := self.query_one(Choices).current) is not None:
            event.stop()
            self.dismiss(current)

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Take the line that was clicked."""
        self.dismiss(message.key)
