"""Dialog for the labels of an article, or of all selected articles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Input

from tuireader.dedup import label_key, label_name
from tuireader.errors import TuireaderError
from tuireader.model import Label
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import STEPS, FilterDialog
from tuireader.ui.widgets.choices import Choice

_NEW = "#"
"""Prefix of the key of the line that creates a label; no label's name starts with it."""


class NameLine(Input):
    """Field that filters the labels or names a new one; after arrow keys, space chooses."""

    class Chosen(Message):
        """Space was pressed to choose a label."""

    def __init__(self) -> None:
        super().__init__(placeholder="Filter, or a new label", compact=True)
        self.space_chooses = False

    def on_key(self, event: events.Key) -> None:
        """Choose on space unless it is typed text."""
        if event.key == "space" and (self.space_chooses or not self.value):
            event.stop()
            event.prevent_default()
            self.post_message(self.Chosen())
        elif event.is_printable or event.key in STEPS:
            self.space_chooses = event.key in STEPS


class Labels(FilterDialog[None]):
    """List of labels, each set or removed at once. `set_label` and `undo` return the labels afterwards."""

    def __init__(
        self,
        known: Sequence[Label],
        articles: int,
        set_label: Callable[[str, bool], Awaitable[Sequence[Label]]],
        undo: Callable[[], Awaitable[Sequence[Label]]],
    ) -> None:
        super().__init__(classes="-short")
        self._known = list(known)
        self._articles = articles
        self._set_label = set_label
        self._undo = undo

    def compose(self) -> ComposeResult:
        title = "Labels" if self._articles == 1 else f"Labels of {self._articles:,} articles"
        yield self.filtering(title, NameLine(), hint=self._keys(""))

    def _keys(self, typed: str) -> str:
        if not self._known and not typed:
            return "No labels yet · type a name and press enter"
        return "enter toggles · esc closes"

    def matching(self, typed: str) -> Sequence[Choice]:
        """List labels that start with the typed text, then a new label, then labels that contain the text."""
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

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter the labels; after a change the cursor stays on its label."""
        at = self.choices.current if not event.value else None
        self.choices.show(self.matching(event.value), at)
        self.hint(self._keys(event.value))
        event.stop()
        event.prevent_default()

    async def on_key(self, event: events.Key) -> None:
        """Undo on the undo keys that do not type text."""
        if event.key in self.host.keys_of.get("undo", ()) and not event.is_printable:
            event.stop()
            await self._change(self._undo())

    async def on_name_line_chosen(self) -> None:
        if self.choices.current is not None:
            await self.choose(self.choices.current)

    async def choose(self, key: str) -> None:
        """Label all articles, or remove the label if all have it."""
        name = label_name(key)
        chosen = {label.name: label.chosen for label in self._known}
        await self._change(self._set_label(name, chosen.get(name, 0) < self._articles), name)
        self.line.focus()

    async def _change(self, change: Awaitable[Sequence[Label]], name: str = "") -> None:
        typed = self.line.value
        try:
            self._update(await change)
        except TuireaderError as error:
            self.hint(self._keys(typed), str(error))
            return
        with self.prevent(Input.Changed):
            self.line.value = "" if name else typed
        self.choices.show(self.matching(self.line.value), name or self.choices.current)
        self.hint(self._keys(self.line.value))

    def _update(self, now: Sequence[Label]) -> None:
        """Update the counts; labels keep their places, even without articles, and a new one comes first."""
        fresh = {label.name: label for label in now}
        here = {label.name for label in self._known}
        self._known = [label for label in now if label.name not in here] + [
            fresh.get(label.name, Label(label.name, 0)) for label in self._known
        ]
