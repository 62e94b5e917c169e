"""What the dialogs have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tuireader.ui.host import Host, host_of
from tuireader.ui.workers import run_latest

if TYPE_CHECKING:
    from tuireader.library import Library

Result = TypeVar("Result")


class Dialog(ModalScreen[Result], Generic[Result], inherit_bindings=False):
    """A box over the screen, left by escape."""

    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-low"), (24, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("ctrl+c", "screen.copy_text", show=False),
    ]

    @property
    def host(self) -> Host:
        """The app."""
        return host_of(self)

    @property
    def library(self) -> Library:
        """What the app shows."""
        return self.host.library

    def box(self, title: str, *widgets: Widget) -> Vertical:
        """The frame of the dialog."""
        box = Vertical(*widgets, id="box")
        box.border_title = Content(title)
        return box

    def action_leave(self) -> None:
        """Leave without a result."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the box leaves."""
        if event.widget is self:
            self.dismiss(None)


class SavingDialog(Dialog[Result], Generic[Result]):
    """A dialog that enter saves, from each of its lines; the last one pressed counts."""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Do what the dialog is for."""
        run_latest(self, self._save, "save")

    async def _save(self) -> None:
        """Do it, and dismiss the dialog; or say what is wrong, and stay."""
