"""A short form: a few labelled lines, and what is done with them when enter saves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from tuireader.errors import TuireaderError
from tuireader.ui.dialogs.dialog import SavingDialog
from tuireader.ui.widgets.field import Field, Pick
from tuireader.ui.widgets.says import Says

Save = Callable[[Mapping[str, str]], Awaitable[str]]


class Form(SavingDialog[str | None]):
    """Lines above a word on what they mean. The result is what was done, in words; None when nothing was.

    `save` gets the values by the ids of the lines. When it raises TuireaderError the form says so and stays.
    """

    BINDINGS = [  # noqa: RUF012
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("enter", "save", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[Field | Pick], save: Save, *, about: str = "") -> None:
        super().__init__(classes="form -short")
        self._title = title
        self._lines = lines
        self._save_values = save
        self._about = about

    def compose(self) -> ComposeResult:
        """The lines, then what they are about, then the keys."""
        about = [Says(self._about, "about")] if self._about else []
        yield self.box(self._title, *self._lines, *about, Says("", "hint"))

    def on_mount(self) -> None:
        """Say what the keys do."""
        self._hint()

    def _hint(self, trouble: str = "") -> None:
        more = " · ↑ ↓ go to another line" if len(self._lines) > 1 else ""
        picks = " · ← → choose" if any(isinstance(line, Pick) for line in self._lines) else ""
        keys = f"enter saves · esc leaves{more}{picks}"
        self.query_one(".hint", Says).say(keys, trouble)

    def values(self) -> dict[str, str]:
        """What stands in the lines, by their ids."""
        found: dict[str, str] = {}
        for line in self._lines:
            if isinstance(line, Pick):
                found[line.id or ""] = line.value
            else:
                found[line.input.id or ""] = line.input.value.strip()
        return found

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be no longer."""
        event.stop()
        self._hint()

    async def _save(self) -> None:
        try:
            said = await self._save_values(self.values())
        except (TuireaderError, OSError) as error:
            self._hint(str(error))
        else:
            self.dismiss(said)
