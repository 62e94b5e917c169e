"""Short forms: a question, labelled fields, a program to pipe an article to."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from tuireader.errors import TuireaderError
from tuireader.ui.dialogs.dialog import Dialog, FormDialog, Result
from tuireader.ui.widgets.details import Preview
from tuireader.ui.widgets.field import Field, Pick
from tuireader.wording.lines import Line


class Form(FormDialog[Result | None], Generic[Result]):
    """Labelled fields above a note; returns the result of `save`, called with the values by name."""

    def __init__(
        self,
        title: str,
        lines: Sequence[Field | Pick],
        save: Callable[[Mapping[str, str]], Awaitable[Result]],
        about: str = "",
        *,
        saves: str = "saves",
    ) -> None:
        super().__init__(classes="form -short")
        self._title = title
        self._lines = lines
        self._save_values = save
        self._about = about
        self._saves = saves

    def compose(self) -> ComposeResult:
        about = [Static(self._about, classes="about", markup=False)] if self._about else []
        yield self.box(self._title, *self._lines, *about)

    def show_hint(self, error: str = "") -> None:
        more = " · ↑ ↓ move" if len(self._lines) > 1 else ""
        picks = " · ← → choose" if any(isinstance(line, Pick) for line in self._lines) else ""
        self.hint(f"enter {self._saves} · esc cancels{more}{picks}", error)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_hint()

    async def save(self) -> Result:
        return await self._save_values(self.values)

    @property
    def values(self) -> dict[str, str]:
        """The texts of its fields by key."""
        return {line.key: line.value for line in self._lines}


class PreviewForm(Form[Result], Generic[Result]):
    """A form with lines that show the effect of its values while they are typed."""

    def __init__(
        self,
        title: str,
        lines: Sequence[Field | Pick],
        save: Callable[[Mapping[str, str]], Awaitable[Result]],
        effect: Callable[[Mapping[str, str]], Awaitable[Sequence[Line]]],
    ) -> None:
        super().__init__(title, lines, save)
        self.preview = Preview(lambda: effect(self.values))

    def compose(self) -> ComposeResult:
        yield self.box(self._title, *self._lines, self.preview)

    def on_mount(self) -> None:
        self.preview.renew()

    def on_input_changed(self, event: Input.Changed) -> None:
        super().on_input_changed(event)
        self.preview.renew(soon=True)

    def on_pick_changed(self) -> None:
        self.preview.renew()


class TextForm(Form[Result | str], Generic[Result]):
    """Form of one field; `^o` returns its text instead, to be edited in the editor."""

    BINDINGS = [Binding("ctrl+o", "edit", show=False)]  # noqa: RUF012

    def show_hint(self, error: str = "") -> None:
        self.hint(f"enter {self._saves} · ^o your editor · esc cancels", error)

    def action_edit(self) -> None:
        self.dismiss(self._lines[0].value)


class Confirm(Dialog[bool | None]):
    """Question before something is removed; the result is true for yes."""

    BINDINGS = [Binding("enter", "agree", show=False)]  # noqa: RUF012

    def __init__(self, title: str, question: str) -> None:
        super().__init__()
        self._title = title
        self._question = question

    def compose(self) -> ComposeResult:
        question = Static(self._question, markup=False)
        yield self.box(self._title, question, hint="enter removes it · esc cancels")

    def action_agree(self) -> None:
        self.dismiss(True)


_ABOUT = (
    "The program gets the article as Markdown on its standard input. Start with json:, txt: or html: for "
    "another format. {url} stands for the address. No shell is involved."
)


def split(text: str) -> tuple[str, list[str]]:
    """Split `json: jq .title` into format and words; without a format, `md`. Raises ValueError."""
    form, colon, command = text.partition(":")
    wanted = form.strip() if colon and form.strip() in ("md", "json", "txt", "html") else ""
    return wanted or "md", shlex.split(command if wanted else text)


def pipe_form(typed: str) -> Form[str]:
    """Form that asks for a command; its result is empty, or can be split into words."""

    async def check(values: Mapping[str, str]) -> str:
        try:
            _, words = split(values["program"])
        except ValueError:
            raise TuireaderError("Missing closing quotation mark") from None
        return values["program"] if words else ""

    lines = (Field("program", "Program", typed, "wc -w"),)
    return Form("Pipe to a program", lines, check, about=_ABOUT, saves="runs it")
