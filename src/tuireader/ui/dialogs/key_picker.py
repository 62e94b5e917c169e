"""A list in which each choice has a key of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widgets import OptionList

from tuireader.commands import key_label
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices


class KeyPicker(Dialog[str | None]):
    """The result is the `key` of a choice: the key that was pressed, or that of the chosen line."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # a key means a choice before it means a movement

    def __init__(self, title: str, choices: Sequence[Choice], hint: str, current: str = "") -> None:
        super().__init__(classes="-short")
        self._title, self._keys = title, hint
        self._by_key = {one.key: replace(one, lead=key_label(one.key or "")) for one in choices}
        self._choices = Choices(list(self._by_key.values()), at=current)

    def compose(self) -> ComposeResult:
        """A line for each key."""
        yield self.box(self._title, self._choices, hint=self._keys)

    def on_key(self, event: events.Key) -> None:
        """Choose by a key; arrows and enter move and choose unless they are such keys."""
        if event.key in self._by_key:
            event.prevent_default()
            self.dismiss(event.key)
        elif event.key in ("down", "up"):
            self._choices.action_move(1 if event.key == "down" else -1)
        elif event.key == "enter":
            self._choices.action_select()
        else:
            return
        event.stop()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Choose a line."""
        self.dismiss(event.option_id)
