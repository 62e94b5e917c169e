"""Asking for the program that an article is piped to."""

from __future__ import annotations

import shlex

from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.says import Says

_WHAT = "A program that gets the article on its standard input"


class Pipe(Dialog[str | None]):
    """The result is what was typed, which can be split into words."""

    def __init__(self, typed: str = "") -> None:
        super().__init__(classes="-short")
        self._typed = typed

    def compose(self) -> ComposeResult:
        """A line for the program."""
        yield self.box(
            "Pipe to",
            Says(_WHAT, id="what"),
            Input(self._typed, placeholder="wc -w", compact=True),
            Says(
                "It gets Markdown; json: txt: or html: in front sends that · {url} is the address"
                " · no shell reads it · enter runs it · esc closes",
                "hint",
            ),
        )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is typed, if it can be split into words."""
        try:
            _, words = split(event.value)
        except ValueError:
            self.query_one("#what", Says).say(_WHAT, "A quotation mark is not closed")
            return
        self.dismiss(event.value if words else None)


def split(text: str) -> tuple[str, list[str]]:
    """The form and the words of a typed command; `json:` in front asks for JSON. Raises ValueError."""
    form, colon, rest = text.partition(":")
    wanted = form.strip() if colon and form.strip() in ("md", "json", "txt", "html") else ""
    return wanted or "md", shlex.split(rest if wanted else text)
