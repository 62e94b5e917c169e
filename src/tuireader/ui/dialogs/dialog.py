"""Dialogs: boxes over the screen that return a value."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from tuireader.errors import TuireaderError
from tuireader.ui.host import Hosted
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.workers import run_latest

Result = TypeVar("Result")

STEPS = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}


class Dialog(ModalScreen[Result], Hosted, Generic[Result], inherit_bindings=False):
    """A box over the screen, closed by escape."""

    choices: Choices  # if there is a list
    followed: Widget | None = None  # where the terminal's cursor stands instead of the text field
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-low"), (24, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar = [
        Binding("escape", "leave", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        Binding("ctrl+c", "screen.copy_text", show=False),
    ]

    def box(self, title: str, *widgets: Widget, hint: str = "") -> Vertical:
        """Frame the widgets, with a hint about the keys at the bottom."""
        self.add_class("-high", update=False)  # true on most terminals: saves a second lookup of all styles
        self._hint = Static(hint, classes="hint", markup=False)
        box = Vertical(*widgets, self._hint, id="box")
        box.border_title = Content(title)
        return box

    def hint(self, text: str, error: str = "") -> None:
        """Show a hint, below an error if there is one."""
        lines = [Content.styled(error, "$error"), Content(text)]
        self._hint.update(Content("\n").join(line for line in lines if line))

    def move_in_list(self, event: events.Key) -> None:
        """Move in the list while a text field has the focus."""
        if event.key in STEPS:
            event.stop()
            self.followed = self.choices
            self.choices.action_move(STEPS[event.key])

    def attempt(
        self, work: Callable[[], Awaitable[object]], group: str, failed: Callable[[str], object]
    ) -> None:
        """Run the last of several works of a group; an error keeps the dialog open and goes to `failed`."""

        async def attempted() -> None:
            try:
                await work()
            except (TuireaderError, OSError) as error:
                failed(str(error))

        run_latest(self, attempted, group)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Close on a click outside the box."""
        if event.widget is self:
            self.action_leave()


class FilterDialog(Dialog[Result], Generic[Result]):
    """A text field above a list: typing filters, arrows move, enter chooses."""

    def filtering(self, title: str, line: Input, *, hint: str) -> Vertical:
        self.line = line
        self.choices = Choices(self.matching(line.value))
        return self.box(title, self.line, self.choices, hint=hint)

    @abstractmethod
    def matching(self, typed: str) -> Sequence[Choice]:
        """List the choices that match the typed text."""

    @abstractmethod
    async def choose(self, key: str) -> None:
        """Act on a choice."""

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.followed = None
        self.choices.show(self.matching(event.value) or [Choice(None, f"Nothing matches “{event.value}”")])

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.choices.current is not None:
            await self.choose(self.choices.current)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        await self.choose(event.option_id or "")

    async def on_key(self, event: events.Key) -> None:
        self.move_in_list(event)


class FormDialog(Dialog[Result], Generic[Result]):
    """A dialog with several fields; enter in any of them saves and closes it."""

    BINDINGS: ClassVar = [
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "save", show=False),
    ]

    @abstractmethod
    async def save(self) -> Result:
        """Save; an error keeps the dialog open."""

    @abstractmethod
    def show_hint(self, error: str = "") -> None:
        """Show the keys, below an error if there is one."""

    def on_mount(self) -> None:
        self.show_hint()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        self.save_by(self.save)

    def save_by(self, save: Callable[[], Awaitable[Result]]) -> None:
        """Run `save` and close with its result; of several calls only the last one counts."""

        async def saved() -> None:
            result = await save()
            if self.is_current:  # else escape closed it at the same moment
                self.dismiss(result)

        self.attempt(saved, "save", self.show_hint)
