"""All links of an article, to choose one."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.widgets import Input

from tuireader.document import Link
from tuireader.text import safe_url
from tuireader.ui.dialogs.dialog import Dialog
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.widgets.says import Says


class LinkPicker(Dialog[str | None]):
    """Type a number or words, enter opens. The result is the address."""

    def __init__(self, links: Sequence[Link]) -> None:
        super().__init__(classes="-short")
        self._links = links

    def compose(self) -> ComposeResult:
        """A line to search by, and the links."""
        yield self.box(
            "Links",
            Input(placeholder="Number or words", compact=True),
            Choices(self._lines(""), lead=len(str(len(self._links)))),
            Says("", "hint"),
        )

    def _lines(self, wanted: str) -> list[Choice]:
        words = wanted.lower().split()
        if wanted.strip().isdigit():
            found = [link for link in self._links if str(link.number).startswith(wanted.strip())]
        else:
            found = [
                link
                for link in self._links
                if all(word in f"{link.text} {link.url}".lower() for word in words)
            ]
        return [
            Choice(str(link.number), link.text or link.url, str(link.number), _short(link.url))
            for link in found
        ]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self.query_one(Choices).show(self._lines(event.value))
        self._tell()

    def on_mount(self) -> None:
        """Show where the first one leads."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        """Show the whole address, so that nobody is led astray by the words."""
        current = self.query_one(Choices).current
        self.query_one(".hint", Says).say(self._url(current)[:300] if current is not None else "")

    def _url(self, number: str) -> str:
        return next(link.url for link in self._links if str(link.number) == number)

    def on_input_submitted(self) -> None:
        """Open the link under the cursor."""
        current = self.query_one(Choices).current
        if current is not None:
            self.dismiss(self._url(current))

    def on_choices_chosen(self, message: Choices.Chosen) -> None:
        """Open the link."""
        self.dismiss(self._url(message.key))

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while the search line has the focus."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}
        if event.key in steps:
            event.stop()
            self.query_one(Choices).move(steps[event.key])
        self._tell()


def _short(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://") if safe_url(url) else url
