"""Plain text with an optional error above it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Says(Widget):
    """A text that is never markup."""

    def __init__(self, text: str, classes: str = "says", id: str | None = None) -> None:
        super().__init__(classes=classes, id=id)
        self._text = text
        self._trouble = ""

    def render(self) -> Content:
        """The text, below what is wrong."""
        if not self._trouble:
            return Content(self._text)
        return Content.assemble((self._trouble, "$error"), f"\n{self._text}" if self._text else "")

    def say(self, text: str, trouble: str = "") -> None:
        """Show another text, and above it in the colour of errors what is wrong."""
        if (text, trouble) != (self._text, self._trouble):
            self._text, self._trouble = text, trouble
            self.refresh(layout=True)
