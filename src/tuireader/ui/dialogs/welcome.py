"""Questions of the first start: where feeds come from, which starter feeds, a first watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from tuireader.config import WatchConfig
from tuireader.demo import StarterFeed
from tuireader.errors import TuireaderError
from tuireader.library.watches import Watches
from tuireader.library.watching.proper_names import watch_name
from tuireader.text import cell_len, display_host, pad
from tuireader.text.wording import counted
from tuireader.ui.dialogs.dialog import Dialog, FormDialog
from tuireader.ui.dialogs.import_feeds import FeedChecklist, offers
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
_COLUMN = 28  # cells to which descriptions of ways move, to stand below those of files


class Backdrop(Screen[None]):
    """Empty screen behind the questions."""


class FeedSource(KeyPicker):
    """Where feeds come from; the result is the key of a way, or the number of a file from 1."""

    BINDINGS: ClassVar = [Binding("q", "app.quit", show=False)]

    def __init__(self, files: Sequence[Nearby], feeds: int, now: int) -> None:
        choices = [replace(choice, key=str(number)) for number, choice in enumerate(offers(files, now), 1)]
        width = max(len(name) for _, name, _ in _WAYS)
        width = max(width, *(w for choice in choices if (w := cell_len(choice.text)) <= _COLUMN), 0)
        choices += [Choice(None, "")] * bool(choices)
        choices += [Choice(key, pad(name, width), note=note) for key, name, note in _WAYS]
        super().__init__("", choices, "enter or a key chooses · esc skips · q quits")
        self._feeds = feeds

    def compose(self) -> ComposeResult:
        question = "Where do your feeds come from?" if not self._feeds else "More feeds?"
        calm = "Nothing is read or fetched before you choose"
        about = f"{counted(self._feeds, 'feed')} so far" if self._feeds else calm
        yield _page(self, question, about, self.choices)
        self.hint(self.keys)


class StarterSet(Dialog[list[StarterFeed] | None]):
    """Which feeds of the starter set to subscribe to."""

    AUTO_FOCUS = "FeedChecklist"
    BINDINGS: ClassVar = [
        Binding("a", "all", show=False),
        Binding("s", "subscribe", show=False),
        Binding("shift+tab,left,backspace,h", "leave", show=False),
    ]

    def __init__(self, feeds: Sequence[StarterFeed]) -> None:
        super().__init__()
        self._feeds = feeds

    def compose(self) -> ComposeResult:
        notes = [display_host(feed.site_url).removeprefix("www.") for feed in self._feeds]
        listed = zip(self._feeds, notes, strict=True)
        self.offered = FeedChecklist([(feed.folder, feed.title, note) for feed, note in listed])
        yield _page(self, "Which feeds of the starter set?", "Uncheck what you do not want", self.offered)
        self.on_feed_checklist_checked()

    def on_feed_checklist_checked(self) -> None:
        self._count()

    def _count(self, error: str = "") -> None:
        self.hint(
            f"enter subscribes to {len(self.offered.checked)} · space checks · a all or none · esc goes back",
            error,
        )

    def action_all(self) -> None:
        self.offered.toggle_all()

    def action_subscribe(self) -> None:
        if self.offered.checked:
            self.dismiss([self._feeds[number] for number in sorted(self.offered.checked)])
        else:
            self._count("No feed is checked")

    def on_option_list_option_selected(self) -> None:
        self.action_subscribe()


class FirstWatch(FormDialog[str | None]):
    """Words for a first watch; the result is its name, `BACK`, or None without one."""

    BINDINGS: ClassVar = [Binding("shift+tab", "back", show=False)]

    def __init__(self, watches: Watches) -> None:
        super().__init__()
        self._watches = watches

    def compose(self) -> ComposeResult:
        self.line = Input(placeholder="such as: WeChat, Weixin, 微信", compact=True)
        about = (
            "A name, a product, a law: ◆ marks every article with it, in all lists.\n"
            "Commas separate other spellings."
        )
        yield _page(self, "What must you not miss?", about, self.line)

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


def _page(dialog: Dialog[Any], question: str, about: str, *widgets: Widget) -> Vertical:
    dialog.add_class("welcome", update=False)
    texts = ("Welcome to tuireader", "title"), (question, "question"), (about, "about")
    return dialog.box("", *(Static(text, classes=kind, markup=False) for text, kind in texts), *widgets)
