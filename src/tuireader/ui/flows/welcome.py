"""First start: ask where feeds come from, then for a first watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual.binding import Binding
from textual.screen import Screen

from tuireader.config import FeedConfig, WatchConfig
from tuireader.demo import starter
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.library.exchange import Plan
from tuireader.library.watching.proper_names import watch_name
from tuireader.text import cell_len, pad
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import Form
from tuireader.ui.dialogs.import_feeds import ImportPreview, offers, preview_file, preview_plan
from tuireader.ui.dialogs.new_watch import terms
from tuireader.ui.dialogs.pickers import KeyPicker
from tuireader.ui.drawing.styles import free_color
from tuireader.ui.flows import accounts, feeds
from tuireader.ui.flows.context import Asking, Flow, Outcome
from tuireader.ui.host import DEMO
from tuireader.ui.widgets.choices import Choice
from tuireader.ui.widgets.field import Field

if TYPE_CHECKING:
    from tuireader.exchange.nearby import Nearby

_WHERE = "Welcome to tuireader. Where do your feeds come from?"
_WAYS = (
    ("s", "A starter set", "feeds about technology, all or some"),
    ("u", "An address", "of a feed, or of a page that has one"),
    ("o", "A file", "OPML, a list of URLs, a newsboat folder"),
    ("m", "An account", "on a server: Miniflux, FreshRSS"),
    ("d", "The demo", "look around first, offline"),
    ("n", "Nothing yet", "feeds can be added at any time"),
    ("q", "Quit", ""),
)
"""Key, name and description of each source of feeds."""
_HINT = "Nothing is read or fetched before you choose\nenter or a key chooses · esc skips"
_COLUMN = 28  # cells to which descriptions of ways move, to stand below those of files
_ABOUT = (
    "A name, a product, a law: articles with it are marked in all lists.\nCommas separate other spellings."
)
_BACK = ""


class FirstWatch(Form[str]):
    """Words for a first watch; the result is its name, or `_BACK` for the question before."""

    BINDINGS: ClassVar = [Binding("shift+tab", f"dismiss('{_BACK}')", show=False)]

    def show_hint(self, error: str = "") -> None:
        self.hint("enter watches for it · esc skips · shift+tab goes back", error)


async def welcome(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask one question at a time, then show the tour."""
    host, library = main.host, main.library
    await host.push_screen(Screen())  # nothing else is seen behind the questions
    files, before = await library.exchange.nearby(), len(library.config.feeds)
    ways: dict[str | None, Flow] = {
        "s": partial(feeds.import_shown, preview=_starter),
        "u": feeds.add_feed,
        "o": feeds.add_feed,
        "m": accounts.add_account,
    }
    for number, file in enumerate(files, 1):
        ways[str(number)] = partial(feeds.import_shown, preview=partial(preview_file, path=file.path))
    watch: str | None = _BACK
    while watch == _BACK:
        added = len(library.config.feeds) - before
        title = f"{counted(added, 'feed')} added. More?" if added else _WHERE
        source = KeyPicker(title, _sources(files, int(host.clock())), _HINT)
        way = await ask(source.add_class("welcome"))
        if way in ("d", "q"):
            host.exit(DEMO if way == "d" else 0)
            return None
        if way not in ways or await ask.flows.attempt(ways[way], ask):  # else it was left, or failed
            line = Field("any", "Words", "", "such as: WeChat, Weixin, 微信")
            question = FirstWatch("What must you not miss?", (line,), partial(_watch, main), about=_ABOUT)
            watch = await ask(question.add_class("welcome"))
    host.pop_screen()
    said = f"Watching for {watch}{host.undo_hint}" if watch else ""
    return Outcome(said=said, watches_changed=bool(watch), run=("tour",))


def _sources(files: Sequence[Nearby], now: int) -> list[Choice]:
    choices = [replace(choice, key=str(number)) for number, choice in enumerate(offers(files, now), 1)]
    widths = [len(name) for _, name, _ in _WAYS]
    widths += [width for choice in choices if (width := cell_len(choice.text)) <= _COLUMN]
    choices += [Choice(None, "")] * bool(choices)
    return choices + [Choice(key, pad(name, max(widths)), note=note) for key, name, note in _WAYS]


async def _starter(library: Library) -> ImportPreview:
    plan = Plan([FeedConfig(feed.url, feed.title, feed.folder) for feed in starter()])
    return await preview_plan(library, plan, "the starter set")


async def _watch(main: Controllers, values: Mapping[str, str]) -> str:
    words, watches = terms(values["any"]), main.library.watches
    if not words:
        raise TuireaderError("Enter a word or a name")
    taken = watches.colors
    color = free_color(taken, list(main.host.theme_styles.palette))
    watch = WatchConfig(watch_name(words, list(taken)), any=words, color=color)
    await watches.save(watch)
    return watch.name
