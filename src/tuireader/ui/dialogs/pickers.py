"""Dialogs to choose one of several items by its key, a link by number or words, or a theme by its look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import events
from textual.app import ComposeResult
from textual.theme import Theme
from textual.widgets import Input, OptionList

from tuireader.commands import key_label
from tuireader.document import Link
from tuireader.text import safe_url
from tuireader.ui.dialogs.dialog import Dialog, FilterDialog
from tuireader.ui.drawing.themes import THEMES, swatch
from tuireader.ui.widgets.choices import Choice, Choices
from tuireader.ui.workers import Delayed

_REST = 0.05  # seconds that the cursor rests on a theme before it is shown
_FOLLOW = "As the terminal is"
_STEPS = {"down": 1, "j": 1, "up": -1, "k": -1}


class KeyPicker(Dialog[str | None]):
    """Menu of choices with a key each; the result is the key pressed, or the key of the selected line."""

    AUTO_FOCUS: ClassVar[str | None] = ""  # keys of choices take precedence over movement

    def __init__(self, title: str, choices: Sequence[Choice], hint: str, current: str = "") -> None:
        super().__init__(classes="-short")
        self._title, self._keys, self._moved = title, hint, False
        self._by_key = {choice.key: replace(choice, lead=key_label(choice.key or "")) for choice in choices}
        self._choices = Choices(list(self._by_key.values()), at=current)

    def compose(self) -> ComposeResult:
        yield self.box(self._title, self._choices, hint=self._keys)

    def on_key(self, event: events.Key) -> None:
        """Choose by key; arrows move unless a choice has that key, and enter then chooses."""
        if event.key in self._by_key and not (event.key == "enter" and self._moved):
            event.prevent_default()
            self.dismiss(event.key)
        elif event.key in _STEPS:
            self._moved = True
            self._choices.action_move(_STEPS[event.key])
        elif event.key == "enter":
            self._choices.action_select()
        else:
            return
        event.stop()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)


def menu(titles: Mapping[str, str]) -> KeyPicker:
    """Offer commands by their keys."""
    choices = [Choice(key, title) for key, title in titles.items()]
    return KeyPicker("Commands here", choices, "press a key, or click · esc closes")


class LinkPicker(FilterDialog[str | None]):
    """List of links to choose from by number or words; the result is the address."""

    def __init__(self, links: Sequence[Link]) -> None:
        super().__init__(classes="-short")
        self._links = {str(link.number): link for link in links}

    def compose(self) -> ComposeResult:
        yield self.filtering("Links", Input(placeholder="Number or words", compact=True), hint="")

    def matching(self, typed: str) -> Sequence[Choice]:
        """List links whose number starts with the typed digits, or which contain all words."""
        typed = typed.strip().lower()

        def matches(number: str, link: Link) -> bool:
            if typed.isdigit():
                return number.startswith(typed)
            return all(word in f"{link.text} {link.url}".lower() for word in typed.split())

        links = [(number, link) for number, link in self._links.items() if matches(number, link)]
        return [Choice(number, link.text or link.url, number, _short(link.url)) for number, link in links]

    def on_input_changed(self, event: Input.Changed) -> None:
        self.hint("")

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the whole address: the text of a link may be misleading."""
        self.hint(self._links[event.option_id or ""].url[:300])

    async def choose(self, key: str) -> None:
        self.dismiss(self._links[key].url)


class ThemePicker(FilterDialog[str | None]):
    """List of themes that are shown while moving; the result is a name, or `""` to follow the terminal."""

    def __init__(self, themes: Mapping[str, Theme], own: Sequence[str], at: str) -> None:
        super().__init__()
        self._themes, self._own, self._wanted = themes, own, at
        self._preview = Delayed(self, self._show)

    def compose(self) -> ComposeResult:
        line = Input(placeholder="Part of a name", compact=True)
        yield self.filtering("Theme", line, hint="enter saves it · esc takes it back")

    def on_mount(self) -> None:
        self.choices.show(self.matching(""), self._wanted)

    def matching(self, typed: str) -> Sequence[Choice]:
        """List the user's themes, ours and Textual's, in this order, if they contain the typed text."""
        wanted = typed.strip().casefold()
        usual = [theme.name for theme in THEMES if theme.name not in self._own]
        others = sorted(self._themes.keys() - {"", *usual, *self._own})
        listed: list[Choice] = []
        for heading, names in (("", [""]), ("Yours", self._own), ("tuireader", usual), ("Textual", others)):
            fitting = [name for name in names if wanted in (name or _FOLLOW).casefold()]
            listed += [Choice(None, heading)] if heading and fitting else []
            listed += [Choice(name, name or _FOLLOW, swatch=swatch(self._themes[name])) for name in fitting]
        return listed

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the theme once the cursor rests: each change repaints everything."""
        self._wanted = event.option_id or ""
        self._preview.start(_REST)

    def _show(self) -> None:
        self.host.theme = self._themes[self._wanted].name

    async def choose(self, key: str) -> None:
        self.dismiss(key)


def _short(url: str) -> str:
    return url.removeprefix("https://").removeprefix("http://") if safe_url(url) else url
