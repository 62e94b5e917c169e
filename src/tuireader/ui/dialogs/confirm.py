"""A question that enter answers with yes and escape with no."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tuireader.ui.dialogs.dialog import Dialog


class Confirm(Dialog[bool | None]):
    """Asks before a step that is easily taken by mistake. The result is true for yes."""

    BINDINGS = [Binding("enter", "agree", show=False)]  # noqa: RUF012

    def __init__(self, title: str, question: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and the keys."""
        yield self.box(
            self._title, Static(self._question, markup=False), hint=f"enter {self._yes} · esc cancels"
        )

    def action_agree(self) -> None:
        """Answer with yes."""
        self.dismiss(True)
