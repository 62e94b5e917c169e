"""The person's macros, waiting for the key of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult

from tuireader.commands import key_label
from tuireader.config import MacroConfig
from tuireader.ui.screens.dialog import Dialog, Says
from tuireader.ui.sharing import described
from tuireader.ui.widgets.choices import Choice, Choices


class Macros(Dialog[MacroConfig | None]):
    """The result is the macro whose key was pressed, or that was chosen."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # every key is a macro's first

    def __init__(self, macros: Sequence[MacroConfig]) -> None:
        super().__init__(classes="-short")
        self._macros = {macro.key: macro for macro in macros}

    def compose(self) -> ComposeResult:
        """A line for each macro."""
        choices = [
            Choice(macro.key, described(macro), key_label(macro.key)) for macro in self._macros.values()
        ]
        yield self.box(
            "Macros",
            Choices(choices, lead=max(len(choice.lead) for choice in choices)),
            Says("the key of a macro runs it · esc closes", "hint"),
        )

    def on_key(self, event: events.Key) -> None:
        """Run the macro of a key; arrows and enter choose one, where they are no macro's."""
        if event.key in self._macros:
            event.stop()
            event.prevent_default()
            self.dismiss(self._macros[event.key])
        elif event.key in ("down", "up"):
            event.stop()
            self.query_one(Choices).move(1 if event.key == "down" else -1)
        elif event.key == "enter" and (current := self.query_one(Choices).current) is not None:
            event.stop()
            self.dismiss(self._macros[current])

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Run the macro that was clicked."""
        self.dismiss(self._macros[message.key])
