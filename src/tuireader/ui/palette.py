"""The command palette: every command, view and theme by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tuireader.commands import BY_ID, COMMANDS, Group, keys_label
from tuireader.errors import TuireaderError
from tuireader.model import View
from tuireader.ui.screens.main import MainScreen
from tuireader.ui.workers import run_latest

Entry = tuple[str, str, Callable[[], Awaitable[None]]]

_THEME = "Theme "
_LIKELY = (
    "refresh_all", "search", "add_feed", "new_watch", "watches", "mark_list_read", "mute", "filter", "sort",
    "show_hide_read", "full_text", "related", "follow_story", "labels", "save", "comments", "save_view",
    "feed_health", "show_new", "undo", "edit_config", "help", "tour", "quit",
)  # fmt: skip
"""Commands that people look for in the palette, before it is known what they use."""


class Commands(Provider):
    """Commands of the table, the views of the sidebar, the themes."""

    def _entries(self) -> Iterator[Entry]:
        screen = cast(MainScreen, self.screen)
        for name, about, call in self._lines(screen):
            yield name, about, partial(_use, screen, name, call)

    def _lines(self, screen: MainScreen) -> Iterator[Entry]:
        for command in COMMANDS:
            if command.id in ("palette", "open_link") or not command.on_main:
                continue
            keys = keys_label(screen.host.keys_of.get(command.id, ()))
            yield (
                command.title,
                f"{keys}  {command.help}" if keys else command.help,
                partial(screen.run_command, command.id),
            )
        for entry in screen.sidebar.items:
            if entry.view is not None:
                yield f"Go to {entry.label}", f"{entry.unread} unread", partial(_go, screen, entry.view)
        for theme in sorted(screen.app.available_themes):
            yield f"{_THEME}{theme}", "Use this theme from now on", partial(_use_theme, screen, theme)

    async def _by_use(self) -> list[Entry]:
        """Those used most first, then those that are likely to be wanted; what moves the cursor is last."""
        used = await cast(MainScreen, self.screen).library.settings.palette_uses()
        often, likely = Counter(used), [BY_ID[command].title for command in _LIKELY]
        order = {name: number for number, name in enumerate(dict.fromkeys([*used, *likely]))}
        moving = {command.title for command in COMMANDS if command.group is Group.MOVE}

        def place(entry: Entry) -> tuple[int, int, bool]:
            name = entry[0]
            return -often[name], order.get(name, len(order)), name in moving or name.startswith(_THEME)

        return sorted(self._entries(), key=place)

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, about, call in await self._by_use():
            yield DiscoveryHit(Content(name), call, name, about)

    async def search(self, query: str) -> Hits:
        """Those that look like what was typed."""
        matcher = self.matcher(query)
        for name, about, call in await self._by_use():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), call, name, about)


async def _use(screen: MainScreen, name: str, call: Callable[[], Awaitable[None]]) -> None:
    """Do what a line is for, and remember that it was used."""
    run_latest(screen, partial(screen.library.settings.note_palette_use, name), "palette")
    await call()


async def _go(screen: MainScreen, view: View) -> None:
    await screen.show_view(view)
    screen.sidebar.select(view)
    screen.go_to(screen.articles)


async def _use_theme(screen: MainScreen, theme: str) -> None:
    """Use a theme and keep it."""
    screen.app.theme = theme
    library = screen.library
    try:
        await library.settings.set_theme(theme)
    except (TuireaderError, OSError) as error:
        screen.host.say(f"Theme {theme} until the program ends: {error}", severity="warning", seconds=10)
    else:
        kept = "until the demo ends" if library.offline else f"written to {library.paths.config}"
        screen.host.say(f"Theme {theme}\n{kept}")


def open_palette(screen: MainScreen) -> None:
    """Open the palette over the main screen."""
    screen.app.push_screen(CommandPalette(providers=[Commands], placeholder="Command, view, feed or theme"))
