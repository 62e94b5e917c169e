"""Questions of the first start: where feeds come from, and a first watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input, Static

from tuireader.config import WatchConfig
from tuireader.errors import TuireaderError
from tuireader.library.watches import Watches
from tuireader.library.watching.proper_names import watch_name
from tuireader.text import cell_len, pad
from tuireader.ui.dialogs.dialog import FormDialog
from tuireader.ui.dialogs.import_feeds import offers
from tuireader.ui.dialogs.new_watch import terms
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.drawing.styles import free_color
from tuireader.ui.widgets.choices import Choice

if TYPE_CHECKING:
    from tuireader.exchange.nearby import Nearby

BACK = ""
"""Result that returns to the question before."""
_WAYS = (
    ("s", "A starter set", "feeds about technology, all or some"),
    ("u", "An address", "of a feed, or of a page that has one"),
    ("o", "A file", "OPML, a list of URLs, a newsboat folder"),
    ("m", "An account", "on a server: Miniflux, FreshRSS"),
    ("d", "The demo", "look around first, offline"),
    ("n", "Nothing yet", "feeds can be added at any time"),
)
"""Key, name and description of each source of feeds."""
_HINT = "Nothing is read or fetched before you choose\nenter or a key chooses · esc skips · q quits"
_COLUMN = 28  # cells to which descriptions of ways move, to stand below those of files


class Backdrop(Screen[None]):
    """Empty screen behind the questions."""


class FeedSource(KeyPicker):
    """Where feeds come from; the result is the key of a way, or the number of a file from 1."""

    BINDINGS: ClassVar = [Binding("q", "app.quit", show=False)]

    def __init__(self, files: Sequence[Nearby], title: str, now: int) -> None:
        choices = [replace(choice, key=str(number)) for number, choice in enumerate(offers(files, now), 1)]
        widths = [len(name) for _, name, _ in _WAYS]
        widths += [width for choice in choices if (width := cell_len(choice.text)) <= _COLUMN]
        choices += [Choice(None, "")] * bool(choices)
        choices += [Choice(key, pad(name, max(widths)), note=note) for key, name, note in _WAYS]
        super().__init__(title, choices, _HINT)
        self.add_class("welcome")


class FirstWatch(FormDialog[str | None]):
    """Words for a first watch; the result is its name, `BACK`, or None without one."""

    BINDINGS: ClassVar = [Binding("shift+tab", "back", show=False)]

    def __init__(self, watches: Watches) -> None:
        super().__init__(classes="welcome")
        self._watches = watches

    def compose(self) -> ComposeResult:
        self.line = Input(placeholder="such as: WeChat, Weixin, 微信", compact=True)
        about = (
            "A name, a product, a law: ◆ marks every article with it, in all lists.\n"
            "Commas separate other spellings."
        )
        yield self.box("What must you not miss?", Static(about, classes="about", markup=False), self.line)

    def show_hint(self, error: str = "") -> None:
        self.hint("enter watches for it · esc skips · shift+tab goes back", error)

    def action_back(self) -> None:
        self.dismiss(BACK)

    async def save(self) -> str:
        words = terms(self.line.value)
        if not words:
            raise TuireaderError("Enter a word or a name")
        taken = self._watches.colors
        color = free_color(taken, list(self.host.theme_styles.palette))
        watch = WatchConfig(watch_name(words, list(taken)), any=words, color=color)
        await self._watches.save(watch)
        return watch.name
