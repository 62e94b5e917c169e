"""A question with one safe answer: enter does it, escape does not."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding

from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.says import Says


class Confirm(Dialog[bool | None]):
    """Asks before something that one would not want to do by a slip. The result is true for yes."""

    BINDINGS = [Binding("enter", "agree", show=False)]  # noqa: RUF012

    def __init__(self, title: str, question: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question, and what the keys do."""
        yield self.box(
            self._title, Says(self._question), Says(f"enter {self._yes} · esc leaves it as it is", "hint")
        )

    def action_agree(self) -> None:
        """Yes."""
        self.dismiss(True)
