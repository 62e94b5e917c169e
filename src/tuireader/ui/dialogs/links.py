"""The links of an article."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Input, OptionList

from tuireader.document import Link
from tuireader.text import safe_url
from tuireader.ui.dialogs.dialog import FilterDialog
from tuireader.ui.widgets.choices import Choice


class LinkPicker(FilterDialog[str | None]):
    """Choose a link by its number or by words. The result is the address."""

    def __init__(self, links: Sequence[Link]) -> None:
        super().__init__(classes="-short")
        self._links = {str(link.number): link for link in links}

    def compose(self) -> ComposeResult:
        """A line to search in, and the links."""
        yield self.filtering("Links", Input(placeholder="Number or words", compact=True), hint="")

    def matching(self, typed: str) -> Sequence[Choice]:
        """Return the links whose number begins so, or which have all words."""
        typed = typed.strip().lower()
        found = [
            (number, link)
            for number, link in self._links.items()
            if (
                number.startswith(typed)
                if typed.isdigit()
                else all(word in f"{link.text} {link.url}".lower() for word in typed.split())
            )
        ]
        return [Choice(number, link.text or link.url, number, _short(link.url)) for number, link in found]

    def on_input_changed(self, event: Input.Changed) -> None:
        """Forget the address shown."""
        self.hint("")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the whole address: the text of a link may be misleading."""
        self.hint(self._links[event.option_id or ""].url[:300])

    async def choose(self, key: str) -> None:
        """Open the link."""
        self.dismiss(self._links[key].url)


def _short(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://") if safe_url(url) else url
