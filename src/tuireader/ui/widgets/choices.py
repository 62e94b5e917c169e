"""A list of lines to choose from, with or without check marks, for the dialogs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tuireader.commands import Scope
from tuireader.text import cell_len, pad
from tuireader.ui.bindings import bindings
from tuireader.ui.drawing.styles import under_cursor
from tuireader.ui.widgets.pane import CursorPane


@dataclass(frozen=True, slots=True)
class Choice:
    """A line: `key` is what is chosen, None for a heading. `lead` is a narrow column before the text."""

    key: str | None
    text: str
    lead: str = ""
    note: str = ""


class Choices(CursorPane):
    """Shows choices; `space` checks where `checks` is on, `enter` or a click chooses."""

    BINDINGS: ClassVar = [*bindings(Scope.CHOICES)]

    class Chosen(Message):
        """A line was chosen."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Moved(Message):
        """The cursor has come to another line."""

        def __init__(self, key: str | None) -> None:
            super().__init__()
            self.key = key

    class Checked(Message):
        """The set of checked lines has changed."""

    def __init__(self, choices: Sequence[Choice] = (), *, checks: bool = False, lead: int = 0) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = choices
        self.checked: set[str] = set()
        self._checks = checks
        self._lead = lead

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return len(self.choices)

    def show(self, choices: Sequence[Choice]) -> None:
        """Show other lines, with the cursor on the first that can be chosen."""
        self.choices = choices
        self.cursor = next((at for at, choice in enumerate(choices) if choice.key is not None), 0)
        self.virtual_size = Size(self.size.width, len(choices))
        self.scroll_now(0)
        self.refresh(layout=True)

    def renew(self, choices: Sequence[Choice]) -> None:
        """Show the same lines with other words, the cursor where it is."""
        self.choices = choices
        self.refresh()

    def on_mount(self) -> None:
        """Take the size of what there is."""
        self.show(self.choices)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.virtual_size = Size(self.size.width, len(self.choices))
        self.keep_in_sight()

    def move_to(self, line: int) -> None:
        """Put the cursor on a line; headings are stepped over."""
        step = 1 if line >= self.cursor else -1
        line = max(0, min(self.line_count - 1, line))
        while 0 <= line + step < self.line_count and self.choices[line].key is None:
            line += step
        if not self.choices or self.choices[line].key is not None:
            super().move_to(line)
            return
        first = next((at for at, choice in enumerate(self.choices) if choice.key is not None), self.cursor)
        super().move_to(first)  # only the heading is above it
        self.scroll_now(0)

    def cursor_moved(self) -> None:
        """Tell the dialog."""
        self.post_message(self.Moved(self.current))

    @property
    def current(self) -> str | None:
        """The key of the line under the cursor."""
        return self.choices[self.cursor].key if self.cursor < len(self.choices) else None

    def toggle(self) -> None:
        """Check the line under the cursor, or take its mark away."""
        if self._checks and self.current is not None:
            self.checked ^= {self.current}
            self.refresh_line(self.cursor)
            self.post_message(self.Checked())

    def on_key(self, event: events.Key) -> None:
        """Space checks; all other keys are those of the table, or go on to the dialog."""
        if event.key == "space" and self._checks:
            event.stop()
            self.toggle()
            self.move(1)

    def action_open(self) -> None:
        """Choose the line under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    def on_click(self, event: events.Click) -> None:
        """A click checks, or chooses."""
        number = event.y + self.scroll_offset.y
        if number < len(self.choices) and self.choices[number].key is not None:
            self.move_to(number)
            if self._checks:
                self.toggle()
            elif self.current is not None:
                self.post_message(self.Chosen(self.current))

    def render_line(self, y: int) -> Strip:
        """A heading, or check mark, lead, text and note."""
        number, width, styles = y + self.scroll_offset.y, self.size.width, self.theme_styles
        base = styles.raised
        if number >= len(self.choices):
            return Strip([Segment(" " * width, base)], width)
        choice = self.choices[number]
        if choice.key is None:
            return Strip([Segment(pad(f" {choice.text}", width), base + styles.heading)], width)
        if number == self.cursor:
            base += styles.cursor_for(self.has_focus)
        box = ("[x] " if choice.key in self.checked else "[ ] ") if self._checks else ""
        lead = pad(choice.lead, self._lead) + "  " if self._lead else ""
        room = max(1, width - 2 - cell_len(box) - cell_len(lead))
        text = f"{choice.text}  " if choice.note else choice.text
        shown = pad(text, min(cell_len(text), room))
        note = pad(choice.note, max(0, room - cell_len(shown)))
        parts = [
            Segment(" ", base),
            Segment(box, under_cursor(base + styles.text)),
            Segment(lead, under_cursor(base + styles.key)),
            Segment(shown, base + styles.text),
            Segment(note, base + styles.dim),
        ]
        return Strip(parts).adjust_cell_length(width, base)
