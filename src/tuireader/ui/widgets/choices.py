"""A list of choices under optional headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from msgspec import Struct
from textual.content import Content
from textual.geometry import Offset
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tuireader.commands import Scope
from tuireader.text import cell_len, pad
from tuireader.ui.bindings import bindings

_ACTIONS = {
    "move_down": "move(1)",
    "move_up": "move(-1)",
    "half_page_down": "page(0.5)",
    "half_page_up": "page(-0.5)",
    "page_down": "page(1)",
    "page_up": "page(-1)",
    "top": "first",
    "bottom": "last",
}


class Choice(Struct, frozen=True):
    """A line: `key` is the result of a choice, None for a heading; `lead` is shown before the text.

    `swatch` consists of texts with styles that are Textual's, not the theme's.
    """

    key: str | None
    text: str
    lead: str = ""
    note: str = ""
    swatch: Sequence[tuple[str, Style]] = ()


def under_headings(sections: Mapping[str, Sequence[Choice]]) -> list[Choice]:
    """List the choices of each section that has some, under its name."""
    lines: list[Choice] = []
    for title, choices in sections.items():
        if choices:
            lines += [Choice(None, ""), Choice(None, title), *choices]
    return lines[1:]


class Choices(OptionList, inherit_bindings=False):
    """Textual's list with the keys of the command table and aligned columns; the cursor stops at the ends."""

    BINDINGS: ClassVar = [
        replace(binding, action=_ACTIONS.get(binding.id or "", binding.action))
        for binding in bindings(Scope.CHOICES)
    ]

    def __init__(self, choices: Sequence[Choice] = (), *, at: str | None = None) -> None:
        super().__init__(markup=False, compact=True)
        self._lead = 0
        self.show(choices, at)

    @property
    def current(self) -> str | None:
        option = self.highlighted_option
        return option.id if option is not None else None

    @property
    def caret(self) -> Offset:
        return Offset(1, (self.highlighted or 0) - self.scroll_offset.y)

    def show(self, choices: Sequence[Choice], at: str | None = None) -> None:
        """Replace the choices and put the cursor on `at`, or on the first one."""
        self._lead = max([self._lead, *(cell_len(choice.lead) for choice in choices)])
        self.set_options([self.option(choice) for choice in choices])
        keys = [choice.key for choice in choices]
        if at in keys and at is not None:
            self.highlighted = keys.index(at)
        else:
            self.action_first()

    def option(self, choice: Choice) -> Option:
        if choice.key is None:
            return Option(Content(choice.text or " "), disabled=True)
        if self.app.has_class("-linear"):
            texts = (choice.lead, choice.text.strip(), choice.note.removeprefix("· "))
            return Option(Content(", ".join(filter(None, texts))), id=choice.key)
        lead = pad(choice.lead, self._lead) + "  " if self._lead else ""
        note = (f"  {choice.note}", "dim") if choice.note else ""
        return Option(Content.assemble((lead, "bold"), *choice.swatch, choice.text, note), id=choice.key)

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        """Reverse the chosen line where colours cannot show it; Textual ignores `reverse` in stylesheets."""
        style = super().get_visual_style(*component_classes, partial=partial)
        chosen = self.app.native_ansi_color and "option-list--option-highlighted" in component_classes
        return style + Style(reverse=True) if chosen else style

    def action_first(self) -> None:
        """Go to the first choice and show its heading."""
        super().action_first()
        self.scroll_home(animate=False, immediate=True)

    def action_open(self) -> None:
        self.action_select()

    def action_move(self, lines: int) -> None:
        choices = [number for number, option in enumerate(self.options) if not option.disabled]
        if self.highlighted not in choices:
            return
        at = choices.index(self.highlighted) + lines
        if at <= 0:
            self.action_first()
        else:
            self.highlighted = choices[min(at, len(choices) - 1)]

    def action_page(self, pages: float) -> None:
        """Move the cursor by a fraction of the height."""
        lines = max(1, round(abs(pages) * (self.size.height - 1)))
        self.action_move(lines if pages > 0 else -lines)
