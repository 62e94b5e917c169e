"""The labels of one article, or of all that are selected: given, taken away, made."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from tuireader.dedup import label_key, label_name
from tuireader.errors import TuireaderError
from tuireader.model import Label
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.says import Says

if TYPE_CHECKING:
    from tuireader.ui.flows.labels import Labelling

_NEW = "#"
"""How the key of the line begins that makes a label; no name of a label begins so."""
_STEPS = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}


class NameLine(Input):
    """What is typed: it filters the labels, or is a new one. After arrows, space is no text but `chooses`."""

    class Chosen(Message):
        """Space was pressed where it is no text."""

    def __init__(self) -> None:
        super().__init__(placeholder="Filter, or a new label", compact=True)
        self.chooses = False

    def on_key(self, event: events.Key) -> None:
        """Choose by space where it cannot be text."""
        if event.key == "space" and (self.chooses or not self.value):
            event.stop()
            event.prevent_default()
            self.post_message(self.Chosen())
        elif event.is_printable:
            self.chooses = False


class Labels(Dialog[None]):
    """Typing filters, enter marks the line under the cursor; what is marked is done at once."""

    def __init__(self, labelling: Labelling, known: Sequence[Label], articles: int) -> None:
        super().__init__(classes="-short")
        self._labelling = labelling
        self._known = list(known)
        self._articles = articles

    def compose(self) -> ComposeResult:
        """A line to type in, and the labels."""
        title = "Labels" if self._articles == 1 else f"Labels of {self._articles:,} articles"
        self.line = NameLine()
        self.choices = Choices(self._lines(""), lead=3)
        self.hint = Says(self._keys(), "hint")
        yield self.box(title, self.line, self.choices, self.hint)

    def _keys(self) -> str:
        if not self._known and not self.line.value:
            return "No labels yet · type a name, enter makes it one"
        return "enter marks · ↑ ↓ · esc leaves"

    def _lines(self, typed: str) -> list[Choice]:
        """The labels that fit: those that begin so, then what is typed as a new one, then the others."""
        name = label_name(typed)
        wanted = label_key(name)
        keys = {label_key(label.name): label for label in self._known}
        first = [key for key in keys if key.startswith(wanted)]
        first.sort(key=lambda key: key != wanted)
        others = [key for key in keys if wanted in key and key not in first]
        new = [Choice(f"{_NEW}{name}", name, " + ", "new label")] if name and wanted not in keys else []
        return [
            *(self._choice(keys[key]) for key in first),
            *new,
            *(self._choice(keys[key]) for key in others),
        ]

    def _choice(self, label: Label) -> Choice:
        mark = "[x]" if label.chosen == self._articles else "[-]" if label.chosen else "[ ]"
        part = f"{label.chosen:,} of these, " if mark == "[-]" else ""
        return Choice(label.name, label.name, mark, f"{part}{counted(label.articles, 'article')}")

    def _show(self, at: str | None = None) -> None:
        """Show what fits, with the cursor on a label."""
        lines = self._lines(self.line.value)
        self.choices.show(lines)
        names = [choice.key for choice in lines]
        if at in names:
            self.choices.move_to(names.index(at))
        self.hint.say(self._keys())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        event.stop()
        self._show(self.choices.current if not event.value else None)

    async def on_key(self, event: events.Key) -> None:
        """Arrows move in the list, and a key of undo that is no text takes back what was done last."""
        if event.key in _STEPS:
            event.stop()
            self.choices.move(_STEPS[event.key])
            self.line.chooses = True
        elif event.key in self.host.keys_of.get("undo", ()) and not event.is_printable:
            event.stop()
            if await self._do(self._labelling.undo()):
                self._show(self.choices.current)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Mark the line under the cursor."""
        event.stop()
        await self._mark(self.choices.current)

    async def on_name_line_chosen(self) -> None:
        """The same."""
        await self._mark(self.choices.current)

    async def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """The same for a line that was clicked."""
        await self._mark(message.key)
        self.line.focus()

    async def _mark(self, key: str | None) -> None:
        """Give all articles a label, or take it away where all have it."""
        if key is None:
            return
        name = label_name(key)
        holders = {label.name: label.chosen for label in self._known}
        if await self._do(self._labelling.label(name, holders.get(name, 0) < self._articles)):
            self.line.value = ""
            self._show(name)

    async def _do(self, change: Awaitable[Sequence[Label]]) -> bool:
        """Make a change and take the labels that are then; or say why it could not be made."""
        try:
            self._take(await change)
        except TuireaderError as error:
            self.hint.say(self._keys(), str(error))
            return False
        return True

    def _take(self, now: Sequence[Label]) -> None:
        """Keep other numbers; each label stays where it is, also without articles, and a new one is first."""
        fresh = {label.name: label for label in now}
        here = {label.name for label in self._known}
        self._known = [label for label in now if label.name not in here] + [
            fresh.get(label.name, Label(label.name, 0)) for label in self._known
        ]
