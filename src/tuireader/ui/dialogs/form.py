"""A short form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tuireader.ui.dialogs.dialog import FormDialog, Result
from tuireader.ui.widgets.field import Field, Pick


class Form(FormDialog[Result | None], Generic[Result]):
    """Labelled lines above a note. The result is what `save` returns for the values by their names.

    When `save` raises TuireaderError, the form shows the error and stays open.
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[Field | Pick],
        save: Callable[[Mapping[str, str]], Awaitable[Result]],
        *,
        about: str = "",
        saves: str = "saves",
    ) -> None:
        super().__init__(classes="form -short")
        self._title = title
        self._lines = lines
        self._save_values = save
        self._about = about
        self._saves = saves

    def compose(self) -> ComposeResult:
        """The lines, the note, the keys."""
        about = [Static(self._about, classes="about", markup=False)] if self._about else []
        yield self.box(self._title, *self._lines, *about)

    def on_mount(self) -> None:
        """Show the keys."""
        self.show_hint()

    def show_hint(self, error: str = "") -> None:
        """Show the keys below an error."""
        more = " · ↑ ↓ move" if len(self._lines) > 1 else ""
        picks = " · ← → choose" if any(isinstance(line, Pick) for line in self._lines) else ""
        self.hint(f"enter {self._saves} · esc cancels{more}{picks}", error)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Clear the error."""
        event.stop()
        self.show_hint()

    async def save(self) -> Result:
        """Hand the values over."""
        return await self._save_values({line.key: line.value for line in self._lines})
