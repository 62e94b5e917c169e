"""Fields of a form: a label with an input, or with a few values; for settings, made from their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.style import Style as RichStyle
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Input, Label

from tuireader.config.edit import Item, format_value
from tuireader.config.shape import KEYS
from tuireader.config.values import FLAG
from tuireader.text import pad
from tuireader.ui.host import Hosted

_LABEL = 11  # width in cells


class Field(Horizontal):
    """A labelled text field; `key` is the id of its input. A `hidden` value shows as dots."""

    def __init__(
        self, key: str, label: str, value: str = "", placeholder: str = "", *, hidden: bool = False
    ) -> None:
        super().__init__(classes="field")
        self.key = key
        self._label = label
        self._input = Input(
            value, placeholder=placeholder, compact=True, select_on_focus=False, id=key, password=hidden
        )

    def compose(self) -> ComposeResult:
        yield Label(self._label, classes="label", markup=False)
        yield self._input

    @property
    def value(self) -> str:
        return self._input.value.strip()


class Pick(Widget, Hosted, can_focus=True):
    """A choice among a few values, all visible; arrow keys and space change it."""

    BINDINGS = [  # noqa: RUF012
        Binding("right,space", "step(1)", show=False),
        Binding("left", "step(-1)", show=False),
    ]

    class Changed(Message):
        """Another value was chosen."""

    def __init__(self, key: str, label: str, names: Mapping[str, str], value: str = "") -> None:
        super().__init__(id=key, classes="field")
        self.key = key
        self._label = label
        self._names = names
        self.value = value if value in names else next(iter(names))

    def names(self) -> Mapping[str, str]:
        return self._names

    def on_click(self) -> None:
        self.action_step(1)

    def action_step(self, step: int) -> None:
        values = list(self.names())
        self.value = values[(values.index(self.value) + step) % len(values)]
        self.refresh()
        self.post_message(self.Changed())

    def piece(self, value: str, name: str, cursor: RichStyle) -> tuple[str, RichStyle]:
        """Text of a value; the chosen one is in brackets, for terminals without colours."""
        if value != self.value:
            return f" {name} ", self.theme_styles.dim
        return f"[{name}]", cursor

    def render(self) -> Content:
        """Draw the label and all values, or only the chosen one if they do not fit."""
        styles = self.theme_styles
        cursor = (styles.cursor if self.has_focus else styles.cursor_idle) + styles.text
        label = Content.styled(pad(f" {self._label}", _LABEL), Style.from_rich_style(styles.dim))

        def shown(value: str, name: str) -> Content:
            text, style = self.piece(value, name, cursor)
            return Content.styled(text, Style.from_rich_style(style))

        values = Content("").join(shown(value, name) for value, name in self.names().items())
        if label.cell_length + values.cell_length > self.size.width:
            values = Content.assemble("‹ ", shown(self.value, self.names()[self.value]), " ›")
        return label + values


class Colours(Pick):
    """A choice among the colours of the theme's palette, or none."""

    def __init__(self, key: str, label: str, value: str = "") -> None:
        super().__init__(key, label, {value: value})
        self._given = value

    def names(self) -> Mapping[str, str]:
        """The palette, along with a configured colour that is not in it."""
        known = {"": "from the theme"} | {name: name for name in self.theme_styles.palette}
        return known | {self._given: self._given or known[""]}

    def piece(self, value: str, name: str, cursor: RichStyle) -> tuple[str, RichStyle]:
        """A sign in the colour, followed by the name if it is the chosen one."""
        styles, sign = self.theme_styles, "◆" if value else "·"
        ink = styles.palette.get(value, styles.text)
        return (f" {sign}", ink) if value != self.value else (f" [{sign} {name}]", cursor + ink)


def setting(
    item: Item | type[Item],
    name: str,
    *,
    value: str | None = None,
    placeholder: str = "",
    choices: Mapping[str, str] | None = None,
    hidden: bool = False,
) -> Field | Pick:
    """Return the line of a key with its value in `item`; the other arguments override the declaration."""
    table = item if isinstance(item, type) else type(item)
    key = KEYS[table][name]
    if value is None:
        value = "" if isinstance(item, type) else format_value(table, name, getattr(item, name))
    if choices := choices or key.choices:
        return Pick(name, key.label, choices, value or key.kind.shown(key.default))
    shown = placeholder or key.placeholder or key.doc.replace("`", "")
    return Field(name, key.label or name.capitalize(), value, shown, hidden=hidden)


def settings(item: Item, also: tuple[str, ...] = (), **placeholders: str) -> list[Field | Pick]:
    """Return the lines of all keys with a label that apply to `item` or are in `also`; switches come last."""
    shown: list[tuple[str, Any]] = [
        (name, key)
        for name, key in KEYS[type(item)].items()
        if key.label and (key.applies(item) or name in also)
    ]
    shown.sort(key=lambda setting: setting[1].kind is FLAG)
    return [setting(item, name, placeholder=placeholders.get(name, "")) for name, _ in shown]
