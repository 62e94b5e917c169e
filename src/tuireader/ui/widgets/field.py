"""A line of a form: a label, and beside it an input, or one of a few values to choose."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from tuireader.text import pad
from tuireader.ui.widgets.bars import Bar
from tuireader.ui.widgets.says import Says

LABEL = 10
"""Cells of the labels of a form."""


class Field(Horizontal):
    """A labelled line of text; the input has the field's id."""

    def __init__(self, name: str, label: str, value: str = "", placeholder: str = "") -> None:
        super().__init__(classes="field")
        self._label = label
        self.input = Input(value, placeholder=placeholder, compact=True, select_on_focus=False, id=name)

    def compose(self) -> ComposeResult:
        """Label and input."""
        yield Says(self._label, "label")
        yield self.input


class Pick(Bar, can_focus=True):
    """One of a few values, all in sight with their names; `left`, `right` and `space` change it."""

    class Changed(Message):
        """Another value is chosen."""

    def __init__(
        self, label: str, names: Mapping[str, str], value: str = "", *, id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="field")
        self._label = label
        self._names = names
        self.value = value if value in names else next(iter(names))

    def names(self) -> Mapping[str, str]:
        """What there is to choose from: values and how they are shown."""
        return self._names

    def on_key(self, event: events.Key) -> None:
        """Choose the one before or after."""
        step = {"left": -1, "right": 1, "space": 1}.get(event.key)
        if step is not None:
            event.stop()
            self._step(step)

    def on_click(self) -> None:
        """A click goes on to the next one."""
        self._step(1)

    def _step(self, step: int) -> None:
        values = list(self.names())
        self.value = values[(values.index(self.value) + step) % len(values)]
        self.refresh()
        self.post_message(self.Changed())

    def on_focus(self) -> None:
        """Show that keys come here."""
        self.refresh()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self.refresh()

    def piece(self, value: str, name: str, base: Style) -> Segment:
        """One of the values; the chosen one is in brackets, so that colour is not needed."""
        if value != self.value:
            return Segment(f" {name} ", base + self.theme_styles.dim)
        live = self.theme_styles.cursor_for(self.has_focus)
        return Segment(f"[{name}]", base + live + self.theme_styles.text)

    def render_line(self, y: int) -> Strip:
        """The label, then the values."""
        base = self.theme_styles.raised
        parts = [Segment(pad(f" {self._label}", LABEL + 1), base + self.theme_styles.dim)]
        pieces = [self.piece(value, name, base) for value, name in self.names().items()]
        if (
            sum(piece.cell_length for piece in pieces) + LABEL + 1 > self.size.width
        ):  # then just the chosen one
            edge = base + self.theme_styles.dim
            chosen = self.piece(self.value, self.names()[self.value], base)
            pieces = [Segment("‹ ", edge), chosen, Segment(" ›", edge)]
        parts += pieces
        return Strip(parts).adjust_cell_length(self.size.width, base)


class Colours(Pick):
    """One of the colours of the theme's palette, or none."""

    def __init__(self, label: str, value: str = "") -> None:
        super().__init__(label, {value: value})
        self._given = value

    def names(self) -> Mapping[str, str]:
        """`""` leaves it to the theme; a colour that is no name stays one of the choices."""
        known = {"": "of the theme"} | {name: name for name in self.theme_styles.palette}
        return known | {self._given: self._given or known[""]}

    def piece(self, value: str, name: str, base: Style) -> Segment:
        """A sign in the colour; only the chosen one has its name."""
        style, sign = self.theme_styles.palette.get(value, self.theme_styles.text), "◆" if value else "·"
        if value != self.value:
            return Segment(f" {sign}", base + style)
        live = self.theme_styles.cursor_for(self.has_focus)
        return Segment(f" [{sign} {name}]", base + live + style)
